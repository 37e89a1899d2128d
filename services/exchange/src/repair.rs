//! What is missing is asked for: of its origin, and if that does not answer, of any other member,
//! since a signature proves an envelope whoever passes it on.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chassis::Lifecycle;
use prost::Message as _;
use proto::exchange::v1::FetchStretchRequest;
use regulation::Region;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    border::{self, Border},
    convert::number,
    file::{self, Filed},
};

const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_mins(1);

/// When a region may be asked again, after nobody could help.
type Rests = Arc<Mutex<BTreeMap<Region, (Instant, Duration)>>>;

pub(crate) fn start(border: &Arc<Border>, lifecycle: &Lifecycle) {
    let rests = Rests::default();
    let pass = move |border, stop| pass(border, stop, Arc::clone(&rests));
    border::passes(lifecycle, "repair", border, |border| &border.missing, pass);
}

async fn pass(border: Arc<Border>, stop: CancellationToken, rests: Rests) -> anyhow::Result<bool> {
    let rows = sqlx::query!(
        r#"select region, min(number) as "first!" from early group by region order by region"#
    )
    .fetch_all(&border.pool)
    .await?;
    let mut more = false;
    for row in rows {
        let region: Region = row.region.parse()?;
        if stop.is_cancelled() || resting(&rests, region) {
            continue;
        }
        let progress = border.mend(region, number(row.first)).await?;
        rest(&rests, region, progress);
        more |= progress;
    }
    Ok(more)
}

fn resting(rests: &Rests, region: Region) -> bool {
    let rests = rests.lock().unwrap_or_else(PoisonError::into_inner);
    rests
        .get(&region)
        .is_some_and(|(until, _)| Instant::now() < *until)
}

fn rest(rests: &Rests, region: Region, progress: bool) {
    let mut rests = rests.lock().unwrap_or_else(PoisonError::into_inner);
    if progress {
        rests.remove(&region);
        return;
    }
    let pause = rests
        .get(&region)
        .map_or(PAUSE_MIN, |(_, pause)| (*pause * 2).min(PAUSE_MAX));
    rests.insert(region, (Instant::now() + pause, pause));
}

impl Border {
    /// Fetches what is missing of `origin` before number `first`. Says whether anything came.
    async fn mend(&self, origin: Region, first: u64) -> anyhow::Result<bool> {
        let head = file::head(&mut *self.pool.acquire().await?, origin).await?;
        let from = head.map_or(1, |head| head.number + 1);
        // Nothing is missing before it, so it contradicts what is on file; it is a fault already.
        if from >= first {
            return Ok(false);
        }
        let others = self
            .peers
            .regions()
            .into_iter()
            .filter(|region| *region != origin);
        for source in std::iter::once(origin).chain(others) {
            if self.fetch(source, origin, from, first - 1).await? {
                return Ok(true);
            }
        }
        tracing::warn!(%origin, from, to = first - 1, "nobody has what is missing");
        Ok(false)
    }

    /// Asks one member. Says whether it had anything that could be filed.
    async fn fetch(
        &self,
        source: Region,
        origin: Region,
        from: u64,
        to: u64,
    ) -> Result<bool, sqlx::Error> {
        let Some(mut client) = self.peers.client(source) else {
            return Ok(false);
        };
        let request = FetchStretchRequest {
            origin: origin.to_string(),
            from,
            to,
        };
        let envelopes = match client.fetch_stretch(request).await {
            Ok(answer) => answer.into_inner().envelopes,
            Err(status) => {
                let (code, message) = (status.code(), status.message());
                tracing::warn!(%source, %origin, ?code, message, "a stretch could not be fetched");
                return Ok(false);
            }
        };
        let mut filed = false;
        for envelope in envelopes {
            filed |= self.file(origin, &envelope.encode_to_vec()).await? == Filed::Now;
        }
        if filed {
            tracing::info!(%source, %origin, from, to, "a missing stretch came");
        }
        Ok(filed)
    }
}
