//! What can be asked of a posting, and what can have happened to it.

use std::collections::BTreeSet;

use regulation::{Day, DemandId, Region, SolutionId, TaskId, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Owner, Received, disclosure, meetings, questions, reserve::Match};
use crate::{
    domain::{Bars, FeedbackId, Listing},
    dossier::Dossier,
    record::Task,
};

/// A revision of a task, as intake proposes it: where selections are made it is put in order with
/// them. [Art. 12]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The demand.
    pub demand: DemandId,
    /// Counts the demand's proposals.
    pub number: u32,
    /// The task as it is to be.
    pub task: Task,
    /// The selected solvers whose word on it is recorded.
    pub agreed: BTreeSet<SolutionId>,
}

/// Why the demander disposes of a solution: its solver reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Why.
    pub text: Text,
    /// By what the demander could be recognised.
    pub names: Vec<String>,
}

/// What can be asked of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Intake says who the demander is.
    RecordOwner(Box<Owner>),
    /// The hub has published it.
    List(Listing),
    /// Intake says that it was withdrawn.
    Close,
    /// Intake proposes a revision of a task.
    ReviseTask(Box<Revision>),
    /// The hub feeds solutions back.
    Receive {
        /// The feedback.
        feedback: FeedbackId,
        /// Up to when.
        cut_off: OffsetDateTime,
        /// The solutions with the nodes they come from.
        solutions: Vec<(Dossier, Region)>,
    },
    /// A solver took its solution back.
    WithdrawSolution(SolutionId),
    /// A solver takes its intent back.
    TakeBack {
        /// For which solution.
        solution: SolutionId,
        /// The node that says so.
        region: Region,
        /// Why.
        reason: Text,
    },
    /// A solver gave its word.
    Agree {
        /// For which solution.
        solution: SolutionId,
        /// For which tasks.
        tasks: BTreeSet<TaskId>,
        /// The node that says so.
        region: Region,
        /// When that node signed it.
        signed_at: OffsetDateTime,
    },
    /// Read a solution, whose seal its home had told by then, if it has.
    OpenSolution(SolutionId, Option<OffsetDateTime>),
    /// Consider it.
    Shortlist(SolutionId, Reason),
    /// Do not take it.
    Decline(SolutionId, Reason),
    /// Select it for a task.
    Select {
        /// The task.
        task: TaskId,
        /// The solution.
        solution: SolutionId,
        /// Why.
        reason: Reason,
        /// The last day for the solver's word; none: as many days as between two feedbacks.
        answer_until: Option<Day>,
        /// The last day of the intent; none: without end.
        valid_until: Option<Day>,
        /// Who of the solution's team is barred now.
        bars: Bars,
    },
    /// End its selections and intents.
    Lapse(SolutionId, Reason),
    /// End the selections and intents whose last day is over.
    LapseOverdue,
    /// Tell the affiliates' declines that are due.
    DeclineAffiliates,
    /// Propose it for the pool.
    ProposeReserve {
        /// What is added.
        supplement: Text,
        /// Why it should be in the pool although no task is matched.
        situation: Option<Text>,
    },
    /// Audit the proposal or the upgrade; give it back with this reason.
    AuditReserve {
        /// Why it is given back; none to approve.
        returned: Option<Text>,
    },
    /// Of its questions and answers.
    Question(questions::Command),
    /// Of its roadshows and one-to-ones.
    Meeting(meetings::Command),
    /// Of who learns the demander.
    Disclosure(disclosure::Command),
}

/// What happened to a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The demander is known, or known better.
    OwnerRecorded(Box<Owner>),
    /// It is published.
    Listed(Listing),
    /// It was withdrawn.
    Closed,
    /// A task was revised.
    TaskRevised(Box<Task>),
    /// A proposed revision was judged.
    RevisionAnswered {
        /// Of which demand.
        demand: DemandId,
        /// Which proposal.
        number: u32,
        /// Why it was not taken.
        refused: Option<String>,
    },
    /// Solutions were fed back.
    Received(Vec<Received>),
    /// The demander read one.
    SolutionOpened(SolutionId),
    /// The demander considers one.
    Shortlisted {
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// The demander does not take one.
    Declined {
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// The declines of affiliates' solutions were told.
    AffiliatesDeclined(BTreeSet<SolutionId>),
    /// A solution is selected.
    Selected {
        /// For which task.
        task: TaskId,
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
        /// The last day for the solver's word.
        answer_until: Day,
        /// The last day of the intent.
        valid_until: Option<Day>,
        /// On which day.
        #[serde(default)]
        on: Option<Day>,
    },
    /// The solver gave its word too.
    Agreed {
        /// Which.
        solution: SolutionId,
        /// For which tasks.
        tasks: BTreeSet<TaskId>,
    },
    /// A solution's selections and intents came to an end.
    Lapsed {
        /// Which.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// One selection or intent came to an end with its last day.
    Expired {
        /// For which task.
        task: TaskId,
        /// Which solution.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// A selection's last day is over, but its solver's node was not heard past it.
    ExpiryWaits {
        /// For which task.
        task: TaskId,
        /// Which solution.
        solution: SolutionId,
        /// When to look again.
        #[serde(with = "time::serde::rfc3339")]
        again: OffsetDateTime,
    },
    /// The solver took one back.
    SolutionWithdrawn(SolutionId),
    /// The solver took its intent back.
    IntentTakenBack {
        /// Which solution.
        solution: SolutionId,
        /// Why.
        reason: Text,
    },
    /// It was proposed for the pool.
    ReserveProposed {
        /// What was added.
        supplement: Text,
        /// Why it should be in the pool although no task is matched.
        situation: Option<Text>,
        /// By whom.
        by: String,
    },
    /// The proposal was given back.
    ReserveReturned(Text),
    /// The department audited these matches.
    ReserveAudited {
        /// All matches at that time.
        audited: BTreeSet<Match>,
        /// By whom.
        by: String,
    },
    /// Audited matches came to an end.
    PoolReduced {
        /// What is left.
        left: BTreeSet<Match>,
        /// Whether it stays in the pool.
        stays: bool,
    },
    /// Of its questions and answers.
    Question(questions::Event),
    /// Of its roadshows and one-to-ones.
    Meeting(meetings::Event),
    /// Of who learns the demander.
    Disclosure(disclosure::Event),
}
