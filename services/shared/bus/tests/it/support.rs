//! A node's and the hub's server with their keys, and messages to send.

use std::{fs, path::Path, sync::Mutex, time::Duration};

use bus::{
    Bus, BusConfig, Failure, Handler, Outgoing, Service, ShareAdmin, ShareConfig, ShareLink,
    TlsFiles,
    server::{HubServer, Member, NodeServer, ServiceUser},
};
use nkeys::KeyPair;
use proto::message::{Incoming, Scope};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer};
use regulation::Region;
use secrecy::SecretString;
use testkit::{Nats, Site};
use time::macros::datetime;
use uuid::Uuid;

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn service(name: &str) -> Service {
    name.parse().unwrap()
}

/// 上海's node with the services `intake`, `matching` and `exchange`.
pub(crate) struct Node {
    pub(crate) nats: Nats,
    keys: Vec<(Service, KeyPair)>,
}

impl Node {
    pub(crate) async fn start() -> Self {
        let keys: Vec<_> = ["intake", "matching", "exchange"]
            .map(|name| (service(name), KeyPair::new_user()))
            .into();
        let nats = Nats::with_config(|site| node_server(site, &keys).render())
            .await
            .unwrap();
        Self { nats, keys }
    }

    pub(crate) fn seed(&self, name: &str) -> String {
        let key = &self
            .keys
            .iter()
            .find(|(service, _)| service.as_str() == name)
            .unwrap()
            .1;
        key.seed().unwrap()
    }

    pub(crate) async fn bus(&self, name: &str) -> Bus {
        self.bus_over(name, self.nats.site().port).await
    }

    /// A service's connection over a port that may be that of a faulty line.
    pub(crate) async fn bus_over(&self, name: &str, port: u16) -> Bus {
        let config = BusConfig {
            url: format!("nats://127.0.0.1:{port}"),
            seed: self.seed(name).into(),
            service: service(name),
            region: Region::SH,
            tls: None,
        };
        connected(Bus::connect(config).await.unwrap()).await
    }

    /// A service's key in a program that is not ours.
    pub(crate) async fn raw(&self, name: &str) -> async_nats::Client {
        async_nats::ConnectOptions::with_nkey(self.seed(name))
            .custom_inbox_prefix(format!("_INBOX_{name}"))
            .connect(self.nats.url())
            .await
            .unwrap()
    }
}

pub(crate) async fn connected(bus: Bus) -> Bus {
    testkit::eventually(
        PATIENCE,
        async || bus.is_connected().then_some(()),
        "a connection",
    )
    .await
    .unwrap();
    bus
}

pub(crate) fn node_server(site: &Site, keys: &[(Service, KeyPair)]) -> NodeServer {
    NodeServer {
        region: Region::SH,
        listen: format!("127.0.0.1:{}", site.port),
        store: site.dir.join("store"),
        users: keys
            .iter()
            .map(|(service, key)| ServiceUser {
                service: service.clone(),
                nkey: key.public_key(),
            })
            .collect(),
        tls: None,
    }
}

/// The hub's server, with 江苏 and 浙江 as members.
pub(crate) struct Hub {
    pub(crate) nats: Nats,
    pub(crate) tls: TlsFiles,
    admin: KeyPair,
    js: KeyPair,
    zj: KeyPair,
}

impl Hub {
    pub(crate) async fn start() -> Self {
        let [admin, js, zj] = [(); 3].map(|()| KeyPair::new_user());
        let mut tls = None;
        let nats = Nats::with_config(|site| {
            let files = certificates(&site.dir);
            tls = Some(files.clone());
            let member = |region, key: &KeyPair| Member {
                region,
                nkey: key.public_key(),
            };
            HubServer {
                node: NodeServer {
                    region: Region::HUB,
                    ..node_server(site, &[])
                },
                tls: files,
                admin: admin.public_key(),
                members: vec![member(Region::JS, &js), member(Region::ZJ, &zj)],
            }
            .render()
        })
        .await
        .unwrap();
        let hub = Self {
            nats,
            tls: tls.unwrap(),
            admin,
            js,
            zj,
        };
        let provisioner = ShareAdmin::connect(hub.config(&hub.admin, hub.nats.site().port)).await;
        let provisioner = provisioner.unwrap();
        testkit::eventually(
            PATIENCE,
            async || {
                provisioner
                    .provision_share(&[Region::JS, Region::ZJ])
                    .await
                    .ok()
            },
            "the hub's stream",
        )
        .await
        .unwrap();
        // What is there already stays.
        provisioner
            .provision_share(&[Region::JS, Region::ZJ])
            .await
            .unwrap();
        hub
    }

    fn config(&self, key: &KeyPair, port: u16) -> ShareConfig {
        ShareConfig {
            url: format!("tls://127.0.0.1:{port}"),
            seed: SecretString::from(key.seed().unwrap()),
            tls: self.tls.clone(),
        }
    }

    fn key(&self, region: Region) -> &KeyPair {
        if region == Region::JS {
            &self.js
        } else {
            &self.zj
        }
    }

    /// A region's link, over a port that may be that of a faulty line.
    pub(crate) async fn link(&self, region: Region, port: u16) -> ShareLink {
        let config = self.config(self.key(region), port);
        let link = ShareLink::connect(region, config).await.unwrap();
        testkit::eventually(
            PATIENCE,
            async || link.is_connected().then_some(()),
            "the hub",
        )
        .await
        .unwrap();
        link
    }

    /// A program of the region's own making, with its real key and certificate.
    pub(crate) async fn rogue(&self, region: Region) -> async_nats::Client {
        async_nats::ConnectOptions::with_nkey(self.key(region).seed().unwrap())
            .custom_inbox_prefix(format!("_INBOX_{region}"))
            .require_tls(true)
            .add_root_certificates(self.tls.ca.clone())
            .add_client_certificate(self.tls.cert.clone(), self.tls.key.clone())
            .connect(format!("tls://127.0.0.1:{}", self.nats.site().port))
            .await
            .unwrap()
    }

    pub(crate) async fn stored(&self) -> u64 {
        let client = async_nats::ConnectOptions::with_nkey(self.admin.seed().unwrap())
            .add_root_certificates(self.tls.ca.clone())
            .add_client_certificate(self.tls.cert.clone(), self.tls.key.clone())
            .connect(format!("tls://127.0.0.1:{}", self.nats.site().port))
            .await
            .unwrap();
        stored(client, "SHARE").await
    }
}

/// How many messages a stream holds.
pub(crate) async fn stored(client: async_nats::Client, stream: &str) -> u64 {
    let context = async_nats::jetstream::new(client);
    context
        .get_stream(stream)
        .await
        .unwrap()
        .cached_info()
        .state
        .messages
}

/// One authority, and one certificate for everybody at 127.0.0.1.
fn certificates(dir: &Path) -> TlsFiles {
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let key = rcgen::KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]);
    let cert = params
        .unwrap()
        .signed_by(&key, &Issuer::new(ca, ca_key))
        .unwrap();
    let write = |name: &str, text: String| {
        let file = dir.join(name);
        fs::write(&file, text).unwrap();
        file
    };
    TlsFiles {
        ca: write("ca.pem", ca_pem),
        cert: write("cert.pem", cert.pem()),
        key: write("key.pem", key.serialize_pem()),
    }
}

/// The `number`th message of an aggregate of `intake`.
pub(crate) fn message(aggregate: usize, number: usize) -> Outgoing {
    Outgoing {
        id: Uuid::from_u128((aggregate as u128) << 64 | number as u128),
        origin: Region::SH,
        at: datetime!(2026-11-23 08:00 +8),
        traceparent: None,
        scope: Scope::Node,
        kind: KIND.to_owned(),
        schema: "jiebang.intake.v1.DemandAccepted".to_owned(),
        aggregate: aggregate.to_string(),
        body: number.to_string().into_bytes(),
    }
}

pub(crate) const KIND: &str = "intake.demand.accepted";

/// Remembers what it was handed, as (aggregate, number).
#[derive(Default)]
pub(crate) struct Seen(Mutex<Vec<(String, usize)>>);

impl Seen {
    pub(crate) fn add(&self, message: &Incoming) {
        let number = String::from_utf8(message.body.clone())
            .unwrap()
            .parse()
            .unwrap();
        self.0
            .lock()
            .unwrap()
            .push((message.aggregate.clone(), number));
    }

    pub(crate) fn all(&self) -> Vec<(String, usize)> {
        self.0.lock().unwrap().clone()
    }

    /// What was handed over for the first time, of one aggregate.
    pub(crate) fn firsts(&self, aggregate: usize) -> Vec<usize> {
        let mut firsts = Vec::new();
        for (of, number) in self.all() {
            if of == aggregate.to_string() && !firsts.contains(&number) {
                firsts.push(number);
            }
        }
        firsts
    }
}

impl Handler for &Seen {
    async fn handle(&self, message: Incoming) -> Result<(), Failure> {
        self.add(&message);
        Ok(())
    }
}
