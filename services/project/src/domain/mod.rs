//! The project, its contract and their rules. Pure.

mod contract;
mod decide;
mod established;
mod party;
mod project;
mod rejection;
pub mod rules;
mod verdicts;
mod words;

pub use contract::{Contract, Document, Terms};
pub use established::{
    BudgetLine, Established, InvalidEstablished, TechnicalContract, Unit, UnitRole,
};
pub use party::{InvalidParty, Party, Signature};
pub use project::{Active, Case, Contracting, Project, Stage};
pub use rejection::Rejection;
pub use words::{Command, Event, Returned, Why, Word};
