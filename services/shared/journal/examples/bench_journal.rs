//! Commands per second through the journal, beside what `pgbench` gets for the same rows on the
//! same server in the same minute. Run by `scripts/bench journal`.
//!
//! What bounds it: the disk's flush at few callers (one commit, one flush), the processor at many:
//! pgbench spends almost nothing outside the server, while here serde, the hash chain and the
//! driver share the cores with it. The journal gets part of that back by writing all rows in one
//! statement: two round trips where pgbench needs six.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use journal::{Act, Aggregate, Journal, JournalBuilder};
use proto::message::{Message, Scope};
use regulation::{Actor, Context, Refusal, Region, Role};
use serde::{Deserialize, Serialize};
use sqlx::{
    PgPool, SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};
use testkit::{Durability, Postgres};
use tokio::task::JoinSet;
use uuid::Uuid;

/// How long one measurement takes.
const SPAN: Duration = Duration::from_secs(4);
/// Journal and pgbench take turns this often; the median counts.
const ROUNDS: usize = 3;
/// Aggregates of each caller.
const EACH: usize = 50;
/// About what a demand carries.
const TEXT: &str =
    "面向国产高端装备的关键基础材料联合攻关，指标、里程碑与预算见附件，由需求方所在地受理。";

/// Something with a text and a counter.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Load {
    text: String,
    steps: u64,
}

#[derive(Clone, Serialize, Deserialize)]
enum Step {
    Stepped { text: String },
}

impl Aggregate for Load {
    const KIND: &'static str = "load";
    type Command = ();
    type Event = Step;
    type Rejection = Refusal;

    fn decide(&self, (): (), _: &Context) -> Result<Vec<Step>, Refusal> {
        Ok(vec![Step::Stepped {
            text: TEXT.to_owned(),
        }])
    }

    fn evolve(&mut self, Step::Stepped { text }: &Step) {
        text.clone_into(&mut self.text);
        self.steps += 1;
    }

    fn publish(&self, id: &str, _: &Step, _: &Context) -> Vec<Message> {
        vec![Message {
            scope: Scope::Node,
            kind: "bench.load.stepped",
            schema: "bench.Stepped",
            aggregate: id.to_owned(),
            body: self.text.clone().into_bytes(),
        }]
    }
}

fn migrations() -> Migrator {
    Migrator::with_migrations(vec![Migration::new(
        1000,
        "load".into(),
        MigrationType::Simple,
        SqlStr::from_static("create table load_view (id text primary key, steps bigint not null)"),
        false,
    )])
}

#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark has no service to hand ids in"
)]
fn fresh() -> Uuid {
    Uuid::new_v4()
}

fn builder() -> JournalBuilder {
    JournalBuilder::new(fresh).aggregate::<Load>()
}

fn projecting() -> JournalBuilder {
    builder().project::<Load>(|conn, change| {
        Box::pin(async move {
            sqlx::query(
                "insert into load_view values ($1, $2)
                 on conflict (id) do update set steps = excluded.steps",
            )
            .bind(&change.id)
            .bind(i64::try_from(change.state.steps).unwrap_or_default())
            .execute(conn)
            .await?;
            Ok(())
        })
    })
}

fn id(caller: usize, nth: usize) -> String {
    format!("{caller}-{nth}")
}

/// Commands per second of `callers` at once, each on its own aggregates.
async fn through_journal(journal: &Journal, callers: usize) -> Result<f64> {
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let journal = journal.clone();
        tasks.spawn(async move {
            let context = Context {
                now: time::OffsetDateTime::UNIX_EPOCH,
                actor: Actor::person("li", Role::Officer, Region::JS),
                node: Region::JS,
                policy: None,
                heard: [].into(),
            };
            let mut count = 0_u32;
            while begin.elapsed() < SPAN {
                let act = Act::new::<Load>(id(caller, count as usize % EACH), ());
                journal.execute(&act, &context, None, None).await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut total = 0;
    while let Some(count) = tasks.join_next().await {
        total += count??;
    }
    Ok(f64::from(total) / begin.elapsed().as_secs_f64())
}

/// The same rows by plain statements: read the state, write fact, state and message, commit.
fn script(view: bool) -> String {
    // A colon before a word would be a variable of pgbench.
    let fact = format!(r#"{{"Stepped":{{"text":"{TEXT}"}}}}"#);
    let state = format!(r#"{{"text":"{TEXT}","steps": 1}}"#);
    let actor = r#"{"person":"li","role":"officer","region":"js","unit": null,"expert": null}"#;
    let hash = "sha256('x')";
    let view = if view {
        "insert into load_view values (':client_id-:n', :next)
         on conflict (id) do update set steps = excluded.steps;\n"
    } else {
        ""
    };
    format!(
        r"\set n random(0, {last})
begin;
select version + 1 as next, state, head from journal_state where kind = 'load' and id = ':client_id-:n' \gset
insert into journal_fact (kind, id, version, name, payload, at, actor, previous, hash) values ('load', ':client_id-:n', :next, 'Stepped', '{fact}', 'epoch', '{actor}', {hash}, {hash});
insert into journal_state (kind, id, version, state, head) values ('load', ':client_id-:n', :next, '{state}', {hash}) on conflict (kind, id) do update set version = excluded.version, state = excluded.state, head = excluded.head;
insert into journal_outbox (id, scope, kind, schema, aggregate, body, at) values (gen_random_uuid(), 'node', 'bench.load.stepped', 'bench.Stepped', ':client_id-:n', convert_to('{TEXT}', 'UTF8'), 'epoch');
{view}commit;
",
        last = EACH - 1,
    )
}

/// Transactions per second of pgbench.
async fn through_pgbench(url: &str, script: &str, callers: usize) -> Result<f64> {
    let file = std::env::temp_dir().join(format!("jiebang-bench-{}.sql", std::process::id()));
    // A variable inside quotes is not replaced in prepared mode, so ids are put together there.
    fs::write(
        &file,
        script.replace("':client_id-:n'", "(:client_id || '-' || :n)"),
    )?;
    let mut command = Command::new("pgbench");
    command
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--file"])
        .arg(&file)
        .arg(format!("--client={callers}"))
        .arg(format!("--time={}", SPAN.as_secs()))
        .arg(url);
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    fs::remove_file(file)?;
    let output = output.context("pgbench (comes with PostgreSQL) has to be on the PATH")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench: {complained}");
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = tps.and_then(|rest| rest.split_whitespace().next());
    Ok(tps
        .with_context(|| format!("pgbench says {said}"))?
        .parse()?)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Both in turn, so that what else the machine does meets both alike.
async fn compare(
    figure: &str,
    journal: &Journal,
    url: &str,
    script: &str,
    callers: usize,
) -> Result<()> {
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty_outbox(&journal_pool(url).await?).await?;
        ours.push(through_journal(journal, callers).await?);
        empty_outbox(&journal_pool(url).await?).await?;
        raw.push(through_pgbench(url, script, callers).await?);
    }
    let ratio = median(
        ours.iter()
            .zip(&raw)
            .map(|(ours, raw)| ours / raw)
            .collect(),
    );
    let (ours, raw) = (median(ours), median(raw));
    println!("{figure}_at_{callers}_callers {ours:.0} commands/s {raw:.0} {ratio:.2}");
    Ok(())
}

async fn journal_pool(url: &str) -> Result<PgPool> {
    Ok(journal::connect(url.parse()?, 1).await?)
}

/// In service the relay does this; it is not what is measured.
async fn empty_outbox(pool: &PgPool) -> Result<()> {
    sqlx::query("truncate journal_outbox").execute(pool).await?;
    Ok(())
}

async fn run(callers: &[usize]) -> Result<()> {
    let server = Postgres::start(Durability::Full).await?;
    let all = journal::migrations(&migrations());
    server.create_database("bench", Some(&all)).await?;
    let url = server.url("bench");
    let pool = journal::connect(url.parse()?, 32).await?;
    let plain = builder().build(pool.clone());
    let projected = projecting().build(pool);
    // pgbench only steps what there is already.
    let begun = Act::new::<Load>;
    let acts: Vec<_> = (0..32)
        .flat_map(|c| (0..EACH).map(move |n| begun(id(c, n), ())))
        .collect();
    let context = Context {
        now: time::OffsetDateTime::UNIX_EPOCH,
        actor: Actor::person("li", Role::Officer, Region::JS),
        node: Region::JS,
        policy: None,
        heard: [].into(),
    };
    projected.execute_all(&acts, &context, None, None).await?;
    for &callers in callers {
        compare("plain", &plain, &url, &script(false), callers).await?;
        compare("projected", &projected, &url, &script(true), callers).await?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let named = std::env::args().skip(1).map(|callers| callers.parse());
    let named = named
        .collect::<Result<Vec<usize>, _>>()
        .context("usage: bench [CALLERS…]")?;
    let callers = if named.is_empty() {
        vec![1, 8, 32]
    } else {
        named
    };
    tokio::runtime::Runtime::new()?.block_on(run(&callers))
}
