//! Departments recommend: two people, each place once, and the hub hears what it needs.

use proto::{
    evaluation::v1 as wire,
    intake::v1::DemandWithdrawn,
    message::{Audience, Message, Scope},
};
use regulation::{Actor, Region, Role};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::federation::{Federation, demand, opening, preparing, recommending, request_id, unit};

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

fn declining(number: u128) -> wire::DeclineDemandRequest {
    wire::DeclineDemandRequest {
        request_id: request_id(),
        demand_id: demand(number),
        comments: "请量化考核指标".into(),
    }
}

async fn state(all: &Federation, number: u128) -> wire::PreReviewState {
    let request = wire::GetPreReviewRequest {
        demand_id: demand(number),
    };
    let mut door = all.pre_review(Region::SH, Role::Auditor);
    door.get_pre_review(request)
        .await
        .unwrap()
        .into_inner()
        .state()
}

#[tokio::test]
async fn only_what_an_officer_prepared_and_a_director_recommended_enters_a_round() {
    let mut all = Federation::new().await;
    all.accept_only(1).await;
    all.pool(8).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let refused = hub.open_round(opening(1)).await.unwrap_err();
    assert_eq!(reason(&refused), "evaluation.batch");
    let mut officer = all.pre_review(Region::SH, Role::Officer);
    let mut director = all.pre_review(Region::SH, Role::Director);
    let refused = director.recommend_demand(recommending(1, 1)).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.two-people");
    let refused = officer.recommend_demand(recommending(1, 1)).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    let request = preparing(1);
    let first = officer.prepare_recommendation(request.clone()).await;
    let first = first.unwrap().into_inner();
    let again = officer.prepare_recommendation(request).await.unwrap();
    assert_eq!(again.into_inner(), first);
    let refused = hub.open_round(opening(1)).await.unwrap_err();
    assert_eq!(reason(&refused), "evaluation.batch");
    let done = director.recommend_demand(recommending(1, 4)).await.unwrap();
    assert_eq!(done.into_inner().place, 4);
    all.carry().await;
    let round = all.drawn(1).await;
    assert_eq!(round.demands[0].recommended_place, 4);
}

#[tokio::test]
async fn the_same_person_in_two_roles_is_still_one() {
    let all = Federation::new().await;
    all.accept_only(1).await;
    let person = |role| Actor::person("li", role, Region::SH);
    let mut officer = all.pre_review_as(person(Role::Officer));
    officer.prepare_recommendation(preparing(1)).await.unwrap();
    let mut director = all.pre_review_as(person(Role::Director));
    let refused = director.recommend_demand(recommending(1, 1)).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.two-people");
    let refused = director.decline_demand(declining(1)).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.two-people");
}

#[tokio::test]
async fn a_place_is_used_once_within_the_province_and_year() {
    let all = Federation::new().await;
    all.accept(1).await;
    all.accept_only(2).await;
    let mut officer = all.pre_review(Region::SH, Role::Officer);
    officer.prepare_recommendation(preparing(2)).await.unwrap();
    let mut director = all.pre_review(Region::SH, Role::Director);
    let refused = director.recommend_demand(recommending(2, 1)).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.place");
    director.recommend_demand(recommending(2, 2)).await.unwrap();
    let listed = |state: wire::PreReviewState| wire::ListPreReviewsRequest {
        state: state.into(),
        ..Default::default()
    };
    let mut count = Vec::new();
    for state in [
        wire::PreReviewState::Recommended,
        wire::PreReviewState::Pending,
    ] {
        let found = officer.list_pre_reviews(listed(state)).await.unwrap();
        count.push(found.into_inner().pre_reviews.len());
    }
    assert_eq!(count, [2, 0]);
}

#[tokio::test]
async fn what_failed_a_check_comes_back_with_comments_that_stay_at_home() {
    let mut all = Federation::new().await;
    all.accept_only(1).await;
    let mut officer = all.pre_review(Region::SH, Role::Officer);
    let mut failing = preparing(1);
    failing.checks[3].passed = false;
    let refused = officer.prepare_recommendation(failing.clone()).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.checks");
    failing.request_id = request_id();
    failing.recommend = false;
    officer.prepare_recommendation(failing).await.unwrap();
    let mut director = all.pre_review(Region::SH, Role::Director);
    let refused = director.recommend_demand(recommending(1, 1)).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.checks");
    director.decline_demand(declining(1)).await.unwrap();
    let told = all.told(Region::SH).await;
    let back: Vec<_> = told
        .iter()
        .filter(|message| message.is::<wire::DemandNotRecommended>())
        .collect();
    assert!(back.len() == 1 && back[0].scope == Scope::Node);
    let said: wire::DemandNotRecommended = back[0].read().unwrap();
    assert_eq!(said.comments, ["请量化考核指标"]);
    for message in told.iter().filter(|m| m.scope != Scope::Node) {
        let text = String::from_utf8_lossy(&message.body);
        assert!(!text.contains("请量化") && !text.contains(&unit(1)));
    }
    all.carry().await;
    let free = wire::ListCandidatesRequest {
        free_only: true,
        ..Default::default()
    };
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let free = hub.list_candidates(free).await.unwrap().into_inner();
    assert!(free.candidates.is_empty());
    // Handed in and accepted again, it is looked at again.
    all.accept_only(1).await;
    assert_eq!(state(&all, 1).await, wire::PreReviewState::Pending);
    all.recommend(1).await;
    assert!(hub.open_round(opening(1)).await.is_ok());
}

#[tokio::test]
async fn what_the_demander_took_back_is_not_recommended() {
    let all = Federation::new().await;
    all.accept_only(1).await;
    let withdrawn = DemandWithdrawn {
        demand_id: demand(1),
    };
    all.all_hear(Region::SH, &Message::node(demand(1), &withdrawn))
        .await;
    assert_eq!(state(&all, 1).await, wire::PreReviewState::Withdrawn);
    let mut officer = all.pre_review(Region::SH, Role::Officer);
    let refused = officer.prepare_recommendation(preparing(1)).await;
    assert_eq!(reason(&refused.unwrap_err()), "evaluation.lifecycle");
    let refused = officer.prepare_recommendation(preparing(404)).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_round_takes_what_was_recommended_by_a_cut_off_that_has_passed_everywhere() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.accept_only(2).await;
    all.pool(8).await;
    let cut = |day: &str| wire::OpenRoundRequest {
        cut_off: day.into(),
        ..opening(1)
    };
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let refused = hub.open_round(cut("2024-05-06")).await.unwrap_err();
    assert_eq!(reason(&refused), "evaluation.cut-off");
    all.move_to(time::macros::datetime!(2024-05-07 09:00 +8));
    all.recommend(2).await;
    let refused = hub.open_round(cut("2024-05-06")).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.metadata["unheard"], "ah,js,sh,zj");
    all.heartbeat().await;
    let mut without = cut("2024-05-06");
    without.without = ["zj", "ah"]
        .map(|region| wire::WithoutRegion {
            region: region.into(),
            reason: "尚未接入".into(),
        })
        .into();
    let round = all.drawn_as(without).await;
    let taken: Vec<_> = round.demands.iter().map(|d| d.demand_id.clone()).collect();
    assert_eq!(
        (taken, round.cut_off.as_str()),
        (vec![demand(1)], "2024-05-06")
    );
}

#[tokio::test]
async fn only_a_demands_own_home_recommends_it() {
    let all = Federation::new().await;
    all.accept_only(1).await;
    let word = wire::DemandRecommended {
        demand_id: demand(1),
        recommended: true,
        place: 1,
        given_at: "2024-05-06T09:00:00+08:00".into(),
    };
    let word = Message::share(Audience::HUB, demand(1), &word);
    let start = crate::federation::START;
    let forged = crate::federation::said(Region::JS, start, &word);
    assert_eq!(all.hear(Region::HUB, &forged).await, chassis::Outcome::Dead);
}
