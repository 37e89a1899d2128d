//! What the loops and the doors of an exchange share.

use std::{
    fmt,
    future::Future,
    sync::{Arc, OnceLock, atomic::AtomicBool},
    time::Duration,
};

use anyhow::Context as _;
use bus::{Bus, ShareLink};
use chassis::{
    Desk, Lifecycle,
    clock::{Clock, Ids},
};
use regulation::Region;
use sqlx::PgPool;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::{
    members::{self, Members},
    membership,
    peers::Peers,
    settings::Settings,
};

/// How long a loop rests after a failure, and looks at the tables although nobody woke it.
pub(crate) const PERIOD: Duration = Duration::from_secs(1);

/// A node's border.
pub(crate) struct Border {
    pub(crate) region: Region,
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) members: Members,
    pub(crate) peers: Peers,
    pub(crate) bus: Bus,
    pub(crate) share: ShareLink,
    /// Something was numbered, and can be sent.
    pub(crate) numbered: Notify,
    /// Something was filed, and can be given to the node's services.
    pub(crate) filed: Notify,
    /// Something is missing, and can be asked for.
    pub(crate) missing: Notify,
    /// A joint decision took force, and may be on a member.
    pub(crate) decided: Notify,
    /// The same, for who must not go on before it is looked at.
    pub(crate) news: AtomicBool,
    /// Up to which number of the hub's chain decisions have been looked at.
    pub(crate) looked: Mutex<u64>,
    /// An envelope is on its way to the hub, under the keys as they are known.
    pub(crate) sending: Mutex<()>,
    /// The members have changed: the hub's stream has to know.
    pub(crate) provisioned: Notify,
}

impl Border {
    pub(crate) async fn open(desk: &Desk, settings: &Settings, bus: &Bus) -> anyhow::Result<Self> {
        let changes = membership::proven(desk.pool()).await?;
        let peers = Peers::new(settings)?;
        for change in &changes {
            peers.reached(change.document.region, &change.document.address);
        }
        let members = Members::read(desk.region(), settings, changes)?;
        let share = ShareLink::connect(desk.region(), members::hub(&settings.hub)?)
            .await
            .context("connecting to the hub")?;
        Ok(Self {
            region: desk.region(),
            pool: desk.pool().clone(),
            clock: desk.clock().clone(),
            ids: desk.ids(),
            peers,
            members,
            bus: bus.clone(),
            share,
            numbered: Notify::new(),
            filed: Notify::new(),
            missing: Notify::new(),
            decided: Notify::new(),
            news: AtomicBool::new(false),
            looked: Mutex::new(0),
            sending: Mutex::new(()),
            provisioned: Notify::new(),
        })
    }
}

/// Runs `pass` again and again: at once while it says that there is more, else when woken or after
/// [`PERIOD`]. A failure is logged and tried again.
pub(crate) fn passes<F>(
    lifecycle: &Lifecycle,
    name: &'static str,
    border: &Arc<Border>,
    wake: fn(&Border) -> &Notify,
    pass: impl Fn(Arc<Border>, CancellationToken) -> F + Send + 'static,
) where
    F: Future<Output = anyhow::Result<bool>> + Send + 'static,
{
    let (stop, border) = (lifecycle.stopping(), Arc::clone(border));
    lifecycle.spawn(name, async move {
        while !stop.is_cancelled() {
            match pass(Arc::clone(&border), stop.clone()).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(task = name, error = format!("{error:#}"), "trying again");
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = wake(&border).notified() => {}
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

/// The border once it is open. The doors are built before it is, from the same settings.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<OnceLock<Arc<Border>>>);

impl Running {
    pub(crate) fn set(&self, border: &Arc<Border>) {
        // A process opens its border once.
        let _ = self.0.set(Arc::clone(border));
    }

    pub(crate) fn get(&self) -> Result<&Arc<Border>, Status> {
        self.0.get().ok_or_else(|| {
            chassis::status::info(
                Code::Unavailable,
                "exchange.starting",
                "边界服务正在启动，请稍后重试。".to_owned(),
            )
        })
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Running")
            .field(&self.0.get().is_some())
            .finish()
    }
}
