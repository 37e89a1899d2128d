//! The programme in figures: whose money, whose units, which regions meet. [Art. 2, 3]

use proto::{
    application::v1::{ApplicationPackage, ConsortiumUnit, UnitRole},
    common::v1::Money,
    coordination::v1 as wire,
    fund::v1::{AllocationRecorded, FundSource, PaymentConfirmed, SourceAmount},
    message::{Audience, Message},
    project::v1::ProjectActivated,
    registry::v1::{Unit, UnitKind, UnitSize},
    review::v1::{EstablishmentEntry, ProjectEstablished},
};
use regulation::{Region, Role};
use uuid::Uuid;

use crate::{
    delivery::{consortium, hear, person, recorded, unit},
    federation::Federation,
};

const LARGE: Uuid = Uuid::from_u128(1);
const SMALL: Uuid = Uuid::from_u128(2);
const INSTITUTE: Uuid = Uuid::from_u128(3);
const UNHEARD: Uuid = Uuid::from_u128(4);
const GUEST: Uuid = Uuid::from_u128(5);

fn enterprise(id: Uuid, region: Region, size: UnitSize) -> Unit {
    Unit {
        kind: UnitKind::Enterprise.into(),
        size: size.into(),
        ..unit(id, "企业", region)
    }
}

pub(crate) fn established(
    id: &str,
    region: Region,
    field: &str,
    units: Vec<ConsortiumUnit>,
) -> Message {
    let entry = EstablishmentEntry {
        project_id: id.to_owned(),
        title: "攻关".to_owned(),
        field: field.to_owned(),
        region: region.to_string(),
        support: Some(Money { fen: 300 }),
        ..EstablishmentEntry::default()
    };
    let package = ApplicationPackage {
        units,
        investment: Some(Money { fen: 1_000 }),
        ..ApplicationPackage::default()
    };
    let event = ProjectEstablished {
        entry: Some(entry),
        package: Some(package),
        ..ProjectEstablished::default()
    };
    Message::share(Audience::All, id, &event)
}

fn allocated(id: &str, project: &str, fen: i64, sources: &[(FundSource, i64)]) -> Message {
    let sources = sources.iter().map(|(source, fen)| SourceAmount {
        source: (*source).into(),
        year: 2024,
        amount: Some(Money { fen: *fen }),
    });
    let event = AllocationRecorded {
        allocation_id: id.to_owned(),
        project_id: project.to_owned(),
        investment: None,
        support: Some(Money { fen }),
        sources: sources.collect(),
    };
    Message::share(Audience::HUB, id, &event)
}

fn paid(id: &str, project: &str, fen: i64) -> Message {
    let event = PaymentConfirmed {
        payment_id: id.to_owned(),
        project_id: project.to_owned(),
        amount: Some(Money { fen }),
        ..PaymentConfirmed::default()
    };
    Message::share(Audience::HUB, id, &event)
}

fn activated(project: &str) -> Message {
    let event = ProjectActivated {
        project_id: project.to_owned(),
        ..ProjectActivated::default()
    };
    Message::share(Audience::All, project, &event)
}

/// Two projects, one led from Jiangsu and one from Zhejiang.
pub(crate) async fn programme() -> Federation {
    let all = Federation::of(&[Region::HUB, Region::JS]).await;
    let both = [Region::HUB, Region::JS];
    for told in [
        recorded(enterprise(LARGE, Region::JS, UnitSize::Large)),
        recorded(Unit {
            kind: UnitKind::Institute.into(),
            ..unit(INSTITUTE, "研究院", Region::JS)
        }),
    ] {
        hear(&all, &both, Region::JS, 0, told).await;
    }
    let small = recorded(enterprise(SMALL, Region::ZJ, UnitSize::Micro));
    hear(&all, &both, Region::ZJ, 0, small).await;
    let guest = ConsortiumUnit {
        guest: true,
        ..consortium(GUEST, Region::AH, UnitRole::Participant)
    };
    let first = vec![
        consortium(LARGE, Region::JS, UnitRole::Lead),
        consortium(SMALL, Region::ZJ, UnitRole::Subtask),
        consortium(UNHEARD, Region::SH, UnitRole::Participant),
        guest,
    ];
    let second = vec![
        consortium(SMALL, Region::ZJ, UnitRole::Lead),
        consortium(INSTITUTE, Region::JS, UnitRole::Subtask),
    ];
    let first = established("p-1", Region::JS, "集成电路", first);
    let second = established("p-2", Region::ZJ, "人工智能", second);
    hear(&all, &both, Region::HUB, 1, first).await;
    hear(&all, &both, Region::HUB, 1, second).await;
    hear(&all, &both, Region::JS, 2, activated("p-1")).await;
    let mixed = [
        (FundSource::Central, 150),
        (FundSource::Municipal, 40),
        (FundSource::County, 10),
    ];
    hear(
        &all,
        &both,
        Region::JS,
        3,
        allocated("a-1", "p-1", 200, &mixed),
    )
    .await;
    hear(&all, &both, Region::JS, 4, paid("y-1", "p-1", 120)).await;
    let hub = [Region::HUB];
    let central = [(FundSource::Central, 100)];
    hear(
        &all,
        &hub,
        Region::ZJ,
        3,
        allocated("a-2", "p-2", 100, &central),
    )
    .await;
    // From a version that told no sources, and of somebody else's project.
    hear(&all, &hub, Region::ZJ, 4, allocated("a-3", "p-2", 50, &[])).await;
    hear(
        &all,
        &hub,
        Region::AH,
        4,
        allocated("a-4", "p-2", 999, &central),
    )
    .await;
    hear(&all, &hub, Region::AH, 4, activated("p-2")).await;
    all
}

pub(crate) async fn figures(
    all: &Federation,
    asked: wire::GetIndicatorsRequest,
) -> wire::Indicators {
    let mut secretariat = person(all, Region::HUB, Role::Secretariat);
    secretariat
        .get_indicators(asked)
        .await
        .unwrap()
        .into_inner()
}

pub(crate) fn fen(money: Option<Money>) -> i64 {
    money.unwrap().fen
}

#[tokio::test]
async fn the_share_of_every_source_and_what_cities_and_counties_add_is_seen() {
    let all = programme().await;
    let seen = figures(&all, wire::GetIndicatorsRequest::default()).await;
    assert_eq!((seen.projects, seen.under_contract), (2, 1));
    assert_eq!((fen(seen.investment), fen(seen.support)), (2_000, 600));
    assert_eq!((fen(seen.allocated), fen(seen.paid)), (350, 120));
    let sources: Vec<_> = seen
        .sources
        .iter()
        .map(|one| {
            (
                one.source.as_str(),
                fen(one.allocated),
                one.basis_points,
                one.projects,
            )
        })
        .collect();
    let expected = [
        ("central", 250, 8_333, 2),
        ("provincial", 0, 0, 0),
        ("municipal", 40, 1_333, 1),
        ("county", 10, 333, 1),
    ];
    assert_eq!(sources, expected);
    assert_eq!(fen(seen.source_unknown), 50);
    assert_eq!((seen.co_funded_projects, fen(seen.co_funding)), (1, 50));
}

#[tokio::test]
async fn who_takes_part_and_which_regions_meet_is_seen() {
    let all = programme().await;
    let seen = figures(&all, wire::GetIndicatorsRequest::default()).await;
    assert_eq!((seen.units, seen.enterprises), (5, 2));
    assert_eq!(
        (seen.small_and_medium, seen.projects_with_small_and_medium),
        (1, 2)
    );
    assert_eq!(
        seen.units_unknown, 2,
        "one that was not told of, and a guest"
    );
    let spread = (
        seen.projects_of_two_regions,
        seen.projects_of_three_regions,
        seen.projects_of_more_regions,
    );
    assert_eq!(spread, (1, 1, 0), "a guest sits in no region");
    let ties: Vec<_> = seen
        .ties
        .iter()
        .map(|tie| (tie.region_a.as_str(), tie.region_b.as_str(), tie.projects))
        .collect();
    assert_eq!(ties, [("js", "sh", 1), ("js", "zj", 2), ("sh", "zj", 1)]);
    assert!(!seen.known.is_empty(), "it says how old it is");
}

#[tokio::test]
async fn figures_are_asked_for_by_year_region_and_field() {
    let all = programme().await;
    let of = |year: i32, region: &str, field: &str| wire::GetIndicatorsRequest {
        year,
        region: region.to_owned(),
        field: field.to_owned(),
    };
    for (asked, projects) in [
        (of(2024, "", ""), 2),
        (of(2023, "", ""), 0),
        (of(0, "zj", ""), 1),
        (of(0, "ah", ""), 0),
        (of(0, "", "集成电路"), 1),
        (of(0, "zj", "集成电路"), 0),
    ] {
        let seen = figures(&all, asked.clone()).await;
        assert_eq!(seen.projects, projects, "{asked:?}");
    }
}

#[tokio::test]
async fn elsewhere_the_same_is_seen_but_for_the_money_that_only_the_hub_is_told_of() {
    let all = programme().await;
    let mut officer = person(&all, Region::JS, Role::Officer);
    let asked = wire::GetIndicatorsRequest::default();
    let seen = officer.get_indicators(asked).await.unwrap().into_inner();
    assert_eq!((seen.projects, seen.under_contract, seen.units), (2, 1, 5));
    assert_eq!(fen(seen.support), 600);
    assert_eq!(
        (seen.allocated, seen.paid, seen.sources.len()),
        (None, None, 0)
    );
}
