//! Opening and drawing.

use regulation::{Departure, rules::REVIEW_ROUNDS_PER_YEAR};

use super::*;

fn members(round: &ReviewRound, application: u128) -> Vec<draws::Seated> {
    let table = round.table().unwrap();
    let panel = table.panel(sample::application(application)).unwrap();
    let named = panel.experts.iter().chain(&panel.alternates);
    named
        .map(|key| table.roster[&table.keys[key]].clone())
        .collect()
}

#[test]
fn rounds_live_on_the_hub() {
    let home = sample::context(Region::SH);
    assert_eq!(
        refused(&ReviewRound::Unknown, open(opening(1, 1)), &home),
        rules::ON_THE_HUB.code
    );
}

#[test]
fn a_round_goes_by_the_policy_it_was_opened_under() {
    let without = Context {
        policy: None,
        ..context()
    };
    assert_eq!(
        refused(&ReviewRound::Unknown, open(opening(1, 1)), &without),
        rules::POLICY_IN_FORCE.code
    );
    let round = opened(1, 1);
    let setup = round.setup().unwrap();
    assert_eq!(setup.policy, "yrd-2023-1");
    assert_eq!(setup.criteria, sample::policy().review_criteria);
    let plain = Opening {
        panel_size: None,
        alternates: None,
        ..opening(1, 1)
    };
    let round = then(ReviewRound::Unknown, open(plain));
    let limits = round.setup().unwrap().limits;
    assert_eq!((limits.panel_size, limits.alternates), (7, 3));
    assert_eq!((limits.max_per_employer, limits.own_region_cap), (1, 3));
}

#[test]
fn a_round_needs_applications_places_and_time() {
    let none = Opening {
        batch: BTreeMap::new(),
        ..opening(1, 1)
    };
    assert_eq!(
        refused(&ReviewRound::Unknown, open(none), &context()),
        rules::BATCH.code
    );
    let mut elsewhere = opening(1, 1);
    let places = elsewhere.places.remove(&field()).unwrap();
    elsewhere
        .places
        .insert("生物医药".parse().unwrap(), places.clone());
    assert_eq!(
        refused(&ReviewRound::Unknown, open(elsewhere), &context()),
        rules::PLACES.code
    );
    let mut unsupported = opening(1, 1);
    unsupported.places.insert("炼金".parse().unwrap(), places);
    assert_eq!(
        refused(&ReviewRound::Unknown, open(unsupported), &context()),
        rules::PLACES.code
    );
    let past = Opening {
        deadline: Day::of(sample::now()).minus_days(1),
        ..opening(1, 1)
    };
    assert_eq!(
        refused(&ReviewRound::Unknown, open(past), &context()),
        rules::DEADLINE.code
    );
    let lost = Opening {
        ceilings: BTreeMap::new(),
        ..opening(1, 1)
    };
    assert_eq!(
        refused(&ReviewRound::Unknown, open(lost), &context()),
        rules::GUIDE_CEILING.code
    );
    assert_eq!(
        refused(&opened(1, 1), open(opening(1, 1)), &context()),
        rules::LIFECYCLE.code
    );
}

#[test]
fn a_third_round_of_a_year_wants_a_reason_and_another_persons_approval_before_its_draw() {
    let second = Opening {
        held: 1,
        ..opening(1, 1)
    };
    let second = then(ReviewRound::Unknown, open(second));
    assert_eq!(second.setup().unwrap().departure, None);
    assert!(decide(&second, RoundCommand::Approve).is_err());

    let third = |departure| Opening {
        held: 2,
        opened: 3,
        departure,
        ..opening(1, 1)
    };
    assert_eq!(
        refused(&ReviewRound::Unknown, open(third(None)), &context()),
        REVIEW_ROUNDS_PER_YEAR.code
    );
    let round = then(ReviewRound::Unknown, open(third(Some(reason()))));
    let setup = round.setup().unwrap();
    assert_eq!((setup.held_in, setup.number, setup.sequence), (2024, 3, 4));
    assert_eq!(
        refused(&round, draw(pool(12)), &context()),
        REVIEW_ROUNDS_PER_YEAR.code
    );
    assert_eq!(
        refused(&round, RoundCommand::Approve, &context()),
        rules::TWO_PEOPLE.code
    );
    let round = then_in(round, RoundCommand::Approve, &other());
    let departure = Departure::new(REVIEW_ROUNDS_PER_YEAR, reason()).approved("sun");
    assert_eq!(round.setup().unwrap().departure, Some(departure));
    assert!(decide(&round, RoundCommand::Approve).unwrap().is_empty());
    let round = HOMES
        .iter()
        .fold(round, |round, home| then(round, commitment(*home)));
    let round = drawn_from(round, ground(pool(12)));
    assert!(matches!(round, ReviewRound::Drawn(_)));
}

#[test]
fn everybody_on_a_panel_is_asked_once_at_their_home() {
    let round = all_but_one(opened(2, 1), ground(pool(12)));
    let told = told(&round, seed_of(&round, HOMES[3]), &context());
    assert_eq!(told.len(), 6);
    for message in &told {
        let invited: proto::review::v1::SheetInvited = message.read().unwrap();
        assert_eq!((invited.units.len(), invited.criteria.len()), (2, 5));
        assert!(invited.content.contains("分辨率"));
        assert!(!matches!(
            message.scope,
            proto::message::Scope::Share(proto::message::Audience::All)
        ));
    }
}

#[test]
fn a_blind_invitation_names_no_unit() {
    let blind = Opening {
        blindness: Blindness::Blind,
        ..opening(1, 1)
    };
    let round = all_but_one(gathered(blind), ground(pool(12)));
    for message in told(&round, seed_of(&round, HOMES[3]), &context()) {
        let invited: proto::review::v1::SheetInvited = message.read().unwrap();
        assert!(invited.units.is_empty());
        let body = String::from_utf8_lossy(&message.body).into_owned();
        for unit in [101, 201] {
            assert!(!body.contains(&sample::unit(unit).to_string()));
        }
        assert_eq!(invited.barred_employers.len(), 2);
    }
}

#[test]
fn only_active_experts_of_the_national_pool_and_of_the_field_are_drawn() {
    let mut pool = pool(6);
    for (number, profile) in pool.values_mut().enumerate() {
        match number {
            0 => profile.origin = Origin::Invited,
            1 => profile.active = false,
            2 => profile.fields = ["生物医药".parse().unwrap()].into(),
            _ => {}
        }
    }
    let round = drawn_from(opened(1, 1), ground(pool.clone()));
    let people: BTreeSet<_> = members(&round, 1)
        .iter()
        .map(|m| m.person.clone())
        .collect();
    let fit = [4, 5, 6].map(sample::person);
    assert_eq!(people, fit.into());
    pool.pop_last();
    assert_eq!(
        refused(&opened(1, 1), draw(pool), &context()),
        "panel.limits"
    );
}

#[test]
fn without_anybody_of_the_national_pool_nothing_is_drawn() {
    let mut pool = pool(12);
    for profile in pool.values_mut() {
        profile.origin = Origin::Invited;
    }
    assert_eq!(
        refused(&opened(1, 1), draw(pool), &context()),
        rules::NATIONAL_POOL.code
    );
}

#[test]
fn nobody_reviews_their_own_employer_its_affiliates_or_what_they_take_part_in() {
    let mut pool = pool(8);
    let employers = [101, 201, 77, 4];
    for (profile, employer) in pool.values_mut().zip(employers) {
        profile.employer = sample::unit(employer);
    }
    // The fourth leads another application of the same round.
    let fourth = pool.get_mut(&sample::expert(4)).unwrap();
    fourth.person = sample::person(102);
    let affiliates = BTreeMap::from([(sample::unit(101), [sample::unit(77)].into())]);
    let ground = Ground {
        affiliates,
        ..ground(pool)
    };
    let round = drawn_from(opened(2, 1), ground);
    for seated in members(&round, 1) {
        assert!(![101, 201, 77].map(sample::unit).contains(&seated.employer));
    }
    for application in [1, 2] {
        let members = members(&round, application);
        assert!(members.iter().all(|m| m.person != sample::person(102)));
    }
    let bench = &round.table().unwrap().benches[&sample::application(1)];
    assert_eq!(bench.conflicts, 4);
    assert!(bench.barred.contains(&sample::unit(77)));
}

#[test]
fn a_person_who_is_in_the_pool_twice_sits_once() {
    let mut pool = pool(4);
    for profile in pool.values_mut().take(2) {
        profile.person = sample::person(1);
    }
    assert_eq!(
        members(&drawn_from(opened(1, 1), ground(pool)), 1).len(),
        3,
        "the second entry is nobody else"
    );
}

#[test]
fn what_was_taken_back_is_not_drawn_for() {
    let ground = Ground {
        withdrawn: [sample::application(1)].into(),
        ..ground(pool(12))
    };
    let round = drawn_from(opened(2, 1), ground);
    assert!(
        seats(&round)
            .iter()
            .all(|(_, seat)| seat.application == sample::application(2))
    );
}

#[test]
fn a_round_all_of_which_was_taken_back_is_not_drawn_for() {
    let ground = Ground {
        withdrawn: [1, 2].map(sample::application).into(),
        ..ground(pool(12))
    };
    let command = RoundCommand::Draw(Box::new(ground));
    let round = opened(2, 1);
    assert_eq!(
        decide(&round, command).map(drop).unwrap_err(),
        RoundRejection::EmptyBatch
    );
}

#[test]
fn only_an_open_round_is_drawn() {
    assert_eq!(
        refused(&drawn(1, 12), draw(pool(12)), &context()),
        rules::LIFECYCLE.code
    );
}

#[test]
fn nobody_is_drawn_whom_a_credit_record_bars() {
    let barred = [1, 2, 3].map(sample::person);
    let ground = Ground {
        barred: barred.clone().into(),
        ..ground(pool(8))
    };
    let round = drawn_from(opened(1, 1), ground);
    let members = members(&round, 1);
    assert!(
        members
            .iter()
            .all(|seated| !barred.contains(&seated.person))
    );
}

/// A round over an application that answers a demand which persons 1 to 3 have evaluated.
fn evaluated(may_review: bool) -> ReviewRound {
    let mut wire = sample::wire_package(1, Region::SH);
    let demand = regulation::BlindId(uuid::Uuid::from_u128(7));
    wire.blind_id = demand.to_string();
    let mut opening = opening(1, 1);
    let entry = opening.batch.get_mut(&sample::application(1)).unwrap();
    entry.package = wire.try_into().unwrap();
    let text = regulation::YRD_2023_1.replace(
        "evaluators_may_review = false",
        &format!("evaluators_may_review = {may_review}"),
    );
    let policy = regulation::Policy::parse(&text).unwrap();
    let context = Context {
        policy: Some(std::sync::Arc::new(policy)),
        ..context()
    };
    let round = then_in(ReviewRound::Unknown, open(opening), &context);
    let round = HOMES
        .iter()
        .fold(round, |round, home| then(round, commitment(*home)));
    let people = [1, 2, 3].map(sample::person);
    let ground = Ground {
        evaluators: BTreeMap::from([(demand, people.into())]),
        ..ground(pool(8))
    };
    drawn_from(round, ground)
}

#[test]
fn who_evaluated_a_demand_reviews_what_came_of_it_only_where_the_policy_says_so() {
    let conflicts = |round: &ReviewRound| {
        let table = round.table().unwrap();
        table.benches[&sample::application(1)].conflicts
    };
    let kept_out = evaluated(false);
    assert_eq!(conflicts(&kept_out), 3);
    let people = [1, 2, 3].map(sample::person);
    let members = members(&kept_out, 1);
    assert!(
        members
            .iter()
            .all(|seated| !people.contains(&seated.person))
    );
    assert_eq!(conflicts(&evaluated(true)), 0);
}
