//! Through the doors and by what the hub says: departures, rounds, publication, withdrawal.

use chassis::{Barred, Outcome, Subject, testing};
use proto::{
    evaluation::v1::{DemandJudged, DemandNotRecommended},
    intake::v1 as wire,
    matching::v1::{DemandPublished, RevisionAnswered},
    message::{Audience, Message, PublicEvent as _, Scope},
};
use regulation::{Region, Role};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::house::{House, MOON, STAR, content, fresh};

fn judged(id: &str, round_id: &str, listed: bool) -> Message {
    let event = DemandJudged {
        round_id: round_id.to_owned(),
        demand_id: id.to_owned(),
        listed,
        place: 2,
        comments: vec!["指标需量化".into()],
    };
    Message::share(Audience::One(Region::JS), id, &event)
}

fn published(id: &str) -> Message {
    let event = DemandPublished {
        demand_id: id.to_owned(),
        blind_id: fresh().to_string(),
        public_number: "2024-0001".into(),
        ..Default::default()
    };
    Message::share(Audience::One(Region::JS), id, &event)
}

async fn accepted(house: &House, content: wire::DemandContent) -> String {
    let id = house.draft(STAR, content).await;
    house.submit(STAR, &id, vec![]).await;
    house.accept(&id).await.unwrap();
    id
}

fn approve(id: &str, rule: &str) -> wire::ApproveDepartureRequest {
    wire::ApproveDepartureRequest {
        request_id: fresh().to_string(),
        demand_id: id.to_owned(),
        rule: rule.to_owned(),
    }
}

fn withdraw(id: &str, reason: &str) -> wire::WithdrawDemandRequest {
    wire::WithdrawDemandRequest {
        request_id: fresh().to_string(),
        demand_id: id.to_owned(),
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn unusual_months_are_a_warning_until_a_director_has_approved_them() {
    let house = House::new().await;
    let mut long = content();
    long.record.as_mut().unwrap().months = 48;
    long.duration_reason = "临床周期长".into();
    let id = house.draft(STAR, long).await;
    house.submit(STAR, &id, vec![]).await;
    let seen = house.get(Role::Officer, &id).await;
    assert!(
        seen.warnings[0].contains("待审批人审批"),
        "{:?}",
        seen.warnings
    );
    let rule = seen.departures[0].rule.clone();
    let refused = house.accept(&id).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(refused.get_details_error_info().unwrap().reason, rule);
    let officer = house
        .to(Role::Officer)
        .approve_departure(approve(&id, &rule))
        .await;
    assert_eq!(officer.unwrap_err().code(), Code::PermissionDenied);
    let unknown = approve(&id, "intake.nothing");
    let unknown = house.to(Role::Director).approve_departure(unknown).await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
    let approved = house
        .to(Role::Director)
        .approve_departure(approve(&id, &rule))
        .await;
    assert_eq!(
        approved.unwrap().into_inner().departures[0].approved_by,
        "Director"
    );
    assert_eq!(
        house.accept(&id).await.unwrap().state(),
        wire::DemandState::Accepted
    );
}

#[tokio::test]
async fn the_experts_comments_come_back_and_the_demand_may_come_again() {
    let house = House::new().await;
    let id = accepted(&house, content()).await;
    let round = fresh().to_string();
    assert_eq!(
        house.hear(judged(&id, &round, false)).await,
        Outcome::Applied
    );
    let seen = house.get(Role::Officer, &id).await;
    assert_eq!(seen.state(), wire::DemandState::NotShortlisted);
    assert_eq!(seen.comments, ["指标需量化"]);
    house.submit(STAR, &id, vec![]).await;
    house.accept(&id).await.unwrap();
    // The same round again says nothing new; another lists it.
    house.hear(judged(&id, &round, false)).await;
    house.hear(judged(&id, &fresh().to_string(), true)).await;
    let seen = house.get(Role::Officer, &id).await;
    assert_eq!(
        (seen.state(), seen.judgements.len()),
        (wire::DemandState::Accepted, 2)
    );
    let told = house.told().await;
    let accepted = told
        .iter()
        .filter(|message| message.kind == wire::DemandAccepted::KIND);
    assert_eq!(accepted.count(), 2);
}

#[tokio::test]
async fn a_local_programmes_demand_is_told_to_nobody_and_the_hubs_word_on_it_is_refused() {
    let house = House::new().await;
    let mut local = content();
    local.programme = wire::ProgrammeKind::Local.into();
    local.cross_region_reason = String::new();
    let id = accepted(&house, local).await;
    assert_eq!(house.told().await, []);
    for message in [judged(&id, &fresh().to_string(), true), published(&id)] {
        assert_eq!(house.hear(message).await, Outcome::Dead);
    }
    let close = wire::CloseDemandRequest {
        request_id: fresh().to_string(),
        demand_id: id.clone(),
        reason: "已列入本省计划".into(),
    };
    let closed = house.to(Role::Officer).close_demand(close).await.unwrap();
    assert_eq!(closed.into_inner().state(), wire::DemandState::Closed);
    assert_eq!(house.told().await, []);
}

#[tokio::test]
async fn a_published_demand_is_withdrawn_by_two_people_and_who_knew_of_it_hears() {
    let house = House::new().await;
    let id = accepted(&house, content()).await;
    assert_eq!(house.hear(published(&id)).await, Outcome::Applied);
    let before = house.told().await.len();
    let alone = house
        .to(Role::Director)
        .withdraw_demand(withdraw(&id, "调整"))
        .await;
    let alone = alone.unwrap_err();
    assert_eq!(
        alone.get_details_error_info().unwrap().reason,
        "intake.withdrawal"
    );
    let asked = house
        .to_member(STAR)
        .withdraw_demand(withdraw(&id, "项目调整"))
        .await;
    assert_eq!(asked.unwrap().into_inner().withdrawal_asked, "项目调整");
    assert_eq!(house.told().await.len(), before);
    let done = house
        .to(Role::Director)
        .withdraw_demand(withdraw(&id, ""))
        .await
        .unwrap();
    let done = done.into_inner();
    assert_eq!(
        (done.state(), done.reason.as_str()),
        (wire::DemandState::Withdrawn, "项目调整")
    );
    let told = house.told().await;
    let scopes: Vec<_> = told[before..].iter().map(|message| message.scope).collect();
    assert_eq!(scopes, [Scope::Node, Scope::Share(Audience::HUB)]);
}

#[tokio::test]
async fn after_publication_its_text_is_frozen_and_what_others_know_of_it_is_asked_not_kept() {
    let house = House::new().await;
    let id = accepted(&house, content()).await;
    house.hear(published(&id)).await;
    let update = wire::UpdateDemandRequest {
        request_id: fresh().to_string(),
        demand_id: id.clone(),
        content: Some(content()),
    };
    let refused = house
        .to_member(STAR)
        .update_demand(update)
        .await
        .unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.metadata["articles"].as_str()),
        ("intake.frozen", "12")
    );
    let seen = house.get(Role::Officer, &id).await;
    assert_eq!(seen.after_publication, None);
    assert!(
        seen.warnings[0].contains("暂时无法查询"),
        "{:?}",
        seen.warnings
    );
    // Whether a task has a solver can't be asked: then it is not revised either.
    let task = content().record.unwrap().tasks.remove(0);
    let revise = wire::ReviseTaskRequest {
        request_id: fresh().to_string(),
        demand_id: id.clone(),
        task: Some(task),
        reason: "放宽".into(),
        solver_words: vec![],
    };
    assert!(
        house
            .to_member(STAR)
            .revise_task(revise.clone())
            .await
            .is_err()
    );
    let stranger = house.to_member(MOON).revise_task(revise).await;
    assert_eq!(stranger.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn the_postings_word_on_a_revision_counts_only_from_this_node_and_with_a_reason() {
    let house = House::new().await;
    let id = accepted(&house, content()).await;
    house.hear(published(&id)).await;
    let mut task = house
        .get(Role::Officer, &id)
        .await
        .content
        .and_then(|content| content.record)
        .unwrap()
        .tasks
        .remove(0);
    task.indicators = "分散度不高于 1.1".into();
    house.revise(STAR, &id, task).await;
    let pending = house.get(Role::Officer, &id).await;
    assert_eq!(pending.pending_revision.unwrap().reason, "首轮无揭榜方");
    assert_eq!(pending.revisions, []);
    let answer = |reason: &str| RevisionAnswered {
        demand_id: id.clone(),
        number: 1,
        taken: false,
        reason: reason.to_owned(),
    };
    // From elsewhere it is nobody's word.
    let foreign = Message::share(Audience::One(Region::JS), &id, &answer("已选定"));
    assert_eq!(house.hear(foreign).await, Outcome::Dead);
    let refused = Message::node(&id, &answer("该任务已选定揭榜方"));
    assert_eq!(house.hear_from(Region::JS, refused).await, Outcome::Applied);
    let seen = house.get(Role::Officer, &id).await;
    assert_eq!(seen.pending_revision, None);
    assert_eq!(
        seen.refused_revisions[0].refused_because,
        "该任务已选定揭榜方"
    );
    // One that does not say why is unreadable.
    let silent = Message::node(&id, &answer(""));
    assert_eq!(house.hear_from(Region::JS, silent).await, Outcome::Dead);
}

#[tokio::test]
async fn only_the_hub_judges_and_publishes_and_only_this_node_does_not_recommend() {
    let house = House::new().await;
    for forge in [
        |id: &str| judged(id, &fresh().to_string(), false),
        published,
    ] {
        let id = accepted(&house, content()).await;
        let message = forge(&id);
        let forged = house.hear_from(Region::ZJ, message).await;
        assert_eq!(forged, Outcome::Dead);
        let seen = house.get(Role::Officer, &id).await;
        assert_eq!(seen.state(), wire::DemandState::Accepted);
    }
    let id = accepted(&house, content()).await;
    let event = DemandNotRecommended {
        demand_id: id.clone(),
        comments: vec!["已有同类攻关".into()],
    };
    let foreign = Message::share(Audience::One(Region::JS), &id, &event);
    assert_eq!(house.hear(foreign).await, Outcome::Dead);
    let seen = house.get(Role::Officer, &id).await;
    assert_eq!(seen.state(), wire::DemandState::Accepted);
    let own = Message::node(&id, &event);
    assert_eq!(house.hear_from(Region::JS, own).await, Outcome::Applied);
    let seen = house.get(Role::Officer, &id).await;
    assert_eq!(seen.comments, ["已有同类攻关"]);
}

#[tokio::test]
async fn whether_the_demander_is_barred_is_asked_again_when_it_is_accepted() {
    let house = House::new().await;
    let id = house.draft(STAR, content()).await;
    house.submit(STAR, &id, vec![]).await;
    let barred = Barred {
        until: "2025-09-01".parse().unwrap(),
        record: "CR-7".into(),
    };
    testing::bar(&house.desk, Subject::Unit(STAR), barred);
    let refused = house.accept(&id).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "intake.not-barred");
    assert_eq!(info.metadata["barred_until"], "2025-09-01");
}

#[tokio::test]
async fn a_units_members_see_their_own_demands_and_a_department_sees_all() {
    let house = House::new().await;
    let mine = house.draft(STAR, content()).await;
    let other = house.draft(MOON, content()).await;
    let list = async |mut door: wire::intake_service_client::IntakeServiceClient<_>| {
        let listed = door.list_demands(wire::ListDemandsRequest::default()).await;
        let demands = listed.unwrap().into_inner().demands.into_iter();
        demands.map(|demand| demand.demand_id).collect::<Vec<_>>()
    };
    assert_eq!(
        list(house.to_member(STAR)).await,
        std::slice::from_ref(&mine)
    );
    let mut all = vec![mine, other];
    all.sort();
    assert_eq!(list(house.to(Role::Auditor)).await, all);
}
