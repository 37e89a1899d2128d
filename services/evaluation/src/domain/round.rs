//! An evaluation round on the hub: a batch of demands, experts drawn for each, sealed ballots, a
//! ranked list proposal. [Art. 9]

mod close;
mod draw;
mod open;
mod propose;
mod rejection;
mod seats;
mod state;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use journal::Aggregate;
use panel::{Draw, DrawInput, Panel, Revealing};
use proto::message::Message;
use regulation::{BallotId, Context, DecisionId, DemandId, ExpertId, Region, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use close::Outstanding;
pub use draw::seed_commitment;
pub use open::Opening;
pub use propose::{Proposal, Standing};
pub use rejection::RoundRejection;
pub use state::{
    Bench, EvaluationRound, Quota, Seat, SeatState, Seated, Setup, Table, Waivable, Waiver,
};

use super::{Profile, Sheet};
use crate::publish;

/// What is asked of a round.
#[derive(Debug, Clone)]
pub enum RoundCommand {
    /// Open it over a batch.
    Open(Box<Opening>),
    /// Draw experts from the pool as it is now.
    Draw {
        /// Everybody in it.
        pool: BTreeMap<ExpertId, Profile>,
    },
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
    Propose {
        /// Demands of the batch that their homes took back.
        withdrawn: BTreeSet<DemandId>,
    },
    /// The decision on the list is in force.
    Adopt {
        /// Which decision.
        decision: DecisionId,
    },
    /// The list was not agreed to, or the round comes to nothing.
    Return {
        /// Why.
        reason: Text,
    },
}

/// A draw with everything that it can be made again from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Drawing {
    /// The frozen pool, as the draw saw it.
    pub input: DrawInput,
    /// Of it, who was named.
    pub named: DrawInput,
    /// The outcome with its proof.
    pub draw: Draw,
    /// Where the seed comes from.
    pub randomness: Revealing,
    /// Who was named, by what is needed to invite them.
    pub roster: BTreeMap<ExpertId, Seated>,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundEvent {
    /// It was opened.
    Opened(Setup),
    /// Experts were drawn.
    Drawn(Box<Drawing>),
    /// A demand's home answered.
    Answered {
        /// The demand.
        demand: DemandId,
        /// Who was struck.
        strikes: BTreeMap<ExpertId, Digest>,
        /// The panel afterwards.
        panel: Panel,
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
        panel: Panel,
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

impl Aggregate for EvaluationRound {
    const KIND: &'static str = "evaluation_round";
    type Command = RoundCommand;
    type Event = RoundEvent;
    type Rejection = RoundRejection;

    fn decide(
        &self,
        command: RoundCommand,
        context: &Context,
    ) -> Result<Vec<RoundEvent>, RoundRejection> {
        if !context.node.is_hub() {
            return Err(RoundRejection::NotTheHub);
        }
        match command {
            RoundCommand::Open(opening) => open::open(self, *opening, context),
            RoundCommand::Draw { pool } => draw::draw(self, &pool),
            RoundCommand::Answer {
                demand,
                origin,
                strikes,
            } => seats::answer(self, demand, origin, strikes),
            RoundCommand::NoteCast {
                ballot,
                origin,
                commitment,
                at,
            } => seats::note_cast(self, ballot, origin, commitment, at),
            RoundCommand::NoteConflict { ballot, origin } => {
                seats::note_conflict(self, ballot, origin)
            }
            RoundCommand::Waive { what, reason } => seats::waive(self, what, reason, context),
            RoundCommand::Close { withdrawn } => close::close(self, &withdrawn, context),
            RoundCommand::NoteReveal {
                ballot,
                origin,
                salt,
                content,
            } => close::note_reveal(self, ballot, origin, salt, &content),
            RoundCommand::Propose { withdrawn } => propose::propose(self, withdrawn),
            RoundCommand::Adopt { decision } => propose::adopt(self, decision),
            RoundCommand::Return { reason } => propose::give_back(self, reason, context),
        }
    }

    fn evolve(&mut self, event: &RoundEvent) {
        *self = state::after(std::mem::take(self), event.clone());
    }

    fn publish(&self, _id: &str, event: &RoundEvent, _context: &Context) -> Vec<Message> {
        publish::round(self, event)
    }
}
