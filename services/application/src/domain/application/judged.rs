//! What comes from the hub: receipt, examination, review; and the deadline that comes by itself.

use regulation::Context;

use super::{Case, Event, Judgement, Outcome, Receipt, Stage};
use crate::domain::Rejection;

impl Case {
    /// The hub's receipt is for what was handed in, to the byte.
    pub(super) fn acknowledge(&self, receipt: Receipt) -> Result<Vec<Event>, Rejection> {
        match (&self.stage, &self.frozen) {
            (Stage::Submitted { .. }, Some(frozen)) if receipt.version == self.version() => {
                let expected = frozen.document.digest();
                if receipt.digest != expected {
                    let given = receipt.digest;
                    return Err(Rejection::AnotherDigest { expected, given });
                }
                Ok(vec![Event::Acknowledged, Event::Receipted(receipt)])
            }
            _ => Ok(vec![]),
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
