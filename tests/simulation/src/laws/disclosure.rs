//! Invariant 1, of who is told who demands: the one solver at a one-to-one that has begun, with the
//! demander's word; earlier, or everybody, with a reason and an approval. [Art. 10]

use matching::domain::{
    Posting, Solution, SolutionBox, forum,
    posting::{
        self, Call,
        disclosure::{self, Audience, Disclosure},
        meetings::{self, MeetingStanding},
        questions::{self, InquiryStanding},
    },
    words::BoxEvent,
};
use regulation::{PostingId, Region, Role, SolutionId, UnitId};

use super::{Held, must};
use crate::{news::Deed, people::matching::postings, service::Name, world::World};

pub(super) fn look(world: &World, deed: &Deed) -> Held {
    if let Some((Some(Posting::Open(before)), _)) = deed.states::<Posting>() {
        for event in deed.events_of::<Posting>() {
            match event {
                posting::Event::Disclosure(disclosure::Event::Disclosed(told)) => {
                    disclosed(deed, before, told)?;
                }
                posting::Event::Question(questions::Event::Released { question, by }) => {
                    let author = before.questions.get(question).map(|one| &one.standing);
                    let other = matches!(author, Some(InquiryStanding::Answered { by: one, .. })
                        if one != by);
                    must(11, other, || format!("{by} releases their own answer"))?;
                }
                posting::Event::Meeting(meetings::Event::Released { meeting, by }) => {
                    let author = before.meetings.get(meeting).map(|one| &one.by);
                    must(11, author != Some(by), || {
                        format!("{by} releases their own roadshow or minutes")
                    })?;
                }
                _ => {}
            }
        }
    }
    if let Some((_, posting)) = deed.states::<Posting>() {
        for meeting in posting
            .call()
            .iter()
            .flat_map(|call| call.meetings.values())
        {
            let coming = meeting.registrants.values().filter(|one| one.admitted);
            let places = meeting.registering.map_or(0, |terms| terms.capacity.get());
            let fits = u32::try_from(coming.count()).is_ok_and(|coming| coming <= places);
            must(9, fits, || format!("a roadshow of {} is overfull", deed.id))?;
        }
    }
    if let Some((_, Solution(Some(case)))) = deed.states::<Solution>()
        && let (Some(unit), Ok(id)) = (case.demander, deed.id.parse())
    {
        let told = case.counterpart.is_some_and(|from| {
            let posting: Posting = world.state(from.home, Name::Matching, from.posting);
            let call = posting.call();
            call.is_some_and(|call| knows(call, unit, id, deed.node))
        });
        must(1, told, || {
            format!("solution {id} at {} knows {unit} untold", deed.node)
        })?;
    }
    if let Some((_, one)) = deed.states::<SolutionBox>() {
        at_the_end_of_the_day(deed)?;
        let named = one.forum.named;
        let blind = named.is_none_or(|unit| is_named(world, unit));
        must(1, blind, || format!("the hub names {named:?} unasked"))?;
    }
    Ok(())
}

fn disclosed(deed: &Deed, before: &Call, told: &Disclosure) -> Held {
    let breach = |what: &str| format!("{} tells {:?} who demands {what}", deed.id, told.to);
    let Some(approver) = &told.approved_by else {
        let own = deed.actor.unit == Some(before.owner.demander);
        must(1, own, || breach("without the demander's word"))?;
        let meeting = told.meeting.and_then(|id| before.meetings.get(&id));
        let begun = meeting.is_some_and(|meeting| {
            let with = match told.to {
                Audience::Solver { solution, .. } => meeting.with == Some(solution),
                Audience::All => false,
            };
            let accepted = matches!(
                meeting.standing,
                MeetingStanding::Arranged(_) | MeetingStanding::Held(_)
            );
            with && accepted && deed.at >= meeting.slot.starts_at()
        });
        return must(1, begun, || breach("before their one-to-one"));
    };
    let wish = before.naming.as_ref().filter(|wish| wish.to == told.to);
    must(1, wish.is_some(), || breach("unasked"))?;
    let reason = wish.is_some_and(|wish| !wish.departure.reason.as_str().is_empty());
    let by_director = deed.actor.role == Role::Director && deed.actor.person == *approver;
    must(10, reason && by_director, || breach("without an approval"))?;
    let other = wish.is_some_and(|wish| wish.by != *approver);
    must(11, other, || breach("by one person's word"))
}

/// Whether the solution's node was told by this posting who demands.
pub(super) fn knows(call: &Call, demander: UnitId, id: SolutionId, node: Region) -> bool {
    let mine = call.owner.demander == demander;
    mine && call.disclosures.iter().any(|told| match told.to {
        Audience::All => true,
        Audience::Solver {
            solution, region, ..
        } => solution == id && region == node,
    })
}

/// Whether the unit agreed to be named to everybody, for one of its demands.
pub(super) fn is_named(world: &World, demander: UnitId) -> bool {
    let calls = postings(world).filter_map(|(_, _, posting): (_, PostingId, _)| posting.call());
    calls
        .filter(|call| call.owner.demander == demander)
        .any(Call::is_named)
}

/// What all are told alike is told once a day: its hour tells nobody where it comes from.
fn at_the_end_of_the_day(deed: &Deed) -> Held {
    for event in deed.events_of::<SolutionBox>() {
        if let BoxEvent::Forum(forum::Event::Told(waiting)) = event {
            must(1, deed.at >= waiting.day.end(), || {
                format!("{} tells before the day is over", deed.id)
            })?;
        }
    }
    Ok(())
}
