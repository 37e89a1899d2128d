//! What can be asked of a demand, and what can happen to it.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use regulation::{BlindId, Departure, EvaluationRoundId, SolutionId, Template, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Acceptance, Attachment, Content, Picture, Similar, Standing};
use crate::record::Task;

/// What can be asked of a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write it, or write it anew.
    Write(Box<Content>),
    /// Hand it in.
    Submit(Box<Submission>),
    /// Give it back.
    Return(Text),
    /// Let it depart from the rule with this code.
    ApproveDeparture(String),
    /// Accept it, with the pictures that were confirmed.
    Accept(Box<Acceptance>),
    /// Take it back; after publication: ask for that, or let it happen.
    Withdraw(Option<Text>),
    /// Do not let it be withdrawn.
    DeclineWithdrawal(Text),
    /// End it without publication.
    Close(Text),
    /// Add a file.
    Attach(Box<Attachment>),
    /// Take a file off.
    Detach(Digest),
    /// Revise one task.
    Revise(Box<Revise>),
    /// What the posting says of a revision.
    AnswerRevision(Answer),
    /// The evaluation's outcome.
    Judge(Judgement),
    /// The hub has published it.
    Publish {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
}

/// What is known when a demand is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// What registry says of the unit.
    pub standing: Standing,
    /// Earlier demands that are nearly the same.
    pub similar: Vec<Similar>,
}

/// One task as it is to be, with what is known of it when it is revised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revise {
    /// The task as it is to be; its own count of revisions does not matter.
    pub task: Task,
    /// Why.
    pub reason: Text,
    /// The attachments in which solvers agree, by their solutions.
    pub words: BTreeMap<SolutionId, Digest>,
    /// The solutions that are selected for the task, as matching says; none while there is no
    /// posting.
    pub selected: Option<BTreeSet<SolutionId>>,
    /// What the demander could be recognised by, as registry says.
    pub names: Vec<String>,
}

/// What became of a demand in one evaluation round, or before its department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The round; none where its department did not recommend it for one. [Art. 6, 9]
    pub round: Option<EvaluationRoundId>,
    /// Whether it is on the list.
    pub listed: bool,
    /// Its place, from 1.
    pub place: u32,
    /// What the experts said.
    pub comments: Vec<String>,
}

/// A revision that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The task as it is now.
    pub task: Task,
    /// Why.
    pub reason: Text,
    /// The attachments in which its selected solvers agreed.
    pub words: BTreeMap<SolutionId, Digest>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A revision that the posting has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Counts what was proposed of the demand, from 1.
    pub number: usize,
    /// What it is to be.
    pub revision: Revision,
}

/// The posting's word on a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which one.
    pub number: usize,
    /// Why it is not taken; none: it is.
    pub refused_because: Option<Text>,
}

/// A revision that the posting did not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What was wanted.
    pub revision: Revision,
    /// Why it was not taken.
    pub because: Text,
}

/// How a demand was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedIn {
    /// The account that did, and declared that nothing in it is classified.
    pub by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The policy version that it is judged by, and taken under.
    pub policy: String,
    /// What that version shows of demands of its field.
    pub template: Template,
    /// The demander's affiliates as of now.
    pub affiliates: Vec<UnitId>,
    /// The wishes to depart from what holds in principle.
    pub departures: Vec<Departure>,
    /// Earlier demands that are nearly the same.
    pub similar: Vec<Similar>,
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
    /// A file was added.
    Attached(Box<Attachment>),
    /// A file was taken off.
    Detached(Digest),
    /// It was handed in.
    Submitted(Box<HandedIn>),
    /// It may depart from a rule.
    DepartureApproved {
        /// Code of the rule.
        rule: String,
        /// The director.
        by: String,
    },
    /// It was given back.
    Returned(Text),
    /// It was accepted.
    Accepted {
        /// By whom.
        by: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// One of its pictures was told, with the acceptance.
    FigureTold {
        /// Its name.
        digest: Digest,
        /// The picture.
        picture: Box<Picture>,
    },
    /// A round judged it.
    Judged(Judgement),
    /// It is published.
    Published {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
    /// A task is to be revised; the posting has to answer.
    RevisionProposed(Box<Proposal>),
    /// The posting took the revision.
    TaskRevised,
    /// The posting did not take the revision, and why.
    RevisionRefused(Text),
    /// After publication, somebody asks to take it back.
    WithdrawalAsked {
        /// Why.
        reason: Text,
        /// Who.
        by: String,
    },
    /// It is not to be taken back, and why.
    WithdrawalDeclined(Text),
    /// It was taken back.
    Withdrawn(Option<Text>),
    /// It ended without publication, and why.
    Closed(Text),
}
