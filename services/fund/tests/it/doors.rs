//! Who may, who sees, and what is refused before anything is decided.

use proto::fund::v1::{self as wire, FundSource};
use regulation::{Actor, Region, Role, UnitId};
use tonic::Code;
use uuid::Uuid;

use crate::house::*;

#[tokio::test]
async fn the_officer_is_refused_their_own_payment_by_its_rule() {
    let house = House::signed(1).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let allocation = house.allocated(0, &[(&central, 1_000)]).await;
    let mut officer = house.to(Role::Officer);
    let prepared = officer.prepare_payment(payment(0, &allocation, &[(&central, 1_000)]));
    let payment = prepared.await.unwrap().into_inner();
    let own = officer.approve_payment(release(&payment)).await;
    assert_eq!(own.as_ref().unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(reason(own), "fund.two-people");
    let colleague = Actor::person("colleague", Role::Officer, Region::JS);
    let released = house
        .to_actor(colleague)
        .approve_payment(release(&payment))
        .await;
    assert_eq!(reason(released), "fund.payment-director");
}

#[tokio::test]
async fn one_document_is_recorded_once_until_it_is_rejected() {
    let house = House::new().await;
    let mut officer = house.to(Role::Officer);
    let document = "财教〔2024〕1号";
    let first = officer.record_appropriation(recorded(FundSource::Central, 100, document));
    let appropriation_id = first.await.unwrap().into_inner().appropriation_id;
    let again = officer.record_appropriation(recorded(FundSource::Central, 100, document));
    assert_eq!(reason(again.await), "fund.document-once");
    // Another source may be given by the same document.
    let county = officer.record_appropriation(recorded(FundSource::County, 100, document));
    county.await.unwrap();
    let reject = wire::RejectAppropriationRequest {
        request_id: fresh(),
        appropriation_id,
        reason: "金额有误".into(),
    };
    house
        .to(Role::Director)
        .reject_appropriation(reject)
        .await
        .unwrap();
    let right = officer.record_appropriation(recorded(FundSource::Central, 90, document));
    right.await.unwrap();
    let request = wire::ListAppropriationsRequest {
        year: 2024,
        ..Default::default()
    };
    let listed = officer.list_appropriations(request).await.unwrap();
    assert_eq!(listed.into_inner().appropriations.len(), 3);
}

#[tokio::test]
async fn a_unit_sees_what_it_leads_and_nothing_else() {
    let house = House::signed(1).await;
    let get = wire::GetGrantRequest {
        project_id: project(0).to_string(),
    };
    let mut lead = house.to_member(LEAD);
    lead.get_grant(get.clone()).await.unwrap();
    let listed = lead.list_grants(wire::ListGrantsRequest::default()).await;
    assert_eq!(listed.unwrap().into_inner().grants.len(), 1);
    let mut other = house.to_member(UnitId(Uuid::from_u128(0xBAD)));
    assert_eq!(
        other.get_grant(get).await.unwrap_err().code(),
        Code::NotFound
    );
    let listed = other.list_grants(wire::ListGrantsRequest::default()).await;
    assert!(listed.unwrap().into_inner().grants.is_empty());
    let figures = lead.get_figures(wire::GetFiguresRequest::default()).await;
    assert_eq!(figures.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn who_may_not_is_refused_at_the_door() {
    let house = House::signed(1).await;
    let mut director = house.to(Role::Director);
    let record = director.record_appropriation(recorded(FundSource::Central, 1, "x"));
    assert_eq!(record.await.unwrap_err().code(), Code::PermissionDenied);
    let mut auditor = house.to(Role::Auditor);
    let bank = auditor.record_bank_return(bank_return("B", "", 1)).await;
    assert_eq!(bank.unwrap_err().code(), Code::PermissionDenied);
    let mut officer = house.to(Role::Officer);
    let confirm = officer.confirm_appropriation(wire::ConfirmAppropriationRequest::default());
    assert_eq!(confirm.await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn without_a_contract_or_its_policy_nothing_is_prepared() {
    let house = House::new().await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    let prepared = house.prepare(0, &[(&central, 1)]).await;
    assert_eq!(reason(prepared), "fund.contract-signed");
    let mut strange = contract(0);
    strange.policy_version = "yrd-2099-1".into();
    let message = proto::message::Message::node(project(0), &strange);
    house.hear_from(Region::JS, message).await;
    let prepared = house.prepare(0, &[(&central, 1)]).await;
    assert_eq!(reason(prepared), "fund.policy-known");
}

#[tokio::test]
async fn the_hub_has_no_budgets() {
    let hub = House::at(Region::HUB).await;
    let request = recorded(FundSource::Central, 100, "财教〔2024〕1号");
    let refused = hub.to(Role::Officer).record_appropriation(request).await;
    assert_eq!(reason(refused), "fund.at-home");
}

#[tokio::test]
async fn after_the_policy_has_ended_a_running_project_is_paid_under_its_own() {
    let house = House::signed(1).await;
    let clock = house.desk.clock();
    clock
        .set_offset_ms(clock.offset_ms() + 200 * 86_400_000)
        .unwrap();
    let now = clock.now();
    assert!(house.desk.policies().at(now).await.is_none(), "{now}");
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2025〕1号")
        .await;
    let over = house.prepare(0, &[(&central, 30_001)]).await;
    assert_eq!(reason(over), "fund.support-ratio");
    let allocation = house.allocated(0, &[(&central, 30_000)]).await;
    let sent = house.sent(0, &allocation, &[(&central, 30_000)]).await;
    assert_eq!(sent.state(), wire::PaymentState::Sent);
}

#[tokio::test]
async fn bad_input_is_told_field_by_field() {
    let house = House::signed(1).await;
    let mut officer = house.to(Role::Officer);
    let request = wire::RecordAppropriationRequest {
        request_id: fresh(),
        year: 24,
        amount: fen(-5),
        ..Default::default()
    };
    let status = officer.record_appropriation(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    for field in ["year", "source", "amount", "document_number"] {
        assert!(
            status.message().contains(field),
            "{field}: {}",
            status.message()
        );
    }
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    for lines in [
        vec![],
        vec![(central.as_str(), 0)],
        vec![(central.as_str(), 1); 2],
    ] {
        let status = house.prepare(0, &lines).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{lines:?}");
    }
}

#[tokio::test]
async fn payments_are_listed_page_by_page() {
    let house = House::signed(2).await;
    let central = house
        .appropriation(FundSource::Central, 50_000, "财教〔2024〕1号")
        .await;
    for n in 0..2 {
        let allocation = house.allocated(n, &[(&central, 1_000)]).await;
        for _ in 0..2 {
            house.sent(n, &allocation, &[(&central, 10)]).await;
        }
    }
    let mut officer = house.to(Role::Officer);
    let mut request = wire::ListPaymentsRequest {
        page: Some(proto::common::v1::PageRequest {
            page_size: 3,
            page_token: String::new(),
        }),
        ..Default::default()
    };
    let first = officer
        .list_payments(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.payments.len(), 3);
    request.page.as_mut().unwrap().page_token = first.next_page_token;
    let second = officer.list_payments(request).await.unwrap().into_inner();
    assert_eq!(
        (second.payments.len(), second.next_page_token.as_str()),
        (1, "")
    );
    let of_one = wire::ListPaymentsRequest {
        project_id: project(1).to_string(),
        state: wire::PaymentState::Sent.into(),
        ..Default::default()
    };
    let listed = officer.list_payments(of_one).await.unwrap().into_inner();
    assert_eq!(listed.payments.len(), 2);
    let reasons = wire::ListPaymentsRequest {
        state: wire::PaymentState::Failed.into(),
        ..Default::default()
    };
    let none = officer.list_payments(reasons).await.unwrap().into_inner();
    assert!(none.payments.is_empty());
}
