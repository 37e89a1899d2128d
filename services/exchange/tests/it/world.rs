//! A hub and two regions, each with its NATS, its database and its exchange.

use std::{fs, path::PathBuf, time::Duration};

use bus::{
    TlsFiles,
    server::{HubServer, Member, NodeServer, ServiceUser},
};
use evidence::{DatedKey, KeyRing, MemberKeys, SealingKey, SigningKey, Standing};
use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa};
use regulation::Region;
use testkit::{Nats, Place, Site};
use time::macros::datetime;

use crate::{member::Rogue, node::Node};

pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Services of every node that the tests speak and listen as.
pub(crate) const SERVICES: [&str; 3] = ["exchange", "intake", "coordination"];

/// Waits for something, with the tests' patience.
pub(crate) async fn until<T>(what: &str, condition: impl AsyncFnMut() -> Option<T>) -> T {
    testkit::eventually(PATIENCE, condition, what)
        .await
        .unwrap()
}

/// Keys and files of a member.
pub(crate) struct Keys {
    pub(crate) region: Region,
    pub(crate) signing: SigningKey,
    pub(crate) sealing: SealingKey,
    pub(crate) tls: TlsFiles,
    pub(crate) hub_user: KeyPair,
    pub(crate) users: Vec<(&'static str, KeyPair)>,
    pub(crate) border_port: u16,
}

/// All that the members share.
pub(crate) struct World {
    pub(crate) hub: Nats,
    pub(crate) members: Vec<Keys>,
    pub(crate) admin: KeyPair,
    pub(crate) ring: KeyRing,
    pub(crate) stranger: TlsFiles,
    pub(crate) place: Place,
}

impl World {
    /// The hub's NATS runs; no exchange yet.
    pub(crate) async fn new() -> Self {
        let place = Place::new().unwrap();
        let authority = authority();
        fs::write(place.path().join("ca.pem"), authority.pem()).unwrap();
        let regions = [Region::HUB, Region::JS, Region::ZJ];
        let members: Vec<_> = regions
            .into_iter()
            .zip(1..)
            .map(|(region, seed)| Keys::make(region, seed, &place, &authority))
            .collect();
        let stranger = issue("gd", &place, &authority);
        let ring = KeyRing::new(members.iter().map(Keys::public)).unwrap();
        fs::write(
            place.path().join("members.toml"),
            toml::to_string(&ring).unwrap(),
        )
        .unwrap();
        let admin = KeyPair::new_user();
        let hub = Nats::with_config(|site| hub_server(site, &members, &admin))
            .await
            .unwrap();
        Self {
            hub,
            members,
            admin,
            ring,
            stranger,
            place,
        }
    }

    pub(crate) fn keys(&self, region: Region) -> &Keys {
        self.members
            .iter()
            .find(|keys| keys.region == region)
            .unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// A member with an exchange of its own, that is up.
    pub(crate) async fn node(&self, region: Region) -> Node {
        let mut node = Node::new(self, region, self.hub.site().port).await;
        node.start(self).await;
        node
    }

    /// A member whose exchange is a program of its own making.
    pub(crate) async fn rogue(&self, region: Region) -> Rogue {
        Rogue::connect(self, region).await
    }
}

impl Keys {
    fn make(
        region: Region,
        seed: u8,
        place: &Place,
        authority: &CertifiedIssuer<'static, rcgen::KeyPair>,
    ) -> Self {
        Self {
            region,
            signing: SigningKey::from_random([seed; 32]),
            sealing: SealingKey::from_random(&[seed; 32]),
            tls: issue(region.as_str(), place, authority),
            hub_user: KeyPair::new_user(),
            users: SERVICES.map(|name| (name, KeyPair::new_user())).into(),
            border_port: testkit::free_port().unwrap(),
        }
    }

    fn public(&self) -> MemberKeys {
        MemberKeys {
            region: self.region,
            standing: if self.region.is_hub() {
                Standing::Hub
            } else {
                Standing::Full
            },
            sealing: self.sealing.public().clone(),
            signing: vec![DatedKey {
                key: self.signing.verifying_key(),
                valid_from: datetime!(2020-01-01 0:00 +8),
                valid_until: None,
            }],
        }
    }

    pub(crate) fn user(&self, service: &str) -> &KeyPair {
        &self
            .users
            .iter()
            .find(|(name, _)| *name == service)
            .unwrap()
            .1
    }

    /// The configuration of the member's own NATS server.
    pub(crate) fn server(&self, site: &Site) -> NodeServer {
        NodeServer {
            region: self.region,
            listen: format!("127.0.0.1:{}", site.port),
            store: site.dir.join("store"),
            users: self
                .users
                .iter()
                .map(|(name, key)| ServiceUser {
                    service: name.parse().unwrap(),
                    nkey: key.public_key(),
                })
                .collect(),
            tls: None,
        }
    }
}

fn hub_server(site: &Site, members: &[Keys], admin: &KeyPair) -> String {
    let hub = &members[0];
    let member = |keys: &Keys| Member {
        region: keys.region,
        nkey: keys.hub_user.public_key(),
    };
    HubServer {
        node: hub.server(site),
        tls: hub.tls.clone(),
        admin: admin.public_key(),
        members: members.iter().map(member).collect(),
    }
    .render()
}

fn authority() -> CertifiedIssuer<'static, rcgen::KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, rcgen::KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for `name` at 127.0.0.1.
fn issue(
    name: &str,
    place: &Place,
    authority: &CertifiedIssuer<'static, rcgen::KeyPair>,
) -> TlsFiles {
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), name.to_owned()];
    let cert = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, authority)
        .unwrap();
    let write = |kind: &str, text: String| {
        let file = place.path().join(format!("{name}.{kind}"));
        fs::write(&file, text).unwrap();
        file
    };
    TlsFiles {
        ca: place.path().join("ca.pem"),
        cert: write("crt", cert.pem()),
        key: write("key", key.serialize_pem()),
    }
}
