//! Roadshows, one-to-ones, and who learns the demander at them. [Art. 10, 11]

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience as To, Scope},
};
use time::Duration;

use super::{
    rules_of_dialogue::{asked, gone, names, officer, person},
    rules_of_postings::{demander, later, open, opened},
    rules_of_solutions::{did as solved, home, solver, submitted, then},
    *,
};
use crate::domain::{
    posting::{
        Command, Event, Posting, disclosure,
        meetings::{self, MeetingStanding},
    },
    words::{DialogueCommand, SolutionCommand},
};

pub(super) fn slot(days: i64, venue: &str) -> Slot {
    let starts_at = later() + Duration::days(days);
    let ends_at = starts_at + Duration::hours(2);
    Slot::new(starts_at, ends_at, text(venue), text("技术路线")).unwrap()
}

pub(super) fn arrange(with: Option<u128>, days: i64, venue: &str) -> Command {
    Command::Meeting(meetings::Command::Arrange {
        meeting: id(8),
        with: with.map(id),
        slot: Box::new(slot(days, venue)),
        registering: None,
        names: names(),
    })
}

pub(super) fn accept(accepted: bool) -> Command {
    Command::Meeting(meetings::Command::Answer {
        meeting: id(8),
        solution: id(1),
        region: Region::ZJ,
        accepted,
        note: None,
    })
}

pub(super) fn minute(minutes: &str) -> Command {
    Command::Meeting(meetings::Command::Minute {
        meeting: id(8),
        minutes: text(minutes),
        names: names(),
    })
}

pub(super) fn demander_on(days: i64) -> Context {
    let mut context = demander();
    context.now += Duration::days(days);
    context
}

pub(super) fn accepted() -> Posting {
    let invited = (arrange(Some(1), 3, "线上会议室"), demander());
    gone(opened(), vec![invited, (accept(true), officer())]).0
}

#[test]
fn a_solver_is_invited_to_what_was_read_and_lies_ahead_at_a_neutral_place() {
    let refused = |posting: Posting, command| rule(posting.decide(command, &demander()));
    let invite = |days, venue| arrange(Some(1), days, venue);
    assert_eq!(refused(open(), invite(3, "线上")), rules::DISPOSITION.code);
    assert_eq!(refused(opened(), invite(0, "线上")), rules::MEETINGS.code);
    assert_eq!(
        refused(opened(), invite(3, "苏州星河微电子二楼")),
        rules::NEUTRAL.code
    );
    assert_eq!(
        refused(opened(), arrange(Some(4), 3, "线上")),
        rules::AFFILIATE.code,
        "an affiliate"
    );
    assert_eq!(
        rule(opened().decide(invite(3, "线上"), &officer())),
        rules::OWN.code
    );
    let (_, told) = gone(opened(), vec![(invite(3, "线上"), demander())]);
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::ZJ)));
    assert!(told[0].read::<wire::MeetingTold>().is_some());
}

#[test]
fn minutes_are_of_a_meeting_that_was_accepted_and_has_begun() {
    let invited = gone(opened(), vec![(arrange(Some(1), 3, "线上"), demander())]).0;
    let on_time = demander_on(3);
    assert_eq!(
        rule(invited.decide(minute("共识"), &on_time)),
        rules::MEETINGS.code
    );
    assert_eq!(
        rule(accepted().decide(minute("共识"), &demander())),
        rules::MEETINGS.code
    );
    let named = accepted().decide(minute("与苏州星河微电子达成共识"), &on_time);
    assert_eq!(rule(named), rules::NEUTRAL.code);
    let (held, told) = gone(accepted(), vec![(minute("共识"), on_time.clone())]);
    let told: wire::MeetingTold = told[0].read().unwrap();
    assert_eq!((told.minutes.as_str(), told.sequence), ("共识", 1));
    let cancel = Command::Meeting(meetings::Command::Cancel {
        meeting: id(8),
        reason: text("冲突"),
        names: names(),
    });
    assert_eq!(rule(held.decide(cancel, &on_time)), rules::MEETINGS.code);
}

#[test]
fn an_invitation_is_answered_by_the_solvers_home_alone() {
    let invited = gone(opened(), vec![(arrange(Some(1), 3, "线上"), demander())]).0;
    for (solution, region) in [(1, Region::AH), (2, Region::ZJ)] {
        let forged = Command::Meeting(meetings::Command::Answer {
            meeting: id(8),
            solution: id(solution),
            region,
            accepted: true,
            note: None,
        });
        assert_eq!(rule(invited.decide(forged, &officer())), rules::ORIGIN.code);
    }
}

#[test]
fn a_roadshow_is_announced_by_somebody_else_and_so_are_its_minutes() {
    let proposed = gone(opened(), vec![(arrange(None, 3, "线上直播"), demander())]);
    assert_eq!(proposed.1, [], "nothing before its release");
    let release = |refused| Command::Meeting(meetings::Command::Release(id(8), refused));
    let same = person("member", Role::Director, later());
    assert_eq!(
        rule(proposed.0.decide(release(None), &same)),
        rules::RELEASED_BY_ANOTHER.code
    );
    let (announced, told) = gone(proposed.0, vec![(release(None), officer())]);
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    assert!(told[0].read::<wire::RoadshowReleased>().is_some());
    let (minuted, told) = gone(announced, vec![(minute("三家路演"), demander_on(3))]);
    assert_eq!(told, []);
    let (held, told) = gone(minuted, vec![(release(None), officer())]);
    let told: wire::RoadshowReleased = told[0].read().unwrap();
    assert_eq!(told.roadshow.unwrap().minutes, "三家路演");
    let meeting = &held.call().unwrap().meetings[&id::<MeetingId>(8)];
    assert!(matches!(meeting.standing, MeetingStanding::Held(_)));
    let nothing = held.decide(release(None), &officer());
    assert_eq!(rule(nothing), rules::RELEASED_BY_ANOTHER.code);
}

pub(super) fn disclose() -> Command {
    let word = text("本公司同意向该解决方公开身份。");
    Command::Disclosure(disclosure::Command::Disclose(id(8), word))
}

#[test]
fn the_demander_is_told_at_an_accepted_one_to_one_to_that_solvers_node_alone() {
    let on_time = demander_on(3);
    let refused = |posting: &Posting, context: &Context| rule(posting.decide(disclose(), context));
    assert_eq!(
        refused(&accepted(), &demander()),
        rules::ANONYMOUS.code,
        "before it"
    );
    let invited = gone(opened(), vec![(arrange(Some(1), 3, "线上"), demander())]).0;
    assert_eq!(
        refused(&invited, &on_time),
        rules::ANONYMOUS.code,
        "not accepted"
    );
    let roadshow = gone(opened(), vec![(arrange(None, 3, "线上"), demander())]).0;
    assert_eq!(
        refused(&roadshow, &on_time),
        rules::ANONYMOUS.code,
        "not one to one"
    );
    let mut foreign = officer();
    foreign.now = on_time.now;
    assert_eq!(
        refused(&accepted(), &foreign),
        rules::OWN.code,
        "the demander's word"
    );
    let withdrawn = gone(
        accepted(),
        vec![(Command::WithdrawSolution(id(1)), officer())],
    )
    .0;
    assert_eq!(refused(&withdrawn, &on_time), rules::LIFECYCLE.code);

    let (told_one, told) = gone(accepted(), vec![(disclose(), on_time.clone())]);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::ZJ)));
    let disclosed: wire::DemanderDisclosed = told[0].read().unwrap();
    assert_eq!(disclosed.demander_unit_id, DEMANDER.to_string());
    let call = told_one.call().unwrap();
    assert!(call.knows(id(1)) && !call.knows(id(2)) && !call.is_named());
    assert_eq!(call.disclosures[0].given_by, "member");
    assert_eq!(told_one.decide(disclose(), &on_time), Ok(vec![]), "once");
    let named = minute("与苏州星河微电子达成共识");
    assert!(
        told_one.decide(named, &on_time).is_ok(),
        "who was told may read it"
    );
}

#[test]
fn an_earlier_naming_has_a_reason_and_somebody_elses_approval() {
    let propose = |solution: Option<u128>| {
        let reason = text("需现场踏勘产线");
        Command::Disclosure(disclosure::Command::ProposeNaming(solution.map(id), reason))
    };
    let decide = |refused| Command::Disclosure(disclosure::Command::DecideNaming(refused));
    let director = person("director", Role::Director, later());
    let nothing = opened().decide(decide(None), &director);
    assert_eq!(rule(nothing), rules::ANONYMOUS.code);
    let (proposed, told) = gone(opened(), vec![(propose(Some(2)), demander())]);
    assert_eq!(told, [], "nothing before the approval");
    let same = person("member", Role::Director, later());
    assert_eq!(
        rule(proposed.decide(decide(None), &same)),
        rules::RELEASED_BY_ANOTHER.code
    );
    assert_eq!(
        rule(proposed.decide(decide(None), &officer())),
        rules::OWN.code
    );
    assert_eq!(
        rule(proposed.decide(propose(None), &demander())),
        rules::ANONYMOUS.code,
        "one wish at a time"
    );
    let refuse = decide(Some(text("理由不足")));
    let (refused, told) = gone(proposed.clone(), vec![(refuse, director.clone())]);
    assert_eq!(
        (told.len(), refused.call().unwrap().knows(id(2))),
        (0, false)
    );
    let (one, told) = gone(proposed, vec![(decide(None), director.clone())]);
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::ZJ)));
    let disclosure = &one.call().unwrap().disclosures[0];
    assert_eq!(disclosure.approved_by.as_deref(), Some("director"));
    let (all, told) = gone(
        one,
        vec![(propose(None), demander()), (decide(None), director)],
    );
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    assert!(told[0].read::<wire::NamingApproved>().is_some());
    assert!(all.call().unwrap().is_named());
}

#[test]
fn a_solver_believes_its_own_counterpart_alone_about_meetings_and_names() {
    let telling = |sequence| {
        Box::new(Telling {
            slot: slot(3, "线上"),
            sequence,
            cancelled: None,
            minutes: None,
        })
    };
    let tell = |from, sequence| {
        SolutionCommand::Dialogue(DialogueCommand::Tell(from, id(8), telling(sequence)))
    };
    let learn = |from| SolutionCommand::Dialogue(DialogueCommand::Learn(from, DEMANDER));
    let other = Counterpart {
        home: Region::AH,
        posting: id(77),
    };
    let known = then(tell(home(), 0));
    for forged in [tell(other, 1), learn(other)] {
        assert_eq!(
            rule(solved(known.clone()).decide(forged, &solver())),
            rules::ORIGIN.code
        );
    }
    let draft = solved(vec![submitted().remove(0)]);
    assert_eq!(
        rule(draft.decide(learn(home()), &solver())),
        rules::LIFECYCLE.code
    );
    let answer = SolutionCommand::Dialogue(DialogueCommand::Answer {
        meeting: id(8),
        accepted: true,
        note: None,
    });
    let mut late = solver();
    late.now = later() + Duration::days(3);
    let begun = solved(known.clone()).decide(answer.clone(), &late);
    assert_eq!(rule(begun), rules::MEETINGS.code);
    let stranger = context(Region::ZJ, member(id(0x99), Region::ZJ), START);
    let foreign = solved(known.clone()).decide(answer.clone(), &stranger);
    assert_eq!(rule(foreign), rules::OWN.code);
    let unknown = solved(submitted()).decide(answer.clone(), &solver());
    assert_eq!(rule(unknown), rules::MEETINGS.code);
    let mut steps = known;
    steps.extend([answer, learn(home())]);
    let case = solved(steps).0.unwrap();
    assert_eq!(case.demander, Some(DEMANDER));
    assert!(matches!(
        case.meetings[&id::<MeetingId>(8)].standing,
        InvitationStanding::Accepted(_)
    ));
}

#[test]
fn a_closed_posting_takes_what_was_under_way_and_nothing_else() {
    let (closed, _) = gone(accepted(), vec![(Command::Close, officer())]);
    let (ask, _) = asked();
    assert_eq!(closed.decide(ask, &officer()), Ok(vec![]));
    assert_eq!(closed.decide(accept(false), &officer()), Ok(vec![]));
    assert_eq!(
        rule(closed.decide(disclose(), &demander_on(3))),
        rules::CALL_OPEN.code
    );
    let events: Vec<Event> = Vec::new();
    assert_eq!(closed.decide(Command::LapseOverdue, &officer()), Ok(events));
}
