//! Many new aggregates at once, such as the rows of an import: two statements for all of them.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    Act, Decided, Done, Journal, JournalError,
    act::micros,
    append::{Facts, Messages, Timers, Writing},
    error::Fault,
};

impl Journal {
    /// Runs the acts in the caller's transaction if each makes an aggregate that is not there yet,
    /// of a kind that nothing is projected of, and no request is to be remembered; says whether
    /// there is anything to tell. Otherwise nothing is done.
    pub(crate) async fn run_new(
        &self,
        conn: &mut PgConnection,
        acts: &[Act],
        writing: &Writing<'_>,
    ) -> Result<Option<(Vec<Done>, bool)>, Fault> {
        let places: BTreeSet<_> = acts.iter().map(|act| (act.kind(), act.id())).collect();
        let alike = acts.len() > 1
            && places.len() == acts.len()
            && writing.request.is_none()
            && acts
                .iter()
                .all(|act| self.projections(act.kind()).is_none());
        if !alike || any_stored(conn, acts).await? {
            return Ok(None);
        }
        let decided: Vec<Decided> = acts
            .iter()
            .map(|act| act.decide(None, writing.context))
            .collect::<Result<_, _>>()?;
        let new: Vec<&Decided> = decided.iter().filter(|new| !new.facts.is_empty()).collect();
        append_new(conn, &new, writing).await?;
        for new in &new {
            metrics::counter!("journal_facts_total", "kind" => new.kind)
                .increment(u64::try_from(new.facts.len()).unwrap_or_default());
        }
        let told = decided.iter().any(|new| !new.messages.is_empty());
        Ok(Some((decided.into_iter().map(Done::of).collect(), told)))
    }
}

async fn any_stored(conn: &mut PgConnection, acts: &[Act]) -> Result<bool, JournalError> {
    let kinds: Vec<&str> = acts.iter().map(Act::kind).collect();
    let ids: Vec<&str> = acts.iter().map(Act::id).collect();
    let any = sqlx::query_scalar!(
        r#"select exists (
               select from unnest($1::text[], $2::text[]) as a (kind, id)
               join journal_state s using (kind, id)) as "any!""#,
        &kinds as &[&str],
        &ids as &[&str],
    )
    .fetch_one(conn)
    .await?;
    Ok(any)
}

/// The states as columns.
#[derive(Default)]
struct States<'a> {
    kinds: Vec<&'a str>,
    ids: Vec<&'a str>,
    versions: Vec<i64>,
    documents: Vec<&'a str>,
    heads: Vec<Vec<u8>>,
}

/// Of which aggregate each row of another list of columns is.
#[derive(Default)]
struct Owners<'a> {
    kinds: Vec<&'a str>,
    ids: Vec<&'a str>,
}

impl<'a> Owners<'a> {
    fn add(&mut self, of: &'a Decided, rows: usize) {
        self.kinds.extend(std::iter::repeat_n(of.kind, rows));
        self.ids.extend(std::iter::repeat_n(of.id.as_str(), rows));
    }
}

async fn append_new(
    conn: &mut PgConnection,
    new: &[&Decided],
    writing: &Writing<'_>,
) -> Result<(), Fault> {
    let Some(first) = new.first() else {
        return Ok(());
    };
    let context = writing.context;
    let at: OffsetDateTime = micros(context.now);
    let actor = serde_json::to_string(&context.actor)
        .map_err(|error| JournalError::unreadable(first.kind, &first.id, error))?;
    let (mut states, mut of_facts, mut of_timers) =
        (States::default(), Owners::default(), Owners::default());
    let (mut facts, mut out, mut timers) =
        (Facts::default(), Messages::default(), Timers::default());
    for new in new {
        facts.add(new, None, context);
        of_facts.add(new, new.facts.len());
        out.add(new, writing.ids);
        timers.add(new);
        of_timers.add(new, new.alarms.len());
        states.kinds.push(new.kind);
        states.ids.push(&new.id);
        states.versions.push(new.version());
        states.documents.push(&new.state);
        states.heads.push(facts.head.clone());
    }
    let moved = sqlx::query_file_scalar!(
        "src/append_new.sql",
        &states.kinds as &[&str],
        &states.ids as &[&str],
        &states.versions,
        &states.documents as &[&str],
        &states.heads,
        at,
        actor,
        context
            .policy
            .as_ref()
            .map(|policy| policy.version.as_str()),
        writing.trace,
        &of_facts.kinds as &[&str],
        &of_facts.ids as &[&str],
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
        &of_timers.kinds as &[&str],
        &of_timers.ids as &[&str],
        &timers.names as &[&str],
        &timers.dues,
    )
    .fetch_one(conn)
    .await?;
    if usize::try_from(moved).is_ok_and(|moved| moved == new.len()) {
        Ok(())
    } else {
        Err(Fault::Conflict)
    }
}
