//! Reading: where aggregates stand, and what happened to them.

use evidence::Digest;
use regulation::Actor;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::{Aggregate, Journal, JournalError, Stored, append};

/// An aggregate as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded<A> {
    /// Its id.
    pub id: String,
    /// How many facts there are.
    pub version: i64,
    /// Its state.
    pub state: A,
}

/// A fact as it is recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its place in the aggregate's history, from 1.
    pub version: i64,
    /// The event's variant.
    pub name: String,
    /// The event as JSON.
    pub payload: String,
    /// When, by the domain's clock.
    pub at: OffsetDateTime,
    /// Who acted.
    pub actor: Actor,
    /// The policy version it was decided under.
    pub policy: Option<String>,
    /// The trace it was decided in: for operators, no part of the meaning.
    pub trace: Option<String>,
    /// The digest that chains it to the ones before.
    pub hash: Digest,
}

impl Journal {
    /// An aggregate as it stands, if anything ever happened to it.
    ///
    /// # Errors
    /// The database; a stored state that is no `A`.
    pub async fn load<A: Aggregate>(
        &self,
        id: impl ToString,
    ) -> Result<Option<Loaded<A>>, JournalError> {
        let id = id.to_string();
        let Some(Stored { version, state }) = self.stored(A::KIND, &id).await? else {
            return Ok(None);
        };
        let state = read(A::KIND, &id, &state)?;
        Ok(Some(Loaded { id, version, state }))
    }

    /// Where an aggregate stands, if anything ever happened to it.
    ///
    /// # Errors
    /// The database.
    pub async fn stored(&self, kind: &str, id: &str) -> Result<Option<Stored>, JournalError> {
        let mut conn = self.pool.acquire().await?;
        Ok(append::load(&mut conn, kind, id, None).await?.stored)
    }

    /// Up to `limit` aggregates of a kind in the order of their ids, after the id `after`.
    ///
    /// # Errors
    /// The database; a stored state that is no `A`.
    pub async fn list<A: Aggregate>(
        &self,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Loaded<A>>, JournalError> {
        let rows = sqlx::query!(
            r#"select id, version, state::text as "state!" from journal_state
               where kind = $1 and id > coalesce($2, '') order by id limit $3"#,
            A::KIND,
            after,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let state = read(A::KIND, &row.id, &row.state)?;
                Ok(Loaded {
                    id: row.id,
                    version: row.version,
                    state,
                })
            })
            .collect()
    }

    /// Everything that happened to an aggregate, in order.
    ///
    /// # Errors
    /// The database; a fact that is not readable.
    pub async fn facts(&self, kind: &str, id: &str) -> Result<Vec<Recorded>, JournalError> {
        let rows = sqlx::query!(
            r#"select version, name, payload::text as "payload!", at, actor::text as "actor!",
                      policy, trace, hash
               from journal_fact where kind = $1 and id = $2 order by version"#,
            kind,
            id,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Recorded {
                    version: row.version,
                    name: row.name,
                    payload: row.payload,
                    at: row.at,
                    actor: read(kind, id, &row.actor)?,
                    policy: row.policy,
                    trace: row.trace,
                    hash: Digest::try_from(row.hash.as_slice())
                        .map_err(|error| JournalError::unreadable(kind, id, error))?,
                })
            })
            .collect()
    }
}

/// Reads what is stored as JSON.
pub(crate) fn read<T: DeserializeOwned>(
    kind: &str,
    id: &str,
    json: &str,
) -> Result<T, JournalError> {
    serde_json::from_str(json).map_err(|error| JournalError::unreadable(kind, id, error))
}
