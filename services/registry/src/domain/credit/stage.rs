//! How far a credit record has come: what is valid only there, and what follows on what.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Appeal, Effect, Rejection, Telling, Word, after, record::Event};

/// How far a record has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// An officer proposes it.
    Proposed {},
    /// A director did not confirm it. Final.
    Declined {
        /// Who, and why.
        word: Word,
    },
    /// Whom it is about was told, and may appeal.
    Notified {
        /// By whom, when, until when.
        telling: Telling,
        /// When to look whether the time to appeal is over.
        #[serde(with = "time::serde::rfc3339")]
        look_at: OffsetDateTime,
        /// How often it was over, but their home had not been heard past it.
        looks: u32,
    },
    /// They have appealed.
    Appealed {
        /// By whom, when, until when they were told.
        telling: Telling,
        /// Why.
        appeal: Appeal,
    },
    /// It has effect.
    Effective {
        /// By whom, when, until when they were told.
        telling: Telling,
        /// The appeal and the word that upheld the record against it.
        upheld: Option<(Appeal, Word)>,
        /// From when to when.
        effect: Effect,
    },
    /// It was revoked. Final.
    Revoked {
        /// By whom, when, until when they were told.
        telling: Telling,
        /// The appeal, if there was one.
        appeal: Option<Appeal>,
        /// The effect that it had until then, if it had any.
        effect: Option<Effect>,
        /// Who revoked it, and why.
        word: Word,
    },
    /// It ran out. Final.
    Expired {
        /// By whom, when, until when they were told.
        telling: Telling,
        /// From when to when it had effect.
        effect: Effect,
    },
}

impl Stage {
    /// In Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proposed {} => "已提出",
            Self::Declined { .. } => "不予核定",
            Self::Notified { .. } => "已告知",
            Self::Appealed { .. } => "申诉中",
            Self::Effective { .. } => "生效",
            Self::Revoked { .. } => "已撤销",
            Self::Expired { .. } => "已期满",
        }
    }

    /// Whether nothing can happen any more.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Declined { .. } | Self::Revoked { .. } | Self::Expired { .. }
        )
    }

    /// The telling, once there was one.
    pub fn telling(&self) -> Option<&Telling> {
        match self {
            Self::Proposed {} | Self::Declined { .. } => None,
            Self::Notified { telling, .. }
            | Self::Appealed { telling, .. }
            | Self::Effective { telling, .. }
            | Self::Revoked { telling, .. }
            | Self::Expired { telling, .. } => Some(telling),
        }
    }

    /// That this stage does not allow what is wanted.
    pub(super) fn not(&self, wanted: &'static str) -> Rejection {
        Rejection::WrongStage {
            stage: self.name(),
            wanted,
        }
    }

    pub(super) fn evolve(&mut self, event: &Event) {
        let next = match (&*self, event) {
            (_, Event::Declined(word)) => Self::Declined { word: word.clone() },
            (_, Event::Notified(telling)) => Self::Notified {
                telling: telling.clone(),
                look_at: after(telling.appeal_until),
                looks: 0,
            },
            (Self::Notified { telling, looks, .. }, Event::Held { look_at }) => Self::Notified {
                telling: telling.clone(),
                look_at: *look_at,
                looks: looks.saturating_add(1),
            },
            (Self::Notified { telling, .. }, Event::Appealed(appeal)) => Self::Appealed {
                telling: telling.clone(),
                appeal: appeal.clone(),
            },
            (now, Event::TookEffect { effect, word }) => now.effective(*effect, word.as_ref()),
            (now, Event::Revoked(word)) => now.revoked(word),
            (
                Self::Effective {
                    telling, effect, ..
                },
                Event::Expired,
            ) => Self::Expired {
                telling: telling.clone(),
                effect: *effect,
            },
            (now, _) => now.clone(),
        };
        *self = next;
    }

    fn effective(&self, effect: Effect, word: Option<&Word>) -> Self {
        match self {
            Self::Notified { telling, .. } => Self::Effective {
                telling: telling.clone(),
                upheld: None,
                effect,
            },
            Self::Appealed { telling, appeal } => Self::Effective {
                telling: telling.clone(),
                upheld: word.map(|word| (appeal.clone(), word.clone())),
                effect,
            },
            other => other.clone(),
        }
    }

    fn revoked(&self, word: &Word) -> Self {
        let (telling, appeal, effect) = match self {
            Self::Appealed { telling, appeal } => (telling, Some(appeal.clone()), None),
            Self::Effective {
                telling,
                upheld,
                effect,
            } => {
                let appeal = upheld.as_ref().map(|(appeal, _)| appeal.clone());
                (telling, appeal, Some(*effect))
            }
            other => return other.clone(),
        };
        Self::Revoked {
            telling: telling.clone(),
            appeal,
            effect,
            word: word.clone(),
        }
    }
}
