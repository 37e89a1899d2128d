//! A demand from the list to the reserve pool, over three nodes.

use prost::Message as _;
use proto::matching::v1 as wire;
use regulation::{Region, Role};
use time::{Duration, format_description::well_known::Rfc3339};
use tonic::Code;

use crate::nodes::{DEMANDER, HOME, Nodes, SOLVER, content, demand, fresh, posting_of, record};

/// The steps of one demander with one solution.
struct Steps<'a> {
    nodes: &'a Nodes,
    posting_id: String,
    solution_id: String,
}

impl Steps<'_> {
    async fn feedback(&self) {
        let cut_off = self.nodes.hub.desk.clock().now() - Duration::SECOND;
        let request = wire::GiveFeedbackRequest {
            request_id: fresh(),
            cut_off: cut_off.format(&Rfc3339).unwrap(),
            ..Default::default()
        };
        self.nodes
            .hub
            .to(Role::Secretariat)
            .give_feedback(request)
            .await
            .unwrap();
        self.nodes.settle().await;
    }

    async fn open(&self) -> wire::ReceivedSolution {
        let request = wire::OpenSolutionRequest {
            request_id: fresh(),
            posting_id: self.posting_id.clone(),
            solution_id: self.solution_id.clone(),
        };
        self.nodes
            .home
            .to_member(DEMANDER)
            .open_solution(request)
            .await
            .unwrap()
            .into_inner()
    }

    async fn select(&self, task: u128) -> Result<wire::ReceivedSolution, tonic::Status> {
        let (posting_id, solution_id) = (&self.posting_id, &self.solution_id);
        self.nodes.select(posting_id, solution_id, task).await?;
        let request = wire::ListReceivedSolutionsRequest {
            posting_id: posting_id.clone(),
            ..Default::default()
        };
        let mut demander = self.nodes.home.to_member(DEMANDER);
        let listed = demander
            .list_received_solutions(request)
            .await?
            .into_inner();
        let mut all = listed.solutions.into_iter();
        Ok(all.find(|one| one.solution_id == *solution_id).unwrap())
    }

    async fn confirm(&self) -> wire::Solution {
        let solution_id = self.solution_id.clone();
        let request = wire::ConfirmIntentRequest {
            request_id: fresh(),
            solution_id,
        };
        let confirmed = self
            .nodes
            .solver
            .to_member(SOLVER)
            .confirm_intent(request)
            .await;
        self.nodes.settle().await;
        confirmed.unwrap().into_inner()
    }

    async fn propose(&self) -> Result<wire::Posting, tonic::Status> {
        let request = wire::ProposeReserveRequest {
            request_id: fresh(),
            posting_id: self.posting_id.clone(),
            supplement: "联合体协议草案".into(),
            ..Default::default()
        };
        let proposed = self
            .nodes
            .home
            .to_member(DEMANDER)
            .propose_reserve(request)
            .await?;
        Ok(proposed.into_inner())
    }

    async fn audit(&self) -> wire::Posting {
        let request = wire::AuditReserveRequest {
            request_id: fresh(),
            posting_id: self.posting_id.clone(),
            approved: true,
            reason: String::new(),
        };
        let audited = self
            .nodes
            .home
            .to(Role::Director)
            .audit_reserve(request)
            .await;
        self.nodes.settle().await;
        audited.unwrap().into_inner()
    }

    async fn catalogue(&self, blind_id: &str) -> wire::CatalogueItem {
        let request = wire::GetCatalogueEntryRequest {
            blind_id: blind_id.to_owned(),
            ..Default::default()
        };
        let mut client = self.nodes.solver.to(Role::Auditor);
        client
            .get_catalogue_entry(request)
            .await
            .unwrap()
            .into_inner()
    }
}

async fn drafted(nodes: &Nodes, blind_id: &str) -> wire::Solution {
    let request = wire::CreateSolutionRequest {
        request_id: fresh(),
        blind_id: blind_id.to_owned(),
        content: Some(content()),
    };
    let mut client = nodes.solver.to_member(SOLVER);
    let first = client
        .create_solution(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = client.create_solution(request).await.unwrap().into_inner();
    assert_eq!(first, again, "a repeat gets the first answer");
    first
}

#[tokio::test]
async fn a_demand_goes_from_the_list_to_the_pool_and_its_solver_never_learns_whose_it_is() {
    let nodes = Nodes::start().await;
    let entries = nodes
        .publish(&[(demand(1), record("光刻胶树脂", "集成电路"))])
        .await;
    assert_eq!(entries[0].public_number, "2024-0001");
    let blind_id = &entries[0].blind_id;
    let draft = drafted(&nodes, blind_id).await;
    nodes.submit(&draft).await;
    nodes.settle().await;
    let steps = Steps {
        nodes: &nodes,
        posting_id: posting_of(demand(1)),
        solution_id: draft.solution_id.clone(),
    };

    sealed_until_feedback(&nodes, &steps).await;
    assert_eq!(
        steps.select(1).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    assert_eq!(steps.open().await.solution.unwrap().approach, "两步法");
    assert_eq!(
        steps.select(1).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    nodes.pass(40);
    steps.select(1).await.unwrap();
    assert_eq!(
        steps.propose().await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    let intent = steps.confirm().await;
    assert_eq!(intent.state(), wire::SolutionState::Intent);
    assert_eq!(
        steps.propose().await.unwrap().reserve_stage(),
        wire::ReserveStage::Proposed
    );
    assert_eq!(
        steps.audit().await.reserve_status(),
        wire::ReserveStatus::PartlyMatched
    );
    let item = steps.catalogue(blind_id).await;
    assert_eq!(item.state(), wire::CatalogueState::PartlyMatched);

    steps.select(2).await.unwrap();
    steps.confirm().await;
    assert_eq!(
        steps.audit().await.reserve_status(),
        wire::ReserveStatus::Matched
    );
    let item = steps.catalogue(blind_id).await;
    assert_eq!(item.state(), wire::CatalogueState::Matched);
    assert_eq!(item.matched_task_ids.len(), 2);

    solver_learns_nothing(&nodes, &draft.solution_id, &item).await;
}

async fn sealed_until_feedback(nodes: &Nodes, steps: &Steps<'_>) {
    let mut demander = nodes.home.to_member(DEMANDER);
    let listing = wire::ListReceivedSolutionsRequest {
        posting_id: steps.posting_id.clone(),
        page: None,
    };
    let sealed = demander
        .list_received_solutions(listing.clone())
        .await
        .unwrap();
    assert!(
        sealed.into_inner().solutions.is_empty(),
        "sealed until the feedback"
    );
    nodes.pass(1);
    nodes.heartbeats(&[]).await;
    steps.feedback().await;
    let received = demander
        .list_received_solutions(listing)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(received.solutions.len(), 1);
    assert_eq!(
        received.solutions[0].solution, None,
        "nothing before it was opened"
    );
}

/// What the solver and the public see after all this.
async fn solver_learns_nothing(nodes: &Nodes, solution_id: &str, item: &wire::CatalogueItem) {
    let mut solver = nodes.solver.to_member(SOLVER);
    let request = wire::GetSolutionRequest {
        solution_id: solution_id.to_owned(),
    };
    let seen = solver.get_solution(request).await.unwrap().into_inner();
    let listed = solver
        .list_solutions(wire::ListSolutionsRequest::default())
        .await
        .unwrap();
    let views = [
        seen.encode_to_vec(),
        listed.into_inner().encode_to_vec(),
        item.encode_to_vec(),
    ];
    for secret in [HOME.to_owned(), demand(1).to_string(), DEMANDER.to_string()] {
        for view in &views {
            let found = view
                .windows(secret.len())
                .any(|bytes| bytes == secret.as_bytes());
            assert!(!found, "a view tells {secret}");
        }
    }
}

#[tokio::test]
async fn a_feedback_names_who_is_missing_and_goes_on_without_them_for_a_reason() {
    let nodes = Nodes::start().await;
    let entries = nodes
        .publish(&[(demand(1), record("光刻胶树脂", "集成电路"))])
        .await;
    let draft = drafted(&nodes, &entries[0].blind_id).await;
    nodes.submit(&draft).await;
    nodes.settle().await;
    nodes.pass(1);
    nodes.heartbeats(&[Region::AH]).await;
    let cut_off = nodes.hub.desk.clock().now() - Duration::SECOND;
    let mut request = wire::GiveFeedbackRequest {
        request_id: fresh(),
        cut_off: cut_off.format(&Rfc3339).unwrap(),
        ..Default::default()
    };
    let mut secretariat = nodes.hub.to(Role::Secretariat);
    let refused = secretariat
        .give_feedback(request.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert!(refused.message().contains("安徽"), "{}", refused.message());
    request.without_regions = vec!["ah".into()];
    let unexplained = secretariat
        .give_feedback(request.clone())
        .await
        .unwrap_err();
    assert_eq!(unexplained.code(), Code::InvalidArgument);
    request.without_reason = "省中心机房检修".into();
    let given = secretariat
        .give_feedback(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(given.without_regions, ["ah"]);
    assert_eq!(given.given_by, "secretariat");
    nodes.settle().await;
    request.request_id = fresh();
    let nothing = secretariat.give_feedback(request).await.unwrap_err();
    assert_eq!(
        nothing.code(),
        Code::FailedPrecondition,
        "nothing is fed back twice"
    );
}
