//! What the exchange alone is told: its keys, the hub, its own door and those of the other members.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use chassis::config::Tls;
use regulation::Region;
use serde::{Deserialize, Serialize};

/// The `[settings]` of the exchange.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// All members with their public keys: `members.toml`.
    pub members_file: PathBuf,
    /// Key that signs this node's envelopes (PKCS#8 PEM).
    pub signing_key_file: PathBuf,
    /// Key that opens what is sealed for this node.
    pub sealing_key_file: PathBuf,
    /// Where the next of both is put before a joint decision gives it force; read when it does.
    #[serde(default)]
    pub next_signing_key_file: Option<PathBuf>,
    /// The same, of the key that opens.
    #[serde(default)]
    pub next_sealing_key_file: Option<PathBuf>,
    /// Earlier keys, for what was sealed before the present one.
    #[serde(default)]
    pub former_sealing_key_files: Vec<PathBuf>,
    /// The hub's NATS server, as this region's user.
    pub hub: Hub,
    /// The one port that other members may call.
    pub border: Door,
    /// The same port of the other members: `https://host:port`.
    #[serde(default)]
    pub peers: BTreeMap<Region, String>,
    /// Seconds from one heartbeat to the next.
    #[serde(default = "default_heartbeat_seconds")]
    pub heartbeat_seconds: u64,
    /// Only at the hub: who makes the stream that carries the envelopes, and the regions' consumers.
    #[serde(default)]
    pub share_admin: Option<Hub>,
    /// What the loops and the doors share once the process runs.
    #[serde(skip)]
    pub(crate) running: crate::border::Running,
}

/// A user of the hub's NATS server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// `tls://host:port`.
    pub url: String,
    /// File with the user's nkey seed.
    pub nkey_seed_file: PathBuf,
    /// The hub insists on a certificate.
    pub tls: Tls,
}

/// A listening port with mutual TLS. The certificate names the region as a DNS name (`js`): by that
/// the others know it, here and when it calls them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Door {
    /// IP and port.
    pub listen: SocketAddr,
    /// Certificate, its key, and the authority of the members' certificates.
    pub tls: Tls,
}

fn default_heartbeat_seconds() -> u64 {
    10
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        members_file = "members.toml"
        signing_key_file = "signing.pem"
        sealing_key_file = "sealing.key"
        [hub]
        url = "tls://127.0.0.1:4222"
        nkey_seed_file = "member.nkey"
        tls = { ca_file = "ca.crt", cert_file = "tls.crt", key_file = "tls.key" }
        [border]
        listen = "0.0.0.0:7443"
        tls = { ca_file = "ca.crt", cert_file = "tls.crt", key_file = "tls.key" }
        [peers]
        js = "https://127.0.0.1:7444"
    "#;

    #[test]
    fn settings_are_read_and_unknown_ones_refused() {
        let settings: Settings = toml::from_str(GOOD).unwrap();
        assert_eq!(settings.peers[&Region::JS], "https://127.0.0.1:7444");
        assert!(settings.share_admin.is_none() && settings.heartbeat_seconds > 0);
        assert!(toml::from_str::<Settings>(&format!("colour = 1\n{GOOD}")).is_err());
    }
}
