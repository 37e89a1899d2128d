//! Append-only twice over: the owner is stopped by trigger, the service by privilege.

use sqlx::{AssertSqlSafe, PgPool, postgres::PgConnectOptions};

use crate::tally::*;

async fn error(pool: &PgPool, sql: String) -> String {
    let error = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
        .execute(pool)
        .await;
    error.map(|_| sql).unwrap_err().to_string()
}

fn forbidden() -> impl Iterator<Item = String> {
    ["journal_fact", "journal_seal"]
        .into_iter()
        .flat_map(|table| {
            let column = if table == "journal_fact" {
                "version"
            } else {
                "number"
            };
            [
                format!("update {table} set {column} = {column} + 1"),
                format!("delete from {table}"),
                format!("truncate {table}"),
            ]
        })
}

#[tokio::test]
async fn not_even_the_owner_changes_a_fact_or_a_seal() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, add("a", 1)).await;
    journal.seal_new_facts().await.unwrap();
    for sql in forbidden() {
        let refused = error(db.pool(), sql.clone()).await;
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn the_service_does_its_work_with_the_right_to_add_only() {
    let db = database().await;
    let role = format!("app_{}", fresh().simple());
    sqlx::raw_sql(AssertSqlSafe(format!("create role {role} login")))
        .execute(db.pool())
        .await
        .unwrap();
    journal::grant_app_role(db.pool(), &role).await.unwrap();
    let options: PgConnectOptions = db.url().parse().unwrap();
    let app = journal::connect(options.username(&role), 2).await.unwrap();

    let journal = projecting(&app);
    run(&journal, act("a", Command::SetDeadline(hours(1)))).await;
    run(&journal, add("a", 1)).await;
    journal
        .execute(
            &add("a", 2),
            &context(),
            Some(&request("web", fresh(), "x")),
            None,
        )
        .await
        .unwrap();
    journal
        .apply(&incoming("x"), &[add("b", 1)], None, &context())
        .await
        .unwrap();
    journal
        .dead_letter(&incoming("y"), "unreadable")
        .await
        .unwrap();
    assert_eq!(journal.fire_due(&at(hours(2))).await.unwrap().done, 1);
    journal.seal_new_facts().await.unwrap();
    let pending = journal.outbox().pending(9).await.unwrap();
    assert_eq!(pending.len(), 3);
    journal.outbox().remove(&[pending[0].seq]).await.unwrap();
    assert_eq!(journal.verify().await.unwrap().broken, None);

    let more = [
        "alter table journal_fact disable trigger append_only".to_owned(),
        "drop trigger append_only on journal_fact".to_owned(),
        "insert into journal_epoch values (9, 'mine', 1)".to_owned(),
        "delete from _sqlx_migrations".to_owned(),
    ];
    for sql in forbidden().chain(more) {
        let refused = error(&app, sql.clone()).await;
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{sql}: {refused}"
        );
    }
    app.close().await;
    let gone = format!("drop owned by {role}; drop role {role}");
    sqlx::raw_sql(AssertSqlSafe(gone))
        .execute(db.pool())
        .await
        .unwrap();
}
