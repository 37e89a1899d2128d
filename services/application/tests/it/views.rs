//! Who sees what: own things, the department's region, and nothing else.

use proto::application::v1 as wire;
use regulation::{Region, Role, UnitId};
use tonic::Code;
use uuid::Uuid;

use crate::nodes::{BLIND, GUEST, LEAD, Nodes, SOLVER};

#[tokio::test]
async fn a_unit_sees_its_own_and_the_department_all_of_its_region() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    let all = wire::ListApplicationsRequest::default;
    let mut lead = nodes.home.to_member(LEAD);
    let own = lead.list_applications(all()).await.unwrap().into_inner();
    assert_eq!(own.applications.len(), 1);
    let of_state = wire::ListApplicationsRequest {
        state: wire::ApplicationState::Draft.into(),
        ..Default::default()
    };
    let drafts = lead.list_applications(of_state).await.unwrap().into_inner();
    assert!(drafts.applications.is_empty());
    let mut stranger = nodes.home.to_member(UnitId(Uuid::from_u128(9)));
    let none = stranger
        .list_applications(all())
        .await
        .unwrap()
        .into_inner();
    assert!(none.applications.is_empty());
    let asked = wire::GetApplicationRequest {
        application_id: id.to_string(),
    };
    let hidden = stranger.get_application(asked.clone()).await.unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound);
    let mut officer = nodes.home.to(Role::Officer);
    officer.get_application(asked).await.unwrap();

    let mut guest = nodes.solver.to_member(GUEST);
    let parts = guest
        .list_parts(wire::ListPartsRequest::default())
        .await
        .unwrap()
        .into_inner()
        .parts;
    assert_eq!(parts.len(), 1);
    let part = wire::GetPartRequest {
        part_id: application::domain::part_of(id, SOLVER).to_string(),
    };
    let hidden = guest.get_part(part).await.unwrap_err();
    assert_eq!(hidden.code(), Code::NotFound);

    let mut member = nodes.hub.to_member(LEAD);
    let refused = member
        .list_examinations(wire::ListExaminationsRequest::default())
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn nobody_learns_from_this_service_who_demands_before_it_is_handed_in() {
    let nodes = Nodes::start().await;
    nodes.prepare().await;
    let guide = nodes.guide().await;
    // The home has the owner; what it, the hub and the other node told does not.
    for node in nodes.all() {
        for message in chassis::testing::told(&node.desk).await.unwrap() {
            let body = String::from_utf8_lossy(&message.body).into_owned();
            assert!(!body.contains(&LEAD.to_string()), "{}", message.kind);
        }
    }
    let entry = nodes
        .solver
        .desk
        .load::<application::domain::PoolEntry>("储备", BLIND)
        .await
        .unwrap();
    assert!(entry.state.owner.is_none());
    let listed = nodes
        .solver
        .to(Role::Auditor)
        .list_published_guides(wire::ListPublishedGuidesRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.guides[0].document.as_ref(), Some(&guide));
    assert_eq!(nodes.solver.desk.region(), Region::SH);
}
