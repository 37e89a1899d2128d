//! From the establishment to the signed contract, and what does not get there.

use chassis::{Outcome, testing};
use evidence::Digest;
use prost::Message as _;
use proto::{
    coordination::v1::AssentGiven,
    message::{Audience, Message, Scope},
    project::v1::{
        self as wire, ContractAssentWithdrawn, ContractDocument, ContractSigned, ContractState,
        ProjectActivated, ProjectState,
    },
};
use regulation::{Region, Role};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    federation::{Node, START, establishment, fresh, from_home, given, preparing, refused, said},
    sample::{LEAD, PROJECT, SOLVER},
};

fn contract_request() -> wire::GetContractRequest {
    wire::GetContractRequest {
        project_id: PROJECT.to_string(),
    }
}

#[tokio::test]
async fn all_agree_to_one_document_and_the_project_is_active() {
    let node = Node::established().await;
    let project = node.project().await;
    assert_eq!(project.contract_state(), ContractState::Preparing);
    let asked = node.ask().await;
    assert_eq!(asked.contract_state(), ContractState::AwaitingAssents);
    assert_eq!(asked.ends_on, "2027-12-31");

    let requests = node.requests().await;
    for (at, request) in requests.iter().enumerate() {
        let contract = node
            .to(Role::Officer)
            .get_contract(contract_request())
            .await;
        let contract = contract.unwrap().into_inner();
        let given_so_far = contract.parties.iter().filter(|party| party.given);
        assert_eq!(given_so_far.count(), at);
        let message = from_home(request, &given(request));
        assert_eq!(node.hear(&message).await, Outcome::Applied);
        // Delivered twice, and said twice.
        assert_eq!(node.hear(&message).await, Outcome::Applied);
        let again = from_home(request, &given(request));
        assert_eq!(node.hear(&again).await, Outcome::Applied);
    }
    // Signed once, however often it is looked at.
    for _ in 0..2 {
        project::sign_agreed(&node.desk).await.unwrap();
    }
    let project = node.project().await;
    assert_eq!(project.state(), ProjectState::Active);
    assert_eq!(project.contract_state(), ContractState::Signed);

    let signed = node.told::<ContractSigned>().await;
    assert_eq!(signed.len(), 1);
    assert_eq!(signed[0].0, Scope::Node);
    assert_eq!(signed[0].1.contract_digest, asked.contract_digest);
    let activated = node.told::<ProjectActivated>().await;
    assert_eq!(activated.len(), 1);
    assert_eq!(activated[0].0, Scope::Share(Audience::All));
}

#[tokio::test]
async fn the_parties_read_the_document_that_the_officer_drew_up() {
    let node = Node::established().await;
    node.ask().await;
    let mut member = node.to_member(LEAD);
    let contract = member.get_contract(contract_request()).await.unwrap();
    let contract = contract.into_inner();
    let content = ContractDocument::decode(contract.document.as_slice()).unwrap();
    assert_eq!(contract.content.as_ref(), Some(&content));
    assert_eq!(content.supplementary_terms, "成果按贡献共享");
    let digest = Digest::of_document(&contract.document).to_string();
    for request in node.requests().await {
        assert_eq!(request.document, contract.document);
        assert_eq!(request.digest, digest);
    }
    let parties = contract.parties.iter().map(|party| party.party.clone());
    let units: Vec<_> = parties.map(|party| party.unwrap().unit_id).collect();
    assert_eq!(units, [String::new(), LEAD.to_string(), SOLVER.to_string()]);
}

#[tokio::test]
async fn a_refusal_sends_the_contract_back_and_the_next_version_is_another_document() {
    let node = Node::established().await;
    let first = node.ask().await;
    let requests = node.requests().await;
    let message = from_home(&requests[2], &refused(&requests[2]));
    assert_eq!(node.hear(&message).await, Outcome::Applied);
    let project = node.project().await;
    assert_eq!(project.contract_state(), ContractState::Preparing);
    assert!(project.returned_reason.contains("经费分配有误"));
    let withdrawn = node.told::<ContractAssentWithdrawn>().await;
    assert_eq!(withdrawn.len(), 2);

    let second = node.ask().await;
    assert_eq!(second.contract_version, 2);
    assert_ne!(second.contract_digest, first.contract_digest);
    // An assent to the first version arrives late: it is none to the second.
    let late = from_home(&requests[1], &given(&requests[1]));
    assert_eq!(node.hear(&late).await, Outcome::Applied);
    for request in node.requests().await {
        assert_eq!(node.project().await.state(), ProjectState::Contracting);
        let message = from_home(&request, &given(&request));
        assert_eq!(node.hear(&message).await, Outcome::Applied);
        // What not all have agreed to is not signed.
        assert_eq!(node.project().await.state(), ProjectState::Contracting);
        project::sign_agreed(&node.desk).await.unwrap();
    }
    assert_eq!(node.project().await.state(), ProjectState::Active);
}

#[tokio::test]
async fn an_officer_takes_a_contract_back_and_what_was_read_is_what_is_asked_for() {
    let node = Node::established().await;
    node.ask().await;
    let mut officer = node.to(Role::Officer);
    let refused = officer.prepare_contract(preparing()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let revise = wire::ReviseContractRequest {
        request_id: fresh(),
        project_id: PROJECT.to_string(),
        reason: "起始日期有误".into(),
    };
    let revised = officer.revise_contract(revise).await.unwrap().into_inner();
    assert!(revised.returned_reason.contains("起始日期有误"));
    assert_eq!(node.told::<ContractAssentWithdrawn>().await.len(), 3);
    officer.prepare_contract(preparing()).await.unwrap();
    let other = wire::RequestContractAssentsRequest {
        request_id: fresh(),
        project_id: PROJECT.to_string(),
        digest: Digest::of_document(b"another").to_string(),
    };
    let refused = officer.request_contract_assents(other).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "project.same-digest");
}

#[tokio::test]
async fn what_another_node_says_in_a_partys_name_is_a_dead_letter_and_changes_nothing() {
    let node = Node::established().await;
    node.ask().await;
    let before = node.project().await;
    let requests = node.requests().await;
    let solver = &requests[2];
    let forged = [
        // Of a party that sits elsewhere, with the party's home in its name and in its own.
        said(
            Region::ZJ,
            &Message::share(Audience::One(Region::JS), "zj-1", &given(solver)),
        ),
        said(
            Region::ZJ,
            &Message::share(
                Audience::One(Region::JS),
                "zj-2",
                &AssentGiven {
                    party: Some(proto::coordination::v1::Party {
                        region: "zj".into(),
                        unit_id: SOLVER.to_string(),
                    }),
                    ..given(solver)
                },
            ),
        ),
        // On another document.
        said(
            Region::SH,
            &Message::share(
                Audience::One(Region::JS),
                "sh-1",
                &AssentGiven {
                    digest: Digest::of_document(b"another").to_string(),
                    ..given(solver)
                },
            ),
        ),
        // By somebody of the department for the unit.
        said(
            Region::SH,
            &Message::share(
                Audience::One(Region::JS),
                "sh-2",
                &AssentGiven {
                    role: "director".into(),
                    ..given(solver)
                },
            ),
        ),
    ];
    for message in forged {
        assert_eq!(node.hear(&message).await, Outcome::Dead);
    }
    assert_eq!(node.project().await, before);
}

#[tokio::test]
async fn only_the_hub_establishes_and_only_once() {
    let node = Node::of(Region::JS).await;
    let mut forged = establishment();
    forged.origin = Region::SH;
    assert_eq!(node.hear(&forged).await, Outcome::Dead);
    let refused = node.to(Role::Officer).prepare_contract(preparing()).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    for _ in 0..2 {
        assert_eq!(node.hear(&establishment()).await, Outcome::Applied);
    }
    assert_eq!(node.project().await.version, 1);
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_asks_nobody_twice() {
    let node = Node::established().await;
    let mut officer = node.to(Role::Officer);
    let prepare = preparing();
    let first = officer.prepare_contract(prepare.clone()).await.unwrap();
    let first = first.into_inner();
    let again = officer.prepare_contract(prepare).await.unwrap();
    assert_eq!(again.into_inner(), first);
    let ask = wire::RequestContractAssentsRequest {
        request_id: fresh(),
        project_id: PROJECT.to_string(),
        digest: first.contract_digest,
    };
    officer.request_contract_assents(ask.clone()).await.unwrap();
    officer.request_contract_assents(ask.clone()).await.unwrap();
    let another = wire::RequestContractAssentsRequest {
        request_id: fresh(),
        ..ask
    };
    officer.request_contract_assents(another).await.unwrap();
    let told = testing::told(&node.desk).await.unwrap();
    assert_eq!(told.len(), 3);
    assert!(
        told.iter()
            .all(|message| (message.at - START).is_positive())
    );
}
