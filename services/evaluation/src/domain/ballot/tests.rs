//! A ballot's rules, each by a case that it decides.

use regulation::{Refusal, Region};
use time::Duration;

use super::*;
use crate::domain::{rules, sample};

const SALT: [u8; 32] = [7; 32];

fn cast(points: u32) -> BallotCommand {
    BallotCommand::Cast {
        sheet: sample::sheet(points),
        salt: SALT,
    }
}

fn by(expert: u128, at: OffsetDateTime) -> Context {
    Context {
        now: at,
        ..sample::as_expert(expert, Region::JS)
    }
}

fn in_time() -> OffsetDateTime {
    sample::deadline().end() - Duration::hours(1)
}

fn invited() -> Ballot {
    Ballot::Invited(sample::invitation(1))
}

fn after(mut ballot: Ballot, command: BallotCommand) -> Ballot {
    for event in ballot.decide(command, &by(1, in_time())).unwrap() {
        ballot.evolve(&event);
    }
    ballot
}

#[test]
fn a_ballot_counts_until_the_last_instant_of_the_deadline_day_and_no_longer() {
    let end = sample::deadline().end();
    assert!(invited().decide(cast(80), &by(1, end)).is_ok());
    let late = end + Duration::nanoseconds(1);
    let deadline = sample::deadline();
    assert_eq!(
        invited().decide(cast(80), &by(1, late)),
        Err(BallotRejection::Late { deadline })
    );
    assert_eq!(
        invited().decide(BallotCommand::DeclareConflict, &by(1, late)),
        Err(BallotRejection::Late { deadline })
    );
}

#[test]
fn a_ballot_is_refused_by_the_rule_that_it_breaks() {
    let refused = |ballot: &Ballot, command, context: &Context| {
        Refusal::from(ballot.decide(command, context).unwrap_err()).rule
    };
    let own = by(1, in_time());
    let stranger = by(2, in_time());
    assert_eq!(refused(&invited(), cast(80), &stranger), rules::DRAWN_ONLY);
    let mut short = sample::sheet(80);
    short.marks.0.pop_first();
    let short = BallotCommand::Cast {
        sheet: short,
        salt: SALT,
    };
    assert_eq!(refused(&invited(), short, &own), rules::CRITERIA);
    let conflicted = after(invited(), BallotCommand::DeclareConflict);
    assert_eq!(refused(&conflicted, cast(80), &own), rules::CONFLICT);
    assert_eq!(
        refused(&invited(), BallotCommand::Reveal, &own),
        rules::SEALED
    );
}

#[test]
fn only_the_expert_who_was_drawn_casts_and_others_learn_nothing() {
    let stranger = by(2, in_time());
    assert_eq!(
        invited().decide(cast(80), &stranger),
        Err(BallotRejection::NotYours)
    );
    assert_eq!(
        Ballot::Unknown.decide(cast(80), &stranger),
        Err(BallotRejection::NotYours)
    );
    let mut officer = by(1, in_time());
    officer.actor.role = Role::Officer;
    assert_eq!(
        invited().decide(cast(80), &officer),
        Err(BallotRejection::NotYours)
    );
}

#[test]
fn every_criterion_is_scored_and_no_other() {
    let mut sheet = sample::sheet(80);
    let missing = sheet.marks.0.pop_first().unwrap();
    let command = |sheet| BallotCommand::Cast { sheet, salt: SALT };
    assert_eq!(
        invited().decide(command(sheet.clone()), &by(1, in_time())),
        Err(BallotRejection::Criteria(vec![missing.0.to_string()]))
    );
    sheet.marks.0.insert(missing.0, missing.1.clone());
    sheet.marks.0.insert("beauty".parse().unwrap(), missing.1);
    assert_eq!(
        invited().decide(command(sheet), &by(1, in_time())),
        Err(BallotRejection::Criteria(vec!["beauty".into()]))
    );
}

#[test]
fn the_same_again_is_no_error_and_something_else_is_refused() {
    let ballot = after(invited(), cast(80));
    let context = by(1, in_time());
    assert_eq!(ballot.decide(cast(80), &context), Ok(vec![]));
    assert_eq!(
        ballot.decide(cast(81), &context),
        Err(BallotRejection::AlreadyCast { at: in_time() })
    );
    assert_eq!(
        ballot.decide(BallotCommand::DeclareConflict, &context),
        Err(BallotRejection::AlreadyCast { at: in_time() })
    );
}

#[test]
fn who_declared_a_conflict_does_not_cast() {
    let ballot = after(invited(), BallotCommand::DeclareConflict);
    let context = by(1, in_time());
    assert_eq!(
        ballot.decide(cast(80), &context),
        Err(BallotRejection::Conflicted)
    );
    assert_eq!(
        ballot.decide(BallotCommand::DeclareConflict, &context),
        Ok(vec![])
    );
}

#[test]
fn the_hub_is_told_a_digest_on_casting_and_the_ballot_only_when_it_is_opened() {
    let ballot = after(invited(), cast(83));
    let sealed = ballot.sealed().unwrap().clone();
    let context = by(1, in_time());
    let told = ballot.publish("", &BallotEvent::Cast(sealed.clone()), &context);
    let [message] = &told[..] else {
        panic!("one message")
    };
    let text = String::from_utf8_lossy(&message.body);
    assert!(!text.contains("strategic_fit") && !text.contains(sample::REASON));
    let opened = after(ballot, BallotCommand::Reveal);
    let told = opened.publish("", &BallotEvent::Revealed, &context);
    let revealed: proto::evaluation::v1::BallotRevealed = told[0].read().unwrap();
    let salt: [u8; 32] = revealed.salt.try_into().unwrap();
    assert!(evidence::opens(
        &sealed.commitment,
        &salt,
        &revealed.content
    ));
    assert_eq!(
        Sheet::decode(sample::ballot(1), &revealed.content),
        Ok(sample::sheet(83))
    );
}

#[test]
fn nothing_is_opened_that_was_not_cast() {
    let context = by(1, in_time());
    assert_eq!(
        invited().decide(BallotCommand::Reveal, &context),
        Err(BallotRejection::NotCast)
    );
}

#[test]
fn a_reminded_expert_still_answers_and_a_replaced_one_no_more() {
    let reply_by = in_time();
    let reminded = after(invited(), BallotCommand::Remind { reply_by });
    assert!(matches!(reminded, Ballot::Reminded { .. }));
    let cast_late = after(reminded.clone(), cast(80));
    assert!(matches!(cast_late, Ballot::Cast { .. }));
    let replaced = after(reminded, BallotCommand::Recall);
    for command in [cast(80), BallotCommand::DeclareConflict] {
        assert_eq!(
            replaced.decide(command, &by(1, in_time())),
            Err(BallotRejection::Replaced)
        );
    }
    assert_eq!(
        replaced.decide(BallotCommand::Recall, &by(1, in_time())),
        Ok(vec![])
    );
    // The answer and the recall passed each other: it is kept, and never opened.
    let crossed = after(cast_late, BallotCommand::Recall);
    assert!(crossed.sealed().is_some());
    assert_eq!(
        crossed.decide(BallotCommand::Reveal, &by(1, in_time())),
        Err(BallotRejection::NotCast)
    );
}

#[test]
fn whom_a_record_bars_does_not_answer_and_the_hub_hears_no_reason() {
    let until = sample::deadline();
    let bar = || BallotCommand::Bar { until };
    let stranger = by(2, in_time());
    assert_eq!(
        invited().decide(bar(), &stranger),
        Err(BallotRejection::NotYours)
    );
    let ballot = after(invited(), bar());
    let barred = Err(BallotRejection::Barred { until });
    assert_eq!(ballot.decide(cast(80), &by(1, in_time())), barred);
    assert_eq!(ballot.decide(bar(), &by(1, in_time())), Ok(vec![]));
    let event = BallotEvent::Barred { until };
    let told = ballot.publish("", &event, &by(1, in_time()));
    let [told] = &told[..] else { panic!() };
    assert!(
        told.read::<proto::evaluation::v1::BallotExpertBarred>()
            .is_some()
    );
    assert!(!String::from_utf8_lossy(&told.body).contains(&until.to_string()));
    // What was cast before the record took effect stands.
    let cast = after(invited(), cast(80));
    assert_eq!(cast.decide(bar(), &by(1, in_time())), Ok(vec![]));
}

#[test]
fn an_invitation_stands() {
    let other = Invitation {
        deadline: sample::deadline().plus_days(1),
        ..sample::invitation(1)
    };
    let invite = |invitation| BallotCommand::Invite(Box::new(invitation));
    let context = by(1, in_time());
    let same = invite(sample::invitation(1));
    assert_eq!(invited().decide(same, &context), Ok(vec![]));
    assert_eq!(
        invited().decide(invite(other), &context),
        Err(BallotRejection::OtherInvitation)
    );
}

#[test]
fn a_sheet_has_each_criterion_once_and_belongs_to_its_ballot() {
    let sheet = sample::sheet(80);
    let mut scores = sheet.marks.scores();
    scores.push(scores[0].clone());
    let twice = Sheet::parse(scores, true);
    assert!(matches!(twice, Err(crate::domain::InvalidSheet::Mark(_))));
    let bytes = sheet.encode(sample::ballot(1));
    assert_eq!(Sheet::decode(sample::ballot(1), &bytes), Ok(sheet));
    assert_eq!(
        Sheet::decode(sample::ballot(2), &bytes),
        Err(crate::domain::InvalidSheet::OtherBallot)
    );
}
