//! Where everything on the checklist stands, as far as that was told.

use prost::Message as _;
use proto::{
    application::v1::{
        ApplicationPackage, ApplicationSubmitted, ApplicationWithdrawn, ExaminationFollowed,
        ExaminationOutcome, UnitRole,
    },
    coordination::v1::{self as wire, ChecklistKind, DecisionInForce, DecisionKind},
    intake::v1::DemandAccepted,
    matching::v1::{ReserveChanged, ReserveReported, ReserveStatus},
    message::{Audience, Message},
    project::v1::ProjectActivated,
    review::v1::{EstablishmentEntry, EstablishmentProposed, ProjectEstablished},
};
use regulation::{Region, Role};
use time::Duration;
use uuid::Uuid;

use crate::{
    delivery::{consortium, hear},
    federation::{Federation, list},
};

const HUB: [Region; 1] = [Region::HUB];

/// Each line of a kind: region, title, where it stands, and whether it is over.
async fn lines(all: &Federation, kind: ChecklistKind) -> Vec<(String, String, String, bool)> {
    let asked = wire::GetChecklistRequest {
        kind: kind.into(),
        ..wire::GetChecklistRequest::default()
    };
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let answer = secretariat.get_checklist(asked).await.unwrap();
    let items = answer.into_inner().items.into_iter();
    items
        .map(|item| (item.region, item.title, item.standing, item.withdrawn))
        .collect()
}

pub(crate) async fn stands(
    all: &Federation,
    kind: ChecklistKind,
    expected: (&str, &str, &str, bool),
) {
    let (region, title, standing, over) = expected;
    let expected = (
        region.to_owned(),
        title.to_owned(),
        standing.to_owned(),
        over,
    );
    assert_eq!(lines(all, kind).await, [expected]);
}

/// The hub's word on it, which stays there.
fn examined(outcome: ExaminationOutcome) -> Message {
    let event = ExaminationFollowed {
        application_id: "a-1".to_owned(),
        outcome: outcome.into(),
        deadline: "2024-06-03".to_owned(),
    };
    Message::node("a-1", &event)
}

fn in_force(kind: DecisionKind, document: Vec<u8>) -> Message {
    let event = DecisionInForce {
        decision_id: Uuid::from_u128(3).to_string(),
        kind: kind.into(),
        document,
        ..DecisionInForce::default()
    };
    Message::share(Audience::All, "x", &event)
}

/// The establishment list in force.
fn judged(established: bool) -> Message {
    let entry = EstablishmentEntry {
        application_id: "a-1".to_owned(),
        established,
        ..EstablishmentEntry::default()
    };
    let list = EstablishmentProposed {
        entries: vec![entry],
        ..EstablishmentProposed::default()
    };
    in_force(DecisionKind::Establishment, list.encode_to_vec())
}

pub(crate) fn submitted(version: i32) -> Message {
    let package = ApplicationPackage {
        application_id: "a-1".to_owned(),
        version,
        title: "光刻胶申报".to_owned(),
        lead_unit_id: Uuid::from_u128(1).to_string(),
        units: vec![consortium(Uuid::from_u128(1), Region::JS, UnitRole::Lead)],
        ..ApplicationPackage::default()
    };
    let event = ApplicationSubmitted {
        package: Some(package),
        ..ApplicationSubmitted::default()
    };
    Message::share(Audience::HUB, "a-1", &event)
}

#[tokio::test]
async fn an_application_is_followed_from_its_submission_to_its_end() {
    let all = Federation::of(&HUB).await;
    let kind = ChecklistKind::Application;
    let steps = [
        (Region::JS, submitted(1), "已提交，待形式审查"),
        (
            Region::HUB,
            examined(ExaminationOutcome::CorrectionRequested),
            "补正中，2024-06-03 截止",
        ),
        (Region::JS, submitted(2), "已补正提交，待形式审查"),
        (
            Region::HUB,
            examined(ExaminationOutcome::Passed),
            "形式审查通过，待评审",
        ),
        (
            Region::HUB,
            examined(ExaminationOutcome::NotAccepted),
            "不予受理",
        ),
        (Region::HUB, judged(false), "未立项"),
        (Region::HUB, judged(true), "已立项"),
    ];
    for (origin, message, standing) in steps {
        hear(&all, &HUB, origin, 0, message).await;
        stands(&all, kind, ("js", "光刻胶申报", standing, false)).await;
    }
    let withdrawn = ApplicationWithdrawn {
        application_id: "a-1".to_owned(),
    };
    let withdrawn = || Message::share(Audience::HUB, "a-1", &withdrawn);
    hear(&all, &HUB, Region::AH, 1, withdrawn()).await;
    stands(&all, kind, ("js", "光刻胶申报", "已立项", false)).await;
    hear(&all, &HUB, Region::JS, 2, withdrawn()).await;
    hear(&all, &HUB, Region::HUB, 3, judged(false)).await;
    stands(&all, kind, ("js", "光刻胶申报", "已撤回", true)).await;
}

#[tokio::test]
async fn a_reserve_entry_goes_by_its_public_number_and_may_leave_the_pool() {
    let all = Federation::of(&HUB).await;
    let reported = |status: ReserveStatus| {
        let change = ReserveChanged {
            reserve_entry_id: "r-1".to_owned(),
            public_number: "2024-0012".to_owned(),
            status: status.into(),
            ..ReserveChanged::default()
        };
        let event = ReserveReported {
            change: Some(change),
        };
        Message::share(Audience::HUB, "r-1", &event)
    };
    for (status, standing, over) in [
        (ReserveStatus::PartlyMatched, "部分揭榜成功", false),
        (ReserveStatus::Matched, "揭榜成功", false),
        (ReserveStatus::Left, "已出库，需求继续有效", true),
        (ReserveStatus::Other, "其他情形入库", false),
    ] {
        hear(&all, &HUB, Region::JS, 0, reported(status)).await;
        stands(
            &all,
            ChecklistKind::Reserve,
            ("js", "2024-0012", standing, over),
        )
        .await;
    }
}

#[tokio::test]
async fn a_demand_is_on_the_list_once_that_is_in_force() {
    let all = Federation::of(&HUB).await;
    let document = list(1);
    let entry = &document.entries[0];
    let accepted = DemandAccepted {
        demand_id: entry.demand_id.clone(),
        record: entry.record.clone(),
        ..DemandAccepted::default()
    };
    let accepted = Message::share(Audience::HUB, "d", &accepted);
    hear(&all, &HUB, Region::JS, 0, accepted).await;
    let demand = |standing| ("js", "高端光刻胶树脂", standing, false);
    stands(&all, ChecklistKind::Demand, demand("已受理")).await;
    let in_force = in_force(DecisionKind::List, document.encode_to_vec());
    hear(&all, &HUB, Region::HUB, 1, in_force).await;
    stands(&all, ChecklistKind::Demand, demand("已列入清单")).await;
}

#[tokio::test]
async fn a_project_is_its_leads_regions_and_stands_where_it_came_last_in_whichever_order() {
    let all = Federation::of(&HUB).await;
    let entry = |id: &str| EstablishmentEntry {
        project_id: id.to_owned(),
        title: "光刻胶攻关".to_owned(),
        region: "js".to_owned(),
        ..EstablishmentEntry::default()
    };
    let established = |id: &str| {
        let event = ProjectEstablished {
            entry: Some(entry(id)),
            ..ProjectEstablished::default()
        };
        Message::share(Audience::All, id, &event)
    };
    let activated = |id: &str| {
        let event = ProjectActivated {
            project_id: id.to_owned(),
            title: "光刻胶攻关".to_owned(),
            starts_on: "2024-03-15".to_owned(),
            ends_on: "2026-03-14".to_owned(),
            ..ProjectActivated::default()
        };
        Message::share(Audience::All, id, &event)
    };
    hear(&all, &HUB, Region::HUB, 0, established("p-1")).await;
    let project = |standing| ("js", "光刻胶攻关", standing, false);
    stands(&all, ChecklistKind::Project, project("已立项，待签合同")).await;
    hear(&all, &HUB, Region::JS, 1, activated("p-1")).await;
    hear(&all, &HUB, Region::JS, 1, activated("p-2")).await;
    hear(&all, &HUB, Region::HUB, 0, established("p-2")).await;
    let seen = lines(&all, ChecklistKind::Project).await;
    assert_eq!(seen.len(), 2);
    assert!(
        seen.iter().all(|line| line.2 == "合同已签，实施中"),
        "{seen:?}"
    );
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let overview = secretariat
        .get_checklist_overview(wire::GetChecklistOverviewRequest {})
        .await;
    assert_eq!(overview.unwrap().into_inner().reports.len(), 2);
}

#[tokio::test]
async fn what_this_nodes_own_people_have_not_answered_is_seen_and_said_when_it_is_late() {
    let all = Federation::whole().await;
    all.propose(1).await;
    let seen = async || {
        let mut officer = all.to(Region::JS, Role::Officer);
        let asked = wire::GetChecklistOverviewRequest {};
        let overview = officer.get_checklist_overview(asked).await;
        overview.unwrap().into_inner()
    };
    all.forward(Duration::days(9) + Duration::hours(1));
    let now = seen().await;
    let waiting = &now.assents[0];
    assert_eq!(
        (now.assents.len(), waiting.days, waiting.prepared),
        (1, 9, false)
    );
    assert_eq!(waiting.document_kind, "decision");
    let late = |seen: &wire::ChecklistOverview| {
        let mut alarms = seen.alarms.iter();
        alarms.any(|alarm| alarm.code == "assent-waiting")
    };
    assert!(!late(&now));
    all.forward(Duration::days(1));
    assert!(late(&seen().await));
    all.assent(Region::JS).await;
    let now = seen().await;
    assert!(now.assents.is_empty() && !late(&now));
}
