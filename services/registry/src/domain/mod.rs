//! Units, people and experts, and their rules. Pure.

pub mod administration;
pub mod capability;
pub mod credit;
mod division;
pub mod expert;
pub mod expert_home;
pub mod item;
pub mod people;
mod person;
mod rejection;
pub mod rules;
pub mod transfer;
pub mod unit;

pub use administration::Administration;
pub use capability::Capability;
pub use credit::{CreditNotice, CreditRecord};
pub use division::{Division, InvalidDivision};
pub use expert::Expert;
pub use expert_home::ExpertHome;
pub use people::Person;
pub use person::{IdentityNumber, InvalidIdentityNumber};
pub use rejection::Rejection;
pub use transfer::Transfer;
pub use unit::Unit;
