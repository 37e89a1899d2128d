//! The life of a credit record over the doors of two nodes: made at one, told and appealed at the
//! other, known on both. [Art. 20]

use proto::registry::v1 as wire;
use regulation::{Region, Role};
use time::macros::datetime;
use tonic::Code;

use crate::{
    house::{fresh, stranger},
    two::{OVER, Two, appeal, notify, reason, revoke, standing_for, uphold},
};

#[tokio::test]
async fn without_an_appeal_a_record_takes_effect_on_every_node_bars_what_it_says_and_runs_out() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.effective(proposal).await;
    for house in [&two.sh, &two.js] {
        let barred = standing_for(house, &two.unit, "intake.submit").await;
        assert!(barred.barred);
        assert_eq!(barred.barred_until, "2027-10-02");
        assert_eq!(barred.credit_record_id, record_id);
        // It bars from what it says alone.
        let other = standing_for(house, &two.unit, "application.submit").await;
        assert!(!other.barred && other.barred_until.is_empty());
        assert!(standing_for(house, &two.unit, "anything").await.barred);
        let asked = wire::ListCreditEffectsRequest {
            unit_id: two.unit.clone(),
            person_key: String::new(),
            purpose: "due-diligence".into(),
        };
        let mut director = house.credit("director", Role::Director);
        let effects = director.list_credit_effects(asked).await.unwrap();
        let effects = effects.into_inner().effects;
        assert_eq!(effects.len(), 1);
        assert_eq!((&*effects[0].region, effects[0].barring), ("sh", true));
    }
    // The other node knows the last day by itself; the home says so, once.
    two.js.set_clock(datetime!(2027-10-03 00:00:01 +8));
    assert!(
        !standing_for(&two.js, &two.unit, "intake.submit")
            .await
            .barred
    );
    two.sh.set_clock(datetime!(2027-10-03 00:00:01 +8));
    two.sh.fire(&[]).await;
    two.exchange().await;
    let state = two.record(&record_id).await.state();
    assert_eq!(state, wire::CreditState::Expired);
    let mut member = two.js.credit_of_member(two.member(), "member");
    let notices = member
        .list_credit_notices(wire::ListCreditNoticesRequest::default())
        .await;
    let notices = notices.unwrap().into_inner().notices;
    assert_eq!(notices[0].outcome(), wire::CreditOutcome::Expired);
}

#[tokio::test]
async fn a_silent_home_that_was_not_heard_past_the_time_holds_the_effect_back() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.notified(proposal).await;
    two.sh.set_clock(OVER);
    two.sh.fire(&[Region::SH]).await;
    let state = two.record(&record_id).await.state();
    assert_eq!(state, wire::CreditState::Notified);
    two.sh.set_clock(OVER + time::Duration::MINUTE);
    two.sh.fire(&[Region::SH, Region::JS]).await;
    let state = two.record(&record_id).await.state();
    assert_eq!(state, wire::CreditState::Effective);
}

#[tokio::test]
async fn the_unit_appeals_at_its_own_home_and_a_third_person_decides() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.notified(proposal).await;
    let stranger = two.js.credit_of_member(stranger(&two.js).await, "member");
    let refused = { stranger }.appeal_credit_record(appeal(&record_id)).await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.credit-own-appeal");
    let mut member = two.js.credit_of_member(two.member(), "member");
    let asked = appeal(&record_id);
    let first = member.appeal_credit_record(asked.clone()).await.unwrap();
    let again = member.appeal_credit_record(asked).await.unwrap();
    assert_eq!(first.into_inner(), again.into_inner());
    two.exchange().await;
    let seen = two.record(&record_id).await;
    assert_eq!(seen.state(), wire::CreditState::Appealed);
    assert_eq!(seen.grounds, "发票可查");

    for person in ["officer", "director"] {
        let mut same = two.sh.credit(person, Role::Director);
        let refused = same.uphold_credit_record(uphold(&record_id)).await;
        assert_eq!(reason(&refused.unwrap_err()), "registry.credit-people");
        let refused = same.revoke_credit_record(revoke(&record_id)).await;
        assert_eq!(reason(&refused.unwrap_err()), "registry.credit-people");
    }
    let mut third = two.sh.credit("third", Role::Director);
    third
        .uphold_credit_record(uphold(&record_id))
        .await
        .unwrap();
    two.exchange().await;
    assert!(
        standing_for(&two.js, &two.unit, "intake.submit")
            .await
            .barred
    );
    third
        .revoke_credit_record(revoke(&record_id))
        .await
        .unwrap();
    two.exchange().await;
    for house in [&two.sh, &two.js] {
        assert!(!standing_for(house, &two.unit, "intake.submit").await.barred);
    }
    let refused = third.revoke_credit_record(revoke(&record_id)).await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.credit-lifecycle");
}

#[tokio::test]
async fn an_appeal_after_the_time_is_refused_where_it_is_lodged() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.notified(proposal).await;
    two.js.set_clock(OVER);
    let mut member = two.js.credit_of_member(two.member(), "member");
    let refused = member.appeal_credit_record(appeal(&record_id)).await;
    assert_eq!(
        reason(&refused.unwrap_err()),
        "registry.credit-appeal-period"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_proposal_is_said_and_who_proposed_does_not_tell() {
    let mut two = Two::begin().await;
    let mut officer = two.sh.credit("officer", Role::Officer);
    let mut bare = two.proposal();
    bare.evidence.clear();
    let refused = officer.propose_credit_record(bare).await.unwrap_err();
    assert_eq!(reason(&refused), "registry.credit-evidence");
    let mut nobody = two.proposal();
    nobody.unit_id = fresh().to_string();
    let refused = officer.propose_credit_record(nobody).await.unwrap_err();
    assert_eq!(reason(&refused), "registry.credit-subject");
    let mut unfit = two.proposal();
    unfit.evidence[0].digest = "ab".into();
    let refused = officer.propose_credit_record(unfit).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let proposal = two.proposal();
    let record_id = two.proposed(proposal).await;
    let mut same = two.sh.credit("officer", Role::Director);
    let refused = same.notify_credit_record(notify(&record_id)).await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.credit-people");
    // A record is its own department's.
    let mut there = two.js.credit("director", Role::Director);
    let refused = there.notify_credit_record(notify(&record_id)).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}
