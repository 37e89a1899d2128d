//! Who may not, and what does not exist for them.

use proto::matching::v1 as wire;
use regulation::{Role, UnitId};
use tonic::Code;
use uuid::Uuid;

use crate::nodes::{DEMANDER, Nodes, SOLVER, content, demand, fresh, posting_of, record, task_id};

const STRANGER: UnitId = UnitId(Uuid::from_u128(0xBAD));

fn create(blind_id: &str) -> wire::CreateSolutionRequest {
    let blind_id = blind_id.to_owned();
    wire::CreateSolutionRequest {
        request_id: fresh(),
        blind_id,
        content: Some(content()),
    }
}

#[tokio::test]
async fn another_unit_sees_neither_solutions_nor_postings() {
    let nodes = Nodes::start().await;
    let entries = nodes
        .publish(&[(demand(1), record("光刻胶树脂", "集成电路"))])
        .await;
    let mut own = nodes.solver.to_member(SOLVER);
    let draft = own
        .create_solution(create(&entries[0].blind_id))
        .await
        .unwrap()
        .into_inner();
    let get = wire::GetSolutionRequest {
        solution_id: draft.solution_id.clone(),
    };
    assert_eq!(
        own.get_solution(get.clone()).await.unwrap().into_inner(),
        draft
    );
    nodes
        .solver
        .to(Role::Officer)
        .get_solution(get.clone())
        .await
        .unwrap();
    let mut stranger = nodes.solver.to_member(STRANGER);
    assert_eq!(
        stranger.get_solution(get).await.unwrap_err().code(),
        Code::NotFound
    );
    let none = stranger
        .list_solutions(wire::ListSolutionsRequest::default())
        .await
        .unwrap();
    assert!(none.into_inner().solutions.is_empty());

    let posting_id = posting_of(demand(1));
    let get = wire::GetPostingRequest {
        posting_id: posting_id.clone(),
    };
    let posting = nodes
        .home
        .to_member(DEMANDER)
        .get_posting(get.clone())
        .await
        .unwrap();
    assert_eq!(posting.into_inner().demand_id, demand(1).to_string());
    let mut stranger = nodes.home.to_member(STRANGER);
    assert_eq!(
        stranger.get_posting(get).await.unwrap_err().code(),
        Code::NotFound
    );
    let list = wire::ListReceivedSolutionsRequest {
        posting_id: posting_id.clone(),
        page: None,
    };
    let refused = stranger.list_received_solutions(list).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let none = stranger
        .list_postings(wire::ListPostingsRequest::default())
        .await
        .unwrap();
    assert!(none.into_inner().postings.is_empty());
    let mut demander = nodes.home.to_member(DEMANDER);
    let mine = demander
        .list_postings(wire::ListPostingsRequest::default())
        .await
        .unwrap();
    assert_eq!(mine.into_inner().postings.len(), 1);
}

#[tokio::test]
async fn a_draft_names_tasks_of_a_published_demand_and_says_all_faults_at_once() {
    let nodes = Nodes::start().await;
    let entries = nodes
        .publish(&[(demand(1), record("光刻胶树脂", "集成电路"))])
        .await;
    let mut solver = nodes.solver.to_member(SOLVER);
    let unknown = solver.create_solution(create(&fresh())).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let mut foreign = create(&entries[0].blind_id);
    foreign.content.as_mut().unwrap().task_ids = vec![task_id(9)];
    let refused = solver.create_solution(foreign).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let mut faulty = create(&entries[0].blind_id);
    faulty.content = Some(wire::SolutionContent::default());
    let refused = solver.create_solution(faulty).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in [
        "content.approach",
        "content.price",
        "content.months",
        "content.channel",
    ] {
        assert!(
            refused.message().contains(field),
            "{field}: {}",
            refused.message()
        );
    }
}

#[tokio::test]
async fn publishing_and_feeding_back_are_the_hubs() {
    let nodes = Nodes::start().await;
    let decision_id = nodes
        .list(&[(demand(1), record("光刻胶树脂", "集成电路"))])
        .await;
    let request = wire::PublishListRequest {
        request_id: fresh(),
        decision_id: decision_id.to_string(),
    };
    let elsewhere = nodes
        .home
        .to(Role::Secretariat)
        .publish_list(request.clone())
        .await;
    assert_eq!(elsewhere.unwrap_err().code(), Code::PermissionDenied);
    let officer = nodes.hub.to(Role::Officer).publish_list(request).await;
    assert_eq!(officer.unwrap_err().code(), Code::PermissionDenied);
    let unknown = wire::PublishListRequest {
        request_id: fresh(),
        decision_id: fresh(),
    };
    let refused = nodes.hub.to(Role::Secretariat).publish_list(unknown).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

macro_rules! refused {
    ($nodes:ident, $role:ident: $($method:ident $request:ident),*) => {$(
        let asked = $nodes.home.to(Role::$role).$method(wire::$request::default()).await;
        assert_eq!(asked.unwrap_err().code(), Code::PermissionDenied, stringify!($method));
    )*};
}

#[tokio::test]
async fn every_door_but_the_catalogues_refuses_who_has_no_role_there() {
    let nodes = Nodes::start().await;
    refused!(nodes, Expert:
        publish_list PublishListRequest, list_published_lists ListPublishedListsRequest,
        create_solution CreateSolutionRequest, update_solution UpdateSolutionRequest,
        submit_solution SubmitSolutionRequest, withdraw_solution WithdrawSolutionRequest,
        confirm_intent ConfirmIntentRequest, get_solution GetSolutionRequest,
        list_solutions ListSolutionsRequest, give_feedback GiveFeedbackRequest,
        list_solution_boxes ListSolutionBoxesRequest, list_postings ListPostingsRequest,
        get_posting GetPostingRequest, list_received_solutions ListReceivedSolutionsRequest,
        open_solution OpenSolutionRequest, dispose_solution DisposeSolutionRequest,
        select_solution SelectSolutionRequest, lapse_intent LapseIntentRequest,
        propose_reserve ProposeReserveRequest, audit_reserve AuditReserveRequest
    );
    refused!(nodes, Officer:
        open_solution OpenSolutionRequest, dispose_solution DisposeSolutionRequest,
        select_solution SelectSolutionRequest, propose_reserve ProposeReserveRequest
    );
    refused!(nodes, UnitMember: audit_reserve AuditReserveRequest);
}

macro_rules! silent {
    ($nodes:ident, $role:ident: $($method:ident $request:ident),*) => {$(
        let asked = $nodes.home.dialogue(Role::$role).$method(wire::$request::default()).await;
        assert_eq!(asked.unwrap_err().code(), Code::PermissionDenied, stringify!($method));
    )*};
}

#[tokio::test]
async fn every_door_of_the_dialogue_but_the_roadshows_refuses_who_has_no_role_there() {
    let nodes = Nodes::start().await;
    silent!(nodes, Expert:
        ask_question AskQuestionRequest, list_questions ListQuestionsRequest,
        answer_question AnswerQuestionRequest, release_answer ReleaseAnswerRequest,
        arrange_meeting ArrangeMeetingRequest, release_roadshow ReleaseRoadshowRequest,
        register_for_roadshow RegisterForRoadshowRequest,
        withdraw_registration WithdrawRegistrationRequest,
        list_registrations ListRegistrationsRequest,
        answer_invitation AnswerInvitationRequest, cancel_meeting CancelMeetingRequest,
        record_minutes RecordMinutesRequest, get_meeting_calendar GetMeetingCalendarRequest,
        disclose_demander DiscloseDemanderRequest, propose_naming ProposeNamingRequest,
        decide_naming DecideNamingRequest, list_disclosures ListDisclosuresRequest
    );
    silent!(nodes, Officer:
        ask_question AskQuestionRequest, answer_question AnswerQuestionRequest,
        arrange_meeting ArrangeMeetingRequest, disclose_demander DiscloseDemanderRequest,
        propose_naming ProposeNamingRequest, decide_naming DecideNamingRequest,
        register_for_roadshow RegisterForRoadshowRequest,
        withdraw_registration WithdrawRegistrationRequest
    );
    silent!(nodes, UnitMember:
        release_answer ReleaseAnswerRequest, release_roadshow ReleaseRoadshowRequest,
        decide_naming DecideNamingRequest
    );
}
