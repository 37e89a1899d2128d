//! The establishment proposal and what becomes of it.

use proto::{
    message::{Audience, Scope},
    review::v1 as wire,
};
use regulation::rules::SUPPORT_RATIO_MAX;
use uuid::Uuid;

use super::*;
use crate::publish;

fn grant(fen: i64) -> Grant {
    Grant {
        support: Some(sample::fen(fen)),
        reason: None,
    }
}

fn declined() -> Grant {
    Grant {
        support: None,
        reason: Some(reason()),
    }
}

fn with_reason(grant: Grant) -> Grant {
    Grant {
        reason: Some(reason()),
        ..grant
    }
}

fn grants<const N: usize>(given: [(u128, Grant); N]) -> RoundCommand {
    let given = given.map(|(number, grant)| (sample::application(number), grant));
    RoundCommand::Propose {
        grants: given.into(),
        budgets: BTreeMap::new(),
        withdrawn: NONE,
        barred: BTreeMap::new(),
    }
}

fn confirm() -> RoundCommand {
    RoundCommand::Confirm { withdrawn: NONE }
}

fn proposed() -> ReviewRound {
    then(closed(2, 1), grants([(1, grant(200_000_000))]))
}

fn confirmed() -> ReviewRound {
    then_in(proposed(), confirm(), &other())
}

fn decision(number: u128) -> DecisionId {
    DecisionId(Uuid::from_u128(number))
}

fn adopt(round: &ReviewRound, number: u128) -> RoundCommand {
    let document = publish::proposal_document(round.table().unwrap(), round.proposal().unwrap());
    RoundCommand::Adopt {
        decision: decision(number),
        document_number: "长三角联攻〔2024〕3号".to_owned(),
        document,
    }
}

#[test]
fn each_application_has_its_place_and_the_reason_of_the_cut() {
    let round = closed(3, 2);
    let standings = &round.ranking().unwrap().standings;
    for (number, verdict) in [(1, "名额内"), (2, "名额内"), (3, "名额外")] {
        let standing = &standings[&sample::application(number)];
        assert_eq!(u128::from(standing.place), number);
        assert!(standing.reason.starts_with(verdict), "{}", standing.reason);
    }
}

#[test]
fn support_stays_within_the_share_of_the_investment_the_guide_and_the_request() {
    // 30 % of the investment is 300 million fen, the guide's ceiling 250.
    let over_guide = grants([(1, grant(250_000_001))]);
    let round = closed(1, 1);
    assert_eq!(
        refused(&round, over_guide, &context()),
        rules::GUIDE_CEILING.code
    );
    assert!(decide(&round, grants([(1, grant(250_000_000))])).is_ok());
    let over_share = grants([(1, grant(300_000_001))]);
    assert_eq!(
        refused(&round, over_share, &context()),
        SUPPORT_RATIO_MAX.code
    );
    let modest = |fen| {
        let mut opening = opening(1, 1);
        opening.ceilings = BTreeMap::from([(sample::guide(), None)]);
        let mut wire = sample::wire_package(1, Region::SH);
        wire.support = Some(proto::common::v1::Money { fen });
        let entry = opening.batch.get_mut(&sample::application(1)).unwrap();
        entry.package = wire.try_into().unwrap();
        let round = gathered(opening);
        let round = drawn_from(round, ground(pool(12)));
        then(all_complete(round, by_number), close())
    };
    let round = modest(100_000_000);
    assert_eq!(
        refused(&round, grants([(1, grant(100_000_001))]), &context()),
        rules::REQUESTED.code
    );
    let setup = round.setup().unwrap();
    let most = setup.support_max(sample::application(1));
    assert_eq!(most, Some(sample::fen(100_000_000)));
    // Without a ceiling the share of the investment is the most, whatever was applied for.
    let greedy = modest(900_000_000);
    assert_eq!(
        refused(&greedy, grants([(1, grant(300_000_001))]), &context()),
        SUPPORT_RATIO_MAX.code
    );
    assert!(decide(&greedy, grants([(1, grant(300_000_000))])).is_ok());
}

#[test]
fn support_stays_within_the_budget_of_the_leads_region() {
    let command = |budget| RoundCommand::Propose {
        grants: [1, 2]
            .map(|n| (sample::application(n), grant(100_000_000)))
            .into(),
        budgets: BTreeMap::from([(Region::SH, sample::fen(budget)), (Region::JS, Money::ZERO)]),
        withdrawn: NONE,
        barred: BTreeMap::new(),
    };
    let round = closed(2, 2);
    assert_eq!(
        refused(&round, command(199_999_999), &context()),
        rules::BUDGET.code
    );
    assert!(decide(&round, command(200_000_000)).is_ok());
}

#[test]
fn the_ranking_is_followed_or_departed_from_with_a_reason_and_never_beyond_the_places() {
    let round = closed(3, 2);
    let full = |n| (n, grant(100));
    let is_refused = |command| refused(&round, command, &context()) == rules::RANKING.code;
    assert!(decide(&round, grants([full(1), full(2)])).is_ok());
    // Something has to be said of everyone within the cut.
    assert!(is_refused(grants([full(1)])));
    let mute = Grant {
        support: None,
        reason: None,
    };
    assert!(is_refused(grants([full(1), (2, mute)])));
    assert!(decide(&round, grants([full(1), (2, declined())])).is_ok());
    // Beyond the cut only with a reason, in place of somebody, and with a word on who was before.
    assert!(is_refused(grants([full(1), (2, declined()), full(3)])));
    let third = (3, with_reason(grant(100)));
    assert!(decide(&round, grants([full(1), (2, declined()), third.clone()])).is_ok());
    assert!(is_refused(grants([full(1), full(2), third.clone()])));
    assert!(is_refused(grants([full(1), third])));
    assert!(is_refused(grants([full(1), full(2), full(9)])));
}

#[test]
fn of_equals_across_the_cut_somebody_chooses_with_a_reason() {
    let round = drawn_from(opened(2, 1), ground(pool(12)));
    let round = then(all_complete(round, |_| 80), close());
    let standings = &round.ranking().unwrap().standings;
    assert!(standings.values().all(|s| s.place == 1));
    assert_eq!(
        refused(&round, grants([(1, grant(1))]), &context()),
        rules::RANKING.code
    );
    assert!(decide(&round, grants([(2, with_reason(grant(1)))])).is_ok());
}

#[test]
fn a_proposal_can_be_made_anew_until_another_person_confirms_it() {
    let round = proposed();
    assert_eq!(
        refused(&round, confirm(), &context()),
        rules::TWO_PEOPLE.code
    );
    let round = then(round, grants([(1, grant(150_000_000))]));
    let told = told(&round, confirm(), &other());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].scope, Scope::Node);
    let event: wire::EstablishmentProposed = told[0].read().unwrap();
    assert_eq!(event.year, 2024);
    let [first, second] = event.entries.as_slice() else {
        panic!("two entries")
    };
    assert!(first.established && !first.project_id.is_empty());
    assert_eq!(first.support.unwrap().fen, 150_000_000);
    assert!(!second.established && second.project_id.is_empty() && second.support.is_none());
    let round = then_in(round, confirm(), &other());
    assert!(round.decide(confirm(), &context()).unwrap().is_empty());
    assert_eq!(
        refused(&round, grants([(1, grant(1))]), &context()),
        rules::LIFECYCLE.code
    );
}

#[test]
fn what_was_taken_back_before_the_confirmation_is_proposed_without() {
    let gone = BTreeSet::from([sample::application(1)]);
    let withdrawn = RoundCommand::Confirm {
        withdrawn: gone.clone(),
    };
    assert_eq!(
        refused(&proposed(), withdrawn.clone(), &other()),
        rules::ESTABLISHMENT.code
    );
    let anew = RoundCommand::Propose {
        grants: [(sample::application(2), grant(1))].into(),
        budgets: BTreeMap::new(),
        withdrawn: gone,
        barred: BTreeMap::new(),
    };
    let round = then(proposed(), anew);
    let second = &round.ranking().unwrap().standings[&sample::application(2)];
    assert_eq!(second.place, 1, "the next has moved up");
    assert!(round.decide(withdrawn, &other()).is_ok());
}

fn tell(number: u128) -> RoundCommand {
    let application = sample::application(number);
    RoundCommand::Tell { application }
}

#[test]
fn a_decision_in_force_asks_every_application_that_it_names_whether_it_still_stands() {
    let round = confirmed();
    let asked = told(&round, adopt(&round, 7), &context());
    let of: Vec<wire::CandidateCalled> = asked.iter().filter_map(Message::read).collect();
    let of: Vec<_> = of.into_iter().map(|called| called.application_id).collect();
    let named = [1, 2].map(|number| sample::application(number).to_string());
    assert_eq!(of, named);
    assert!(asked.iter().all(|message| message.scope == Scope::Node));
    assert_eq!(asked.len(), 2, "nothing is told before they have answered");

    let adopted = then(round.clone(), adopt(&round, 7));
    assert!(decide(&adopted, adopt(&round, 7)).unwrap().is_empty());
    assert_eq!(
        refused(&adopted, adopt(&round, 8), &context()),
        rules::LIFECYCLE.code
    );
}

#[test]
fn what_still_stands_is_established_exactly_as_proposed_and_everyone_is_told_once() {
    let round = confirmed();
    assert_eq!(refused(&round, tell(1), &context()), rules::LIFECYCLE.code);
    let adopted = then(round.clone(), adopt(&round, 7));
    let messages = told(&adopted, tell(1), &context());
    let [project, judged] = messages.as_slice() else {
        panic!("a project and a judgement")
    };
    assert_eq!(project.scope, Scope::Share(Audience::All));
    assert_eq!(
        project.aggregate,
        sample::application(1).project().to_string()
    );
    let project: wire::ProjectEstablished = project.read().unwrap();
    assert_eq!(project.document_number, "长三角联攻〔2024〕3号");
    assert_eq!(
        project.package,
        Some(sample::wire_package(1, Region::SH)),
        "the package as it was handed in"
    );
    assert_eq!(judged.scope, Scope::Share(Audience::One(Region::SH)));
    let judged: wire::ApplicationJudged = judged.read().unwrap();
    assert!(judged.established);
    assert_eq!(judged.comments.len(), 3);
    let expert = seats(&round)[0].1.expert.to_string();
    assert!(judged.comments.iter().all(|said| !said.contains(&expert)));

    // Of what is not established its lead alone is told.
    let other = told(&adopted, tell(2), &context());
    let [judged] = other.as_slice() else {
        panic!("a judgement")
    };
    assert!(
        !judged
            .read::<wire::ApplicationJudged>()
            .unwrap()
            .established
    );
    let once = then(adopted, tell(1));
    assert!(decide(&once, tell(1)).unwrap().is_empty());
    assert!(
        decide(&once, tell(9)).unwrap().is_empty(),
        "it names no such"
    );
}

#[test]
fn a_sheet_stays_of_somebody_whom_a_credit_record_came_to_bar_after_handing_in() {
    let round = closed(2, 1);
    let table = round.table().unwrap();
    let seat = seats(&round)[0].1.clone();
    let person = table.roster[&seat.expert].person.clone();
    let until: Day = "2025-05-05".parse().unwrap();
    let stranger = regulation::PersonKey::from_bytes([0xee; 32]);
    let RoundCommand::Propose { grants, .. } = grants([(1, grant(1))]) else {
        unreachable!()
    };
    let command = RoundCommand::Propose {
        grants,
        budgets: BTreeMap::new(),
        withdrawn: NONE,
        barred: [(person, until), (stranger, until)].into(),
    };
    let before = round.ranking().unwrap().clone();
    let round = then(round, command);
    let proposal = round.proposal().unwrap();
    assert_eq!(proposal.ranking, before, "it counts as before");
    let told: Vec<_> = proposal.barred.iter().collect();
    assert_eq!(told, [(&seat.expert, &until)]);
}

#[test]
fn a_decision_about_something_else_or_before_the_confirmation_establishes_nothing() {
    let round = confirmed();
    let RoundCommand::Adopt { mut document, .. } = adopt(&round, 7) else {
        unreachable!()
    };
    document.push(0);
    let command = RoundCommand::Adopt {
        decision: decision(7),
        document_number: String::new(),
        document,
    };
    assert_eq!(
        refused(&round, command, &context()),
        rules::ESTABLISHMENT.code
    );
    let early = proposed();
    assert_eq!(
        refused(&early, adopt(&early, 7), &context()),
        rules::LIFECYCLE.code
    );
}

#[test]
fn a_returned_decision_returns_the_round_for_good() {
    let returned = RoundCommand::NoteReturned {
        decision: decision(7),
    };
    let round = then(confirmed(), returned.clone());
    assert!(matches!(round, ReviewRound::Returned { .. }));
    assert!(decide(&round, returned.clone()).unwrap().is_empty());
    assert_eq!(
        refused(&round, adopt(&confirmed(), 7), &context()),
        rules::LIFECYCLE.code
    );
    // Before the confirmation no decision can be about it.
    assert!(decide(&proposed(), returned).unwrap().is_empty());
}

#[test]
fn a_person_returns_a_round_before_its_draw_or_before_its_confirmation() {
    let command = || RoundCommand::Return { reason: reason() };
    for round in [opened(1, 1), closed(1, 1), proposed()] {
        let round = then(round, command());
        assert!(matches!(round, ReviewRound::Returned { .. }));
        assert!(decide(&round, command()).unwrap().is_empty());
    }
    for round in [drawn(1, 12), confirmed()] {
        assert_eq!(
            refused(&round, command(), &context()),
            rules::LIFECYCLE.code
        );
    }
}
