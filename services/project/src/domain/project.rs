//! 项目: from its establishment on, at the lead's home. [Art. 16, 18]
//!
//! A stage of a project carries what is valid only there; what comes after [`Stage::Active`] is
//! another variant beside it.

use std::collections::BTreeMap;

use journal::Aggregate;
use proto::message::Message;
use regulation::Context;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Command, Contract, Established, Event, Party, Rejection, Returned, Signature};
use crate::publish;

/// A project; nothing before it was established.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project(pub Option<Case>);

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
            Stage::Contracting(Contracting::Preparing { .. }) => None,
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
            Stage::Contracting(_) => None,
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
        }
    }
}

impl Aggregate for Project {
    const KIND: &'static str = "project";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Some(case) = &self.0 else {
            return match command {
                Command::Establish(established) => Ok(vec![Event::Established(established)]),
                _ => Err(Rejection::NotFound),
            };
        };
        match command {
            Command::Establish(again) if *again == case.established => Ok(Vec::new()),
            Command::Establish(_) => Err(Rejection::Exists),
            Command::Prepare { terms, policy } => case.prepare(terms, policy.as_deref(), context),
            Command::RequestAssents { digest } => case.request_assents(digest, context),
            Command::Revise(reason) => case.revise(reason, context),
            Command::Agree(word) => case.agree(word),
            Command::Refuse { word, reason } => case.refuse(word, reason),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Established(established) => {
                self.0 = Some(Case {
                    established: (**established).clone(),
                    asked: 0,
                    stage: Stage::Contracting(Contracting::Preparing { returned: None }),
                });
            }
            event => {
                if let Some(case) = &mut self.0 {
                    case.evolve(event);
                }
            }
        }
    }

    fn publish(&self, _id: &str, event: &Event, context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|case| publish::publish(case, event, context.node))
            .unwrap_or_default()
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
