//! How revised tasks read before, as everybody was told of them. [Art. 12]

use std::collections::BTreeMap;

use chassis::status;
use prost::Message as _;
use proto::{
    intake::v1::{ExternalTask, PublicRecord},
    matching::v1::EarlierWording,
};
use regulation::{BlindId, Day, TaskId};
use sqlx::{PgConnection, PgPool};
use tonic::Status;

/// Keeps the tasks of a published demand that its new record replaces by a later revision.
pub(super) async fn keep(
    db: &mut PgConnection,
    blind_id: BlindId,
    next: &PublicRecord,
    on: Day,
) -> Result<(), sqlx::Error> {
    let known = sqlx::query_scalar!(
        "select record from catalogue where blind_id = $1",
        blind_id.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    let known = known.and_then(|record| PublicRecord::decode(record.as_slice()).ok());
    let next: BTreeMap<&str, i32> = next
        .tasks
        .iter()
        .map(|task| (task.task_id.as_str(), task.revision))
        .collect();
    for task in known.unwrap_or_default().tasks {
        let replaced = next
            .get(task.task_id.as_str())
            .is_some_and(|revision| *revision > task.revision);
        let Some(id) = task.task_id.parse::<TaskId>().ok().filter(|_| replaced) else {
            continue;
        };
        sqlx::query!(
            "insert into earlier_wording (blind_id, task_id, number, replaced_on, task)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            blind_id.0,
            id.0,
            task.revision,
            on.0,
            task.encode_to_vec(),
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// How the revised tasks of a demand read before, by task, the oldest first.
pub(crate) async fn earlier_wordings(
    pool: &PgPool,
    blind_id: BlindId,
) -> Result<Vec<EarlierWording>, Status> {
    let rows = sqlx::query!(
        r#"select task, replaced_on,
                  case when number = 1 then published_on
                       else lag(replaced_on) over (partition by task_id order by number)
                  end as since
           from earlier_wording join catalogue using (blind_id)
           where blind_id = $1 order by task_id, number"#,
        blind_id.0,
    )
    .fetch_all(pool)
    .await
    .map_err(|error| status::unavailable(&error))?;
    let wordings = rows.into_iter().map(|row| {
        let task = ExternalTask::decode(row.task.as_slice());
        let since = row.since.map(|day| Day(day).to_string());
        Ok(EarlierWording {
            task: Some(task.map_err(|error| status::internal(&error))?),
            published_on: since.unwrap_or_default(),
            replaced_on: Day(row.replaced_on).to_string(),
        })
    });
    wordings.collect()
}
