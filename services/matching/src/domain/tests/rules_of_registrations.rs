//! Registrations for roadshows: at the unit's home, on the hub, at the demander's home. [Art. 11]

mod repeats;

use std::num::NonZeroU32;

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience as To, Message, Scope},
};
use time::Duration;

use super::{
    rules_of_dialogue::{gone, names, officer},
    rules_of_meetings::slot,
    rules_of_postings::{demander, later, opened},
    rules_of_solutions::solver,
    *,
};
use crate::{
    domain::{
        forum::sign_up,
        posting::{Command as PostingCommand, Posting, meetings, registrants::Registered},
        words::{BoxCommand, RegistrationCommand as Command, RegistrationEvent as Event},
    },
    notice::Notice,
};

fn terms(capacity: u32) -> Registering {
    Registering {
        capacity: NonZeroU32::new(capacity).unwrap(),
        until: Day::of(later()).plus_days(2),
    }
}

fn facts() -> RoadshowFacts {
    RoadshowFacts {
        open: true,
        cancelled: false,
        registering: Some(terms(1)),
        starts_at: later() + Duration::days(5),
    }
}

fn register(roadshow: RoadshowFacts, unit: TeamStanding) -> Command {
    Command::Register {
        blind_id: blind(),
        meeting: id(8),
        roadshow,
        unit,
    }
}

fn on(days: i64) -> Context {
    let mut context = solver();
    context.now = later() + Duration::days(days);
    context
}

fn filed() -> Registration {
    let mut registration = Registration::default();
    for event in registration
        .decide(register(facts(), TeamStanding::default()), &on(0))
        .unwrap()
    {
        registration.evolve(&event);
    }
    registration
}

#[test]
fn a_unit_registers_for_what_is_announced_with_registration_and_in_time() {
    let none = Registration::default();
    let refused =
        |roadshow, unit, context: &Context| rule(none.decide(register(roadshow, unit), context));
    let free = TeamStanding::default;
    let closed = RoadshowFacts {
        open: false,
        ..facts()
    };
    assert_eq!(refused(closed, free(), &on(0)), rules::CALL_OPEN.code);
    let cancelled = RoadshowFacts {
        cancelled: true,
        ..facts()
    };
    assert_eq!(refused(cancelled, free(), &on(0)), rules::MEETINGS.code);
    let without = RoadshowFacts {
        registering: None,
        ..facts()
    };
    assert_eq!(refused(without, free(), &on(0)), rules::REGISTRATION.code);
    let late = none.decide(register(facts(), free()), &on(3)).unwrap_err();
    let late = Refusal::from(late);
    assert_eq!(late.rule.code, rules::REGISTRATION.code);
    assert!(late.message.contains("截止"), "{late}");
    let unknown = TeamStanding {
        unregistered: vec![SOLVER],
        ..free()
    };
    assert_eq!(refused(facts(), unknown, &on(0)), rules::REGISTERED.code);
    let barred = TeamStanding {
        barred: bars(SOLVER),
        ..free()
    };
    assert_eq!(refused(facts(), barred, &on(0)), rules::NOT_BARRED.code);
    let nobody = officer();
    assert_eq!(refused(facts(), free(), &nobody), rules::OWN.code);
    let again = filed().decide(register(facts(), free()), &on(1));
    assert_eq!(again, Ok(vec![]), "once");
}

#[test]
fn a_registration_is_taken_back_by_its_own_unit_before_the_roadshow() {
    let withdraw = || Command::Withdraw {
        starts_at: facts().starts_at,
    };
    let stranger = context(Region::ZJ, member(id(0x99), Region::ZJ), later());
    assert_eq!(rule(filed().decide(withdraw(), &stranger)), rules::OWN.code);
    assert_eq!(
        rule(filed().decide(withdraw(), &on(5))),
        rules::MEETINGS.code,
        "it has begun"
    );
    let none = Registration::default().decide(withdraw(), &on(0));
    assert_eq!(rule(none), rules::REGISTRATION.code);
    let mut gone = filed();
    gone.evolve(&Event::Withdrawn);
    assert_eq!(gone.decide(withdraw(), &on(0)), Ok(vec![]));
    let admitted = Command::Conclude { admitted: true };
    assert_eq!(gone.decide(admitted, &on(0)), Ok(vec![]), "it stays so");
    let anew = gone.decide(register(facts(), TeamStanding::default()), &on(1));
    assert!(matches!(anew.unwrap()[..], [Event::Filed(_)]));
}

#[test]
fn the_unit_is_told_to_the_hub_alone_and_has_one_registration_for_a_roadshow() {
    let registration = filed();
    let event = Event::Filed(registration.0.clone().unwrap());
    let told = registration.publish("r", &event, &on(0));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    let (one, other) = (
        RegistrationId::of(SOLVER, id(8)),
        RegistrationId::of(SOLVER, id(7)),
    );
    assert_eq!(one, RegistrationId::of(SOLVER, id(8)));
    assert_ne!(one, other);
}

fn hub(days: i64, heard: &[Region]) -> Context {
    let mut context = context(Region::HUB, Actor::system(Region::HUB), START);
    context.now = later() + Duration::days(days);
    context.heard = heard.iter().map(|region| (*region, context.now)).collect();
    context
}

const ALL: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

fn announced() -> SolutionBox {
    let entry = Entry {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        record: record(vec![task(1, Mode::Challenge)]),
    };
    let list = BoxCommand::List(Box::new(BoxListing {
        demand: demand(),
        home: Region::JS,
        entry,
        listing: listing(),
    }));
    let notice = Notice {
        meeting: id(8),
        slot: slot(5, "线上"),
        sequence: 1,
        cancelled: false,
        minutes: None,
        registering: Some(terms(1)),
    };
    let announce = forum::Command::Announce(Box::new(notice));
    let announce = BoxCommand::Forum(announce, Region::JS);
    heard(SolutionBox::default(), vec![list, announce], &hub(0, &ALL)).0
}

fn heard(
    mut solutions: SolutionBox,
    commands: Vec<BoxCommand>,
    context: &Context,
) -> (SolutionBox, Vec<Message>) {
    let mut told = Vec::new();
    for command in commands {
        for event in solutions.decide(command, context).unwrap() {
            solutions.evolve(&event);
            told.extend(solutions.publish(&blind().to_string(), &event, context));
        }
    }
    (solutions, told)
}

fn registered(n: u128, hours: i64) -> Registered {
    Registered {
        unit: id(n),
        region: Region::ZJ,
        at: later() + Duration::hours(hours),
    }
}

fn file(n: u128, hours: i64, withdrawn: bool) -> BoxCommand {
    BoxCommand::SignUp(sign_up::Command::File {
        meeting: id(8),
        registration: id(n),
        registered: registered(n, hours),
        withdrawn,
    })
}

#[test]
fn the_demander_hears_who_registered_once_every_region_was_heard_past_the_last_day() {
    let (open, told) = heard(
        announced(),
        vec![file(1, 1, false), file(2, 2, false), file(3, 100, false)],
        &hub(0, &ALL),
    );
    assert_eq!(told, [], "nobody hears anything before");
    let alarm = open.alarms().pop().unwrap();
    assert_eq!(alarm.due, terms(1).until.end());
    let (waiting, told) = heard(
        open.clone(),
        vec![alarm.command.clone()],
        &hub(3, &ALL[1..]),
    );
    assert_eq!(told, [], "sh was not heard");
    assert!(waiting.alarms().pop().unwrap().due > later() + Duration::days(3));
    let begun = heard(waiting.clone(), vec![alarm.command.clone()], &hub(5, &[]));
    assert_eq!(begun.1.len(), 1, "not beyond its beginning");
    let (closed, told) = heard(waiting, vec![alarm.command], &hub(4, &ALL));
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::JS)));
    let forwarded: wire::RegistrationsForwarded = told[0].read().unwrap();
    let units: Vec<_> = forwarded
        .registrations
        .iter()
        .map(|one| &one.unit_id)
        .collect();
    assert_eq!(units.len(), 2, "3 was too late by its home's clock");
    assert_eq!(
        closed.alarms().len(),
        1,
        "told once; the announcement waits"
    );
    let (_, told) = heard(closed, vec![file(1, 0, true)], &hub(4, &ALL));
    let forwarded: wire::RegistrationsForwarded = told[0].read().unwrap();
    assert_eq!(
        forwarded.registrations.len(),
        1,
        "what changes later is told too"
    );
}

#[test]
fn a_registration_is_changed_by_its_own_home_alone_and_each_hears_its_own_answer() {
    let (open, _) = heard(announced(), vec![file(1, 1, false)], &hub(0, &ALL));
    let forged = BoxCommand::SignUp(sign_up::Command::File {
        meeting: id(8),
        registration: id(1),
        registered: Registered {
            region: Region::AH,
            ..registered(1, 1)
        },
        withdrawn: true,
    });
    assert_eq!(rule(open.decide(forged, &hub(0, &ALL))), rules::ORIGIN.code);
    let admit = |region| {
        let command = sign_up::Command::Admit {
            meeting: id(8),
            answers: [(id(1), true), (id(2), false)].into(),
        };
        BoxCommand::Forum(forum::Command::SignUp(command), region)
    };
    let foreign = open.decide(admit(Region::AH), &hub(3, &ALL));
    assert_eq!(rule(foreign), rules::ORIGIN.code);
    let (told, messages) = heard(open, vec![admit(Region::JS)], &hub(3, &ALL));
    assert_eq!(messages.len(), 1, "2 is unknown");
    assert_eq!(messages[0].scope, Scope::Share(To::One(Region::ZJ)));
    let again = told.decide(admit(Region::JS), &hub(3, &ALL));
    assert_eq!(again, Ok(vec![]), "once");
}

fn arrange(with: Option<u128>, until: i64) -> PostingCommand {
    PostingCommand::Meeting(meetings::Command::Arrange {
        meeting: id(8),
        with: with.map(id),
        slot: Box::new(slot(5, "线上")),
        registering: Some(Registering {
            until: Day::of(later() + Duration::days(until)),
            ..terms(2)
        }),
        names: names(),
    })
}

#[test]
fn the_last_day_lies_before_the_roadshow_and_one_to_ones_have_none() {
    for command in [arrange(None, -1), arrange(None, 5), arrange(Some(1), 2)] {
        let refused = opened().decide(command, &demander());
        assert_eq!(rule(refused), rules::REGISTRATION.code);
    }
    assert!(opened().decide(arrange(None, 4), &demander()).is_ok());
}

fn forwarded(all: &[(u128, UnitId, i64)]) -> PostingCommand {
    let all = all.iter().map(|(n, unit, hours)| {
        let registered = Registered {
            unit: *unit,
            ..registered(*n, *hours)
        };
        (id(*n), registered)
    });
    PostingCommand::Meeting(meetings::Command::Register(id(8), all.collect()))
}

fn admitted(posting: &Posting) -> Vec<RegistrationId> {
    let meeting = &posting.call().unwrap().meetings[&id::<MeetingId>(8)];
    let comes = meeting.registrants.iter().filter(|(_, one)| one.admitted);
    comes.map(|(id, _)| *id).collect()
}

#[test]
fn who_registered_first_comes_as_far_as_there_are_places_and_the_next_follows() {
    let (posting, _) = gone(opened(), vec![(arrange(None, 2), demander())]);
    let all = forwarded(&[
        (1, id(11), 9),
        (2, id(12), 1),
        (3, id(13), 5),
        (4, AFFILIATE, 0),
    ]);
    let (posting, told) = gone(posting, vec![(all.clone(), officer())]);
    assert_eq!(admitted(&posting), [id(2), id(3)], "two places");
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    let text = String::from_utf8_lossy(&told[0].body);
    assert!(!text.contains(&AFFILIATE.to_string()) && !text.contains(&DEMANDER.to_string()));
    assert_eq!(posting.decide(all, &officer()), Ok(vec![]), "a repeat");
    let without = forwarded(&[(1, id(11), 9), (3, id(13), 5), (4, AFFILIATE, 0)]);
    let (followed, told) = gone(posting.clone(), vec![(without.clone(), officer())]);
    assert_eq!(admitted(&followed), [id(1), id(3)], "one has a place again");
    let decided: wire::RegistrationsDecided = told[0].read().unwrap();
    let waiting = [id::<RegistrationId>(4).to_string()];
    assert_eq!(
        decided.waiting_registration_ids, waiting,
        "the affiliate waits for good"
    );
    let mut held = officer();
    held.now = later() + Duration::days(5);
    let (late, _) = gone(posting, vec![(without, held)]);
    assert_eq!(
        admitted(&late),
        [id(3)],
        "nobody is called in while it is held"
    );
}

#[test]
fn what_lies_ahead_of_a_withdrawn_demand_is_called_off() {
    let release = PostingCommand::Meeting(meetings::Command::Release(id(8), None));
    let steps = vec![(arrange(None, 2), demander()), (release, officer())];
    let (announced, _) = gone(opened(), steps);
    let (closed, told) = gone(announced, vec![(PostingCommand::Close, officer())]);
    let notice: wire::RoadshowReleased = told[0].read().unwrap();
    assert!(notice.roadshow.unwrap().cancelled);
    let register = forwarded(&[(1, id(11), 1)]);
    assert_eq!(closed.decide(register, &officer()), Ok(vec![]));
    let (open, _) = heard(announced_with_question(), vec![], &hub(0, &ALL));
    let close = BoxCommand::Close { region: Region::JS };
    let (closed, _) = heard(open, vec![close, file(1, 1, false)], &hub(0, &ALL));
    assert!(
        closed.forum.sign_ups.is_empty(),
        "nobody registers any more"
    );
    let names: Vec<_> = closed.alarms().iter().map(|alarm| alarm.name).collect();
    assert_eq!(names, ["tell_all"]);
    let alarm = closed.alarms().pop().unwrap();
    let (_, told) = heard(closed, vec![alarm.command], &hub(1, &ALL));
    let withheld = told
        .iter()
        .filter_map(Message::read::<wire::QuestionWithheld>);
    assert_eq!(withheld.count(), 1, "who asked hears that nobody answers");
}

fn announced_with_question() -> SolutionBox {
    let ask = BoxCommand::Ask(id(1), text("由谁提供？"), Region::ZJ);
    heard(announced(), vec![ask], &hub(0, &ALL)).0
}
