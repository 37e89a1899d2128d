//! The checklist at a glance: figures with their age, whose word is missing since when, reports
//! that come due, what is out of order.

use chassis::Outcome;
use proto::{
    common::v1::Money,
    coordination::v1 as wire,
    fund::v1::{AllocationRecorded, PaymentConfirmed},
    intake::v1::{DemandAccepted, DemandWithdrawn},
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

pub(crate) async fn overview(all: &Federation) -> wire::ChecklistOverview {
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let asked = wire::GetChecklistOverviewRequest {};
    let overview = secretariat.get_checklist_overview(asked).await;
    overview.unwrap().into_inner()
}

pub(crate) fn of<'a>(
    overview: &'a wire::ChecklistOverview,
    region: &str,
) -> &'a wire::RegionOverview {
    let mut regions = overview.regions.iter();
    regions.find(|one| one.region == region).unwrap()
}

fn demand(id: &str) -> Message {
    let accepted = DemandAccepted {
        demand_id: id.to_owned(),
        ..Default::default()
    };
    Message::share(Audience::HUB, id, &accepted)
}

#[tokio::test]
async fn each_region_is_seen_in_figures_and_how_old_they_are() {
    let all = Federation::of(&[Region::HUB]).await;
    hear(&all, Region::JS, demand("d-1")).await;
    hear(&all, Region::JS, demand("d-2")).await;
    let withdrawn = DemandWithdrawn {
        demand_id: "d-1".to_owned(),
    };
    hear(
        &all,
        Region::JS,
        Message::share(Audience::HUB, "d", &withdrawn),
    )
    .await;
    let activated = ProjectActivated {
        project_id: "p-1".to_owned(),
        title: "光刻胶攻关".to_owned(),
        starts_on: "2024-03-15".to_owned(),
        ends_on: "2026-03-14".to_owned(),
        ..Default::default()
    };
    hear(
        &all,
        Region::JS,
        Message::share(Audience::All, "p", &activated),
    )
    .await;
    for (id, fen) in [("a-1", 300), ("a-2", 500)] {
        let allocated = AllocationRecorded {
            allocation_id: id.to_owned(),
            project_id: "p-1".to_owned(),
            support: Some(Money { fen }),
            ..Default::default()
        };
        hear(
            &all,
            Region::JS,
            Message::share(Audience::HUB, id, &allocated),
        )
        .await;
    }
    let paid = PaymentConfirmed {
        payment_id: "y-1".to_owned(),
        project_id: "p-1".to_owned(),
        amount: Some(Money { fen: 200 }),
        ..Default::default()
    };
    hear(&all, Region::JS, Message::share(Audience::HUB, "y", &paid)).await;
    all.beat(Region::JS).await;
    all.forward(Duration::minutes(30));
    let seen = overview(&all).await;
    let js = of(&seen, "js");
    assert_eq!((js.demands, js.withdrawn_demands, js.projects), (1, 1, 1));
    let money = (js.allocated.unwrap().fen, js.paid.unwrap().fen);
    assert_eq!(money, (800, 200));
    assert!((1800..1860).contains(&js.age_seconds), "{}", js.age_seconds);
    // There is no border in this test.
    assert!(seen.border_unknown && js.heartbeat_age_seconds == -1);
    assert_eq!(seen.reports.len(), 1);
    let report = &seen.reports[0];
    assert_eq!(
        (report.region.as_str(), report.project_id.as_str()),
        ("js", "p-1")
    );
    assert_eq!(report.period_ends_on, "2024-12-31");
    let silent = |seen: &wire::ChecklistOverview| -> Vec<String> {
        let alarms = seen.alarms.iter();
        let silent = alarms.filter(|alarm| alarm.code == "region-silent");
        silent.map(|alarm| alarm.region.clone()).collect()
    };
    assert_eq!(silent(&seen), ["ah", "sh", "zj"]);
    all.forward(Duration::hours(1));
    assert_eq!(silent(&overview(&all).await), ["ah", "js", "sh", "zj"]);
}

#[tokio::test]
async fn whose_word_is_missing_since_when_is_seen_and_said_when_it_is_late() {
    let all = Federation::whole().await;
    let id = all.propose(1).await;
    for member in [Region::SH, Region::JS] {
        all.assent(member).await;
    }
    all.carry().await;
    all.forward(Duration::days(9));
    let missing = |seen: &wire::ChecklistOverview| -> Vec<(String, i64)> {
        assert_eq!(seen.waiting.len(), 1);
        assert_eq!(seen.waiting[0].decision_id, id);
        let awaited = seen.waiting[0].awaited.iter();
        awaited.map(|one| (one.region.clone(), one.days)).collect()
    };
    let late = |seen: &wire::ChecklistOverview| {
        let alarms = seen.alarms.iter();
        alarms.filter(|alarm| alarm.code == "word-missing").count()
    };
    let seen = overview(&all).await;
    assert_eq!(missing(&seen), [("ah".to_owned(), 9), ("zj".to_owned(), 9)]);
    assert_eq!(late(&seen), 0);
    all.forward(Duration::days(1));
    assert_eq!(late(&overview(&all).await), 2);
    for member in [Region::ZJ, Region::AH] {
        all.assent(member).await;
    }
    all.carry().await;
    let seen = overview(&all).await;
    assert_eq!(seen.waiting[0].awaited[0].who, "批准人");
    let decision = all.decision(Region::HUB, Role::TaskForce, &id).await;
    all.approve(&decision).await;
    all.carry().await;
    all.forward(Duration::days(12));
    for member in [Region::SH, Region::JS, Region::AH] {
        all.beat(member).await;
    }
    all.fire().await;
    all.carry().await;
    let seen = overview(&all).await;
    assert_eq!(missing(&seen)[0].0, "zj", "held until it has been heard");
    all.beat(Region::ZJ).await;
    all.forward(Duration::hours(2));
    all.fire().await;
    all.carry().await;
    assert_eq!(overview(&all).await.waiting, []);
}
