//! A linked region comes in, and a member changes its keys, while everything runs: by joint
//! decision, and by the operators' steps beside it.

use std::path::Path;

use evidence::{
    Body, ChainFile, Conclusion, KeyRing, MembershipFile, Outbound, Place, SigningKey,
    verify_chain, verify_membership,
};
use federation::Federation;
use prost::Message as _;
use proto::{
    coordination::v1::{self as wire, DecisionState},
    exchange::v1::{
        BorderMember, ExportChainRequest, ExportMembershipRequest, FaultKind, ListFaultsRequest,
        ListMembersRequest, MemberStanding, VerifyChainRequest,
        exchange_service_client::ExchangeServiceClient,
    },
    message::Audience,
    registry::v1::{
        GetUnitRequest, RegisterUnitRequest, UnitKind,
        registry_service_client::RegistryServiceClient,
    },
};
use rand::{SeedableRng as _, rngs::StdRng};
use regulation::{CreditCode, Region, Role};
use testkit::{Place as Folder, eventually};
use time::{Duration as Days, OffsetDateTime};
use tonic::transport::Channel;
use uuid::Uuid;

use crate::{
    catalogue,
    joint::{LONG, MEMBERS, asks, coordination, decided, fresh, in_state},
};

fn gd() -> Region {
    "gd".parse().unwrap()
}

/// The project's policies, for two members.
pub(crate) fn policies(folder: &Path) {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/policy");
    for file in std::fs::read_dir(project).unwrap() {
        let file = file.unwrap();
        if file.path().extension().is_none_or(|kind| kind != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text: String = text
            .lines()
            .map(|line| {
                if line.starts_with("members = ") {
                    "members = [\"sh\", \"zj\"]\n".to_owned()
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        std::fs::write(folder.join(file.file_name()), text).unwrap();
    }
}

pub(crate) fn exchange(federation: &Federation, region: Region) -> ExchangeServiceClient<Channel> {
    ExchangeServiceClient::new(federation.channel(region, "exchange").unwrap())
}

/// Waits until a node knows a member so.
pub(crate) async fn knows(
    federation: &Federation,
    at: Region,
    region: Region,
    so: impl Fn(&BorderMember) -> bool,
) {
    let look = async || {
        let request = asks(federation, at, Role::Operator, ListMembersRequest {});
        let answer = exchange(federation, at).list_members(request).await.ok()?;
        let mut members = answer.into_inner().members.into_iter();
        members.find(|one| one.region == region.as_str() && so(one))
    };
    let what = format!("{at} to know the member {region}");
    eventually(LONG, look, &what).await.unwrap();
}

pub(crate) async fn hears(federation: &Federation, at: Region, origin: Region, number: u64) {
    let look = async || {
        let heard = federation.members_heard(at).await.ok()?;
        let mut heard = heard.into_iter();
        heard.find(|one| one.region == origin.as_str() && one.number >= number)
    };
    let what = format!("{at} to hear {origin} up to {number}");
    eventually(LONG, look, &what).await.unwrap();
}

pub(crate) async fn number(federation: &Federation, at: Region, origin: Region) -> u64 {
    let heard = federation.members_heard(at).await.unwrap();
    let mut heard = heard.into_iter();
    heard
        .find(|one| one.region == origin.as_str())
        .unwrap()
        .number
}

/// A credit code by what stands before its check character.
fn credit_code(body: &str) -> String {
    let mut ends = ('0'..='9')
        .chain('A'..='Y')
        .map(|end| format!("{body}{end}"));
    ends.find(|code| code.parse::<CreditCode>().is_ok())
        .unwrap()
}

/// A unit that is registered at a node.
pub(crate) async fn unit(federation: &Federation, at: Region) -> String {
    let division = if at == Region::ZJ { "330106" } else { "310115" };
    let register = RegisterUnitRequest {
        request_id: fresh(),
        credit_code: credit_code(&format!("91{division}MA1K3YJ12")),
        name: format!("{}联动研究院", at.name()),
        kind: UnitKind::Institute.into(),
        division_code: division.to_owned(),
        fields: vec!["人工智能".to_owned()],
        ..Default::default()
    };
    let request = asks(federation, at, Role::Officer, register);
    let channel = federation.channel(at, "registry").unwrap();
    let mut registry = RegistryServiceClient::new(channel);
    let unit = registry.register_unit(request).await;
    unit.unwrap().into_inner().unit_id
}

pub(crate) async fn knows_unit(federation: &Federation, at: Region, unit_id: &str) {
    let look = async || {
        let get = GetUnitRequest {
            unit_id: unit_id.to_owned(),
            identity: String::new(),
        };
        let request = asks(federation, at, Role::Officer, get);
        let channel = federation.channel(at, "registry").ok()?;
        let mut client = RegistryServiceClient::new(channel);
        client.get_unit(request).await.ok()
    };
    let what = format!("{at} to know what was said before it came");
    eventually(LONG, look, &what).await.unwrap();
}

#[tokio::test]
async fn a_linked_region_comes_in_and_a_member_changes_its_keys_while_everything_runs() {
    let folder = Folder::new().unwrap();
    policies(folder.path());
    let mut federation = Federation::builder()
        .regions(MEMBERS)
        .services([
            "registry",
            "evaluation",
            "coordination",
            "matching",
            "exchange",
        ])
        .policies(folder.path())
        .clock_starts("2024-09-02T01:00:00Z")
        .boot()
        .await
        .unwrap();
    let unit = unit(&federation, Region::SH).await;
    comes_in(&mut federation, &unit).await;
    catalogue::is_published_to_all(&federation, gd()).await;
    changes_its_keys(&federation).await;
    old_key_is_refused(&federation).await;
    everything_verifies(&federation).await;
    federation.shutdown().await.unwrap();
}

async fn comes_in(federation: &mut Federation, unit: &str) {
    let newcomer = federation.newcomer(gd()).await.unwrap();
    let document = newcomer.document().clone();
    let id = decided(federation, &document, "长三角办〔2024〕11号").await;
    for at in [Region::HUB, Region::SH, Region::ZJ] {
        knows(federation, at, gd(), |gd| {
            gd.standing() == MemberStanding::Linked && gd.decision_id == id
        })
        .await;
    }
    federation.let_in(&newcomer).await.unwrap();
    federation.join(newcomer).await.unwrap();
    in_state(federation, gd(), &id, DecisionState::InForce).await;
    knows_unit(federation, gd(), unit).await;
    for at in [Region::HUB, Region::SH, Region::ZJ] {
        hears(federation, at, gd(), 1).await;
    }
}

/// Decided by the two members alone: the linked region is not asked.
async fn changes_its_keys(federation: &Federation) {
    let now = federation.now();
    let until = now + Days::days(25);
    let next = federation.next_keys(Region::ZJ, now, until).unwrap();
    let id = decided(federation, &next, "长三角办〔2024〕12号").await;
    in_state(federation, gd(), &id, DecisionState::InForce).await;
    let request = asks(
        federation,
        gd(),
        Role::Officer,
        wire::ListAssentsRequest::default(),
    );
    let asked = coordination(federation, gd()).list_assents(request).await;
    assert_eq!(asked.unwrap().into_inner().assents, []);
    for at in federation.regions() {
        knows(federation, at, Region::ZJ, |zj| zj.signing.len() == 2).await;
    }
    let key = next.signing.id().to_string();
    signs_with(federation, &key).await;
    // Past the end of the old key it goes on as before.
    federation.advance(10).await.unwrap();
    let said = number(federation, Region::SH, Region::ZJ).await;
    for at in federation.regions() {
        hears(federation, at, Region::ZJ, said + 2).await;
    }
}

pub(crate) async fn signs_with(federation: &Federation, key: &str) {
    let border = federation.sql(Region::SH, "exchange").await.unwrap();
    let look = async || {
        let last = "select envelope from received where region = 'zj' order by number desc limit 1";
        let envelope: Vec<u8> = sqlx::query_scalar(last).fetch_one(&border).await.ok()?;
        let envelope = evidence::Envelope::decode(envelope.as_slice()).ok()?;
        (envelope.key_id == key).then_some(())
    };
    let what = "浙江 to sign with its new key";
    eventually(LONG, look, what).await.unwrap();
}

async fn first_ring(federation: &Federation) -> KeyRing {
    let members = federation.manifest().await.members;
    toml::from_str(&std::fs::read_to_string(members).unwrap()).unwrap()
}

/// Whoever has the old key and the way to the hub says nothing that is believed.
async fn old_key_is_refused(federation: &Federation) {
    let file = federation.first_signing_key(Region::ZJ).unwrap();
    let old = SigningKey::from_pem(&std::fs::read_to_string(file).unwrap()).unwrap();
    let at: OffsetDateTime = federation.now();
    let body = Body {
        id: Uuid::from_u128(1),
        kind: "registry.unit.recorded".to_owned(),
        subject: "share.zj.registry.unit.recorded".to_owned(),
        aggregate: "u".to_owned(),
        schema: "jiebang.registry.v1.UnitRecorded".to_owned(),
        traceparent: None,
        at,
        data: Vec::new(),
    };
    let outbound = Outbound {
        origin: Region::ZJ,
        audience: Audience::All,
        at,
        body,
    };
    let ring = first_ring(federation).await;
    let mut random = StdRng::seed_from_u64(1);
    let stolen = outbound
        .wrap(Place::FIRST, &old, &ring, &mut random)
        .unwrap();
    let usurped = federation.usurp(Region::ZJ).await.unwrap();
    let stored = usurped.publish(Uuid::from_u128(1), stolen.encode_to_vec());
    stored.await.unwrap();
    for at in [Region::HUB, Region::SH, gd()] {
        let look = async || {
            let faults = faults(federation, at).await;
            let mut faults = faults.into_iter();
            faults.find(|one| one.kind() == FaultKind::Forged && one.note.contains("不处于有效期"))
        };
        let what = format!("{at} to show what the old key signed");
        eventually(LONG, look, &what).await.unwrap();
    }
}

pub(crate) async fn faults(
    federation: &Federation,
    at: Region,
) -> Vec<proto::exchange::v1::BorderFault> {
    let request = asks(federation, at, Role::Auditor, ListFaultsRequest::default());
    let listed = exchange(federation, at).list_faults(request).await;
    listed.unwrap().into_inner().faults
}

/// On every node, and offline with the keys over time.
async fn everything_verifies(federation: &Federation) {
    federation.wait_quiet(LONG).await.unwrap();
    for at in federation.regions() {
        for origin in federation.regions() {
            let verify = VerifyChainRequest {
                region: origin.to_string(),
            };
            let request = asks(federation, at, Role::Auditor, verify);
            let report = exchange(federation, at).verify_chain(request).await;
            let report = report.unwrap().into_inner();
            assert!(
                report.faults.is_empty(),
                "{origin} at {at}: {:?}",
                report.faults
            );
            assert!(report.envelopes > 0, "{origin} at {at}");
        }
        let open = faults(federation, at).await;
        let others = open.iter().filter(|one| one.kind() != FaultKind::Forged);
        assert_eq!(others.count(), 0, "{at}: {open:?}");
    }
    let mut letters = federation.dead_letters().await.unwrap();
    // The list was proposed by this test, of no round.
    letters.retain(|(_, service, _)| service != "evaluation");
    assert_eq!(letters, []);
    let request = asks(
        federation,
        Region::SH,
        Role::Auditor,
        ExportMembershipRequest {},
    );
    let file = exchange(federation, Region::SH)
        .export_membership(request)
        .await;
    let file = file.unwrap().into_inner().content;
    let changes: MembershipFile = serde_json::from_slice(&file).unwrap();
    let first = first_ring(federation).await;
    let (report, ring) = verify_membership(&changes, &first);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    let chain = ExportChainRequest {
        region: "zj".to_owned(),
        from: 1,
        to: 0,
    };
    let request = asks(federation, Region::SH, Role::Auditor, chain);
    let file = exchange(federation, Region::SH).export_chain(request).await;
    let file = file.unwrap().into_inner().content;
    let chain: ChainFile = serde_json::from_slice(&file).unwrap();
    let report = verify_chain(&chain.envelopes, &ring);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    let without = verify_chain(&chain.envelopes, &first);
    assert_eq!(without.conclusion(), Conclusion::Broken, "{without}");
}
