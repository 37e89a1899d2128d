//! Unmistakable tokens stand in every private field of the input; they must be nowhere else.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use regulation::Region;
use scenarios::Way;
use sqlx::{AssertSqlSafe, PgPool};

/// What private fields of the input are marked with: notes and contacts of demands, contacts of
/// solutions.
const MARK: &str = "PRIVATE-";

/// Searches every database and NATS store of the other nodes, and every log and collected trace of
/// all of them: what is private at home is nothing for operators there either.
pub(crate) async fn nothing_private_is_anywhere_else(way: &Way<'_>) {
    let manifest = way.federation.manifest().await;
    let everybodys = secrets_unless(way, |_| false);
    let mut found = Vec::new();
    for (region, node) in &manifest.nodes {
        let secrets = secrets_unless(way, |home| home == *region);
        let mut acts = BTreeSet::new();
        for service in node.services.keys() {
            if let Ok(pool) = way.federation.sql(*region, service).await {
                // The directory of units is everybody's; who of them demands what is nobody's.
                let named = !matches!(service.as_str(), "registry" | "exchange");
                found.extend(in_database(&pool, &secrets, named).await);
                acts.extend(acts_of(&pool).await);
            }
            let log = way.federation.logs(*region, service).await.unwrap();
            found.extend(in_text(
                &log,
                &everybodys,
                &format!("the log of {service} of {region}"),
            ));
        }
        for trace in traces_of(way, *region, &acts).await {
            found.extend(in_text(
                &trace,
                &everybodys,
                &format!("the traces of {region}"),
            ));
        }
        let store = manifest.directory.join(region.as_str()).join("nats");
        in_files(&store, &secrets, &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
}

struct Secret {
    text: String,
    /// Whether it is a name that the directory of units holds everywhere.
    directory: bool,
}

/// Which of the secrets a text holds.
fn in_text(text: &str, secrets: &[Secret], place: &str) -> Vec<String> {
    let told = secrets.iter().filter(|secret| text.contains(&secret.text));
    told.map(|secret| format!("{} in {place}", secret.text))
        .collect()
}

/// The traces in which a service's facts came about.
async fn acts_of(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "select distinct split_part(trace, '-', 2) from journal_fact where trace is not null",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

/// What the node's telemetry shows: all that is complete, and of the acts also what goes on
/// elsewhere.
async fn traces_of(way: &Way<'_>, region: Region, acts: &BTreeSet<String>) -> Vec<String> {
    let complete = way.federation.traces(region, "/api/traces?limit=1000000");
    let mut traces = vec![complete.await.unwrap()];
    for act in acts {
        let path = format!("/api/traces/{act}");
        traces.extend(way.federation.traces(region, &path).await.ok());
    }
    assert!(traces.len() > 1, "no act of {region} was traced");
    traces
}

/// The marked fields of all whose home is not known to be here, and who demands.
fn secrets_unless(way: &Way<'_>, here: impl Fn(Region) -> bool) -> Vec<Secret> {
    let elsewhere: Vec<_> = way
        .demands
        .iter()
        .filter(|demand| !here(demand.region))
        .collect();
    let homes: BTreeMap<_, _> = way
        .units
        .iter()
        .map(|(key, (_, home))| (key, *home))
        .collect();
    let mut secrets = Vec::new();
    for demand in &elsewhere {
        for field in ["NOTE", "CONTACT"] {
            let text = format!("{MARK}{field}-{}", demand.key);
            secrets.push(Secret {
                text,
                directory: false,
            });
        }
        secrets.push(Secret {
            text: demand.unit.to_string(),
            directory: true,
        });
    }
    for (unit, _) in homes.iter().filter(|(_, home)| !here(**home)) {
        secrets.push(Secret {
            text: format!("{MARK}SOLVER-{unit}"),
            directory: false,
        });
    }
    secrets
}

/// Whether a row is of what a service keeps of one unit as the directory has it.
fn of_the_directory(table: &str, row: &str) -> bool {
    matches!(table, "known_unit" | "unit")
        || ["unit", "known_unit"]
            .iter()
            .any(|kind| row.starts_with(&format!("({kind},")) || row.contains(&format!(",{kind},")))
}

async fn in_database(pool: &PgPool, secrets: &[Secret], named: bool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select quote_ident(table_name) from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let sql = format!("select t::text from {table} as t");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await
            .unwrap();
        for secret in secrets.iter().filter(|secret| named || !secret.directory) {
            let hex = hex::encode(&secret.text);
            let tells = |row: &String| row.contains(&secret.text) || row.contains(&hex);
            if rows
                .iter()
                .any(|row| tells(row) && !(secret.directory && of_the_directory(&table, row)))
            {
                let database = pool
                    .connect_options()
                    .get_database()
                    .unwrap_or_default()
                    .to_owned();
                let port = pool.connect_options().get_port();
                found.push(format!(
                    "{} in {database}.{table} at port {port}",
                    secret.text
                ));
            }
        }
    }
    found
}

fn in_files(folder: &Path, secrets: &[Secret], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            in_files(&path, secrets, found);
            continue;
        }
        // A store file may go while it is being looked at.
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        for secret in secrets.iter().filter(|secret| !secret.directory) {
            let text = secret.text.as_bytes();
            if bytes.windows(text.len()).any(|window| window == text) {
                found.push(format!("{} in {}", secret.text, path.display()));
            }
        }
    }
}
