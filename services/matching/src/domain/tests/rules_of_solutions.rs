//! A solution at its solver's home.

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience, Scope},
};

use super::*;
use crate::domain::words::{SolutionCommand as Command, SolutionEvent as Event};

pub(super) fn solver() -> Context {
    context(Region::ZJ, member(SOLVER, Region::ZJ), START)
}

pub(super) fn call() -> CallFacts {
    let number = "2024-0001".parse().unwrap();
    CallFacts {
        blind_id: blind(),
        number,
        tasks: [id(1), id(2)].into(),
        open: true,
    }
}

pub(super) fn content(tasks: &[u128]) -> Content {
    Content {
        tasks: tasks.iter().map(|n| id(*n)).collect(),
        team: [id(0x51)].into(),
        approach: text("两步法"),
        evidence: None,
        price: Money::from_fen(100).unwrap(),
        months: 12,
        channel: Channel::Platform,
        committed: true,
        secrecy: true,
        contact: Some(text("PRIVATE-CONTACT")),
    }
}

fn write(content: Content) -> Command {
    Command::Write {
        call: call(),
        content: Box::new(content),
    }
}

pub(super) fn submit() -> Command {
    Command::Submit {
        call: call(),
        team: TeamStanding::default(),
        salt: salt(1),
    }
}

pub(super) fn home() -> Counterpart {
    Counterpart {
        home: Region::JS,
        posting: id(77),
    }
}

pub(super) fn word(tasks: &[u128]) -> Word {
    Word {
        tasks: tasks.iter().map(|n| id(*n)).collect(),
        reason: text("最优"),
        answer_until: Some(Day::of(START).plus_days(14)),
    }
}

pub(super) fn did(commands: Vec<Command>) -> Solution {
    let mut solution = Solution::default();
    for command in commands {
        for event in solution.decide(command, &solver()).unwrap() {
            solution.evolve(&event);
        }
    }
    solution
}

pub(super) fn submitted() -> Vec<Command> {
    vec![write(content(&[1])), submit()]
}

pub(super) fn then(command: Command) -> Vec<Command> {
    let mut commands = submitted();
    commands.push(command);
    commands
}

pub(super) fn stage(solution: &Solution) -> &Stage {
    &solution.0.as_ref().unwrap().stage
}

#[test]
fn every_rule_of_a_submission_refuses_by_its_own_name() {
    let refused = |content: Content, submit: Command| {
        rule(did(vec![write(content)]).decide(submit, &solver()))
    };
    let with = |change: fn(&mut Content)| {
        let mut changed = content(&[1]);
        change(&mut changed);
        changed
    };
    let team = |team: TeamStanding| Command::Submit {
        call: call(),
        team,
        salt: salt(1),
    };
    let closed = Command::Submit {
        call: CallFacts {
            open: false,
            ..call()
        },
        team: TeamStanding::default(),
        salt: salt(1),
    };
    let moved = Command::Submit {
        call: CallFacts {
            tasks: [id(2)].into(),
            ..call()
        },
        team: TeamStanding::default(),
        salt: salt(1),
    };
    let unregistered = TeamStanding {
        unregistered: vec![SOLVER],
        barred: Bars::default(),
    };
    let barred = TeamStanding {
        unregistered: vec![],
        barred: bars(SOLVER),
    };
    assert_eq!(refused(content(&[]), submit()), rules::TASKS_OF_ENTRY.code);
    assert_eq!(refused(content(&[1]), moved), rules::TASKS_OF_ENTRY.code);
    assert_eq!(refused(content(&[1]), closed), rules::CALL_OPEN.code);
    assert_eq!(
        refused(with(|c| c.secrecy = false), submit()),
        rules::UNDERTAKINGS.code
    );
    assert_eq!(
        refused(with(|c| c.committed = false), submit()),
        rules::UNDERTAKINGS.code
    );
    assert_eq!(
        refused(content(&[1]), team(unregistered)),
        rules::REGISTERED.code
    );
    assert_eq!(refused(content(&[1]), team(barred)), rules::NOT_BARRED.code);
    let foreign = Solution::default().decide(write(content(&[3])), &solver());
    assert_eq!(rule(foreign), rules::TASKS_OF_ENTRY.code);
}

#[test]
fn only_the_holders_members_act_on_it() {
    let stranger = context(Region::ZJ, member(id(0x99), Region::ZJ), START);
    let drafted = did(vec![write(content(&[1]))]);
    let withdraw = Command::Withdraw { reason: None };
    for command in [
        write(content(&[1])),
        submit(),
        withdraw,
        Command::ConfirmIntent(Bars::default()),
    ] {
        assert_eq!(rule(drafted.decide(command, &stranger)), rules::OWN.code);
    }
}

#[test]
fn a_submission_goes_to_the_hub_alone_its_seal_to_all_and_neither_with_the_contact() {
    let solution = did(submitted());
    let id = solution_id(3).to_string();
    let salt = salt(1);
    let messages = solution.publish(&id, &Event::Submitted { at: START, salt }, &solver());
    let scopes: Vec<_> = messages.iter().map(|message| message.scope).collect();
    assert_eq!(
        scopes,
        [Scope::Share(Audience::All), Scope::Share(Audience::HUB)]
    );
    for message in &messages {
        assert!(!String::from_utf8_lossy(&message.body).contains("PRIVATE"));
    }
    let sealed: wire::SolutionSealed = messages[0].read().unwrap();
    let submitted: wire::SolutionSubmitted = messages[1].read().unwrap();
    let dossier = Dossier::try_from(submitted.solution.unwrap()).unwrap();
    assert_eq!(sealed.seal, dossier.seal().as_bytes());
    let seal = String::from_utf8_lossy(&sealed.seal).into_owned() + &messages[0].aggregate;
    for secret in [id, blind().to_string(), SOLVER.to_string()] {
        assert!(!seal.contains(&secret), "a seal says {secret}");
    }
    assert_eq!(
        did(vec![write(content(&[1])), submit()]).decide(submit(), &solver()),
        Ok(vec![])
    );
}

#[test]
fn the_intent_is_both_sides_word_and_goes_to_where_the_selection_came_from() {
    let selected = did(then(Command::Select(home(), word(&[1]))));
    let confirmed = selected
        .decide(Command::ConfirmIntent(Bars::default()), &solver())
        .unwrap();
    assert_eq!(confirmed, [Event::IntentConfirmed]);
    let mut intent = selected.clone();
    intent.evolve(&confirmed[0]);
    assert!(matches!(stage(&intent), Stage::Intent(_)));
    let messages = intent.publish("s", &confirmed[0], &solver());
    assert_eq!(messages[0].scope, Scope::Share(Audience::One(Region::JS)));
    let early = did(submitted()).decide(Command::ConfirmIntent(Bars::default()), &solver());
    assert_eq!(rule(early), rules::LIFECYCLE.code);
    let more = intent
        .decide(Command::Select(home(), word(&[1, 2])), &solver())
        .unwrap();
    assert_eq!(more.len(), 1, "a further task needs a further word");
    assert_eq!(
        intent.decide(Command::Select(home(), word(&[1])), &solver()),
        Ok(vec![])
    );
}

#[test]
fn who_disposed_first_is_the_only_one_who_disposes() {
    let shortlisted = did(then(Command::Shortlist(home(), text("入围"))));
    let other = Counterpart {
        home: Region::AH,
        posting: id(77),
    };
    let forged = shortlisted.decide(Command::Decline(other, text("不采用")), &solver());
    assert_eq!(rule(forged), rules::ORIGIN.code);
    let genuine = shortlisted.decide(Command::Decline(home(), text("不采用")), &solver());
    assert_eq!(genuine.unwrap().len(), 1);
}

#[test]
fn no_disposition_leaves_a_terminal_state() {
    let ends = [
        Command::Decline(home(), text("不采用")),
        Command::Lapse(Some(home()), text("终止")),
        Command::Lapse(None, text("需求已撤回")),
        Command::Withdraw { reason: None },
    ];
    for end in ends {
        let ended = did(then(end));
        assert!(stage(&ended).is_terminal());
        for command in [
            Command::NoteFeedback,
            Command::Shortlist(home(), text("入围")),
            Command::Select(home(), word(&[1])),
            Command::Lapse(None, text("需求已撤回")),
        ] {
            assert_eq!(ended.decide(command, &solver()), Ok(vec![]));
        }
    }
}

#[test]
fn an_intent_is_taken_back_only_with_a_reason() {
    let mut commands = then(Command::Select(home(), word(&[1])));
    commands.push(Command::ConfirmIntent(Bars::default()));
    let intent = did(commands);
    let silent = intent.decide(Command::Withdraw { reason: None }, &solver());
    assert_eq!(rule(silent), rules::DISPOSITION.code);
    let reason = Some(text("团队解散"));
    let events = intent
        .decide(Command::Withdraw { reason }, &solver())
        .unwrap();
    assert_eq!(
        intent.publish("s", &events[0], &solver())[0].scope,
        Scope::Share(Audience::HUB)
    );
}

#[test]
fn a_submitted_solution_is_not_rewritten() {
    let rewritten = did(submitted()).decide(write(content(&[2])), &solver());
    assert_eq!(rule(rewritten), rules::LIFECYCLE.code);
}

#[test]
fn who_is_barred_does_not_give_its_word() {
    let selected = did(then(Command::Select(home(), word(&[1]))));
    let barred = selected.decide(Command::ConfirmIntent(bars(SOLVER)), &solver());
    assert_eq!(rule(barred), rules::NOT_BARRED.code);
}
