//! Credit records over the doors of two nodes: made at one, told and appealed at the other, known
//! on both, and every look-up recorded. [Art. 20]

use proto::{
    message::{Audience, Scope},
    registry::v1 as wire,
};
use regulation::{Region, Role, UnitId};
use time::{OffsetDateTime, macros::datetime};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::house::{House, fresh, registered, standing};

const SECRET: &str = "检查组发现王某某虚列设备费";
/// The day after the time to appeal.
const OVER: OffsetDateTime = datetime!(2024-10-03 00:00:01 +8);

/// Shanghai, which makes records, and Jiangsu, with a unit that they are about.
struct Two {
    sh: House,
    js: House,
    unit: String,
    /// What each has told so far.
    told: [usize; 2],
}

impl Two {
    async fn begin() -> Self {
        let (sh, js) = tokio::join!(House::of(Region::SH), House::of(Region::JS));
        let unit = registered(&js).await.unit_id;
        let mut two = Self {
            sh,
            js,
            unit,
            told: [0, 0],
        };
        two.exchange().await;
        two
    }

    /// Everything that one told and the other has not heard, until nothing is new. What a node
    /// tells all it hears itself, too.
    async fn exchange(&mut self) {
        loop {
            let told = [self.sh.told().await, self.js.told().await];
            if [told[0].len(), told[1].len()] == self.told {
                return;
            }
            for (from, messages) in told.iter().enumerate() {
                for message in &messages[self.told[from]..] {
                    for house in [&self.sh, &self.js] {
                        if message.is_for(house.desk.region()) {
                            house.hear(message).await;
                        }
                    }
                }
                self.told[from] = messages.len();
            }
        }
    }

    fn member(&self) -> UnitId {
        self.unit.parse().unwrap()
    }

    fn proposal(&self) -> wire::ProposeCreditRecordRequest {
        wire::ProposeCreditRecordRequest {
            request_id: fresh().to_string(),
            unit_id: self.unit.clone(),
            misconduct: wire::Misconduct::MisuseOfFunds.into(),
            case_reference: "沪联攻合同 2024-07".into(),
            evidence: vec![wire::CreditEvidence {
                digest: "ab".repeat(32),
                description: SECRET.into(),
            }],
            barred_acts: vec![wire::BarredAct::Intake.into()],
            ..wire::ProposeCreditRecordRequest::default()
        }
    }

    async fn proposed(&mut self, request: wire::ProposeCreditRecordRequest) -> String {
        let mut officer = self.sh.credit("officer", Role::Officer);
        let made = officer.propose_credit_record(request).await.unwrap();
        made.into_inner().record_id
    }

    async fn notified(&mut self, request: wire::ProposeCreditRecordRequest) -> String {
        let record_id = self.proposed(request).await;
        let mut director = self.sh.credit("director", Role::Director);
        director
            .notify_credit_record(notify(&record_id))
            .await
            .unwrap();
        self.exchange().await;
        record_id
    }

    /// Nobody has appealed, the time is over, and Jiangsu was heard past it.
    async fn effective(&mut self, request: wire::ProposeCreditRecordRequest) -> String {
        let record_id = self.notified(request).await;
        for house in [&self.sh, &self.js] {
            house.set_clock(OVER);
        }
        self.sh.fire(&[Region::SH, Region::JS]).await;
        self.exchange().await;
        record_id
    }

    async fn record(&self, record_id: &str) -> wire::CreditRecord {
        let mut auditor = self.sh.credit("auditor", Role::Auditor);
        let asked = wire::GetCreditRecordRequest {
            record_id: record_id.into(),
            purpose: "audit".into(),
        };
        auditor.get_credit_record(asked).await.unwrap().into_inner()
    }
}

fn notify(record_id: &str) -> wire::NotifyCreditRecordRequest {
    wire::NotifyCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
    }
}

fn uphold(record_id: &str) -> wire::UpholdCreditRecordRequest {
    wire::UpholdCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
        reason: "复核属实".into(),
    }
}

fn revoke(record_id: &str) -> wire::RevokeCreditRecordRequest {
    wire::RevokeCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
        reason: "已整改".into(),
    }
}

fn appeal(record_id: &str) -> wire::AppealCreditRecordRequest {
    wire::AppealCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: record_id.into(),
        grounds: "发票可查".into(),
    }
}

fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

async fn standing_for(house: &House, unit: &str, purpose: &str) -> wire::UnitStanding {
    let asked = wire::GetUnitStandingRequest {
        purpose: purpose.into(),
        ..standing(unit)
    };
    let answer = house.to(Role::Service).get_unit_standing(asked).await;
    answer.unwrap().into_inner()
}

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
    let stranger = two.js.credit_of_member(UnitId(fresh()), "stranger");
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
    let mut member = two.js.credit_of_member(two.member(), "member-account");
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
    let mut stranger = two.js.credit_of_member(UnitId(fresh()), "stranger");
    let refused = stranger.list_credit_effects(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let all = wire::ListCreditNoticesRequest::default();
    let none = stranger.list_credit_notices(all).await.unwrap();
    assert_eq!(none.into_inner().notices, []);
}
