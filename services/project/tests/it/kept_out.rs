//! What a credit record, and a withdrawal that crossed with the decision, do to a project.

use chassis::{Barred, Outcome, Subject, testing};
use proto::{
    application::v1::ApplicationWithdrawn,
    common::v1::PageRequest,
    message::{Audience, Message, Scope},
    project::v1::{self as wire, ProjectState, ProjectWithdrawn},
};
use regulation::{PersonKey, Region, Role};
use tonic_types::StatusExt as _;

use crate::{
    federation::{Node, establishment, fresh, from_home, given, preparing, said},
    sample::{APPLICATION, PROJECT, SOLVER, told},
};

fn person(key: u8) -> Subject {
    Subject::Person(PersonKey::from_bytes([key; 32]))
}

#[tokio::test]
async fn registry_is_asked_when_it_is_drawn_up_and_again_when_it_is_put_to_its_parties() {
    let by = || Barred {
        until: "2026-05-31".parse().unwrap(),
        record: "record-1".into(),
    };
    for who in [
        Subject::Unit(SOLVER),
        // Of the solver's part, and the leader, who here stands in nobody's.
        person(2),
        person(9),
    ] {
        let node = Node::of(Region::JS).await;
        let mut told = told();
        let package = told.package.as_mut().unwrap();
        package.leader_person_key = PersonKey::from_bytes([9; 32]).to_string();
        let told = Message::share(Audience::All, PROJECT, &told);
        assert_eq!(node.hear(&said(Region::HUB, &told)).await, Outcome::Applied);
        let mut officer = node.to(Role::Officer);
        let prepared = officer.prepare_contract(preparing()).await.unwrap();
        testing::bar(&node.desk, who, by());
        let ask = wire::RequestContractAssentsRequest {
            request_id: fresh(),
            project_id: PROJECT.to_string(),
            digest: prepared.into_inner().contract_digest,
        };
        let asked = officer.request_contract_assents(ask).await.unwrap_err();
        let anew = officer.prepare_contract(preparing()).await.unwrap_err();
        for refused in [asked, anew] {
            let info = refused.get_details_error_info().unwrap();
            assert_eq!(info.reason, "project.not-barred");
            assert_eq!(info.metadata["barred_until"], "2026-05-31");
            assert_eq!(info.metadata["credit_record"], "record-1");
        }
    }
}

#[tokio::test]
async fn registry_is_asked_once_more_before_the_last_signature_counts() {
    let node = Node::established().await;
    node.ask().await;
    for request in node.requests().await {
        let message = from_home(&request, &given(&request));
        assert_eq!(node.hear(&message).await, Outcome::Applied);
    }
    let by = Barred {
        until: "2026-05-31".parse().unwrap(),
        record: "record-1".into(),
    };
    testing::bar(&node.desk, Subject::Unit(SOLVER), by);
    project::sign_agreed(&node.desk).await.unwrap();
    let project = node.project().await;
    assert_eq!(project.state(), ProjectState::Contracting);
    assert_eq!(project.contract_state(), wire::ContractState::Preparing);
    for said in ["2026-05-31", "record-1", "project.not-barred"] {
        assert!(project.returned_reason.contains(said), "{project:?}");
    }
    let signed = node.told::<wire::ContractSigned>().await;
    assert!(signed.is_empty(), "no money follows");
}

fn taken_back() -> Message {
    let application_id = APPLICATION.to_string();
    Message::node(APPLICATION, &ApplicationWithdrawn { application_id })
}

async fn listed(node: &Node) -> Vec<bool> {
    let request = wire::ListEstablishedProjectsRequest {
        page: Some(PageRequest::default()),
        ..Default::default()
    };
    let mut auditor = node.to(Role::Auditor);
    let listed = auditor.list_established_projects(request).await;
    let listed = listed.unwrap().into_inner().projects;
    listed.iter().map(|project| project.withdrawn).collect()
}

#[tokio::test]
async fn an_application_taken_back_while_the_hub_decided_shows_as_withdrawn_on_every_node() {
    let home = Node::of(Region::JS).await;
    let elsewhere = Node::of(Region::ZJ).await;
    let message = said(Region::JS, &taken_back());
    assert_eq!(home.hear(&message).await, Outcome::Applied);
    for node in [&home, &elsewhere] {
        assert_eq!(node.hear(&establishment()).await, Outcome::Applied);
    }
    assert_eq!(home.project().await.state(), ProjectState::Withdrawn);
    let told = home.told::<ProjectWithdrawn>().await;
    let [(Scope::Share(Audience::All), event)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(listed(&elsewhere).await, [false]);
    // Another region does not say so of a project that is not its own.
    let forged = said(Region::AH, &Message::share(Audience::All, PROJECT, event));
    assert_eq!(elsewhere.hear(&forged).await, Outcome::Applied);
    assert_eq!(listed(&elsewhere).await, [false]);
    for node in [&home, &elsewhere] {
        let message = said(Region::JS, &Message::share(Audience::All, PROJECT, event));
        assert_eq!(node.hear(&message).await, Outcome::Applied);
        assert_eq!(listed(node).await, [true]);
    }
    let listing = wire::ListProjectsRequest {
        state: ProjectState::Withdrawn.into(),
        ..Default::default()
    };
    let mut officer = home.to(Role::Officer);
    let projects = officer.list_projects(listing).await.unwrap().into_inner();
    assert_eq!(projects.projects.len(), 1);
    let refused = officer.prepare_contract(preparing()).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "project.taken-back");
}

#[tokio::test]
async fn what_the_hub_was_told_of_a_withdrawal_ends_no_project_there() {
    let hub = Node::of(Region::HUB).await;
    let application_id = APPLICATION.to_string();
    let event = ApplicationWithdrawn { application_id };
    let message = Message::share(Audience::HUB, APPLICATION, &event);
    assert_eq!(
        hub.hear(&said(Region::JS, &message)).await,
        Outcome::Applied
    );
    let nothing = hub.desk.load::<project::domain::Project>("项目", PROJECT);
    assert!(nothing.await.is_err());
}
