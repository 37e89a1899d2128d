//! The configuration file of each process, as the chassis reads it.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, path::PathBuf};

use regulation::Region;
use serde::Serialize;
use toml::Table;

use crate::{
    keys::NodeKeys,
    parts::TELEMETRY,
    plan::{NodePlan, ServicePlan},
    tls::Certificate,
};

/// A process's configuration: the writing side of `chassis::config::Config`, which when written
/// leaves its secrets out.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ProcessConfig {
    region: Region,
    policy_directory: PathBuf,
    grpc: Listen,
    admin: Listen,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<Database>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nats: Option<Nats>,
    telemetry: Telemetry,
    tokens: Tokens,
    peers: BTreeMap<String, String>,
    clock: Clock,
    settings: Table,
}

#[derive(Debug, Clone, Serialize)]
struct Listen {
    listen: SocketAddr,
}

#[derive(Debug, Clone, Serialize)]
struct Database {
    url: String,
    owner_url: String,
}

#[derive(Debug, Clone, Serialize)]
struct Nats {
    url: String,
    nkey_seed_file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Certificate>,
}

#[derive(Debug, Clone, Serialize)]
struct Telemetry {
    #[serde(skip_serializing_if = "Option::is_none")]
    otlp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Tokens {
    issuers_file: PathBuf,
    signing_key_file: PathBuf,
}

#[derive(Debug, Clone, Serialize)]
struct Clock {
    simulated: bool,
    offset_ms: i64,
}

/// What all processes of a federation are told alike.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    pub(crate) policy_directory: PathBuf,
    pub(crate) clock_offset_ms: i64,
    pub(crate) log: Option<String>,
}

impl ProcessConfig {
    /// The configuration of a service of the node, with the settings that it alone is told.
    pub(crate) fn new(
        common: &Common,
        plan: &NodePlan,
        keys: &NodeKeys,
        service: &ServicePlan,
        settings: Table,
    ) -> Self {
        let name = service.part.name;
        let database = service.part.database.then(|| Database {
            url: plan.database_url(name, name),
            owner_url: plan.database_url(&owner(name), name),
        });
        let nats = service.part.nats.then(|| Nats {
            url: plan.nats_url(),
            nkey_seed_file: keys.nats_seed(name),
            tls: plan.region.is_hub().then(|| keys.certificate.clone()),
        });
        // The collector does not send its own traces to itself.
        let otlp = plan
            .services
            .get(TELEMETRY)
            .filter(|_| name != TELEMETRY)
            .map(|telemetry| telemetry.grpc);
        Self {
            region: plan.region,
            policy_directory: common.policy_directory.clone(),
            grpc: Listen {
                listen: service.grpc,
            },
            admin: Listen {
                listen: service.admin,
            },
            database,
            nats,
            telemetry: Telemetry {
                otlp: otlp.map(|address| format!("http://{address}")),
                log: common.log.clone(),
            },
            tokens: Tokens {
                issuers_file: keys.issuers(),
                signing_key_file: keys.token(name),
            },
            peers: peers(plan, name),
            clock: Clock {
                simulated: true,
                offset_ms: common.clock_offset_ms,
            },
            settings,
        }
    }

    /// Puts the clock forward for the next start of the process.
    pub(crate) fn set_clock(&mut self, offset_ms: i64) {
        self.clock.offset_ms = offset_ms;
    }

    /// Writes it for the process to read.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        crate::files::secret(path, &toml::to_string(self)?)
    }
}

/// The role that owns a service's database; the service itself connects as its own name.
pub(crate) fn owner(service: &str) -> String {
    format!("{service}_owner")
}

/// gRPC addresses of the node's other services.
fn peers(plan: &NodePlan, service: &str) -> BTreeMap<String, String> {
    let others = plan.services.iter().filter(|(name, _)| *name != service);
    others
        .map(|(name, other)| (name.clone(), format!("http://{}", other.grpc)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parts::PARTS, ports::Ports, tls::Authority};

    #[test]
    fn the_chassis_reads_what_is_written() {
        let place = testkit::Place::new().unwrap();
        let authority =
            Authority::new(&place.path().join("ca.crt"), chassis::clock::wall_now()).unwrap();
        let mut ports = Ports::new();
        for region in [Region::SH, Region::HUB] {
            let plan = NodePlan::new(region, place.path(), PARTS, &mut ports).unwrap();
            let keys = NodeKeys::make(region, &plan.keys(), PARTS, &authority).unwrap();
            let common = Common {
                policy_directory: "deploy/policy".into(),
                clock_offset_ms: -5,
                log: None,
            };
            for service in plan.services.values() {
                let written = ProcessConfig::new(&common, &plan, &keys, service, Table::new());
                let path = place.path().join("config.toml");
                written.write(&path).unwrap();
                let read = chassis::config::Config::<Table>::read(&path).unwrap();
                assert_eq!(read.region, region);
                assert_eq!(read.clock.offset_ms, -5);
                assert_eq!(read.peers.len(), PARTS.len() - 1);
                assert_eq!(read.database.is_some(), service.part.database);
            }
        }
    }
}
