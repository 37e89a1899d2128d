//! A list that is decided after a linked region came in: the region sees what everybody sees, and
//! is asked for nothing.

use chassis::clock::Ids;
use federation::Federation;
use prost::Message as _;
use proto::{
    common::v1::Money,
    coordination::v1::{self as wire, DecisionKind},
    evaluation::v1::{ListEntry, ListProposed},
    intake::v1::{ExternalTask, PublicRecord, ScenarioGoal, TaskMode},
    matching::v1::{
        CatalogueItem, ListCatalogueRequest, PublishListRequest,
        matching_service_client::MatchingServiceClient,
    },
    message::{PublicEvent as _, Scope},
};
use regulation::{Region, Role};
use testkit::eventually;
use uuid::Uuid;

use crate::joint::{LONG, asks, coordination, fresh, put_into_force};

const TITLE: &str = "高端光刻胶树脂";

fn record() -> PublicRecord {
    let money = |fen| Some(Money { fen });
    let task = ExternalTask {
        task_id: Uuid::from_u128(0x7A).to_string(),
        title: "树脂合成".to_owned(),
        content: "合成与纯化".to_owned(),
        indicators: "金属杂质低于 1 ppb".to_owned(),
        offered_funds: money(300_000_000),
        mode: TaskMode::Challenge.into(),
        solvers_max: 1,
        revision: 1,
    };
    PublicRecord {
        title: TITLE.to_owned(),
        field: "集成电路".to_owned(),
        mission: "突破树脂关键技术".to_owned(),
        goals: vec![ScenarioGoal::KeyTechnology.into()],
        tasks: vec![task],
        planned_investment: money(1_000_000_000),
        months: 30,
        ..PublicRecord::default()
    }
}

/// The hub's evaluation proposes a list with a demand of a member.
async fn proposed(federation: &Federation) -> wire::Decision {
    let entry = ListEntry {
        demand_id: Ids.random::<Uuid>().to_string(),
        region: "zj".to_owned(),
        place: 1,
        score: 9_000,
        listed: true,
        reason: "名次在前".to_owned(),
        record: Some(record()),
    };
    let list = ListProposed {
        round_id: Ids.random::<Uuid>().to_string(),
        year: 2024,
        entries: vec![entry],
    };
    let bus = federation
        .speaks_as(Region::HUB, "evaluation")
        .await
        .unwrap();
    let message = bus::Outgoing {
        id: Ids.random(),
        origin: Region::HUB,
        at: federation.now(),
        traceparent: None,
        scope: Scope::Node,
        kind: ListProposed::KIND.to_owned(),
        schema: ListProposed::SCHEMA.to_owned(),
        aggregate: list.round_id.clone(),
        body: list.encode_to_vec(),
    };
    bus.publish(&message).await.unwrap();
    bus.close().await;
    let look = async || {
        let list = wire::ListDecisionsRequest {
            kind: DecisionKind::List.into(),
            ..wire::ListDecisionsRequest::default()
        };
        let request = asks(federation, Region::HUB, Role::Secretariat, list);
        let mut hub = coordination(federation, Region::HUB);
        let listed = hub.list_decisions(request).await.ok()?.into_inner();
        listed.decisions.into_iter().next()
    };
    let opened = eventually(LONG, look, "the list to be under decision").await;
    opened.unwrap()
}

/// The secretariat publishes the list once matching on the hub has heard of its force.
async fn publish(federation: &Federation, decision: &str) {
    let look = async || {
        let publish = PublishListRequest {
            request_id: fresh(),
            decision_id: decision.to_owned(),
        };
        let request = asks(federation, Region::HUB, Role::Secretariat, publish);
        let channel = federation.channel(Region::HUB, "matching").ok()?;
        let mut client = MatchingServiceClient::new(channel);
        client.publish_list(request).await.ok()
    };
    eventually(LONG, look, "the list to be published")
        .await
        .unwrap();
}

async fn catalogue(federation: &Federation, at: Region) -> Vec<CatalogueItem> {
    let look = async || {
        let channel = federation.channel(at, "matching").ok()?;
        let mut client = MatchingServiceClient::new(channel);
        let listed = client.list_catalogue(ListCatalogueRequest::default());
        let items = listed.await.ok()?.into_inner().items;
        (!items.is_empty()).then_some(items)
    };
    let what = format!("{at} to show the catalogue");
    eventually(LONG, look, &what).await.unwrap()
}

pub(crate) async fn is_published_to_all(federation: &Federation, linked: Region) {
    let decision = proposed(federation).await;
    // The linked region's word is not asked for: the members' alone bring it into force.
    let id = put_into_force(federation, decision, "长三角办〔2024〕13号").await;
    publish(federation, &id).await;
    let asked = wire::ListAssentsRequest::default();
    let asked = asks(federation, linked, Role::Officer, asked);
    let asked = coordination(federation, linked).list_assents(asked).await;
    assert_eq!(asked.unwrap().into_inner().assents, []);
    let at_a_member = catalogue(federation, Region::SH).await;
    let seen = catalogue(federation, linked).await;
    assert_eq!(seen, at_a_member, "it sees what everybody sees");
    let entry = seen[0].entry.clone().unwrap();
    assert_eq!(entry.record.unwrap().title, TITLE);
    assert!(entry.public_number.starts_with("2024-"));
}
