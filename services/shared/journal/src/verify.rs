//! Whether the journal is what it was: every chain, every state and every seal, recomputed.

use std::fmt;

use evidence::Digest;
use futures::TryStreamExt;
use sqlx::PgConnection;

use crate::{Fact, Journal, JournalError, builder::Kind, chain};

/// What a verification saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How many aggregates have facts.
    pub aggregates: u64,
    /// How many facts there are.
    pub facts: u64,
    /// How many seals hold.
    pub seals: i64,
    /// How many facts the seals cover.
    pub sealed: u64,
    /// The first place that is not as it was written; none if all holds.
    pub broken: Option<Broken>,
}

/// A place that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Where.
    pub place: Place,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// A place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One fact.
    Fact {
        /// Kind of the aggregate.
        kind: String,
        /// Id of the aggregate.
        id: String,
        /// The fact's version.
        version: i64,
    },
    /// The state of an aggregate.
    State {
        /// Kind of the aggregate.
        kind: String,
        /// Id of the aggregate.
        id: String,
    },
    /// One seal.
    Seal(i64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact { kind, id, version } => write!(f, "fact {version} of {kind} {id}"),
            Self::State { kind, id } => write!(f, "state of {kind} {id}"),
            Self::Seal(number) => write!(f, "seal {number}"),
        }
    }
}

/// Why a verification stopped.
enum Stop {
    Broken(Broken),
    Failed(JournalError),
}

impl<E: Into<JournalError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn broken(place: Place, reason: impl ToString) -> Stop {
    Stop::Broken(Broken {
        place,
        reason: reason.to_string(),
    })
}

struct Row {
    kind: String,
    id: String,
    version: i64,
    name: String,
    payload: String,
    at: time::OffsetDateTime,
    actor: String,
    policy: Option<String>,
    previous: Option<Vec<u8>>,
    hash: Vec<u8>,
    state_version: Option<i64>,
    state_head: Option<Vec<u8>>,
    state: Option<String>,
}

impl Journal {
    /// Recomputes everything: each aggregate's chain, each registered kind's states from their
    /// facts, each seal. Reads the whole journal, in one snapshot.
    ///
    /// # Errors
    /// When the database fails; what is broken is in the report.
    pub async fn verify(&self) -> Result<Report, JournalError> {
        let mut tx = self
            .pool
            .begin_with("begin isolation level repeatable read read only")
            .await?;
        // Reading everything may take longer than a command ever may.
        sqlx::query!("set local statement_timeout = 0")
            .execute(&mut *tx)
            .await?;
        let mut report = Report::default();
        let outcome = match self.verify_chains(&mut tx, &mut report).await {
            Ok(()) => verify_seals(&mut tx, &mut report).await,
            stop => stop,
        };
        match outcome {
            Ok(()) => Ok(report),
            Err(Stop::Broken(broken)) => Ok(Report {
                broken: Some(broken),
                ..report
            }),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    async fn verify_chains(
        &self,
        conn: &mut PgConnection,
        report: &mut Report,
    ) -> Result<(), Stop> {
        let mut rows = sqlx::query_as!(
            Row,
            r#"select f.kind, f.id, f.version, f.name, f.payload::text as "payload!", f.at,
                      f.actor::text as "actor!", f.policy, f.previous, f.hash,
                      s.version as "state_version?", s.head as "state_head?",
                      case when s.version = f.version then s.state::text end as "state?"
               from journal_fact f left join journal_state s on s.kind = f.kind and s.id = f.id
               order by f.kind, f.id, f.version"#,
        )
        .fetch(&mut *conn);
        let mut chain: Option<Chain> = None;
        while let Some(row) = rows.try_next().await? {
            let mut current = match chain.take() {
                Some(chain) if chain.kind == row.kind && chain.id == row.id => chain,
                previous => {
                    if let Some(previous) = previous {
                        previous.end(self.parts.kinds.get(previous.kind.as_str()))?;
                    }
                    report.aggregates += 1;
                    Chain::start(&row)
                }
            };
            current.add(row)?;
            report.facts += 1;
            chain = Some(current);
        }
        drop(rows);
        if let Some(chain) = chain {
            chain.end(self.parts.kinds.get(chain.kind.as_str()))?;
        }
        let orphan = sqlx::query!(
            "select kind, id from journal_state s where not exists (
                 select from journal_fact f where f.kind = s.kind and f.id = s.id) limit 1"
        )
        .fetch_optional(conn)
        .await?;
        match orphan {
            None => Ok(()),
            Some(row) => Err(broken(
                Place::State {
                    kind: row.kind,
                    id: row.id,
                },
                "it has no facts",
            )),
        }
    }
}

/// One aggregate's chain while it is read.
struct Chain {
    kind: String,
    id: String,
    version: i64,
    head: Option<Digest>,
    payloads: Vec<String>,
    state_version: Option<i64>,
    state_head: Option<Vec<u8>>,
    state: Option<String>,
}

impl Chain {
    fn start(row: &Row) -> Self {
        Self {
            kind: row.kind.clone(),
            id: row.id.clone(),
            version: 0,
            head: None,
            payloads: Vec::new(),
            state_version: row.state_version,
            state_head: row.state_head.clone(),
            state: None,
        }
    }

    fn add(&mut self, row: Row) -> Result<(), Stop> {
        let place = || Place::Fact {
            kind: row.kind.clone(),
            id: row.id.clone(),
            version: row.version,
        };
        let expected = self.version + 1;
        if row.version != expected {
            return Err(broken(place(), format!("version {expected} was expected")));
        }
        let actor = serde_json::from_str(&row.actor).map_err(|error| broken(place(), error))?;
        let fact = Fact {
            name: row.name,
            payload: row.payload,
        };
        let view = chain::view(
            &self.kind,
            &self.id,
            row.version,
            &fact,
            row.at,
            &actor,
            row.policy.as_deref(),
        );
        let computed = evidence::link(self.head, &view);
        if row.previous.as_deref() != self.head.as_ref().map(AsRef::as_ref) {
            return Err(broken(place(), "it does not name the fact before it"));
        }
        if row.hash != computed.as_ref() {
            return Err(broken(place(), format!("its digest should be {computed}")));
        }
        self.version = row.version;
        self.head = Some(computed);
        self.payloads.push(fact.payload);
        self.state = row.state;
        Ok(())
    }

    fn end(&self, kind: Option<&Kind>) -> Result<(), Stop> {
        let place = || Place::State {
            kind: self.kind.clone(),
            id: self.id.clone(),
        };
        if self.state_version != Some(self.version)
            || self.state_head.as_deref() != self.head.as_ref().map(AsRef::as_ref)
        {
            let at = self.state_version.unwrap_or_default();
            let reason = format!("it is of version {at}, the facts end at {}", self.version);
            return Err(broken(place(), reason));
        }
        let (Some(kind), Some(state)) = (kind, &self.state) else {
            return Ok(());
        };
        let folded = (kind.fold)(&self.payloads).map_err(|error| broken(place(), error))?;
        let stored = (kind.normal)(state).map_err(|error| broken(place(), error))?;
        if folded == stored {
            Ok(())
        } else {
            Err(broken(place(), "it is not what its facts say"))
        }
    }
}

async fn verify_seals(conn: &mut PgConnection, report: &mut Report) -> Result<(), Stop> {
    let seals = sqlx::query!(
        r#"select s.number, s.epoch, s.facts, s.previous, s.digest,
                  s.last_xid::text as "last_xid!", s.last_position,
                  e.from_position as "from!",
                  coalesce((select min(n.from_position) from journal_epoch n
                            where n.number > e.number), $1) as "to!"
           from journal_seal s join journal_epoch e on e.number = s.epoch order by s.number"#,
        i64::MAX,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut head = None;
    let mut cursor = (0, "0".to_owned(), 0);
    for (seal, number) in seals.into_iter().zip(1..) {
        let place = || Place::Seal(seal.number);
        if seal.number != number {
            return Err(broken(place(), format!("seal {number} was expected")));
        }
        if cursor.0 != seal.epoch {
            cursor = (seal.epoch, "0".to_owned(), 0);
        }
        let hashes = sqlx::query_scalar!(
            "select hash from journal_fact
             where (xid, position) > ($1::text::xid8, $2) and (xid, position) <= ($3::text::xid8, $4)
               and position >= $5 and position < $6
             order by xid, position",
            cursor.1,
            cursor.2,
            seal.last_xid,
            seal.last_position,
            seal.from,
            seal.to,
        )
        .fetch_all(&mut *conn)
        .await?;
        if i64::try_from(hashes.len()) != Ok(seal.facts) {
            let reason = format!("it covers {} facts, there are {}", seal.facts, hashes.len());
            return Err(broken(place(), reason));
        }
        let hashes = hashes
            .iter()
            .map(|hash| Digest::try_from(hash.as_slice()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| broken(place(), error))?;
        report.sealed += u64::try_from(hashes.len()).unwrap_or_default();
        let computed = evidence::seal(head, hashes);
        if seal.previous.as_deref() != head.as_ref().map(AsRef::as_ref)
            || seal.digest != computed.as_ref()
        {
            return Err(broken(place(), format!("its digest should be {computed}")));
        }
        head = Some(computed);
        report.seals = seal.number;
        cursor = (seal.epoch, seal.last_xid, seal.last_position);
    }
    Ok(())
}
