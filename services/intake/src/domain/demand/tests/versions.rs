//! Under which version of the policy a demand is taken, and what another would say of it.

use regulation::{Amount, Template};

use super::*;

fn under(text: &str, role: Role) -> Context {
    let mut context = context(role);
    context.policy = Some(Arc::new(Policy::parse(text).unwrap()));
    context
}

#[test]
fn a_demand_is_taken_under_the_version_in_force_when_it_is_handed_in_and_keeps_it() {
    let mut demand = drafted(content());
    assert_eq!(demand.taken_under(), Some("yrd-2023-1"));
    let later = under(regulation::YRD_2024_1, Role::UnitMember);
    for event in demand.decide(submit(), &later).unwrap() {
        demand.evolve(&event);
    }
    assert_eq!(demand.taken_under(), Some("yrd-2024-1"));
    // What is in force when it is accepted changes nothing.
    let officer = under(regulation::YRD_2023_1, Role::Officer);
    for event in demand.decide(accept(), &officer).unwrap() {
        demand.evolve(&event);
    }
    assert_eq!(demand.taken_under(), Some("yrd-2024-1"));
}

#[test]
fn what_is_told_is_what_the_template_of_its_field_shows() {
    let officer = context(Role::Officer);
    let mut demand = submitted();
    let template = demand.0.as_ref().unwrap().template.clone();
    assert!(
        matches!(template.investment, Amount::Ranges(_)),
        "{template:?}"
    );
    let events = demand.decide(accept(), &officer).unwrap();
    demand.evolve(&events[0]);
    for message in demand.publish("d", &events[0], &officer) {
        let record = message
            .read::<wire::DemandAccepted>()
            .and_then(|told| told.record)
            .or_else(|| message.read::<wire::DemandOwnerRecorded>()?.record)
            .unwrap();
        // 20,000,000.00 yuan lie between 20 and 50 million.
        let range = record.investment_range.unwrap();
        let fen = |money: Option<proto::common::v1::Money>| money.unwrap().fen;
        assert_eq!(
            (fen(range.from), fen(range.below)),
            (2_000_000_000, 5_000_000_000)
        );
    }
    // A field without one has the default.
    let (mut other, mut good) = (content(), standing());
    other.record.field = "人工智能".parse().unwrap();
    good.backbone_fields = vec!["人工智能".parse().unwrap()];
    let submission = Submission {
        standing: good,
        similar: vec![],
    };
    let submitted = after(vec![
        (Role::UnitMember, Command::Write(Box::new(other))),
        (Role::UnitMember, Command::Submit(Box::new(submission))),
    ]);
    assert_eq!(submitted.0.unwrap().template, Template::FULL);
}

#[test]
fn another_version_may_say_otherwise_of_each_part_of_a_demand() {
    let demand = submitted();
    let failing = |text: &str| -> Vec<_> {
        let policy = Policy::parse(text).unwrap();
        let verdicts = demand.verdicts(&policy);
        let failing = verdicts.iter().filter(|verdict| !verdict.holds);
        failing.map(|verdict| verdict.rule.code).collect()
    };
    let kept = regulation::YRD_2023_1;
    let changed = |line: &str, other: &str| {
        assert!(kept.contains(line), "{line} is not in the policy");
        kept.replace(line, other)
    };
    let shown = [rules::SHOWN_IN_FULL.code];
    assert_eq!(failing(kept), shown);
    let exact = changed(
        "investment = [500_000_000, 2_000_000_000, 5_000_000_000, 10_000_000_000]",
        "investment = \"exact\"",
    );
    assert_eq!(failing(&exact), [""; 0]);
    let shorter = changed("{ min = 24, max = 36 }", "{ min = 1, max = 2 }");
    assert_eq!(failing(&shorter), [rules::BREAKTHROUGH.code, shown[0]]);
    let elsewhere = kept
        .replace(r#""集成电路", "#, "")
        .replace(r#".fields."集成电路"]"#, r#".fields."人工智能"]"#);
    assert_eq!(failing(&elsewhere), [rules::FIELD.code]);
    let mut stepwise = content();
    stepwise.record.milestones = vec!["中试".parse().unwrap()];
    let stepwise = drafted(stepwise);
    let of = |text: &str| {
        let verdicts = stepwise.verdicts(&Policy::parse(text).unwrap());
        let milestones = verdicts
            .into_iter()
            .find(|one| one.rule == rules::MILESTONES);
        milestones
            .map(|verdict| (verdict.holds, verdict.bound))
            .unwrap()
    };
    assert_eq!(of(kept), (false, "生物医药".to_owned()));
    let more = changed(
        "milestone_fields = [\"生物医药\"]",
        "milestone_fields = [\"生物医药\", \"集成电路\"]",
    );
    assert_eq!(of(&more), (true, "生物医药、集成电路".to_owned()));
}

#[test]
fn a_revised_task_is_told_as_the_template_shows_it() {
    let text = regulation::YRD_2023_1.replace("content = \"full\"", "content = 20");
    let long = "窄分布树脂的可控聚合与金属离子去除".repeat(3);
    let mut demand = drafted(content());
    let steps = [
        (Role::UnitMember, submit()),
        (Role::Officer, accept()),
        (Role::System, later::publish()),
    ];
    for (role, command) in steps {
        for event in demand.decide(command, &under(&text, role)).unwrap() {
            demand.evolve(&event);
        }
    }
    let mut task = record().tasks.remove(0);
    task.content = long.parse().unwrap();
    let revise = Command::Revise(Box::new(Revise {
        task,
        reason: "细化".parse().unwrap(),
        words: [].into(),
        selected: Some([].into()),
        names: vec![],
    }));
    let member = context(Role::UnitMember);
    let events = demand.decide(revise, &member).unwrap();
    demand.evolve(&events[0]);
    let told: wire::TaskRevised = demand.publish("d", &events[0], &member)[0].read().unwrap();
    let content = told.task.unwrap().content;
    assert_eq!(
        content.chars().count(),
        20 + "……".chars().count(),
        "{content}"
    );
}
