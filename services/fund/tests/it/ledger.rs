//! The ledger: balanced, covered, and never changed, by nobody.

use proto::fund::v1::FundSource;
use sqlx::{AssertSqlSafe, PgPool, postgres::PgConnectOptions};

use crate::house::*;

async fn refused(pool: &PgPool, sql: &str) -> String {
    let outcome = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(pool)
        .await;
    outcome.map(|_| sql.to_owned()).unwrap_err().to_string()
}

/// One payment that is with the bank: three postings.
async fn booked() -> House {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    house.sent(0, &allocation, &[(&central, 400)]).await;
    house
}

const CHANGES: [&str; 6] = [
    "update ledger_entry set debit = debit + 1",
    "delete from ledger_entry",
    "truncate ledger_entry",
    "update ledger_posting set name = 'x'",
    "delete from ledger_posting",
    "truncate ledger_posting cascade",
];

#[tokio::test]
async fn not_even_the_owner_changes_what_is_booked() {
    let house = booked().await;
    for sql in CHANGES {
        let refusal = refused(house.database.pool(), sql).await;
        assert!(refusal.contains("append-only"), "{sql}: {refusal}");
    }
}

#[tokio::test]
async fn the_services_role_can_add_and_nothing_else() {
    let house = booked().await;
    let owner = house.database.pool();
    let role = format!("app_{}", fresh().replace('-', ""));
    let create = format!("create role {role} login");
    sqlx::raw_sql(AssertSqlSafe(create))
        .execute(owner)
        .await
        .unwrap();
    journal::grant_app_role(owner, &role).await.unwrap();
    let options: PgConnectOptions = house.database.url().parse().unwrap();
    let app = journal::connect(options.username(&role), 2).await.unwrap();
    for sql in CHANGES.into_iter().chain([
        "alter table ledger_entry disable trigger append_only",
        "drop trigger append_only on ledger_posting",
        "drop trigger balanced on ledger_entry",
        "set session_replication_role = replica",
    ]) {
        let refusal = refused(&app, sql).await;
        let known = ["append-only", "permission denied", "must be owner"];
        assert!(
            known.iter().any(|k| refusal.contains(k)),
            "{sql}: {refusal}"
        );
    }
    // What is booked is not even its to try.
    for sql in CHANGES {
        let refusal = refused(&app, sql).await;
        assert!(refusal.contains("permission denied"), "{sql}: {refusal}");
    }
    let posting = posting("balanced", "allocated", "in_transit", 5, 5);
    sqlx::raw_sql(AssertSqlSafe(posting))
        .execute(&app)
        .await
        .unwrap();
    app.close().await;
    let gone = format!("drop owned by {role}; drop role {role}");
    sqlx::raw_sql(AssertSqlSafe(gone))
        .execute(owner)
        .await
        .unwrap();
}

/// A posting by hand that moves from one account of the booked project to another.
fn posting(name: &str, from: &str, to: &str, debit: i64, credit: i64) -> String {
    let side = |line: i32, account: &str, side: &str, fen: i64| {
        format!(
            "insert into ledger_entry (posting, line, account, appropriation, year, source,
                                       project, field, {side})
             select p.id, {line}, '{account}', e.appropriation, e.year, e.source,
                    e.project, e.field, {fen}
             from ledger_posting p,
                  (select * from ledger_entry where account = 'allocated' limit 1) e
             where p.name = '{name}';"
        )
    };
    format!(
        "begin; insert into ledger_posting (id, name, at)
                values (gen_random_uuid(), '{name}', now()); {} {} commit;",
        side(1, to, "debit", debit),
        side(2, from, "credit", credit),
    )
}

#[tokio::test]
async fn what_is_not_balanced_or_not_covered_is_refused() {
    let house = booked().await;
    let pool = house.database.pool();
    for (sql, expected) in [
        (
            posting("lame", "allocated", "in_transit", 5, 4),
            "not balanced",
        ),
        (
            posting("over", "allocated", "in_transit", 601, 601),
            "overdrawn",
        ),
        (
            posting("early", "in_transit", "paid", 401, 401),
            "overdrawn",
        ),
        (
            "insert into ledger_posting (id, name, at)
             values (gen_random_uuid(), 'empty', now())"
                .to_owned(),
            "not balanced",
        ),
        (
            "insert into ledger_entry (posting, line, account, appropriation, year, source,
                                       project, field, debit)
             select posting, 99, account, appropriation, year, source, project, field, 1
             from ledger_entry where account = 'in_transit' limit 1"
                .to_owned(),
            "is closed",
        ),
    ] {
        let refusal = refused(pool, &sql).await;
        assert!(refusal.contains(expected), "{sql}: {refusal}");
    }
}

#[tokio::test]
async fn debits_are_credits_and_every_fact_is_posted_once() {
    let house = booked().await;
    let (postings, difference): (i64, i64) = sqlx::query_as(
        "select count(distinct posting), sum(debit - credit)::bigint from ledger_entry",
    )
    .fetch_one(house.database.pool())
    .await
    .unwrap();
    assert_eq!((postings, difference), (3, 0));
    let again = "insert into ledger_posting (id, name, at, reverses)
                 select id, name, at, reverses from ledger_posting limit 1";
    let refusal = refused(house.database.pool(), again).await;
    assert!(refusal.contains("duplicate key"), "{refusal}");
}
