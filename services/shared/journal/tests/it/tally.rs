//! A small aggregate to try the journal with, and everything a test needs around it.

use std::sync::Arc;

use evidence::Digest;
use journal::{Act, Aggregate, Alarm, Journal, JournalBuilder, Loaded, Request};
use proto::message::{Audience, Incoming, Message, Scope};
use regulation::{Actor, Context, Refusal, Region, RequestId, Role, Rule};
use serde::{Deserialize, Serialize};
use sqlx::{
    PgPool, SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};
use testkit::TestDatabase;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

/// A sum with a deadline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) sum: i64,
    pub(crate) closed: bool,
    pub(crate) deadline: Option<OffsetDateTime>,
    pub(crate) reminder: Option<OffsetDateTime>,
    pub(crate) reminded: u32,
    pub(crate) trap: Option<OffsetDateTime>,
}

#[derive(Debug, Clone)]
pub(crate) enum Command {
    Add(i64),
    Close,
    SetDeadline(OffsetDateTime),
    SetReminder(OffsetDateTime),
    Remind,
    SetTrap(OffsetDateTime),
    Spring,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Event {
    Added { amount: i64 },
    Closed,
    DeadlineSet(OffsetDateTime),
    ReminderSet(OffsetDateTime),
    Reminded,
    TrapSet(OffsetDateTime),
}

pub(crate) const CLOSED: Rule = Rule::ours("tally.closed", "已关闭的不能再改。");

/// It has been closed.
#[derive(Debug)]
pub(crate) struct IsClosed;

impl From<IsClosed> for Refusal {
    fn from(_: IsClosed) -> Self {
        Refusal::new(CLOSED, "已关闭", "请另建")
    }
}

impl Aggregate for Tally {
    const KIND: &'static str = "tally";
    type Command = Command;
    type Event = Event;
    type Rejection = IsClosed;

    fn decide(&self, command: Command, _: &Context) -> Result<Vec<Event>, IsClosed> {
        if self.closed {
            return if matches!(command, Command::Close) {
                Ok(vec![])
            } else {
                Err(IsClosed)
            };
        }
        Ok(match command {
            Command::Add(0) => vec![],
            // Large amounts come in two, so that a decision can have several events.
            Command::Add(amount) if amount > 100 => {
                vec![
                    Event::Added { amount: 100 },
                    Event::Added {
                        amount: amount - 100,
                    },
                ]
            }
            Command::Add(amount) => vec![Event::Added { amount }],
            Command::Close => vec![Event::Closed],
            Command::SetDeadline(at) => vec![Event::DeadlineSet(at)],
            Command::SetReminder(at) => vec![Event::ReminderSet(at)],
            Command::Remind => vec![Event::Reminded],
            Command::SetTrap(at) => vec![Event::TrapSet(at)],
            Command::Spring => return Err(IsClosed),
        })
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Added { amount } => self.sum += amount,
            Event::Closed => self.closed = true,
            Event::DeadlineSet(at) => self.deadline = Some(*at),
            Event::ReminderSet(at) => self.reminder = Some(*at),
            Event::Reminded => self.reminded += 1,
            Event::TrapSet(at) => self.trap = Some(*at),
        }
    }

    fn publish(&self, id: &str, event: &Event, _: &Context) -> Vec<Message> {
        let Event::Added { amount } = event else {
            return Vec::new();
        };
        vec![Message {
            scope: Scope::Share(Audience::HUB),
            kind: "test.tally.added",
            schema: "test.Added",
            aggregate: id.to_owned(),
            body: format!("{amount}→{}", self.sum).into_bytes(),
        }]
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        if self.closed {
            return Vec::new();
        }
        // The reminder stays although it was done: it must not fire for ever.
        [
            ("deadline", self.deadline, Command::Close),
            ("reminder", self.reminder, Command::Remind),
            ("trap", self.trap, Command::Spring),
        ]
        .into_iter()
        .filter_map(|(name, due, command)| {
            Some(Alarm {
                name,
                due: due?,
                command,
            })
        })
        .collect()
    }
}

pub(crate) const START: OffsetDateTime = datetime!(2024-09-29 08:00:00.000001 +8);

/// A service's own migration: a read model that takes no sum above 1,000.
pub(crate) fn migrations() -> Migrator {
    let sql = "create table tally_view (
        id text primary key, sum bigint not null, seen int not null,
        constraint tally_limit check (sum <= 1000))";
    Migrator::with_migrations(vec![Migration::new(
        1000,
        "tally".into(),
        MigrationType::Simple,
        SqlStr::from_static(sql),
        false,
    )])
}

pub(crate) async fn database() -> TestDatabase {
    testkit::database(&journal::migrations(&migrations()))
        .await
        .unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the tests' source of ids")]
pub(crate) fn fresh() -> Uuid {
    Uuid::new_v4()
}

pub(crate) fn builder() -> JournalBuilder {
    JournalBuilder::new(fresh).aggregate::<Tally>()
}

/// A journal without projections: it writes by a single statement.
pub(crate) fn plain(pool: &PgPool) -> Journal {
    builder().build(pool.clone())
}

/// A journal that projects into `tally_view`: it writes in a transaction.
pub(crate) fn projecting(pool: &PgPool) -> Journal {
    builder()
        .project::<Tally>(|db, change| {
            Box::pin(async move {
                sqlx::query(
                    "insert into tally_view values ($1, $2, 1) on conflict (id) do update
                     set sum = excluded.sum, seen = tally_view.seen + 1",
                )
                .bind(&change.id)
                .bind(change.state.sum)
                .execute(db)
                .await?;
                Ok(())
            })
        })
        .on_constraint("tally_limit", || Refusal::new(CLOSED, "超过上限", "请减少"))
        .build(pool.clone())
}

pub(crate) fn at(now: OffsetDateTime) -> Context {
    Context {
        now,
        actor: Actor::person("li", Role::Officer, Region::JS),
        node: Region::JS,
        policy: None,
        heard: [].into(),
    }
}

pub(crate) fn context() -> Context {
    at(START)
}

pub(crate) fn hours(n: i64) -> OffsetDateTime {
    START + Duration::hours(n)
}

pub(crate) fn act(id: &str, command: Command) -> Act {
    Act::new::<Tally>(id, command)
}

pub(crate) fn add(id: &str, amount: i64) -> Act {
    act(id, Command::Add(amount))
}

pub(crate) async fn run(journal: &Journal, act: Act) -> Tally {
    journal
        .execute(&act, &context(), None, None)
        .await
        .unwrap()
        .state()
        .unwrap()
}

pub(crate) async fn tally(journal: &Journal, id: &str) -> Option<Loaded<Tally>> {
    journal.load(id).await.unwrap()
}

pub(crate) async fn count(pool: &PgPool, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
        .fetch_one(pool)
        .await
        .unwrap()
}

/// A request whose content is `what`.
pub(crate) fn request(caller: &str, id: Uuid, what: &str) -> Request {
    Request {
        caller: caller.to_owned(),
        id: RequestId(id),
        fingerprint: Digest::of_document(what.as_bytes()),
    }
}

/// What somebody said about the aggregate `about`.
pub(crate) fn incoming(about: &str) -> Incoming {
    Incoming {
        id: fresh(),
        origin: Region::ZJ,
        scope: Scope::Share(Audience::All),
        kind: "test.tally.added".into(),
        aggregate: about.into(),
        at: START,
        body: vec![0, 255],
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
    }
}

/// Runs `task` `n` times at once, on all cores.
pub(crate) async fn at_once<F: Future<Output: Send + 'static> + Send + 'static>(
    n: usize,
    task: impl Fn(usize) -> F,
) -> Vec<F::Output> {
    let barrier = Arc::new(tokio::sync::Barrier::new(n));
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..n {
        let (barrier, task) = (Arc::clone(&barrier), task(i));
        tasks.spawn(async move {
            barrier.wait().await;
            task.await
        });
    }
    tasks.join_all().await
}
