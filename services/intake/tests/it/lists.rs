//! A list of one state has full pages of it, whatever lies between.

use proto::{common::v1::PageRequest, intake::v1 as wire};
use regulation::Role;

use super::house::{House, STAR, content, fresh};

async fn page(house: &House, state: wire::DemandState, token: &str) -> (Vec<String>, String) {
    let request = wire::ListDemandsRequest {
        state: state.into(),
        page: Some(PageRequest {
            page_size: 1,
            page_token: token.to_owned(),
        }),
    };
    let listed = house.to(Role::Officer).list_demands(request).await;
    let listed = listed.unwrap().into_inner();
    let ids = listed.demands.into_iter().map(|one| one.demand_id);
    (ids.collect(), listed.next_page_token)
}

#[tokio::test]
async fn a_page_of_one_state_is_full_whatever_lies_between() {
    let house = House::new().await;
    let first = house.draft(STAR, content()).await;
    let between = house.draft(STAR, content()).await;
    let last = house.draft(STAR, content()).await;
    let gone = wire::WithdrawDemandRequest {
        request_id: fresh().to_string(),
        demand_id: between.clone(),
        reason: "重复".into(),
    };
    let withdrawn = house.to_member(STAR).withdraw_demand(gone).await;
    withdrawn.unwrap();

    let draft = wire::DemandState::Draft;
    let (one, token) = page(&house, draft, "").await;
    let (two, end) = page(&house, draft, &token).await;
    assert_eq!((one, two, end.as_str()), (vec![first], vec![last], ""));
    let (withdrawn, end) = page(&house, wire::DemandState::Withdrawn, "").await;
    assert_eq!((withdrawn, end.as_str()), (vec![between], ""));
    let (accepted, end) = page(&house, wire::DemandState::Accepted, "").await;
    assert_eq!((accepted, end.as_str()), (vec![], ""));
}
