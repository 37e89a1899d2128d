//! Inbound, first half: envelopes as the hub hands them over.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bus::{Sealed, ShareAdmin};
use chassis::Lifecycle;
use tokio_util::sync::CancellationToken;

use crate::border::{Border, PERIOD};

pub(crate) fn start(border: &Arc<Border>, lifecycle: &Lifecycle) {
    let (stop, border) = (lifecycle.stopping(), Arc::clone(border));
    lifecycle.spawn("receiver", async move {
        loop {
            let sealed = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                sealed = border.share.next() => sealed,
            };
            receive(&border, &sealed, &stop).await;
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

/// Files an envelope, however often it takes; only then the hub may forget that we need it.
async fn receive(border: &Border, sealed: &Sealed, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match border.file(sealed.origin, &sealed.body).await {
            Ok(_) => {
                border.take_news().await;
                return sealed.acknowledge().await;
            }
            Err(error) => {
                let error = chassis::status::chain(&error);
                tracing::warn!(error, origin = %sealed.origin, "envelope not filed; trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}

impl Border {
    /// Before the next envelope: the keys that it is signed with may be new by the one just filed.
    async fn take_news(&self) {
        if !self.news.swap(false, Ordering::AcqRel) {
            return;
        }
        if let Err(error) = self.learn().await {
            tracing::warn!(
                error = format!("{error:#}"),
                "a decision will be looked at again"
            );
            self.decided.notify_one();
        }
    }
}

/// At the hub: makes the stream and every member's consumer, as soon as the server is there, and
/// whenever somebody has become a member.
pub(crate) fn provision(border: &Arc<Border>, admin: ShareAdmin, lifecycle: &Lifecycle) {
    let (stop, border) = (lifecycle.stopping(), Arc::clone(border));
    lifecycle.spawn("provisioner", async move {
        let mut pause = Duration::from_millis(50);
        while !stop.is_cancelled() {
            let now = border.members.now();
            let members: Vec<_> = now.ring.members().map(|member| member.region).collect();
            if let Err(error) = admin.provision_share(&members).await {
                tracing::warn!(
                    error = chassis::status::chain(&error),
                    "the hub's stream is not ready"
                );
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(PERIOD),
                }
                continue;
            }
            tracing::info!(members = members.len(), "the hub's stream is ready");
            tokio::select! {
                () = stop.cancelled() => {}
                () = border.provisioned.notified() => {}
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
}
