//! What each service alone is told: the `[settings]` of its configuration.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use regulation::Region;
use serde::Serialize;
use toml::Table;

use crate::{
    boot::{Shared, members_file},
    keys::NodeKeys,
    links::End,
    parts::EXCHANGE,
    plan::{NodePlan, ServicePlan},
    tls::Certificate,
};

/// The border's.
#[derive(Serialize)]
struct Exchange {
    inbound: SocketAddr,
    members_file: PathBuf,
    signing_key_file: PathBuf,
    sealing_key_file: PathBuf,
    tls: Certificate,
    share: Share,
    /// Inbound ports of the other members, by region.
    members: BTreeMap<Region, String>,
}

/// The hub's stream.
#[derive(Serialize)]
struct Share {
    url: String,
    nkey_seed_file: PathBuf,
    /// On the hub only, whose exchange makes the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_nkey_seed_file: Option<PathBuf>,
}

/// The settings of a service of the node.
pub(crate) fn of(
    plan: &NodePlan,
    keys: &NodeKeys,
    service: &ServicePlan,
    shared: &Shared<'_>,
) -> anyhow::Result<Table> {
    match service.part.name {
        EXCHANGE => Ok(Table::try_from(exchange(plan, keys, service, shared))?),
        _ => Ok(Table::new()),
    }
}

fn exchange(
    plan: &NodePlan,
    keys: &NodeKeys,
    service: &ServicePlan,
    shared: &Shared<'_>,
) -> Exchange {
    let Shared {
        hub,
        links,
        directory,
        ..
    } = shared;
    let region = plan.region;
    // The hub's own exchange reaches the stream without a wire.
    let share = links
        .address(region, Region::HUB, End::Share)
        .unwrap_or(plan.nats);
    let others = hub.members.iter().map(|member| member.region);
    let members = others.filter_map(|to| {
        let address = links.address(region, to, End::Inbound)?;
        Some((to, format!("https://{address}")))
    });
    Exchange {
        inbound: service.listens["inbound"],
        members_file: members_file(directory),
        signing_key_file: keys.signing(),
        sealing_key_file: keys.sealing(),
        tls: keys.certificate.clone(),
        share: Share {
            url: format!("tls://{share}"),
            nkey_seed_file: keys.member_seed(),
            admin_nkey_seed_file: region.is_hub().then(|| hub.admin_seed.clone()),
        },
        members: members.collect(),
    }
}
