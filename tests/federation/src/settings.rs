//! What each service alone is told: the `[settings]` of its configuration.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use regulation::Region;
use serde::Serialize;
use toml::Table;

use crate::{
    boot::{members_file, person_key_file},
    directory::Directory,
    keys::NodeKeys,
    links::{End, Links},
    parts::{CONSOLE, EXCHANGE, INTAKE, REGISTRY, TELEMETRY},
    plan::{NodePlan, ServicePlan},
    servers::Hub,
    tls::Certificate,
};

/// Seconds from one heartbeat to the next: whoever waits for a region to be heard waits this long.
const HEARTBEAT_SECONDS: u64 = 2;
/// After so many seconds without one the pages show a region as behind.
const LATE_AFTER_SECONDS: u64 = 20;

/// The border's.
#[derive(Serialize)]
struct Exchange {
    members_file: PathBuf,
    signing_key_file: PathBuf,
    sealing_key_file: PathBuf,
    next_signing_key_file: PathBuf,
    next_sealing_key_file: PathBuf,
    heartbeat_seconds: u64,
    hub: Share,
    border: Door,
    /// Inbound ports of the other members, by region.
    peers: BTreeMap<Region, String>,
    /// On the hub only, whose exchange makes the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    share_admin: Option<Share>,
}

/// A user of the hub's NATS.
#[derive(Serialize)]
struct Share {
    url: String,
    nkey_seed_file: PathBuf,
    tls: Certificate,
}

/// A port with mutual TLS.
#[derive(Serialize)]
struct Door {
    listen: SocketAddr,
    tls: Certificate,
}

/// Where another node's port is.
#[derive(Serialize)]
struct Far {
    address: String,
    tls: Certificate,
}

#[derive(Serialize)]
struct Registry {
    person_key_file: PathBuf,
}

#[derive(Serialize)]
struct Intake {
    attachments: Attachments,
}

/// Where files are kept.
#[derive(Serialize)]
struct Attachments {
    directory: PathBuf,
    key_file: PathBuf,
}

/// The pages'.
#[derive(Serialize)]
struct Console {
    listen: SocketAddr,
    status_without_login: bool,
    late_after_seconds: u64,
}

/// The traces'.
#[derive(Serialize)]
struct Telemetry {
    ui_listen: SocketAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<Far>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gather: Option<Door>,
}

/// What a node finds around it.
pub(crate) struct Around<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) links: &'a Links,
    pub(crate) directory: &'a Directory,
}

/// The settings of a service of the node.
pub(crate) fn of(
    plan: &NodePlan,
    keys: &NodeKeys,
    service: &ServicePlan,
    around: &Around<'_>,
) -> anyhow::Result<Table> {
    Ok(match service.part.name {
        EXCHANGE => Table::try_from(exchange(plan, keys, service, around))?,
        TELEMETRY => Table::try_from(telemetry(plan, keys, service, around))?,
        CONSOLE => Table::try_from(Console {
            listen: service.listens["http"],
            // Nobody can log in yet, and only this machine reaches it.
            status_without_login: true,
            late_after_seconds: LATE_AFTER_SECONDS,
        })?,
        REGISTRY => Table::try_from(Registry {
            person_key_file: person_key_file(around.directory),
        })?,
        INTAKE => Table::try_from(Intake {
            attachments: Attachments {
                directory: plan.attachments(),
                key_file: keys.attachments(),
            },
        })?,
        _ => Table::new(),
    })
}

fn exchange(
    plan: &NodePlan,
    keys: &NodeKeys,
    service: &ServicePlan,
    around: &Around<'_>,
) -> Exchange {
    let Around {
        hub,
        links,
        directory,
    } = around;
    let region = plan.region;
    // The hub's own exchange reaches the stream without a wire.
    let share = links
        .address(region, Region::HUB, End::Share)
        .unwrap_or(plan.nats);
    let user = |nkey_seed_file| Share {
        url: format!("tls://{share}"),
        nkey_seed_file,
        tls: keys.certificate.clone(),
    };
    let others = hub.members.iter().map(|member| member.region);
    let others = others.filter(|to| *to != region);
    let peers = others.filter_map(|to| {
        let address = links.address(region, to, End::Inbound)?;
        Some((to, format!("https://{address}")))
    });
    Exchange {
        members_file: members_file(directory),
        signing_key_file: keys.signing(),
        sealing_key_file: keys.sealing(),
        next_signing_key_file: keys.next_signing(),
        next_sealing_key_file: keys.next_sealing(),
        heartbeat_seconds: HEARTBEAT_SECONDS,
        hub: user(keys.member_seed()),
        border: Door {
            listen: service.listens["inbound"],
            tls: keys.certificate.clone(),
        },
        peers: peers.collect(),
        share_admin: region.is_hub().then(|| user(hub.admin_seed.clone())),
    }
}

fn telemetry(
    plan: &NodePlan,
    keys: &NodeKeys,
    service: &ServicePlan,
    around: &Around<'_>,
) -> Telemetry {
    let hub = around.links.address(plan.region, Region::HUB, End::Traces);
    let gather = Door {
        listen: service.listens["gather"],
        tls: keys.certificate.clone(),
    };
    Telemetry {
        ui_listen: service.listens["ui"],
        share: hub.map(|address| Far {
            address: format!("https://{address}"),
            tls: keys.certificate.clone(),
        }),
        gather: plan.region.is_hub().then_some(gather),
    }
}
