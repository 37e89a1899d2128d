//! 银行回单: each line that the bank returned, kept whatever it says.

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Day, Money, PaymentId, ProjectId, Title};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Bank, Mismatch, Rejection};

/// A line of the bank, known by its reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankReturn(pub Option<Kept>);

/// A line that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What the bank wrote.
    pub line: BankLine,
    /// Who recorded it, by account.
    pub recorded_by: String,
    /// What it is about.
    pub finding: Finding,
}

/// What the bank wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankLine {
    /// The bank's own number 流水号.
    pub reference: Title,
    /// The payment that it quotes, whatever it wrote.
    pub quoted: Option<Title>,
    /// How much.
    pub amount: Money,
    /// When it was booked.
    pub booked_on: Day,
    /// Whether the payee got it, or the bank gave it back 退汇.
    pub paid: bool,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// Nobody has compared it yet.
    Uncompared,
    /// It matches nothing.
    Unmatched(Mismatch),
    /// It is about this payment.
    Matched {
        /// Whose.
        project: ProjectId,
        /// Which.
        payment: PaymentId,
    },
}

/// What can be asked of a line.
#[derive(Debug, Clone)]
pub enum BankReturnCommand {
    /// Keep it; the same again changes nothing.
    Record(BankLine),
    /// It matches nothing now.
    Leave(Mismatch),
    /// It is about this payment; goes together with a `Return` to the payment's grant.
    Match {
        /// Whose.
        project: ProjectId,
        /// Which.
        payment: PaymentId,
    },
}

/// What can have happened to a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BankReturnEvent {
    /// It was kept.
    Recorded {
        /// What the bank wrote.
        line: BankLine,
        /// By account.
        by: String,
    },
    /// It matches nothing.
    Left(Mismatch),
    /// It is about this payment.
    Matched {
        /// Whose.
        project: ProjectId,
        /// Which.
        payment: PaymentId,
    },
}

/// Names the lines of the bank by their references.
const REFERENCES: Uuid = Uuid::from_u128(0x6a69_6562_616e_675f_6261_6e6b_5f72_6566);

impl BankReturn {
    /// The id of the line with this reference: the same again is the same line.
    pub fn id(reference: &Title) -> Uuid {
        Uuid::new_v5(&REFERENCES, reference.as_str().as_bytes())
    }
}

impl BankLine {
    /// The payment that it quotes, if that is a payment's number at all.
    pub fn payment(&self) -> Option<PaymentId> {
        self.quoted.as_ref()?.as_str().parse().ok()
    }

    /// What it says of a payment.
    pub fn of(&self, payment: PaymentId) -> Bank {
        Bank {
            payment,
            reference: self.reference.clone(),
            amount: self.amount,
            booked_on: self.booked_on,
            paid: self.paid,
        }
    }
}

impl Aggregate for BankReturn {
    const KIND: &'static str = "bank_return";
    type Command = BankReturnCommand;
    type Event = BankReturnEvent;
    type Rejection = Rejection;

    fn decide(
        &self,
        command: BankReturnCommand,
        context: &Context,
    ) -> Result<Vec<BankReturnEvent>, Rejection> {
        let Some(kept) = &self.0 else {
            return match command {
                BankReturnCommand::Record(line) => Ok(vec![BankReturnEvent::Recorded {
                    line,
                    by: context.actor.person.clone(),
                }]),
                _ => Err(Rejection::Unknown("银行回单")),
            };
        };
        match (command, kept.finding) {
            (BankReturnCommand::Record(line), _) if line == kept.line => Ok(Vec::new()),
            (BankReturnCommand::Record(_), _) => Err(Rejection::ReferenceTaken),
            // What is matched stays matched.
            (BankReturnCommand::Leave(_), Finding::Matched { .. }) => Ok(Vec::new()),
            (BankReturnCommand::Leave(why), Finding::Unmatched(before)) if why == before => {
                Ok(Vec::new())
            }
            (BankReturnCommand::Leave(why), _) => Ok(vec![BankReturnEvent::Left(why)]),
            (
                BankReturnCommand::Match { payment, .. },
                Finding::Matched {
                    payment: before, ..
                },
            ) => {
                if payment == before {
                    Ok(Vec::new())
                } else {
                    Err(Rejection::ReferenceTaken)
                }
            }
            (BankReturnCommand::Match { project, payment }, _) => {
                Ok(vec![BankReturnEvent::Matched { project, payment }])
            }
        }
    }

    fn evolve(&mut self, event: &BankReturnEvent) {
        let finding = match event {
            BankReturnEvent::Recorded { line, by } => {
                self.0 = Some(Kept {
                    line: line.clone(),
                    recorded_by: by.clone(),
                    finding: Finding::Uncompared,
                });
                return;
            }
            BankReturnEvent::Left(why) => Finding::Unmatched(*why),
            BankReturnEvent::Matched { project, payment } => Finding::Matched {
                project: *project,
                payment: *payment,
            },
        };
        if let Some(kept) = &mut self.0 {
            kept.finding = finding;
        }
    }

    fn publish(&self, _id: &str, _event: &BankReturnEvent, _context: &Context) -> Vec<Message> {
        // What comes of it is the payment's to tell.
        Vec::new()
    }
}
