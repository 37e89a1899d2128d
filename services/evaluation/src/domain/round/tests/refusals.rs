//! By which rule a round says no.

use regulation::{Refusal, Rule};

use super::*;

fn rule_in(round: &EvaluationRound, command: RoundCommand, context: &Context) -> Rule {
    Refusal::from(round.decide(command, context).unwrap_err()).rule
}

fn rule(round: &EvaluationRound, command: RoundCommand) -> Rule {
    rule_in(round, command, &context())
}

fn open(opening: Opening) -> RoundCommand {
    RoundCommand::Open(Box::new(opening))
}

fn propose(choices: &[u128]) -> RoundCommand {
    let reason: Text = "产业链更急需".parse().unwrap();
    let choices = choices.iter().map(|n| (sample::demand(*n), reason.clone()));
    RoundCommand::Propose(Proposing {
        choices: choices.collect(),
        ..Default::default()
    })
}

#[test]
fn no_round_is_opened_without_a_policy_in_force() {
    let lawless = Context {
        policy: None,
        ..context()
    };
    assert_eq!(
        rule_in(&EvaluationRound::Unknown, open(opening(1, 1)), &lawless),
        rules::POLICY_IN_FORCE
    );
}

#[test]
fn what_its_department_did_not_recommend_is_not_evaluated() {
    let mut opening = opening(1, 1);
    let entry = opening.batch.get_mut(&sample::demand(1)).unwrap();
    entry.recommended = None;
    assert_eq!(
        rule(&EvaluationRound::Unknown, open(opening)),
        rules::RECOMMENDED
    );
}

#[test]
fn a_field_without_places_or_beyond_the_policy_is_not_opened() {
    let mut none = opening(1, 1);
    let quota = none.quotas.pop_first().unwrap().1;
    assert_eq!(rule(&EvaluationRound::Unknown, open(none)), rules::QUOTA);
    let mut unknown = opening(1, 1);
    unknown.quotas.insert("占星术".parse().unwrap(), quota);
    assert_eq!(rule(&EvaluationRound::Unknown, open(unknown)), rules::QUOTA);
}

#[test]
fn without_anybody_whom_a_department_invited_nothing_is_drawn() {
    let mut pool = pool(8);
    for profile in pool.values_mut() {
        profile.origin = Origin::NationalPool;
    }
    assert_eq!(rule(&gathered(1, 1), draw(pool)), rules::EXPERTS);
}

#[test]
fn only_the_demands_home_answers_and_says_the_same_again() {
    let round = drawn(1, 8);
    let struck = members(&round, 1)[0];
    let foreign = RoundCommand::Answer {
        demand: sample::demand(1),
        origin: Region::JS,
        strikes: BTreeMap::new(),
    };
    assert_eq!(rule(&round, foreign), rules::HOME);
    let round = then(round, answer(1, &[struck]));
    assert_eq!(rule(&round, answer(1, &[])), rules::CONFLICT);
}

#[test]
fn a_ballot_of_somebody_who_was_not_drawn_or_is_in_conflict_is_not_noted() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round).remove(0);
    let stranger = cast(sample::ballot(404), &seat, 80);
    assert_eq!(rule(&round, stranger), rules::DRAWN_ONLY);
    let conflict = RoundCommand::NoteConflict {
        ballot,
        origin: seat.region,
    };
    let round = then(round, conflict);
    assert_eq!(rule(&round, cast(ballot, &seat, 80)), rules::CONFLICT);
}

#[test]
fn nothing_is_proposed_while_a_ballot_is_sealed() {
    let round = then(all_cast(scoring(1), |_| 80), close());
    assert_eq!(rule(&round, propose(&[])), rules::SEALED);
}

#[test]
fn among_equals_no_more_are_chosen_than_there_are_places_and_none_but_equals() {
    let judged = |second: u32| {
        let points = move |seat: &Seat| {
            if seat.demand == sample::demand(1) {
                80
            } else {
                second
            }
        };
        all_revealed(then(all_cast(scoring(2), points), close()), points)
    };
    assert_eq!(rule(&judged(80), propose(&[1, 2])), rules::TIE);
    assert_eq!(rule(&judged(90), propose(&[1])), rules::TIE);
}
