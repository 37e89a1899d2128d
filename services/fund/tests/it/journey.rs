//! From the budget to the bank's return.

use chassis::{Outcome, testing};
use proto::{
    fund::v1::{self as wire, AllocationRecorded, FundSource, PaymentConfirmed},
    message::{Audience, Message, Scope},
};
use regulation::{Region, Role};

use crate::house::*;

#[tokio::test]
async fn from_the_budget_to_the_banks_return() {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let county = house
        .appropriation(FundSource::County, 8_000, "县财〔2024〕2号")
        .await;
    let over = house
        .prepare(0, &[(&central, 22_001), (&county, 8_000)])
        .await;
    assert_eq!(reason(over), "fund.support-ratio");

    let both = [(central.as_str(), 22_000), (county.as_str(), 8_000)];
    let allocation = house.allocated(0, &both).await;
    let first = [(central.as_str(), 10_000), (county.as_str(), 3_000)];
    let sent = house.sent(0, &allocation, &first).await;
    assert_eq!(sent.state(), wire::PaymentState::Sent);
    let returned = house.bank("B-1", &sent.payment_id, 13_000).await.unwrap();
    assert_eq!(returned.state(), wire::BankReturnState::Matched);
    assert_eq!(returned.project_id, project(0).to_string());

    let grant = house.grant(0).await;
    assert_eq!((grant.allocated, grant.paid), (fen(30_000), fen(13_000)));
    assert_eq!(grant.payments[0].bank_reference, "B-1");
    assert_eq!(grant.contracts[0].amount, fen(20_000));
    let figures = house.figures().await;
    let rows = figures.sources.iter().map(|row| {
        let amounts = [
            row.appropriated,
            row.allocated,
            row.in_transit,
            row.paid,
            row.left,
        ];
        (row.source(), amounts.map(|amount| amount.unwrap().fen))
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            (FundSource::Central, [50_000, 22_000, 0, 10_000, 28_000]),
            (FundSource::County, [8_000, 8_000, 0, 3_000, 0]),
        ]
    );
    assert_eq!(figures.fields.len(), 2);
    let row = &figures.fields[0];
    assert_eq!((row.field.as_str(), row.left), ("集成电路", fen(12_000)));

    told_to_the_hub_alone(&house, &allocation, &sent).await;
}

async fn told_to_the_hub_alone(house: &House, allocation: &wire::Allocation, sent: &wire::Payment) {
    let told = testing::told(&house.desk).await.unwrap();
    assert!(told.iter().all(|m| m.scope == Scope::Share(Audience::HUB)));
    let [recorded, confirmed] = told.as_slice() else {
        panic!("{told:?}");
    };
    let recorded: AllocationRecorded = recorded.read().unwrap();
    assert_eq!(recorded.allocation_id, allocation.allocation_id);
    assert_eq!(recorded.support, fen(30_000));
    let confirmed: PaymentConfirmed = confirmed.read().unwrap();
    assert_eq!(confirmed.payment_id, sent.payment_id);
    assert_eq!(confirmed.amount, fen(13_000));
}

#[tokio::test]
async fn a_contract_that_is_told_twice_opens_one_grant() {
    let house = House::new().await;
    let message = house.said(Region::JS, Message::node(project(0), &contract(0)));
    assert_eq!(house.hear(&message).await, Outcome::Applied);
    // The same delivery again, and the same words in another message.
    assert_eq!(house.hear(&message).await, Outcome::Applied);
    let again = Message::node(project(0), &contract(0));
    assert_eq!(house.hear_from(Region::JS, again).await, Outcome::Applied);
    let request = wire::ListGrantsRequest::default();
    let listed = house.to(Role::Officer).list_grants(request).await;
    let grants = listed.unwrap().into_inner().grants;
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].version, 1);
}

#[tokio::test]
async fn another_nodes_word_about_a_contract_is_a_dead_letter() {
    let house = House::new().await;
    let message = Message::node(project(0), &contract(0));
    assert_eq!(house.hear_from(Region::ZJ, message).await, Outcome::Dead);
    let shared = Message::share(Audience::All, project(0), &contract(0));
    assert_eq!(house.hear_from(Region::JS, shared).await, Outcome::Dead);
    let prepared = house.prepare(0, &[]).await;
    assert_ne!(reason(prepared), "");
}

#[tokio::test]
async fn the_same_request_again_gets_the_first_answer() {
    let house = House::signed(1).await;
    let request = recorded(FundSource::Central, 50_000, "财教〔2024〕1号");
    let mut officer = house.to(Role::Officer);
    let first = officer.record_appropriation(request.clone()).await.unwrap();
    let again = officer.record_appropriation(request).await.unwrap();
    assert_eq!(first.into_inner(), again.into_inner());

    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕3号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    let request = payment(0, &allocation, &[(&central, 100)]);
    let first = officer.prepare_payment(request.clone()).await.unwrap();
    let second = officer.prepare_payment(payment(0, &allocation, &[(&central, 5)]));
    second.await.unwrap();
    let again = officer.prepare_payment(request).await.unwrap();
    assert_eq!(first.into_inner(), again.into_inner());
    assert_eq!(house.grant(0).await.payments.len(), 2);

    house.approve(0, &allocation).await.unwrap();
    assert_eq!(house.grant(0).await.allocated, fen(1_000));
}

#[tokio::test]
async fn what_the_bank_says_is_kept_whatever_it_is() {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    let sent = house.sent(0, &allocation, &[(&central, 1_000)]).await;

    let other_amount = house.bank("B-1", &sent.payment_id, 999).await.unwrap();
    assert_eq!(other_amount.state(), wire::BankReturnState::Unmatched);
    let nothing = house.bank("B-2", "办公用品", 1_000).await.unwrap();
    assert!(nothing.reason.contains("没有"), "{}", nothing.reason);
    assert_eq!(house.unmatched().await.len(), 2);
    assert_eq!(house.grant(0).await.paid, fen(0));

    for _ in 0..2 {
        let matched = house.bank("B-3", &sent.payment_id, 1_000).await.unwrap();
        assert_eq!(matched.state(), wire::BankReturnState::Matched);
    }
    assert_eq!(house.grant(0).await.paid, fen(1_000));
    assert_eq!(house.unmatched().await.len(), 2);
    // The reference names that line for good.
    let taken = house.bank("B-3", &sent.payment_id, 1).await;
    assert_eq!(reason(taken), "fund.bank-reference-once");
    let told = testing::told(&house.desk).await.unwrap();
    let confirmed = told.iter().filter(|m| m.is::<PaymentConfirmed>());
    assert_eq!(confirmed.count(), 1);
}

#[tokio::test]
async fn what_the_bank_gives_back_goes_back_to_the_allocation() {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    let sent = house.sent(0, &allocation, &[(&central, 1_000)]).await;
    assert_eq!(house.figures().await.sources[0].in_transit, fen(1_000));
    let request = wire::RecordBankReturnRequest {
        outcome: wire::BankOutcome::GivenBack.into(),
        ..bank_return("B-1", &sent.payment_id, 1_000)
    };
    house
        .to(Role::Officer)
        .record_bank_return(request)
        .await
        .unwrap();
    let row = &house.figures().await.sources[0];
    assert_eq!(
        (row.in_transit, row.paid, row.allocated),
        (fen(0), fen(0), fen(1_000))
    );
    house.sent(0, &allocation, &[(&central, 1_000)]).await;
}
