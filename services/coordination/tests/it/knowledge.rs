//! What the hub knows of the regions, and how old that is.

use chassis::Outcome;
use proto::{
    common::v1::Money,
    coordination::v1::{self as wire, ChecklistKind},
    fund::v1::AllocationRecorded,
    intake::v1::{DemandAccepted, DemandWithdrawn, PublicRecord},
    message::{Audience, Message},
    project::v1::ProjectActivated,
};
use regulation::{Region, Role};
use time::Duration;

use crate::federation::{Federation, START, said};

#[tokio::test]
async fn the_checklist_tells_what_was_said_by_whom_and_how_old_the_knowledge_is() {
    let all = Federation::of(&[Region::HUB]).await;
    let accepted = DemandAccepted {
        demand_id: "d-1".to_owned(),
        record: Some(PublicRecord {
            title: "光刻胶".to_owned(),
            ..Default::default()
        }),
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
    let withdrawn = DemandWithdrawn {
        demand_id: "d-1".to_owned(),
    };
    for (region, message) in [
        (Region::JS, Message::share(Audience::HUB, "d", &accepted)),
        (Region::JS, Message::share(Audience::All, "p", &activated)),
        (Region::JS, Message::share(Audience::HUB, "a", &allocated)),
        // Another region's word changes nothing of what js said.
        (Region::ZJ, Message::share(Audience::HUB, "d", &withdrawn)),
    ] {
        assert_eq!(
            all.hear(Region::HUB, &said(region, START, message)).await,
            Outcome::Applied
        );
    }
    all.beat(Region::JS).await;
    all.forward(Duration::hours(2));
    let asked = wire::GetChecklistRequest {
        region: "js".to_owned(),
        ..Default::default()
    };
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let items = secretariat
        .get_checklist(asked)
        .await
        .unwrap()
        .into_inner()
        .items;
    let kinds: Vec<_> = items.iter().map(wire::ChecklistItem::kind).collect();
    assert_eq!(
        kinds,
        [
            ChecklistKind::Demand,
            ChecklistKind::Project,
            ChecklistKind::Allocation
        ]
    );
    assert!(!items[0].withdrawn && items[0].title == "光刻胶");
    assert_eq!(items[2].amount, Some(Money { fen: 300_000_000 }));
    assert!(
        (7200..7260).contains(&items[0].age_seconds),
        "{}",
        items[0].age_seconds
    );

    let own = said(
        Region::JS,
        START,
        Message::share(Audience::HUB, "d", &withdrawn),
    );
    assert_eq!(all.hear(Region::HUB, &own).await, Outcome::Applied);
    let asked = wire::GetChecklistRequest {
        region: "js".to_owned(),
        ..Default::default()
    };
    let items = secretariat
        .get_checklist(asked)
        .await
        .unwrap()
        .into_inner()
        .items;
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
