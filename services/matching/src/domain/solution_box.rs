//! The sealed box of one published demand: solutions wait in it until a feedback. On the hub.

use std::collections::{BTreeMap, BTreeSet};

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, Day, DemandId, Region, SolutionId, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    Entry, FeedbackId, Forum, Listing, QuestionId, Rejection,
    forum::{self, sign_up},
    posting::reserve::PoolChange,
};
use crate::{dossier::Dossier, publish, record::Task};

/// A box, keyed by the demand's blind id. A solution may come before the listing does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolutionBox {
    /// Whose box it is.
    pub listing: Option<Listed>,
    /// Whether the demand was withdrawn.
    pub closed: bool,
    /// Where the demand stands in the reserve pool, as its home last said.
    pub pool: Option<PoolChange>,
    /// Everything that ever came.
    pub solutions: BTreeMap<SolutionId, BoxedSolution>,
    /// What all solvers are told alike.
    pub forum: Forum,
}

/// The demand behind a box, as the hub knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The demand.
    pub demand: DemandId,
    /// Its home.
    pub home: Region,
    /// How everybody sees it.
    pub entry: Entry,
    /// Under which names and terms it is published.
    pub listing: Listing,
}

/// A solution in the box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxedSolution {
    /// What was submitted.
    pub dossier: Dossier,
    /// The node it comes from.
    pub region: Region,
    /// When that node signed it.
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
    /// Whether it waits.
    pub waits: Waits,
    /// Whether the demander ever got it.
    pub was_fed_back: bool,
}

/// Whether a solution waits for a feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waits {
    /// Yes.
    Yes,
    /// It was fed back.
    FedBack(FeedbackId),
    /// It was taken back.
    Withdrawn,
    /// The demand was withdrawn before a feedback.
    Lapsed,
}

/// What can be asked of a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The demand was published.
    List(Box<Listed>),
    /// A solution came.
    Receive {
        /// What was submitted.
        dossier: Box<Dossier>,
        /// By which node.
        region: Region,
        /// When that node signed it.
        signed_at: OffsetDateTime,
    },
    /// A solution was taken back.
    Withdraw {
        /// Which.
        solution: SolutionId,
        /// By which node.
        region: Region,
    },
    /// Feed back what came by the cut-off.
    FeedBack {
        /// The feedback.
        feedback: FeedbackId,
        /// Up to when.
        cut_off: OffsetDateTime,
    },
    /// The demand's home revised a task.
    ReviseTask {
        /// As it is now.
        task: Box<Task>,
        /// The node that says so.
        region: Region,
    },
    /// The demand's home withdrew it.
    Close {
        /// The node that says so.
        region: Region,
    },
    /// The demand's department has audited where it stands in the reserve pool.
    Reserve {
        /// What it says, to be told to all.
        change: PoolChange,
        /// The node that says so.
        region: Region,
    },
    /// A solver asks; the box's forum has it.
    Ask(QuestionId, Text, Region),
    /// The demand's home says something for all solvers.
    Forum(forum::Command, Region),
    /// Tell all solvers what waits.
    Tell,
    /// A solver registers for a roadshow; or its registration is closed.
    SignUp(sign_up::Command),
}

/// What happened to a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The demand was published.
    Listed(Box<Listed>),
    /// A solution came.
    Received(Box<BoxedSolution>),
    /// A solution was taken back.
    Withdrawn(SolutionId),
    /// These were fed back.
    FedBack {
        /// The feedback.
        feedback: FeedbackId,
        /// Up to when.
        #[serde(with = "time::serde::rfc3339")]
        cut_off: OffsetDateTime,
        /// Which.
        solutions: BTreeSet<SolutionId>,
    },
    /// A task was revised.
    TaskRevised(Box<Task>),
    /// The demand was withdrawn.
    Closed {
        /// What still waited.
        lapsed: BTreeSet<SolutionId>,
    },
    /// Where it stands in the reserve pool.
    ReserveChanged(PoolChange),
    /// Something for all solvers.
    Forum(forum::Event),
}

impl Aggregate for SolutionBox {
    const KIND: &'static str = "solution_box";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        if !context.node.is_hub() {
            return Err(Rejection::NotAtHub);
        }
        match command {
            Command::List(listed) if self.listing.is_none() => Ok(vec![Event::Listed(listed)]),
            Command::List(_) => Ok(vec![]),
            Command::Receive {
                dossier,
                region,
                signed_at,
            } => self.receive(*dossier, region, signed_at),
            Command::Withdraw { solution, region } => self.withdraw(solution, region),
            Command::FeedBack { feedback, cut_off } => Ok(self.feed_back(feedback, cut_off)),
            Command::ReviseTask { task, region } => self.revise(task, region),
            Command::Close { region } => self.close(region, context),
            Command::Ask(question, text, region) => self.ask(question, text, region, context),
            Command::Forum(command, region) => {
                self.of_home(region)?;
                self.in_forum(command, context)
            }
            Command::Tell => self.in_forum(forum::Command::Tell, context),
            Command::SignUp(_) if self.closed => Ok(vec![]),
            Command::SignUp(command) => self.in_forum(forum::Command::SignUp(command), context),
            Command::Reserve { change, region } => {
                self.of_home(region)?;
                let known = self.pool.as_ref() == Some(&change);
                Ok(if known {
                    vec![]
                } else {
                    vec![Event::ReserveChanged(change)]
                })
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Listed(listed) => self.listing = Some((**listed).clone()),
            Event::Received(boxed) => {
                self.solutions.insert(boxed.dossier.id, (**boxed).clone());
            }
            Event::Withdrawn(solution) => self.set([solution], Waits::Withdrawn),
            Event::FedBack {
                feedback,
                solutions,
                ..
            } => {
                self.set(solutions, Waits::FedBack(*feedback));
            }
            Event::TaskRevised(task) => {
                let tasks = self
                    .listing
                    .as_mut()
                    .map(|listed| &mut listed.entry.record.tasks);
                if let Some(old) = tasks.and_then(|all| all.iter_mut().find(|t| t.id == task.id)) {
                    *old = (**task).clone();
                }
            }
            Event::Closed { lapsed } => {
                self.closed = true;
                self.set(lapsed, Waits::Lapsed);
            }
            Event::ReserveChanged(change) => self.pool = Some(change.clone()),
            Event::Forum(event) => self.forum.evolve(event),
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        publish::solution_box(id, self, event)
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        let tell = self.forum.tells_at().map(|due| Alarm {
            name: "tell_all",
            due,
            command: Command::Tell,
        });
        let closes = self.forum.closes_at().filter(|_| !self.closed);
        let forward = closes.map(|due| Alarm {
            name: "forward_registrations",
            due,
            command: Command::SignUp(sign_up::Command::Forward),
        });
        tell.into_iter().chain(forward).collect()
    }
}

impl BoxedSolution {
    /// Whether it was handed in anew, while it could be.
    fn is_replaced_by(&self, dossier: &Dossier) -> bool {
        self.dossier.revision < dossier.revision
            && matches!(self.waits, Waits::Yes | Waits::FedBack(_))
    }
}

impl SolutionBox {
    /// How many solutions wait, and how many were fed back.
    pub fn counts(&self) -> (usize, usize) {
        let count = |f: fn(Waits) -> bool| self.solutions.values().filter(|s| f(s.waits)).count();
        (
            count(|w| w == Waits::Yes),
            count(|w| matches!(w, Waits::FedBack(_))),
        )
    }

    fn in_forum(
        &self,
        command: forum::Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let events = self.forum.decide(command, context)?;
        Ok(events.into_iter().map(Event::Forum).collect())
    }

    /// Of a demand that was withdrawn nobody answers any more: who asks hears it.
    fn ask(
        &self,
        question: QuestionId,
        text: Text,
        region: Region,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let command = forum::Command::Ask(question, text, region);
        let mut events = self.in_forum(command, context)?;
        if self.closed && !events.is_empty() {
            events.push(Event::Forum(forum::Event::Concluded {
                question,
                outcome: forum::Outcome::Withheld,
                on: Day::of(context.now),
            }));
        }
        Ok(events)
    }

    fn of_home(&self, region: Region) -> Result<&Listed, Rejection> {
        let listing = self.listing.as_ref();
        listing
            .filter(|listed| listed.home == region)
            .ok_or(Rejection::WrongOrigin(region))
    }

    fn set<'a>(&mut self, solutions: impl IntoIterator<Item = &'a SolutionId>, waits: Waits) {
        for solution in solutions {
            if let Some(boxed) = self.solutions.get_mut(solution) {
                boxed.was_fed_back |= matches!(waits, Waits::FedBack(_));
                boxed.waits = waits;
            }
        }
    }

    fn receive(
        &self,
        dossier: Dossier,
        region: Region,
        signed_at: OffsetDateTime,
    ) -> Result<Vec<Event>, Rejection> {
        match self.solutions.get(&dossier.id) {
            Some(boxed) if boxed.region != region => Err(Rejection::WrongOrigin(region)),
            Some(boxed) if !boxed.is_replaced_by(&dossier) => Ok(vec![]),
            before => {
                let waits = if self.closed {
                    Waits::Lapsed
                } else {
                    Waits::Yes
                };
                let was_fed_back = before.is_some_and(|boxed| boxed.was_fed_back);
                let boxed = BoxedSolution {
                    dossier,
                    region,
                    signed_at,
                    waits,
                    was_fed_back,
                };
                Ok(vec![Event::Received(Box::new(boxed))])
            }
        }
    }

    fn withdraw(&self, solution: SolutionId, region: Region) -> Result<Vec<Event>, Rejection> {
        let boxed = self
            .solutions
            .get(&solution)
            .ok_or(Rejection::UnknownSolution)?;
        if boxed.region != region {
            return Err(Rejection::WrongOrigin(region));
        }
        match boxed.waits {
            Waits::Yes | Waits::FedBack(_) => Ok(vec![Event::Withdrawn(solution)]),
            Waits::Withdrawn | Waits::Lapsed => Ok(vec![]),
        }
    }

    fn feed_back(&self, feedback: FeedbackId, cut_off: OffsetDateTime) -> Vec<Event> {
        if self.listing.is_none() {
            return vec![];
        }
        let due = |boxed: &&BoxedSolution| boxed.waits == Waits::Yes && boxed.signed_at <= cut_off;
        let solutions: BTreeSet<_> = self
            .solutions
            .values()
            .filter(due)
            .map(|boxed| boxed.dossier.id)
            .collect();
        if solutions.is_empty() {
            return vec![];
        }
        vec![Event::FedBack {
            feedback,
            cut_off,
            solutions,
        }]
    }

    fn revise(&self, task: Box<Task>, region: Region) -> Result<Vec<Event>, Rejection> {
        let listed = self.of_home(region)?;
        match listed.entry.record.task(task.id) {
            None => Err(Rejection::UnknownTask),
            Some(present) if *present == *task || self.closed => Ok(vec![]),
            Some(_) => Ok(vec![Event::TaskRevised(task)]),
        }
    }

    fn close(&self, region: Region, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.of_home(region)?;
        if self.closed {
            return Ok(vec![]);
        }
        let waiting = self
            .solutions
            .values()
            .filter(|boxed| boxed.waits == Waits::Yes);
        let mut events = vec![Event::Closed {
            lapsed: waiting.map(|boxed| boxed.dossier.id).collect(),
        }];
        events.extend(self.forum.unanswered(context).into_iter().map(Event::Forum));
        Ok(events)
    }
}
