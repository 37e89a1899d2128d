//! What the hub knows of the regions, and how old that is.

use chassis::Outcome;
use proto::{
    common::v1::Money,
    coordination::v1::{
        self as wire,
        ChecklistKind::{Allocation, Demand, Project},
    },
    fund::v1::AllocationRecorded,
    intake::v1::{DemandAccepted, DemandWithdrawn, PublicRecord},
    message::{Audience, Message},
    project::v1::ProjectActivated,
};
use regulation::{Region, Role};
use time::Duration;

use crate::federation::{Federation, START, said};

async fn hear(all: &Federation, region: Region, message: Message) {
    let message = said(region, START, message);
    assert_eq!(all.hear(Region::HUB, &message).await, Outcome::Applied);
}

fn withdrawn() -> Message {
    let event = DemandWithdrawn {
        demand_id: "d-1".to_owned(),
    };
    Message::share(Audience::HUB, "d", &event)
}

async fn said_by_js(all: &Federation) -> Vec<wire::ChecklistItem> {
    let asked = wire::GetChecklistRequest {
        region: "js".to_owned(),
        ..Default::default()
    };
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let answer = secretariat.get_checklist(asked).await.unwrap();
    answer.into_inner().items
}

#[tokio::test]
async fn the_checklist_tells_what_was_said_by_whom_and_how_old_the_knowledge_is() {
    let all = Federation::of(&[Region::HUB]).await;
    let record = PublicRecord {
        title: "光刻胶".to_owned(),
        ..Default::default()
    };
    let accepted = DemandAccepted {
        demand_id: "d-1".to_owned(),
        record: Some(record),
        ..Default::default()
    };
    let activated = ProjectActivated {
        project_id: "p-1".to_owned(),
        title: "光刻胶攻关".to_owned(),
        ..Default::default()
    };
    let allocated = AllocationRecorded {
        allocation_id: "a-1".to_owned(),
        project_id: "p-1".to_owned(),
        support: Some(Money { fen: 300_000_000 }),
        ..Default::default()
    };
    for message in [
        Message::share(Audience::HUB, "d", &accepted),
        Message::share(Audience::All, "p", &activated),
        Message::share(Audience::HUB, "a", &allocated),
    ] {
        hear(&all, Region::JS, message).await;
    }
    // Another region's word changes nothing of what js said.
    hear(&all, Region::ZJ, withdrawn()).await;
    all.beat(Region::JS).await;
    all.forward(Duration::hours(2));
    let items = said_by_js(&all).await;
    let kinds: Vec<_> = items.iter().map(wire::ChecklistItem::kind).collect();
    assert_eq!(kinds, [Demand, Project, Allocation]);
    assert!(!items[0].withdrawn && items[0].title == "光刻胶");
    assert_eq!(items[2].amount, Some(Money { fen: 300_000_000 }));
    let age = items[0].age_seconds;
    assert!((7200..7260).contains(&age), "{age}");

    hear(&all, Region::JS, withdrawn()).await;
    let items = said_by_js(&all).await;
    assert!(items[0].withdrawn && items[0].title == "光刻胶");
}

#[tokio::test]
async fn the_status_names_members_that_were_never_heard() {
    let all = Federation::of(&[Region::HUB]).await;
    all.beat(Region::JS).await;
    let mut operator = all.to(Region::HUB, Role::Operator);
    let asked = wire::GetFederationStatusRequest {};
    let status = operator
        .get_federation_status(asked)
        .await
        .unwrap()
        .into_inner();
    let ages: Vec<_> = status
        .regions
        .iter()
        .map(|region| {
            (
                region.region.as_str(),
                region.member,
                region.age_seconds >= 0,
            )
        })
        .collect();
    assert_eq!(
        ages,
        [
            ("ah", true, false),
            ("js", true, true),
            ("sh", true, false),
            ("zj", true, false)
        ]
    );
}
