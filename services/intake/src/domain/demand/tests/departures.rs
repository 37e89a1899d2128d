//! What holds in principle: a reason, and a director who is not the one who accepts.

use super::*;

fn long() -> Content {
    let mut long = content();
    long.record.months = 48;
    long.duration_reason = Some("临床周期长".parse().unwrap());
    long
}

fn as_person(person: &str, role: Role) -> Context {
    let mut context = context(role);
    context.actor.person = person.to_owned();
    context
}

fn approve(rule: &str) -> Command {
    Command::ApproveDeparture(rule.to_owned())
}

fn handed_in() -> Demand {
    let mut demand = drafted(long());
    apply(&mut demand, submit(), &context(Role::UnitMember)).unwrap();
    demand
}

fn apply(demand: &mut Demand, command: Command, context: &Context) -> Result<(), Refusal> {
    let events = demand.decide(command, context).map_err(Refusal::from)?;
    for event in &events {
        demand.evolve(event);
    }
    Ok(())
}

#[test]
fn unusual_months_wait_for_a_directors_approval_before_they_are_accepted() {
    let mut demand = handed_in();
    let officer = context(Role::Officer);
    let refused = apply(&mut demand, accept(), &officer).unwrap_err();
    assert_eq!(refused.rule, rules::BREAKTHROUGH);
    assert!(refused.remedy.contains("审批人"), "{}", refused.remedy);
    let unknown = apply(
        &mut demand,
        approve("intake.barred"),
        &context(Role::Director),
    );
    assert_eq!(unknown.unwrap_err().kind, regulation::RefusalKind::NotFound);
    let director = context(Role::Director);
    apply(&mut demand, approve(rules::BREAKTHROUGH.code), &director).unwrap();
    assert_eq!(
        demand.decide(approve(rules::BREAKTHROUGH.code), &director),
        Ok(vec![])
    );
    apply(&mut demand, accept(), &officer).unwrap();
    let case = demand.0.unwrap();
    assert_eq!(case.stage, Stage::Accepted);
    let wish = &case.departures[0];
    assert_eq!(wish.reason.as_str(), "临床周期长");
    assert_eq!(wish.approved_by.as_deref(), Some("Director"));
}

#[test]
fn milestones_elsewhere_need_a_reason_and_an_approval_too() {
    let mut stepwise = content();
    stepwise.record.milestones = vec!["中试".parse().unwrap()];
    stepwise.milestones_reason = Some("工艺分段验证".parse().unwrap());
    let mut demand = drafted(stepwise);
    apply(&mut demand, submit(), &context(Role::UnitMember)).unwrap();
    let refused = apply(&mut demand, accept(), &context(Role::Officer)).unwrap_err();
    assert_eq!(refused.rule, rules::MILESTONES);
    apply(
        &mut demand,
        approve(rules::MILESTONES.code),
        &context(Role::Director),
    )
    .unwrap();
    apply(&mut demand, accept(), &context(Role::Officer)).unwrap();
}

#[test]
fn nobody_approves_what_they_handed_in_or_accept() {
    let mut demand = handed_in();
    let same = as_person("UnitMember", Role::Director);
    let refused = apply(&mut demand, approve(rules::BREAKTHROUGH.code), &same).unwrap_err();
    assert_eq!(refused.rule, rules::TWO_PEOPLE);
    let plain = submitted().decide(accept(), &as_person("UnitMember", Role::Officer));
    assert_eq!(plain, Err(Rejection::SamePerson));
    let both = as_person("both", Role::Director);
    apply(&mut demand, approve(rules::BREAKTHROUGH.code), &both).unwrap();
    let refused = apply(&mut demand, accept(), &as_person("both", Role::Officer));
    assert_eq!(refused.unwrap_err().rule, rules::TWO_PEOPLE);
}

#[test]
fn an_approval_does_not_outlive_the_demand_that_it_was_given_to() {
    let mut demand = handed_in();
    apply(
        &mut demand,
        approve(rules::BREAKTHROUGH.code),
        &context(Role::Director),
    )
    .unwrap();
    apply(
        &mut demand,
        Command::Return("请补充".parse().unwrap()),
        &context(Role::Officer),
    )
    .unwrap();
    let mut longer = long();
    longer.record.months = 96;
    apply(
        &mut demand,
        Command::Write(Box::new(longer)),
        &context(Role::UnitMember),
    )
    .unwrap();
    apply(&mut demand, submit(), &context(Role::UnitMember)).unwrap();
    let refused = apply(&mut demand, accept(), &context(Role::Officer)).unwrap_err();
    assert_eq!(refused.rule, rules::BREAKTHROUGH);
}

#[test]
fn who_was_barred_after_handing_in_is_not_accepted_before_the_bar_ends() {
    let since = Command::Accept(Box::new(crate::domain::Acceptance {
        barred: Some(barred()),
        ..Default::default()
    }));
    let refused = apply(&mut submitted(), since, &context(Role::Officer)).unwrap_err();
    assert_eq!(refused.rule, rules::NOT_BARRED);
    assert!(refused.message.contains("2025-09-01"), "{refused}");
}

#[test]
fn a_departure_is_approved_only_while_the_demand_is_handed_in() {
    let mut demand = handed_in();
    let back = Command::Return("请补充".parse().unwrap());
    apply(&mut demand, back, &context(Role::Officer)).unwrap();
    let late = apply(
        &mut demand,
        approve(rules::BREAKTHROUGH.code),
        &context(Role::Director),
    );
    assert_eq!(late.unwrap_err().rule, rules::LIFECYCLE);
}
