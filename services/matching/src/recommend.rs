//! 推荐: which units could solve a published demand, and which demands a unit could solve, with the
//! reason. [Art. 11]
//!
//! It knows public texts alone: what every node may show of a demand, and what units tell of
//! themselves. So an answer tells no more than the texts do, whoever asks; and nothing is sent
//! anywhere. Only at the demand's home, where they are known, the demander and its affiliates are
//! left out. The index is in memory: made anew at start, in the background, and kept up with the
//! tables afterwards; every answer says how much it knew.

mod digest;
mod door;
mod known;
mod search;
mod shelf;
mod texts;

use std::{convert::Infallible, sync::Arc, time::Duration};

use chassis::{Desk, Lifecycle};
use serde::{Deserialize, Serialize};
use tracing::warn;

pub(crate) use door::RecommendDoor;
pub(crate) use known::{absorb, react};
pub(crate) use search::Rest;
pub use shelf::Shelf;

/// How long what was told may wait before it is read.
const PERIOD: Duration = Duration::from_secs(2);

/// What matching alone is told: nothing; doors and background share the index through it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The index.
    #[serde(skip)]
    pub shelf: Arc<Shelf>,
}

/// Keeps the index up with the tables.
pub(crate) fn start(desk: &Desk, settings: &Settings, lifecycle: &Lifecycle) {
    let (shelf, desk) = (Arc::clone(&settings.shelf), desk.clone());
    let stop = lifecycle.stopping();
    lifecycle.spawn("recommend", async move {
        while !stop.is_cancelled() {
            tokio::select! {
                done = keep_up(&desk, &shelf) => {
                    if let Err(error) = done {
                        warn!(error = format!("{error:#}"), "profiles not read; trying again");
                    }
                }
                () = stop.cancelled() => {}
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok::<_, Infallible>(())
    });
}

/// Reads what is new, and makes the digests that are due.
///
/// # Errors
/// The database.
pub async fn keep_up(desk: &Desk, shelf: &Arc<Shelf>) -> anyhow::Result<()> {
    shelf.follow(desk.pool()).await?;
    digest::issue(desk, shelf).await
}
