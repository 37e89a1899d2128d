//! Rows per second of an import, beside what the same server takes raw in the same minute: as a
//! `COPY`, and as one insert a row, which is the least that a journal could do.
//!
//! What bounds it: each row is a command to an aggregate of its own, with its fact, its place in a
//! chain, its state and its messages. `scripts/bench registry [ROWS]`.

use std::{fmt::Write as _, time::Instant};

use anyhow::{Context as _, Result, ensure};
use chassis::testing;
use proto::registry::v1::{
    ImportProgress, ImportTableRequest, RegisterUnitRequest, Table, UnitKind,
    import_service_client::ImportServiceClient, registry_service_client::RegistryServiceClient,
};
use registry::{Registry, Settings};
use regulation::{Actor, CreditCode, Region, Role};
use sqlx::{Executor as _, PgPool};
use time::macros::datetime;

/// Rows that are taken in where nobody says how many.
const ROWS: usize = 100_000;
/// Rows that a transaction has, here and there.
const TOGETHER: usize = 500;

fn main() -> Result<()> {
    let rows = match std::env::args().nth(1) {
        Some(rows) => rows.parse()?,
        None => ROWS,
    };
    tokio::runtime::Runtime::new()?.block_on(run(rows))
}

async fn run(rows: usize) -> Result<()> {
    let database = testkit::database(&testing::migrations::<Registry>()).await?;
    let secret = tempfile::NamedTempFile::new()?;
    std::fs::write(secret.path(), "07".repeat(32))?;
    let settings = Settings {
        person_key_file: secret.path().into(),
        national_record: None,
    };
    let start = datetime!(2024-09-02 09:00 +8);
    let desk = testing::desk::<Registry>(database.pool(), Region::JS, start)?;
    let officer = Actor::person("officer", Role::Officer, Region::JS);
    let door = testing::door::<Registry>(&desk, &settings, officer);
    let employer = CreditCode::with_check("91320500MA1ABCDE2")?.to_string();
    let unit = RegisterUnitRequest {
        request_id: id(),
        credit_code: employer.clone(),
        name: "江苏星河微电子科技有限公司".into(),
        kind: UnitKind::Enterprise.into(),
        ..Default::default()
    };
    RegistryServiceClient::new(door.clone())
        .register_unit(unit)
        .await?;

    let file = table(rows, &employer)?;
    println!("file {:.1} MiB", mib(file.len()));
    let copied = copied(database.pool(), &file).await?;
    told("copy_of_the_text", rows, copied, None);
    let inserted = inserted(database.pool(), rows).await?;
    told("insert_row_by_row", rows, inserted, None);
    let first = timed(&mut ImportServiceClient::new(door.clone()), &file).await?;
    ensure!(first.1.accepted == i64::try_from(rows)?, "{:?}", first.1);
    told("import", rows, first.0, Some(inserted));
    let again = timed(&mut ImportServiceClient::new(door), &file).await?;
    ensure!(again.1.unchanged == i64::try_from(rows)?, "{:?}", again.1);
    told("import_again", rows, again.0, Some(inserted));
    Ok(())
}

fn table(rows: usize, employer: &str) -> Result<Vec<u8>> {
    let mut table = "姓名,身份证号,单位统一社会信用代码,来源,专业领域,关键词\r\n".to_owned();
    for nth in 0..rows {
        writeln!(
            table,
            "专家{nth},E{nth:08},{employer},国家科技专家库,集成电路；人工智能,光刻胶；掩膜；{nth}\r"
        )?;
    }
    Ok(table.into_bytes())
}

async fn timed(
    client: &mut ImportServiceClient<testing::Door>,
    file: &[u8],
) -> Result<(f64, ImportProgress)> {
    let head = ImportTableRequest {
        request_id: id(),
        table: Table::Experts.into(),
        file_size: i64::try_from(file.len())?,
        ..Default::default()
    };
    let chunks: Vec<ImportTableRequest> = file
        .chunks(512 << 10)
        .map(|chunk| ImportTableRequest {
            chunk: chunk.to_vec(),
            ..Default::default()
        })
        .collect();
    let started = Instant::now();
    let messages = futures::stream::iter([head].into_iter().chain(chunks));
    let mut told = client.import_table(messages).await?.into_inner();
    let mut last = None;
    while let Some(progress) = told.message().await? {
        last = Some(progress);
    }
    Ok((
        started.elapsed().as_secs_f64(),
        last.context("nothing told")?,
    ))
}

async fn copied(pool: &PgPool, file: &[u8]) -> Result<f64> {
    pool.execute("create table raw_copy (line text)").await?;
    let started = Instant::now();
    let mut conn = pool.acquire().await?;
    let copy = "copy raw_copy from stdin (format csv, delimiter E'\\x01', quote E'\\x02')";
    let mut copy = conn.copy_in_raw(copy).await?;
    copy.send(file).await?;
    copy.finish().await?;
    Ok(started.elapsed().as_secs_f64())
}

async fn inserted(pool: &PgPool, rows: usize) -> Result<f64> {
    let made = "create table raw_insert (kind text, id text, version bigint, state json, head bytea, \
                primary key (kind, id))";
    pool.execute(made).await?;
    let state = r#"{"home":"js","profile":{"name":"专家","fields":["集成电路","人工智能"]}}"#;
    let started = Instant::now();
    for batch in (0..rows).collect::<Vec<_>>().chunks(TOGETHER) {
        let mut tx = pool.begin().await?;
        for nth in batch {
            let insert = "insert into raw_insert values ('expert', $1, 1, $2::json, $3)";
            sqlx::query(insert)
                .bind(nth.to_string())
                .bind(state)
                .bind([7_u8; 32].as_slice())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
    }
    Ok(started.elapsed().as_secs_f64())
}

fn id() -> String {
    chassis::clock::Ids.random::<uuid::Uuid>().to_string()
}

fn mib(bytes: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let bytes = bytes as f64;
    bytes / f64::from(1 << 20)
}

/// Prints a figure, and beside it what the raw way got that took `raw` seconds.
fn told(figure: &str, rows: usize, seconds: f64, raw: Option<f64>) {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rows = rows as f64;
    let beside = raw.map_or_else(String::new, |raw| {
        format!(" {:.0} {:.2}", rows / raw, raw / seconds)
    });
    println!("{figure} {:.0} rows/s{beside}", rows / seconds);
}
