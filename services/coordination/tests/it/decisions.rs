//! Joint decisions from their proposal to force, over five nodes.

use chassis::Outcome;
use prost::Message as _;
use proto::{
    coordination::v1::{
        self as wire, AssentState, DecisionInForce, DecisionState, ObjectionOutcome,
    },
    evaluation::v1::ListProposed,
    message::{Message, PublicEvent as _},
};
use regulation::{Actor, Region, Role, UnitId};
use time::Duration;
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::federation::{Federation, MEMBERS, START, approval, fresh, list, said};

fn unit_member(region: Region, unit: u128) -> Actor {
    let unit = Some(UnitId(Uuid::from_u128(unit)));
    Actor {
        unit,
        ..Actor::person(format!("member-{region}"), Role::UnitMember, region)
    }
}

#[tokio::test]
async fn a_list_takes_force_by_every_members_own_word_an_approval_and_the_public() {
    let all = Federation::whole().await;
    let id = all.propose(1).await;
    for (index, member) in MEMBERS.into_iter().enumerate() {
        let decision = all.decision(Region::AH, Role::Director, &id).await;
        assert_eq!(decision.assented.len(), index);
        let mut task_force = all.to(Region::HUB, Role::TaskForce);
        let refused = task_force
            .approve_decision(approval(&decision))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        let info = refused.get_details_error_info().unwrap();
        assert_eq!(info.reason, "coordination.every-member");
        all.assent(member).await;
        all.carry().await;
    }
    let decision = all.decision(Region::HUB, Role::TaskForce, &id).await;
    assert_eq!(
        (decision.state(), decision.words.len()),
        (DecisionState::Assented, 4)
    );
    // Not shown to the public yet.
    let asked = wire::GetDecisionRequest {
        decision_id: id.clone(),
    };
    let unseen = all
        .to(Region::JS, Role::Expert)
        .get_decision(asked)
        .await
        .unwrap_err();
    assert_eq!(unseen.code(), Code::NotFound);
    where_it_stands_is_for_the_pages_of_every_node(&all, &id).await;

    let approved = all.approve(&decision).await;
    assert_eq!(approved.state(), DecisionState::Publicity);
    // 11 May 2024 was a Saturday that was worked.
    assert_eq!(approved.publicity_until, "2024-05-11");
    all.carry().await;
    let objection = object(&all, &id).await;
    all.carry().await;

    all.forward(Duration::days(6));
    for member in MEMBERS {
        all.beat(member).await;
    }
    all.fire().await;
    let waiting = all.decision(Region::HUB, Role::Secretariat, &id).await;
    assert_eq!(
        waiting.state(),
        DecisionState::Publicity,
        "an objection waits"
    );
    dismiss(&all, &waiting).await;
    assert_eq!(all.fire().await.done, 1);
    known_everywhere(&all, &id).await;
    seen_by_the_public(&all, &id).await;
    let asked = wire::GetObjectionRequest {
        objection_id: objection,
    };
    let mut filer = all.to_actor(unit_member(Region::ZJ, 3));
    let answered = filer.get_objection(asked).await.unwrap().into_inner();
    assert_eq!(answered.outcome(), ObjectionOutcome::Dismissed);
}

/// All nodes are told, and know the document.
async fn known_everywhere(all: &Federation, id: &str) {
    let crossed = all.carry().await;
    let in_force = crossed
        .iter()
        .find(|message| message.kind == DecisionInForce::KIND)
        .unwrap();
    let in_force: DecisionInForce = in_force.read().unwrap();
    assert_eq!(
        ListProposed::decode(in_force.document.as_slice()).unwrap(),
        list(1)
    );
    for member in MEMBERS {
        let known = all.decision(member, Role::Officer, id).await;
        assert_eq!(known.state(), DecisionState::InForce);
        assert_eq!(known.document_number, "长三角办〔2024〕5号");
        assert_eq!(
            ListProposed::decode(known.document.as_slice()).unwrap(),
            list(1)
        );
    }
}

async fn object(all: &Federation, decision: &str) -> String {
    let file = wire::FileObjectionRequest {
        request_id: fresh(),
        decision_id: decision.to_owned(),
        text: "任务与在研项目重复".to_owned(),
    };
    let mut filer = all.to_actor(unit_member(Region::ZJ, 3));
    filer
        .file_objection(file)
        .await
        .unwrap()
        .into_inner()
        .objection_id
}

async fn dismiss(all: &Federation, decision: &wire::Decision) {
    let judge = wire::JudgeObjectionRequest {
        request_id: fresh(),
        decision_id: decision.decision_id.clone(),
        objection_id: decision.objections[0].objection_id.clone(),
        upheld: false,
        reason: "经核实不重复".to_owned(),
    };
    all.to(Region::HUB, Role::Secretariat)
        .judge_objection(judge)
        .await
        .unwrap();
}

async fn where_it_stands_is_for_the_pages_of_every_node(all: &Federation, id: &str) {
    let all_of_them = wire::ListDecisionsRequest::default();
    let listed = all
        .to(Region::SH, Role::Service)
        .list_decisions(all_of_them.clone())
        .await
        .unwrap()
        .into_inner()
        .decisions;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].assented.len(), 4);
    assert!(listed[0].document.is_empty());
    let asked = wire::GetDecisionRequest {
        decision_id: id.to_owned(),
    };
    let document = all.to(Region::SH, Role::Service).get_decision(asked).await;
    assert_eq!(document.unwrap_err().code(), Code::NotFound);
    let by_the_public = all
        .to(Region::SH, Role::Expert)
        .list_decisions(all_of_them)
        .await
        .unwrap()
        .into_inner();
    assert!(by_the_public.decisions.is_empty());
}

async fn seen_by_the_public(all: &Federation, id: &str) {
    let shown = all.decision(Region::SH, Role::Expert, id).await;
    let list = ListProposed::decode(shown.document.as_slice()).unwrap();
    assert_eq!(
        list.entries[0].record.as_ref().unwrap().title,
        "高端光刻胶树脂"
    );
    assert_eq!(
        (
            list.entries[0].demand_id.as_str(),
            list.entries[0].region.as_str()
        ),
        ("", "")
    );
    assert!(shown.words.is_empty() && shown.objections.is_empty());
}

#[tokio::test]
async fn who_is_cut_off_holds_the_end_of_publicity_until_somebody_goes_on_with_a_reason() {
    let all = Federation::whole().await;
    let id = all.propose(1).await;
    for member in MEMBERS {
        all.assent(member).await;
    }
    all.carry().await;
    let decision = all.decision(Region::HUB, Role::TaskForce, &id).await;
    all.approve(&decision).await;
    all.forward(Duration::days(6));
    for member in [Region::SH, Region::JS, Region::AH] {
        all.beat(member).await;
    }
    all.fire().await;
    let held = all.decision(Region::HUB, Role::Secretariat, &id).await;
    assert_eq!(
        (held.state(), held.not_heard),
        (DecisionState::Publicity, vec!["zj".to_owned()])
    );
    // It looks again by itself: the timer is due once more.
    all.forward(Duration::minutes(1));
    assert_eq!(all.fire().await.done, 1);
    let end = wire::EndPublicityRequest {
        request_id: fresh(),
        decision_id: id.clone(),
        reason: "浙江节点断网，已电话确认无异议".to_owned(),
    };
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let ended = secretariat.end_publicity(end).await.unwrap().into_inner();
    assert_eq!(ended.state(), DecisionState::InForce);
    assert_eq!(ended.not_heard, ["zj"]);
}

#[tokio::test]
async fn a_members_objection_returns_the_list_and_the_next_version_names_the_former() {
    let all = Federation::whole().await;
    let former = all.propose(1).await;
    // A second proposal for the same round waits until the first is over.
    let again = said(Region::HUB, START, Message::node("round-again", &list(1)));
    assert_eq!(all.hear(Region::HUB, &again).await, Outcome::Dead);

    let asked = wire::ListAssentsRequest::default();
    let mut director = all.to(Region::ZJ, Role::Director);
    let assent = director
        .list_assents(asked)
        .await
        .unwrap()
        .into_inner()
        .assents
        .remove(0);
    let refuse = wire::RefuseAssentRequest {
        request_id: fresh(),
        assent_id: assent.assent_id,
        reason: "缺少生物医药任务".to_owned(),
    };
    director.refuse_assent(refuse).await.unwrap();
    all.carry().await;
    let returned = all.decision(Region::JS, Role::Officer, &former).await;
    assert_eq!(returned.state(), DecisionState::Returned);
    assert_eq!(returned.reason, "缺少生物医药任务");
    let asked = wire::ListAssentsRequest::default();
    let mut officer = all.to(Region::JS, Role::Officer);
    let lapsed = officer
        .list_assents(asked)
        .await
        .unwrap()
        .into_inner()
        .assents
        .remove(0);
    assert_eq!(lapsed.state(), AssentState::Lapsed);

    let next = said(Region::HUB, START, Message::node("round-2", &list(1)));
    assert_eq!(all.hear(Region::HUB, &next).await, Outcome::Applied);
    all.carry().await;
    let listed = wire::ListDecisionsRequest::default();
    let newest = officer
        .list_decisions(listed)
        .await
        .unwrap()
        .into_inner()
        .decisions
        .remove(0);
    assert_eq!(
        (newest.state(), newest.former_decision_id),
        (DecisionState::Open, former)
    );
}

#[tokio::test]
async fn an_approval_needs_its_document_number() {
    let all = Federation::whole().await;
    let id = all.propose(1).await;
    let decision = all.decision(Region::HUB, Role::TaskForce, &id).await;
    let without = wire::ApproveDecisionRequest {
        document_number: " ".to_owned(),
        ..approval(&decision)
    };
    let mut task_force = all.to(Region::HUB, Role::TaskForce);
    let refused = task_force.approve_decision(without).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(
        refused.message().contains("document_number"),
        "{}",
        refused.message()
    );
}

#[tokio::test]
async fn a_word_in_anothers_name_is_a_dead_letter_and_changes_nothing() {
    let all = Federation::whole().await;
    let id = all.propose(1).await;
    let digest = all.decision(Region::HUB, Role::TaskForce, &id).await.digest;
    let forged = |origin: Region, region: Region, digest: &str| {
        let given = wire::AssentGiven {
            assent_id: fresh(),
            document_kind: "decision".to_owned(),
            subject_id: id.clone(),
            digest: digest.to_owned(),
            party: Some(wire::Party {
                region: region.to_string(),
                unit_id: String::new(),
            }),
            person: "director".to_owned(),
            role: "director".to_owned(),
            given_at: String::new(),
        };
        let to_all = proto::message::Audience::All;
        said(origin, START, Message::share(to_all, fresh(), &given))
    };
    let another = "00".repeat(32);
    for message in [
        forged(Region::JS, Region::ZJ, &digest),
        forged(Region::JS, Region::JS, &another),
    ] {
        assert_eq!(all.hear(Region::HUB, &message).await, Outcome::Dead);
    }
    let decision = all.decision(Region::HUB, Role::TaskForce, &id).await;
    assert!(decision.assented.is_empty());
}
