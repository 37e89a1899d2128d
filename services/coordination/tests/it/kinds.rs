//! Joint decisions of the kinds that the secretariat opens: what their documents have to be, what
//! follows what, under which numbers, and where they are read.

use evidence::{MembershipDocument, SealingKey, SigningKey, Standing};
use proto::coordination::v1::{self as wire, DecisionKind, DecisionState};
use regulation::{Region, Role, YRD_2024_1};
use time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::federation::{Federation, MEMBERS, START, approval, fresh};

fn open(kind: DecisionKind, subject: &str, document: &[u8]) -> wire::OpenDecisionRequest {
    wire::OpenDecisionRequest {
        request_id: fresh(),
        kind: kind.into(),
        title: "推进组提请联合决策的事项".to_owned(),
        document: document.to_vec(),
        subject_id: subject.to_owned(),
        former_decision_id: String::new(),
    }
}

fn note(subject: &str, text: &str) -> wire::OpenDecisionRequest {
    open(DecisionKind::Interpretation, subject, text.as_bytes())
}

async fn opened(
    all: &Federation,
    request: wire::OpenDecisionRequest,
) -> Result<wire::Decision, Status> {
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let decision = secretariat.open_decision(request).await?.into_inner();
    all.carry().await;
    Ok(decision)
}

async fn rule(all: &Federation, request: wire::OpenDecisionRequest) -> String {
    let refused = opened(all, request).await.unwrap_err();
    refused.get_details_error_info().unwrap().reason
}

fn approve(decision: &wire::Decision, number: &str) -> wire::ApproveDecisionRequest {
    wire::ApproveDecisionRequest {
        document_number: number.to_owned(),
        ..approval(decision)
    }
}

async fn assented(all: &Federation, request: wire::OpenDecisionRequest) -> wire::Decision {
    let decision = opened(all, request).await.unwrap();
    for member in MEMBERS {
        all.assent(member).await;
    }
    all.carry().await;
    all.decision(Region::HUB, Role::TaskForce, &decision.decision_id)
        .await
}

async fn in_force(all: &Federation, request: wire::OpenDecisionRequest, number: &str) -> String {
    let decision = assented(all, request).await;
    let mut task_force = all.to(Region::HUB, Role::TaskForce);
    task_force
        .approve_decision(approve(&decision, number))
        .await
        .unwrap();
    all.carry().await;
    all.forward(Duration::days(12));
    for member in MEMBERS {
        all.beat(member).await;
    }
    all.fire().await;
    all.carry().await;
    decision.decision_id
}

async fn refuse(all: &Federation, member: Region) {
    let asked = wire::ListAssentsRequest::default();
    let mut director = all.to(member, Role::Director);
    let listed = director.list_assents(asked).await.unwrap().into_inner();
    let refuse = wire::RefuseAssentRequest {
        request_id: fresh(),
        assent_id: listed.assents[0].assent_id.clone(),
        reason: "表述不清".to_owned(),
    };
    director.refuse_assent(refuse).await.unwrap();
    all.carry().await;
}

fn member_file(region: &str, standing: Standing) -> Vec<u8> {
    let document = MembershipDocument {
        region: region.parse().unwrap(),
        standing,
        signing: SigningKey::from_random([3; 32]).verifying_key(),
        valid_from: START,
        former_until: None,
        sealing: SealingKey::from_random(&[4; 32]).public().clone(),
        nkey: format!("U{}", "A".repeat(55)),
        address: "https://gd.example:7443".to_owned(),
    };
    toml::to_string(&document).unwrap().into_bytes()
}

#[tokio::test]
async fn a_document_that_is_none_of_its_kind_is_put_before_nobody() {
    let all = Federation::of(&[Region::HUB]).await;
    let admission = |subject, document: &[u8]| open(DecisionKind::Admission, subject, document);
    let linked = member_file("gd", Standing::Linked);
    let unreadable = admission("gd", b"region = \"gd\"");
    assert_eq!(rule(&all, unreadable).await, "coordination.membership");
    let another = admission("jjj", &linked);
    assert_eq!(rule(&all, another).await, "coordination.membership");
    let full = admission("gd", &member_file("gd", Standing::Full));
    assert_eq!(rule(&all, full).await, "coordination.linked-region");
    let criteria = open(DecisionKind::EvaluationCriteria, "2024", b"version = \"1\"");
    assert_eq!(rule(&all, criteria).await, "coordination.result-criteria");
    assert_eq!(
        rule(&all, note("23", "文")).await,
        "coordination.interpretation"
    );
    let genesis = regulation::YRD_2023_1.as_bytes();
    let again = open(DecisionKind::Policy, "", genesis);
    assert_eq!(rule(&all, again).await, "coordination.policy-once");
    let admitted = opened(&all, admission("gd", &linked)).await.unwrap();
    assert_eq!(admitted.document, linked);
    let next = open(DecisionKind::Policy, "", YRD_2024_1.as_bytes());
    assert_eq!(
        opened(&all, next).await.unwrap().state(),
        DecisionState::Open
    );
}

#[tokio::test]
async fn a_new_version_follows_a_returned_decision_on_the_same_subject() {
    let all = Federation::whole().await;
    let first = opened(&all, note("17", "第一稿")).await.unwrap();
    let follows = |subject: &str, former: &str| wire::OpenDecisionRequest {
        former_decision_id: former.to_owned(),
        ..note(subject, "第二稿")
    };
    let underway = follows("18", &first.decision_id);
    assert_eq!(rule(&all, underway).await, "coordination.former");
    refuse(&all, Region::ZJ).await;
    let other_subject = follows("18", &first.decision_id);
    assert_eq!(rule(&all, other_subject).await, "coordination.former");
    let nothing = opened(&all, follows("17", &fresh())).await.unwrap_err();
    assert_eq!(nothing.code(), Code::NotFound);
    let second = opened(&all, follows("17", &first.decision_id))
        .await
        .unwrap();
    let known = all
        .decision(Region::JS, Role::Officer, &second.decision_id)
        .await;
    assert_eq!(
        (known.version, known.former_decision_id),
        (2, first.decision_id)
    );
}

#[tokio::test]
async fn a_document_number_approves_one_decision() {
    let all = Federation::whole().await;
    let mut task_force = all.to(Region::HUB, Role::TaskForce);
    let first = assented(&all, note("17", "甲")).await;
    let number = "长三角办〔2024〕7号";
    let request = approve(&first, number);
    let approved = task_force.approve_decision(request.clone()).await.unwrap();
    let approved = approved.into_inner();
    assert_eq!(approved.approved_by, "TaskForce-hub");
    let repeat = task_force.approve_decision(request).await.unwrap();
    assert_eq!(repeat.into_inner().state(), DecisionState::Publicity);
    all.carry().await;
    let second = assented(&all, note("18", "乙")).await;
    let refused = task_force.approve_decision(approve(&second, number)).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "coordination.document-number");
    let own = approve(&second, "长三角办〔2024〕8号");
    task_force.approve_decision(own).await.unwrap();
}

#[tokio::test]
async fn notes_in_force_are_read_by_everybody_under_their_article_and_the_last_one_counts() {
    let all = Federation::whole().await;
    let first = in_force(&all, note("17", "投资总额含企业自筹。"), "1号").await;
    in_force(&all, note("4", "领域以年度通知为准。"), "2号").await;
    let last = in_force(&all, note("17", "投资总额含社会资本。"), "3号").await;
    opened(&all, note("17", "尚未生效。")).await.unwrap();
    let list = async |subject: &str| {
        let asked = wire::ListInterpretationsRequest {
            subject_id: subject.to_owned(),
            ..Default::default()
        };
        let mut anybody = all.to(Region::AH, Role::Expert);
        let listed = anybody.list_interpretations(asked).await.unwrap();
        listed.into_inner().interpretations
    };
    assert_eq!(list("").await.len(), 3);
    let of_17 = list("17").await;
    let told: Vec<_> = of_17
        .iter()
        .map(|one| (one.decision_id.clone(), one.superseded))
        .collect();
    assert_eq!(told, [(last, false), (first, true)]);
    assert_eq!(of_17[0].text, "投资总额含社会资本。");
    assert_eq!(of_17[0].document_number, "3号");
}

#[tokio::test]
async fn the_secretariat_opens_a_policy_version_whose_digest_is_the_files() {
    let all = Federation::of(&[Region::HUB, Region::SH]).await;
    let open = |kind, document: &[u8]| open(kind, "yrd-2024-1", document);
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let policy = open(wire::DecisionKind::Policy, YRD_2024_1.as_bytes());
    let other_name = wire::OpenDecisionRequest {
        subject_id: "x".to_owned(),
        ..policy.clone()
    };
    let refused = secretariat.open_decision(other_name).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let opened = secretariat
        .open_decision(policy.clone())
        .await
        .unwrap()
        .into_inner();
    let digest = regulation::Policy::parse(YRD_2024_1).unwrap().digest_hex();
    assert_eq!(
        (opened.subject_id.as_str(), opened.digest),
        ("yrd-2024-1", digest)
    );
    let repeat = secretariat
        .open_decision(policy)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(repeat.decision_id, opened.decision_id);

    let second = open(wire::DecisionKind::Policy, YRD_2024_1.as_bytes());
    let refused = secretariat.open_decision(second).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "coordination.one-live"
    );
    let no_policy = open(wire::DecisionKind::Policy, b"version = 1");
    let refused = secretariat.open_decision(no_policy).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let refused = secretariat
        .open_decision(open(wire::DecisionKind::List, b"x"))
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "coordination.proposed"
    );
    let elsewhere = open(wire::DecisionKind::Interpretation, b"x");
    let refused = all
        .to(Region::SH, Role::Secretariat)
        .open_decision(elsewhere)
        .await
        .unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "coordination.hub"
    );
    let officer = open(wire::DecisionKind::Interpretation, b"x");
    let refused = all
        .to(Region::HUB, Role::Officer)
        .open_decision(officer)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
