//! What can be asked of a demand, and what can happen to it.

use regulation::{BlindId, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Content, DurationDeparture, Standing};

/// What can be asked of a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write it, or write it anew.
    Write(Box<Content>),
    /// Hand it in.
    Submit(Box<Standing>),
    /// Give it back.
    Return(Text),
    /// Accept it, for the first round or for another one.
    Accept,
    /// Take it back.
    Withdraw(Option<Text>),
    /// The evaluation's outcome.
    Judge {
        /// Whether it is on the list.
        listed: bool,
        /// What the experts said.
        comments: Vec<String>,
    },
    /// The hub has published it.
    Publish {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
}

/// What happened to a demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was begun.
    Drafted {
        /// Whose it is.
        demander: UnitId,
        /// What it says.
        content: Box<Content>,
        /// The policy version.
        policy: String,
    },
    /// Its content was replaced.
    Rewritten(Box<Content>),
    /// It was handed in.
    Submitted {
        /// The demander's affiliates as of now.
        affiliates: Vec<UnitId>,
        /// The wish to depart from the usual months.
        duration_departure: Option<DurationDeparture>,
    },
    /// It was given back.
    Returned(Text),
    /// It was accepted.
    Accepted {
        /// By whom; who accepts also approves the departure, if there is one.
        by: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// It is not on the list.
    NotShortlisted(Vec<String>),
    /// It is published.
    Published {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
    /// It was taken back.
    Withdrawn(Option<Text>),
}
