//! Whoever a credit record bars takes part in no application; said with its end and its record.
//! [Art. 20]

use chassis::{Barred, Subject, testing};
use proto::application::v1 as wire;
use regulation::{PersonKey, UnitId};
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::nodes::{GUEST, LEAD, Node, Nodes, SOLVER, fresh, input, person};

fn bar(node: &Node, subject: Subject) {
    let by = Barred {
        until: "2026-05-31".parse().unwrap(),
        record: "record-1".into(),
    };
    testing::bar(&node.desk, subject, by);
}

fn unit(unit: UnitId) -> Subject {
    Subject::Unit(unit)
}

fn human(key: PersonKey) -> Subject {
    Subject::Person(key)
}

/// Refused by the rule, with the end of the bar and the record.
fn barred<T: std::fmt::Debug>(answer: Result<T, Status>) {
    let status = answer.unwrap_err();
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.reason, "application.not-barred");
    assert_eq!(info.metadata["barred_until"], "2026-05-31");
    assert_eq!(info.metadata["credit_record"], "record-1");
    assert!(status.message().contains("2026-05-31"), "{status}");
}

#[tokio::test]
async fn a_barred_unit_neither_begins_nor_joins_nor_provides_its_part() {
    let nodes = Nodes::start().await;
    nodes.prepare().await;
    let guide = nodes.guide().await;
    bar(&nodes.home, unit(SOLVER));
    let id = nodes.create(&guide).await.unwrap();
    barred(nodes.put(id, SOLVER).await);
    nodes.put(id, GUEST).await.unwrap();
    nodes.settle().await;
    bar(&nodes.solver, unit(GUEST));
    let provide = wire::ProvidePartRequest {
        request_id: fresh(),
        part_id: application::domain::part_of(id, GUEST).to_string(),
        input: Some(input(3, 100_000, 100_000)),
    };
    let mut guest = nodes.solver.to_member(GUEST);
    barred(guest.provide_part(provide).await);
    bar(&nodes.home, unit(LEAD));
    barred(nodes.create(&guide).await);
}

#[tokio::test]
async fn a_record_that_took_effect_since_the_package_was_frozen_keeps_it_from_being_handed_in() {
    let nodes = Nodes::start().await;
    let (_, id) = nodes.with_parts().await;
    nodes.freeze(id).await.unwrap();
    nodes.assent().await;
    bar(&nodes.home, human(person(2)));
    barred(nodes.submit(id).await);
    assert_eq!(nodes.faults(id).await, ["application.not-barred"]);
}

#[tokio::test]
async fn leader_team_and_the_people_of_every_part_are_looked_up_before_it_is_frozen() {
    for key in [1, 2, 3] {
        let nodes = Nodes::start().await;
        let (_, id) = nodes.with_parts().await;
        bar(&nodes.home, human(person(key)));
        barred(nodes.freeze(id).await);
    }
}

#[tokio::test]
async fn a_part_with_a_barred_person_is_not_provided() {
    let nodes = Nodes::start().await;
    nodes.prepare().await;
    let guide = nodes.guide().await;
    let id = nodes.begun(&guide).await;
    bar(&nodes.solver, human(person(2)));
    let provide = |key: u8| wire::ProvidePartRequest {
        request_id: fresh(),
        part_id: application::domain::part_of(id, SOLVER).to_string(),
        input: Some(input(key, 100_000, 100_000)),
    };
    let mut solver = nodes.solver.to_member(SOLVER);
    barred(solver.provide_part(provide(2)).await);
    solver.provide_part(provide(4)).await.unwrap();
}

#[tokio::test]
async fn the_hub_looks_again_when_it_examines() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    bar(&nodes.hub, unit(GUEST));
    bar(&nodes.hub, human(person(1)));
    let examined = nodes.record(id, &[]).await.unwrap();
    let failed = examined.items.iter().filter(|item| !item.machine_passed);
    let failed: Vec<_> = failed.map(|item| item.item.as_str()).collect();
    assert_eq!(failed, ["units", "team"]);
    let note = &examined.items.iter().find(|item| item.item == "units");
    assert!(note.unwrap().machine_note.contains("2026-05-31"));
}
