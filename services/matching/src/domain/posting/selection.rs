//! Who solves which task: selections, both sides' word, and how they end. [Art. 5, 11, 12]

use std::collections::{BTreeMap, BTreeSet};

use regulation::{Context, Day, Refusal, Region, SolutionId, TaskId, Text};
use time::{Duration, OffsetDateTime};

use super::{Call, Command, Event, Pick, Reason, Revision, Standing, reserve::Match};
use crate::domain::Rejection;

/// How long to wait at least before looking again for a node that was not heard.
const PATIENCE: Duration = Duration::minutes(5);

impl Call {
    pub(super) fn decide_selection(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::WithdrawSolution(solution) => self.withdraw(solution),
            Command::TakeBack {
                solution,
                region,
                reason,
            } => self.take_back(solution, region, reason),
            Command::Agree {
                solution,
                tasks,
                region,
                signed_at,
            } => self.agree(solution, &tasks, region, signed_at),
            Command::Select {
                task,
                solution,
                reason,
                answer_until,
                valid_until,
                bars,
            } => {
                self.own(context)?;
                let reason = self.told(solution, reason)?;
                bars.check()?;
                self.select(task, solution, reason, (answer_until, valid_until), context)
            }
            Command::Lapse(solution, reason) => self.lapse(solution, reason, context),
            Command::LapseOverdue => self.lapse_overdue(context),
            _ => Ok(vec![]),
        }
    }

    fn select(
        &self,
        task: TaskId,
        solution: SolutionId,
        reason: Text,
        days: (Option<Day>, Option<Day>),
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let known = self.owner.record.task(task);
        let mode = known.ok_or(Rejection::UnknownTask)?.mode;
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
        if self.is_full(task) {
            return Err(Rejection::ModeFull(mode.solvers_max()));
        }
        let (answer_until, valid_until) = self.last_days(days, context)?;
        Ok(vec![Event::Selected {
            task,
            solution,
            reason,
            answer_until,
            valid_until,
            on: Some(Day::of(context.now)),
        }])
    }

    /// Whether a task has as many solvers as its mode allows.
    pub(super) fn is_full(&self, task: TaskId) -> bool {
        let picked = self.picks.get(&task).map_or(0, BTreeMap::len);
        let task = self.owner.record.task(task);
        task.is_none_or(|task| picked >= task.mode.solvers_max())
    }

    /// The last day for the solver's word, and of the intent.
    fn last_days(
        &self,
        (answer_until, valid_until): (Option<Day>, Option<Day>),
        context: &Context,
    ) -> Result<(Day, Option<Day>), Rejection> {
        let today = Day::of(context.now);
        let usual = today.plus_days(self.listing.terms.feedback_days);
        let answer_until = answer_until.unwrap_or(usual);
        let in_order = today < answer_until && valid_until.is_none_or(|day| answer_until <= day);
        if in_order {
            Ok((answer_until, valid_until))
        } else {
            Err(Rejection::LastDays)
        }
    }

    fn agree(
        &self,
        solution: SolutionId,
        tasks: &BTreeSet<TaskId>,
        region: Region,
        signed_at: OffsetDateTime,
    ) -> Result<Vec<Event>, Rejection> {
        if self.get(solution)?.region != region {
            return Err(Rejection::WrongOrigin(region));
        }
        // What lapsed while the solver's word was under way is over; so is what the solver gave its
        // word to too late by its own clock.
        let in_time = |task: &&TaskId| {
            let pick = self.picks.get(task).and_then(|picks| picks.get(&solution));
            match pick {
                Some(Pick::Asked { answer_until, .. }) => signed_at <= answer_until.end(),
                _ => false,
            }
        };
        let tasks: BTreeSet<_> = tasks.iter().filter(in_time).copied().collect();
        Ok(if tasks.is_empty() {
            vec![]
        } else {
            vec![Event::Agreed { solution, tasks }]
        })
    }

    fn lapse(
        &self,
        solution: SolutionId,
        reason: Reason,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        let reason = self.told(solution, reason)?;
        match &self.get(solution)?.standing {
            Standing::Lapsed(before) if *before == reason => return Ok(vec![]),
            _ if self.selected(solution, false).is_empty() => return Err(Rejection::NotSelected),
            _ => {}
        }
        let mut events = vec![Event::Lapsed { solution, reason }];
        events.extend(self.pool_without(&self.pairs(solution)));
        Ok(events)
    }

    fn withdraw(&self, solution: SolutionId) -> Result<Vec<Event>, Rejection> {
        match &self.get(solution)?.standing {
            standing if standing.is_terminal() => Ok(vec![]),
            _ => {
                let mut events = vec![Event::SolutionWithdrawn(solution)];
                events.extend(self.pool_without(&self.pairs(solution)));
                Ok(events)
            }
        }
    }

    /// The hub says the same without the reason, sooner or later.
    fn take_back(
        &self,
        solution: SolutionId,
        region: Region,
        reason: Text,
    ) -> Result<Vec<Event>, Rejection> {
        let received = self.get(solution)?;
        if received.region != region {
            return Err(Rejection::WrongOrigin(region));
        }
        if received.standing.is_terminal() {
            return Ok(vec![]);
        }
        let mut events = vec![Event::IntentTakenBack { solution, reason }];
        events.extend(self.pool_without(&self.pairs(solution)));
        Ok(events)
    }

    /// Every proposal gets its answer: what was selected before it came may stand against it.
    pub(super) fn revise(&self, revision: &Revision) -> Vec<Event> {
        if self.knows_of(revision) {
            return vec![];
        }
        match self.revisable(revision) {
            Ok(true) => vec![
                Event::TaskRevised(Box::new(revision.task.clone())),
                revision.answered(None),
            ],
            Ok(false) => vec![revision.answered(None)],
            Err(rejection) => vec![revision.answered(Some(&rejection))],
        }
    }

    /// Whether the proposal was judged before.
    pub(super) fn knows_of(&self, revision: &Revision) -> bool {
        revision.number <= self.revision
    }

    /// Whether the task is revised, or is so already. A task with selected solvers is revised only
    /// with every one's recorded word. [Art. 12]
    fn revisable(&self, revision: &Revision) -> Result<bool, Rejection> {
        let task = &revision.task;
        let present = self.owner.record.task(task.id);
        if *present.ok_or(Rejection::UnknownTask)? == *task {
            return Ok(false);
        }
        let picked = self.picks.get(&task.id).into_iter().flatten();
        let picked: BTreeSet<_> = picked.map(|(solution, _)| *solution).collect();
        if !picked.is_subset(&revision.agreed) {
            return Err(Rejection::TaskHasSolver);
        }
        if picked.len() > task.mode.solvers_max() {
            return Err(Rejection::ModeFull(task.mode.solvers_max()));
        }
        Ok(true)
    }

    /// The tasks that a solution is selected for, each with it.
    fn pairs(&self, solution: SolutionId) -> BTreeSet<Match> {
        let tasks = self.selected(solution, false);
        tasks.into_iter().map(|task| (task, solution)).collect()
    }

    fn all_picks(&self) -> impl Iterator<Item = (TaskId, SolutionId, Pick)> {
        self.picks.iter().flat_map(|(task, picks)| {
            let picks = picks.iter();
            picks.map(|(solution, pick)| (*task, *solution, *pick))
        })
    }

    /// When the next selection or intent comes to its end.
    pub(super) fn next_expiry(&self) -> Option<OffsetDateTime> {
        self.all_picks()
            .filter_map(|(.., pick)| pick.ends_at())
            .min()
    }

    /// What is over with its last day. The solver may have given its word in time on a node that
    /// is cut off: until that node was heard past the day, it waits.
    fn lapse_overdue(&self, context: &Context) -> Result<Vec<Event>, Rejection> {
        let mut events = Vec::new();
        let mut gone = BTreeSet::new();
        let due = |pick: &Pick| pick.ends_at().is_some_and(|due| due <= context.now);
        for (task, solution, pick) in self.all_picks().filter(|(.., pick)| due(pick)) {
            let region = self.get(solution)?.region;
            let heard = |until| context.heard.get(&region).is_some_and(|at| *at > until);
            let (reason, waits_for) = match pick {
                Pick::Asked { answer_until, .. } => {
                    let end = answer_until.end();
                    let reason = format!("解决方未在 {answer_until} 前确认意向。");
                    (reason, (!heard(end)).then_some(end))
                }
                Pick::Agreed { valid_until } => {
                    let day = valid_until.map(|day| day.to_string());
                    (
                        format!("意向有效期至 {} 届满。", day.unwrap_or_default()),
                        None,
                    )
                }
            };
            if let Some(end) = waits_for {
                let again = context.now + PATIENCE.max(context.now - end);
                events.push(Event::ExpiryWaits {
                    task,
                    solution,
                    again,
                });
                continue;
            }
            let reason = reason.parse().map_err(|_| Rejection::NoReason)?;
            gone.insert((task, solution));
            events.push(Event::Expired {
                task,
                solution,
                reason,
            });
        }
        events.extend(self.pool_without(&gone));
        Ok(events)
    }
}

impl Revision {
    /// The answer to the proposal: taken, or why not.
    pub(super) fn answered(&self, refused: Option<&Rejection>) -> Event {
        let refused = refused.map(|rejection| Refusal::from(rejection.clone()).to_string());
        Event::RevisionAnswered {
            demand: self.demand,
            number: self.number,
            refused,
        }
    }
}
