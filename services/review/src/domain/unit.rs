//! What a draw needs of a unit: who its affiliates are.

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Refusal, Region, UnitId};
use serde::{Deserialize, Serialize};

use super::rules;

/// A unit as every member knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Never heard of.
    #[default]
    Unknown,
    /// Registered.
    Recorded {
        /// Where, for good.
        home: Region,
        /// Parents, subsidiaries, units under one control.
        affiliates: BTreeSet<UnitId>,
    },
}

/// What its home says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitCommand {
    /// The unit as it is now.
    Record {
        /// Who says so.
        origin: Region,
        /// Its affiliates.
        affiliates: BTreeSet<UnitId>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitEvent {
    /// The unit is now this.
    Recorded {
        /// Its home.
        home: Region,
        /// Its affiliates.
        affiliates: BTreeSet<UnitId>,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitRejection {
    /// Another node registered it.
    RegisteredElsewhere {
        /// Which.
        home: Region,
        /// The one that speaks.
        origin: Region,
    },
}

impl Aggregate for Unit {
    const KIND: &'static str = "unit";
    type Command = UnitCommand;
    type Event = UnitEvent;
    type Rejection = UnitRejection;

    fn decide(
        &self,
        UnitCommand::Record { origin, affiliates }: UnitCommand,
        _context: &Context,
    ) -> Result<Vec<UnitEvent>, UnitRejection> {
        match self {
            Self::Recorded { home, .. } if *home != origin => {
                Err(UnitRejection::RegisteredElsewhere {
                    home: *home,
                    origin,
                })
            }
            Self::Recorded {
                affiliates: before, ..
            } if *before == affiliates => Ok(vec![]),
            _ => Ok(vec![UnitEvent::Recorded {
                home: origin,
                affiliates,
            }]),
        }
    }

    fn evolve(&mut self, event: &UnitEvent) {
        let UnitEvent::Recorded { home, affiliates } = event.clone();
        *self = Self::Recorded { home, affiliates };
    }

    fn publish(&self, _id: &str, _event: &UnitEvent, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl From<UnitRejection> for Refusal {
    fn from(rejection: UnitRejection) -> Self {
        let UnitRejection::RegisteredElsewhere { home, origin } = rejection;
        Self::new(
            rules::HOME,
            "该单位由另一地区的节点登记",
            "请由单位登记所在地节点更新",
        )
        .with("home", home)
        .with("origin", origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn only_its_home_speaks_for_a_unit_and_a_repeat_changes_nothing() {
        let context = sample::context(Region::HUB);
        let record = |origin| UnitCommand::Record {
            origin,
            affiliates: [sample::unit(2)].into(),
        };
        let mut unit = Unit::default();
        for event in unit.decide(record(Region::SH), &context).unwrap() {
            unit.evolve(&event);
        }
        assert_eq!(unit.decide(record(Region::SH), &context), Ok(vec![]));
        let foreign = unit.decide(record(Region::JS), &context);
        assert!(matches!(
            foreign,
            Err(UnitRejection::RegisteredElsewhere { .. })
        ));
    }
}
