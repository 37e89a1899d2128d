//! Units, people and experts, and their rules. Pure.

mod division;
pub mod expert;
pub mod people;
mod person;
mod rejection;
pub mod rules;
pub mod unit;

pub use division::{Division, InvalidDivision};
pub use expert::Expert;
pub use people::Person;
pub use person::{IdentityNumber, InvalidIdentityNumber};
pub use rejection::Rejection;
pub use unit::Unit;
