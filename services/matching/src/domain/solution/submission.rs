//! Handing a solution in, and handing it in anew after a task was revised. [Art. 11, 12]

use regulation::{Context, TaskId};
use time::OffsetDateTime;

use super::{CallFacts, Case, Content, Event, Stage, TeamStanding};
use crate::{domain::Rejection, dossier::Salt};

impl Case {
    pub(super) fn submit(
        &self,
        call: &CallFacts,
        team: &TeamStanding,
        salt: Salt,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft => {}
            Stage::Submitted => return Ok(vec![]),
            _ => return Err(self.wrong("提交")),
        }
        ready(&self.content, call, team)?;
        let at = context.now;
        Ok(vec![Event::Submitted { at, salt }])
    }

    /// A new version is for a task that changed, not for having seen more since. [Art. 12]
    pub(super) fn revise(
        &self,
        call: &CallFacts,
        team: &TeamStanding,
        content: Box<Content>,
        salt: Salt,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        if !self.may_be_revised() {
            return Err(self.wrong("重新提交"));
        }
        if self.revised.is_empty() {
            return Err(Rejection::NothingRevised);
        }
        ready(&content, call, team)?;
        let at = context.now;
        Ok(vec![Event::Resubmitted { content, at, salt }])
    }

    fn may_be_revised(&self) -> bool {
        matches!(
            self.stage,
            Stage::Submitted | Stage::FedBack | Stage::Shortlisted(_)
        )
    }

    pub(super) fn note_revised(&self, task: TaskId) -> Vec<Event> {
        let news = self.content.tasks.contains(&task) && !self.revised.contains(&task);
        if news && self.may_be_revised() {
            vec![Event::TaskRevised(task)]
        } else {
            vec![]
        }
    }

    pub(super) fn handed_in(&mut self, at: OffsetDateTime, salt: Salt) {
        self.submitted_at = Some(at);
        self.salt = Some(salt);
        self.revision += 1;
        self.stage = Stage::Submitted;
    }
}

/// Whether it can be handed in as it is.
fn ready(content: &Content, call: &CallFacts, team: &TeamStanding) -> Result<(), Rejection> {
    if content.tasks.is_empty() {
        return Err(Rejection::NoTask);
    }
    call.answered_by(content)?;
    if !content.committed || !content.secrecy {
        return Err(Rejection::NoUndertaking);
    }
    if let Some(unit) = team.unregistered.first() {
        return Err(Rejection::NotRegistered(*unit));
    }
    team.barred.check()
}
