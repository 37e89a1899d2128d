//! What becomes of applications when the demand's place in the reserve pool changes. [Art. 12, 13]

use proto::{
    application::v1::{self as wire, ApplicationState, ExaminationState},
    matching::v1::ReserveStatus,
    message::Scope,
};
use regulation::Role;

use crate::{
    journey::reason,
    nodes::{GUEST, LEAD, Node, Nodes, SOLVER, TASKS, fresh, solver},
};

fn rules(faults: &[&str]) -> Vec<String> {
    let codes = faults.iter().map(|fault| format!("application.{fault}"));
    codes.collect()
}

#[tokio::test]
async fn an_entry_that_left_the_pool_takes_no_application_until_it_is_back() {
    let nodes = Nodes::start().await;
    let (guide, id) = nodes.with_parts().await;
    nodes.freeze(id).await.unwrap();
    nodes.assent().await;
    // Its home knows at once, whatever the hub has told so far.
    nodes.own_word(ReserveStatus::Left, vec![], false).await;
    let refused = nodes.submit(id).await.unwrap_err();
    assert_eq!(reason(&refused), "application.in-pool");
    assert!(refused.message().contains("需求仍然有效"), "{refused}");
    nodes.hubs_word(ReserveStatus::Left, &[]).await;
    let begun = nodes.create(&guide).await.unwrap_err();
    assert_eq!(reason(&begun), "application.in-pool");
    // Everybody who reads the guide sees that nothing is accepted for it, on every node.
    let topic = guide.topics[0].topic_id.clone();
    for node in nodes.all() {
        assert_eq!(closed_topics(node).await, std::slice::from_ref(&topic));
    }

    let both = vec![solver(TASKS[0], SOLVER), solver(TASKS[1], GUEST)];
    nodes.own_word(ReserveStatus::Matched, both, false).await;
    nodes.hubs_word(ReserveStatus::Matched, &TASKS).await;
    assert_eq!(closed_topics(&nodes.solver).await, [""; 0]);
    nodes.submit(id).await.unwrap();
}

async fn closed_topics(node: &Node) -> Vec<String> {
    let mut anyone = node.to(Role::Auditor);
    let listed = anyone
        .list_published_guides(wire::ListPublishedGuidesRequest::default())
        .await;
    let guides = listed.unwrap().into_inner().guides;
    let guide = guides.into_iter().next().unwrap();
    assert!(!guide.document.unwrap().conditions.is_empty());
    guide.closed_topic_ids
}

#[tokio::test]
async fn a_downgraded_entry_wants_the_solvers_it_has_and_an_upgraded_one_all_of_them() {
    let nodes = Nodes::start().await;
    let (_, id) = nodes.with_parts().await;
    nodes.freeze(id).await.unwrap();
    nodes.assent().await;
    let one = vec![solver(TASKS[0], SOLVER)];
    let partly = ReserveStatus::PartlyMatched;
    nodes.own_word(partly, one, false).await;
    let stale = nodes.submit(id).await.unwrap_err();
    assert_eq!(reason(&stale), "application.solver-takes-part");
    nodes.hubs_word(partly, &TASKS[..1]).await;
    // Packed anew it goes by what stands: the lapsed solver may stay as any other unit.
    let revise = wire::ReviseApplicationRequest {
        request_id: fresh(),
        application_id: id.to_string(),
    };
    let mut lead = nodes.home.to_member(LEAD);
    lead.revise_application(revise.clone()).await.unwrap();
    assert_eq!(nodes.faults(id).await, rules(&[]));
    nodes.freeze(id).await.unwrap();
    nodes.assent().await;
    // Upgraded before it is handed in: the new task's solver is wanted too.
    let both = vec![solver(TASKS[0], SOLVER), solver(TASKS[1], GUEST)];
    nodes.own_word(ReserveStatus::Matched, both, false).await;
    nodes.hubs_word(ReserveStatus::Matched, &TASKS).await;
    let stale = nodes.submit(id).await.unwrap_err();
    assert_eq!(reason(&stale), "application.solver-takes-part");
    let again = wire::ReviseApplicationRequest {
        request_id: fresh(),
        ..revise
    };
    lead.revise_application(again).await.unwrap();
    nodes.freeze(id).await.unwrap();
    nodes.assent().await;
    nodes.submit(id).await.unwrap();
    let sound = nodes.record(id, &[]).await.unwrap();
    assert!(sound.items.iter().all(|item| item.machine_passed));
}

#[tokio::test]
async fn the_hub_finds_a_topic_that_left_the_pool_while_it_examines() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    nodes.hubs_word(ReserveStatus::Left, &[]).await;
    let examined = nodes.record(id, &[]).await.unwrap();
    let failed = examined.items.iter().filter(|item| !item.machine_passed);
    let failed: Vec<_> = failed.map(|item| item.item.as_str()).collect();
    assert_eq!(failed, ["topic"]);
}

#[tokio::test]
async fn with_the_demand_its_applications_are_closed_and_everybody_is_told() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    nodes.own_word(ReserveStatus::Left, vec![], true).await;
    nodes.settle().await;
    let closed = nodes.application(id).await;
    assert_eq!(closed.state(), ApplicationState::Withdrawn);
    assert!(closed.reason.contains("需求方撤回"), "{}", closed.reason);
    let told = nodes.home.told::<wire::ApplicationWithdrawn>().await;
    let scopes: Vec<_> = told.iter().map(|(scope, _)| *scope).collect();
    assert_eq!(scopes.len(), 2, "the hub, and its own node: {scopes:?}");
    assert!(scopes.contains(&Scope::Node));
    let examination = wire::GetExaminationRequest {
        application_id: id.to_string(),
    };
    let mut agency = nodes.hub.to(Role::Agency);
    let examination = agency.get_examination(examination).await.unwrap();
    assert_eq!(
        examination.into_inner().state(),
        ExaminationState::Withdrawn
    );
}

#[tokio::test]
async fn for_a_withdrawn_demand_nothing_is_begun_and_what_is_frozen_is_taken_back() {
    let nodes = Nodes::start().await;
    let (guide, id) = nodes.with_parts().await;
    nodes.freeze(id).await.unwrap();
    nodes.own_word(ReserveStatus::Left, vec![], true).await;
    nodes.settle().await;
    assert_eq!(
        nodes.application(id).await.state(),
        ApplicationState::Withdrawn
    );
    let taken_back = nodes.home.told::<wire::ApplicationAssentWithdrawn>().await;
    assert_eq!(taken_back.len(), 3, "nobody is asked any more");
    let refused = nodes.create(&guide).await.unwrap_err();
    assert_eq!(reason(&refused), "application.in-pool");
    assert!(refused.message().contains("撤回"), "{refused}");
    // Of what the hub never heard it need not hear the end.
    assert!(
        nodes
            .home
            .told::<wire::ApplicationWithdrawn>()
            .await
            .is_empty()
    );
}
