//! 边界: what a node says to the other members and hears from them, and the evidence of both.
//!
//! Owns the node's **chain** of signed envelopes and a verified copy of everybody else's. Outbound
//! it takes every message of the node that is to cross, gives it the next number, seals it for its
//! audience, signs it, files it, and only then sends it: whatever dies, nothing is lost and nothing
//! has two numbers. Inbound it believes an envelope's signature and its place in its origin's
//! chain, never who carried it; what is missing is asked for, what is wrong is kept as a fault for
//! the operators, and what is addressed to this node goes on to its services, in order, once.
//!
//! Who the members are, and by which keys they are believed, changes by joint decision, while it
//! runs ([`membership`]).
//!
//! The loops ([`Exchange::start`](chassis::Service::start)) work from the tables, which say what is
//! still to be done; a wake-up only saves waiting.

mod anew;
mod border;
mod compare;
mod convert;
mod deliver;
mod door;
mod export;
mod fault;
mod file;
mod grpc;
mod heartbeat;
mod members;
mod membership;
mod number;
mod peers;
mod publish;
mod read;
mod receive;
mod repair;
pub mod settings;
mod verify;

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use bus::{Bus, ShareAdmin};
use chassis::{Desk, Lifecycle, Service};
use journal::{Act, JournalBuilder};
use proto::{
    exchange::v1::exchange_service_server::ExchangeServiceServer,
    message::{Incoming, Unreadable},
};
use regulation::Context;
use sqlx::migrate::Migrator;
use tonic::service::Routes;

pub use settings::Settings;

use crate::border::Border;

/// The exchange.
pub struct Exchange;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Exchange {
    const NAME: &'static str = "exchange";
    type Settings = Settings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
    }

    fn routes(desk: &Desk, settings: &Self::Settings) -> Routes {
        let door = grpc::Door::new(desk.clone(), settings.running.clone());
        Routes::new(ExchangeServiceServer::new(door))
    }

    fn react(_message: &Incoming, _context: &Context) -> Result<Vec<Act>, Unreadable> {
        Ok(Vec::new())
    }

    async fn start(
        desk: &Desk,
        settings: &Self::Settings,
        bus: &Bus,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<()> {
        let border = Arc::new(Border::open(desk, settings, bus).await?);
        settings.running.set(&border);
        door::serve(&border, &settings.border, lifecycle)?;
        if let Some(admin) = &settings.share_admin {
            let admin = ShareAdmin::connect(members::hub(admin)?)
                .await
                .context("connecting as the hub stream's admin")?;
            receive::provision(&border, admin, lifecycle);
        }
        number::start(&border, lifecycle).await?;
        publish::start(&border, lifecycle);
        membership::start(&border, lifecycle);
        receive::start(&border, lifecycle);
        repair::start(&border, lifecycle);
        deliver::start(&border, lifecycle);
        heartbeat::start(&border, desk, settings, lifecycle);
        Ok(())
    }
}
