//! Inbound, first half: envelopes as the hub hands them over.

use std::{sync::Arc, time::Duration};

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
            Ok(_) => return sealed.acknowledge().await,
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

/// At the hub: makes the stream and every member's consumer, as soon as the server is there.
pub(crate) fn provision(border: &Arc<Border>, admin: ShareAdmin, lifecycle: &Lifecycle) {
    let (stop, border) = (lifecycle.stopping(), Arc::clone(border));
    lifecycle.spawn("provisioner", async move {
        let members: Vec<_> = border
            .members
            .ring
            .members()
            .map(|member| member.region)
            .collect();
        let mut pause = Duration::from_millis(50);
        while let Err(error) = admin.provision_share(&members).await {
            tracing::warn!(
                error = chassis::status::chain(&error),
                "the hub's stream is not ready"
            );
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PERIOD),
            }
        }
        tracing::info!(members = members.len(), "the hub's stream is ready");
        stop.cancelled().await;
        Ok::<_, std::convert::Infallible>(())
    });
}
