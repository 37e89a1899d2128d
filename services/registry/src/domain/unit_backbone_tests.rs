//! Each rule of how an enterprise becomes a backbone of its field. [Art. 8]

use super::*;

/// The rule that somebody is refused by.
fn rule(refused: Rejection) -> regulation::Rule {
    Refusal::from(refused).rule
}

#[test]
fn a_backbone_enterprise_is_confirmed_by_another_person_than_who_proposed_it() {
    let unit = proposed();
    let confirm = || Command::ConfirmBackbone(field());
    let same = context("officer", Role::Director);
    let refused = rejection(&unit, confirm(), &same);
    assert_eq!(refused, Rejection::SamePerson);
    assert_eq!(rule(refused), rules::TWO_PEOPLE);
    let mut confirmed = unit.clone();
    for event in unit.decide(confirm(), &director()).unwrap() {
        confirmed.evolve(&event);
    }
    let by = "director".to_owned();
    assert_eq!(
        entry(&confirmed).backbone[&field()],
        Backbone::Confirmed { by }
    );
    assert_eq!(confirmed.decide(confirm(), &director()), Ok(vec![]));
    let propose = Command::ProposeBackbone(field());
    assert_eq!(confirmed.decide(propose, &officer()), Ok(vec![]));
}

#[test]
fn nothing_is_confirmed_that_nobody_proposed() {
    let confirm = Command::ConfirmBackbone(field());
    let refused = rejection(&registered(), confirm, &director());
    assert_eq!(refused, Rejection::NotProposed(field()));
    assert_eq!(rule(refused), rules::PROPOSED_FIRST);
}

#[test]
fn only_enterprises_at_home_qualify() {
    let mut university = details("320500");
    university.profile.kind = Kind::University;
    for unfit in [university, details("110108")] {
        let unit = after(vec![(officer(), Command::Register(unfit))]);
        let propose = Command::ProposeBackbone(field());
        let refused = rejection(&unit, propose, &officer());
        assert_eq!(refused, Rejection::NoBackbone);
        assert_eq!(rule(refused), rules::BACKBONE);
    }
}

#[test]
fn a_field_has_to_be_one_of_the_policy_in_force() {
    let other: Field = "未来产业".parse().unwrap();
    let propose = |field: &Field| Command::ProposeBackbone(field.clone());
    let refused = rejection(&registered(), propose(&other), &officer());
    assert_eq!(refused, Rejection::UnknownField(other));
    assert_eq!(rule(refused), rules::FIELD);
    let mut without = officer();
    without.policy = None;
    assert_eq!(
        rejection(&registered(), propose(&field()), &without),
        Rejection::UnknownField(field())
    );
}

#[test]
fn a_qualification_is_taken_back_with_a_reason_and_all_hear() {
    let withdraw = || Command::WithdrawBackbone {
        field: field(),
        reason: "不再符合条件".parse().unwrap(),
    };
    let unit = after(vec![
        (officer(), Command::Register(details("320500"))),
        (officer(), Command::ProposeBackbone(field())),
        (director(), Command::ConfirmBackbone(field())),
        (director(), withdraw()),
    ]);
    assert!(entry(&unit).backbone.is_empty());
    let refused = rejection(&unit, withdraw(), &director());
    assert_eq!(refused, Rejection::NotProposed(field()));
    let events = proposed().decide(withdraw(), &director()).unwrap();
    let told = unit.publish("u", &events[0], &director());
    let recorded = told[0]
        .read::<proto::registry::v1::UnitRecorded>()
        .unwrap()
        .unit
        .unwrap();
    assert_eq!(recorded.backbone_fields, Vec::<String>::new());
    // Proposed anew, it takes a confirmation anew.
    let again = unit.decide(Command::ProposeBackbone(field()), &officer());
    assert_eq!(again.unwrap().len(), 1);
}

#[test]
fn what_a_new_policy_no_longer_names_is_not_confirmed() {
    let mut later = director();
    let mut policy = (*later.policy.unwrap()).clone();
    policy.fields.retain(|named| *named != field());
    later.policy = Some(Arc::new(policy));
    let refused = rejection(&proposed(), Command::ConfirmBackbone(field()), &later);
    assert_eq!(refused, Rejection::UnknownField(field()));
}

#[test]
fn a_backbone_enterprise_stays_an_enterprise_until_it_is_none() {
    let unit = proposed();
    let institute = || {
        let kind = Kind::Institute;
        Command::Revise(Box::new(Profile { kind, ..profile() }))
    };
    let refused = rejection(&unit, institute(), &officer());
    assert_eq!(refused, Rejection::StillBackbone);
    assert_eq!(rule(refused), rules::BACKBONE);
    let withdraw = Command::WithdrawBackbone {
        field: field(),
        reason: "改制".parse().unwrap(),
    };
    let mut free = unit.clone();
    for event in free.decide(withdraw, &director()).unwrap() {
        free.evolve(&event);
    }
    assert_eq!(free.decide(institute(), &officer()).unwrap().len(), 1);
}
