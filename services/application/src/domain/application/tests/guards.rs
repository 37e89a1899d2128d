//! What is not done at its time, by its people or about what was read; and what is said again.

use super::*;

/// Put before its units.
fn awaiting() -> Application {
    let mut application = drafted();
    give(&mut application, freeze(), &lead()).unwrap();
    application
}

fn withdraw() -> Command {
    Command::Withdraw("理由".parse().unwrap())
}

#[test]
fn what_waits_for_its_units_is_not_changed_before_it_is_taken_back() {
    let application = awaiting();
    let mut other = content();
    other.months = 12;
    for command in [
        Command::Write(Box::new(other)),
        put(TEAM, UnitRole::Subtask),
        Command::Remove(TEAM),
        freeze(),
    ] {
        assert_eq!(
            refused(&application, command, &lead()),
            "application.lifecycle"
        );
    }
    let mut another = creation();
    another.id = ApplicationId(uuid::Uuid::from_u128(99));
    let another = Command::Create(Box::new(another));
    assert_eq!(
        refused(&application, another, &lead()),
        "application.lifecycle"
    );
}

#[test]
fn a_consortium_is_of_registered_units_and_of_so_many() {
    let mut application = drafted();
    assert_eq!(
        application.decide(put(TEAM, UnitRole::Participant), &lead()),
        Ok(vec![])
    );
    let stranger = UnitId(uuid::Uuid::from_u128(77));
    assert_eq!(
        refused(&application, Command::Remove(stranger), &lead()),
        "application.roles"
    );
    let put_another = |number: u128, active| {
        let mut facts = known().units[&TEAM].clone();
        facts.registered.active = active;
        Command::Put {
            unit: UnitId(uuid::Uuid::from_u128(number)),
            facts,
            role: UnitRole::Participant,
            subtask: None,
            interfaces: None,
        }
    };
    assert_eq!(
        refused(&application, put_another(77, false), &lead()),
        "application.unit-registered"
    );
    for number in 100..157 {
        give(&mut application, put_another(number, true), &lead()).unwrap();
    }
    assert_eq!(
        refused(&application, put_another(157, true), &lead()),
        "application.roles"
    );
    // Who is one of them is still put elsewhere.
    give(&mut application, put(TEAM, UnitRole::Subtask), &lead()).unwrap();
}

#[test]
fn only_the_lead_takes_a_package_back_and_only_before_it_is_handed_in() {
    let application = awaiting();
    let stranger = by(Some(SOLVER), Role::UnitMember, NOW);
    let officer = by(Some(LEAD), Role::Officer, NOW);
    for context in [stranger, officer] {
        assert_eq!(
            refused(&application, Command::Revise, &context),
            "application.own"
        );
    }
    assert_eq!(
        refused(&submitted(), Command::Revise, &lead()),
        "application.lifecycle"
    );
}

#[test]
fn a_word_counts_from_the_units_home_on_the_version_that_it_was_asked_for() {
    let mut application = awaiting();
    let Command::Answer(said) = word(&application, SOLVER, None) else {
        panic!()
    };
    let mut elsewhere = said.clone();
    elsewhere.origin = Region::AH;
    assert_eq!(
        refused(&application, Command::Answer(elsewhere), &lead()),
        "application.origin"
    );
    let mut unasked = said.clone();
    unasked.assent = assent_to(application.0.as_ref().unwrap().id, 7, SOLVER);
    assert_eq!(
        refused(&application, Command::Answer(unasked), &lead()),
        "application.roles"
    );
    give(&mut application, Command::Revise, &lead()).unwrap();
    give(&mut application, freeze(), &lead()).unwrap();
    // Under the first version's request nothing is agreed to, whatever it is about.
    let mut late = said;
    late.digest = digest(&application);
    let late = Command::Answer(late);
    assert_eq!(application.decide(late, &lead()), Ok(vec![]));
}

#[test]
fn what_ends_it_is_said_once_and_nothing_comes_after_it() {
    let mut application = drafted();
    give(&mut application, withdraw(), &lead()).unwrap();
    assert_eq!(application.decide(withdraw(), &lead()), Ok(vec![]));
    let mut newer = part(SOLVER, UnitRole::Subtask, 60, 100);
    newer.version = 2;
    let late = Command::ReceivePart {
        unit: SOLVER,
        part: Box::new(newer),
        origin: Region::SH,
    };
    assert_eq!(application.decide(late, &lead()), Ok(vec![]));
}

#[test]
fn the_hub_concludes_what_it_examines_and_judges_what_is_reviewed() {
    let mut correcting = submitted();
    let conclude = |outcome| Command::Conclude {
        version: 1,
        outcome,
    };
    let judge = Command::Judge {
        established: true,
        judgement: Judgement {
            place: 1,
            comments: vec![],
        },
    };
    assert_eq!(
        refused(&correcting, judge, &lead()),
        "application.lifecycle"
    );
    let correct = conclude(Outcome::Correct {
        items: BTreeMap::from([(Item::Indicators, String::new())]),
        deadline: "2024-11-29".parse().unwrap(),
        provisional: false,
        reason: "请补正".into(),
    });
    give(&mut correcting, correct, &lead()).unwrap();
    let passed = conclude(Outcome::Passed);
    assert_eq!(correcting.decide(passed, &lead()), Ok(vec![]));
}

#[test]
fn a_departure_is_approved_where_there_is_one_and_for_what_was_read() {
    let director = by(None, Role::Director, NOW);
    let approve = |months, reason: &str| Command::ApproveDeparture {
        months,
        reason: reason.parse().unwrap(),
    };
    let with = |months, reason: &str| {
        let mut application = drafted();
        let mut changed = content();
        changed.months = months;
        changed.duration_reason = reason.parse().ok();
        let write = Command::Write(Box::new(changed));
        give(&mut application, write, &lead()).unwrap();
        application
    };
    let mut short = with(30, "周期长");
    assert_eq!(
        refused(&short, approve(30, "周期长"), &director),
        "application.duration"
    );
    // What needs no departure has none, though a reason is given.
    give(&mut short, freeze(), &lead()).unwrap();
    let frozen = short.0.as_ref().unwrap().frozen.as_ref().unwrap();
    assert_eq!(frozen.package.departure, None);
    let mut long = with(48, "周期长");
    assert_eq!(
        refused(&long, approve(48, "另一理由"), &director),
        "application.duration"
    );
    give(&mut long, approve(48, "周期长"), &director).unwrap();
    assert_eq!(long.decide(approve(48, "周期长"), &director), Ok(vec![]));
    let mut other = long.0.as_ref().unwrap().content.clone();
    other.duration_reason = "另一理由".parse().ok();
    let write = Command::Write(Box::new(other));
    give(&mut long, write, &lead()).unwrap();
    // The approval was for another reason.
    assert_eq!(refused(&long, freeze(), &lead()), "application.duration");
    let waiting = awaiting();
    assert_eq!(
        refused(&waiting, approve(48, "周期长"), &director),
        "application.lifecycle"
    );
}
