//! What a round is, and how each fact changes it.

use std::collections::BTreeMap;

use evidence::Digest;
use panel::{DrawInput, InputDigest, Limits, Panels, Revealing, Seed, aggregate::Scheme};
use regulation::{
    BallotId, Criterion, Day, DecisionId, DemandId, EvaluationRoundId, ExpertId, Field, PersonKey,
    Region, Text, UnitId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{super::Entry, Proposal, RoundEvent, Sheet};

/// How many demands of a field the list takes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// How many.
    pub places: u32,
    /// Why.
    pub reason: Text,
}

/// What a round goes by; fixed when it is opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The round.
    pub round: EvaluationRoundId,
    /// The year of the list.
    pub year: i32,
    /// The policy version it goes by to the end.
    pub policy: String,
    /// What experts score by.
    pub criteria: Vec<Criterion>,
    /// How ballots are added up.
    pub scheme: Scheme,
    /// From how many points between two experts they are said to disagree.
    pub disagreement_from: u32,
    /// What every panel keeps.
    pub limits: Limits,
    /// The fields with their numbers of places.
    pub quotas: BTreeMap<Field, Quota>,
    /// Ballots are due by the end of this day.
    pub deadline: Day,
    /// What is evaluated.
    pub batch: BTreeMap<DemandId, Entry>,
    /// The hub's seed, committed to before the pool is frozen; secret until the draw.
    pub seed: Seed,
}

/// An expert who was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seated {
    /// The person.
    pub person: PersonKey,
    /// The node that hosts them.
    pub region: Region,
    /// Where they work.
    pub employer: UnitId,
}

/// Who went on without something, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The person's account.
    pub by: String,
    /// The reason.
    pub reason: Text,
}

/// What a named person can go on without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waivable {
    /// One ballot.
    Ballot(BallotId),
    /// A demand's home's answer, or its empty seats.
    Demand(DemandId),
    /// Having heard a region.
    Region(Region),
}

/// The panel of one demand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bench {
    /// Whether home has answered.
    pub answered: bool,
    /// Who was struck, with the commitment to the reason.
    pub strikes: BTreeMap<ExpertId, Digest>,
    /// Seats for which there is nobody left.
    pub vacant: u32,
    /// Who went on without the answer, or with fewer experts.
    pub waiver: Option<Waiver>,
}

/// Where one ballot stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// The expert was asked.
    Invited,
    /// Cast too late; it does not count, and is missing.
    Late {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Cast in time, sealed.
    Cast {
        /// With what.
        commitment: Digest,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The expert is in conflict; somebody else follows.
    Conflicted,
    /// It goes on without.
    Waived(Waiver),
    /// Opened and counted.
    Revealed(Sheet),
    /// Opened, and not what was sealed; not counted.
    Faulty(String),
}

/// One ballot as the hub sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// On which demand.
    pub demand: DemandId,
    /// Whose.
    pub expert: ExpertId,
    /// Where the expert is hosted: the only node that speaks for it.
    pub region: Region,
    /// Where it stands.
    pub state: SeatState,
}

/// A round from its draw on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// What it goes by.
    pub setup: Setup,
    /// Digest of the frozen pool.
    pub pool: InputDigest,
    /// Of the pool, who was named.
    pub named: DrawInput,
    /// The panels as they stand.
    pub panels: Panels,
    /// Where the seed comes from.
    pub randomness: Revealing,
    /// Who was named.
    pub roster: BTreeMap<ExpertId, Seated>,
    /// By demand.
    pub benches: BTreeMap<DemandId, Bench>,
    /// By ballot.
    pub seats: BTreeMap<BallotId, Seat>,
    /// Regions that are not waited for.
    pub regions_waived: BTreeMap<Region, Waiver>,
}

/// A round.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationRound {
    /// There is none.
    #[default]
    Unknown,
    /// Opened; nobody is drawn yet.
    Open(Box<Setup>),
    /// Drawn; not every home has answered.
    Drawn(Box<Table>),
    /// Every home has answered; ballots come in.
    Scoring(Box<Table>),
    /// No ballot counts any more; they are being opened.
    Closed {
        /// The round.
        table: Box<Table>,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The list was proposed.
    Proposed {
        /// The round.
        table: Box<Table>,
        /// The list with its computation.
        proposal: Box<Proposal>,
    },
    /// The list is decided.
    Adopted {
        /// The round.
        table: Box<Table>,
        /// The list with its computation.
        proposal: Box<Proposal>,
        /// By which decision.
        decision: DecisionId,
    },
    /// It came to nothing; its demands may enter another round.
    Returned {
        /// What it went by.
        setup: Box<Setup>,
        /// Who said so, and why.
        waiver: Waiver,
    },
}

impl EvaluationRound {
    /// What it goes by, if there is one.
    pub fn setup(&self) -> Option<&Setup> {
        match self {
            Self::Unknown => None,
            Self::Open(setup) | Self::Returned { setup, .. } => Some(setup),
            Self::Drawn(table)
            | Self::Scoring(table)
            | Self::Closed { table, .. }
            | Self::Proposed { table, .. }
            | Self::Adopted { table, .. } => Some(&table.setup),
        }
    }

    /// Its panels and ballots, from the draw on.
    pub fn table(&self) -> Option<&Table> {
        match self {
            Self::Unknown | Self::Open(_) | Self::Returned { .. } => None,
            Self::Drawn(table)
            | Self::Scoring(table)
            | Self::Closed { table, .. }
            | Self::Proposed { table, .. }
            | Self::Adopted { table, .. } => Some(table),
        }
    }

    /// The list, once it was proposed.
    pub fn proposal(&self) -> Option<&Proposal> {
        match self {
            Self::Proposed { proposal, .. } | Self::Adopted { proposal, .. } => Some(proposal),
            _ => None,
        }
    }

    fn table_mut(&mut self) -> Option<&mut Table> {
        match self {
            Self::Drawn(table) | Self::Scoring(table) | Self::Closed { table, .. } => Some(table),
            _ => None,
        }
    }
}

/// The round after a fact.
pub(super) fn after(round: EvaluationRound, event: RoundEvent) -> EvaluationRound {
    use EvaluationRound as R;
    match (round, event) {
        (R::Unknown, RoundEvent::Opened(setup)) => R::Open(Box::new(setup)),
        (R::Open(setup), RoundEvent::Drawn(drawing)) => {
            let benches = setup
                .batch
                .keys()
                .map(|demand| (*demand, Bench::default()))
                .collect();
            R::Drawn(Box::new(Table {
                setup: *setup,
                pool: drawing.draw.input,
                named: drawing.named,
                panels: drawing.draw.panels,
                randomness: drawing.randomness,
                roster: drawing.roster,
                benches,
                seats: BTreeMap::new(),
                regions_waived: BTreeMap::new(),
            }))
        }
        (R::Drawn(table), RoundEvent::ScoringBegan) => R::Scoring(table),
        (R::Drawn(table) | R::Scoring(table), RoundEvent::Closed { at }) => R::Closed { table, at },
        (R::Closed { table, .. }, RoundEvent::Proposed(proposal)) => {
            R::Proposed { table, proposal }
        }
        (R::Proposed { table, proposal }, RoundEvent::Adopted { decision }) => R::Adopted {
            table,
            proposal,
            decision,
        },
        (round, RoundEvent::Returned { waiver }) => match round.setup() {
            Some(setup) => R::Returned {
                setup: Box::new(setup.clone()),
                waiver,
            },
            None => round,
        },
        (mut round, event) => {
            if let Some(table) = round.table_mut() {
                seat(table, event);
            }
            round
        }
    }
}

/// What a fact changes at the table.
fn seat(table: &mut Table, event: RoundEvent) {
    match event {
        RoundEvent::Answered {
            demand,
            strikes,
            panel,
            vacant,
        } => {
            table.put(demand, panel);
            let bench = table.benches.entry(demand).or_default();
            bench.answered = true;
            bench.strikes = strikes;
            bench.vacant = vacant;
        }
        RoundEvent::Invited {
            ballot,
            demand,
            expert,
        } => {
            if let Some(seated) = table.roster.get(&expert) {
                let region = seated.region;
                let seat = Seat {
                    demand,
                    expert,
                    region,
                    state: SeatState::Invited,
                };
                table.seats.insert(ballot, seat);
            }
        }
        RoundEvent::BallotCast {
            ballot,
            commitment,
            at,
        } => {
            table.mark(ballot, SeatState::Cast { commitment, at });
        }
        RoundEvent::BallotLate { ballot, at } => table.mark(ballot, SeatState::Late { at }),
        RoundEvent::ConflictNoted {
            ballot,
            panel,
            vacant,
        } => {
            if let Some(demand) = table.seats.get(&ballot).map(|seat| seat.demand) {
                table.put(demand, panel);
                table.benches.entry(demand).or_default().vacant = vacant;
            }
            table.mark(ballot, SeatState::Conflicted);
        }
        RoundEvent::Waived { what, waiver } => match what {
            Waivable::Ballot(ballot) => table.mark(ballot, SeatState::Waived(waiver)),
            Waivable::Demand(demand) => {
                table.benches.entry(demand).or_default().waiver = Some(waiver);
            }
            Waivable::Region(region) => {
                table.regions_waived.insert(region, waiver);
            }
        },
        RoundEvent::BallotRevealed { ballot, sheet } => {
            table.mark(ballot, SeatState::Revealed(sheet));
        }
        RoundEvent::BallotFaulty { ballot, fault } => table.mark(ballot, SeatState::Faulty(fault)),
        RoundEvent::Opened(_)
        | RoundEvent::Drawn(_)
        | RoundEvent::ScoringBegan
        | RoundEvent::Closed { .. }
        | RoundEvent::Proposed(_)
        | RoundEvent::Adopted { .. }
        | RoundEvent::Returned { .. } => {}
    }
}

impl Table {
    fn mark(&mut self, ballot: BallotId, state: SeatState) {
        if let Some(seat) = self.seats.get_mut(&ballot) {
            seat.state = state;
        }
    }

    fn put(&mut self, demand: DemandId, panel: panel::Panel) {
        let demand = demand.to_string();
        let key = self
            .panels
            .0
            .keys()
            .find(|key| key.as_str() == demand)
            .cloned();
        if let Some(key) = key {
            self.panels.0.insert(key, panel);
        }
    }

    /// The panel of a demand.
    pub fn panel(&self, demand: DemandId) -> Option<&panel::Panel> {
        self.panels.get(&demand.to_string().parse().ok()?)
    }
}
