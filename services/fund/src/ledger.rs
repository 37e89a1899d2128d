//! The double-entry ledger as facts turn into it: every posting moves amounts from one account to
//! another, so it is balanced by its form; a mistake is undone by a posting of its own. Pure.
//!
//! What a budget gives is taken from `granted` (which therefore stands on the credit side) into
//! `available`, from there to a project's `allocated`, with the bank to `in_transit`, and when the
//! bank says so to `paid`. The balance of an account is debits less credits.

use regulation::{AppropriationId, Field, Money, ProjectId};
use uuid::Uuid;

use crate::domain::{AppropriationEvent, Budget, Case, Entry, GrantEvent, Line, Lines, Payment};

/// Names the postings by what they are about, so that none can be written twice.
const POSTINGS: Uuid = Uuid::from_u128(0x6a69_6562_616e_675f_6c65_6467_6572_0001);

/// Where an amount stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// What budgets have given.
    Granted,
    /// What can still be allocated.
    Available,
    /// What a project gets and is not with the bank.
    Allocated,
    /// What is with the bank.
    InTransit,
    /// What the payee has.
    Paid,
}

impl Account {
    /// Its name in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Available => "available",
            Self::Allocated => "allocated",
            Self::InTransit => "in_transit",
            Self::Paid => "paid",
        }
    }

    /// Whether what stands there belongs to a project.
    pub fn is_of_project(self) -> bool {
        !matches!(self, Self::Granted | Self::Available)
    }
}

/// Which project an amount is for; accounts of budgets have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct For {
    /// The project.
    pub project: ProjectId,
    /// Its field.
    pub field: Field,
}

/// An amount moved from one account to another: one debit and one credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where it comes from; credited.
    pub from: Account,
    /// Where it goes; debited.
    pub to: Account,
    /// Out of which appropriation.
    pub appropriation: AppropriationId,
    /// Which budget that belongs to.
    pub budget: Budget,
    /// How much; more than nothing.
    pub amount: Money,
}

/// What is written at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Derived from what it is about.
    pub id: Uuid,
    /// What it is about, for readers, such as `payment-sent`.
    pub name: &'static str,
    /// The posting that this one undoes.
    pub reverses: Option<Uuid>,
    /// For which project, if for one.
    pub project: Option<For>,
    /// At least one.
    pub moves: Vec<Move>,
}

/// Whose side an entry is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Debit 借
    Debit,
    /// Credit 贷
    Credit,
}

impl Posting {
    /// Its entries: of each move the debit, then the credit.
    pub fn entries(&self) -> impl Iterator<Item = (Account, Side, &Move)> {
        self.moves.iter().flat_map(|moved| {
            [
                (moved.to, Side::Debit, moved),
                (moved.from, Side::Credit, moved),
            ]
        })
    }
}

fn id(name: &str, of: impl std::fmt::Display) -> Uuid {
    Uuid::new_v5(&POSTINGS, format!("{name}/{of}").as_bytes())
}

/// What the ledger says of an appropriation's event; `entry` is the state after it.
pub fn appropriation(
    id_text: AppropriationId,
    entry: &Entry,
    event: &AppropriationEvent,
) -> Option<Posting> {
    match event {
        AppropriationEvent::Confirmed { .. } => Some(Posting {
            id: id("appropriation-confirmed", id_text),
            name: "appropriation-confirmed",
            reverses: None,
            project: None,
            moves: vec![Move {
                from: Account::Granted,
                to: Account::Available,
                appropriation: id_text,
                budget: entry.budget,
                amount: entry.amount,
            }],
        }),
        // A reservation is posted with the allocation that takes it.
        AppropriationEvent::Recorded { .. }
        | AppropriationEvent::Rejected { .. }
        | AppropriationEvent::Reserved { .. } => None,
    }
}

/// What the ledger says of a grant's event; `case` is the state after it.
pub fn grant(case: &Case, event: &GrantEvent) -> Option<Posting> {
    let of = |name, id, reverses, lines: &Lines, from, to| Posting {
        id,
        name,
        reverses,
        project: Some(For {
            project: case.contract.project,
            field: case.contract.field.clone(),
        }),
        moves: lines.iter().map(|line| moved(line, from, to)).collect(),
    };
    let payment = |id| case.payments.get(id);
    match event {
        GrantEvent::AllocationApproved { allocation, .. } => {
            let lines = &case.allocations.get(allocation)?.lines;
            let name = "allocation-approved";
            let (from, to) = (Account::Available, Account::Allocated);
            Some(of(name, id(name, allocation), None, lines, from, to))
        }
        GrantEvent::PaymentSent { payment: key, .. } => {
            let Payment { lines, .. } = payment(key)?;
            let (from, to) = (Account::Allocated, Account::InTransit);
            Some(of(SENT, id(SENT, key), None, lines, from, to))
        }
        GrantEvent::PaymentConfirmed { bank, .. } => {
            let Payment { lines, .. } = payment(&bank.payment)?;
            let name = "payment-confirmed";
            let (from, to) = (Account::InTransit, Account::Paid);
            Some(of(name, id(name, bank.payment), None, lines, from, to))
        }
        GrantEvent::PaymentFailed { bank } => {
            let Payment { lines, .. } = payment(&bank.payment)?;
            let name = "payment-failed";
            let reverses = Some(id(SENT, bank.payment));
            let (from, to) = (Account::InTransit, Account::Allocated);
            Some(of(name, id(name, bank.payment), reverses, lines, from, to))
        }
        GrantEvent::Signed(_)
        | GrantEvent::AllocationPrepared { .. }
        | GrantEvent::AllocationRejected { .. }
        | GrantEvent::PaymentPrepared { .. }
        | GrantEvent::PaymentRejected { .. } => None,
    }
}

const SENT: &str = "payment-sent";

fn moved((appropriation, line): (AppropriationId, Line), from: Account, to: Account) -> Move {
    Move {
        from,
        to,
        appropriation,
        budget: line.budget,
        amount: line.amount,
    }
}
