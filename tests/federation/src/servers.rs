//! A node's `PostgreSQL` and NATS, with everybody who may use them.

use std::{fmt::Write as _, path::PathBuf};

use anyhow::Context as _;
use bus::{
    TlsFiles,
    server::{HubServer, Member, NodeServer, ServiceUser},
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use testkit::{Durability, Nats, Postgres, Site};

use crate::{config::owner, keys::NodeKeys, plan::NodePlan};

/// Starts the node's `PostgreSQL`: for each service a database, its owner, and the role as which
/// the service works, which can't change the tables.
pub(crate) async fn postgres(plan: &NodePlan, durability: Durability) -> anyhow::Result<Postgres> {
    let home = plan.directory.join("postgres");
    let postgres = Postgres::start_in(&home, plan.postgres.port(), durability).await?;
    let mut admin = PgConnection::connect(&postgres.url("postgres")).await?;
    // Whatever else is given up for speed: what was committed survives the server's process.
    admin
        .execute("alter role all set synchronous_commit = on")
        .await?;
    for service in plan
        .services
        .values()
        .filter(|service| service.part.database)
    {
        let (name, owner) = (service.part.name, owner(service.part.name));
        for statement in [
            format!("create role {name} login"),
            format!("create role {owner} login"),
            format!("create database {name} owner {owner}"),
            format!("revoke connect on database {name} from public"),
            format!("grant connect on database {name} to {name}"),
        ] {
            admin.execute(AssertSqlSafe(statement)).await?;
        }
    }
    admin.close().await?;
    Ok(postgres)
}

/// Starts the node's NATS; the hub's carries the stream of envelopes too, for these members.
pub(crate) async fn nats(
    plan: &NodePlan,
    keys: &NodeKeys,
    hub: Option<&Hub>,
) -> anyhow::Result<Nats> {
    let site = Site {
        port: plan.nats.port(),
        dir: plan.directory.join("nats"),
    };
    Nats::start_in(site, &nats_config(plan, keys, hub)?)
        .await
        .with_context(|| format!("NATS of {}", plan.region))
}

/// What the node's NATS is told.
pub(crate) fn nats_config(
    plan: &NodePlan,
    keys: &NodeKeys,
    hub: Option<&Hub>,
) -> anyhow::Result<String> {
    let dir = plan.directory.join("nats");
    let users = keys.nats_users.iter().map(|(service, nkey)| {
        Ok(ServiceUser {
            service: service.parse()?,
            nkey: nkey.clone(),
        })
    });
    let node = NodeServer {
        region: plan.region,
        listen: plan.nats.to_string(),
        store: dir.join("store"),
        users: users.collect::<anyhow::Result<_>>()?,
        tls: None,
    };
    let mut config = match hub {
        None => node.render(),
        Some(hub) => {
            let tls = TlsFiles {
                ca: keys.certificate.ca_file.clone(),
                cert: keys.certificate.cert_file.clone(),
                key: keys.certificate.key_file.clone(),
            };
            let Hub { admin, members, .. } = hub.clone();
            HubServer {
                node,
                tls,
                admin,
                members,
            }
            .render()
        }
    };
    // For the harness, to see what waits.
    writeln!(config, "http: \"{}\"", plan.nats_monitor)?;
    Ok(config)
}

/// What the hub's NATS knows besides its own node.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    /// Public part of the nkey that makes the stream.
    pub(crate) admin: String,
    /// File with its seed.
    pub(crate) admin_seed: PathBuf,
    /// All regions, with the hub.
    pub(crate) members: Vec<Member>,
}
