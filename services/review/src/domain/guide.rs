//! What a proposal needs of a guide: the most support that a project may get. [Art. 13]

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Money, Refusal};
use serde::{Deserialize, Serialize};

use super::rules;

/// A guide in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guide {
    /// Never heard of.
    #[default]
    Unknown,
    /// In force.
    Published {
        /// Most support a project may get; none where the guide sets no limit.
        ceiling: Option<Money>,
    },
}

/// What the hub says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuideCommand {
    /// It is in force.
    Publish {
        /// Most support a project may get.
        ceiling: Option<Money>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuideEvent {
    /// It is in force.
    Published {
        /// Most support a project may get.
        ceiling: Option<Money>,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuideRejection {
    /// It was published with another ceiling before.
    PublishedOtherwise,
}

impl Aggregate for Guide {
    const KIND: &'static str = "guide";
    type Command = GuideCommand;
    type Event = GuideEvent;
    type Rejection = GuideRejection;

    fn decide(
        &self,
        GuideCommand::Publish { ceiling }: GuideCommand,
        _context: &Context,
    ) -> Result<Vec<GuideEvent>, GuideRejection> {
        match self {
            Self::Unknown => Ok(vec![GuideEvent::Published { ceiling }]),
            Self::Published { ceiling: before } if *before == ceiling => Ok(vec![]),
            Self::Published { .. } => Err(GuideRejection::PublishedOtherwise),
        }
    }

    fn evolve(&mut self, GuideEvent::Published { ceiling }: &GuideEvent) {
        *self = Self::Published { ceiling: *ceiling };
    }

    fn publish(&self, _id: &str, _event: &GuideEvent, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl From<GuideRejection> for Refusal {
    fn from(GuideRejection::PublishedOtherwise: GuideRejection) -> Self {
        Self::new(
            rules::GUIDE_CEILING,
            "该指南此前已按另一支持上限发布",
            "请推进组核对指南记录",
        )
    }
}

#[cfg(test)]
mod tests {
    use regulation::Region;

    use super::*;
    use crate::domain::sample;

    #[test]
    fn a_guides_ceiling_is_set_once() {
        let context = sample::context(Region::HUB);
        let publish = |fen| GuideCommand::Publish {
            ceiling: Some(sample::fen(fen)),
        };
        let mut guide = Guide::default();
        for event in guide.decide(publish(5), &context).unwrap() {
            guide.evolve(&event);
        }
        assert_eq!(guide.decide(publish(5), &context), Ok(vec![]));
        assert!(guide.decide(publish(6), &context).is_err());
    }
}
