//! 需求对接: the demander's side of a published demand, at its home. [Art. 10, 11, 12]

mod call;
mod evolve;
mod received;
pub mod reserve;

use std::collections::BTreeSet;

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, DemandId, PostingId, Region, SolutionId, TaskId, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use call::Call;
pub use received::{Pick, Received, Standing};

use self::reserve::{Match, Reserve};
use super::{FeedbackId, Listing, Rejection};
use crate::{
    dossier::Dossier,
    publish,
    record::{Record, Task},
};

/// The demander's side of a demand, keyed by [`Posting::id`]. Owner and listing come from two
/// services, in either order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Posting {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The demander is known; nothing is published.
    Owned(Owner),
    /// It is published; the demander is not known yet.
    Announced(Listing),
    /// It is published.
    Open(Box<Call>),
    /// The demand was withdrawn after publication.
    Closed(Box<Call>),
    /// The demand was withdrawn before publication; its owner, if intake ever named one. Where the
    /// hub publishes it all the same, it opens and closes at once.
    Withdrawn(Option<Owner>),
}

/// The demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The demand.
    pub demand: DemandId,
    /// Whose it is.
    pub demander: UnitId,
    /// Units under common control with the demander.
    pub affiliates: BTreeSet<UnitId>,
    /// What is published of it.
    pub record: Record,
}

impl Owner {
    /// Whether the demander or an affiliate is in the solving team. [Art. 10, 11]
    pub fn is_close_to(&self, dossier: &Dossier) -> bool {
        let close = |unit: &UnitId| *unit == self.demander || self.affiliates.contains(unit);
        close(&dossier.holder) || dossier.team.iter().any(close)
    }
}

/// What can be asked of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Intake says who the demander is.
    RecordOwner(Box<Owner>),
    /// The hub has published it.
    List(Listing),
    /// Intake says that it was withdrawn.
    Close,
    /// Intake says that a task was revised.
    ReviseTask(Box<Task>),
    /// The hub feeds solutions back.
    Receive {
        /// The feedback.
        feedback: FeedbackId,
        /// Up to when.
        cut_off: OffsetDateTime,
        /// The solutions with the nodes they come from.
        solutions: Vec<(Dossier, Region)>,
    },
    /// A solver took its solution back.
    WithdrawSolution(SolutionId),
    /// A solver gave its word.
    Agree {
        /// For which solution.
        solution: SolutionId,
        /// For which tasks.
        tasks: BTreeSet<TaskId>,
        /// The node that says so.
        region: Region,
    },
    /// Read a solution.
    OpenSolution(SolutionId),
    /// Consider it.
    Shortlist(SolutionId, Text),
    /// Do not take it.
    Decline(SolutionId, Text),
    /// Select it for a task.
    Select {
        /// The task.
        task: TaskId,
        /// The solution.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// End its selections and intents.
    Lapse(SolutionId, Text),
    /// Tell the affiliates' declines that are due.
    DeclineAffiliates,
    /// Propose it for the pool.
    ProposeReserve(Text),
    /// Audit the proposal or the upgrade; give it back with this reason.
    AuditReserve {
        /// Why it is given back; none to approve.
        returned: Option<Text>,
    },
}

/// What happened to a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The demander is known, or known better.
    OwnerRecorded(Box<Owner>),
    /// It is published.
    Listed(Listing),
    /// It was withdrawn.
    Closed,
    /// A task was revised.
    TaskRevised(Box<Task>),
    /// Solutions were fed back.
    Received(Vec<Received>),
    /// The demander read one.
    SolutionOpened(SolutionId),
    /// The demander considers one.
    Shortlisted {
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// The demander does not take one.
    Declined {
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// The declines of affiliates' solutions were told.
    AffiliatesDeclined(BTreeSet<SolutionId>),
    /// A solution is selected.
    Selected {
        /// For which task.
        task: TaskId,
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// The solver gave its word too.
    Agreed {
        /// Which.
        solution: SolutionId,
        /// For which tasks.
        tasks: BTreeSet<TaskId>,
    },
    /// A solution's selections and intents came to an end.
    Lapsed {
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// The solver took one back.
    SolutionWithdrawn(SolutionId),
    /// It was proposed for the pool.
    ReserveProposed {
        /// What was added.
        supplement: Text,
        /// By whom.
        by: String,
    },
    /// The proposal was given back.
    ReserveReturned(Text),
    /// The department audited these matches.
    ReserveAudited {
        /// All matches at that time.
        audited: BTreeSet<Match>,
        /// By whom.
        by: String,
    },
    /// Audited matches came to an end.
    PoolReduced {
        /// What is left; nothing: it leaves the pool.
        left: BTreeSet<Match>,
    },
}

impl Posting {
    /// What the demand's posting is called: the same at the home, whichever message comes first,
    /// and for who doesn't know the demand's id only a random name.
    pub fn id(demand: DemandId) -> PostingId {
        PostingId(Uuid::new_v5(&demand.0, b"jiebang.matching.posting"))
    }

    /// The call, once it is published.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Open(call) | Self::Closed(call) => Some(call),
            _ => None,
        }
    }

    fn close(&self) -> Vec<Event> {
        match self {
            // Intake names the owner of a demand before it can be withdrawn from a list: what is
            // announced without one waits for it.
            Self::Closed(_) | Self::Withdrawn(_) | Self::Announced(_) => vec![],
            Self::Open(call) if matches!(call.reserve, Reserve::InPool { .. }) => {
                vec![
                    Event::PoolReduced {
                        left: BTreeSet::new(),
                    },
                    Event::Closed,
                ]
            }
            _ => vec![Event::Closed],
        }
    }

    fn list(&self, listing: Listing) -> Vec<Event> {
        match self {
            Self::Unknown | Self::Owned(_) => vec![Event::Listed(listing)],
            Self::Withdrawn(Some(_)) => vec![Event::Listed(listing), Event::Closed],
            _ => vec![],
        }
    }

    fn record_owner(&self, owner: Box<Owner>) -> Vec<Event> {
        let news = match self {
            Self::Unknown | Self::Announced(_) => true,
            Self::Owned(known) => *known != *owner,
            // After publication its own record, with its revised tasks, is the one that counts.
            Self::Open(_) | Self::Closed(_) | Self::Withdrawn(_) => false,
        };
        if news {
            vec![Event::OwnerRecorded(owner)]
        } else {
            vec![]
        }
    }

    /// What the messages of others bring once nobody can act any more.
    fn late(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        match (self, command) {
            (
                Self::Closed(call),
                Command::Receive {
                    feedback,
                    cut_off,
                    solutions,
                },
            ) => {
                let mut events = call.receive(feedback, cut_off, solutions);
                for event in &mut events {
                    if let Event::Received(all) = event {
                        for one in all {
                            one.standing = Standing::Closed;
                        }
                    }
                }
                Ok(events)
            }
            (
                Self::Closed(_),
                Command::WithdrawSolution(_)
                | Command::Agree { .. }
                | Command::ReviseTask(_)
                | Command::DeclineAffiliates,
            ) => Ok(vec![]),
            (Self::Closed(_) | Self::Withdrawn(_), _) => Err(Rejection::CallClosed),
            _ => Err(Rejection::UnknownSolution),
        }
    }
}

impl Aggregate for Posting {
    const KIND: &'static str = "posting";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::RecordOwner(owner) => return Ok(self.record_owner(owner)),
            Command::List(listing) => return Ok(self.list(listing)),
            Command::Close => return Ok(self.close()),
            _ => {}
        }
        let Self::Open(call) = self else {
            return self.late(command);
        };
        match command {
            Command::RecordOwner(_) | Command::List(_) | Command::Close => Ok(vec![]),
            Command::ReviseTask(task) => call.revise(task),
            Command::Receive {
                feedback,
                cut_off,
                solutions,
            } => Ok(call.receive(feedback, cut_off, solutions)),
            Command::WithdrawSolution(solution) => call.withdraw(solution),
            Command::Agree {
                solution,
                tasks,
                region,
            } => call.agree(solution, &tasks, region),
            Command::OpenSolution(solution) => call.open(solution, context),
            Command::Shortlist(solution, reason) => call.shortlist(solution, reason, context),
            Command::Decline(solution, reason) => call.decline(solution, reason, context),
            Command::Select {
                task,
                solution,
                reason,
            } => call.select(task, solution, reason, context),
            Command::Lapse(solution, reason) => call.lapse(solution, reason, context),
            Command::DeclineAffiliates => Ok(call.decline_affiliates(context)),
            Command::ProposeReserve(supplement) => call.propose(supplement, context),
            Command::AuditReserve { returned } => call.audit(returned, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        *self = match (std::mem::take(self), event) {
            (Self::Announced(listing), Event::OwnerRecorded(owner)) => {
                Self::Open(Box::new(Call::new((**owner).clone(), listing)))
            }
            (_, Event::OwnerRecorded(owner)) => Self::Owned((**owner).clone()),
            (Self::Owned(owner) | Self::Withdrawn(Some(owner)), Event::Listed(listing)) => {
                Self::Open(Box::new(Call::new(owner, listing.clone())))
            }
            (_, Event::Listed(listing)) => Self::Announced(listing.clone()),
            (Self::Open(mut call), Event::Closed) => {
                call.evolve(event);
                Self::Closed(call)
            }
            (Self::Owned(owner), Event::Closed) => Self::Withdrawn(Some(owner)),
            (_, Event::Closed) => Self::Withdrawn(None),
            (Self::Open(mut call), event) => {
                call.evolve(event);
                Self::Open(call)
            }
            (Self::Closed(mut call), event) => {
                call.evolve(event);
                Self::Closed(call)
            }
            (other, _) => other,
        };
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        publish::posting(id, self, event)
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        let Self::Open(call) = self else {
            return Vec::new();
        };
        let due = call.next_decline();
        let alarm = due.map(|due| Alarm {
            name: "decline_affiliates",
            due,
            command: Command::DeclineAffiliates,
        });
        alarm.into_iter().collect()
    }
}
