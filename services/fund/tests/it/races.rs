//! What is done at the same moment.

use proto::fund::v1::{self as wire, FundSource};
use regulation::Role;

use crate::house::*;

#[tokio::test]
async fn of_two_allocations_at_once_on_one_appropriation_one_is_approved() {
    let house = House::signed(2).await;
    let scarce = house
        .appropriation(FundSource::Central, 10_000, "财教〔2024〕1号")
        .await;
    let ample = house
        .appropriation(FundSource::County, 90_000, "县财〔2024〕2号")
        .await;
    let lines = [(scarce.as_str(), 6_000), (ample.as_str(), 100)];
    let first = house.prepare(0, &lines).await.unwrap();
    let second = house.prepare(1, &lines).await.unwrap();
    let (one, two) = tokio::join!(house.approve(0, &first), house.approve(1, &second));
    let lost = match (one, two) {
        (Ok(_), refused) | (refused, Ok(_)) => refused,
        (Err(one), Err(two)) => panic!("{one} {two}"),
    };
    assert_eq!(reason(lost), "fund.appropriation-left");
    let rows = house.figures().await.sources;
    let left: Vec<_> = rows.iter().map(|row| row.left.unwrap().fen).collect();
    // All lines or none: the loser has taken nothing from the other source either.
    assert_eq!(left, [4_000, 89_900]);
}

#[tokio::test]
async fn several_allocations_at_once_give_out_exactly_what_there_is() {
    let house = House::signed(4).await;
    let scarce = house
        .appropriation(FundSource::Central, 2_000, "财教〔2024〕1号")
        .await;
    let mut prepared = Vec::new();
    for n in 0..4 {
        prepared.push(house.prepare(n, &[(&scarce, 1_000)]).await.unwrap());
    }
    let outcomes = tokio::join!(
        house.approve(0, &prepared[0]),
        house.approve(1, &prepared[1]),
        house.approve(2, &prepared[2]),
        house.approve(3, &prepared[3]),
    );
    let (approved, refused): (Vec<_>, Vec<_>) = [outcomes.0, outcomes.1, outcomes.2, outcomes.3]
        .into_iter()
        .partition(Result::is_ok);
    assert_eq!((approved.len(), refused.len()), (2, 2));
    for outcome in refused {
        assert_eq!(reason(outcome), "fund.appropriation-left");
    }
    assert_eq!(house.figures().await.sources[0].left, fen(0));
}

#[tokio::test]
async fn of_two_bank_lines_at_once_about_one_payment_one_confirms_it() {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    let sent = house.sent(0, &allocation, &[(&central, 1_000)]).await;
    let (one, two) = tokio::join!(
        house.bank("B-1", &sent.payment_id, 1_000),
        house.bank("B-2", &sent.payment_id, 1_000),
    );
    let matched = [one, two]
        .into_iter()
        .flatten()
        .filter(|line| line.state() == wire::BankReturnState::Matched);
    assert_eq!(matched.count(), 1);
    // Whoever was too late is kept all the same.
    assert_eq!(house.unmatched().await.len(), 1);
    assert_eq!(house.grant(0).await.paid, fen(1_000));
}

#[tokio::test]
async fn the_same_bank_line_at_once_has_effect_once() {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    let sent = house.sent(0, &allocation, &[(&central, 1_000)]).await;
    let (one, two) = tokio::join!(
        house.bank("B-1", &sent.payment_id, 1_000),
        house.bank("B-1", &sent.payment_id, 1_000),
    );
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(house.figures().await.sources[0].paid, fen(1_000));
    let mut officer = house.to(Role::Officer);
    let listed = officer.list_payments(wire::ListPaymentsRequest {
        state: wire::PaymentState::Confirmed.into(),
        ..Default::default()
    });
    assert_eq!(listed.await.unwrap().into_inner().payments.len(), 1);
}
