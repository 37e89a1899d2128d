//! 履约能力: what is kept of units and people, who may read it, and that reading is recorded.

use chassis::{NoSettings, Outcome, testing};
use coordination::Coordination;
use proto::{
    application::v1::{
        ApplicationPackage, ApplicationSubmitted, ApplicationWithdrawn, ConsortiumUnit,
        ExaminationFollowed, ExaminationOutcome, PartContent, UnitRole,
    },
    coordination::v1::{
        self as wire, DeliveryFactKind as Kind, delivery_service_client::DeliveryServiceClient,
    },
    matching::v1::{SolutionFate, SolutionFollowed},
    message::{Audience, Message},
    project::v1::ProjectActivated,
    registry::v1::{Unit, UnitRecorded},
    review::v1::{EstablishmentEntry, ProjectEstablished},
};
use regulation::{Actor, Region, Role, UnitId};
use time::Duration;
use tonic::Code;
use uuid::Uuid;

use crate::federation::{Federation, START, said};

pub(crate) const LEAD: Uuid = Uuid::from_u128(0xA1);
pub(crate) const SOLVER: Uuid = Uuid::from_u128(0xB1);

pub(crate) type Client = DeliveryServiceClient<testing::Door>;

pub(crate) fn client(all: &Federation, actor: Actor) -> Client {
    let desk = all.desk(actor.region);
    DeliveryServiceClient::new(testing::door::<Coordination>(desk, &NoSettings {}, actor))
}

pub(crate) fn person(all: &Federation, region: Region, role: Role) -> Client {
    client(all, Actor::person(format!("{role:?}"), role, region))
}

fn key(letter: char) -> String {
    letter.to_string().repeat(64)
}

/// Said `minutes` after the start, at every one of `nodes`, each hearing it twice.
pub(crate) async fn hear(
    all: &Federation,
    nodes: &[Region],
    origin: Region,
    minutes: i64,
    message: Message,
) {
    let message = said(origin, START + Duration::minutes(minutes), message);
    for node in nodes {
        for _ in 0..2 {
            let outcome = all.hear(*node, &message).await;
            assert_eq!(outcome, Outcome::Applied, "{} at {node}", message.kind);
        }
    }
}

pub(crate) fn unit(id: Uuid, name: &str, region: Region) -> Unit {
    Unit {
        unit_id: id.to_string(),
        name: name.to_owned(),
        region: region.to_string(),
        ..Unit::default()
    }
}

pub(crate) fn recorded(unit: Unit) -> Message {
    let id = unit.unit_id.clone();
    Message::share(Audience::All, id, &UnitRecorded { unit: Some(unit) })
}

pub(crate) fn consortium(id: Uuid, region: Region, role: UnitRole) -> ConsortiumUnit {
    ConsortiumUnit {
        unit_id: id.to_string(),
        region: region.to_string(),
        role: role.into(),
        ..ConsortiumUnit::default()
    }
}

fn package(version: i32) -> ApplicationPackage {
    ApplicationPackage {
        application_id: "application-1".to_owned(),
        version,
        title: "高端光刻胶树脂".to_owned(),
        lead_unit_id: LEAD.to_string(),
        units: vec![
            consortium(LEAD, Region::JS, UnitRole::Lead),
            consortium(SOLVER, Region::ZJ, UnitRole::Subtask),
        ],
        parts: vec![PartContent {
            person_keys: vec![key('a'), key('b'), key('c')],
            ..PartContent::default()
        }],
        leader_person_key: key('a'),
        core_team_person_keys: vec![key('b')],
        ..ApplicationPackage::default()
    }
}

fn submitted(version: i32) -> Message {
    let event = ApplicationSubmitted {
        package: Some(package(version)),
        ..ApplicationSubmitted::default()
    };
    Message::share(Audience::HUB, "application-1", &event)
}

pub(crate) fn established() -> Message {
    let entry = EstablishmentEntry {
        application_id: "application-1".to_owned(),
        project_id: "project-1".to_owned(),
        title: "高端光刻胶树脂".to_owned(),
        lead_unit_id: LEAD.to_string(),
        region: "js".to_owned(),
        ..EstablishmentEntry::default()
    };
    let event = ProjectEstablished {
        entry: Some(entry),
        package: Some(package(1)),
        ..ProjectEstablished::default()
    };
    Message::share(Audience::All, "project-1", &event)
}

fn activated() -> Message {
    let event = ProjectActivated {
        project_id: "project-1".to_owned(),
        ..ProjectActivated::default()
    };
    Message::share(Audience::All, "project-1", &event)
}

fn asks(unit: Option<Uuid>, person: &str) -> wire::GetDeliveryRecordRequest {
    wire::GetDeliveryRecordRequest {
        unit_id: unit.map(|unit| unit.to_string()).unwrap_or_default(),
        person_key: person.to_owned(),
        purpose: "立项前了解".to_owned(),
        page: None,
    }
}

pub(crate) async fn record(all: &Federation, at: Region, unit: Uuid) -> wire::DeliveryRecord {
    let role = if at.is_hub() {
        Role::Secretariat
    } else {
        Role::Officer
    };
    let mut client = person(all, at, role);
    let record = client.get_delivery_record(asks(Some(unit), "")).await;
    record.unwrap().into_inner()
}

pub(crate) fn kinds(record: &wire::DeliveryRecord) -> Vec<(Kind, i64)> {
    let counts = record.counts.iter();
    counts.map(|one| (one.kind(), one.count)).collect()
}

fn followed(solution: Uuid, fate: SolutionFate) -> SolutionFollowed {
    SolutionFollowed {
        solution_id: solution.to_string(),
        holder_unit_id: SOLVER.to_string(),
        fate: fate.into(),
    }
}

#[tokio::test]
async fn what_became_of_a_solution_is_on_its_holders_record_at_home_and_on_the_hub_and_nowhere_else()
 {
    let all = Federation::of(&[Region::HUB, Region::ZJ, Region::AH]).await;
    let everywhere = [Region::HUB, Region::ZJ, Region::AH];
    let solver = recorded(unit(SOLVER, "浙江某研究院", Region::ZJ));
    hear(&all, &everywhere, Region::ZJ, 0, solver).await;
    let solution = Uuid::from_u128(0x51);
    let fates = [
        SolutionFate::Selected,
        SolutionFate::Confirmed,
        SolutionFate::TakenBack,
    ];
    for (minutes, fate) in (1..).zip(fates) {
        let event = followed(solution, fate);
        let inside = Message::node(solution, &event);
        hear(&all, &[Region::ZJ], Region::ZJ, minutes, inside).await;
        let across = Message::share(Audience::HUB, solution, &event);
        hear(&all, &everywhere, Region::ZJ, minutes, across).await;
    }
    let expected = [
        (Kind::SolutionSelected, 1),
        (Kind::IntentConfirmed, 1),
        (Kind::WithdrawnAfterSelection, 1),
    ];
    for at in [Region::HUB, Region::ZJ] {
        let record = record(&all, at, SOLVER).await;
        assert_eq!(kinds(&record), expected, "{at}");
        assert_eq!(record.name, "浙江某研究院");
        let newest = &record.facts[0];
        assert_eq!(newest.at, "2024-05-06T02:03:00Z");
        assert_eq!(newest.case_id, solution.to_string());
        assert!(!record.known.is_empty(), "it says how old it is");
    }
    let elsewhere = record(&all, Region::AH, SOLVER).await;
    assert_eq!(elsewhere.counts, []);
}

#[tokio::test]
async fn a_unit_of_another_region_is_not_spoken_of() {
    let all = Federation::of(&[Region::HUB]).await;
    let solver = recorded(unit(SOLVER, "浙江某研究院", Region::ZJ));
    hear(&all, &[Region::HUB], Region::ZJ, 0, solver).await;
    let selected = followed(Uuid::from_u128(1), SolutionFate::Selected);
    let selected = || Message::share(Audience::HUB, "s-1", &selected);
    hear(&all, &[Region::HUB], Region::AH, 1, selected()).await;
    assert_eq!(record(&all, Region::HUB, SOLVER).await.counts, []);
    hear(&all, &[Region::HUB], Region::ZJ, 1, selected()).await;
    assert_eq!(record(&all, Region::HUB, SOLVER).await.counts.len(), 1);
}

/// How many facts the lead's record has, two on a page.
async fn pages(client: &mut Client) -> usize {
    let mut page = asks(Some(LEAD), "");
    let mut seen = 0;
    loop {
        page.page = Some(proto::common::v1::PageRequest {
            page_size: 2,
            page_token: page.page.map(|page| page.page_token).unwrap_or_default(),
        });
        let shown = client.get_delivery_record(page.clone()).await;
        let shown = shown.unwrap().into_inner();
        seen += shown.facts.len();
        if shown.next_page_token.is_empty() {
            break;
        }
        page.page.as_mut().unwrap().page_token = shown.next_page_token;
    }
    seen
}

#[tokio::test]
async fn applications_and_projects_are_on_the_record_of_units_and_people_each_once() {
    let all = Federation::of(&[Region::HUB]).await;
    let hub = [Region::HUB];
    hear(&all, &hub, Region::JS, 1, submitted(1)).await;
    hear(&all, &hub, Region::JS, 2, submitted(2)).await;
    // Another region's word on it is none.
    let withdrawn = ApplicationWithdrawn {
        application_id: "application-1".to_owned(),
    };
    let withdrawn = || Message::share(Audience::HUB, "application-1", &withdrawn);
    hear(&all, &hub, Region::AH, 3, withdrawn()).await;
    // The lead's home says that the contract is signed before the hub is heard, and so does
    // somebody else.
    hear(&all, &hub, Region::JS, 5, activated()).await;
    hear(&all, &hub, Region::AH, 5, activated()).await;
    hear(&all, &hub, Region::HUB, 4, established()).await;
    let lead = record(&all, Region::HUB, LEAD).await;
    let expected = [
        (Kind::ApplicationSubmitted, 1),
        (Kind::ProjectEstablished, 1),
        (Kind::ContractSigned, 1),
    ];
    assert_eq!(kinds(&lead), expected);
    assert_eq!(lead.facts[0].kind(), Kind::ContractSigned);
    assert_eq!(lead.facts[0].role, "牵头单位");
    let solver = record(&all, Region::HUB, SOLVER).await;
    assert_eq!(kinds(&solver), expected[1..]);
    assert_eq!(solver.facts[0].role, "子课题承担单位");
    let mut secretariat = person(&all, Region::HUB, Role::Secretariat);
    for (letter, role, facts) in [
        ('a', "项目负责人", 3),
        ('b', "核心团队", 2),
        ('c', "参与人员", 2),
        ('d', "", 0),
    ] {
        let record = secretariat
            .get_delivery_record(asks(None, &key(letter)))
            .await;
        let record = record.unwrap().into_inner();
        assert_eq!(record.facts.len(), facts, "{letter}");
        assert!(record.facts.iter().all(|fact| fact.role == role));
    }
    hear(&all, &hub, Region::JS, 6, withdrawn()).await;
    let not_accepted = ExaminationFollowed {
        application_id: "application-1".to_owned(),
        outcome: ExaminationOutcome::NotAccepted.into(),
        ..ExaminationFollowed::default()
    };
    hear(
        &all,
        &hub,
        Region::HUB,
        7,
        Message::node("a", &not_accepted),
    )
    .await;
    let lead = record(&all, Region::HUB, LEAD).await;
    assert!(kinds(&lead).contains(&(Kind::ApplicationWithdrawn, 1)));
    assert!(kinds(&lead).contains(&(Kind::ApplicationNotAccepted, 1)));
    assert_eq!(pages(&mut secretariat).await, 5);
}

#[tokio::test]
async fn a_units_people_see_their_own_record_and_every_look_is_recorded_with_its_purpose() {
    let all = Federation::of(&[Region::ZJ]).await;
    let of = |unit| Actor {
        unit: Some(UnitId(unit)),
        ..Actor::person("member", Role::UnitMember, Region::ZJ)
    };
    let mut member = client(&all, of(SOLVER));
    member
        .get_delivery_record(asks(Some(SOLVER), ""))
        .await
        .unwrap();
    for foreign in [asks(Some(LEAD), ""), asks(None, &key('a'))] {
        let refused = member.get_delivery_record(foreign).await;
        assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    }
    let mut officer = person(&all, Region::ZJ, Role::Officer);
    let mut nobody = asks(None, "");
    nobody.purpose = "看看".to_owned();
    let mut without = asks(Some(LEAD), "");
    without.purpose.clear();
    let both = asks(Some(LEAD), &key('a'));
    for bad in [nobody, without, both] {
        let refused = officer.get_delivery_record(bad).await;
        assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
    }
    let looked = officer.get_delivery_record(asks(None, &key('a'))).await;
    looked.unwrap();
    let mut auditor = person(&all, Region::ZJ, Role::Auditor);
    let every = wire::ListDeliveryLookupsRequest::default();
    let lookups = auditor.list_delivery_lookups(every.clone()).await.unwrap();
    let lookups = lookups.into_inner().lookups;
    let seen: Vec<_> = lookups
        .iter()
        .map(|one| (one.person.as_str(), one.role.as_str(), one.purpose.as_str()))
        .collect();
    let expected = [
        ("Officer", "officer", "立项前了解"),
        ("member", "unit_member", "立项前了解"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(lookups[0].person_key, key('a'));
    let of_unit = wire::ListDeliveryLookupsRequest {
        unit_id: SOLVER.to_string(),
        ..every.clone()
    };
    let of_unit = auditor.list_delivery_lookups(of_unit).await.unwrap();
    assert_eq!(of_unit.into_inner().lookups.len(), 1);
    let refused = officer.list_delivery_lookups(every).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}
