//! Orders to a running federation: JSON lines over a Unix socket in its directory.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use regulation::Region;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
};

use crate::{ClockMove, Federation};

/// Names by which a node's servers are killed and restarted, like services.
const POSTGRES: &str = "postgres";
const NATS: &str = "nats";

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Tell what runs and what waits.
    Status,
    /// Move the domain's clock: `+30d`, `2024-10-01`, …
    Clock {
        /// Where to.
        to: String,
    },
    /// Cut a region off.
    Cut {
        /// Which.
        region: Region,
    },
    /// Cut it off, but leave its connections standing.
    Freeze {
        /// Which.
        region: Region,
    },
    /// Undo that.
    Heal {
        /// Which.
        region: Region,
    },
    /// Slow a region's wires down.
    Delay {
        /// Which.
        region: Region,
        /// So many milliseconds one way.
        milliseconds: u64,
    },
    /// `kill -9` of a service, or of `postgres` or `nats`.
    Kill {
        /// On which node.
        region: Region,
        /// Which.
        service: String,
    },
    /// Start it again.
    Restart {
        /// On which node.
        region: Region,
        /// Which.
        service: String,
    },
    /// Wait until everything that was said has been heard.
    Quiet {
        /// For so many seconds at most.
        seconds: u64,
    },
}

/// The answer to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done; with what there is to say.
    Done(String),
    /// Not done, and why.
    Failed(String),
}

/// Gives an order to the federation whose socket this is.
///
/// # Errors
/// When nobody listens there, or the order could not be carried out.
pub async fn give(socket: &Path, order: &Order) -> anyhow::Result<String> {
    let stream = UnixStream::connect(socket).await;
    let mut stream = stream.context("no federation is up there")?;
    let line = format!("{}\n", serde_json::to_string(order)?);
    stream.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await?;
    match serde_json::from_str(&answer).context("the federation ended")? {
        Answer::Done(said) => Ok(said),
        Answer::Failed(why) => bail!(why),
    }
}

/// Carries out what it is told, until dropped; keeps the manifest up to date if there is a file.
///
/// # Errors
/// When the socket can't be made.
pub async fn serve(federation: &Federation, manifest: Option<PathBuf>) -> anyhow::Result<()> {
    let socket = federation.control();
    let listener = UnixListener::bind(&socket)
        .with_context(|| format!("listening on {} (too long?)", socket.display()))?;
    std::fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
    let manifest = manifest.as_deref();
    let mut talks = futures::stream::FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => talks.push(talk(federation, manifest, accepted?.0)),
            Some(ended) = futures::StreamExt::next(&mut talks), if !talks.is_empty() => {
                if let Err(error) = ended {
                    tracing::warn!(%error, "an order was lost");
                }
            }
        }
    }
}

async fn talk(
    federation: &Federation,
    manifest: Option<&Path>,
    mut stream: UnixStream,
) -> anyhow::Result<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        let outcome = match serde_json::from_str(&line) {
            Ok(order) => federation.carry_out(&order).await,
            Err(error) => Err(error.into()),
        };
        if let Some(file) = manifest {
            federation.manifest().await.write(file)?;
        }
        let answer = match outcome {
            Ok(said) => Answer::Done(said),
            Err(error) => Answer::Failed(format!("{error:#}")),
        };
        let line = format!("{}\n", serde_json::to_string(&answer)?);
        write.write_all(line.as_bytes()).await?;
    }
    Ok(())
}

impl Federation {
    async fn carry_out(&self, order: &Order) -> anyhow::Result<String> {
        match order {
            Order::Status => return Ok(self.describe().await),
            Order::Clock { to } => {
                self.move_clock(to.parse::<ClockMove>()?).await?;
                return Ok(format!("it is {}", self.now()));
            }
            Order::Cut { region } => self.cut(*region)?,
            Order::Freeze { region } => self.freeze(*region)?,
            Order::Heal { region } => self.heal(*region)?,
            Order::Delay {
                region,
                milliseconds,
            } => {
                self.delay(*region, Duration::from_millis(*milliseconds))?;
            }
            Order::Kill { region, service } => match service.as_str() {
                POSTGRES => self.kill_postgres(*region).await?,
                NATS => self.kill_nats(*region).await?,
                service => self.kill(*region, service).await?,
            },
            Order::Restart { region, service } => match service.as_str() {
                POSTGRES => self.restart_postgres(*region).await?,
                NATS => self.restart_nats(*region).await?,
                service => self.restart(*region, service).await?,
            },
            Order::Quiet { seconds } => self.wait_quiet(Duration::from_secs(*seconds)).await?,
        }
        Ok("done".to_owned())
    }
}
