//! What others hear of a posting: each solver its own disposition, the hub what all may know.

use proto::{
    matching::v1 as wire,
    message::{Audience, Message},
};
use regulation::{DemandId, PostingId, ReserveEntryId, SolutionId};

use super::{DEMAND_WITHDRAWN, dialogue, reserve_changed};
use crate::domain::posting::{
    self, Call, Pick, Posting, Standing,
    reserve::{PoolChange, Status, covered},
};

/// What an affiliate's solver reads: what any other declined solver might. [Art. 10, 11]
const NEUTRAL_DECLINE: &str = "经综合比选，未予采用。";

/// What happened to a posting at the demander's home.
pub(crate) fn posting(id: &str, posting: &Posting, event: &posting::Event) -> Vec<Message> {
    use posting::Event;
    if let Event::RevisionAnswered {
        demand,
        number,
        refused,
    } = event
    {
        return vec![revision_answered(*demand, *number, refused.as_deref())];
    }
    let Some(call) = posting.call() else {
        return Vec::new();
    };
    let told = Told {
        posting_id: id,
        call,
        withdrawn: matches!(posting, Posting::Closed(_)),
    };
    match event {
        Event::Closed => {
            let mut messages = vec![closed(&call.listing.blind_id.to_string())];
            messages.extend(told.entry().map(|entry| told.owner(&entry)));
            messages.extend(told.closed());
            messages
        }
        Event::TaskRevised(task) => {
            let blind_id = call.listing.blind_id.to_string();
            let task = Some((&**task).into());
            let revised = wire::PostingTaskRevised {
                blind_id: blind_id.clone(),
                task,
            };
            vec![Message::share(Audience::HUB, blind_id, &revised)]
        }
        Event::Received(_) if matches!(posting, Posting::Closed(_)) => told.closed(),
        Event::Shortlisted { solution, reason } => {
            told.solver(*solution, wire::Disposition::Shortlisted, reason.as_str())
        }
        Event::Declined { solution, reason } => {
            told.solver(*solution, wire::Disposition::Declined, reason.as_str())
        }
        Event::AffiliatesDeclined(solutions) => solutions
            .iter()
            .flat_map(|id| told.solver(*id, wire::Disposition::Declined, NEUTRAL_DECLINE))
            .collect(),
        Event::Selected {
            solution, reason, ..
        } => told.solver(*solution, wire::Disposition::Selected, reason.as_str()),
        Event::Lapsed { solution, reason } => {
            told.solver(*solution, wire::Disposition::Lapsed, reason.as_str())
        }
        Event::ReserveAudited { .. } | Event::PoolReduced { .. } => told.reserve(),
        Event::Expired {
            solution, reason, ..
        } => told.solver(*solution, wire::Disposition::Lapsed, reason.as_str()),
        Event::Question(event) => dialogue::question(call, event),
        Event::Meeting(event) => dialogue::meeting(id, call, event),
        Event::Disclosure(event) => dialogue::disclosure(id, call, event),
        Event::OwnerRecorded(_)
        | Event::Listed(_)
        | Event::RevisionAnswered { .. }
        | Event::ExpiryWaits { .. }
        | Event::Received(_)
        | Event::SolutionOpened(_)
        | Event::Agreed { .. }
        | Event::SolutionWithdrawn(_)
        | Event::IntentTakenBack { .. }
        | Event::ReserveProposed { .. }
        | Event::ReserveReturned(_) => Vec::new(),
    }
}

fn revision_answered(demand: DemandId, number: u32, refused: Option<&str>) -> Message {
    let answered = wire::RevisionAnswered {
        demand_id: demand.to_string(),
        number: i32::try_from(number).unwrap_or(i32::MAX),
        taken: refused.is_none(),
        reason: refused.unwrap_or_default().to_owned(),
    };
    Message::node(demand, &answered)
}

fn closed(blind_id: &str) -> Message {
    let closed = wire::PostingClosed {
        blind_id: blind_id.to_owned(),
    };
    Message::share(Audience::HUB, blind_id, &closed)
}

/// What a call has to say, and under which name.
struct Told<'a> {
    posting_id: &'a str,
    call: &'a Call,
    withdrawn: bool,
}

impl Told<'_> {
    /// One solver hears what became of its solution.
    fn solver(&self, id: SolutionId, to: wire::Disposition, reason: &str) -> Vec<Message> {
        let Some(received) = self.call.received.get(&id) else {
            return Vec::new();
        };
        let tasks = self.call.selected(id, false);
        let agreed = self.call.selected(id, true);
        let disposed = wire::SolutionDisposed {
            solution_id: id.to_string(),
            disposition: to.into(),
            reason: reason.to_owned(),
            task_ids: tasks.iter().map(ToString::to_string).collect(),
            posting_id: self.posting_id.to_owned(),
            answer_until: self.answer_until(id),
            agreed_task_ids: agreed.iter().map(ToString::to_string).collect(),
        };
        vec![Message::share(
            Audience::One(received.region),
            id,
            &disposed,
        )]
    }

    /// The first last day of a word that is outstanding; empty without one.
    fn answer_until(&self, id: SolutionId) -> String {
        let picks = self.call.picks.values().filter_map(|picks| picks.get(&id));
        let days = picks.filter_map(|pick| match pick {
            Pick::Asked { answer_until, .. } => Some(*answer_until),
            Pick::Agreed { .. } => None,
        });
        days.min().map(|day| day.to_string()).unwrap_or_default()
    }

    /// Everybody whose solution ended with the demand hears it.
    fn closed(&self) -> Vec<Message> {
        let ended = self
            .call
            .received
            .iter()
            .filter(|(_, one)| one.standing == Standing::Closed);
        let lapsed = wire::Disposition::Lapsed;
        ended
            .flat_map(|(id, _)| self.solver(*id, lapsed, DEMAND_WITHDRAWN))
            .collect()
    }

    /// Where the demand stands in the pool.
    fn entry(&self) -> Option<PoolChange> {
        let posting: PostingId = self.posting_id.parse().ok()?;
        Some(PoolChange {
            entry: ReserveEntryId(posting.0),
            status: self.call.pool_status().unwrap_or(Status::Left),
            matched: covered(&self.call.audited()),
        })
    }

    /// The hub hears where the demand stands in the pool; the node also who is behind it.
    fn reserve(&self) -> Vec<Message> {
        let Some(change) = self.entry() else {
            return Vec::new();
        };
        let listing = &self.call.listing;
        let blind_id = listing.blind_id.to_string();
        let number = listing.number.to_string();
        let reported = wire::ReserveReported {
            change: Some(reserve_changed(&blind_id, &number, &change)),
        };
        vec![
            Message::share(Audience::HUB, &blind_id, &reported),
            self.owner(&change),
        ]
    }

    /// The node hears the entry with its demander and solvers, and whether the demand is there still.
    fn owner(&self, change: &PoolChange) -> Message {
        let (call, listing) = (self.call, &self.call.listing);
        let audited = call.audited();
        let solvers = audited.iter().filter_map(|(task, solution)| {
            let received = call.received.get(solution)?;
            Some(wire::SelectedSolver {
                task_id: task.to_string(),
                solution_id: solution.to_string(),
                holder_unit_id: received.dossier.holder.to_string(),
                team_unit_ids: received
                    .dossier
                    .team
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                region: received.region.to_string(),
            })
        });
        let owner = wire::ReserveOwnerRecorded {
            reserve_entry_id: change.entry.to_string(),
            demand_id: call.owner.demand.to_string(),
            blind_id: listing.blind_id.to_string(),
            public_number: listing.number.to_string(),
            demander_unit_id: call.owner.demander.to_string(),
            record: Some((&call.owner.record).into()),
            status: wire::ReserveStatus::from(change.status).into(),
            solvers: solvers.collect(),
            demand_withdrawn: self.withdrawn,
        };
        Message::node(call.owner.demand, &owner)
    }
}
