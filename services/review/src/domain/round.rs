//! A review round on the hub: a batch of applications, experts drawn for each, sheets, a ranking,
//! an establishment proposal and what becomes of it. [Art. 15, 16]

mod close;
mod draw;
mod open;
mod propose;
mod refusal;
mod rejection;
mod seats;
mod seeds;
mod state;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use draws::{Heard, Named, Person, Waiver};
use journal::Aggregate;
use panel::{Draw, DrawInput, ExpertKey, Followed, Revealing};
use proto::message::Message;
use regulation::{
    ApplicationId, Context, Day, DecisionId, ExpertId, Money, PersonKey, Region, SheetId, Text,
    UnitId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use close::{Outstanding, Ranking, Standing};
pub use draw::{Conflicts, Ground};
pub use open::Opening;
pub use propose::{Grant, Proposal};
pub use rejection::RoundRejection;
pub use state::{Bench, Frozen, Gathering, Places, ReviewRound, Seat, SeatState, Setup, Waivable};

pub use table::Table;

use super::Opinion;
use crate::publish;

/// What is asked of a round.
#[derive(Debug, Clone)]
pub enum RoundCommand {
    /// Open it over a batch.
    Open(Box<Opening>),
    /// Approve that there is one more than in principle.
    Approve,
    /// A member commits to its seed, opens it, or opens its share of another one's.
    NoteSeeds {
        /// Who.
        origin: Region,
        /// What it says.
        heard: Heard,
    },
    /// Freeze the pool as it is now, and draw when all seeds are open.
    Draw(Box<Ground>),
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
    /// An expert's home says that a credit record bars the expert by now.
    NoteBarred {
        /// The sheet.
        sheet: SheetId,
        /// Who says so.
        origin: Region,
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
        /// Whom credit records bar by now, and until when.
        barred: BTreeMap<PersonKey, Day>,
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
    /// An application of the decided proposal has not been taken back.
    Tell {
        /// Which.
        application: ApplicationId,
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

/// A frozen pool, of which nobody knows yet who will be drawn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Freezing {
    /// The pool as the draw sees it.
    pub input: DrawInput,
    /// Who is who in it.
    pub people: BTreeMap<ExpertKey, Person>,
    /// Whose seeds are to be opened.
    pub seeds: draws::Opening,
    /// By application: whose people may not review it.
    pub barred: BTreeMap<ApplicationId, BTreeSet<UnitId>>,
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
        followed: Followed,
        /// Seats for which there is nobody left.
        vacant: u32,
    },
    /// A credit record bars the expert since the draw, and whoever could follow did.
    BarredNoted {
        /// The sheet.
        sheet: SheetId,
        /// The application's panel afterwards.
        followed: Followed,
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
    /// Everybody concerned was told what became of an application.
    Told {
        /// Which.
        application: ApplicationId,
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
            C::NoteSeeds { origin, heard } => seeds::heard(self, origin, &heard),
            C::Draw(ground) => draw::freeze(self, &ground),
            C::RecoverSeed { region, reason } => seeds::recover(self, region, reason, context),
            C::WaiveSeed { region, reason } => seeds::waive(self, region, reason, context),
            command => self.judge(command, context),
        }
    }

    fn evolve(&mut self, event: &RoundEvent) {
        *self = state::after(std::mem::take(self), event.clone());
    }

    fn publish(&self, _id: &str, event: &RoundEvent, _context: &Context) -> Vec<Message> {
        publish::round(self, event)
    }
}

impl ReviewRound {
    /// From the draw on.
    fn judge(
        &self,
        command: RoundCommand,
        context: &Context,
    ) -> Result<Vec<RoundEvent>, RoundRejection> {
        use RoundCommand as C;
        match command {
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
            C::NoteBarred { sheet, origin } => seats::note_barred(self, sheet, origin),
            C::Replace { sheet, reason } => seats::replace(self, sheet, reason, context),
            C::Waive { what, reason } => seats::waive(self, what, reason, context),
            C::Close { withdrawn } => close::close(self, withdrawn, context),
            C::Propose {
                grants,
                budgets,
                withdrawn,
                barred,
            } => propose::propose(self, &grants, budgets, withdrawn, &barred, context),
            C::Confirm { withdrawn } => propose::confirm(self, &withdrawn, context),
            C::Adopt {
                decision,
                document_number,
                document,
            } => propose::adopt(self, decision, document_number, &document),
            C::Tell { application } => propose::tell(self, application),
            C::NoteReturned { decision } => propose::note_returned(self, decision),
            C::Return { reason } => propose::give_back(self, reason, context),
            // What comes before the draw is decided there.
            _ => Ok(Vec::new()),
        }
    }
}
