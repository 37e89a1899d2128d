//! Roadshows and one-to-ones, and who registers. [Art. 10, 11]

use std::num::NonZeroU32;

use journal::{Act, Aggregate as _};
use matching::domain::{
    MeetingId, Registering, Registration, RegistrationId, RegistrationStanding, RoadshowFacts,
    Slot,
    posting::{
        self, Call as OpenCall, Standing, disclosure,
        meetings::{self, MeetingStanding},
    },
    words::RegistrationCommand,
};
use regulation::{Actor, Day, PostingId, Region, Role, SolutionId, UnitId};
use time::Duration;

use super::{
    Call,
    dialogue::{Wish, words},
    looked_up::{names, team},
};
use crate::{
    broken,
    cast::{self, Cast, Part},
    service::Name,
    words::say,
    world::World,
};

/// Meetings of one demand at most.
const MEETINGS_MAX: usize = 3;

/// What is done about a meeting.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Doing {
    /// The department releases it.
    Release,
    /// It is called off.
    Cancel,
    /// What was said.
    Minute,
    /// The solver is told who demands.
    Disclose,
}

/// A demander that writes, with everything that would tell who it is.
pub(super) struct Writer<'a> {
    /// Where.
    pub(super) node: Region,
    /// Who.
    pub(super) demander: UnitId,
    /// What would tell it.
    pub(super) all: &'a [String],
}

/// What could be done about the meetings of a posting.
pub(super) fn wishes(
    wishes: &mut Vec<(usize, Wish)>,
    world: &World,
    (region, id): (Region, PostingId),
    call: &OpenCall,
) {
    if call.meetings.len() < MEETINGS_MAX {
        let shown = call.meetings.values().any(|meeting| meeting.with.is_none());
        let weight = if shown { 1 } else { 4 };
        wishes.push((weight, Wish::Arrange(region, id, None)));
        let opened = call.received.iter().filter(|(_, received)| {
            matches!(
                received.standing,
                Standing::Opened | Standing::Shortlisted(_)
            )
        });
        let unmet = opened.filter(|(solution, _)| {
            let with = call.meetings.values().map(|meeting| meeting.with);
            !with.into_iter().any(|with| with == Some(**solution))
        });
        wishes.extend(unmet.map(|(solution, _)| (20, Wish::Arrange(region, id, Some(*solution)))));
    }
    for (meeting, known) in &call.meetings {
        let wish = |doing| Wish::Meeting(region, id, *meeting, doing);
        let clock = world.clock(region) + broken::haste(world.fault);
        let begun = clock >= known.slot.starts_at();
        match &known.standing {
            MeetingStanding::Proposed | MeetingStanding::Minuted(_) => {
                wishes.push((25, wish(Doing::Release)));
            }
            MeetingStanding::Invited => wishes.push((1, wish(Doing::Disclose))),
            MeetingStanding::Arranged(_) | MeetingStanding::Held(_) => {
                let knows = known.with.is_none_or(|solution| call.knows(solution));
                if !knows {
                    wishes.push((if begun { 20 } else { 1 }, wish(Doing::Disclose)));
                }
                if matches!(known.standing, MeetingStanding::Arranged(_)) {
                    wishes.push((if begun { 15 } else { 1 }, wish(Doing::Minute)));
                    wishes.push((1, wish(Doing::Cancel)));
                }
            }
            _ => {}
        }
    }
}

/// Who could register for a roadshow, or do so no more.
pub(super) fn registrations(wishes: &mut Vec<(usize, Wish)>, world: &World, cast: &Cast) {
    for (region, node) in &world.nodes {
        let process = node.services.get(&Name::Matching);
        for (_, notice) in process
            .iter()
            .flat_map(|process| process.roadshows.values())
        {
            if notice.cancelled || world.now >= notice.slot.starts_at() {
                continue;
            }
            let units = cast.of(Part::Solver).chain(cast.of(Part::Affiliate));
            for unit in units.filter(|unit| unit.region == *region) {
                let id = RegistrationId::of(unit.id, notice.meeting).to_string();
                let filed = process.and_then(|one| one.held(Registration::KIND, &id));
                let filed = filed.and_then(|held| held.state::<Registration>()?.0.as_ref());
                let comes = filed.is_none_or(|one| one.standing == RegistrationStanding::Withdrawn);
                let weight = if filed.is_none() { 25 } else { 1 };
                let wish = Wish::Register(*region, unit.id, notice.meeting, comes);
                wishes.push((weight, wish));
            }
        }
    }
}

/// A unit registers, or takes that back.
pub(super) fn register(
    world: &World,
    (node, unit): (Region, UnitId),
    meeting: MeetingId,
    comes: bool,
) -> Option<Call> {
    let process = world.service(node, Name::Matching)?;
    let (blind_id, notice) = process.roadshows.get(&meeting)?;
    let starts_at = notice.slot.starts_at();
    let (method, command) = if comes {
        let open = process.catalogue.get(blind_id)?.open;
        (
            "jiebang.matching.v1.DialogueService/RegisterForRoadshow",
            RegistrationCommand::Register {
                blind_id: *blind_id,
                meeting,
                roadshow: RoadshowFacts {
                    open,
                    cancelled: notice.cancelled,
                    registering: notice.registering,
                    starts_at,
                },
                unit: team(world, node, unit),
            },
        )
    } else {
        (
            "jiebang.matching.v1.DialogueService/WithdrawRegistration",
            RegistrationCommand::Withdraw { starts_at },
        )
    };
    let id = RegistrationId::of(unit, meeting);
    Some(Call {
        method,
        node,
        service: Name::Matching,
        actor: cast::member(unit, node),
        acts: vec![Act::new::<Registration>(id, command)],
    })
}

/// A meeting, some time from now.
pub(super) fn arrange(
    world: &mut World,
    &Writer {
        node,
        demander,
        all,
    }: &Writer<'_>,
    with: Option<SolutionId>,
) -> Option<(&'static str, meetings::Command)> {
    let open = with.is_none() && world.dice.percent(70);
    let days = world.dice.moment(Duration::days(if open { 9 } else { 5 }));
    let starts = world.clock(node) + days;
    let until = Day::of(starts).minus_days(1);
    let capacity = NonZeroU32::new(if world.dice.percent(50) { 1 } else { 3 })?;
    let registering = open.then_some(Registering { capacity, until });
    let agenda = words(&mut world.dice, "交流技术路线", all);
    let slot = Slot::new(starts, starts + Duration::hours(2), say("线上会议"), agenda).ok()?;
    let command = meetings::Command::Arrange {
        meeting: world.dice.id(),
        with,
        slot: Box::new(slot),
        registering,
        names: names(world, node, demander),
    };
    Some((
        "jiebang.matching.v1.DialogueService/ArrangeMeeting",
        command,
    ))
}

/// What is done about a meeting.
pub(super) fn on_meeting(
    world: &mut World,
    &Writer {
        node,
        demander,
        all,
    }: &Writer<'_>,
    meeting: MeetingId,
    doing: Doing,
) -> (&'static str, Actor, posting::Command) {
    let own = names(world, node, demander);
    let member = cast::member(demander, node);
    match doing {
        Doing::Release => {
            let refused = world.dice.percent(10).then(|| say("请补充议程"));
            let command = meetings::Command::Release(meeting, refused);
            (
                "jiebang.matching.v1.DialogueService/ReleaseRoadshow",
                cast::official(Role::Officer, node),
                posting::Command::Meeting(command),
            )
        }
        Doing::Cancel => {
            let reason = words(&mut world.dice, "时间冲突", all);
            let command = meetings::Command::Cancel {
                meeting,
                reason,
                names: own,
            };
            (
                "jiebang.matching.v1.DialogueService/CancelMeeting",
                member,
                posting::Command::Meeting(command),
            )
        }
        Doing::Minute => {
            let minutes = words(&mut world.dice, "就合成路线交换了意见", all);
            let command = meetings::Command::Minute {
                meeting,
                minutes,
                names: own,
            };
            (
                "jiebang.matching.v1.DialogueService/RecordMinutes",
                member,
                posting::Command::Meeting(command),
            )
        }
        Doing::Disclose => {
            let command = disclosure::Command::Disclose(meeting, say("同意告知该解决方"));
            (
                "jiebang.matching.v1.DialogueService/DiscloseDemander",
                member,
                posting::Command::Disclosure(command),
            )
        }
    }
}
