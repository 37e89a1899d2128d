//! 项目: from its establishment on, at the lead's home. [Art. 16, 18]
//!
//! A stage of a project carries what is valid only there; what comes after [`Stage::Active`] is
//! another variant beside it.

use std::collections::BTreeMap;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Policy, Verdict};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    Command, Contract, Established, Event, Party, Rejection, Returned, Signature, verdicts,
};
use crate::publish;

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Project {
    /// Nothing was heard of it.
    #[default]
    Unknown,
    /// Its application was taken back while the hub decided; its establishment is still to come.
    TakenBack {
        /// When, by the home's signed time.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// It was established.
    Established(Box<Case>),
}

/// A project that was established.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What was established; never changes.
    pub established: Established,
    /// How many versions of the contract were put before its parties.
    pub asked: u32,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a project stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// 签约中
    Contracting(Contracting),
    /// 实施中
    Active(Active),
    /// 已撤回: its application was taken back before the contract was signed.
    Withdrawn {
        /// When, by the home's signed time.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

/// How far the contract has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contracting {
    /// It is to be drawn up.
    Preparing {
        /// The last version, if there was one.
        returned: Option<Returned>,
    },
    /// It has been drawn up; nobody has been asked.
    Prepared(Contract),
    /// It has been put before its parties.
    AwaitingAssents {
        /// The contract.
        contract: Contract,
        /// Who has agreed.
        given: BTreeMap<Party, Signature>,
    },
}

/// A project that is carried out under a signed contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Active {
    /// The contract, for good.
    pub contract: Contract,
    /// Every party's hand.
    pub given: BTreeMap<Party, Signature>,
    /// When the last of them agreed.
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
}

impl Case {
    /// The contract that stands, if one does.
    pub fn contract(&self) -> Option<&Contract> {
        match &self.stage {
            Stage::Contracting(Contracting::Preparing { .. }) | Stage::Withdrawn { .. } => None,
            Stage::Contracting(
                Contracting::Prepared(contract) | Contracting::AwaitingAssents { contract, .. },
            ) => Some(contract),
            Stage::Active(active) => Some(&active.contract),
        }
    }

    /// Who has agreed to the contract that stands; none before anyone was asked.
    pub fn given(&self) -> Option<&BTreeMap<Party, Signature>> {
        match &self.stage {
            Stage::Contracting(Contracting::AwaitingAssents { given, .. }) => Some(given),
            Stage::Contracting(_) | Stage::Withdrawn { .. } => None,
            Stage::Active(active) => Some(&active.given),
        }
    }
}

impl Stage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Contracting(Contracting::Preparing { .. }) => "合同待拟定",
            Self::Contracting(Contracting::Prepared(_)) => "合同已拟定",
            Self::Contracting(Contracting::AwaitingAssents { .. }) => "合同待各方同意",
            Self::Active(_) => "实施中",
            Self::Withdrawn { .. } => "已撤回",
        }
    }
}

impl Aggregate for Project {
    const KIND: &'static str = "project";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (self, command) {
            (Self::Unknown, Command::Establish(established)) => {
                Ok(vec![Event::Established(established)])
            }
            (Self::Unknown, Command::TakeBack { at }) => Ok(vec![taken_back(at)]),
            (Self::TakenBack { at }, Command::Establish(established)) => {
                Ok(vec![Event::Established(established), taken_back(*at)])
            }
            (Self::TakenBack { .. }, Command::TakeBack { .. }) => Ok(Vec::new()),
            (Self::Unknown | Self::TakenBack { .. }, _) => Err(Rejection::NotFound),
            (Self::Established(case), command) => case.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (_, Event::Established(established)) => {
                *self = Self::Established(Box::new(Case {
                    established: (**established).clone(),
                    asked: 0,
                    stage: Stage::Contracting(Contracting::Preparing { returned: None }),
                }));
            }
            (Self::Established(case), event) => case.evolve(event),
            (project, Event::TakenBack { at, .. }) => *project = Self::TakenBack { at: *at },
            (Self::Unknown | Self::TakenBack { .. }, _) => {}
        }
    }

    fn publish(&self, _id: &str, event: &Event, context: &Context) -> Vec<Message> {
        self.case()
            .map(|case| publish::publish(case, event, context.node))
            .unwrap_or_default()
    }

    fn taken_under(&self) -> Option<&str> {
        self.case().map(|case| case.established.policy.as_str())
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        self.case()
            .map(|case| verdicts::verdicts(&case.established, policy))
            .unwrap_or_default()
    }
}

/// Nobody has been asked for anything yet.
fn taken_back(at: OffsetDateTime) -> Event {
    Event::TakenBack {
        at,
        version: 0,
        waiting: Vec::new(),
    }
}

impl Project {
    /// What was established, and where it stands; nothing before.
    pub fn case(&self) -> Option<&Case> {
        match self {
            Self::Unknown | Self::TakenBack { .. } => None,
            Self::Established(case) => Some(case),
        }
    }
}

impl Case {
    fn evolve(&mut self, event: &Event) {
        use Contracting::{AwaitingAssents, Prepared, Preparing};
        match (&mut self.stage, event) {
            (stage, Event::Prepared(contract)) => {
                *stage = Stage::Contracting(Prepared((**contract).clone()));
            }
            (stage, Event::Returned(returned)) => {
                let returned = Some((**returned).clone());
                *stage = Stage::Contracting(Preparing { returned });
            }
            (stage, Event::TakenBack { at, .. }) => *stage = Stage::Withdrawn { at: *at },
            (Stage::Contracting(Prepared(contract)), Event::AssentsRequested) => {
                self.asked = contract.version;
                self.stage = Stage::Contracting(AwaitingAssents {
                    contract: contract.clone(),
                    given: BTreeMap::new(),
                });
            }
            (Stage::Contracting(AwaitingAssents { given, .. }), Event::Agreed { party, by }) => {
                given.insert(*party, by.clone());
            }
            (Stage::Contracting(AwaitingAssents { contract, given }), Event::Signed { at }) => {
                self.stage = Stage::Active(Active {
                    contract: contract.clone(),
                    given: given.clone(),
                    signed_at: *at,
                });
            }
            // No other event is decided in any other stage.
            (
                _,
                Event::Established(_)
                | Event::AssentsRequested
                | Event::Agreed { .. }
                | Event::Signed { .. },
            ) => {}
        }
    }
}

#[cfg(test)]
mod tests;
