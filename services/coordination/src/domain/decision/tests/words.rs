//! Who may say what of a decision, and who approves it.

use super::*;

#[test]
fn a_second_word_of_the_same_member_is_refused_and_a_repeat_is_none() {
    let mut state = opened();
    give(&mut state, Command::Assent(word(Region::JS)), &system());
    assert_eq!(
        state.decide(Command::Assent(word(Region::JS)), &system()),
        Ok(Vec::new())
    );
    let mut second = word(Region::JS);
    second.signature.person = "another".to_owned();
    let expected = Rejection::SecondWord { region: Region::JS };
    assert_eq!(
        refuses(&state, Command::Assent(second), &system()),
        expected
    );
    let object = Command::Object {
        word: word(Region::JS),
        reason: reason(),
    };
    assert_eq!(refuses(&state, object, &system()), expected);
    assert_eq!(rule(expected), rules::ONE_WORD);
}

#[test]
fn a_word_on_another_document_is_refused() {
    let mut other = word(Region::JS);
    other.digest = Digest::of_document(b"another list");
    let refused = refuses(&opened(), Command::Assent(other.clone()), &system());
    assert!(matches!(refused, Rejection::AnotherDigest { .. }));
    let object = Command::Object {
        word: other,
        reason: reason(),
    };
    assert!(matches!(
        refuses(&opened(), object, &system()),
        Rejection::AnotherDigest { .. }
    ));
    let number = "1号".parse().unwrap();
    let approve = Command::Approve {
        number,
        digest: Digest::of_document(b"another list"),
    };
    let refused = refuses(&assented(), approve, &approver());
    assert!(matches!(refused, Rejection::AnotherDigest { .. }));
    assert_eq!(rule(refused), rules::SAME_DIGEST);
}

#[test]
fn a_region_that_is_no_member_has_no_word() {
    let linked: Region = "gd".parse().unwrap();
    for region in [linked, Region::HUB] {
        let refused = refuses(&opened(), Command::Assent(word(region)), &system());
        assert_eq!(refused, Rejection::NotAMember { region });
        assert_eq!(rule(refused), rules::MEMBER_ONLY);
    }
}

#[test]
fn a_departments_word_is_its_directors() {
    let mut officer = word(Region::JS);
    officer.signature.role = Role::Officer;
    let refused = refuses(&opened(), Command::Assent(officer), &system());
    assert_eq!(refused, Rejection::NotADirector { region: Region::JS });
    assert_eq!(rule(refused), rules::DIRECTOR);
}

#[test]
fn no_approval_before_every_member_has_assented_and_the_refusal_names_who_is_missing() {
    let mut state = opened();
    for member in [Region::SH, Region::JS, Region::AH] {
        give(&mut state, Command::Assent(word(member)), &system());
    }
    let refused = refuses(&state, approve(), &approver());
    assert_eq!(
        refused,
        Rejection::NotAllAssented {
            missing: [Region::ZJ].into()
        }
    );
    let told = Refusal::from(refused);
    assert!(told.message.contains("浙江"), "{told}");
    assert_eq!(told.values["missing"], "zj");
}

#[test]
fn who_approves_is_the_policys_word() {
    let refused = refuses(&assented(), approve(), &secretary());
    assert_eq!(
        refused,
        Rejection::NotTheApprover {
            approver: Role::TaskForce
        }
    );
    let told = Refusal::from(refused);
    assert_eq!(
        (told.kind, told.rule),
        (RefusalKind::Forbidden, rules::APPROVER)
    );
}

#[test]
fn nobody_approves_what_they_opened() {
    let mut state = JointDecision::default();
    give(
        &mut state,
        opening(DecisionKind::Interpretation),
        &secretary(),
    );
    for member in MEMBERS {
        give(&mut state, Command::Assent(word(member)), &system());
    }
    // The same person in another role is the same person.
    let same = context("secretary", Role::TaskForce);
    let refused = refuses(&state, approve(), &same);
    assert_eq!(refused, Rejection::OpenedIt);
    assert_eq!(rule(refused), rules::TWO_PEOPLE);
    assert!(state.decide(approve(), &approver()).is_ok());
}

#[test]
fn who_approves_is_the_policys_word_for_each_kind() {
    let mut policy = Policy::parse(YRD_2023_1).unwrap();
    let other = (DecisionKind::Interpretation, Role::Secretariat);
    policy.approvers.extend([other]);
    let of = |kind| Terms::of(&policy, kind).approver;
    assert_eq!(of(DecisionKind::Interpretation), Role::Secretariat);
    assert_eq!(of(DecisionKind::List), Role::TaskForce);
}

#[test]
fn what_is_approved_is_not_approved_again() {
    let refused = refuses(&public(), approve(), &approver());
    assert_eq!(refused, Rejection::AlreadyApproved);
    assert_eq!(rule(refused), rules::LIFECYCLE);
}

#[test]
fn a_document_that_is_none_of_its_kind_opens_nothing() {
    let mut opening = bare(DecisionKind::Interpretation);
    opening.subject_id = "23".to_owned();
    let open = Command::Open(Box::new(opening));
    let refused = refuses(&JointDecision::default(), open, &secretary());
    assert_eq!(refused, Rejection::Unfit(crate::domain::Unfit::Subject));
}

#[test]
fn a_new_version_follows_a_returned_decision_of_its_kind_on_its_subject() {
    let former = Former {
        id: Uuid::from_u128(6).into(),
        kind: DecisionKind::Interpretation,
        subject_id: "17".to_owned(),
        returned: true,
    };
    let open = |former: Former| {
        let mut opening = bare(DecisionKind::Interpretation);
        opening.former = Some(former);
        let command = Command::Open(Box::new(opening));
        JointDecision::default().decide(command, &secretary())
    };
    assert!(open(former.clone()).is_ok());
    let standing = Former {
        returned: false,
        ..former.clone()
    };
    let other = Former {
        subject_id: "18".to_owned(),
        ..former.clone()
    };
    let kind = Former {
        kind: DecisionKind::Policy,
        ..former
    };
    for wrong in [standing, other, kind] {
        assert_eq!(open(wrong), Err(Rejection::NotAFormer));
    }
}

fn bare(kind: DecisionKind) -> Opening {
    match opening(kind) {
        Command::Open(opening) => *opening,
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_version_says_which_decisions_it_would_have_asked_more_of() {
    let state = opened();
    assert_eq!(state.taken_under(), Some("yrd-2023-1"));
    assert_eq!(JointDecision::default().taken_under(), None);
    let kept = Policy::parse(YRD_2023_1).unwrap();
    let holds = |policy: &Policy| -> Vec<bool> {
        let verdicts = state.verdicts(policy);
        verdicts.iter().map(|verdict| verdict.holds).collect()
    };
    assert_eq!(holds(&kept), [true, true, true]);
    let mut longer = kept.clone();
    longer.publicity_days += 1;
    assert_eq!(holds(&longer), [true, true, false]);
    let mut approver = kept.clone();
    approver
        .approvers
        .insert(DecisionKind::List, Role::Secretariat);
    assert_eq!(holds(&approver), [true, false, true]);
    let mut wider = kept;
    wider.members.insert("gd".parse().unwrap());
    assert_eq!(holds(&wider), [false, true, true]);
}
