//! One external task of a published demand is revised or replaced; the rest stays. [Art. 12]

use regulation::{Context, Money};

use super::{Case, Event, Rejection, Revise, Revision, Stage, leak};
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
        let same = Task {
            revision: present.revision,
            ..wanted.task.clone()
        };
        if same == *present {
            return Ok(vec![]);
        }
        let task = Task {
            revision: present.revision + 1,
            ..wanted.task
        };
        fits(record, &task)?;
        if wanted.selected.len() > task.mode.solvers_max() {
            return Err(Rejection::SolversDoNotFit(wanted.selected.len()));
        }
        let mut words = wanted.words;
        words.retain(|solution, word| {
            wanted.selected.contains(solution) && self.attachment(word).is_some()
        });
        let silent = wanted.selected.len() - words.len();
        if silent > 0 {
            return Err(Rejection::NoSolverWord(silent));
        }
        let contact = self.content.contact.as_ref();
        let found = leak::leaks_of_task(record, &task, &leak::Known::new(&wanted.names, contact));
        if !found.is_empty() {
            return Err(Rejection::Leaks(found));
        }
        Ok(vec![Event::TaskRevised(Box::new(Revision {
            task,
            reason: wanted.reason,
            words,
            at: context.now,
        }))])
    }

    pub(super) fn revised(&mut self, revision: &Revision) {
        let tasks = &mut self.content.record.tasks;
        if let Some(present) = tasks.iter_mut().find(|task| task.id == revision.task.id) {
            let before = std::mem::replace(present, revision.task.clone());
            self.revisions.push(Revision {
                task: before,
                ..revision.clone()
            });
        }
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
