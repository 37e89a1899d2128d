//! What comes from the hub: receipt, examination, review; and the deadline that comes by itself.

use regulation::Context;

use super::{Case, Event, Judgement, Outcome, Stage};
use crate::domain::Rejection;

impl Case {
    pub(super) fn acknowledge(&self, version: u32) -> Vec<Event> {
        match self.stage {
            Stage::Submitted { .. } if version == self.version() => vec![Event::Acknowledged],
            _ => vec![],
        }
    }

    pub(super) fn conclude(&self, version: u32, outcome: Outcome) -> Vec<Event> {
        let examined = matches!(
            self.stage,
            Stage::Submitted { .. } | Stage::InExamination { .. }
        );
        // A correction that the hub has closed without it.
        let closed =
            self.stage.correction().is_some() && matches!(outcome, Outcome::NotAccepted { .. });
        // While it answers a correction, its own version may be ahead of what was examined.
        let of_this = version == self.version() || (closed && version < self.version());
        if of_this && (examined || closed) {
            vec![Event::Concluded(outcome)]
        } else {
            // A repeat, or what crossed with a withdrawal.
            vec![]
        }
    }

    pub(super) fn judge(
        &self,
        established: bool,
        judgement: Judgement,
    ) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::InReview => Ok(vec![Event::Judged {
                established,
                judgement,
            }]),
            Stage::Established(_) | Stage::NotEstablished(_) | Stage::Withdrawn { .. } => {
                Ok(vec![])
            }
            _ => Err(self.not_now("作出评审结论")),
        }
    }

    pub(super) fn miss_deadline(&self, context: &Context) -> Vec<Event> {
        match self.stage.correction() {
            Some(correction) if context.now > correction.deadline.end() => {
                vec![Event::DeadlineMissed {
                    deadline: correction.deadline,
                    recall: self.recall(None),
                }]
            }
            _ => vec![],
        }
    }
}
