//! Lists, boxes and feedbacks.

use std::collections::BTreeSet;

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience, Message, Scope},
};
use regulation::Day;
use time::Duration;

use super::*;
use crate::domain::words::*;

pub(super) fn secretariat(now: OffsetDateTime) -> Context {
    context(
        Region::HUB,
        Actor::person("sec", Role::Secretariat, Region::HUB),
        now,
    )
}

fn list(n: u128) -> PublishedList {
    let demands = (0..n).map(|at| {
        let home = if at % 2 == 0 { Region::JS } else { Region::AH };
        (
            id(100 + at),
            Listed {
                home,
                record: record(vec![task(at, Mode::Challenge)]),
            },
        )
    });
    let mut list = PublishedList::default();
    let adopt = ListCommand::Adopt {
        document_number: "沪科〔2024〕8号".into(),
        year: 2024,
        demands: demands.collect(),
    };
    for event in list.decide(adopt, &secretariat(START)).unwrap() {
        list.evolve(&event);
    }
    list
}

fn publish(ids: &[u128]) -> ListCommand {
    ListCommand::Publish {
        blind_ids: ids.iter().map(|n| id(*n)).collect(),
        first: 12,
    }
}

#[test]
fn numbers_follow_the_random_ids_and_not_the_demands() {
    let list = list(3);
    let context = secretariat(START);
    let events = list.decide(publish(&[30, 10, 20]), &context).unwrap();
    let [ListEvent::Published(publication)] = events.as_slice() else {
        panic!("{events:?}")
    };
    let numbers: Vec<_> = publication
        .names
        .iter()
        .map(|n| n.number.to_string())
        .collect();
    assert_eq!(numbers, ["2024-0012", "2024-0013", "2024-0014"]);
    let demands: Vec<DemandId> = publication.names.iter().map(|n| n.demand).collect();
    assert_eq!(demands, [id(101), id(102), id(100)]);
    assert_eq!(publication.terms.call_until, Day::of(START).plus_days(30));

    let mut published = list.clone();
    published.evolve(&events[0]);
    let messages = published.publish("decision", &events[0], &context);
    let homes: Vec<_> = messages
        .iter()
        .filter_map(Message::read::<wire::DemandListed>)
        .map(|told| told.region)
        .collect();
    assert_eq!(homes, ["ah", "js", "js"]);
    assert_eq!(published.decide(publish(&[1, 2, 3]), &context), Ok(vec![]));
}

#[test]
fn a_list_is_published_on_the_hub_in_force_under_a_policy_with_enough_ids() {
    let list = list(2);
    let mut js = secretariat(START);
    js.node = Region::JS;
    assert_eq!(rule(list.decide(publish(&[1, 2]), &js)), rules::AT_HUB.code);
    let nothing = PublishedList::default().decide(publish(&[]), &secretariat(START));
    assert_eq!(rule(nothing), rules::LIST_IN_FORCE.code);
    let mut lawless = secretariat(START);
    lawless.policy = None;
    assert_eq!(
        rule(list.decide(publish(&[1, 2]), &lawless)),
        rules::POLICY_IN_FORCE.code
    );
    for ids in [&[1][..], &[1, 1], &[1, 2, 3], &[1, 2, 2]] {
        let outcome = list.decide(publish(ids), &secretariat(START));
        assert_eq!(rule(outcome), rules::NUMBERS_UNIQUE.code, "{ids:?}");
    }
}

pub(super) fn listed() -> SolutionBox {
    let entry = Entry {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        record: record(vec![task(1, Mode::Challenge)]),
    };
    let command = BoxCommand::List(Box::new(BoxListing {
        demand: demand(),
        home: Region::JS,
        entry,
        listing: listing(),
    }));
    did(SolutionBox::default(), command)
}

pub(super) fn did(mut solution_box: SolutionBox, command: BoxCommand) -> SolutionBox {
    for event in solution_box.decide(command, &secretariat(START)).unwrap() {
        solution_box.evolve(&event);
    }
    solution_box
}

pub(super) fn receive(n: u128, region: Region, signed_at: OffsetDateTime) -> BoxCommand {
    BoxCommand::Receive {
        dossier: Box::new(dossier(n, SOLVER, &[1])),
        region,
        signed_at,
    }
}

#[test]
fn a_feedback_covers_what_was_signed_by_the_cut_off_and_nothing_twice() {
    let late = START + Duration::SECOND;
    let full = did(
        did(listed(), receive(1, Region::ZJ, START)),
        receive(2, Region::SH, late),
    );
    let feed_back = |n, cut_off| BoxCommand::FeedBack {
        feedback: id(n),
        cut_off,
    };
    let ids = |events: &[BoxEvent]| match events {
        [BoxEvent::FedBack { solutions, .. }] => solutions.clone(),
        _ => BTreeSet::new(),
    };
    let context = secretariat(late);
    let first = full.decide(feed_back(1, START), &context).unwrap();
    assert_eq!(ids(&first), [solution_id(1)].into());
    let after = did(full, feed_back(1, START));
    assert_eq!(after.decide(feed_back(1, START), &context), Ok(vec![]));
    let second = after.decide(feed_back(2, late), &context).unwrap();
    assert_eq!(ids(&second), [solution_id(2)].into());
    let messages = after.publish("blind", &first[0], &context);
    let to: Vec<_> = messages.iter().map(|m| m.scope).collect();
    let one = |region| Scope::Share(Audience::One(region));
    assert_eq!(to, [one(Region::JS), one(Region::ZJ)]);
}

#[test]
fn a_box_believes_only_the_homes_of_its_things() {
    let full = did(listed(), receive(1, Region::ZJ, START));
    let context = secretariat(START);
    let foreign = [
        receive(1, Region::SH, START),
        BoxCommand::Withdraw {
            solution: id(1),
            region: Region::SH,
        },
        BoxCommand::Close { region: Region::ZJ },
        BoxCommand::ReviseTask {
            task: Box::new(task(1, Mode::Challenge)),
            region: Region::ZJ,
        },
    ];
    for command in foreign {
        assert_eq!(rule(full.decide(command, &context)), rules::ORIGIN.code);
    }
    let repeated = full.decide(receive(1, Region::ZJ, START), &context);
    assert_eq!(repeated, Ok(vec![]));
}

#[test]
fn a_solution_that_meets_a_withdrawn_demand_lapses() {
    let waiting = did(listed(), receive(1, Region::ZJ, START));
    let context = secretariat(START);
    let close = BoxCommand::Close { region: Region::JS };
    let events = waiting.decide(close.clone(), &context).unwrap();
    let closed = did(waiting, close);
    let messages = closed.publish(&blind().to_string(), &events[0], &context);
    let lapsed: Vec<_> = messages
        .iter()
        .filter_map(Message::read::<wire::SolutionDisposed>)
        .collect();
    assert_eq!(lapsed.len(), 1);
    assert_eq!(lapsed[0].disposition(), wire::Disposition::Lapsed);
    let late = closed
        .decide(receive(2, Region::SH, START), &context)
        .unwrap();
    let BoxEvent::Received(boxed) = &late[0] else {
        panic!("{late:?}")
    };
    assert_eq!(boxed.waits, Waits::Lapsed);
    assert_eq!(closed.publish("b", &late[0], &context).len(), 1);
}

#[test]
fn a_withdrawn_solution_is_told_to_the_demander_only_if_it_was_fed_back() {
    let context = secretariat(START);
    let withdraw = BoxCommand::Withdraw {
        solution: id(1),
        region: Region::ZJ,
    };
    let sealed = did(listed(), receive(1, Region::ZJ, START));
    let fed = did(
        sealed.clone(),
        BoxCommand::FeedBack {
            feedback: id(5),
            cut_off: START,
        },
    );
    for (before, told) in [(sealed, 0), (fed, 1)] {
        let events = before.decide(withdraw.clone(), &context).unwrap();
        let after = did(before, withdraw.clone());
        assert_eq!(after.publish("b", &events[0], &context).len(), told);
    }
}

pub(super) fn give(cut_off: OffsetDateTime, without: &[Region]) -> FeedbackCommand {
    let without = (!without.is_empty()).then(|| Waiver {
        regions: without.iter().copied().collect(),
        reason: text("抢修"),
    });
    FeedbackCommand::Give {
        cut_off,
        demands: [blind()].into(),
        without,
    }
}

pub(super) fn heard(now: OffsetDateTime, regions: &[(Region, OffsetDateTime)]) -> Context {
    let mut context = secretariat(now);
    context.heard = regions.iter().copied().collect();
    context
}

#[test]
fn a_feedback_waits_for_every_region_or_a_named_persons_reason() {
    let after = START + Duration::SECOND;
    let now = START + Duration::HOUR;
    let all = [Region::SH, Region::JS, Region::ZJ, Region::AH].map(|region| (region, after));
    let round = FeedbackRound::default();
    let given = |context: &Context, without: &[Region]| round.decide(give(START, without), context);
    let waiver = |outcome: Result<Vec<FeedbackEvent>, Rejection>| {
        let [FeedbackEvent::Given(given)] = outcome.unwrap().try_into().unwrap();
        given.without.map(|waiver| waiver.regions)
    };
    assert_eq!(waiver(given(&heard(now, &all), &[])), None);
    assert_eq!(
        waiver(given(&heard(now, &all), &[Region::AH])),
        None,
        "AH was heard"
    );
    let without_ah = heard(now, &all[..3]);
    assert_eq!(
        given(&without_ah, &[]),
        Err(Rejection::NotHeard(vec![Region::AH]))
    );
    assert_eq!(
        waiver(given(&without_ah, &[Region::AH])),
        Some([Region::AH].into())
    );
    let mut behind = heard(now, &all);
    behind.heard.insert(Region::ZJ, START);
    assert_eq!(
        given(&behind, &[]),
        Err(Rejection::NotHeard(vec![Region::ZJ]))
    );
    let linked: Region = "gd".parse().unwrap();
    behind = heard(now, &all);
    behind.heard.insert(linked, START);
    assert_eq!(given(&behind, &[]), Err(Rejection::NotHeard(vec![linked])));
}

#[test]
fn a_feedback_has_a_past_cut_off_something_to_say_and_its_place_on_the_hub() {
    let after = START + Duration::HOUR;
    let all = [Region::SH, Region::JS, Region::ZJ, Region::AH].map(|region| (region, after));
    let round = FeedbackRound::default();
    let ahead = round.decide(give(START + Duration::SECOND, &[]), &heard(START, &all));
    assert_eq!(rule(ahead), rules::FEEDBACK.code);
    let nothing = FeedbackCommand::Give {
        cut_off: START,
        demands: BTreeSet::new(),
        without: None,
    };
    assert_eq!(
        round.decide(nothing, &heard(after, &all)),
        Err(Rejection::NothingWaiting)
    );
    let mut elsewhere = heard(after, &all);
    elsewhere.node = Region::JS;
    assert_eq!(
        rule(round.decide(give(START, &[]), &elsewhere)),
        rules::AT_HUB.code
    );
}
