//! Who learns what of credit records, and that every look-up is recorded. [Art. 20]

use proto::{
    message::{Audience, Scope},
    registry::v1 as wire,
};
use regulation::{Region, Role};
use tonic::Code;

use crate::{
    house::stranger,
    two::{Two, appeal, revoke, standing_for, uphold},
};

#[tokio::test]
async fn a_person_is_barred_by_their_key_and_their_number_is_kept_nowhere() {
    const NUMBER: &str = "11010519491231002X";
    let mut two = Two::begin().await;
    let mut proposal = two.proposal();
    proposal.identity_number = NUMBER.into();
    proposal.barred_acts = vec![wire::BarredAct::ExpertDraw.into()];
    let record_id = two.effective(proposal).await;
    let key = two.record(&record_id).await.person_key;
    assert_eq!(key.len(), 64);
    for (purpose, barred) in [("review.draw", true), ("intake.submit", false)] {
        let asked = wire::GetPersonStandingRequest {
            person_key: key.clone(),
            purpose: purpose.into(),
        };
        let mut service = two.js.credit("review", Role::Service);
        let answer = service.get_person_standing(asked).await.unwrap();
        assert_eq!(answer.into_inner().barred, barred, "{purpose}");
    }
    assert!(!standing_for(&two.js, &two.unit, "review.draw").await.barred);
    for house in [&two.sh, &two.js] {
        let kept: Vec<String> = sqlx::query_scalar(
            "select payload::text from journal_fact union all select state::text from journal_state",
        )
        .fetch_all(house.desk.pool())
        .await
        .unwrap();
        assert!(!kept.iter().any(|text| text.contains(NUMBER)));
    }
    // What goes to all does not say for whom the person works.
    for message in two.sh.told().await {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        let to_all = message.scope == Scope::Share(Audience::All);
        assert!(!to_all || !text.contains(&two.unit), "{}", message.kind);
    }
}

#[tokio::test]
async fn no_evidence_case_account_or_reason_leaves_the_department_that_made_the_record() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.notified(proposal).await;
    let mut member = two.js.credit_of_member(two.member(), "member");
    member
        .appeal_credit_record(appeal(&record_id))
        .await
        .unwrap();
    two.exchange().await;
    let mut third = two.sh.credit("third-account", Role::Director);
    third
        .uphold_credit_record(uphold(&record_id))
        .await
        .unwrap();
    third
        .revoke_credit_record(revoke(&record_id))
        .await
        .unwrap();
    two.exchange().await;
    let told = [two.sh.told().await, two.js.told().await].concat();
    assert!(told.len() > 6);
    for message in told {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        for private in [
            "王某某",
            "虚列",
            "沪联攻合同",
            &"ab".repeat(32),
            "officer",
            "director",
            "account",
            "复核属实",
            "已整改",
        ] {
            assert!(!text.contains(private), "{private} in {}", message.kind);
        }
        // The appeal is for who decides it.
        let grounds = text.contains("发票可查");
        assert_eq!(grounds, message.kind == "registry.credit.appealed");
        assert!(!grounds || message.scope == Scope::Share(Audience::One(Region::SH)));
    }
    // What the other node keeps says no more.
    let kept: Vec<String> = sqlx::query_scalar("select state::text from journal_state")
        .fetch_all(two.js.desk.pool())
        .await
        .unwrap();
    assert!(!kept.iter().any(|text| text.contains("王某某")));
}

/// The auditor's whole list, page by page.
async fn all_lookups(two: &Two) -> Vec<wire::CreditLookup> {
    let mut auditor = two.sh.credit("auditor", Role::Auditor);
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let asked = wire::ListCreditLookupsRequest {
            page: Some(proto::common::v1::PageRequest {
                page_size: 4,
                page_token,
            }),
            ..wire::ListCreditLookupsRequest::default()
        };
        let answer = auditor.list_credit_lookups(asked).await.unwrap();
        let answer = answer.into_inner();
        found.extend(answer.lookups);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    found
}

#[tokio::test]
async fn every_look_up_is_recorded_with_who_and_why_and_the_auditor_alone_reads_it() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.effective(proposal).await;
    let mut expected = Vec::new();
    // A history of look-ups, each kind several times.
    for round in 0..3 {
        let purpose = format!("intake.round-{round}");
        standing_for(&two.sh, &two.unit, &purpose).await;
        expected.push(("service", "standing", purpose.clone()));
        two.record(&record_id).await;
        expected.push(("auditor", "record", "audit".into()));
        let mut officer = two.sh.credit("officer", Role::Officer);
        officer
            .list_credit_records(wire::ListCreditRecordsRequest::default())
            .await
            .unwrap();
        expected.push(("officer", "records", "list".into()));
        let asked = wire::ListCreditEffectsRequest {
            unit_id: two.unit.clone(),
            person_key: String::new(),
            purpose: purpose.clone(),
        };
        officer.list_credit_effects(asked).await.unwrap();
        expected.push(("officer", "effects", purpose.clone()));
        let asked = wire::GetPersonStandingRequest {
            person_key: "07".repeat(32),
            purpose: purpose.clone(),
        };
        let mut service = two.sh.credit("review", Role::Service);
        service.get_person_standing(asked).await.unwrap();
        expected.push(("review", "standing", purpose));
    }
    let mut auditor = two.sh.credit("auditor", Role::Auditor);
    let found = all_lookups(&two).await;
    let seen: Vec<_> = found
        .iter()
        .map(|one| (one.person.as_str(), one.asked.as_str(), one.purpose.clone()))
        .collect();
    assert_eq!(seen, expected);
    assert!(found.iter().all(|one| one.time.is_some()));
    let of_unit = wire::ListCreditLookupsRequest {
        unit_id: two.unit.clone(),
        ..wire::ListCreditLookupsRequest::default()
    };
    let of_unit = auditor.list_credit_lookups(of_unit).await.unwrap();
    assert_eq!(of_unit.into_inner().lookups.len(), 9);
    let mut officer = two.sh.credit("officer", Role::Officer);
    let refused = officer
        .list_credit_lookups(wire::ListCreditLookupsRequest::default())
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    let nameless = wire::GetCreditRecordRequest {
        record_id,
        purpose: String::new(),
    };
    let refused = officer.get_credit_record(nameless).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_unit_sees_its_own_records_and_notices_and_no_others() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    two.effective(proposal).await;
    let asked = wire::ListCreditEffectsRequest {
        unit_id: two.unit.clone(),
        person_key: String::new(),
        purpose: "own".into(),
    };
    let mut own = two.js.credit_of_member(two.member(), "member");
    let effects = own.list_credit_effects(asked.clone()).await.unwrap();
    assert_eq!(effects.into_inner().effects.len(), 1);
    let mut stranger = two.js.credit_of_member(stranger(&two.js).await, "member");
    let refused = stranger.list_credit_effects(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let all = wire::ListCreditNoticesRequest::default();
    let none = stranger.list_credit_notices(all).await.unwrap();
    assert_eq!(none.into_inner().notices, []);
}
