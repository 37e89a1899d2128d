//! Whom credit records bar, asked of many at once by the other services. [Art. 20]

use proto::registry::v1 as wire;
use regulation::{Region, Role};
use tonic::Code;

use crate::{
    house::fresh,
    two::{OVER, Two, revoke},
};

fn of(purpose: &str, units: &[&str], people: &[&str]) -> wire::ListBarredRequest {
    wire::ListBarredRequest {
        purpose: purpose.into(),
        unit_ids: units.iter().map(ToString::to_string).collect(),
        person_keys: people.iter().map(ToString::to_string).collect(),
    }
}

#[tokio::test]
async fn those_are_told_whom_a_record_bars_from_the_purpose_today_and_every_look_up_is_recorded() {
    let mut two = Two::begin().await;
    let person = "07".repeat(32);
    let proposal = two.proposal();
    let of_unit = two.notified(proposal).await;
    let mut proposal = two.proposal();
    proposal.person_key.clone_from(&person);
    proposal.barred_acts = vec![
        wire::BarredAct::ExpertDraw.into(),
        wire::BarredAct::Contract.into(),
    ];
    let of_person = two.effective(proposal).await;
    let (other, free) = (fresh().to_string(), "08".repeat(32));
    let unit = two.unit.clone();
    let (units, people) = ([&*unit, &*other], [&*person, &*free]);
    for house in [&two.sh, &two.js] {
        let mut service = house.credit("review", Role::Service);
        for (purpose, records) in [
            ("review.draw", vec![&of_person]),
            ("evaluation.draw", vec![&of_person]),
            ("project.sign", vec![&of_person]),
            ("intake.submit", vec![&of_unit]),
            ("matching.submit", vec![]),
            ("application.submit", vec![]),
            ("anything", vec![&of_unit, &of_person]),
        ] {
            let asked = of(purpose, &units, &people);
            let barred = service
                .list_barred(asked)
                .await
                .unwrap()
                .into_inner()
                .barred;
            let found: Vec<_> = barred.iter().map(|one| &one.credit_record_id).collect();
            assert_eq!(found, records, "{purpose}");
            for one in &barred {
                let is_person = one.credit_record_id == of_person;
                assert_eq!(one.person_key == person, is_person);
                assert_eq!(one.unit_id == unit, !is_person);
                assert!(one.until.starts_with("20"), "{}", one.until);
            }
        }
        let looked = wire::ListCreditLookupsRequest {
            person_key: free.clone(),
            ..Default::default()
        };
        let mut auditor = house.credit("auditor", Role::Auditor);
        let lookups = auditor.list_credit_lookups(looked).await.unwrap();
        assert_eq!(lookups.into_inner().lookups.len(), 7, "of the free as well");
    }
}

#[tokio::test]
async fn what_ended_bars_nobody_and_who_asks_too_much_is_refused() {
    let mut two = Two::begin().await;
    let proposal = two.proposal();
    let record_id = two.effective(proposal).await;
    let mut third = two.sh.credit("third", Role::Director);
    third
        .revoke_credit_record(revoke(&record_id))
        .await
        .unwrap();
    two.exchange().await;
    assert!(two.js.desk.clock().now() >= OVER);
    let mut service = two.js.credit("intake", Role::Service);
    let asked = of("intake.submit", &[&two.unit], &[]);
    let barred = service.list_barred(asked).await.unwrap().into_inner();
    assert_eq!(barred.barred, []);
    let many: Vec<String> = (0..1_001).map(|_| fresh().to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for bad in [
        of("intake.submit", &many, &[]),
        of("", &[], &[]),
        of("intake.submit", &["no unit"], &[]),
        of("intake.submit", &[], &["no key"]),
    ] {
        let refused = service.list_barred(bad).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    let mut officer = two.js.credit("officer", Role::Officer);
    let refused = officer.list_barred(of("x", &[], &[])).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(two.js.desk.region(), Region::JS);
}
