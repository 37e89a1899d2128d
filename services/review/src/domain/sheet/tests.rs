//! A sheet's rules, each by a case that it decides.

use regulation::{Refusal, RefusalKind, Region, Role};
use time::Duration;

use super::*;
use crate::domain::{rules, sample};

fn as_expert(number: u128) -> Context {
    sample::as_expert(number, Region::SH)
}

fn late() -> Context {
    Context {
        now: sample::deadline().end() + Duration::seconds(1),
        ..as_expert(1)
    }
}

fn then_in(mut sheet: Sheet, command: SheetCommand, context: &Context) -> Sheet {
    for event in sheet.decide(command, context).unwrap() {
        let kept = serde_json::to_string(&event).unwrap();
        sheet.evolve(&serde_json::from_str(&kept).unwrap());
    }
    sheet
}

fn then(sheet: Sheet, command: SheetCommand) -> Sheet {
    then_in(sheet, command, &as_expert(1))
}

fn invite() -> SheetCommand {
    SheetCommand::Invite(Box::new(sample::invitation(1)))
}

fn invited() -> Sheet {
    then(Sheet::Unknown, invite())
}

fn open_for(employer: u128) -> SheetCommand {
    SheetCommand::Open {
        employer: Some(sample::unit(employer)),
    }
}

fn opened() -> Sheet {
    then(invited(), open_for(1))
}

fn complete(points: u32) -> SheetCommand {
    SheetCommand::Complete {
        opinion: sample::opinion(points),
        employer: Some(sample::unit(1)),
    }
}

fn rule(refused: Result<Vec<SheetEvent>, SheetRejection>) -> &'static str {
    Refusal::from(refused.unwrap_err()).rule.code
}

#[test]
fn a_sheet_is_opened_by_a_declaration_then_completed_and_told_to_the_hub_alone() {
    let sheet = opened();
    assert!(sheet.opened().is_some());
    let events = sheet.decide(complete(80), &as_expert(1)).unwrap();
    let done = then(sheet, complete(80));
    let told = done.publish("", &events[0], &as_expert(1));
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].scope,
        proto::message::Scope::Share(proto::message::Audience::HUB)
    );
    let completed: proto::review::v1::SheetCompleted = told[0].read().unwrap();
    assert!(completed.recommended && completed.scores.len() == 5);
}

#[test]
fn nothing_is_scored_before_the_declaration() {
    assert_eq!(
        rule(invited().decide(complete(80), &as_expert(1))),
        rules::DECLARE_FIRST.code
    );
    assert_eq!(invited().opened(), None);
}

#[test]
fn who_works_for_an_applicant_neither_opens_nor_completes() {
    for applicant in [101, 201] {
        assert_eq!(
            rule(invited().decide(open_for(applicant), &as_expert(1))),
            rules::CONFLICT.code
        );
        let moved = SheetCommand::Complete {
            opinion: sample::opinion(80),
            employer: Some(sample::unit(applicant)),
        };
        assert_eq!(
            rule(opened().decide(moved, &as_expert(1))),
            rules::CONFLICT.code
        );
    }
    let unknown = SheetCommand::Open { employer: None };
    assert!(invited().decide(unknown, &as_expert(1)).is_ok());
}

#[test]
fn a_sheet_is_its_experts_alone() {
    for command in [open_for(1), complete(80), SheetCommand::DeclareConflict] {
        let refused = opened().decide(command.clone(), &as_expert(2)).unwrap_err();
        assert_eq!(Refusal::from(refused).kind, RefusalKind::NotFound);
        let mut officer = as_expert(1);
        officer.actor.role = Role::Officer;
        assert_eq!(
            opened().decide(command.clone(), &officer),
            Err(SheetRejection::NotYours)
        );
        assert_eq!(
            Sheet::Unknown.decide(command, &as_expert(1)),
            Err(SheetRejection::NotYours)
        );
    }
}

#[test]
fn nothing_is_possible_after_the_deadline_and_everything_until_its_last_moment() {
    let last = Context {
        now: sample::deadline().end(),
        ..as_expert(1)
    };
    for (sheet, command) in [
        (invited(), open_for(1)),
        (opened(), complete(80)),
        (invited(), SheetCommand::DeclareConflict),
    ] {
        assert!(sheet.decide(command.clone(), &last).is_ok());
        assert_eq!(rule(sheet.decide(command, &late())), rules::DEADLINE.code);
    }
}

#[test]
fn a_sheet_scores_exactly_what_was_asked_for() {
    let mut opinion = sample::opinion(80);
    opinion.marks.0.pop_first();
    let employer = None;
    let command = SheetCommand::Complete { opinion, employer };
    assert_eq!(
        rule(opened().decide(command, &as_expert(1))),
        rules::CRITERIA.code
    );
}

#[test]
fn a_sheet_is_completed_once() {
    let done = then(opened(), complete(80));
    assert_eq!(done.decide(complete(80), &as_expert(1)), Ok(vec![]));
    assert_eq!(done.decide(complete(80), &late()), Ok(vec![]));
    assert_eq!(
        rule(done.decide(complete(81), &as_expert(1))),
        rules::ONCE.code
    );
    assert_eq!(
        rule(done.decide(SheetCommand::DeclareConflict, &as_expert(1))),
        rules::ONCE.code
    );
    assert_eq!(done.decide(open_for(1), &as_expert(1)), Ok(vec![]));
}

#[test]
fn a_declared_conflict_is_for_good_and_says_whether_the_content_was_seen() {
    for (sheet, seen) in [(invited(), false), (opened(), true)] {
        let events = sheet
            .decide(SheetCommand::DeclareConflict, &as_expert(1))
            .unwrap();
        let after_opening = seen;
        assert_eq!(events, [SheetEvent::ConflictDeclared { after_opening }]);
        let sheet = then(sheet, SheetCommand::DeclareConflict);
        assert_eq!(sheet.opened(), None);
        assert_eq!(
            sheet.decide(SheetCommand::DeclareConflict, &as_expert(1)),
            Ok(vec![])
        );
        for command in [open_for(1), complete(80)] {
            assert_eq!(
                rule(sheet.decide(command, &as_expert(1))),
                rules::CONFLICT.code
            );
        }
    }
}

#[test]
fn what_was_recalled_is_over_and_what_was_completed_stays() {
    let sheet = then(opened(), SheetCommand::Recall);
    for command in [open_for(1), complete(80), SheetCommand::DeclareConflict] {
        assert_eq!(
            rule(sheet.decide(command, &as_expert(1))),
            rules::LIFECYCLE.code
        );
    }
    let done = then(opened(), complete(80));
    for sheet in [sheet, done] {
        assert_eq!(
            sheet.decide(SheetCommand::Recall, &as_expert(1)),
            Ok(vec![])
        );
    }
}

#[test]
fn a_repeated_invitation_changes_nothing_and_another_is_refused() {
    assert_eq!(opened().decide(invite(), &as_expert(1)), Ok(vec![]));
    let mut other = sample::invitation(1);
    other.expert = sample::expert(2);
    assert_eq!(
        opened().decide(SheetCommand::Invite(Box::new(other)), &as_expert(1)),
        Err(SheetRejection::OtherInvitation)
    );
}

#[test]
fn a_mark_tells_nothing_across_sheets() {
    let unit = sample::unit(1);
    assert_ne!(
        barred_mark(sample::sheet(1), unit),
        barred_mark(sample::sheet(2), unit)
    );
}

#[test]
fn whom_a_record_bars_neither_opens_nor_hands_in_and_the_hub_hears_no_reason() {
    let until = sample::deadline();
    let bar = || SheetCommand::Bar { until };
    for sheet in [invited(), opened()] {
        assert_eq!(
            rule(sheet.decide(bar(), &as_expert(2))),
            rules::DRAWN_ONLY.code
        );
        let sheet = then(sheet, bar());
        for command in [open_for(1), complete(80)] {
            let refused = sheet.decide(command, &as_expert(1));
            assert_eq!(rule(refused), rules::STANDING.code);
        }
        assert_eq!(sheet.decide(bar(), &as_expert(1)), Ok(vec![]));
        let told = sheet.publish("", &SheetEvent::Barred { until }, &as_expert(1));
        let [told] = &told[..] else { panic!() };
        assert!(
            told.read::<proto::review::v1::SheetExpertBarred>()
                .is_some()
        );
        assert!(!String::from_utf8_lossy(&told.body).contains(&until.to_string()));
    }
    let done = then(opened(), complete(80));
    assert_eq!(done.decide(bar(), &as_expert(1)), Ok(vec![]));
}
