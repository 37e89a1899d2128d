//! 单位与人员库: who takes part. [Art. 8, 20]
//!
//! Owns the **Unit**, at the node that registered it, with its qualification as a backbone
//! enterprise and its affiliates, its **Administration** (who acts for it) and its **Capability**
//! (what it says of itself); the **Person** who works for it; the **Expert**, at the node that
//! hosts them; the **credit record**, at the department where the misconduct happened, and the
//! **notice** of it, at the home of whom it is about: there they are told, and appeal.
//!
//! Tells all members the public facts of its units and what credit records bar from, the hub the
//! pseudonyms of its experts; hears the other registries' units and credit records, so that every
//! node can answer for every unit and person. Never tells a short name, a person's name, an
//! account, an identity number or a record's evidence, and keeps no identity number at all. Every
//! look-up of somebody's credit is recorded for the auditor.

pub mod domain;
mod export;
mod grpc;
mod identity;
mod import;
pub mod national;
mod publish;
mod react;
mod read;
mod secret;
mod table;

use std::path::PathBuf;

use async_trait::async_trait;
use bus::Bus;
use chassis::{Desk, Lifecycle, Service};
use journal::{Act, JournalBuilder};
use proto::{
    message::{Incoming, Unreadable},
    registry::v1::{
        credit_service_server::CreditServiceServer, import_service_server::ImportServiceServer,
        registry_service_server::RegistryServiceServer,
    },
};
use regulation::Context;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, migrate::Migrator};
use tonic::service::Routes;

/// The registry service.
pub struct Registry;

/// What the registry alone is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// File with the secret that all registries share, 64 hexadecimal digits: under it each makes
    /// the same pseudonym of the same person.
    pub person_key_file: PathBuf,
    /// Where the national record of research integrity is reached by files; a node without it
    /// keeps its filings queued. [Art. 20]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national_record: Option<national::Settings>,
}

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Registry {
    const NAME: &'static str = "registry";
    type Settings = Settings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .project::<domain::Unit>(|db, change| Box::pin(read::own_unit(db, change)))
            .project::<domain::CreditRecord>(|db, change| {
                Box::pin(read::credit::own_record(db, change))
            })
            .project::<domain::CreditNotice>(|db, change| {
                Box::pin(read::credit::own_notice(db, change))
            })
            .aggregate::<domain::credit::Filing>()
            .aggregate::<domain::Administration>()
            .aggregate::<domain::Expert>()
            .aggregate::<domain::ExpertHome>()
            .aggregate::<domain::Person>()
            .aggregate::<domain::Capability>()
            .aggregate::<domain::Transfer>()
    }

    fn routes(desk: &Desk, settings: &Settings) -> Routes {
        let door = grpc::Door::new(desk.clone(), settings.clone());
        let tables = grpc::Tables::new(desk.clone(), settings.clone());
        let credit = grpc::CreditDoor::new(desk.clone(), settings.clone());
        Routes::new(RegistryServiceServer::new(door))
            .add_service(CreditServiceServer::new(credit))
            .add_service(ImportServiceServer::new(tables))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }

    async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
        read::absorb(db, message).await
    }

    async fn start(
        desk: &Desk,
        settings: &Settings,
        _bus: &Bus,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<()> {
        // A node without the secret would only find out when the first expert comes.
        secret::read(&settings.person_key_file)?;
        if let Some(national) = &settings.national_record {
            national::run(national::Folder::open(national.clone())?, desk, lifecycle);
        }
        Ok(())
    }
}
