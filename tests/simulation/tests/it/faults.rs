//! Every law fails when it should: transport or journal is broken on purpose, and it is seen.

use simulation::{
    fault::Fault,
    run,
    story::{Plot, Scenes, tell},
};

/// Histories in which a defect has the chance to show.
const HISTORIES: u64 = 400;

/// The first history in which the defect shows, by the law that notices it.
fn caught(fault: Fault, law: u8) {
    let Ok(scenes) = Scenes::set() else {
        panic!("the scenes break a law");
    };
    let mut others = Vec::new();
    for seed in 0..HISTORIES {
        let plot = Plot {
            fault: Some(fault),
            ..Plot::of(seed)
        };
        let breach = tell(&scenes, &plot).and_then(|ending| ending.breach);
        match breach {
            Some((breach, _)) if breach.law == law => return,
            Some((breach, _)) => others.push(breach),
            None => {}
        }
    }
    panic!("{fault:?} is not noticed by invariant {law}, only: {others:?}");
}

#[test]
fn what_is_for_the_node_alone_is_missed_when_it_crosses() {
    caught(Fault::NodeMessagesCross, 1);
}

#[test]
fn a_disclosure_that_everybody_reads_is_seen() {
    caught(Fault::Unsealed, 1);
}

#[test]
fn a_demander_that_names_itself_to_all_is_seen() {
    caught(Fault::NoNames, 1);
}

#[test]
fn a_disclosure_before_the_one_to_one_is_seen() {
    caught(Fault::Hasty, 1);
}

#[test]
fn what_is_told_before_the_day_is_over_is_seen() {
    caught(Fault::AtOnce, 1);
}

#[test]
fn a_barred_unit_that_hands_something_in_is_seen() {
    caught(Fault::Unbarred, 10);
}

#[test]
fn a_record_in_effect_before_they_could_appeal_is_seen() {
    caught(Fault::TakenAsHeard, 10);
}

#[test]
fn a_revision_without_its_solvers_word_is_seen() {
    caught(Fault::WordsInvented, 10);
}

#[test]
fn an_assent_that_a_member_never_gave_is_seen() {
    caught(Fault::ForgedAssents, 5);
}

#[test]
fn a_judge_of_their_own_employer_is_seen() {
    caught(Fault::StrikesLost, 6);
}

#[test]
fn a_ballot_after_the_deadline_is_seen() {
    caught(Fault::StoppedClock, 6);
}

#[test]
fn a_message_that_is_applied_twice_is_seen() {
    caught(Fault::NoInbox, 7);
}

#[test]
fn a_message_that_overtakes_another_is_seen() {
    caught(Fault::Overtaking, 7);
}

#[test]
fn a_message_that_is_lost_is_seen() {
    caught(Fault::Loss, 7);
}

#[test]
fn a_solver_too_many_is_seen() {
    caught(Fault::NoVersions, 9);
}

#[test]
fn a_departure_without_approval_is_seen() {
    caught(Fault::UnapprovedDepartures, 10);
}

#[test]
fn one_account_that_prepares_and_approves_is_seen() {
    caught(Fault::OneAccount, 11);
}

#[test]
fn what_leaves_its_end_is_seen() {
    caught(Fault::Restored, 11);
}

#[test]
fn a_demander_that_the_hub_keeps_is_seen() {
    caught(Fault::NamedInTitle, 1);
}

#[test]
fn a_word_on_another_digest_is_seen() {
    caught(Fault::OtherDigest, 5);
}

#[test]
fn an_expert_who_scores_twice_is_seen() {
    caught(Fault::TwiceScored, 6);
}

#[test]
fn what_a_process_forgot_to_publish_is_seen() {
    caught(Fault::OutboxLost, 7);
}

#[test]
fn a_rewritten_past_that_nobody_compares_is_seen() {
    caught(Fault::Credulous, 8);
}

#[test]
fn a_pool_that_outlives_its_matches_is_seen() {
    caught(Fault::PoolKept, 9);
}

#[test]
fn a_roadshow_with_more_guests_than_places_is_seen() {
    caught(Fault::Overfull, 9);
}

#[test]
fn a_decision_in_force_too_early_is_seen() {
    caught(Fault::EarlyForce, 10);
}

#[test]
fn a_case_that_changes_its_policy_is_seen() {
    caught(Fault::Retaken, 10);
}

#[test]
fn a_failure_shrinks_to_fewer_steps_that_fail_the_same() {
    let scenes = Scenes::set().unwrap();
    let fails = |plot: &Plot| {
        tell(&scenes, plot)
            .unwrap()
            .breach
            .map(|(breach, _)| breach.law)
    };
    let whole = (0..HISTORIES)
        .map(|seed| Plot {
            fault: Some(Fault::OneAccount),
            ..Plot::of(seed)
        })
        .find(|plot| fails(plot) == Some(11))
        .unwrap();
    let short = run::shortest(&scenes, &whole);
    assert_eq!(fails(&short), Some(11));
    assert!(
        short.steps.len() * 2 < whole.steps.len(),
        "{} steps",
        short.steps.len()
    );
}
