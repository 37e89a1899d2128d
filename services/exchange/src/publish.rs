//! Outbound, second half: what has a number goes to the hub, in order, each after the one before is
//! stored there.

use std::sync::Arc;

use chassis::Lifecycle;
use tokio_util::sync::CancellationToken;

use crate::border::{self, Border};

/// Envelopes that one pass takes.
const BATCH: i64 = 100;

pub(crate) fn start(border: &Arc<Border>, lifecycle: &Lifecycle) {
    border::passes(
        lifecycle,
        "publisher",
        border,
        |border| &border.numbered,
        pass,
    );
}

/// Sends what waits. What was sent and not yet noted when the process died is sent again: the hub's
/// stream, or at the latest the others' files, know it.
async fn pass(border: Arc<Border>, stop: CancellationToken) -> anyhow::Result<bool> {
    let rows = sqlx::query!(
        r#"select s.number, s.message_id, s.envelope, a.envelope as "anew?"
           from unpublished u join sent s using (number) left join sent_anew a using (number)
           order by s.number limit $1"#,
        BATCH,
    )
    .fetch_all(&border.pool)
    .await?;
    let more = !rows.is_empty();
    for row in rows {
        if stop.is_cancelled() {
            return Ok(false);
        }
        // Not while the keys change: what was just signed with one that ended would be lost.
        let _keys = border.sending.lock().await;
        let spoken = border
            .spoken(row.number, row.message_id, row.envelope, row.anew)
            .await?;
        border.share.publish(spoken.id, spoken.envelope).await?;
        sqlx::query!("delete from unpublished where number = $1", row.number)
            .execute(&border.pool)
            .await?;
        metrics::counter!("jiebang_exchange_sent_total").increment(1);
    }
    Ok(more)
}
