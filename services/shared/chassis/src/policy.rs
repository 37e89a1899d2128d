//! Which policy has force: files chosen by date, in force only by a joint decision. [Art. 22]

use std::{path::Path, sync::Arc};

use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    message::Incoming,
};
use regulation::{Day, Field, InvalidRegionalRules, Policy, PolicyBook, Region, RegionalRules};
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use tokio::sync::RwLock;
use tracing::warn;

/// The node's policy versions, with its region's own stricter rules in them, kept up to date with
/// the joint decisions that this service heard.
#[derive(Clone)]
pub struct Policies {
    book: Arc<RwLock<PolicyBook>>,
    regional: Arc<[RegionalRules]>,
}

/// Folder of the regions' own rules, in the policy folder: a file a region and version.
const REGIONAL: &str = "regional";

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
    /// Reads every `*.toml` of the folder and what the region tightens in them, and from the
    /// database which of them have force.
    ///
    /// # Errors
    /// When a file is not a policy, a rule of the region is looser than the policy, or the
    /// database fails.
    pub async fn load(
        directory: &Path,
        region: Region,
        pool: Option<&PgPool>,
    ) -> Result<Self, PolicyError> {
        let mut regional = files(&directory.join(REGIONAL), RegionalRules::parse)?;
        regional.retain(|rules| rules.region == region);
        let versions = files(directory, Policy::parse)?
            .into_iter()
            .map(|policy| tightened(policy, &regional))
            .collect::<Result<_, _>>()
            .map_err(|error| {
                let place = directory.join(REGIONAL).display().to_string();
                PolicyError::Invalid(place, error.to_string())
            })?;
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
        Ok(Self {
            book: Arc::new(RwLock::new(book)),
            regional: regional.into(),
        })
    }

    /// The versions of a book.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn of(book: PolicyBook) -> Self {
        Self {
            book: Arc::new(RwLock::new(book)),
            regional: Arc::default(),
        }
    }

    /// A version that is not decided yet as it would be here: with the region's own rules for it.
    ///
    /// # Errors
    /// When a rule of the region is looser than it.
    pub(crate) fn as_here(&self, policy: Policy) -> Result<Policy, InvalidRegionalRules> {
        tightened(policy, &self.regional)
    }

    /// The policy in force on the day of `now`.
    pub async fn at(&self, now: OffsetDateTime) -> Option<Arc<Policy>> {
        self.book.read().await.on(Day::of(now))
    }

    /// The version a case was taken under.
    pub async fn by_version(&self, version: &str) -> Option<Arc<Policy>> {
        self.book.read().await.by_version(version)
    }

    /// Every version of the folder, decided or not, by first day.
    pub async fn versions(&self) -> Vec<Arc<Policy>> {
        self.book.read().await.versions().to_vec()
    }

    /// Names of the versions that have force: the genesis and those decided.
    pub async fn in_force(&self) -> Vec<String> {
        let book = self.book.read().await;
        let named = book.versions().iter().enumerate();
        named
            .filter(|(index, policy)| *index == 0 || book.decided_at(policy).is_some())
            .map(|(_, policy)| policy.version.clone())
            .collect()
    }

    /// Every field that a version names, in the order in which they came in. [Art. 4]
    pub async fn fields(&self) -> Vec<Field> {
        let book = self.book.read().await;
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
            enact(&mut *self.book.write().await, &decision.digest, at);
        }
    }
}

/// What every `*.toml` of a folder says; nothing where there is no such folder.
fn files<T, E: std::fmt::Display>(
    folder: &Path,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, PolicyError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let read = parse(&std::fs::read_to_string(&path)?);
            let invalid =
                |error: E| PolicyError::Invalid(path.display().to_string(), error.to_string());
            all.push(read.map_err(invalid)?);
        }
    }
    Ok(all)
}

fn tightened(policy: Policy, regional: &[RegionalRules]) -> Result<Policy, InvalidRegionalRules> {
    let version = policy.version.clone();
    let mut own = regional.iter().filter(|rules| rules.policy == version);
    own.try_fold(policy, |policy, rules| policy.tighten(rules))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A policy folder with one regional file.
    fn folder(regional: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(REGIONAL);
        std::fs::create_dir(&own).unwrap();
        std::fs::write(folder.path().join("a.toml"), regulation::YRD_2023_1).unwrap();
        std::fs::write(folder.path().join("b.toml"), regulation::YRD_2024_1).unwrap();
        std::fs::write(own.join("js.toml"), regional).unwrap();
        folder
    }

    #[tokio::test]
    async fn a_regions_stricter_rules_hold_at_its_own_node_and_for_the_version_they_name() {
        let folder = folder("region = \"js\"\npolicy = \"yrd-2023-1\"\nduration_months_max = 30");
        let months = async |region, version| {
            let policies = Policies::load(folder.path(), region, None).await.unwrap();
            let policy = policies.by_version(version).await.unwrap();
            policy.duration_months_max
        };
        assert_eq!(months(Region::JS, "yrd-2023-1").await, 30);
        assert_eq!(months(Region::JS, "yrd-2024-1").await, 36);
        assert_eq!(months(Region::ZJ, "yrd-2023-1").await, 36);
    }

    #[tokio::test]
    async fn a_node_with_looser_rules_of_its_own_does_not_start() {
        let folder = folder("region = \"js\"\npolicy = \"yrd-2023-1\"\nduration_months_max = 37");
        let refused = Policies::load(folder.path(), Region::JS, None).await;
        assert!(matches!(refused, Err(PolicyError::Invalid(..))));
        assert!(
            Policies::load(folder.path(), Region::AH, None)
                .await
                .is_ok()
        );
    }
}
