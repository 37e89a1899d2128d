//! An import beside somebody who is faster with one of its rows.

use std::time::Duration;

use proto::registry::v1 as wire;
use regulation::{Region, Role};
use testkit::eventually;
use tokio::task::JoinSet;

use crate::{
    house::{House, code, registered},
    upload::{Upload, counts, taken_in},
};

const SOON: Duration = Duration::from_secs(20);

fn table(rows: &[(&str, &str)]) -> Upload {
    let employer = code("320500").to_string();
    let mut table = "姓名,身份证号,单位统一社会信用代码,来源\n".to_owned();
    for (name, number) in rows {
        table.extend([name, ",", number, ",", &employer, ",部门邀请\n"]);
    }
    Upload::experts(&table)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_faster_with_one_row_takes_that_one_only() {
    let js = House::of(Region::JS).await;
    registered(&js).await;
    taken_in(&js, &table(&[("李某某", "E00000001")])).await;
    // The other's row is written and not committed yet: the import does not see it and goes on.
    let pool = js.desk.pool().clone();
    let (id, state, head): (String, String, Vec<u8>) = sqlx::query_as(
        "delete from journal_state where kind = 'expert' returning id, state::text, head",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let mut other = pool.begin().await.unwrap();
    sqlx::query("insert into journal_state values ('expert', $1, 1, $2::json, $3)")
        .bind(id)
        .bind(state)
        .bind(head)
        .execute(&mut *other)
        .await
        .unwrap();
    let upload = table(&[
        ("王某某", "E00000000"),
        ("张某某", "E00000001"),
        ("赵某某", "E00000002"),
    ]);
    let (mut tasks, door) = (JoinSet::new(), js.tables(Role::Officer));
    tasks.spawn(async move { upload.told(door).await });
    let waits = async || {
        let waiting: bool = sqlx::query_scalar(
            "select exists (select from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock')",
        )
        .fetch_one(&pool)
        .await
        .ok()?;
        waiting.then_some(())
    };
    eventually(SOON, waits, "the import to wait for the other")
        .await
        .unwrap();
    other.commit().await.unwrap();
    let told = tasks.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(counts(&told), [3, 2, 0, 0, 1]);
    let rejected: Vec<&wire::RejectedRow> =
        told.iter().flat_map(|one| &one.rejected_rows).collect();
    assert_eq!(rejected.len(), 1);
    assert_eq!(
        (rejected[0].line, &*rejected[0].code),
        (3, "registry.one-expert")
    );
}
