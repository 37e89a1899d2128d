//! What is said twice, too late or of nobody changes no registration.

use super::*;

#[test]
fn only_its_own_unit_asks_again_and_an_answer_that_says_nothing_new_is_none() {
    let mut taken_back = filed();
    taken_back.evolve(&Event::Withdrawn);
    let stranger = context(Region::ZJ, member(id(0x99), Region::ZJ), later());
    let again = taken_back.decide(register(facts(), TeamStanding::default()), &stranger);
    assert_eq!(rule(again), rules::OWN.code);
    for admitted in [true, false] {
        let mut told = filed();
        told.evolve(&Event::Concluded { admitted });
        let conclude = |admitted| told.decide(Command::Conclude { admitted }, &on(0)).unwrap();
        assert_eq!(conclude(admitted), []);
        assert_eq!(conclude(!admitted).len(), 1);
    }
}

fn forward() -> BoxCommand {
    BoxCommand::SignUp(sign_up::Command::Forward)
}

#[test]
fn what_was_called_off_closes_no_registration_and_nothing_is_closed_before_its_day() {
    let notice = Notice {
        meeting: id(8),
        slot: slot(5, "线上"),
        sequence: 2,
        cancelled: true,
        minutes: None,
        registering: Some(terms(1)),
    };
    let call_off = forum::Command::Announce(Box::new(notice));
    let steps = vec![file(1, 1, false), BoxCommand::Forum(call_off, Region::JS)];
    let (over, _) = heard(announced(), steps, &hub(0, &ALL));
    let names: Vec<_> = over.alarms().iter().map(|alarm| alarm.name).collect();
    assert_eq!(names, ["tell_all"]);
    assert_eq!(over.decide(forward(), &hub(4, &ALL)), Ok(vec![]));
    let early = announced().decide(forward(), &hub(0, &ALL));
    assert_eq!(early, Ok(vec![]), "not before its last day is over");
}

#[test]
fn a_region_is_waited_for_until_the_roadshow_begins_and_no_longer() {
    let (waiting, _) = heard(announced(), vec![forward()], &hub(4, &ALL[1..]));
    let alarm = waiting.alarms().pop().unwrap();
    assert_eq!(alarm.due, slot(5, "线上").starts_at());
}

#[test]
fn who_is_unknown_or_was_said_before_changes_nothing_and_who_comes_back_is_told_again() {
    let here = hub(0, &ALL);
    let (open, _) = heard(announced(), vec![file(1, 1, false)], &here);
    assert_eq!(open.decide(file(1, 1, false), &here), Ok(vec![]), "twice");
    assert_eq!(open.decide(file(2, 1, true), &here), Ok(vec![]), "never");
    let admit = |n| {
        let command = sign_up::Command::Admit {
            meeting: id(8),
            answers: [(id(n), true)].into(),
        };
        BoxCommand::Forum(forum::Command::SignUp(command), Region::JS)
    };
    assert_eq!(open.decide(admit(2), &here), Ok(vec![]), "nobody");
    let steps = vec![admit(1), file(1, 1, true), file(1, 2, false)];
    let (back, _) = heard(open, steps, &here);
    let (_, told) = heard(back, vec![admit(1)], &here);
    assert_eq!(told.len(), 1);
}

#[test]
fn registrations_that_are_heard_late_count_but_not_for_what_was_called_off() {
    let (posting, _) = gone(opened(), vec![(arrange(None, 2), demander())]);
    let mut held = officer();
    held.now = later() + Duration::days(5);
    let all = forwarded(&[(1, id(11), 1)]);
    let (late, _) = gone(posting.clone(), vec![(all.clone(), held)]);
    assert_eq!(admitted(&late), [id(1)], "heard of for the first time");
    let cancel = PostingCommand::Meeting(meetings::Command::Cancel {
        meeting: id(8),
        reason: text("会场变更"),
        names: names(),
    });
    let (over, _) = gone(posting, vec![(cancel, demander())]);
    assert_eq!(over.decide(all, &officer()), Ok(vec![]));
}
