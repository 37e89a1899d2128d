//! What a round is, and how each fact changes it.

use std::collections::{BTreeMap, BTreeSet};

use draws::{Course, Mask, Person, Seated, Waiver};
use evidence::Digest;
use panel::{
    DrawInput, ExpertKey, Followed, InputDigest, InvalidKey, Limits, Panels, ProposalKey,
    aggregate::Scheme,
};
use regulation::{
    BallotId, Criterion, Day, DecisionId, DemandId, EvaluationRoundId, ExpertId, Field, Region,
    Text,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    super::{Entry, Sheet},
    Chase, Proposal, Reminder,
};

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
    /// From how many ballots up the highest and the lowest are dropped.
    pub trim_from: u32,
    /// What every panel keeps.
    pub limits: Limits,
    /// The fields with their numbers of places.
    pub quotas: BTreeMap<Field, Quota>,
    /// Ballots are due by the end of this day.
    pub deadline: Day,
    /// What was recommended by the end of this day is evaluated; none: what had been heard.
    pub cut_off: Option<Day>,
    /// Members who had not been heard beyond the cut-off.
    pub without: BTreeMap<Region, Waiver>,
    /// When silent experts are reminded and replaced, if they are.
    pub chase: Option<Chase>,
    /// What is evaluated.
    pub batch: BTreeMap<DemandId, Entry>,
    /// What pseudonyms of the draw are made with; never told to anybody.
    pub mask: Mask,
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
    /// A credit record bars the expert since the draw; somebody else follows.
    Barred,
    /// The expert stayed silent; somebody else follows.
    Replaced,
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
    /// When the expert was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub invited: OffsetDateTime,
    /// The reminder, once there was one.
    pub reminder: Option<Reminder>,
    /// When somebody looks whether the expert is still silent; none: nobody will.
    #[serde(with = "time::serde::rfc3339::option")]
    pub look_at: Option<OffsetDateTime>,
    /// Where it stands.
    pub state: SeatState,
}

/// A list that the members did not agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedList {
    /// Digest of the list.
    pub digest: Digest,
    /// Which decision returned it.
    pub decision: DecisionId,
    /// Why, in Chinese.
    pub reason: String,
}

/// A round before its pool is frozen: members commit to their seeds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Gathering {
    /// What it goes by.
    pub setup: Setup,
    /// Who has committed to what.
    pub seeds: draws::Gathering,
}

/// A round whose pool is frozen: seeds are being opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Frozen {
    /// What it goes by.
    pub setup: Setup,
    /// What was frozen.
    pub input: DrawInput,
    /// Everybody in it.
    pub people: BTreeMap<ExpertKey, Person>,
    /// Which seeds are open.
    pub seeds: draws::Opening,
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
    /// Where the seed comes from, and how seeds were recovered, or gone without.
    pub seeds: draws::Opening,
    /// Who followed whom, in order.
    pub followed: Vec<Followed>,
    /// Who was named, by pseudonym.
    pub keys: BTreeMap<ExpertKey, ExpertId>,
    /// Who was named.
    pub roster: BTreeMap<ExpertId, Seated>,
    /// By demand.
    pub benches: BTreeMap<DemandId, Bench>,
    /// By ballot.
    pub seats: BTreeMap<BallotId, Seat>,
    /// Regions that are not waited for.
    pub regions_waived: BTreeMap<Region, Waiver>,
    /// Lists that the members did not agree to, in order.
    pub returned: Vec<ReturnedList>,
}

/// A round.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationRound {
    /// There is none.
    #[default]
    Unknown,
    /// Opened; members commit to their seeds.
    Open(Box<Gathering>),
    /// The pool is frozen; seeds are being opened.
    Frozen(Box<Frozen>),
    /// Drawn; not every home has answered.
    Drawn(Box<Table>),
    /// Every home has answered; ballots come in.
    Scoring(Box<Table>),
    /// No ballot counts any more; they are being opened, or a list was returned.
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
        /// When it was closed.
        #[serde(with = "time::serde::rfc3339")]
        closed: OffsetDateTime,
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
            Self::Open(gathering) => Some(&gathering.setup),
            Self::Frozen(frozen) => Some(&frozen.setup),
            Self::Returned { setup, .. } => Some(setup),
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
            Self::Unknown | Self::Open(_) | Self::Frozen(_) | Self::Returned { .. } => None,
            Self::Drawn(table)
            | Self::Scoring(table)
            | Self::Closed { table, .. }
            | Self::Proposed { table, .. }
            | Self::Adopted { table, .. } => Some(table),
        }
    }

    /// How far the draw's randomness has come.
    pub fn seeds(&self) -> Option<Course<'_>> {
        match self {
            Self::Open(gathering) => Some(Course::Gathering(&gathering.seeds)),
            Self::Frozen(frozen) => Some(Course::Opening(&frozen.seeds)),
            other => Some(Course::Opening(&other.table()?.seeds)),
        }
    }

    /// The members whose seed is waited for: its commitment before the freeze, itself afterwards.
    pub fn seeds_awaited(&self) -> BTreeSet<Region> {
        self.seeds()
            .map(|seeds| seeds.missing())
            .unwrap_or_default()
    }

    /// The list, once it was proposed.
    pub fn proposal(&self) -> Option<&Proposal> {
        match self {
            Self::Proposed { proposal, .. } | Self::Adopted { proposal, .. } => Some(proposal),
            _ => None,
        }
    }
}

impl Setup {
    /// A demand's pseudonym in the draw's record.
    ///
    /// # Errors
    /// Never for an id.
    pub fn proposal_key(&self, demand: DemandId) -> Result<ProposalKey, InvalidKey> {
        self.mask.proposal(demand.0)
    }
}

impl Table {
    /// The panel of a demand.
    pub fn panel(&self, demand: DemandId) -> Option<&panel::Panel> {
        self.panels.get(&self.setup.proposal_key(demand).ok()?)
    }

    /// The experts of a pseudonymous list, in its order.
    pub fn experts<'a>(
        &'a self,
        keys: impl IntoIterator<Item = &'a ExpertKey>,
    ) -> impl Iterator<Item = ExpertId> {
        keys.into_iter()
            .filter_map(|key| self.keys.get(key).copied())
    }

    /// Homes of demands and experts that have something to say.
    pub fn homes(&self) -> BTreeSet<Region> {
        self.setup
            .batch
            .values()
            .map(|entry| entry.region)
            .collect()
    }
}
