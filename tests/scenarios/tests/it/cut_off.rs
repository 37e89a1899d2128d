//! A region that is cut off keeps working on what it owns; a joint act waits for it, visibly.

use proto::{
    coordination::v1::{Decision, DecisionKind, DecisionState, GetDecisionRequest},
    evaluation::v1::{CloseRoundRequest, RoundState},
};
use regulation::{Region, Role};
use scenarios::{Way, request_id};
use tonic::Code;

use crate::{
    common::{federation_with, way},
    linked,
};

#[tokio::test]
async fn the_round_and_the_decision_wait_for_the_region_that_is_cut_off_and_complete_with_it() {
    let federation = federation_with(linked::region()).await;
    let mut way = way(&federation);
    way.policy().await.unwrap();
    way.registry().await.unwrap();
    way.intake().await.unwrap();
    // A linked region is away from here on, and nobody notices.
    federation.cut(linked::region()).unwrap();
    the_round_waits(&mut way).await;
    let assented = the_decision_waits(&way).await;

    // The list is decided and published; then the linked region comes back.
    way.list_decision.clone_from(&assented.decision_id);
    way.approve(&assented, "长三角联攻〔2024〕1号")
        .await
        .unwrap();
    federation.advance(20).await.unwrap();
    way.in_state(&assented.decision_id, DecisionState::InForce)
        .await
        .unwrap();
    way.publication().await.unwrap();
    linked::did_not_count(&way, &assented.decision_id).await;
    linked::catches_up(&mut way, &assented.decision_id).await;
    drop(way);
    federation.shutdown().await.unwrap();
}

/// Its experts vote on their own node all the same; the round closes when they have been heard.
async fn the_round_waits(way: &mut Way<'_>) {
    let federation = way.federation;
    way.open_and_draw().await.unwrap();
    federation.cut(Region::JS).unwrap();
    for region in way.regions() {
        way.vote(region).await.unwrap();
    }
    let round = way.round().await.unwrap();
    assert_eq!(round.state(), RoundState::Scoring);
    assert!(
        round.waiting_for.iter().any(|region| region == "js"),
        "{:?}",
        round.waiting_for
    );
    let linked = linked::region().to_string();
    assert!(!round.waiting_for.contains(&linked));
    let secretariat = way.as_role(Region::HUB, Role::Secretariat).unwrap();
    let close = CloseRoundRequest {
        request_id: request_id(),
        round_id: way.round.clone(),
    };
    let refused = secretariat
        .evaluation()
        .unwrap()
        .close_round(close)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused}");
    federation.heal(Region::JS).unwrap();
    way.close_and_propose().await.unwrap();
}

/// The decision stays open and names who is missing, until that has spoken too.
async fn the_decision_waits(way: &Way<'_>) -> Decision {
    let federation = way.federation;
    let secretariat = way.as_role(Region::HUB, Role::Secretariat).unwrap();
    let decision = way
        .decision_on(DecisionKind::List, &way.round)
        .await
        .unwrap();
    federation.cut(Region::AH).unwrap();
    for region in [Region::SH, Region::JS, Region::ZJ] {
        way.assent(region, &decision.decision_id).await.unwrap();
    }
    let waiting = testkit::eventually(
        std::time::Duration::from_mins(1),
        async || {
            let request = GetDecisionRequest {
                decision_id: decision.decision_id.clone(),
            };
            let now = secretariat
                .coordination()
                .ok()?
                .get_decision(request)
                .await
                .ok()?
                .into_inner();
            (now.missing == ["ah"]).then_some(now)
        },
        "only ah to be missing",
    )
    .await
    .unwrap();
    assert_eq!(waiting.state(), DecisionState::Open);
    let approved = way.approve(&waiting, "长三角联攻〔2024〕1号").await;
    assert!(approved.is_err(), "approved without the word of ah");
    federation.heal(Region::AH).unwrap();
    way.assent(Region::AH, &decision.decision_id).await.unwrap();
    way.in_state(&decision.decision_id, DecisionState::Assented)
        .await
        .unwrap()
}
