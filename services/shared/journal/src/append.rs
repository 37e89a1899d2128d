//! The two statements every command comes to: load where the aggregate stands, and write all that
//! was decided at once.

use evidence::Digest;
use regulation::{Context, RequestId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Decided, Ids, Stored,
    act::micros,
    chain,
    error::{Fault, JournalError},
    outbox::scope_text,
};

/// A caller's request, so that a repeat is known as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks; request ids of different callers have nothing to do with each other.
    pub caller: String,
    /// The caller's name for the request.
    pub id: RequestId,
    /// Digest over everything that the caller asked for, without what the server made up.
    pub fingerprint: Digest,
}

/// Where an aggregate stands, and whether the request has been answered.
pub(crate) struct Found {
    pub(crate) stored: Option<Stored>,
    pub(crate) head: Option<Digest>,
    pub(crate) answered: Option<Answered>,
}

/// The answer that a request got.
pub(crate) struct Answered {
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: i64,
}

/// Loads in one round trip.
pub(crate) async fn load(
    conn: &mut PgConnection,
    kind: &str,
    id: &str,
    request: Option<&Request>,
) -> Result<Found, JournalError> {
    let row = sqlx::query!(
        r#"select s.version as "version?", s.state::text as "state?", s.head as "head?",
                  r.fingerprint as "fingerprint?", r.kind as "answered_kind?",
                  r.id as "answered_id?", r.version as "answered_version?"
           from (select 1) as one
           left join journal_state s on s.kind = $1 and s.id = $2
           left join journal_request r on r.caller = $3 and r.request = $4"#,
        kind,
        id,
        request.map(|request| request.caller.as_str()),
        request.map(|request| request.id.0),
    )
    .fetch_one(conn)
    .await?;
    let stored = row
        .version
        .zip(row.state)
        .map(|(version, state)| Stored { version, state });
    let head = chain::digest(row.head).map_err(|e| JournalError::unreadable(kind, id, e))?;
    let answered = match (
        row.fingerprint,
        row.answered_kind,
        row.answered_id,
        row.answered_version,
    ) {
        (Some(fingerprint), Some(kind), Some(id), Some(version)) => Some(Answered {
            fingerprint,
            kind,
            id,
            version,
        }),
        _ => None,
    };
    Ok(Found {
        stored,
        head,
        answered,
    })
}

/// Waits until nobody else is changing the aggregate. Whoever writes an aggregate takes its state
/// row first, so this cannot run into a deadlock with them.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    kind: &str,
    id: &str,
) -> Result<(), JournalError> {
    sqlx::query!(
        "select 1 as one from journal_state where kind = $1 and id = $2 for update",
        kind,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// Everything that is written with a decision besides itself.
pub(crate) struct Writing<'a> {
    pub(crate) context: &'a Context,
    pub(crate) request: Option<&'a Request>,
    pub(crate) trace: Option<&'a str>,
    pub(crate) ids: &'a dyn Ids,
}

/// Writes facts, state, messages, timers and the request in one statement.
///
/// The state row moves only from the version that was decided on; everything else follows from its
/// having moved, so a lost race writes nothing at all.
pub(crate) async fn append(
    conn: &mut PgConnection,
    decided: &Decided,
    head: Option<Digest>,
    writing: &Writing<'_>,
) -> Result<(), Fault> {
    let Writing {
        context,
        request,
        trace,
        ids,
    } = writing;
    let at = micros(context.now);
    let actor = serde_json::to_string(&context.actor)
        .map_err(|error| JournalError::unreadable(decided.kind, &decided.id, error))?;
    let (mut facts, mut out, mut timers) =
        (Facts::default(), Messages::default(), Timers::default());
    facts.add(decided, head, context);
    out.add(decided, *ids);
    timers.add(decided);
    let moved = sqlx::query_file_scalar!(
        "src/append.sql",
        decided.kind,
        decided.id,
        decided.version(),
        decided.state,
        facts.head,
        decided.from_version,
        at,
        actor,
        context
            .policy
            .as_ref()
            .map(|policy| policy.version.as_str()),
        *trace,
        &facts.versions,
        &facts.names as &[&str],
        &facts.payloads as &[&str],
        &facts.previous as &[Option<Vec<u8>>],
        &facts.hashes,
        &out.ids,
        &out.scopes,
        &out.kinds as &[&str],
        &out.schemas as &[&str],
        &out.aggregates as &[&str],
        &out.bodies as &[&[u8]],
        decided.had_alarms || !decided.alarms.is_empty(),
        &timers.names as &[&str],
        &timers.dues,
        request.map(|request| request.caller.as_str()),
        request.map(|request| request.id.0),
        request.map(|request| request.fingerprint.as_ref().to_vec()),
    )
    .fetch_one(conn)
    .await?;
    if moved == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict)
    }
}

/// Writes down that the request was answered with what there was already.
pub(crate) async fn answer(
    conn: &mut PgConnection,
    decided: &Decided,
    request: &Request,
) -> Result<(), Fault> {
    sqlx::query!(
        "insert into journal_request (caller, request, fingerprint, kind, id, version)
         values ($1, $2, $3, $4, $5, $6)",
        request.caller,
        request.id.0,
        request.fingerprint.as_ref(),
        decided.kind,
        decided.id,
        decided.version(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Facts as columns, chained.
#[derive(Default)]
pub(crate) struct Facts<'a> {
    /// The hash of the last.
    pub(crate) head: Vec<u8>,
    pub(crate) versions: Vec<i64>,
    pub(crate) names: Vec<&'a str>,
    pub(crate) payloads: Vec<&'a str>,
    pub(crate) previous: Vec<Option<Vec<u8>>>,
    pub(crate) hashes: Vec<Vec<u8>>,
}

impl<'a> Facts<'a> {
    /// Adds those of a decision on an aggregate whose last fact has the hash `head`.
    pub(crate) fn add(&mut self, of: &'a Decided, mut head: Option<Digest>, context: &Context) {
        for (version, fact) in (of.from_version + 1..).zip(&of.facts) {
            let hash = chain::link(head, of, version, fact, context);
            self.versions.push(version);
            self.names.push(&fact.name);
            self.payloads.push(&fact.payload);
            self.previous.push(head.map(|head| head.0.to_vec()));
            self.hashes.push(hash.0.to_vec());
            head = Some(hash);
        }
        self.head = head.map(|head| head.0.to_vec()).unwrap_or_default();
    }
}

/// Messages as columns, each with its id.
#[derive(Default)]
pub(crate) struct Messages<'a> {
    pub(crate) ids: Vec<Uuid>,
    pub(crate) scopes: Vec<String>,
    pub(crate) kinds: Vec<&'a str>,
    pub(crate) schemas: Vec<&'a str>,
    pub(crate) aggregates: Vec<&'a str>,
    pub(crate) bodies: Vec<&'a [u8]>,
}

impl<'a> Messages<'a> {
    pub(crate) fn add(&mut self, of: &'a Decided, ids: &dyn Ids) {
        for message in &of.messages {
            self.ids.push(ids.fresh());
            self.scopes.push(scope_text(message.scope));
            self.kinds.push(message.kind);
            self.schemas.push(message.schema);
            self.aggregates.push(&message.aggregate);
            self.bodies.push(&message.body);
        }
    }
}

/// Alarms as columns.
#[derive(Default)]
pub(crate) struct Timers {
    pub(crate) names: Vec<&'static str>,
    pub(crate) dues: Vec<OffsetDateTime>,
}

impl Timers {
    pub(crate) fn add(&mut self, of: &Decided) {
        for alarm in &of.alarms {
            self.names.push(alarm.name);
            self.dues.push(alarm.due);
        }
    }
}
