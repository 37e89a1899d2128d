//! What is decided about money. Pure: no IO, no clock.

mod appropriation;
mod bank_return;
mod grant;
mod lines;
mod rejection;
pub mod rules;
#[cfg(test)]
mod tests;
pub mod together;

pub use appropriation::{
    Appropriation, AppropriationCommand, AppropriationEvent, Entry, Reservation,
    Stage as AppropriationStage,
};
pub use bank_return::{BankLine, BankReturn, BankReturnCommand, BankReturnEvent, Finding, Kept};
pub use grant::{
    Allocation, AllocationStage, Asked, Bank, Case, Condition, Contract, Grant, GrantCommand,
    GrantEvent, Mismatch, Payment, PaymentStage, TRANCHES_MAX, TechnicalContract, Terms, Tranche,
};
pub use lines::{Budget, InvalidLines, LINES_MAX, Line, Lines, Source};
pub use rejection::Rejection;
