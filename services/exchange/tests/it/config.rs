//! The configuration file of a node's exchange, as an operator would write it.

use std::{fmt::Write as _, fs, path::Path};

use bus::TlsFiles;
use chassis::token::Issuers;
use evidence::SigningKey;

use crate::{
    node::Node,
    world::{Keys, World},
};

/// Writes it, and every file that it names.
pub(crate) fn write(world: &World, node: &Node) {
    let keys = world.keys(node.region);
    let files = Files { world, node, keys };
    let text = [files.process(), files.settings(), files.peers()].concat();
    fs::write(&node.config, text).unwrap();
}

struct Files<'a> {
    world: &'a World,
    node: &'a Node,
    keys: &'a Keys,
}

impl Files<'_> {
    /// Writes a file of the node's, and quotes its name.
    fn file(&self, name: &str, text: &str) -> String {
        let file = self.world.file(&format!("{}-{name}", self.node.region));
        fs::write(&file, text).unwrap();
        quoted(&file)
    }

    fn process(&self) -> String {
        let own = SigningKey::from_random([98; 32]);
        let mut issuers = Issuers::default();
        for (name, key) in [("console", &self.node.console), ("exchange", &own)] {
            let key = key.verifying_key().to_pem().unwrap();
            issuers.issuers.insert(name.into(), key);
        }
        let nats_tls = match &self.node.tls {
            Some(tls) => format!(", tls = {}", table(tls)),
            None => String::new(),
        };
        let [grpc, admin] = self.node.ports;
        format!(
            r#"region = "{region}"
policy_directory = {policy}
grpc = {{ listen = "127.0.0.1:{grpc}" }}
admin = {{ listen = "127.0.0.1:{admin}" }}
database = {{ url = "{database}", owner_url = "{database}" }}
nats = {{ url = "{nats}", nkey_seed_file = {seed}{nats_tls} }}
tokens = {{ issuers_file = {issuers}, signing_key_file = {token_key} }}
peers = {{ intake = "{intake}", console = "http://127.0.0.1:1" }}
"#,
            region = self.node.region,
            policy = quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/policy")),
            database = self.node.database.url(),
            nats = self.node.nats_url,
            seed = self.file("exchange.nkey", &self.node.seeds["exchange"]),
            issuers = self.file("issuers.toml", &toml::to_string(&issuers).unwrap()),
            token_key = self.file("token.pem", &own.to_pem().unwrap()),
            intake = self.node.intake,
        )
    }

    fn settings(&self) -> String {
        let hub = |seed: &str, port: u16| {
            let tls = table(&self.keys.tls);
            format!("{{ url = \"tls://127.0.0.1:{port}\", nkey_seed_file = {seed}, tls = {tls} }}")
        };
        let seed = self.file("member.nkey", &self.keys.hub_user.seed().unwrap());
        let share_admin = if self.node.region.is_hub() {
            let seed = self.file("admin.nkey", &self.world.admin.seed().unwrap());
            format!("share_admin = {}", hub(&seed, self.world.hub.site().port))
        } else {
            String::new()
        };
        format!(
            r#"[settings]
members_file = {members}
signing_key_file = {signing}
sealing_key_file = {sealing}
heartbeat_seconds = 1
hub = {hub}
border = {{ listen = "127.0.0.1:{border}", tls = {tls} }}
{share_admin}
"#,
            members = quoted(&self.world.file("members.toml")),
            signing = self.file("signing.pem", &self.keys.signing.to_pem().unwrap()),
            sealing = self.file("sealing.key", &self.keys.sealing.to_text()),
            hub = hub(&seed, self.node.hub_port),
            border = self.keys.border_port,
            tls = table(&self.keys.tls),
        )
    }

    fn peers(&self) -> String {
        let mut text = "[settings.peers]\n".to_owned();
        let others = self.world.members.iter();
        for Keys {
            region,
            border_port,
            ..
        } in others.filter(|keys| keys.region != self.node.region)
        {
            let _ = writeln!(text, "{region} = \"https://127.0.0.1:{border_port}\"");
        }
        text
    }
}

fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display())
}

fn table(TlsFiles { ca, cert, key }: &TlsFiles) -> String {
    let [ca, cert, key] = [ca, cert, key].map(|file| quoted(file));
    format!("{{ ca_file = {ca}, cert_file = {cert}, key_file = {key} }}")
}
