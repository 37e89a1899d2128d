//! What is taken back, by whom, and what that does to selections and the pool. [Art. 11, 12]

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience, Message, Scope},
};

use super::{
    rules_of_dialogue::{gone, officer, person},
    rules_of_postings::{demander, did, feedback, later, matched, opened, select},
    rules_of_solutions::{did as solved, home, solver, then, word},
    *,
};
use crate::domain::{
    posting::{
        Command, Event, Posting, Standing,
        reserve::{self, Status},
    },
    words::SolutionCommand,
};

fn take_back(region: Region) -> Command {
    Command::TakeBack {
        solution: id(1),
        region,
        reason: text("团队解散"),
    }
}

/// In the pool with solution 1 for task 1; solution 2 is asked for task 2.
fn pooled() -> Posting {
    let shortlist = |n| Command::Shortlist(id(n), reason("入围"));
    let mut commands = matched(1, 1);
    commands.extend([select(2, 2), shortlist(3)]);
    commands.push(Command::ProposeReserve {
        supplement: text("补充信息"),
        situation: None,
    });
    audited(did(opened(), commands))
}

fn audited(posting: Posting) -> Posting {
    let director = person("director", Role::Director, later());
    gone(
        posting,
        vec![(Command::AuditReserve { returned: None }, director)],
    )
    .0
}

#[test]
fn who_had_an_intent_hears_why_it_is_taken_back_from_its_solvers_home_alone() {
    let mut steps = then(SolutionCommand::Select(home(), word(&[1])));
    steps.push(SolutionCommand::ConfirmIntent(Bars::default()));
    let intent = solved(steps);
    let withdraw = SolutionCommand::Withdraw {
        reason: Some(text("团队解散")),
    };
    let events = intent.decide(withdraw, &solver()).unwrap();
    let told = intent.publish(&solution_id(1).to_string(), &events[0], &solver());
    let to_home = told
        .iter()
        .find(|told| told.scope == Scope::Share(Audience::One(home().home)));
    let told: wire::IntentTakenBack = to_home.unwrap().read().unwrap();
    assert_eq!(told.reason, "团队解散");

    assert_eq!(
        rule(pooled().decide(take_back(Region::AH), &officer())),
        rules::ORIGIN.code
    );
    let events = pooled().decide(take_back(Region::ZJ), &officer()).unwrap();
    assert!(matches!(
        events[..],
        [
            Event::IntentTakenBack { .. },
            Event::PoolReduced { stays: false, .. }
        ]
    ));
    let over = gone(pooled(), vec![(take_back(Region::ZJ), officer())]).0;
    let call = over.call().unwrap();
    assert_eq!(
        call.received[&id(1)].standing,
        Standing::Lapsed(text("团队解散"))
    );
    assert_eq!(call.pool_status(), None);
    assert_eq!(over.decide(take_back(Region::ZJ), &officer()), Ok(vec![]));
    let by_hub = over.decide(Command::WithdrawSolution(id(1)), &officer());
    assert_eq!(by_hub, Ok(vec![]), "the hub says it again");
    let closed = gone(pooled(), vec![(Command::Close, officer())]).0;
    assert_eq!(closed.decide(take_back(Region::ZJ), &officer()), Ok(vec![]));
}

#[test]
fn a_selection_is_ended_by_its_demander_with_one_reason_that_stays() {
    let lapse = |why: &str| Command::Lapse(id(1), reason(why));
    let selected = did(opened(), vec![select(1, 1)]);
    assert_eq!(
        rule(selected.decide(lapse("未达成一致"), &officer())),
        rules::OWN.code
    );
    let over = did(selected, vec![lapse("未达成一致")]);
    assert_eq!(over.call().unwrap().picks, BTreeMap::new());
    assert_eq!(over.decide(lapse("未达成一致"), &demander()), Ok(vec![]));
    assert_eq!(
        rule(over.decide(lapse("另有原因"), &demander())),
        rules::LIFECYCLE.code
    );
    assert_eq!(
        rule(opened().decide(lapse("未达成一致"), &demander())),
        rules::LIFECYCLE.code,
        "nobody was selected"
    );
}

#[test]
fn what_was_declined_is_not_withdrawn_once_more() {
    let declined = did(opened(), vec![Command::Decline(id(1), reason("指标不足"))]);
    let withdrawn = declined.decide(Command::WithdrawSolution(id(1)), &officer());
    assert_eq!(withdrawn, Ok(vec![]));
    let again = |why| Command::Decline(id(1), reason(why));
    assert_eq!(declined.decide(again("指标不足"), &demander()), Ok(vec![]));
    let other = declined.decide(again("另有原因"), &demander());
    assert_eq!(rule(other), rules::LIFECYCLE.code);
}

#[test]
fn the_pool_loses_what_ended_and_nothing_else() {
    let unrelated = pooled().decide(Command::WithdrawSolution(id(3)), &officer());
    assert_eq!(unrelated, Ok(vec![Event::SolutionWithdrawn(id(3))]));
    let left = did(pooled(), vec![Command::Lapse(id(1), reason("终止"))]);
    assert_eq!(
        left.call().unwrap().pool_status(),
        None,
        "solution 2 gave no word"
    );
    let tasks = [task(1, Mode::Challenge)];
    assert_eq!(reserve::status(&tasks, &[].into()), Status::Left);
}

#[test]
fn another_situation_stays_while_a_solver_is_in_sight_and_is_not_let_in_without() {
    let why = Some(text("解决方正在履行内部审批"));
    let propose = Command::ProposeReserve {
        supplement: text("补充信息"),
        situation: why,
    };
    let shortlist = Command::Shortlist(id(3), reason("入围"));
    let asked = vec![select(2, 1), select(2, 2), shortlist, propose];
    let proposed = did(opened(), asked);
    let one_left = did(
        audited(proposed.clone()),
        vec![Command::Lapse(id(1), reason("终止"))],
    );
    assert_eq!(one_left.call().unwrap().pool_status(), Some(Status::Other));
    let lapses = [1, 2].map(|n| Command::Lapse(id(n), reason("终止")));
    let nobody = did(proposed, lapses.into());
    let director = person("director", Role::Director, later());
    let audit = Command::AuditReserve { returned: None };
    assert_eq!(
        rule(nobody.decide(audit.clone(), &director)),
        rules::SOMETHING_MATCHED.code
    );
    let mut commands = matched(1, 1);
    commands.extend([2, 3].map(|n| Command::Shortlist(id(n), reason("入围"))));
    commands.push(Command::ProposeReserve {
        supplement: text("补充信息"),
        situation: None,
    });
    commands.push(Command::Lapse(id(1), reason("终止")));
    let over = did(opened(), commands);
    assert_eq!(
        rule(over.decide(audit, &director)),
        rules::SOMETHING_MATCHED.code
    );
}

#[test]
fn the_way_into_the_pool_is_proposed_once_by_the_demander_and_not_given_back_from_within() {
    let propose = |supplement: &str, situation: Option<&str>| Command::ProposeReserve {
        supplement: text(supplement),
        situation: situation.map(text),
    };
    let mut commands = matched(1, 1);
    commands.extend([2, 3].map(|n| Command::Shortlist(id(n), reason("入围"))));
    let ready = did(opened(), commands);
    assert_eq!(
        rule(ready.decide(propose("补充", None), &officer())),
        rules::OWN.code
    );
    let proposed = did(ready, vec![propose("补充", None)]);
    assert_eq!(
        proposed.decide(propose("补充", None), &demander()),
        Ok(vec![])
    );
    for other in [propose("另一份", None), propose("补充", Some("其他情形"))] {
        assert_eq!(
            rule(proposed.decide(other, &demander())),
            rules::LIFECYCLE.code
        );
    }
    let pooled = audited(proposed);
    assert_eq!(
        rule(pooled.decide(propose("补充", None), &demander())),
        rules::LIFECYCLE.code
    );
    let give_back = Command::AuditReserve {
        returned: Some(text("缺少附件")),
    };
    assert_eq!(
        rule(pooled.decide(give_back, &officer())),
        rules::LIFECYCLE.code
    );
    let nothing_new = Command::AuditReserve { returned: None };
    assert_eq!(pooled.decide(nothing_new, &officer()), Ok(vec![]));
}

#[test]
fn a_withdrawn_demand_ends_what_was_open_and_tells_nobody_twice() {
    let declined = did(pooled(), vec![Command::Decline(id(3), reason("指标不足"))]);
    let (closed, told) = gone(declined.clone(), vec![(Command::Close, officer())]);
    let call = closed.call().unwrap();
    assert_eq!(call.picks, BTreeMap::new());
    assert_eq!(
        call.received[&id(3)].standing,
        Standing::Declined(text("指标不足"))
    );
    let lapsed: Vec<_> = told
        .iter()
        .filter_map(Message::read::<wire::SolutionDisposed>)
        .map(|told| told.solution_id)
        .collect();
    let affiliate = solution_id(4).to_string();
    // The affiliate's had its answer with the batch, when 3 was declined.
    assert_eq!(lapsed, [1, 2].map(|n| solution_id(n).to_string()));
    assert!(!lapsed.contains(&affiliate));
    let anew = Dossier {
        revision: 2,
        ..dossier(4, AFFILIATE, &[1])
    };
    let revised = declined.decide(feedback(9, vec![anew]), &officer());
    assert_eq!(revised, Ok(vec![]), "it was declined for good");
    let (_, told) = gone(
        closed,
        vec![(feedback(6, vec![dossier(7, SOLVER, &[2])]), officer())],
    );
    let late = told.iter().filter_map(Message::read);
    let late: Vec<wire::SolutionDisposed> = late.collect();
    assert!(
        late.iter()
            .any(|told| told.solution_id == solution_id(7).to_string())
    );
}

#[test]
fn a_withdrawn_demand_is_told_on_its_node_whether_or_not_it_was_in_the_pool() {
    let id = Posting::id(demand()).to_string();
    let events = opened().decide(Command::Close, &officer()).unwrap();
    let closed = did(opened(), vec![Command::Close]);
    let told = closed.publish(&id, &events[0], &officer());
    let owner = told.iter().find_map(|message| {
        let owner = message.read::<wire::ReserveOwnerRecorded>()?;
        Some((owner, message.scope))
    });
    let (owner, scope) = owner.unwrap();
    assert!(owner.demand_withdrawn && scope == Scope::Node);
}

#[test]
fn a_closed_posting_answers_a_revision_once() {
    let revise = Command::ReviseTask(Box::new(crate::domain::posting::Revision {
        demand: demand(),
        number: 1,
        task: Task {
            revision: 2,
            ..task(1, Mode::Challenge)
        },
        agreed: [].into(),
    }));
    let judged = did(opened(), vec![revise.clone(), Command::Close]);
    assert_eq!(judged.decide(revise, &officer()), Ok(vec![]));
}
