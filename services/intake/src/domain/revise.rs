//! One external task of a published demand is revised or replaced; the rest stays. [Art. 12]
//!
//! Selections are the posting's: there a revision and a selection of the same moment are put in
//! order. What is decided here is a proposal, until the posting has answered.

use regulation::{Context, Money, Text};

use super::{
    Case, Event, Proposal, Rejection, Revise, Revision, Stage,
    leak::leaks_of_task,
    words::{Answer, Refused},
};
use crate::record::{Record, Task};

impl Case {
    pub(super) fn revise(
        &self,
        wanted: Revise,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        if !matches!(self.stage, Stage::Published { .. }) {
            return Err(self.wrong("调整对外揭榜任务"));
        }
        let record = &self.content.record;
        let present = record.task(wanted.task.id).ok_or(Rejection::NoSuchTask)?;
        let same_as = |task: &Task| {
            let revision = task.revision;
            let wanted = wanted.task.clone();
            *task == Task { revision, ..wanted }
        };
        match &self.proposal {
            Some(pending) if same_as(&pending.revision.task) => return Ok(vec![]),
            Some(_) => return Err(Rejection::RevisionPending),
            None if same_as(present) => return Ok(vec![]),
            None => {}
        }
        let task = Task {
            revision: present.revision + 1,
            ..wanted.task
        };
        fits(record, &task)?;
        let selected = wanted.selected.ok_or(Rejection::NoPosting)?;
        if selected.len() > task.mode.solvers_max() {
            return Err(Rejection::SolversDoNotFit(selected.len()));
        }
        let mut words = wanted.words;
        words.retain(|solution, word| {
            selected.contains(solution) && self.attachment(word).is_some()
        });
        let silent = selected.len() - words.len();
        if silent > 0 {
            return Err(Rejection::NoSolverWord(silent));
        }
        let found = leaks_of_task(record, &task, &self.known(&wanted.names));
        if !found.is_empty() {
            return Err(Rejection::Leaks(found));
        }
        Ok(vec![Event::RevisionProposed(Box::new(Proposal {
            number: self.revisions.len() + self.refused.len() + 1,
            revision: Revision {
                task,
                reason: wanted.reason,
                words,
                at: context.now,
            },
        }))])
    }

    /// The posting's word; one on what is not pending is over.
    pub(super) fn answer(&self, answer: Answer) -> Vec<Event> {
        let pending = self.proposal.as_ref();
        if pending.is_none_or(|pending| pending.number != answer.number) {
            return vec![];
        }
        vec![match answer.refused_because {
            None => Event::TaskRevised,
            Some(because) => Event::RevisionRefused(because),
        }]
    }

    pub(super) fn revised(&mut self) {
        let Some(Proposal { revision, .. }) = self.proposal.take() else {
            return;
        };
        let tasks = &mut self.content.record.tasks;
        if let Some(present) = tasks.iter_mut().find(|task| task.id == revision.task.id) {
            let before = std::mem::replace(present, revision.task.clone());
            self.revisions.push(Revision {
                task: before,
                ..revision
            });
        }
    }

    pub(super) fn not_revised(&mut self, because: &Text) {
        let because = because.clone();
        let refused = self.proposal.take();
        self.refused.extend(refused.map(|proposal| Refused {
            revision: proposal.revision,
            because,
        }));
    }
}

/// What is offered in all, with the task as it is to be, stays within the investment.
fn fits(record: &Record, revised: &Task) -> Result<(), Rejection> {
    let tasks = record.tasks.iter();
    let offered = Money::sum(tasks.map(|task| {
        if task.id == revised.id {
            revised.offered
        } else {
            task.offered
        }
    }));
    record.affords(offered)
}
