//! The demand and its rules. Pure.

pub mod attachment;
mod content;
mod decide;
pub(crate) mod demand;
pub mod figure;
pub mod leak;
pub mod pixels;
mod rejection;
mod revise;
pub mod rules;
pub mod shown;
pub mod similar;
mod withdraw;
mod words;

pub use attachment::Attachment;
pub use content::{Content, Programme, Standing};
pub use demand::{Case, Demand, Stage, Withdrawal};
pub use figure::{Acceptance, Figure, Picture};
pub use rejection::Rejection;
pub use shown::{ShowFigure, ShownFigure};
pub use similar::{Earlier, Similar};
pub use words::{
    Answer, Command, Event, HandedIn, Judgement, Proposal, Refused, Revise, Revision, Submission,
};
