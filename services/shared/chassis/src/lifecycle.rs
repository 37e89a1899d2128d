//! Two-stage shutdown: finish what is under way, then drop what would not finish.

use std::{future::Future, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};

/// How long work under way may take after the first signal.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Owns every task of the process.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    tasks: TaskTracker,
    soft: CancellationToken,
    failed: CancellationToken,
}

impl Lifecycle {
    /// Cancelled when work should be finished and none begun.
    pub fn stopping(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Runs a task of the process. One that ends before it was asked to stops the process with an
    /// error: a service that lives on without its relay or its consumer would be a silent fault.
    #[expect(clippy::disallowed_methods, reason = "this is the owner of all tasks")]
    pub fn spawn<F, E>(&self, name: &'static str, task: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let (soft, failed) = (self.soft.clone(), self.failed.clone());
        let watched = tokio::spawn(self.tasks.track_future(task));
        tokio::spawn(self.tasks.track_future(async move {
            let outcome = watched.await;
            if soft.is_cancelled() {
                return;
            }
            match outcome {
                Ok(Ok(())) => error!(task = name, "task ended by itself"),
                Ok(Err(error)) => error!(task = name, error = format!("{error:#}"), "task failed"),
                Err(error) => error!(task = name, %error, "task panicked"),
            }
            failed.cancel();
            soft.cancel();
        }));
    }

    /// Waits for a signal or a failed task, then drains. Returns whether all went well.
    ///
    /// # Errors
    /// When the process can't listen for signals.
    pub async fn run(&self) -> std::io::Result<bool> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => info!("asked to stop"),
            _ = interrupt.recv() => info!("asked to stop"),
            () = self.soft.cancelled() => {}
        }
        self.soft.cancel();
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => info!("drained"),
            () = tokio::time::sleep(DRAIN_MAX) => warn!("not drained in time; dropping the rest"),
            _ = terminate.recv() => warn!("second signal; dropping the rest"),
            _ = interrupt.recv() => warn!("second signal; dropping the rest"),
        }
        Ok(!self.failed.is_cancelled())
    }
}
