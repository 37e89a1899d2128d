//! Why a round says no.

use draws::SeedRejection;
use panel::{
    DrawRefused, InputFault, InvalidKey, ReplaceRefused, SeedFault,
    aggregate::{BallotFault, RankFault},
};
use regulation::{ApplicationId, Day, DecisionId, Field, GuideId, Money, Refusal, Region, SheetId};

use super::Outstanding;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundRejection {
    /// Rounds live on the hub.
    NotTheHub,
    /// No policy is in force.
    NoPolicy,
    /// The round stands elsewhere.
    WrongState {
        /// Where it would have to stand, in Chinese.
        needed: &'static str,
    },
    /// The deadline has passed already.
    DeadlineInThePast {
        /// The deadline.
        deadline: Day,
        /// Today.
        today: Day,
    },
    /// Nothing to review.
    EmptyBatch,
    /// The policy does not support the field.
    UnknownField(Field),
    /// An application's field has no number of places.
    NoPlaces(Field),
    /// An application's guide is not known on the hub.
    UnknownGuide(GuideId),
    /// More rounds in a year than in principle, without a reason or an approval.
    TooMany(Box<Refusal>),
    /// The round keeps to the rule.
    NothingToApprove,
    /// Who opened the round may not approve it.
    OwnRound,
    /// A number or name of the policy or of the draw is out of range.
    Numbers,
    /// The draw's input is not sound.
    Input(InputFault),
    /// No expert of the national pool who may judge works in any of the round's fields. [Art. 15]
    NobodyInPool,
    /// The panels cannot be filled.
    Draw(DrawRefused),
    /// Something about seeds is refused.
    Seed(SeedRejection),
    /// Nobody can follow.
    Replace(ReplaceRefused),
    /// The application is not in this round.
    NotInBatch {
        /// Which.
        application: ApplicationId,
    },
    /// Another region speaks.
    NotItsHome {
        /// The one whose word counts.
        home: Region,
        /// The one that speaks.
        origin: Region,
    },
    /// Nobody was drawn for such a sheet.
    NotDrawn {
        /// Which.
        sheet: SheetId,
    },
    /// Another sheet was handed in before.
    CompletedTwice {
        /// Which.
        sheet: SheetId,
    },
    /// The expert declared a conflict.
    InConflict {
        /// Which sheet.
        sheet: SheetId,
    },
    /// A credit record bars the expert.
    IsBarred {
        /// Which sheet.
        sheet: SheetId,
    },
    /// Nothing of that name is missing.
    NothingToWaive,
    /// What is missing before the round can be closed.
    Outstanding(Box<Outstanding>),
    /// Sheets do not add up.
    Ballot(BallotFault),
    /// The ranking does not come out.
    Rank(RankFault),
    /// The application has no place: no sheet counts, or it was taken back.
    NotRanked {
        /// Which.
        application: ApplicationId,
    },
    /// The proposal departs from the ranking without a reason.
    ReasonWanted {
        /// Which.
        application: ApplicationId,
        /// Whether its place is within the cut.
        within: bool,
    },
    /// Nothing is said of an application that stands before an established one.
    PassedOver {
        /// Which.
        application: ApplicationId,
    },
    /// More are to be established than the field has places.
    TooManyEstablished {
        /// Which field.
        field: Field,
        /// Its places.
        places: u32,
        /// How many.
        established: u32,
    },
    /// More than the share of the investment. [Art. 17]
    OverRatio {
        /// Which.
        application: ApplicationId,
        /// What was proposed.
        support: Money,
        /// The most.
        most: Money,
    },
    /// More than the guide allows. [Art. 13]
    OverCeiling {
        /// Which.
        application: ApplicationId,
        /// What was proposed.
        support: Money,
        /// The most.
        most: Money,
    },
    /// More than was applied for.
    OverRequest {
        /// Which.
        application: ApplicationId,
        /// What was proposed.
        support: Money,
        /// The most.
        most: Money,
    },
    /// More than the region has. [Art. 17]
    OverBudget {
        /// Which.
        region: Region,
        /// All support there.
        total: Money,
        /// What it has.
        budget: Money,
    },
    /// Who made the proposal may not confirm it.
    OwnProposal,
    /// An application was taken back after the proposal was made.
    WithdrawnSince {
        /// Which.
        application: ApplicationId,
    },
    /// The decision is about something else than what was proposed.
    OtherDocument {
        /// Which decision.
        decision: DecisionId,
    },
}

macro_rules! from {
    ($($fault:ident => $variant:ident),*) => {$(
        impl From<$fault> for RoundRejection {
            fn from(fault: $fault) -> Self { Self::$variant(fault) }
        }
    )*};
}
from!(
    InputFault => Input, DrawRefused => Draw, SeedRejection => Seed, BallotFault => Ballot,
    RankFault => Rank
);

impl From<SeedFault> for RoundRejection {
    fn from(fault: SeedFault) -> Self {
        Self::Seed(fault.into())
    }
}

impl From<InvalidKey> for RoundRejection {
    fn from(_: InvalidKey) -> Self {
        Self::Numbers
    }
}
