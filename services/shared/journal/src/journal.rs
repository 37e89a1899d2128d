//! Commands in, facts out: load, decide, append, project and answer, in one transaction.

use std::{sync::Arc, time::Duration};

use regulation::Context;
use serde::de::DeserializeOwned;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;

use crate::{
    Act, Decided, JournalBuilder, JournalError, Outbox, Request,
    append::{self, Answered, Writing},
    builder::Kind,
    error::Fault,
    read::read,
};

/// Aggregates over `PostgreSQL`. Cheap to clone.
#[derive(Clone)]
pub struct Journal {
    pub(crate) pool: PgPool,
    pub(crate) parts: Arc<JournalBuilder>,
    pub(crate) told: Arc<Notify>,
}

/// Where an aggregate stands after a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Kind of the aggregate.
    pub kind: &'static str,
    /// Id of the aggregate: for a repeated request the one of the first answer.
    pub id: String,
    /// Its version; 0 if nothing ever happened to it.
    pub version: i64,
    /// Its state as JSON.
    pub state: String,
}

impl Done {
    /// The state as an `A`.
    ///
    /// # Errors
    /// When the command was not one for an `A`.
    pub fn state<A: DeserializeOwned>(&self) -> Result<A, JournalError> {
        read(self.kind, &self.id, &self.state)
    }

    pub(crate) fn of(decided: Decided) -> Self {
        let version = decided.version();
        Self {
            kind: decided.kind,
            id: decided.id,
            version,
            state: decided.state,
        }
    }
}

impl Journal {
    pub(crate) fn assembled(pool: PgPool, parts: JournalBuilder, told: Arc<Notify>) -> Self {
        Self {
            pool,
            parts: Arc::new(parts),
            told,
        }
    }

    /// What is to be told to others.
    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.pool.clone(), Arc::clone(&self.told))
    }

    /// Decides and writes, on fresh state again when others were first.
    ///
    /// A `request` that the same caller made before gets the first answer; a refusal is not
    /// remembered, as repeating may be right by then. Where nothing follows from the command, it
    /// had been done already: the present state is the answer and nothing is written.
    ///
    /// # Errors
    /// The refusal; a request id used for something else; too much contention; the database.
    pub async fn execute(
        &self,
        act: &Act,
        context: &Context,
        request: Option<&Request>,
        trace: Option<&str>,
    ) -> Result<Done, JournalError> {
        let writing = self.writing(context, request, trace);
        for attempt in 0..self.parts.config.attempts {
            let outcome = if attempt == 0 && self.projections(act.kind()).is_none() {
                // One statement writes everything, so it is its own transaction.
                self.alone(act, &writing).await
            } else {
                self.in_transaction(std::slice::from_ref(act), &writing, attempt > 0)
                    .await
            };
            match outcome {
                Ok(mut done) => return done.pop().ok_or_else(|| busy(act)),
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Conflict) => self.pause(act.kind(), attempt).await,
            }
        }
        Err(busy(act))
    }

    /// Decides and writes several commands in one transaction, in order: all or none.
    ///
    /// A `request` is remembered with the first command. When it was made before, that one gets
    /// the first answer, and nothing is decided of the others.
    ///
    /// # Errors
    /// The first refusal; a request id used for something else; too much contention; the database.
    pub async fn execute_all(
        &self,
        acts: &[Act],
        context: &Context,
        request: Option<&Request>,
        trace: Option<&str>,
    ) -> Result<Vec<Done>, JournalError> {
        let Some(first) = acts.first() else {
            return Ok(Vec::new());
        };
        let writing = self.writing(context, request, trace);
        for attempt in 0..self.parts.config.attempts {
            match self.in_transaction(acts, &writing, attempt > 0).await {
                Ok(done) => return Ok(done),
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Conflict) => self.pause(first.kind(), attempt).await,
            }
        }
        Err(busy(first))
    }

    async fn alone(&self, act: &Act, writing: &Writing<'_>) -> Result<Vec<Done>, Fault> {
        let mut conn = self.pool.acquire().await?;
        let ran = self.run(&mut conn, act, writing).await?;
        if ran.told {
            self.told.notify_one();
        }
        Ok(vec![ran.done])
    }

    async fn in_transaction(
        &self,
        acts: &[Act],
        writing: &Writing<'_>,
        contended: bool,
    ) -> Result<Vec<Done>, Fault> {
        let mut tx = self.pool.begin().await?;
        let new = if contended {
            None
        } else {
            self.run_new(&mut tx, acts, writing).await?
        };
        let (done, told) = match new {
            Some(done) => done,
            None => self.run_all(&mut tx, acts, writing, contended).await?,
        };
        tx.commit().await?;
        if told {
            self.told.notify_one();
        }
        Ok(done)
    }

    /// Runs the acts in the caller's transaction; says whether there is anything to tell.
    pub(crate) async fn run_all(
        &self,
        conn: &mut PgConnection,
        acts: &[Act],
        writing: &Writing<'_>,
        contended: bool,
    ) -> Result<(Vec<Done>, bool), Fault> {
        if contended {
            // In one order everywhere, so that those who wait do not wait for each other.
            let mut order: Vec<_> = acts.iter().map(|act| (act.kind(), act.id())).collect();
            order.sort_unstable();
            order.dedup();
            for (kind, id) in order {
                append::lock(conn, kind, id).await?;
            }
        }
        let mut all = Vec::with_capacity(acts.len());
        let mut anything_told = false;
        for (nth, act) in acts.iter().enumerate() {
            let writing = Writing {
                request: writing.request.filter(|_| nth == 0),
                ..*writing
            };
            let ran = self.run(conn, act, &writing).await?;
            all.push(ran.done);
            anything_told |= ran.told;
            if ran.repeated {
                break;
            }
        }
        Ok((all, anything_told))
    }

    /// Load, decide, append, project.
    async fn run(
        &self,
        conn: &mut PgConnection,
        act: &Act,
        writing: &Writing<'_>,
    ) -> Result<Ran, Fault> {
        let found = append::load(conn, act.kind(), act.id(), writing.request).await?;
        if let (Some(answered), Some(request)) = (found.answered, writing.request) {
            return Ok(Ran {
                done: first_answer(conn, act, request, answered).await?,
                told: false,
                repeated: true,
            });
        }
        let decided = act.decide(found.stored.as_ref(), writing.context)?;
        if decided.facts.is_empty() {
            if let Some(request) = writing.request {
                append::answer(conn, &decided, request).await?;
            }
            return Ok(Ran::now(Done::of(decided), false));
        }
        append::append(conn, &decided, found.head, writing).await?;
        for projection in self
            .projections(act.kind())
            .into_iter()
            .flat_map(|k| &k.projections)
        {
            projection(conn, &*decided.change)
                .await
                .map_err(|error| Fault::from(error).explained(&self.parts.constraints))?;
        }
        metrics::counter!("journal_facts_total", "kind" => act.kind())
            .increment(u64::try_from(decided.facts.len()).unwrap_or_default());
        let told = !decided.messages.is_empty();
        Ok(Ran::now(Done::of(decided), told))
    }

    /// The kind, if anything is projected of it.
    pub(crate) fn projections(&self, kind: &str) -> Option<&Kind> {
        self.parts
            .kinds
            .get(kind)
            .filter(|kind| !kind.projections.is_empty())
    }

    pub(crate) fn writing<'a>(
        &'a self,
        context: &'a Context,
        request: Option<&'a Request>,
        trace: Option<&'a str>,
    ) -> Writing<'a> {
        Writing {
            context,
            request,
            trace,
            ids: &*self.parts.ids,
        }
    }

    /// A random pause, longer each time, so that those who collided do not collide again.
    pub(crate) async fn pause(&self, kind: &'static str, attempt: u32) {
        metrics::counter!("journal_conflicts_total", "kind" => kind).increment(1);
        let longest = (1_u64 << attempt.min(16))
            .min(u64::try_from(self.parts.config.pause_max.as_millis()).unwrap_or(u64::MAX));
        let random = u64::from(self.parts.ids.fresh().as_fields().0);
        tokio::time::sleep(Duration::from_micros(random % (longest * 1_000).max(1))).await;
    }
}

/// What became of one command.
struct Ran {
    done: Done,
    /// Whether there is anything to tell.
    told: bool,
    /// Whether its request had been made before: this is its first answer.
    repeated: bool,
}

impl Ran {
    fn now(done: Done, told: bool) -> Self {
        Self {
            done,
            told,
            repeated: false,
        }
    }
}

/// The answer that a request got: the state is folded from the facts there were by then.
async fn first_answer(
    conn: &mut PgConnection,
    act: &Act,
    request: &Request,
    answered: Answered,
) -> Result<Done, JournalError> {
    if answered.fingerprint != request.fingerprint.as_ref() || answered.kind != act.kind() {
        return Err(JournalError::RequestReused(request.id));
    }
    let payloads = sqlx::query_scalar!(
        r#"select payload::text as "payload!" from journal_fact
           where kind = $1 and id = $2 and version <= $3 order by version"#,
        answered.kind,
        answered.id,
        answered.version,
    )
    .fetch_all(conn)
    .await?;
    let state = act
        .fold(&payloads)
        .map_err(|error| JournalError::unreadable(act.kind(), &answered.id, error))?;
    Ok(Done {
        kind: act.kind(),
        id: answered.id,
        version: answered.version,
        state,
    })
}

pub(crate) fn busy(act: &Act) -> JournalError {
    JournalError::Busy {
        kind: act.kind(),
        id: act.id().to_owned(),
    }
}
