//! What can come of a command besides its result.

use std::collections::BTreeMap;

use regulation::{Refusal, RequestId};

use crate::Undecided;

/// Why the journal did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The answer is no. Repeating changes nothing until the state or the rule does.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The caller used this request id before, for something else.
    #[error("the request id {0} was used before for something else")]
    RequestReused(RequestId),
    /// Others kept changing the same aggregate. Nothing was written; repeating is right.
    #[error("{kind} {id} kept changing while this was tried")]
    Busy {
        /// Kind of the aggregate.
        kind: &'static str,
        /// Id of the aggregate.
        id: String,
    },
    /// What is stored cannot be read as what it says it is: a defect or a manipulation.
    #[error("the stored {kind} {id} is unreadable: {reason}")]
    Unreadable {
        /// Kind of the aggregate.
        kind: String,
        /// Id of the aggregate.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something is stored of a kind that this service did not register.
    #[error("no aggregate of kind {0:?} is registered")]
    UnknownKind(String),
    /// The database failed or could not be reached. Nothing was written, or, where the connection
    /// broke in the commit, all of it was: a request id makes repeating safe.
    #[error(transparent)]
    Database(sqlx::Error),
}

impl JournalError {
    pub(crate) fn unreadable(kind: &str, id: &str, reason: impl ToString) -> Self {
        Self::Unreadable {
            kind: kind.into(),
            id: id.into(),
            reason: reason.to_string(),
        }
    }
}

impl From<sqlx::Error> for JournalError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Undecided> for JournalError {
    fn from(undecided: Undecided) -> Self {
        match undecided {
            Undecided::Refused(refusal) => Self::Refused(refusal),
            Undecided::Unreadable { kind, id, source } => Self::unreadable(kind, &id, source),
        }
    }
}

/// Which refusal stands behind which constraint of a projection's table.
pub(crate) type Constraints = BTreeMap<&'static str, fn() -> Refusal>;

/// How one attempt ended that did not succeed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Somebody else was first: try again on the fresh state.
    Conflict,
    /// Trying again would not help.
    Final(JournalError),
}

impl<E: Into<JournalError>> From<E> for Fault {
    fn from(error: E) -> Self {
        match error.into() {
            JournalError::Database(error) if is_conflict(&error) => Self::Conflict,
            error => Self::Final(error),
        }
    }
}

impl Fault {
    /// The refusal in place of the constraint that a projection ran into.
    pub(crate) fn explained(self, constraints: &Constraints) -> Self {
        let Self::Final(JournalError::Database(error)) = &self else {
            return self;
        };
        let constraint = error.as_database_error().and_then(|e| e.constraint());
        match constraint.and_then(|name| constraints.get(name)) {
            Some(refusal) => Self::Final(JournalError::Refused(Box::new(refusal()))),
            None => self,
        }
    }
}

/// Lost races show as the unique keys of the journal, a serialization failure or a deadlock.
fn is_conflict(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    matches!(error.code().as_deref(), Some("40001" | "40P01"))
        || matches!(
            error.constraint(),
            Some("journal_fact_version" | "journal_request_pkey")
        )
}
