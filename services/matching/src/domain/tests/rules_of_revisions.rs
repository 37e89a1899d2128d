//! Seals, and solutions that are handed in anew after a task was revised. [Art. 11, 12]

use std::collections::BTreeSet;

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience, Message, Scope},
};
use time::Duration;

use super::{
    rules_of_postings::{demander, did as posted, feedback, open, open_it, opened, select},
    rules_of_solutions::{call, content, did, home, solver, stage, submitted, then},
    *,
};
use crate::domain::{
    posting::{Command as PostingCommand, Standing},
    words::{BoxCommand, BoxEvent, SolutionCommand as Command},
};

fn revise() -> Command {
    Command::Revise {
        call: call(),
        team: TeamStanding::default(),
        content: Box::new(content(&[1, 2])),
        salt: salt(2),
    }
}

#[test]
fn a_solution_is_handed_in_anew_only_for_a_task_that_was_revised() {
    let untouched = did(submitted()).decide(revise(), &solver());
    assert_eq!(rule(untouched), rules::REVISABLE.code);
    let other = did(then(Command::NoteRevised(id(2))));
    assert_eq!(
        rule(other.decide(revise(), &solver())),
        rules::REVISABLE.code
    );
    let revised = did(then(Command::NoteRevised(id(1))));
    let stranger = context(Region::ZJ, member(id(0x99), Region::ZJ), START);
    assert_eq!(rule(revised.decide(revise(), &stranger)), rules::OWN.code);
    let mut commands = then(Command::NoteRevised(id(1)));
    commands.push(revise());
    let anew = did(commands);
    let case = anew.0.as_ref().unwrap();
    assert_eq!((case.revision, case.revised.len()), (2, 0));
    assert_eq!(
        rule(anew.decide(revise(), &solver())),
        rules::REVISABLE.code,
        "once for a revision"
    );
    let selected = did(vec![
        submitted().remove(0),
        submitted().remove(1),
        Command::Select(home(), rules_of_solutions::word(&[1])),
        Command::NoteRevised(id(1)),
    ]);
    assert_eq!(
        rule(selected.decide(revise(), &solver())),
        rules::LIFECYCLE.code
    );
    assert!(matches!(stage(&selected), Stage::Selected(_)));
}

#[test]
fn what_is_handed_in_anew_is_checked_like_the_first_time() {
    let revised = did(then(Command::NoteRevised(id(1))));
    let barred = Command::Revise {
        call: call(),
        team: TeamStanding {
            unregistered: vec![],
            barred: bars(SOLVER),
        },
        content: Box::new(content(&[1])),
        salt: salt(2),
    };
    assert_eq!(
        rule(revised.decide(barred, &solver())),
        rules::NOT_BARRED.code
    );
}

fn hub() -> Context {
    let secretariat = Actor::person("sec", Role::Secretariat, Region::HUB);
    context(Region::HUB, secretariat, START)
}

fn boxed(commands: Vec<BoxCommand>) -> (SolutionBox, Vec<Message>) {
    let entry = Entry {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        record: record(vec![task(1, Mode::Challenge), task(2, Mode::Challenge)]),
    };
    let list = BoxCommand::List(Box::new(BoxListing {
        demand: demand(),
        home: Region::JS,
        entry,
        listing: listing(),
    }));
    let mut solution_box = SolutionBox::default();
    let mut told = Vec::new();
    for command in [vec![list], commands].concat() {
        for event in solution_box.decide(command, &hub()).unwrap() {
            solution_box.evolve(&event);
            told.extend(solution_box.publish(&blind().to_string(), &event, &hub()));
        }
    }
    (solution_box, told)
}

fn receive(n: u128, tasks: &[u128], revision: i32) -> BoxCommand {
    BoxCommand::Receive {
        dossier: Box::new(Dossier {
            revision,
            ..dossier(n, SOLVER, tasks)
        }),
        region: Region::ZJ,
        signed_at: START,
    }
}

#[test]
fn who_answered_a_revised_task_is_told_and_nobody_else() {
    let revise = BoxCommand::ReviseTask {
        task: Box::new(Task {
            revision: 2,
            ..task(1, Mode::Challenge)
        }),
        region: Region::JS,
    };
    let (_, told) = boxed(vec![receive(1, &[1], 1), receive(2, &[2], 1), revise]);
    let revised = told.iter().filter_map(|message| {
        let told: wire::SolutionTaskRevised = message.read()?;
        Some((told.solution_id, told.revision, message.scope))
    });
    let to = Scope::Share(Audience::One(Region::ZJ));
    assert_eq!(
        revised.collect::<Vec<_>>(),
        [(solution_id(1).to_string(), 2, to)]
    );
    let changed = told
        .iter()
        .filter_map(Message::read::<wire::CatalogueEntryChanged>);
    let tasks: Vec<_> = changed
        .flat_map(|told| told.entry.unwrap().record.unwrap().tasks)
        .map(|task| task.revision)
        .collect();
    assert_eq!(tasks, [2, 1], "the other task is as it was");
}

#[test]
fn a_version_that_is_handed_in_anew_waits_for_the_next_feedback() {
    let feed_back = BoxCommand::FeedBack {
        feedback: id(5),
        cut_off: START,
    };
    let (first, _) = boxed(vec![receive(1, &[1], 1), feed_back.clone()]);
    assert_eq!(first.decide(receive(1, &[1], 1), &hub()), Ok(vec![]));
    let (anew, _) = boxed(vec![receive(1, &[1], 1), feed_back, receive(1, &[1], 2)]);
    assert_eq!(anew.solutions[&solution_id(1)].waits, Waits::Yes);
    assert!(anew.solutions[&solution_id(1)].was_fed_back);
    assert_eq!(
        anew.decide(receive(1, &[1], 1), &hub()),
        Ok(vec![]),
        "an older one"
    );
    let again = BoxCommand::FeedBack {
        feedback: id(6),
        cut_off: START,
    };
    let events = anew.decide(again, &hub()).unwrap();
    let [BoxEvent::FedBack { solutions, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*solutions, BTreeSet::from([solution_id(1)]));
}

#[test]
fn the_demander_reads_the_new_version_unless_the_old_one_is_selected() {
    let anew = Dossier {
        revision: 2,
        approach: text("三步法"),
        ..dossier(1, id(0x51), &[1, 2])
    };
    let replaced = posted(opened(), vec![feedback(6, vec![anew.clone()])]);
    let received = &replaced.call().unwrap().received[&solution_id(1)];
    assert_eq!(received.standing, Standing::Unopened);
    assert_eq!(received.dossier.approach, text("三步法"));
    let selected = posted(opened(), vec![select(1, 1)]);
    assert_eq!(
        selected.decide(feedback(6, vec![anew.clone()]), &demander()),
        Ok(vec![])
    );
    let declined = posted(
        opened(),
        vec![PostingCommand::Decline(id(1), reason("指标不足"))],
    );
    assert_eq!(
        declined.decide(feedback(6, vec![anew]), &demander()),
        Ok(vec![])
    );
}

#[test]
fn what_was_not_sealed_by_the_cut_off_is_not_opened() {
    let open_with = |sealed| PostingCommand::OpenSolution(id(1), sealed);
    let late = START + Duration::NANOSECOND;
    for sealed in [None, Some(late)] {
        let refused = open().decide(open_with(sealed), &demander());
        assert_eq!(rule(refused), rules::SEALED.code, "{sealed:?}");
    }
    assert!(open().decide(open_it(1), &demander()).is_ok());
}

#[test]
fn a_seal_fits_one_content_and_tells_nothing_without_the_salt() {
    let sealed = dossier(1, SOLVER, &[1]);
    let wire = wire::SolutionDossier::from(&sealed);
    let same = Dossier::try_from(wire).unwrap();
    assert_eq!(sealed.seal(), same.seal());
    let changes: [fn(&mut Dossier); 5] = [
        |dossier| dossier.price = Money::from_fen(2).unwrap(),
        |dossier| dossier.approach = text("三步法"),
        |dossier| dossier.months += 1,
        |dossier| dossier.revision += 1,
        |dossier| dossier.salt = salt(9),
    ];
    for change in changes {
        let mut changed = sealed.clone();
        change(&mut changed);
        assert_ne!(sealed.seal(), changed.seal(), "{changed:?}");
    }
}
