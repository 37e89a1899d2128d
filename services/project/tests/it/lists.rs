//! Who sees which project, and what the public knows on every node.

use chassis::Outcome;
use proto::{
    common::v1::PageRequest,
    message::{Audience, Message},
    project::v1::{self as wire, ProjectActivated, ProjectState},
};
use regulation::{Region, Role, UnitId};
use tonic::Code;
use uuid::Uuid;

use crate::{
    federation::{Node, establishment, preparing, said},
    sample::{LEAD, PROJECT, SOLVER, told},
};

const STRANGER: UnitId = UnitId(Uuid::from_u128(0xa9));

#[tokio::test]
async fn a_project_is_seen_by_its_units_and_its_department_and_looks_absent_to_others() {
    let node = Node::established().await;
    let listing = wire::ListProjectsRequest::default();
    let mut seeing = [
        node.to(Role::Officer),
        node.to(Role::Director),
        node.to(Role::Auditor),
        node.to_member(LEAD),
        node.to_member(SOLVER),
    ];
    let get = wire::GetProjectRequest {
        project_id: PROJECT.to_string(),
    };
    for client in &mut seeing {
        let project = client.get_project(get.clone()).await.unwrap().into_inner();
        let listed = client.list_projects(listing.clone()).await.unwrap();
        assert_eq!(listed.into_inner().projects, [project]);
    }
    let mut stranger = node.to_member(STRANGER);
    let refused = stranger.get_project(get.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let listed = stranger.list_projects(listing).await.unwrap();
    assert!(listed.into_inner().projects.is_empty());
    let contract = wire::GetContractRequest {
        project_id: PROJECT.to_string(),
    };
    let refused = stranger.get_contract(contract).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = node.to(Role::Expert).get_project(get).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn only_an_officer_prepares() {
    let node = Node::established().await;
    for mut client in [node.to(Role::Director), node.to_member(LEAD)] {
        let refused = client.prepare_contract(preparing()).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}

fn another(number: u128, region: &str) -> proto::review::v1::ProjectEstablished {
    let mut told = told();
    let entry = told.entry.as_mut().unwrap();
    entry.project_id = Uuid::from_u128(number).to_string();
    entry.region = region.into();
    told.package.as_mut().unwrap().units[0].region = region.into();
    told
}

#[tokio::test]
async fn lists_go_on_from_page_to_page_and_by_state() {
    let node = Node::of(Region::JS).await;
    for number in 1..=3 {
        let event = another(number, "js");
        let message = said(Region::HUB, &Message::share(Audience::All, number, &event));
        assert_eq!(node.hear(&message).await, Outcome::Applied);
    }
    let mut seen = 0;
    let mut page_token = String::new();
    loop {
        let request = wire::ListProjectsRequest {
            page: Some(PageRequest {
                page_size: 2,
                page_token,
            }),
            state: ProjectState::Contracting.into(),
        };
        let answer = node.to_member(SOLVER).list_projects(request).await.unwrap();
        let answer = answer.into_inner();
        seen += answer.projects.len();
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, 3);
    let request = wire::ListProjectsRequest {
        page: None,
        state: ProjectState::Active.into(),
    };
    let active = node.to(Role::Officer).list_projects(request).await.unwrap();
    assert!(active.into_inner().projects.is_empty());
}

async fn public(node: &Node, region: &str) -> Vec<wire::EstablishedProject> {
    let request = wire::ListEstablishedProjectsRequest {
        page: None,
        region: region.into(),
    };
    let mut anyone = node.to(Role::Expert);
    let answer = anyone.list_established_projects(request).await.unwrap();
    answer.into_inner().projects
}

#[tokio::test]
async fn every_node_knows_what_was_established_and_from_its_home_alone_that_work_began() {
    let node = Node::of(Region::SH).await;
    let activated = ProjectActivated {
        project_id: PROJECT.to_string(),
        title: "高端光刻胶联合攻关".into(),
        lead_unit_id: LEAD.to_string(),
        starts_on: "2025-01-01".into(),
        ends_on: "2027-12-31".into(),
    };
    let message = Message::share(Audience::All, PROJECT, &activated);
    // Another region says so; and the home, before the hub's word has arrived.
    let forged = ProjectActivated {
        starts_on: "2024-01-01".into(),
        ..activated
    };
    let forged = Message::share(Audience::All, PROJECT, &forged);
    assert_eq!(
        node.hear(&said(Region::ZJ, &forged)).await,
        Outcome::Applied
    );
    assert_eq!(node.hear(&establishment()).await, Outcome::Applied);
    assert_eq!(public(&node, "").await[0].starts_on, "");
    assert_eq!(
        node.hear(&said(Region::JS, &message)).await,
        Outcome::Applied
    );

    let listed = public(&node, "").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].region, "js");
    assert_eq!(listed[0].document_number, "长三角联攻〔2024〕9号");
    assert_eq!(listed[0].starts_on, "2025-01-01");
    assert_eq!(public(&node, "js").await, listed);
    assert!(public(&node, "zj").await.is_empty());
    // It is not this node's project.
    let listing = wire::ListProjectsRequest::default();
    let own = node.to(Role::Officer).list_projects(listing).await.unwrap();
    assert!(own.into_inner().projects.is_empty());
}
