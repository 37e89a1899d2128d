//! An evaluation round on the hub: a batch of demands, experts drawn for each, sealed ballots, a
//! ranked list proposal. [Art. 9]

mod chase;
mod close;
mod compute;
mod draw;
mod evolve;
mod open;
mod propose;
mod rejection;
mod seats;
mod seeds;
mod state;
mod verdicts;
mod words;

#[cfg(test)]
mod tests;

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, Policy, Verdict};

pub use chase::{Chase, Reminder};
pub use close::Outstanding;
pub use open::Opening;
pub use propose::{Proposal, Proposing, Standing};
pub use rejection::RoundRejection;
pub use state::{
    Bench, EvaluationRound, Frozen, Gathering, Quota, ReturnedList, Seat, SeatState, Setup, Table,
    Waivable,
};
pub use words::{Drawing, Freezing, RoundCommand, RoundEvent};

use crate::publish;

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
            RoundCommand::NoteSeeds { origin, heard } => seeds::heard(self, origin, &heard),
            RoundCommand::Draw { pool, barred } => draw::freeze(self, &pool, &barred),
            RoundCommand::RecoverSeed { region, reason } => {
                seeds::recover(self, region, reason, context)
            }
            RoundCommand::WaiveSeed { region, reason } => {
                seeds::waive(self, region, reason, context)
            }
            command => self.judge(command, context),
        }
    }

    fn evolve(&mut self, event: &RoundEvent) {
        *self = evolve::after(std::mem::take(self), event.clone());
    }

    fn publish(&self, _id: &str, event: &RoundEvent, _context: &Context) -> Vec<Message> {
        publish::round(self, event)
    }

    fn alarms(&self) -> Vec<Alarm<RoundCommand>> {
        chase::alarms(self)
    }

    fn taken_under(&self) -> Option<&str> {
        self.setup().map(|setup| setup.policy.as_str())
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        verdicts::verdicts(self, policy)
    }
}

impl EvaluationRound {
    /// From the draw on.
    fn judge(
        &self,
        command: RoundCommand,
        context: &Context,
    ) -> Result<Vec<RoundEvent>, RoundRejection> {
        match command {
            RoundCommand::Answer {
                demand,
                origin,
                strikes,
            } => seats::answer(self, demand, origin, strikes, context),
            RoundCommand::NoteCast {
                ballot,
                origin,
                commitment,
                at,
            } => seats::note_cast(self, ballot, origin, commitment, at),
            RoundCommand::NoteConflict { ballot, origin } => {
                seats::note_conflict(self, ballot, origin, context)
            }
            RoundCommand::NoteBarred { ballot, origin } => {
                seats::note_barred(self, ballot, origin, context)
            }
            RoundCommand::Waive { what, reason } => seats::waive(self, what, reason, context),
            RoundCommand::Chase => chase::chase(self, context),
            RoundCommand::Close { withdrawn } => close::close(self, &withdrawn, context),
            RoundCommand::NoteReveal {
                ballot,
                origin,
                salt,
                content,
            } => close::note_reveal(self, ballot, origin, salt, &content),
            RoundCommand::Propose(proposing) => propose::propose(self, proposing, context),
            RoundCommand::ReturnList {
                decision,
                digest,
                reason,
            } => Ok(propose::list_returned(self, decision, digest, reason)),
            RoundCommand::Adopt { decision, digest } => propose::adopt(self, decision, digest),
            RoundCommand::Return { reason } => propose::give_back(self, reason, context),
            // What comes before the draw is decided there.
            _ => Ok(Vec::new()),
        }
    }
}
