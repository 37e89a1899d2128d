//! The demand and its rules. Pure.

pub mod attachment;
mod content;
mod decide;
pub(crate) mod demand;
pub mod leak;
mod rejection;
mod revise;
pub mod rules;
pub mod similar;
mod withdraw;
mod words;

pub use attachment::Attachment;
pub use content::{Content, Programme, Standing};
pub use demand::{Case, Demand, Stage, Withdrawal};
pub use rejection::Rejection;
pub use similar::{Earlier, Similar};
pub use words::{Command, Event, Judgement, Revise, Revision, Submission};
