//! What is refused at once, and to whom.

use super::*;

#[test]
fn what_is_in_vain_is_refused_at_once() {
    let create = |change: fn(&mut Creation), context: &Context| {
        let mut creation = creation();
        change(&mut creation);
        let command = Command::Create(Box::new(creation));
        refused(&Application::default(), command, context)
    };
    let no_policy = Context {
        policy: None,
        ..lead()
    };
    assert_eq!(create(|_| (), &no_policy), "application.policy-in-force");
    let of_other = by(Some(SOLVER), Role::UnitMember, NOW);
    assert_eq!(create(|_| (), &of_other), "application.own");
    assert_eq!(
        create(|c| c.facts.barred = Some(bar()), &lead()),
        "application.not-barred"
    );
    assert_eq!(
        create(|c| c.facts.registered.active = false, &lead()),
        "application.unit-registered"
    );
    assert_eq!(
        create(|c| c.facts.registered.guest = true, &lead()),
        "application.lead-in-members"
    );
    let linked = |c: &mut Creation| c.facts.registered.region = "gd".parse().unwrap();
    assert_eq!(create(linked, &lead()), "application.lead-in-members");
    assert_eq!(
        create(|c| c.known.pool = Place::Left, &lead()),
        "application.in-pool"
    );
    assert_eq!(
        create(|c| c.known.whose = Whose::Here(None), &lead()),
        "application.lead-is-demander"
    );
    let nothing = |c: &mut Creation| c.guide.topics.clear();
    assert_eq!(create(nothing, &lead()), "application.topic");
    let late = by(Some(LEAD), Role::UnitMember, datetime!(2025-01-01 00:00 +8));
    assert_eq!(create(|_| (), &late), "application.window");
}

#[test]
fn only_the_lead_writes_and_it_stays_the_lead() {
    let application = drafted();
    let again = Command::Create(Box::new(creation()));
    assert_eq!(application.decide(again, &lead()), Ok(vec![]));
    let stranger = by(Some(SOLVER), Role::UnitMember, NOW);
    let officer = by(None, Role::Officer, NOW);
    let other_role = by(Some(LEAD), Role::Officer, NOW);
    for context in [&stranger, &officer, &other_role] {
        let write = Command::Write(Box::new(content()));
        assert_eq!(refused(&application, write, context), "application.own");
        let remove = Command::Remove(TEAM);
        assert_eq!(refused(&application, remove, context), "application.own");
        assert_eq!(refused(&application, freeze(), context), "application.own");
        let withdraw = Command::Withdraw("理由".parse().unwrap());
        assert_eq!(refused(&application, withdraw, context), "application.own");
    }
    for command in [
        put(SOLVER, UnitRole::Lead),
        put(LEAD, UnitRole::Participant),
        Command::Remove(LEAD),
    ] {
        assert_eq!(refused(&application, command, &lead()), "application.roles");
    }
    let mut barred = known().units[&SOLVER].clone();
    barred.barred = Some(bar());
    let put = Command::Put {
        unit: SOLVER,
        facts: barred,
        role: UnitRole::Subtask,
        subtask: None,
        interfaces: None,
    };
    assert_eq!(
        refused(&application, put, &lead()),
        "application.not-barred"
    );
}
