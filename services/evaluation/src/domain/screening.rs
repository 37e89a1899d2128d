//! At a demand's home: who the demander is, and which drawn experts are in conflict with it. The
//! hub learns who is struck, never why.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, DemandId, EvaluationRoundId, ExpertId, Refusal, UnitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{record::Record, rules};
use crate::publish;

/// Who the demander is. Never leaves home.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owner {
    /// The demander.
    pub demander: UnitId,
    /// Units under common control with it.
    pub affiliates: BTreeSet<UnitId>,
    /// What it is about.
    pub record: Record,
}

/// What an employer is to the demander.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The demander itself.
    Demander,
    /// Under common control with it.
    Affiliate,
}

/// An expert who must not judge this demand, with what opens the reason to the auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// Who is struck.
    pub expert: ExpertId,
    /// Where they work.
    pub employer: UnitId,
    /// What that is to the demander.
    pub relation: Relation,
    /// What was committed to, to the byte.
    pub content: String,
    /// With which salt.
    pub salt: Digest,
    /// What the hub was told.
    pub commitment: Digest,
}

/// A draw that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    /// The demand.
    pub demand: DemandId,
    /// Who is struck; maybe nobody.
    pub strikes: Vec<Strike>,
}

/// A draw of the hub, to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// The demand.
    pub demand: DemandId,
    /// Everybody named, alternates included, with their employers.
    pub named: BTreeMap<ExpertId, UnitId>,
    /// The message that brought it.
    pub message: Uuid,
}

/// The screening of one demand's draws.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screening {
    /// Nothing is known.
    #[default]
    Unknown,
    /// Draws came before the demander was known; they wait.
    Waiting {
        /// By round.
        draws: BTreeMap<EvaluationRoundId, Draw>,
    },
    /// The demander is known, so every draw is answered at once.
    Known {
        /// Who.
        owner: Box<Owner>,
        /// A random name that never left this node: what makes salts unguessable elsewhere.
        secret: Uuid,
        /// By round.
        screened: BTreeMap<EvaluationRoundId, Screened>,
        /// By round that takes no ballot any more: what the hub says it was told.
        concluded: BTreeMap<EvaluationRoundId, BTreeMap<ExpertId, Digest>>,
    },
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ScreeningCommand {
    /// Note who the demander is, or is by now.
    RecordOwner {
        /// Who.
        owner: Box<Owner>,
        /// The id of the message that said so: random, and it stays on this node.
        secret: Uuid,
    },
    /// Look at a draw.
    Screen {
        /// Of which round.
        round: EvaluationRoundId,
        /// The draw.
        draw: Draw,
    },
    /// No ballot of the round counts any more.
    Conclude {
        /// Which round.
        round: EvaluationRoundId,
        /// What the hub was told.
        strikes: BTreeMap<ExpertId, Digest>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningEvent {
    /// The demander is known.
    OwnerRecorded {
        /// Who.
        owner: Box<Owner>,
        /// As in the command.
        secret: Uuid,
    },
    /// A draw waits for the demander to be known.
    Held {
        /// Of which round.
        round: EvaluationRoundId,
        /// The draw.
        draw: Draw,
    },
    /// A draw was looked at.
    Screened {
        /// Of which round.
        round: EvaluationRoundId,
        /// With what outcome.
        screened: Screened,
    },
    /// Reasons may be opened.
    Concluded {
        /// Of which round.
        round: EvaluationRoundId,
        /// What the hub was told.
        strikes: BTreeMap<ExpertId, Digest>,
    },
}

/// Why not: the round's draw was answered, and this is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnotherDraw;

impl From<AnotherDraw> for Refusal {
    fn from(AnotherDraw: AnotherDraw) -> Self {
        Self::new(
            rules::CONFLICT,
            "本轮对这项需求的专家名单已答复，收到的是另一份名单",
            "请推进组核对抽取记录",
        )
    }
}

/// The round still takes ballots: reasons stay closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotYetOpen;

impl From<NotYetOpen> for Refusal {
    fn from(NotYetOpen: NotYetOpen) -> Self {
        Self::new(
            rules::OPENED_AFTERWARDS,
            "评估意见尚未截止，回避理由暂不开启",
            "请待轮次关闭后查阅",
        )
    }
}

impl Aggregate for Screening {
    const KIND: &'static str = "screening";
    type Command = ScreeningCommand;
    type Event = ScreeningEvent;
    type Rejection = AnotherDraw;

    fn decide(
        &self,
        command: ScreeningCommand,
        _context: &Context,
    ) -> Result<Vec<ScreeningEvent>, AnotherDraw> {
        match command {
            ScreeningCommand::RecordOwner { owner, secret } => Ok(self.record(owner, secret)),
            ScreeningCommand::Screen { round, draw } => self.screen(round, draw),
            ScreeningCommand::Conclude { round, strikes } => match self {
                Self::Known { concluded, .. } if !concluded.contains_key(&round) => {
                    Ok(vec![ScreeningEvent::Concluded { round, strikes }])
                }
                // Nothing was answered, so there is nothing to open.
                _ => Ok(vec![]),
            },
        }
    }

    fn evolve(&mut self, event: &ScreeningEvent) {
        match (event.clone(), &mut *self) {
            (ScreeningEvent::OwnerRecorded { owner, .. }, Self::Known { owner: known, .. }) => {
                *known = owner;
            }
            (ScreeningEvent::OwnerRecorded { owner, secret }, _) => {
                *self = Self::Known {
                    owner,
                    secret,
                    screened: BTreeMap::new(),
                    concluded: BTreeMap::new(),
                };
            }
            (ScreeningEvent::Held { round, draw }, Self::Waiting { draws }) => {
                draws.insert(round, draw);
            }
            (ScreeningEvent::Held { round, draw }, _) => {
                *self = Self::Waiting {
                    draws: BTreeMap::from([(round, draw)]),
                };
            }
            (
                ScreeningEvent::Screened {
                    round,
                    screened: outcome,
                },
                Self::Known { screened, .. },
            ) => {
                screened.insert(round, outcome);
            }
            (ScreeningEvent::Concluded { round, strikes }, Self::Known { concluded, .. }) => {
                concluded.insert(round, strikes);
            }
            // Nothing is screened before the demander is known.
            (ScreeningEvent::Screened { .. } | ScreeningEvent::Concluded { .. }, _) => {}
        }
    }

    fn publish(&self, _id: &str, event: &ScreeningEvent, _context: &Context) -> Vec<Message> {
        publish::screening(event)
    }
}

impl Screening {
    fn record(&self, owner: Box<Owner>, secret: Uuid) -> Vec<ScreeningEvent> {
        let held = match self {
            Self::Known { owner: known, .. } if *known == owner => return Vec::new(),
            Self::Waiting { draws } => draws.clone(),
            _ => BTreeMap::new(),
        };
        let screened: Vec<_> = held
            .into_iter()
            .map(|(round, draw)| ScreeningEvent::Screened {
                round,
                screened: strike(round, &draw, &owner, secret),
            })
            .collect();
        let mut events = vec![ScreeningEvent::OwnerRecorded { owner, secret }];
        events.extend(screened);
        events
    }

    fn screen(
        &self,
        round: EvaluationRoundId,
        draw: Draw,
    ) -> Result<Vec<ScreeningEvent>, AnotherDraw> {
        match self {
            Self::Known {
                owner,
                secret,
                screened,
                ..
            } => {
                let outcome = strike(round, &draw, owner, *secret);
                match screened.get(&round) {
                    None => Ok(vec![ScreeningEvent::Screened {
                        round,
                        screened: outcome,
                    }]),
                    Some(before) if same(before, &outcome) => Ok(vec![]),
                    Some(_) => Err(AnotherDraw),
                }
            }
            Self::Waiting { draws } => match draws.get(&round) {
                None => Ok(vec![ScreeningEvent::Held { round, draw }]),
                Some(before) if before.named == draw.named => Ok(vec![]),
                Some(_) => Err(AnotherDraw),
            },
            Self::Unknown => Ok(vec![ScreeningEvent::Held { round, draw }]),
        }
    }
}

/// Whether the same experts are struck: a draw told twice comes with another message id.
fn same(one: &Screened, other: &Screened) -> bool {
    let experts = |screened: &Screened| {
        screened
            .strikes
            .iter()
            .map(|strike| strike.expert)
            .collect::<BTreeSet<_>>()
    };
    experts(one) == experts(other)
}

/// Strikes everybody who works for the demander or an affiliate of it.
fn strike(round: EvaluationRoundId, draw: &Draw, owner: &Owner, secret: Uuid) -> Screened {
    let strikes = draw.named.iter().filter_map(|(expert, employer)| {
        let relation = if *employer == owner.demander {
            Relation::Demander
        } else if owner.affiliates.contains(employer) {
            Relation::Affiliate
        } else {
            return None;
        };
        Some(commit(
            round,
            draw,
            owner,
            secret,
            (*expert, *employer, relation),
        ))
    });
    Screened {
        demand: draw.demand,
        strikes: strikes.collect(),
    }
}

/// Commits to the reason. The units of all regions are known to the hub, so a salt that it could
/// compute would let it try every unit as the demander: the salt needs the secret, too.
fn commit(
    round: EvaluationRoundId,
    draw: &Draw,
    owner: &Owner,
    secret: Uuid,
    (expert, employer, relation): (ExpertId, UnitId, Relation),
) -> Strike {
    let salt = Digest::of(
        "evaluation.strike.salt",
        &[
            secret.as_bytes(),
            draw.message.as_bytes(),
            draw.demand.0.as_bytes(),
            expert.0.as_bytes(),
        ],
    );
    let relation_name = match relation {
        Relation::Demander => "demander",
        Relation::Affiliate => "affiliate",
    };
    let content = format!(
        "round={round};demand={};expert={expert};employer={employer};demander={};relation={relation_name}",
        draw.demand, owner.demander,
    );
    let commitment = evidence::commit(salt.as_bytes(), content.as_bytes());
    Strike {
        expert,
        employer,
        relation,
        content,
        salt,
        commitment,
    }
}

#[cfg(test)]
mod tests;
