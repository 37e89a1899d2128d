//! An open call at the demander's home: what was fed back, and what becomes of it. [Art. 11, 12]

use std::collections::{BTreeMap, BTreeSet};

use regulation::{Context, Region, SolutionId, TaskId, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    Event, Owner, Pick, Received, Standing,
    reserve::{Match, Reserve},
};
use crate::{
    domain::{FeedbackId, Listing, Rejection},
    dossier::Dossier,
    record::Task,
};

/// A published demand with its demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whose it is.
    pub owner: Owner,
    /// Under which names and terms it is published.
    pub listing: Listing,
    /// What was fed back.
    pub received: BTreeMap<SolutionId, Received>,
    /// Who is selected for which task, and whether both sides gave their word.
    pub picks: BTreeMap<TaskId, BTreeMap<SolutionId, Pick>>,
    /// Where it stands in the reserve pool.
    pub reserve: Reserve,
}

impl Call {
    /// A call that was opened just now.
    pub fn new(owner: Owner, listing: Listing) -> Self {
        let (received, picks) = (BTreeMap::new(), BTreeMap::new());
        Self {
            owner,
            listing,
            received,
            picks,
            reserve: Reserve::default(),
        }
    }

    /// All matches: tasks with a solver to whom both sides gave their word.
    pub fn matches(&self) -> BTreeSet<Match> {
        let pairs = self.picks.iter().flat_map(|(task, picks)| {
            picks
                .iter()
                .map(move |(solution, pick)| ((*task, *solution), *pick))
        });
        pairs
            .filter(|(_, pick)| *pick == Pick::Agreed)
            .map(|(pair, _)| pair)
            .collect()
    }

    /// Tasks that a solution is selected for, those with both words only if `agreed`.
    pub fn selected(&self, solution: SolutionId, agreed: bool) -> BTreeSet<TaskId> {
        let picked = self
            .picks
            .iter()
            .filter(|(_, picks)| match picks.get(&solution) {
                Some(Pick::Agreed) => true,
                Some(Pick::Asked) => !agreed,
                None => false,
            });
        picked.map(|(task, _)| *task).collect()
    }

    pub(super) fn own(&self, context: &Context) -> Result<(), Rejection> {
        let own = context.actor.unit == Some(self.owner.demander);
        if own { Ok(()) } else { Err(Rejection::NotOwn) }
    }

    fn get(&self, solution: SolutionId) -> Result<&Received, Rejection> {
        self.received
            .get(&solution)
            .ok_or(Rejection::UnknownSolution)
    }

    pub(super) fn receive(
        &self,
        feedback: FeedbackId,
        cut_off: OffsetDateTime,
        solutions: Vec<(Dossier, Region)>,
    ) -> Vec<Event> {
        let fresh = solutions
            .into_iter()
            .filter(|(dossier, _)| !self.received.contains_key(&dossier.id))
            .map(|(dossier, region)| {
                let standing = if self.owner.is_close_to(&dossier) {
                    Standing::Affiliate { told: false }
                } else {
                    Standing::Unopened
                };
                Received {
                    dossier,
                    region,
                    feedback,
                    cut_off,
                    standing,
                }
            });
        let fresh: Vec<_> = fresh.collect();
        if fresh.is_empty() {
            vec![]
        } else {
            vec![Event::Received(fresh)]
        }
    }

    pub(super) fn open(
        &self,
        solution: SolutionId,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match &self.get(solution)?.standing {
            Standing::Unopened => Ok(vec![Event::SolutionOpened(solution)]),
            Standing::Affiliate { .. } | Standing::Withdrawn => Err(self.unavailable(solution)),
            _ => Ok(vec![]),
        }
    }

    fn unavailable(&self, solution: SolutionId) -> Rejection {
        match self.get(solution) {
            Ok(received) => Rejection::NotAvailable {
                standing: received.standing.name(),
            },
            Err(rejection) => rejection,
        }
    }

    pub(super) fn shortlist(
        &self,
        solution: SolutionId,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match &self.get(solution)?.standing {
            Standing::Unopened => Err(Rejection::NotOpened),
            Standing::Opened => Ok(vec![Event::Shortlisted { solution, reason }]),
            Standing::Shortlisted(before) if *before == reason => Ok(vec![]),
            _ => Err(self.unavailable(solution)),
        }
    }

    pub(super) fn decline(
        &self,
        solution: SolutionId,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        let received = self.get(solution)?;
        match &received.standing {
            Standing::Unopened => Err(Rejection::NotOpened),
            Standing::Opened | Standing::Shortlisted(_)
                if !self.selected(solution, false).is_empty() =>
            {
                Err(Rejection::IsSelected)
            }
            Standing::Opened | Standing::Shortlisted(_) => {
                let mut events = vec![Event::Declined { solution, reason }];
                let batch = self.untold(|other| other.feedback == received.feedback);
                if !batch.is_empty() {
                    events.push(Event::AffiliatesDeclined(batch));
                }
                Ok(events)
            }
            Standing::Declined(before) if *before == reason => Ok(vec![]),
            _ => Err(self.unavailable(solution)),
        }
    }

    /// Affiliates' solutions whose decline was not told yet.
    fn untold(&self, which: impl Fn(&Received) -> bool) -> BTreeSet<SolutionId> {
        let waiting = self.received.iter().filter(|(_, received)| {
            received.standing == (Standing::Affiliate { told: false }) && which(received)
        });
        waiting.map(|(id, _)| *id).collect()
    }

    /// When the next affiliate's decline is told at the latest: as long after its cut-off as the
    /// next feedback would be.
    pub(super) fn next_decline(&self) -> Option<OffsetDateTime> {
        let untold = self.untold(|_| true);
        untold
            .iter()
            .filter_map(|id| self.received.get(id))
            .map(|r| self.decline_due(r))
            .min()
    }

    fn decline_due(&self, received: &Received) -> OffsetDateTime {
        let period = time::Duration::days(self.listing.terms.feedback_days.into());
        received.cut_off.saturating_add(period)
    }

    pub(super) fn decline_affiliates(&self, context: &Context) -> Vec<Event> {
        let due = self.untold(|received| self.decline_due(received) <= context.now);
        if due.is_empty() {
            vec![]
        } else {
            vec![Event::AffiliatesDeclined(due)]
        }
    }

    pub(super) fn select(
        &self,
        task: TaskId,
        solution: SolutionId,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        let mode = self
            .owner
            .record
            .task(task)
            .ok_or(Rejection::UnknownTask)?
            .mode;
        let received = self.get(solution)?;
        if self
            .picks
            .get(&task)
            .is_some_and(|picks| picks.contains_key(&solution))
        {
            return Ok(vec![]);
        }
        let call_until = self.listing.terms.call_until;
        if context.now <= call_until.end() {
            return Err(Rejection::CallRunning(call_until));
        }
        let unopened = self.unopened();
        if unopened > 0 {
            return Err(Rejection::Unopened(unopened));
        }
        if !matches!(
            received.standing,
            Standing::Opened | Standing::Shortlisted(_)
        ) {
            return Err(self.unavailable(solution));
        }
        if !received.dossier.tasks.contains(&task) {
            return Err(Rejection::TaskNotAnswered);
        }
        if self.picks.get(&task).map_or(0, BTreeMap::len) >= mode.solvers_max() {
            return Err(Rejection::ModeFull(mode.solvers_max()));
        }
        Ok(vec![Event::Selected {
            task,
            solution,
            reason,
        }])
    }

    /// How many solutions that were fed back nobody has read.
    pub fn unopened(&self) -> usize {
        self.received
            .values()
            .filter(|received| received.standing == Standing::Unopened)
            .count()
    }

    pub(super) fn agree(
        &self,
        solution: SolutionId,
        tasks: &BTreeSet<TaskId>,
        region: Region,
    ) -> Result<Vec<Event>, Rejection> {
        if self.get(solution)?.region != region {
            return Err(Rejection::WrongOrigin(region));
        }
        let asked = self.selected(solution, false);
        let agreed = self.selected(solution, true);
        // What lapsed while the solver's word was under way is over.
        let tasks: BTreeSet<_> = tasks
            .iter()
            .filter(|task| asked.contains(task) && !agreed.contains(task))
            .copied()
            .collect();
        Ok(if tasks.is_empty() {
            vec![]
        } else {
            vec![Event::Agreed { solution, tasks }]
        })
    }

    pub(super) fn lapse(
        &self,
        solution: SolutionId,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match &self.get(solution)?.standing {
            Standing::Lapsed(before) if *before == reason => return Ok(vec![]),
            _ if self.selected(solution, false).is_empty() => return Err(Rejection::NotSelected),
            _ => {}
        }
        let mut events = vec![Event::Lapsed { solution, reason }];
        events.extend(self.without(solution));
        Ok(events)
    }

    pub(super) fn withdraw(&self, solution: SolutionId) -> Result<Vec<Event>, Rejection> {
        match &self.get(solution)?.standing {
            standing if standing.is_terminal() => Ok(vec![]),
            _ => {
                let mut events = vec![Event::SolutionWithdrawn(solution)];
                events.extend(self.without(solution));
                Ok(events)
            }
        }
    }

    pub(super) fn revise(&self, task: Box<Task>) -> Result<Vec<Event>, Rejection> {
        let present = self
            .owner
            .record
            .task(task.id)
            .ok_or(Rejection::UnknownTask)?;
        if *present == *task {
            return Ok(vec![]);
        }
        if self.picks.contains_key(&task.id) {
            return Err(Rejection::TaskHasSolver);
        }
        Ok(vec![Event::TaskRevised(task)])
    }
}
