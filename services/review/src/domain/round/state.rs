//! What a round is, and how each fact changes it.

use std::collections::{BTreeMap, BTreeSet};

use draws::{Course, Mask, Waiver};
use panel::{InvalidKey, Limits, ProposalKey, aggregate::Scheme};
use regulation::{
    ApplicationId, Criterion, Day, DecisionId, Departure, ExpertId, Field, GuideId, Money, Ratio,
    Region, ReviewRoundId, SheetId, Text, UnitId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    super::{Blindness, Entry, Opinion},
    Freezing, Proposal, Ranking, RoundEvent, Table,
    table::{laid, seat},
};

/// How many applications of a field the proposal takes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// How many.
    pub number: u32,
    /// Why.
    pub reason: Text,
}

/// What a round goes by; fixed when it is opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The round.
    pub round: ReviewRoundId,
    /// The year of the programme.
    pub year: i32,
    /// The calendar year in which it was opened.
    pub held_in: i32,
    /// Which round of that year it is, those that came to nothing before their draw not counted.
    pub number: u32,
    /// Its place among all rounds ever opened in that year, from 1.
    pub sequence: u32,
    /// Who opened it.
    pub opened_by: String,
    /// Why there is one more round than in principle, if there is. [Art. 15]
    pub departure: Option<Departure>,
    /// The policy version it goes by to the end.
    pub policy: String,
    /// What experts score by.
    pub criteria: Vec<Criterion>,
    /// How sheets are added up.
    pub scheme: Scheme,
    /// From how many points between two experts they are said to disagree.
    pub disagreement_from: u32,
    /// What every panel keeps.
    pub limits: Limits,
    /// The fields with their numbers of places.
    pub places: BTreeMap<Field, Places>,
    /// Sheets are due by the end of this day.
    pub deadline: Day,
    /// What reviewers see of who applies.
    pub blindness: Blindness,
    /// What is reviewed.
    pub batch: BTreeMap<ApplicationId, Entry>,
    /// Support as a share of the investment, at most. [Art. 17]
    pub support_ratio: Ratio,
    /// By guide: most support a project may get, where the guide sets a limit. [Art. 13]
    pub ceilings: BTreeMap<GuideId, Option<Money>>,
    /// Whether who evaluated a demand may review what came of it.
    pub evaluators_may_review: bool,
    /// What pseudonyms of the draw are made with; never told to anybody.
    pub mask: Mask,
}

impl Setup {
    /// An application's pseudonym in the draw's record.
    ///
    /// # Errors
    /// Never for an id.
    pub fn proposal_key(&self, application: ApplicationId) -> Result<ProposalKey, InvalidKey> {
        self.mask.proposal(application.0)
    }
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
    /// What was frozen, and where its seeds stand.
    pub pool: Freezing,
}

/// What a named person can go on without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waivable {
    /// One sheet.
    Sheet(SheetId),
    /// An application's empty seats.
    Application(ApplicationId),
    /// Having heard a region.
    Region(Region),
}

/// The panel of one application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bench {
    /// Whose people may not review it.
    pub barred: BTreeSet<UnitId>,
    /// How many of the pool were kept out for a conflict.
    pub conflicts: u32,
    /// Seats for which there is nobody left.
    pub vacant: u32,
    /// Who went on with fewer experts.
    pub waiver: Option<Waiver>,
}

/// Where one sheet stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// The expert was asked.
    Invited,
    /// Handed in too late; it does not count, and is missing.
    Late {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Handed in, in time.
    Completed {
        /// What it says.
        opinion: Opinion,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A credit record bars the expert since the draw; somebody else follows.
    Barred,
    /// The expert is in conflict; somebody else follows.
    Conflicted {
        /// Whether the content had been shown.
        after_opening: bool,
    },
    /// Taken back; somebody else follows.
    Replaced(Waiver),
    /// It goes on without.
    Waived(Waiver),
    /// What was handed in is no sheet of this round; not counted.
    Faulty(String),
}

/// One sheet as the hub sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// On which application.
    pub application: ApplicationId,
    /// Whose.
    pub expert: ExpertId,
    /// The node that speaks for it.
    pub region: Region,
    /// Where it stands.
    pub state: SeatState,
}

/// A round.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewRound {
    /// There is none.
    #[default]
    Unknown,
    /// Opened; members commit to their seeds.
    Open(Box<Gathering>),
    /// The pool is frozen; seeds are being opened.
    Frozen(Box<Frozen>),
    /// Drawn; no sheet is in yet.
    Drawn(Box<Table>),
    /// Sheets come in.
    Reviewing(Box<Table>),
    /// No sheet counts any more.
    Closed {
        /// The round.
        table: Box<Table>,
        /// What the sheets come to.
        ranking: Box<Ranking>,
    },
    /// Somebody said what is to be established.
    Proposed {
        /// The round.
        table: Box<Table>,
        /// What is proposed, with its computation.
        proposal: Box<Proposal>,
        /// Who confirmed it, if somebody did.
        confirmed: Option<String>,
    },
    /// The proposal is decided.
    Adopted {
        /// The round.
        table: Box<Table>,
        /// What was proposed.
        proposal: Box<Proposal>,
        /// By which decision.
        decision: DecisionId,
        /// 批文号
        document_number: String,
        /// The applications of which everybody was told what became of them.
        #[serde(default)]
        told: BTreeSet<ApplicationId>,
    },
    /// It came to nothing; its applications may enter another round.
    Returned {
        /// What it went by.
        setup: Box<Setup>,
        /// Who said so, and why.
        waiver: Waiver,
    },
}

impl ReviewRound {
    /// What it goes by, if there is one.
    pub fn setup(&self) -> Option<&Setup> {
        match self {
            Self::Unknown => None,
            Self::Open(gathering) => Some(&gathering.setup),
            Self::Frozen(frozen) => Some(&frozen.setup),
            Self::Returned { setup, .. } => Some(setup),
            _ => self.table().map(|table| &table.setup),
        }
    }

    /// Its panels and sheets, from the draw on.
    pub fn table(&self) -> Option<&Table> {
        match self {
            Self::Unknown | Self::Open(_) | Self::Frozen(_) | Self::Returned { .. } => None,
            Self::Drawn(table)
            | Self::Reviewing(table)
            | Self::Closed { table, .. }
            | Self::Proposed { table, .. }
            | Self::Adopted { table, .. } => Some(table),
        }
    }

    /// How far the draw's randomness has come.
    pub fn seeds(&self) -> Option<Course<'_>> {
        match self {
            Self::Open(gathering) => Some(Course::Gathering(&gathering.seeds)),
            Self::Frozen(frozen) => Some(Course::Opening(&frozen.pool.seeds)),
            other => Some(Course::Opening(&other.table()?.seeds)),
        }
    }

    /// What the sheets come to, once it was closed.
    pub fn ranking(&self) -> Option<&Ranking> {
        match self {
            Self::Closed { ranking, .. } => Some(ranking),
            _ => self.proposal().map(|proposal| &proposal.ranking),
        }
    }

    /// What is to be established, once it was proposed.
    pub fn proposal(&self) -> Option<&Proposal> {
        match self {
            Self::Proposed { proposal, .. } | Self::Adopted { proposal, .. } => Some(proposal),
            _ => None,
        }
    }

    fn table_mut(&mut self) -> Option<&mut Table> {
        match self {
            Self::Drawn(table) | Self::Reviewing(table) => Some(table),
            _ => None,
        }
    }
}

/// A proposed round after a fact.
fn decided(
    table: Box<Table>,
    proposal: Box<Proposal>,
    confirmed: Option<String>,
    event: RoundEvent,
) -> ReviewRound {
    match event {
        RoundEvent::Adopted {
            decision,
            document_number,
        } => ReviewRound::Adopted {
            table,
            proposal,
            decision,
            document_number,
            told: BTreeSet::new(),
        },
        RoundEvent::Returned { waiver } => ReviewRound::Returned {
            setup: Box::new(table.setup),
            waiver,
        },
        event => ReviewRound::Proposed {
            table,
            proposal,
            confirmed: match event {
                RoundEvent::Confirmed { by } => Some(by),
                _ => confirmed,
            },
        },
    }
}

/// The round after a fact.
pub(super) fn after(round: ReviewRound, event: RoundEvent) -> ReviewRound {
    use ReviewRound as R;
    match (round, event) {
        (R::Unknown, RoundEvent::Opened(gathering)) => R::Open(gathering),
        (R::Open(mut gathering), RoundEvent::Approved { by }) => {
            let setup = &mut gathering.setup;
            setup.departure = setup
                .departure
                .take()
                .map(|departure| departure.approved(by));
            R::Open(gathering)
        }
        (R::Open(mut gathering), RoundEvent::Seed(fact)) => {
            gathering.seeds.evolve(&fact);
            R::Open(gathering)
        }
        (R::Open(gathering), RoundEvent::Frozen(pool)) => R::Frozen(Box::new(Frozen {
            setup: gathering.setup,
            pool: *pool,
        })),
        (R::Frozen(mut frozen), RoundEvent::Seed(fact)) => {
            frozen.pool.seeds.evolve(&fact);
            R::Frozen(frozen)
        }
        (R::Frozen(frozen), RoundEvent::Drawn(drawing)) => {
            R::Drawn(Box::new(laid(*frozen, *drawing)))
        }
        (R::Drawn(mut table), event @ RoundEvent::SheetCompleted { .. }) => {
            seat(&mut table, event);
            R::Reviewing(table)
        }
        (R::Drawn(table) | R::Reviewing(table), RoundEvent::Closed { ranking, .. }) => {
            R::Closed { table, ranking }
        }
        (R::Closed { table, .. } | R::Proposed { table, .. }, RoundEvent::Proposed(proposal)) => {
            R::Proposed {
                table,
                proposal,
                confirmed: None,
            }
        }
        (
            R::Proposed {
                table,
                proposal,
                confirmed,
            },
            event,
        ) => decided(table, proposal, confirmed, event),
        (round, RoundEvent::Returned { waiver }) => match round.setup() {
            Some(setup) => R::Returned {
                setup: Box::new(setup.clone()),
                waiver,
            },
            None => round,
        },
        (mut round, event) => {
            match (&mut round, event) {
                (R::Adopted { told, .. }, RoundEvent::Told { application }) => {
                    told.insert(application);
                }
                (round, event) => {
                    if let Some(table) = round.table_mut() {
                        seat(table, event);
                    }
                }
            }
            round
        }
    }
}
