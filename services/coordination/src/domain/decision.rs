//! The joint decision 联合决策: one document, every member's word, an approval, the public.

mod decide;
mod parts;
mod rejection;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, DecisionId, DecisionKind, Policy, Region, Text, Title, Verdict};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Document, DocumentNumber, Known, ObjectionId};
use crate::publish;
pub use parts::{
    Approval, Cause, Decision, Judgement, Matter, Period, PublicObjection, Stage, Terms, Untimely,
    Waiver, Word,
};
pub use rejection::Rejection;

/// A joint decision; on the hub only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum JointDecision {
    /// Nobody has opened it.
    #[default]
    Nothing,
    /// It is or was under way.
    Opened(Box<Decision>),
}

/// What it takes to open a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Of which kind.
    pub kind: DecisionKind,
    /// Its title.
    pub title: Title,
    /// What everybody is to agree to.
    pub document: Document,
    /// What it is about.
    pub subject_id: String,
    /// The returned decision whose new version this is.
    pub former: Option<Former>,
    /// What is known of the document's subject.
    pub known: Known,
    /// For a policy version on a day without a policy: what the last one that had force says.
    pub last_terms: Option<Terms>,
}

/// The decision whose new version one wants to be, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Which.
    pub id: DecisionId,
    /// Of which kind.
    pub kind: DecisionKind,
    /// What it is about.
    pub subject_id: String,
    /// Whether it came to nothing.
    pub returned: bool,
}

/// What can be asked of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin it.
    Open(Box<Opening>),
    /// A member agrees.
    Assent(Word),
    /// A member objects.
    Object {
        /// Its word.
        word: Word,
        /// Why.
        reason: Text,
    },
    /// Approve it.
    Approve {
        /// 批文号.
        number: DocumentNumber,
        /// What the approver read.
        digest: Digest,
    },
    /// The publicity period is over, says the timer.
    EndPublicity,
    /// It is over, says somebody, whoever has not been heard.
    EndPublicityAnyway {
        /// Why.
        reason: Text,
    },
    /// The public objects.
    ReceiveObjection {
        /// Its id.
        id: ObjectionId,
        /// The node it came from.
        region: Region,
        /// What it says.
        text: Text,
        /// By its home's signed time.
        filed_at: OffsetDateTime,
    },
    /// Judge an objection.
    JudgeObjection {
        /// Which.
        id: ObjectionId,
        /// Whether it is right.
        upheld: bool,
        /// Why.
        reason: Text,
    },
}

/// What happened to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was opened.
    Opened(Box<Matter>),
    /// A member assented.
    Assented(Word),
    /// A member objected.
    Objected {
        /// Its word.
        word: Word,
        /// Why.
        reason: Text,
    },
    /// It was approved.
    Approved(Approval),
    /// It is shown to the public.
    PublicityBegan(Period),
    /// The period is over, but not everybody has been heard past it.
    PublicityHeld {
        /// Who has not.
        silent: BTreeSet<Region>,
        /// When to look again.
        #[serde(with = "time::serde::rfc3339")]
        look_at: OffsetDateTime,
    },
    /// The public objected in time.
    ObjectionReceived {
        /// Its id.
        id: ObjectionId,
        /// The objection.
        objection: PublicObjection,
    },
    /// The public objected when it could not.
    ObjectionDeclined {
        /// Its id.
        id: ObjectionId,
        /// The node it came from.
        region: Region,
        /// Why it was not looked at.
        why: Untimely,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// An objection was judged; upheld, it returns the decision.
    ObjectionJudged {
        /// Which.
        id: ObjectionId,
        /// How.
        judgement: Judgement,
    },
    /// It holds.
    TookForce {
        /// Since when.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Who went on without having heard everybody.
        waiver: Option<Waiver>,
    },
}

impl Decision {
    /// Members whose word is missing.
    pub fn missing(&self) -> BTreeSet<Region> {
        let members = self.matter.terms.members.iter();
        members
            .filter(|member| !self.assents.contains_key(member))
            .copied()
            .collect()
    }

    /// Whether an objection waits to be judged.
    pub fn has_pending_objections(&self) -> bool {
        self.objections
            .values()
            .any(|objection| objection.judgement.is_none())
    }

    /// The approval, once there is one.
    pub fn approval(&self) -> Option<&Approval> {
        match &self.stage {
            Stage::Open | Stage::Assented | Stage::Returned(Cause::Member { .. }) => None,
            Stage::Approved(approval)
            | Stage::Publicity { approval, .. }
            | Stage::InForce { approval, .. }
            | Stage::Returned(Cause::Public { approval, .. }) => Some(approval),
        }
    }

    /// The publicity period, once there is one.
    pub fn period(&self) -> Option<&Period> {
        match &self.stage {
            Stage::Publicity { period, .. }
            | Stage::InForce { period, .. }
            | Stage::Returned(Cause::Public { period, .. }) => Some(period),
            Stage::Open
            | Stage::Assented
            | Stage::Approved(_)
            | Stage::Returned(Cause::Member { .. }) => None,
        }
    }

    /// Who went on without having heard everybody, if anybody did.
    pub fn waiver(&self) -> Option<&Waiver> {
        match &self.stage {
            Stage::InForce { waiver, .. } => waiver.as_ref(),
            _ => None,
        }
    }

    /// Why it was returned, if it was.
    pub fn returned_because(&self) -> Option<&Text> {
        match &self.stage {
            Stage::Returned(Cause::Member { reason, .. }) => Some(reason),
            Stage::Returned(Cause::Public { objection, .. }) => {
                let judged = self.objections.get(objection)?.judgement.as_ref()?;
                Some(&judged.reason)
            }
            _ => None,
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Opened(_) | Event::ObjectionDeclined { .. } => {}
            Event::Assented(word) => {
                self.assents.insert(word.signature.region, word.clone());
                if self.missing().is_empty() {
                    self.stage = Stage::Assented;
                }
            }
            Event::Objected { word, reason } => {
                let cause = Cause::Member {
                    word: word.clone(),
                    reason: reason.clone(),
                };
                self.stage = Stage::Returned(cause);
            }
            Event::Approved(approval) => self.stage = Stage::Approved(approval.clone()),
            Event::PublicityBegan(began) => {
                if let Stage::Approved(approval) = &self.stage {
                    let approval = approval.clone();
                    self.stage = Stage::Publicity {
                        approval,
                        period: began.clone(),
                    };
                }
            }
            Event::PublicityHeld { silent, look_at } => {
                if let Stage::Publicity { period, .. } = &mut self.stage {
                    period.silent.clone_from(silent);
                    period.looks = period.looks.saturating_add(1);
                    period.look_at = *look_at;
                }
            }
            Event::ObjectionReceived { id, objection } => {
                self.objections.insert(*id, objection.clone());
            }
            Event::ObjectionJudged { id, judgement } => self.judged(*id, judgement),
            Event::TookForce { at, waiver } => self.took_force(*at, waiver.as_ref()),
        }
    }

    fn judged(&mut self, id: ObjectionId, judgement: &Judgement) {
        if let Some(objection) = self.objections.get_mut(&id) {
            objection.judgement = Some(judgement.clone());
        }
        if let (true, Stage::Publicity { approval, period }) = (judgement.upheld, &self.stage) {
            let (approval, period) = (approval.clone(), period.clone());
            self.stage = Stage::Returned(Cause::Public {
                approval,
                period,
                objection: id,
            });
        }
    }

    fn took_force(&mut self, at: OffsetDateTime, waiver: Option<&Waiver>) {
        if let Stage::Publicity { approval, period } = &self.stage {
            let (approval, period) = (approval.clone(), period.clone());
            self.stage = Stage::InForce {
                approval,
                period,
                at,
                waiver: waiver.cloned(),
            };
        }
    }
}

impl JointDecision {
    /// The decision, if it was opened.
    pub fn opened(&self) -> Option<&Decision> {
        match self {
            Self::Nothing => None,
            Self::Opened(decision) => Some(decision),
        }
    }
}

impl Aggregate for JointDecision {
    const KIND: &'static str = "joint_decision";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command, context)
    }

    fn evolve(&mut self, event: &Event) {
        match (self, event) {
            (nothing @ Self::Nothing, Event::Opened(matter)) => {
                *nothing = Self::Opened(Box::new(Decision {
                    matter: (**matter).clone(),
                    assents: BTreeMap::new(),
                    objections: BTreeMap::new(),
                    stage: Stage::Open,
                }));
            }
            (Self::Nothing, _) => {}
            (Self::Opened(decision), event) => decision.evolve(event),
        }
    }

    fn publish(&self, id: &str, event: &Event, context: &Context) -> Vec<Message> {
        self.opened().map_or_else(Vec::new, |decision| {
            publish::decision(id, decision, event, context)
        })
    }

    fn taken_under(&self) -> Option<&str> {
        let decision = self.opened()?;
        Some(&decision.matter.terms.policy_version)
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        self.opened()
            .map_or_else(Vec::new, |decision| decision.matter.verdicts(policy))
    }

    /// The end of the publicity period, unless an objection waits to be judged: then its judgement
    /// arms it again. No other time decides anything.
    fn alarms(&self) -> Vec<Alarm<Command>> {
        let Some(decision) = self.opened() else {
            return Vec::new();
        };
        match &decision.stage {
            Stage::Publicity { period, .. } if !decision.has_pending_objections() => vec![Alarm {
                name: "publicity",
                due: period.look_at,
                command: Command::EndPublicity,
            }],
            _ => Vec::new(),
        }
    }
}
