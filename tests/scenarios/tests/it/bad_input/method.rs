//! Every method that a token lets in, from the descriptors of the published language.

use std::{collections::BTreeMap, net::SocketAddr};

use chassis::{
    access::{Who, who},
    clock::wall_now,
    token::{TOKEN_TTL_MAX, TokenSigner},
};
use federation::{Federation, Manifest, Persona};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use regulation::{Actor, ExpertId, Region, Role, UnitId};
use time::Duration;
use uuid::Uuid;

/// A service of every node, whose own token is tried.
pub(crate) const SERVICE: &str = "intake";
/// The unit of those who call for one.
pub(crate) const UNIT: UnitId = UnitId(Uuid::from_u128(7));
/// Everybody who may have a token.
pub(crate) const CALLERS: [Role; 10] = [
    Role::Officer,
    Role::Director,
    Role::Secretariat,
    Role::TaskForce,
    Role::Agency,
    Role::UnitMember,
    Role::Expert,
    Role::Auditor,
    Role::Operator,
    Role::Service,
];

/// A method, with the service at whose process it is called.
pub(crate) struct Method {
    pub(crate) path: String,
    pub(crate) service: String,
    /// Whether it changes something, and so takes a `request_id`.
    pub(crate) changes: bool,
    pub(crate) who: Who,
    pub(crate) input: MessageDescriptor,
}

impl Method {
    /// A role that may call it.
    pub(crate) fn role(&self) -> Role {
        match self.who {
            Who::Public => Role::Auditor,
            Who::Roles(roles) => roles[0],
        }
    }

    /// Those whom it turns away.
    pub(crate) fn wrong_roles(&self) -> impl Iterator<Item = Role> {
        let right = match self.who {
            Who::Public => &CALLERS[..],
            Who::Roles(roles) => roles,
        };
        CALLERS.into_iter().filter(|role| !right.contains(role))
    }
}

/// The members' own port, with certificates instead of tokens.
const OF_MEMBERS: &str = "jiebang.exchange.v1.BorderService";

/// The methods of all services that the federation runs, without those of [`OF_MEMBERS`].
pub(crate) fn methods(manifest: &Manifest) -> Vec<Method> {
    let services = &manifest.nodes[&Region::SH].services;
    let mut all = published();
    all.retain(|method| services.contains_key(&method.service) && !of_members(method));
    all
}

/// The methods that members call.
pub(crate) fn methods_of_members() -> Vec<Method> {
    let mut all = published();
    all.retain(of_members);
    assert!(!all.is_empty(), "{OF_MEMBERS} has another name");
    all
}

fn of_members(method: &Method) -> bool {
    method.path.starts_with(&format!("/{OF_MEMBERS}/"))
}

/// Every method of the published language.
fn published() -> Vec<Method> {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let mut all = Vec::new();
    for service in pool.services() {
        let name = match service.full_name().split('.').nth(1).unwrap() {
            // Every service has this door; one stands for all.
            "node" => SERVICE,
            package => package,
        };
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            all.push(Method {
                who: who(&path).unwrap(),
                changes: method.input().get_field_by_name("request_id").is_some(),
                service: name.to_owned(),
                input: method.input(),
                path,
            });
        }
    }
    all
}

/// Where the services are, and the tokens that their callers have.
pub(crate) struct Callers {
    addresses: BTreeMap<(Region, String), SocketAddr>,
    tokens: BTreeMap<(Region, String), String>,
    /// Tokens that are good for nothing at 上海, with what is wrong with them.
    pub(crate) bad: Vec<(&'static str, String)>,
}

impl Callers {
    pub(crate) fn new(federation: &Federation, manifest: &Manifest) -> Self {
        let (mut addresses, mut tokens) = (BTreeMap::new(), BTreeMap::new());
        for (region, node) in &manifest.nodes {
            for (name, service) in &node.services {
                addresses.insert((*region, name.clone()), service.grpc);
            }
            for role in CALLERS {
                let token = match role {
                    Role::Service => signed(manifest, (*region, SERVICE), &service(*region)),
                    role => federation.token(&persona(*region, role)).unwrap(),
                };
                tokens.insert((*region, format!("{role:?}")), token);
            }
        }
        Self {
            addresses,
            tokens,
            bad: bad_tokens(federation, manifest),
        }
    }

    /// The account of who calls for [`UNIT`].
    pub(crate) fn member(region: Region) -> String {
        persona(region, Role::UnitMember).account().to_owned()
    }

    pub(crate) fn address(&self, region: Region, method: &Method) -> SocketAddr {
        self.addresses[&(region, method.service.clone())]
    }

    pub(crate) fn token(&self, region: Region, role: Role) -> &str {
        &self.tokens[&(region, format!("{role:?}"))]
    }
}

/// A person, of some unit and expert where the role is one's.
fn persona(region: Region, role: Role) -> Persona {
    let persona = Persona::new(region, role);
    match role {
        Role::UnitMember => persona.of_unit(UNIT),
        Role::Expert => persona.as_expert(ExpertId(Uuid::from_u128(7))),
        _ => persona,
    }
}

fn service(region: Region) -> Actor {
    Actor::person(SERVICE, Role::Service, region)
}

fn signer(manifest: &Manifest, (region, issuer): (Region, &str), says: Region) -> TokenSigner {
    let keys = manifest.nodes[&region].directory.join("keys");
    // Signed with one node's key, it may say another's name.
    TokenSigner::read(issuer, says, &keys.join(format!("{issuer}.pem"))).unwrap()
}

fn signed(manifest: &Manifest, at: (Region, &str), actor: &Actor) -> String {
    let signer = signer(manifest, at, actor.region);
    signer.sign(actor, wall_now(), Duration::MINUTE).unwrap()
}

fn bad_tokens(federation: &Federation, manifest: &Manifest) -> Vec<(&'static str, String)> {
    let here = Region::SH;
    let officer = Actor::person("wang", Role::Officer, here);
    let sign = |at, actor: &Actor| signed(manifest, at, actor);
    let ours = signer(manifest, (here, "console"), here);
    let now = wall_now();
    let good = sign((here, "console"), &officer);
    let (body, signature) = good.rsplit_once('.').unwrap();
    vec![
        ("no token at all", "secret".to_owned()),
        ("unsigned", format!("{body}.")),
        (
            "signed twice over",
            format!("{body}.{signature}{signature}"),
        ),
        ("forged", sign((Region::HUB, "console"), &officer)),
        (
            "of another node",
            federation
                .token(&Persona::new(Region::HUB, Role::Officer))
                .unwrap(),
        ),
        (
            "of a service that names a person",
            sign((here, SERVICE), &officer),
        ),
        (
            "of the console that names a service",
            sign((here, "console"), &service(here)),
        ),
        (
            "of the system itself",
            sign(
                (here, "console"),
                &Actor::person("system", Role::System, here),
            ),
        ),
        (
            "run out",
            ours.sign(&officer, now - Duration::HOUR, Duration::MINUTE)
                .unwrap(),
        ),
        (
            "good for ever",
            ours.sign(&officer, now, TOKEN_TTL_MAX + Duration::HOUR)
                .unwrap(),
        ),
    ]
}
