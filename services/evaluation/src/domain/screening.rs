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
        owner: Owner,
        /// A random name that never left this node: what makes salts unguessable elsewhere.
        secret: Uuid,
        /// By round.
        screened: BTreeMap<EvaluationRoundId, Screened>,
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
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningEvent {
    /// The demander is known.
    OwnerRecorded {
        /// Who.
        owner: Owner,
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
            ScreeningCommand::RecordOwner { owner, secret } => Ok(self.record(*owner, secret)),
            ScreeningCommand::Screen { round, draw } => self.screen(round, draw),
        }
    }

    fn evolve(&mut self, event: &ScreeningEvent) {
        match (event.clone(), &mut *self) {
            (ScreeningEvent::OwnerRecorded { owner, .. }, Self::Known { owner: known, .. }) => {
                *known = owner;
            }
            (ScreeningEvent::OwnerRecorded { owner, secret }, _) => {
                *self = Self::Known { owner, secret, screened: BTreeMap::new() };
            }
            (ScreeningEvent::Held { round, draw }, Self::Waiting { draws }) => {
                draws.insert(round, draw);
            }
            (ScreeningEvent::Held { round, draw }, _) => {
                *self = Self::Waiting { draws: BTreeMap::from([(round, draw)]) };
            }
            (
                ScreeningEvent::Screened { round, screened: outcome },
                Self::Known { screened, .. },
            ) => {
                screened.insert(round, outcome);
            }
            // Nothing is screened before the demander is known.
            (ScreeningEvent::Screened { .. }, _) => {}
        }
    }

    fn publish(&self, _id: &str, event: &ScreeningEvent, _context: &Context) -> Vec<Message> {
        publish::screening(event)
    }
}

impl Screening {
    fn record(&self, owner: Owner, secret: Uuid) -> Vec<ScreeningEvent> {
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
            Self::Known { owner, secret, screened } => {
                let outcome = strike(round, &draw, owner, *secret);
                match screened.get(&round) {
                    None => {
                        Ok(vec![ScreeningEvent::Screened { round, screened: outcome }])
                    }
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
        screened.strikes.iter().map(|strike| strike.expert).collect::<BTreeSet<_>>()
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
        Some(commit(round, draw, owner, secret, (*expert, *employer, relation)))
    });
    Screened { demand: draw.demand, strikes: strikes.collect() }
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
    Strike { expert, employer, relation, content, salt, commitment }
}

#[cfg(test)]
mod tests {
    use regulation::Region;

    use super::*;
    use crate::domain::sample;

    fn owner(demander: u128, affiliates: &[u128]) -> Owner {
        Owner {
            demander: sample::unit(demander),
            affiliates: affiliates.iter().map(|unit| sample::unit(*unit)).collect(),
            record: sample::record("高端光刻胶", "集成电路"),
        }
    }

    fn draw(named: &[(u128, u128)]) -> Draw {
        Draw {
            demand: sample::demand(1),
            named: named
                .iter()
                .map(|(expert, employer)| (sample::expert(*expert), sample::unit(*employer)))
                .collect(),
            message: Uuid::from_u128(77),
        }
    }

    fn given(commands: Vec<ScreeningCommand>) -> (Screening, Vec<ScreeningEvent>) {
        let mut screening = Screening::default();
        let mut last = Vec::new();
        for command in commands {
            last = screening.decide(command, &sample::context(Region::SH)).unwrap();
            for event in &last {
                screening.evolve(event);
            }
        }
        (screening, last)
    }

    fn record_owner(owner: Owner) -> ScreeningCommand {
        ScreeningCommand::RecordOwner { owner: Box::new(owner), secret: Uuid::from_u128(99) }
    }

    fn screen(draw: Draw) -> ScreeningCommand {
        ScreeningCommand::Screen { round: sample::round(), draw }
    }

    fn struck(events: &[ScreeningEvent]) -> Vec<ExpertId> {
        let strikes = events.iter().flat_map(|event| match event {
            ScreeningEvent::Screened { screened, .. } => screened.strikes.clone(),
            _ => vec![],
        });
        strikes.map(|strike| strike.expert).collect()
    }

    #[test]
    fn experts_of_the_demander_and_of_its_affiliates_are_struck_and_no_others() {
        let (_, events) = given(vec![
            record_owner(owner(10, &[11])),
            screen(draw(&[(1, 10), (2, 11), (3, 12)])),
        ]);
        assert_eq!(struck(&events), vec![sample::expert(1), sample::expert(2)]);
    }

    #[test]
    fn a_draw_that_comes_before_the_demander_is_known_is_answered_later() {
        let (_, held) = given(vec![screen(draw(&[(1, 10)]))]);
        assert!(matches!(held[..], [ScreeningEvent::Held { .. }]));
        let (_, events) =
            given(vec![screen(draw(&[(1, 10)])), record_owner(owner(10, &[]))]);
        assert_eq!(struck(&events), vec![sample::expert(1)]);
    }

    #[test]
    fn a_draw_is_answered_once_and_another_one_for_the_round_is_refused() {
        let first = vec![record_owner(owner(10, &[])), screen(draw(&[(1, 10), (2, 12)]))];
        let (screening, _) = given(first);
        let context = sample::context(Region::SH);
        let again = screen(draw(&[(1, 10), (2, 12)]));
        assert_eq!(screening.decide(again, &context), Ok(vec![]));
        let other = screen(draw(&[(2, 12)]));
        assert_eq!(screening.decide(other, &context), Err(AnotherDraw));
    }

    #[test]
    fn the_reason_opens_with_its_salt_and_the_salt_needs_what_never_left_home() {
        let strike_with = |secret| {
            strike(sample::round(), &draw(&[(1, 10)]), &owner(10, &[]), secret).strikes.remove(0)
        };
        let strike = strike_with(Uuid::from_u128(99));
        let opens = evidence::opens(
            &strike.commitment,
            strike.salt.as_bytes(),
            strike.content.as_bytes(),
        );
        assert!(opens && strike.content.contains(&sample::unit(10).to_string()));
        assert_ne!(strike.salt, strike_with(Uuid::from_u128(98)).salt);
    }
}
