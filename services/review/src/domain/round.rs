//! A review round on the hub: a batch of applications, experts drawn for each, sheets, a ranking,
//! an establishment proposal and what becomes of it. [Art. 15, 16]

mod close;
mod draw;
mod open;
mod propose;
mod refusal;
mod rejection;
mod seats;
mod state;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use journal::Aggregate;
use panel::{Draw, DrawInput, Panel, Revealing};
use proto::message::Message;
use regulation::{
    ApplicationId, Context, DecisionId, ExpertId, Money, Region, SheetId, Text, UnitId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use close::{Outstanding, Ranking, Standing};
pub use draw::{Conflicts, seed_commitment};
pub use open::Opening;
pub use propose::{Grant, Proposal, project_id};
pub use rejection::RoundRejection;
pub use state::{Bench, Places, ReviewRound, Seat, SeatState, Seated, Setup, Waivable, Waiver};

pub use table::Table;

use super::{Opinion, Profile};
use crate::publish;

/// What is asked of a round.
#[derive(Debug, Clone)]
pub enum RoundCommand {
    /// Open it over a batch.
    Open(Box<Opening>),
    /// Approve that there is one more than in principle.
    Approve,
    /// Draw experts from the pool as it is now.
    Draw {
        /// Everybody in it.
        pool: BTreeMap<ExpertId, Profile>,
        /// For each unit that applies, the units that are affiliated with it.
        affiliates: BTreeMap<UnitId, BTreeSet<UnitId>>,
        /// Applications of the batch that were taken back.
        withdrawn: BTreeSet<ApplicationId>,
    },
    /// An expert's home says that a sheet was handed in.
    NoteCompleted {
        /// The sheet.
        sheet: SheetId,
        /// Who says so.
        origin: Region,
        /// What it says, or what is wrong with it, in Chinese.
        opinion: Result<Opinion, String>,
        /// When, by the home's signed time.
        at: OffsetDateTime,
    },
    /// An expert's home says that the expert is in conflict.
    NoteConflict {
        /// The sheet.
        sheet: SheetId,
        /// Who says so.
        origin: Region,
        /// Whether the content had been shown.
        after_opening: bool,
    },
    /// Take a sheet back from an expert who does not answer.
    Replace {
        /// The sheet.
        sheet: SheetId,
        /// Why.
        reason: Text,
    },
    /// Go on without something, by name and with a reason.
    Waive {
        /// Without what.
        what: Waivable,
        /// Why.
        reason: Text,
    },
    /// No sheet counts any more.
    Close {
        /// Applications of the batch that were taken back.
        withdrawn: BTreeSet<ApplicationId>,
    },
    /// Say what is to be established.
    Propose {
        /// By application.
        grants: BTreeMap<ApplicationId, Grant>,
        /// What each region has; one that is not named has no limit here.
        budgets: BTreeMap<Region, Money>,
        /// Applications of the batch that were taken back.
        withdrawn: BTreeSet<ApplicationId>,
    },
    /// Another person confirms the proposal.
    Confirm {
        /// Applications of the batch that were taken back.
        withdrawn: BTreeSet<ApplicationId>,
    },
    /// The decision on the proposal is in force.
    Adopt {
        /// Which decision.
        decision: DecisionId,
        /// 批文号
        document_number: String,
        /// What was decided on, byte for byte.
        document: Vec<u8>,
    },
    /// The joint decision on the proposal was returned.
    NoteReturned {
        /// Which decision.
        decision: DecisionId,
    },
    /// The proposal was not agreed to, or the round comes to nothing.
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
    /// By application: whose people may not review it.
    pub barred: BTreeMap<ApplicationId, BTreeSet<UnitId>>,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundEvent {
    /// It was opened.
    Opened(Box<Setup>),
    /// One more round than in principle was approved.
    Approved {
        /// By whom.
        by: String,
    },
    /// Experts were drawn.
    Drawn(Box<Drawing>),
    /// An expert was asked for a sheet.
    Invited {
        /// The sheet.
        sheet: SheetId,
        /// On which application.
        application: ApplicationId,
        /// Who.
        expert: ExpertId,
    },
    /// A sheet was handed in, in time.
    SheetCompleted {
        /// The sheet.
        sheet: SheetId,
        /// What it says.
        opinion: Opinion,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A sheet was handed in too late; it does not count.
    SheetLate {
        /// The sheet.
        sheet: SheetId,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// What was handed in is no sheet of this round; it does not count.
    SheetFaulty {
        /// The sheet.
        sheet: SheetId,
        /// What is wrong, in Chinese.
        fault: String,
    },
    /// An expert declared a conflict, and whoever could follow did.
    ConflictNoted {
        /// The sheet.
        sheet: SheetId,
        /// Whether the content had been shown.
        after_opening: bool,
        /// The application's panel afterwards.
        panel: Panel,
        /// Seats for which there is nobody left.
        vacant: u32,
    },
    /// A sheet was taken back, and whoever could follow did.
    Replaced {
        /// The sheet.
        sheet: SheetId,
        /// Who decided so, and why.
        waiver: Waiver,
        /// The application's panel afterwards.
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
    /// No sheet counts any more; what they come to.
    Closed {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Everything that was computed.
        ranking: Box<Ranking>,
    },
    /// Somebody said what is to be established.
    Proposed(Box<Proposal>),
    /// Somebody else confirmed it.
    Confirmed {
        /// Who.
        by: String,
    },
    /// The proposal is decided.
    Adopted {
        /// By which decision.
        decision: DecisionId,
        /// 批文号
        document_number: String,
    },
    /// It comes to nothing.
    Returned {
        /// Who says so, and why.
        waiver: Waiver,
    },
}

impl Aggregate for ReviewRound {
    const KIND: &'static str = "review_round";
    type Command = RoundCommand;
    type Event = RoundEvent;
    type Rejection = RoundRejection;

    fn decide(
        &self,
        command: RoundCommand,
        context: &Context,
    ) -> Result<Vec<RoundEvent>, RoundRejection> {
        use RoundCommand as C;
        if !context.node.is_hub() {
            return Err(RoundRejection::NotTheHub);
        }
        match command {
            C::Open(opening) => open::open(self, *opening, context),
            C::Approve => open::approve(self, context),
            C::Draw {
                pool,
                affiliates,
                withdrawn,
            } => draw::draw(self, &pool, &affiliates, &withdrawn),
            C::NoteCompleted {
                sheet,
                origin,
                opinion,
                at,
            } => seats::note_completed(self, sheet, origin, opinion, at),
            C::NoteConflict {
                sheet,
                origin,
                after_opening,
            } => seats::note_conflict(self, sheet, origin, after_opening),
            C::Replace { sheet, reason } => seats::replace(self, sheet, reason, context),
            C::Waive { what, reason } => seats::waive(self, what, reason, context),
            C::Close { withdrawn } => close::close(self, withdrawn, context),
            C::Propose {
                grants,
                budgets,
                withdrawn,
            } => propose::propose(self, &grants, budgets, withdrawn, context),
            C::Confirm { withdrawn } => propose::confirm(self, &withdrawn, context),
            C::Adopt {
                decision,
                document_number,
                document,
            } => propose::adopt(self, decision, document_number, &document),
            C::NoteReturned { decision } => propose::note_returned(self, decision),
            C::Return { reason } => propose::give_back(self, reason, context),
        }
    }

    fn evolve(&mut self, event: &RoundEvent) {
        *self = state::after(std::mem::take(self), event.clone());
    }

    fn publish(&self, _id: &str, event: &RoundEvent, _context: &Context) -> Vec<Message> {
        publish::round(self, event)
    }
}
