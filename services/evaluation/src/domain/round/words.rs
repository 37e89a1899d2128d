//! What is asked of a round, and what happened to it.

use std::collections::{BTreeMap, BTreeSet};

use draws::{Heard, Named, Person, Profile, Waiver};
use evidence::Digest;
use panel::{Draw, DrawInput, ExpertKey, Followed, Revealing};
use regulation::{BallotId, DecisionId, DemandId, ExpertId, PersonKey, Region, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{super::Sheet, Gathering, Opening, Proposal, Proposing, Reminder, Waivable};

/// What is asked of a round.
#[derive(Debug, Clone)]
pub enum RoundCommand {
    /// Open it over a batch.
    Open(Box<Opening>),
    /// A member commits to its seed, opens it, or opens its share of another one's.
    NoteSeeds {
        /// Who.
        origin: Region,
        /// What it says.
        heard: Heard,
    },
    /// Freeze the pool as it is now, and draw when all seeds are open.
    Draw {
        /// Everybody in it.
        pool: BTreeMap<ExpertId, Profile>,
        /// Of them, whom a credit record bars from judging today.
        barred: BTreeSet<PersonKey>,
    },
    /// Ask the others for their shares of a seed.
    RecoverSeed {
        /// Whose.
        region: Region,
        /// Why.
        reason: Text,
    },
    /// Go on without a member's seed.
    WaiveSeed {
        /// Whose.
        region: Region,
        /// Why.
        reason: Text,
    },
    /// Look after silent experts, says the timer.
    Chase,
    /// A demand's home has struck who is in conflict.
    Answer {
        /// The demand.
        demand: DemandId,
        /// Who says so.
        origin: Region,
        /// Who is struck, with the commitment to the reason.
        strikes: BTreeMap<ExpertId, Digest>,
    },
    /// An expert's home says that a ballot was cast.
    NoteCast {
        /// The ballot.
        ballot: BallotId,
        /// Who says so.
        origin: Region,
        /// What it is sealed with.
        commitment: Digest,
        /// When, by the home's signed time.
        at: OffsetDateTime,
    },
    /// An expert's home says that the expert is in conflict.
    NoteConflict {
        /// The ballot.
        ballot: BallotId,
        /// Who says so.
        origin: Region,
    },
    /// An expert's home says that a credit record bars the expert by now.
    NoteBarred {
        /// The ballot.
        ballot: BallotId,
        /// Who says so.
        origin: Region,
    },
    /// Go on without something, by name and with a reason.
    Waive {
        /// Without what.
        what: Waivable,
        /// Why.
        reason: Text,
    },
    /// No ballot counts any more.
    Close {
        /// Demands of the batch that their homes took back.
        withdrawn: BTreeSet<DemandId>,
    },
    /// An expert's home opens a ballot.
    NoteReveal {
        /// The ballot.
        ballot: BallotId,
        /// Who says so.
        origin: Region,
        /// What opens the commitment.
        salt: [u8; 32],
        /// The bytes that were committed to.
        content: Vec<u8>,
    },
    /// Rank, cut, propose the list.
    Propose(Proposing),
    /// The members returned a list.
    ReturnList {
        /// By which decision.
        decision: DecisionId,
        /// What it was about.
        digest: Digest,
        /// Why, in Chinese.
        reason: String,
    },
    /// The decision on the list is in force.
    Adopt {
        /// Which decision.
        decision: DecisionId,
        /// What it is about.
        digest: Digest,
    },
    /// The list was not agreed to, or the round comes to nothing.
    Return {
        /// Why.
        reason: Text,
    },
}

/// A frozen pool, of which nobody knows yet who will be drawn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Freezing {
    /// The pool as the draw sees it.
    pub input: DrawInput,
    /// Who is who in it.
    pub people: BTreeMap<ExpertKey, Person>,
    /// Whose seeds are to be opened.
    pub seeds: draws::Opening,
}

/// A draw: with the frozen pool everything that it can be made again from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Drawing {
    /// Of the pool, who was named.
    pub named: Named,
    /// The outcome with its proof.
    pub draw: Draw,
    /// Where the seed comes from.
    pub randomness: Revealing,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundEvent {
    /// It was opened.
    Opened(Box<Gathering>),
    /// Something about a member's seed.
    Seed(draws::Fact),
    /// The pool was frozen.
    Frozen(Box<Freezing>),
    /// Experts were drawn.
    Drawn(Box<Drawing>),
    /// A demand's home answered.
    Answered {
        /// The demand.
        demand: DemandId,
        /// Who was struck.
        strikes: BTreeMap<ExpertId, Digest>,
        /// The panel afterwards.
        followed: Followed,
        /// Seats for which there is nobody left.
        vacant: u32,
    },
    /// An expert was asked for a ballot.
    Invited {
        /// The ballot.
        ballot: BallotId,
        /// On which demand.
        demand: DemandId,
        /// Who.
        expert: ExpertId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A silent expert was reminded.
    BallotReminded {
        /// The ballot.
        ballot: BallotId,
        /// When, and until when an answer counts.
        reminder: Reminder,
    },
    /// Nobody can follow a silent expert yet, or ever.
    SilenceHeld {
        /// The ballot.
        ballot: BallotId,
        /// When somebody looks again.
        #[serde(with = "time::serde::rfc3339::option")]
        look_at: Option<OffsetDateTime>,
    },
    /// A silent expert was followed by somebody else.
    BallotReplaced {
        /// The ballot.
        ballot: BallotId,
        /// The panel afterwards.
        followed: Followed,
    },
    /// Every home has answered.
    ScoringBegan,
    /// A ballot was cast in time.
    BallotCast {
        /// The ballot.
        ballot: BallotId,
        /// What it is sealed with.
        commitment: Digest,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A ballot was cast too late; it does not count.
    BallotLate {
        /// The ballot.
        ballot: BallotId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// An expert declared a conflict, and whoever could follow did.
    ConflictNoted {
        /// The ballot.
        ballot: BallotId,
        /// The demand's panel afterwards.
        followed: Followed,
        /// Seats for which there is nobody left.
        vacant: u32,
    },
    /// A credit record bars the expert since the draw, and whoever could follow did.
    BarredNoted {
        /// The ballot.
        ballot: BallotId,
        /// The demand's panel afterwards.
        followed: Followed,
        /// Seats for which there is nobody left.
        vacant: u32,
    },
    /// It goes on without something.
    Waived {
        /// Without what.
        what: Waivable,
        /// Who decided so, and why.
        waiver: Waiver,
    },
    /// No ballot counts any more.
    Closed {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A ballot was opened and is what was sealed.
    BallotRevealed {
        /// The ballot.
        ballot: BallotId,
        /// What it says.
        sheet: Sheet,
    },
    /// A ballot was opened and is not what was sealed, or no ballot; it does not count.
    BallotFaulty {
        /// The ballot.
        ballot: BallotId,
        /// What is wrong, in Chinese.
        fault: String,
    },
    /// The list was proposed.
    Proposed(Box<Proposal>),
    /// The members returned the list; a new version can be proposed.
    ListReturned {
        /// By which decision.
        decision: DecisionId,
        /// Why, in Chinese.
        reason: String,
    },
    /// The list is decided.
    Adopted {
        /// By which decision.
        decision: DecisionId,
    },
    /// It comes to nothing.
    Returned {
        /// Who says so, and why.
        waiver: Waiver,
    },
}
