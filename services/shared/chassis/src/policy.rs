//! Which policy has force: files chosen by date, in force only by a joint decision. [Art. 22]

use std::{path::Path, sync::Arc};

use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    message::Incoming,
};
use regulation::{Day, Field, Policy, PolicyBook};
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use tokio::sync::RwLock;
use tracing::warn;

/// The node's policy versions, kept up to date with the joint decisions that this service heard.
#[derive(Clone)]
pub struct Policies(Arc<RwLock<PolicyBook>>);

/// The policy folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file can't be read.
    #[error("cannot read the policy folder")]
    Unreadable(#[from] std::io::Error),
    /// A file is not a policy.
    #[error("{0} is not a policy: {1}")]
    Invalid(String, String),
    /// What was decided before can't be read back.
    #[error("cannot read which policies are in force")]
    Database(#[from] sqlx::Error),
}

impl Policies {
    /// Reads every `*.toml` of the folder, and from the database which of them have force.
    ///
    /// # Errors
    /// When a file is not a policy, or the database fails.
    pub async fn load(directory: &Path, pool: Option<&PgPool>) -> Result<Self, PolicyError> {
        let mut versions = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let policy = Policy::parse(&std::fs::read_to_string(&path)?)
                    .map_err(|e| PolicyError::Invalid(path.display().to_string(), e.to_string()))?;
                versions.push(policy);
            }
        }
        let mut book = PolicyBook::new(versions).map_err(|error| {
            PolicyError::Invalid(directory.display().to_string(), error.to_string())
        })?;
        if let Some(pool) = pool {
            let enacted = sqlx::query!("select digest, decided_at from chassis_policy")
                .fetch_all(pool)
                .await?;
            for row in enacted {
                enact(&mut book, &row.digest, row.decided_at);
            }
        }
        Ok(Self(Arc::new(RwLock::new(book))))
    }

    /// The versions of a book.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn of(book: PolicyBook) -> Self {
        Self(Arc::new(RwLock::new(book)))
    }

    /// The policy in force on the day of `now`.
    pub async fn at(&self, now: OffsetDateTime) -> Option<Arc<Policy>> {
        self.0.read().await.on(Day::of(now))
    }

    /// The version a case was taken under.
    pub async fn by_version(&self, version: &str) -> Option<Arc<Policy>> {
        self.0.read().await.by_version(version)
    }

    /// Names of the versions that have force: the genesis and those decided.
    pub async fn in_force(&self) -> Vec<String> {
        let book = self.0.read().await;
        let named = book.versions().iter().enumerate();
        named
            .filter(|(index, policy)| *index == 0 || book.decided_at(policy).is_some())
            .map(|(_, policy)| policy.version.clone())
            .collect()
    }

    /// Every field that a version names, in the order in which they came in. [Art. 4]
    pub async fn fields(&self) -> Vec<Field> {
        let book = self.0.read().await;
        let mut fields: Vec<Field> = Vec::new();
        for field in book.versions().iter().flat_map(|policy| &policy.fields) {
            if !fields.contains(field) {
                fields.push(field.clone());
            }
        }
        fields
    }

    /// After the commit of [`record`]: the decision has force in this process too.
    pub(crate) async fn learn(&self, decision: &DecisionInForce) {
        if let Some(at) = decided_at(decision) {
            enact(&mut *self.0.write().await, &decision.digest, at);
        }
    }
}

fn enact(book: &mut PolicyBook, digest: &str, at: OffsetDateTime) {
    // Decided, but its file has not been put here yet: shown, and in force after the next start.
    if let Err(error) = book.enact(digest, at) {
        warn!(%error, "a policy is in force that this node does not hold");
    }
}

fn decided_at(decision: &DecisionInForce) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(
        &decision.in_force_at,
        &time::format_description::well_known::Rfc3339,
    )
    .ok()
}

/// The decision, if the message is one that puts a policy version into force. Only the hub's word
/// counts: joint decisions live there.
pub(crate) fn decision(message: &Incoming) -> Option<DecisionInForce> {
    if !message.is::<DecisionInForce>() || !message.origin.is_hub() {
        return None;
    }
    let decision: DecisionInForce = message.read().ok()?;
    (decision.kind() == DecisionKind::Policy).then_some(decision)
}

/// Remembers, in the transaction that applies the message, that the policy has force.
pub(crate) async fn record(
    db: &mut PgConnection,
    decision: &DecisionInForce,
) -> Result<(), sqlx::Error> {
    if let Some(at) = decided_at(decision) {
        sqlx::query!(
            "insert into chassis_policy (digest, decided_at) values ($1, $2)
             on conflict (digest) do nothing",
            decision.digest,
            at,
        )
        .execute(db)
        .await?;
    }
    Ok(())
}
