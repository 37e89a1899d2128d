//! A member's part in a draw, at its own node: the seed that it committed to, and the shares of the
//! others' seeds that it keeps. Nothing is opened before the hub has said what is frozen.

use std::collections::{BTreeMap, BTreeSet};

use draws::{Purpose, holders, rules};
use evidence::Digest;
use journal::Aggregate;
use panel::{DrawId, InputDigest, Seed, SeedCommitment, Share};
use proto::message::Message;
use regulation::{Context, Refusal, Region};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::publish;

/// Which draw a member takes part in, with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The draw.
    pub draw: DrawId,
    /// All members.
    pub members: BTreeSet<Region>,
    /// What it is for.
    pub purpose: Purpose,
}

/// The member's own seed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Own {
    /// The hub has not asked.
    #[default]
    None,
    /// Asked; there is no seed yet.
    Asked(Asked),
    /// Committed to; secret, but for its shares.
    Committed {
        /// For which draw.
        asked: Asked,
        /// The seed.
        seed: Seed,
    },
}

/// What a member keeps for one round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedKeeping {
    /// Its own seed.
    pub own: Own,
    /// What the hub says is frozen.
    pub frozen: Option<InputDigest>,
    /// The others' shares.
    pub held: BTreeMap<Region, Share>,
    /// Whose shares the hub asked for after the freeze.
    pub wanted: BTreeSet<Region>,
}

/// What is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeepingCommand {
    /// The hub opened a round.
    Ask(Asked),
    /// Make the seed.
    Commit {
        /// The random id of a message that never left this node.
        secret: Uuid,
    },
    /// Keep another member's share.
    Keep {
        /// Whose.
        dealer: Region,
        /// The share.
        share: Share,
    },
    /// The hub has frozen this: open the seed, if the hub counts on it.
    Reveal {
        /// What was frozen.
        frozen: InputDigest,
        /// Whose seeds are to be opened.
        members: BTreeSet<Region>,
    },
    /// A seed is withheld: open the share of it.
    OpenShare {
        /// Whose seed.
        dealer: Region,
        /// What was frozen.
        frozen: InputDigest,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepingEvent {
    /// The hub asked.
    Asked(Asked),
    /// There is a seed, and it is committed to.
    Committed {
        /// The seed.
        seed: Seed,
    },
    /// A share is kept.
    Kept {
        /// Whose.
        dealer: Region,
        /// The share.
        share: Share,
    },
    /// The hub said what is frozen.
    Frozen {
        /// What.
        frozen: InputDigest,
    },
    /// The seed was opened.
    Revealed,
    /// The hub wants a share of a seed.
    Wanted {
        /// Whose.
        dealer: Region,
    },
    /// A share was opened.
    ShareOpened {
        /// Whose.
        dealer: Region,
    },
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepingRejection {
    /// Asked for another draw of the same round.
    AnotherDraw,
    /// Another share was kept before.
    AnotherShare(Region),
    /// Something else was said to be frozen before, or nothing.
    NotFrozen,
    /// A seed is to be opened that nobody has committed to.
    NotCommitted,
}

impl From<KeepingRejection> for Refusal {
    fn from(rejection: KeepingRejection) -> Self {
        const CHECK: &str = "请推进组与相关节点核对抽取记录";
        match rejection {
            KeepingRejection::AnotherDraw => Self::new(
                rules::SEED_SHARES,
                "本轮此前已为另一次抽取提交种子承诺",
                CHECK,
            ),
            KeepingRejection::AnotherShare(dealer) => Self::new(
                rules::SEED_SHARES,
                format!("此前已收到{}的另一种子份额", dealer.name()),
                CHECK,
            ),
            KeepingRejection::NotFrozen => Self::new(
                rules::SEED_SHARES,
                "抽取名单尚未固定，或与此前告知的不同，种子和份额不予开启",
                CHECK,
            ),
            KeepingRejection::NotCommitted => {
                Self::new(rules::SEED_SHARES, "本节点没有提交过种子承诺", CHECK)
            }
        }
    }
}

impl Aggregate for SeedKeeping {
    const KIND: &'static str = "seed_keeping";
    type Command = KeepingCommand;
    type Event = KeepingEvent;
    type Rejection = KeepingRejection;

    fn decide(
        &self,
        command: KeepingCommand,
        context: &Context,
    ) -> Result<Vec<KeepingEvent>, KeepingRejection> {
        match command {
            KeepingCommand::Ask(asked) => match self.asked() {
                None => Ok(vec![KeepingEvent::Asked(asked)]),
                Some(before) if *before == asked => Ok(vec![]),
                Some(_) => Err(KeepingRejection::AnotherDraw),
            },
            KeepingCommand::Commit { secret } => Ok(self.commit(secret)),
            KeepingCommand::Keep { dealer, share } => self.keep(dealer, share),
            KeepingCommand::Reveal { frozen, members } => {
                self.reveal(frozen, members.contains(&context.node))
            }
            KeepingCommand::OpenShare { dealer, frozen } => {
                if self.frozen != Some(frozen) {
                    return Err(KeepingRejection::NotFrozen);
                }
                if self.wanted.contains(&dealer) || dealer == context.node {
                    return Ok(vec![]);
                }
                let mut events = vec![KeepingEvent::Wanted { dealer }];
                if self.held.contains_key(&dealer) {
                    events.push(KeepingEvent::ShareOpened { dealer });
                }
                Ok(events)
            }
        }
    }

    fn evolve(&mut self, event: &KeepingEvent) {
        match event {
            KeepingEvent::Asked(asked) => self.own = Own::Asked(asked.clone()),
            KeepingEvent::Committed { seed } => {
                if let Own::Asked(asked) = &self.own {
                    let asked = asked.clone();
                    self.own = Own::Committed { asked, seed: *seed };
                }
            }
            KeepingEvent::Kept { dealer, share } => {
                self.held.insert(*dealer, *share);
            }
            KeepingEvent::Frozen { frozen } => self.frozen = Some(*frozen),
            KeepingEvent::Wanted { dealer } => {
                self.wanted.insert(*dealer);
            }
            KeepingEvent::Revealed | KeepingEvent::ShareOpened { .. } => {}
        }
    }

    fn publish(&self, id: &str, event: &KeepingEvent, context: &Context) -> Vec<Message> {
        publish::keeping(id, self, event, context.node)
    }
}

impl SeedKeeping {
    /// For which draw the member is asked, and with whom.
    pub fn asked(&self) -> Option<&Asked> {
        match &self.own {
            Own::None => None,
            Own::Asked(asked) | Own::Committed { asked, .. } => Some(asked),
        }
    }

    fn commit(&self, secret: Uuid) -> Vec<KeepingEvent> {
        let Own::Asked(asked) = &self.own else {
            return Vec::new();
        };
        let draw = asked.draw.as_str().as_bytes();
        let seed = Digest::of("evaluation.seed", &[secret.as_bytes(), draw]);
        vec![KeepingEvent::Committed {
            seed: Seed::from(seed.0),
        }]
    }

    fn keep(&self, dealer: Region, share: Share) -> Result<Vec<KeepingEvent>, KeepingRejection> {
        match self.held.get(&dealer) {
            Some(before) if *before == share => return Ok(vec![]),
            Some(_) => return Err(KeepingRejection::AnotherShare(dealer)),
            None => {}
        }
        let mut events = vec![KeepingEvent::Kept { dealer, share }];
        if self.wanted.contains(&dealer) {
            events.push(KeepingEvent::ShareOpened { dealer });
        }
        Ok(events)
    }

    fn reveal(
        &self,
        frozen: InputDigest,
        counted_on: bool,
    ) -> Result<Vec<KeepingEvent>, KeepingRejection> {
        match self.frozen {
            Some(before) if before == frozen => return Ok(vec![]),
            Some(_) => return Err(KeepingRejection::NotFrozen),
            None => {}
        }
        let mut events = vec![KeepingEvent::Frozen { frozen }];
        if counted_on {
            let Own::Committed { .. } = &self.own else {
                return Err(KeepingRejection::NotCommitted);
            };
            events.push(KeepingEvent::Revealed);
        }
        Ok(events)
    }

    /// What binds this member to its seed, and the shares that it deals to the others.
    pub fn dealt(&self, node: Region) -> Option<(SeedCommitment, BTreeMap<Region, Share>)> {
        let Own::Committed { asked, seed } = &self.own else {
            return None;
        };
        Some((
            SeedCommitment::to(seed, node, &asked.draw),
            panel::deal(seed, &holders(&asked.members, node)),
        ))
    }

    /// The seed, once there is one.
    pub fn seed(&self) -> Option<&Seed> {
        match &self.own {
            Own::Committed { seed, .. } => Some(seed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
