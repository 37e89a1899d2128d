//! Units and experts and their rules. Pure.

mod division;
pub mod expert;
mod person;
mod rejection;
pub mod rules;
pub mod unit;

pub use division::{Division, InvalidDivision};
pub use expert::Expert;
pub use person::{IdentityNumber, InvalidIdentityNumber};
pub use rejection::Rejection;
pub use unit::Unit;
