//! What becomes of a meeting: answers, minutes, and what does not take place. [Art. 10, 11]

use journal::Aggregate as _;
use proto::matching::v1 as wire;
use time::Duration;

use super::{
    rules_of_dialogue::{gone, names, officer, person},
    rules_of_meetings::{accept, accepted, arrange, demander_on, disclose, minute, slot},
    rules_of_postings::{demander, later, opened},
    *,
};
use crate::domain::posting::{
    Command, Posting,
    meetings::{self, MeetingStanding},
};

fn release(refused: Option<&str>) -> Command {
    Command::Meeting(meetings::Command::Release(id(8), refused.map(text)))
}

fn cancel(reason: &str) -> Command {
    Command::Meeting(meetings::Command::Cancel {
        meeting: id(8),
        reason: text(reason),
        names: names(),
    })
}

fn roadshow() -> Posting {
    gone(opened(), vec![(arrange(None, 3, "线上直播"), demander())]).0
}

fn announced() -> Posting {
    gone(roadshow(), vec![(release(None), officer())]).0
}

fn minuted() -> Posting {
    gone(announced(), vec![(minute("三家路演"), demander_on(3))]).0
}

fn standing(posting: &Posting) -> MeetingStanding {
    let call = posting.call().unwrap();
    call.meetings[&id::<MeetingId>(8)].standing.clone()
}

#[test]
fn a_roadshow_is_announced_before_the_day_on_which_everybody_hears_of_it_is_over() {
    let on_its_day = person("officer", Role::Officer, later() + Duration::days(3));
    let refused = roadshow().decide(release(None), &on_its_day);
    assert_eq!(rule(refused), rules::MEETINGS.code);
    let given_back = roadshow().decide(release(Some("时间过近")), &on_its_day);
    assert!(given_back.is_ok());
    let the_day_before = person("officer", Role::Officer, later() + Duration::days(2));
    assert!(roadshow().decide(release(None), &the_day_before).is_ok());
    let after = person("officer", Role::Officer, later() + Duration::days(9));
    assert!(
        minuted().decide(release(None), &after).is_ok(),
        "minutes come after it"
    );
}

#[test]
fn meetings_are_the_demanders_and_their_release_the_departments() {
    assert_eq!(
        rule(roadshow().decide(release(None), &demander())),
        rules::OWN.code
    );
    let mut on_time = officer();
    on_time.now = demander_on(3).now;
    assert_eq!(
        rule(accepted().decide(minute("共识"), &on_time)),
        rules::OWN.code
    );
    assert_eq!(
        rule(accepted().decide(cancel("冲突"), &on_time)),
        rules::OWN.code
    );
}

#[test]
fn who_writes_the_minutes_does_not_release_them_and_what_is_given_back_is_written_anew() {
    let mut colleague = demander_on(3);
    colleague.actor.person = "colleague".into();
    let minuted = gone(announced(), vec![(minute("三家路演"), colleague)]).0;
    let same = person("colleague", Role::Officer, later());
    assert_eq!(
        rule(minuted.decide(release(None), &same)),
        rules::RELEASED_BY_ANOTHER.code
    );
    let (back, told) = gone(
        minuted,
        vec![(release(Some("请补充到会单位数")), officer())],
    );
    assert_eq!(told, []);
    assert!(matches!(
        standing(&back),
        MeetingStanding::Arranged(Some(_))
    ));
    assert!(back.decide(minute("三家单位路演"), &demander_on(4)).is_ok());
}

#[test]
fn minutes_are_written_once() {
    let held = gone(accepted(), vec![(minute("共识"), demander_on(3))]).0;
    for (posting, same) in [(held, "共识"), (minuted(), "三家路演")] {
        let now = demander_on(4);
        assert_eq!(posting.decide(minute(same), &now), Ok(vec![]));
        let other = posting.decide(minute("另一份纪要"), &now);
        assert_eq!(rule(other), rules::MEETINGS.code);
    }
}

#[test]
fn a_meeting_is_arranged_once_and_says_nothing_of_who_holds_it() {
    assert_eq!(
        roadshow().decide(arrange(None, 3, "线上直播"), &demander()),
        Ok(vec![])
    );
    let arranged = |venue: &str, agenda: &str| {
        let at = slot(3, venue);
        let slot = Slot::new(at.starts_at(), at.ends_at(), text(venue), text(agenda));
        let command = meetings::Command::Arrange {
            meeting: id(8),
            with: None,
            slot: Box::new(slot.unwrap()),
            registering: None,
            names: names(),
        };
        opened().decide(Command::Meeting(command), &demander())
    };
    assert!(
        arranged("科苑路88号三楼", "技术路线").is_ok(),
        "where it is"
    );
    for (venue, agenda) in [
        ("线上", "星河微电子介绍产线"),
        ("线上", "请联系欧阳明远"),
        ("欧阳明远办公室", "技术路线"),
    ] {
        let refused = arranged(venue, agenda);
        assert_eq!(rule(refused), rules::NEUTRAL.code, "{venue} {agenda}");
    }
}

#[test]
fn a_slot_has_its_end_after_its_begin_and_within_a_day() {
    let long = |length: Duration| {
        let (venue, agenda) = (text("线上"), text("技术路线"));
        Slot::new(START, START + length, venue, agenda).is_ok()
    };
    assert!(long(Duration::SECOND) && long(Duration::DAY));
    assert!(!long(Duration::ZERO) && !long(-Duration::HOUR));
    assert!(!long(Duration::DAY + Duration::SECOND));
}

#[test]
fn an_answer_counts_when_it_says_something_new_of_what_lies_ahead() {
    let declined = gone(accepted(), vec![(accept(false), officer())]).0;
    assert!(matches!(standing(&declined), MeetingStanding::Declined(_)));
    assert_eq!(accepted().decide(accept(true), &officer()), Ok(vec![]));
    assert_eq!(declined.decide(accept(false), &officer()), Ok(vec![]));
    assert_eq!(declined.decide(accept(true), &officer()).unwrap().len(), 1);
    let off = gone(accepted(), vec![(cancel("冲突"), demander())]).0;
    assert_eq!(off.decide(accept(false), &officer()), Ok(vec![]));
}

#[test]
fn what_is_called_off_stays_so_and_its_reason_names_nobody() {
    let named = accepted().decide(cancel("星河微电子另有安排"), &demander());
    assert_eq!(rule(named), rules::NEUTRAL.code);
    let (off, told) = gone(accepted(), vec![(cancel("另有安排"), demander())]);
    let told: wire::MeetingTold = told[0].read().unwrap();
    assert_eq!(told.cancelled, "另有安排");
    assert_eq!(off.decide(cancel("另有安排"), &demander()), Ok(vec![]));
    let other = off.decide(cancel("改期"), &demander());
    assert_eq!(rule(other), rules::MEETINGS.code);
}

#[test]
fn a_roadshow_is_called_off_to_all_if_all_heard_of_it() {
    let (_, told) = gone(roadshow(), vec![(cancel("改期"), demander())]);
    assert_eq!(told, []);
    let (_, told) = gone(announced(), vec![(cancel("改期"), demander())]);
    let told: wire::RoadshowReleased = told[0].read().unwrap();
    assert!(told.roadshow.unwrap().cancelled);
}

#[test]
fn a_withdrawn_demand_calls_off_what_lies_ahead_and_nothing_that_was() {
    let closed = |posting: Posting, context: Context| {
        let posting = gone(posting, vec![(Command::Close, context)]).0;
        matches!(standing(&posting), MeetingStanding::Cancelled(_))
    };
    assert!(closed(accepted(), officer()));
    let mut after = officer();
    after.now += Duration::days(4);
    assert!(!closed(accepted(), after), "it was held, without minutes");
    let declined = gone(accepted(), vec![(accept(false), officer())]).0;
    assert!(!closed(declined, officer()), "nobody waits for it");
}

#[test]
fn who_was_told_with_all_the_others_may_read_the_name_too() {
    use crate::domain::posting::disclosure;
    let propose = disclosure::Command::ProposeNaming(None, text("需现场踏勘产线"));
    let decide = disclosure::Command::DecideNaming(None);
    let director = person("director", Role::Director, later());
    let steps = vec![
        (Command::Disclosure(propose.clone()), demander()),
        (Command::Disclosure(decide), director.clone()),
    ];
    let named = gone(accepted(), steps).0;
    assert!(named.call().unwrap().knows(id(2)));
    let minutes = minute("与苏州星河微电子达成共识");
    assert!(named.decide(minutes, &demander_on(3)).is_ok());
    let again = named.decide(Command::Disclosure(propose.clone()), &demander());
    assert_eq!(rule(again), rules::ANONYMOUS.code, "all know");
    let stranger = accepted().decide(Command::Disclosure(propose.clone()), &officer());
    assert_eq!(rule(stranger), rules::OWN.code);
    let proposed = gone(
        accepted(),
        vec![(Command::Disclosure(propose.clone()), demander())],
    )
    .0;
    let repeat = proposed.decide(Command::Disclosure(propose.clone()), &demander());
    assert_eq!(repeat, Ok(vec![]));
    let told_one = gone(proposed, vec![(disclose(), demander_on(3))]).0;
    assert!(
        told_one.call().unwrap().naming.is_some(),
        "one solver is not all"
    );
    let refuse = disclosure::Command::DecideNaming(Some(text("理由不足")));
    let refused = gone(told_one, vec![(Command::Disclosure(refuse), director)]).0;
    let anew = refused.decide(Command::Disclosure(propose), &demander());
    assert_eq!(anew.unwrap().len(), 1);
    let to_one = disclosure::Command::ProposeNaming(Some(id(1)), text("需现场踏勘产线"));
    let known = refused.decide(Command::Disclosure(to_one), &demander());
    assert_eq!(rule(known), rules::ANONYMOUS.code, "it was told");
}

#[test]
fn a_naming_is_not_approved_for_who_offers_nothing_any_more() {
    use crate::domain::posting::disclosure;
    let propose = disclosure::Command::ProposeNaming(Some(id(2)), text("需现场踏勘产线"));
    let steps = vec![
        (Command::Disclosure(propose), demander()),
        (Command::WithdrawSolution(id(2)), officer()),
    ];
    let withdrawn = gone(opened(), steps).0;
    let director = person("director", Role::Director, later());
    let approve = Command::Disclosure(disclosure::Command::DecideNaming(None));
    assert_eq!(
        rule(withdrawn.decide(approve, &director)),
        rules::LIFECYCLE.code
    );
}
