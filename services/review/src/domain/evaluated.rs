//! Whose ballots a published demand was judged by, as the hub knows it: who keeps out of the review of
//! what came of it, where the policy says so.

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, PersonKey, Refusal};
use serde::{Deserialize, Serialize};

use super::rules;

/// A demand of a list. Its evaluators and its published name are told by two services, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluated {
    /// Whose ballots it was judged by.
    pub people: BTreeSet<PersonKey>,
    /// Under which name it was published.
    pub blind: Option<BlindId>,
}

/// What the hub's other services say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvaluatedCommand {
    /// Its round is adopted.
    Judge {
        /// Whose ballots it was judged by.
        people: BTreeSet<PersonKey>,
    },
    /// It is published.
    Publish {
        /// Under which name.
        blind: BlindId,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluatedEvent {
    /// Its evaluators are known.
    Judged {
        /// Whose ballots it was judged by.
        people: BTreeSet<PersonKey>,
    },
    /// Its published name is known.
    Published {
        /// Under which name.
        blind: BlindId,
    },
}

/// It was published under another name before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluatedRejection;

impl Aggregate for Evaluated {
    const KIND: &'static str = "evaluated";
    type Command = EvaluatedCommand;
    type Event = EvaluatedEvent;
    type Rejection = EvaluatedRejection;

    fn decide(
        &self,
        command: EvaluatedCommand,
        _context: &Context,
    ) -> Result<Vec<EvaluatedEvent>, EvaluatedRejection> {
        match command {
            EvaluatedCommand::Judge { people } if people.is_subset(&self.people) => Ok(vec![]),
            EvaluatedCommand::Judge { people } => Ok(vec![EvaluatedEvent::Judged { people }]),
            EvaluatedCommand::Publish { blind } => match self.blind {
                None => Ok(vec![EvaluatedEvent::Published { blind }]),
                Some(before) if before == blind => Ok(vec![]),
                Some(_) => Err(EvaluatedRejection),
            },
        }
    }

    fn evolve(&mut self, event: &EvaluatedEvent) {
        match event {
            EvaluatedEvent::Judged { people } => self.people.extend(people.iter().cloned()),
            EvaluatedEvent::Published { blind } => self.blind = Some(*blind),
        }
    }

    fn publish(&self, _id: &str, _event: &EvaluatedEvent, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl From<EvaluatedRejection> for Refusal {
    fn from(EvaluatedRejection: EvaluatedRejection) -> Self {
        Self::new(
            rules::HOME,
            "该需求此前已以另一编号发布",
            "请推进组核对发布记录",
        )
    }
}

#[cfg(test)]
mod tests {
    use regulation::Region;
    use uuid::Uuid;

    use super::*;
    use crate::domain::sample;

    #[test]
    fn a_demands_evaluators_and_its_name_are_heard_in_any_order_and_its_name_stands() {
        let context = sample::context(Region::HUB);
        let judge = EvaluatedCommand::Judge {
            people: [sample::person(1)].into(),
        };
        let publish = |number| EvaluatedCommand::Publish {
            blind: BlindId(Uuid::from_u128(number)),
        };
        let given = |commands: &[EvaluatedCommand]| {
            let mut demand = Evaluated::default();
            for command in commands {
                for event in demand.decide(command.clone(), &context).unwrap() {
                    demand.evolve(&event);
                }
            }
            demand
        };
        let one = given(&[judge.clone(), publish(1)]);
        assert_eq!(one, given(&[publish(1), judge.clone()]));
        assert_eq!(one.decide(judge, &context), Ok(vec![]));
        assert_eq!(one.decide(publish(1), &context), Ok(vec![]));
        assert_eq!(one.decide(publish(2), &context), Err(EvaluatedRejection));
    }
}
