//! Joint decisions of a federation of whole nodes, from their opening to their force.

use std::time::Duration;

use evidence::MembershipDocument;
use federation::{Federation, Persona, bearing};
use proto::coordination::v1::{
    self as wire, AssentState, DecisionKind, DecisionState,
    coordination_service_client::CoordinationServiceClient,
};
use regulation::{Region, Role};
use testkit::eventually;
use tonic::{Request, transport::Channel};
use uuid::Uuid;

pub(crate) const LONG: Duration = Duration::from_mins(1);
/// The full members of these tests.
pub(crate) const MEMBERS: [Region; 2] = [Region::SH, Region::ZJ];
/// Longer than any publicity period with its holidays.
const PUBLICITY_DAYS_MAX: u16 = 20;

pub(crate) fn asks<T>(
    federation: &Federation,
    region: Region,
    role: Role,
    message: T,
) -> Request<T> {
    let token = federation.token(&Persona::new(region, role)).unwrap();
    bearing(&token, message).unwrap()
}

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<Uuid>().to_string()
}

pub(crate) fn coordination(
    federation: &Federation,
    region: Region,
) -> CoordinationServiceClient<Channel> {
    CoordinationServiceClient::new(federation.channel(region, "coordination").unwrap())
}

/// Opens a decision on a member.
pub(crate) async fn opened(
    federation: &Federation,
    document: &MembershipDocument,
) -> wire::Decision {
    let open = wire::OpenDecisionRequest {
        request_id: fresh(),
        kind: DecisionKind::Admission.into(),
        title: format!("{}的成员文件", document.region),
        document: toml::to_string(document).unwrap().into_bytes(),
        subject_id: document.region.to_string(),
        former_decision_id: String::new(),
    };
    let request = asks(federation, Region::HUB, Role::Secretariat, open);
    let mut hub = coordination(federation, Region::HUB);
    hub.open_decision(request).await.unwrap().into_inner()
}

async fn assent(federation: &Federation, region: Region, decision: &str) {
    let mut client = coordination(federation, region);
    let look = async || {
        let list = wire::ListAssentsRequest {
            state: AssentState::Requested.into(),
            ..Default::default()
        };
        let request = asks(federation, region, Role::Officer, list);
        let mut client = coordination(federation, region);
        let listed = client.list_assents(request).await.ok()?.into_inner();
        let mut assents = listed.assents.into_iter();
        assents.find(|one| one.subject_id == decision)
    };
    let asked = eventually(LONG, look, "the department to be asked").await;
    let asked = asked.unwrap();
    let prepare = wire::PrepareAssentRequest {
        request_id: fresh(),
        assent_id: asked.assent_id.clone(),
        digest: asked.digest.clone(),
        note: String::new(),
    };
    let request = asks(federation, region, Role::Officer, prepare);
    client.prepare_assent(request).await.unwrap();
    let give = wire::GiveAssentRequest {
        request_id: fresh(),
        assent_id: asked.assent_id,
        digest: asked.digest,
    };
    let request = asks(federation, region, Role::Director, give);
    client.give_assent(request).await.unwrap();
}

pub(crate) async fn in_state(federation: &Federation, at: Region, id: &str, state: DecisionState) {
    let look = async || {
        let get = wire::GetDecisionRequest {
            decision_id: id.to_owned(),
        };
        let request = asks(federation, at, Role::Auditor, get);
        let mut client = coordination(federation, at);
        let decision = client.get_decision(request).await.ok()?.into_inner();
        (decision.state() == state).then_some(())
    };
    let what = format!("the decision at {at} to be {state:?}");
    eventually(LONG, look, &what).await.unwrap();
}

/// Brings a decision on a member into force.
pub(crate) async fn decided(
    federation: &Federation,
    document: &MembershipDocument,
    number: &str,
) -> String {
    let decision = opened(federation, document).await;
    put_into_force(federation, decision, number).await
}

/// Brings what was opened into force, with the word of the full members alone.
pub(crate) async fn put_into_force(
    federation: &Federation,
    decision: wire::Decision,
    number: &str,
) -> String {
    let id = approved(federation, decision, number).await;
    federation.advance(PUBLICITY_DAYS_MAX).await.unwrap();
    in_state(federation, Region::HUB, &id, DecisionState::InForce).await;
    id
}

/// Has it assented to and approved: its publicity period begins.
pub(crate) async fn approved(
    federation: &Federation,
    decision: wire::Decision,
    number: &str,
) -> String {
    assert_eq!(
        decision.members,
        ["sh", "zj"],
        "only full members are asked"
    );
    let id = decision.decision_id;
    for region in MEMBERS {
        assent(federation, region, &id).await;
    }
    in_state(federation, Region::HUB, &id, DecisionState::Assented).await;
    let approve = wire::ApproveDecisionRequest {
        request_id: fresh(),
        decision_id: id.clone(),
        document_number: number.to_owned(),
        digest: decision.digest,
    };
    let request = asks(federation, Region::HUB, Role::TaskForce, approve);
    let mut hub = coordination(federation, Region::HUB);
    hub.approve_decision(request).await.unwrap();
    id
}
