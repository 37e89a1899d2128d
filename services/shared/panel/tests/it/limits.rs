//! Each limit by an input whose outcome it decides, and the refusal when it leaves too few.

use panel::{
    Affinity, Candidate, Conflict, DrawId, DrawInput, InputFault, Limit, Limits, RegionsMin,
    Unfilled, draw,
};
use regulation::{Refusal, Region};

use crate::sample::{
    affinity, candidate, conflict, expert, experts, five, input, loose, panel_of, proposal, seed,
};

fn drawn(limits: Limits, candidates: &[Candidate], conflicts: &[Conflict]) -> Vec<String> {
    let input = input(limits, &[("p", Region::SH)], candidates, conflicts);
    let draw = draw(&input, &seed(0)).unwrap();
    panel_of(&draw, "p")
        .experts
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn refused(limits: Limits, candidates: &[Candidate], conflicts: &[Conflict]) -> (Limit, u32) {
    let input = input(limits, &[("p", Region::SH)], candidates, conflicts);
    let refused = draw(&input, &seed(0)).unwrap_err();
    assert_eq!(refused.unfilled[0].proposal, proposal("p"));
    (refused.unfilled[0].limit, refused.unfilled[0].found)
}

#[test]
fn without_other_limits_the_best_fitting_are_drawn() {
    assert_eq!(drawn(loose(3), &five(), &[]), ["a", "b", "c"]);
    assert_eq!(refused(loose(6), &five(), &[]), (Limit::Candidates, 5));
}

#[test]
fn nobody_in_conflict_is_drawn_or_named_alternate() {
    let conflicts = [conflict("p", "a"), conflict("p", "d")];
    let input = input(loose(2), &[("p", Region::SH)], &five(), &conflicts);
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(panel_of(&draw, "p").experts, experts(&["b", "c"]));
    assert_eq!(panel_of(&draw, "p").alternates, [expert("e")]);
    assert_eq!(refused(loose(4), &five(), &conflicts), (Limit::Conflict, 3));
}

#[test]
fn nobody_below_the_floor_is_drawn_or_named_alternate() {
    let limits = Limits {
        affinity_floor: affinity(6_000),
        ..loose(3)
    };
    let input = input(limits, &[("p", Region::SH)], &five(), &[]);
    assert_eq!(
        panel_of(&draw(&input, &seed(0)).unwrap(), "p").alternates,
        [expert("d")]
    );
    let limits = Limits {
        panel_size: 5,
        ..limits
    };
    assert_eq!(refused(limits, &five(), &[]), (Limit::AffinityFloor, 4));
}

#[test]
fn an_employer_has_no_more_than_its_share_of_a_panel() {
    let limits = Limits {
        max_per_employer: 1,
        ..loose(3)
    };
    assert_eq!(drawn(limits, &five(), &[]), ["a", "c", "d"]);
    let limits = Limits {
        panel_size: 5,
        own_region_cap: 5,
        ..limits
    };
    assert_eq!(refused(limits, &five(), &[]), (Limit::Employer, 4));
}

#[test]
fn a_panel_comes_from_two_regions() {
    let limits = Limits {
        regions_min: RegionsMin::Two,
        ..loose(3)
    };
    assert_eq!(drawn(limits, &five(), &[]), ["a", "b", "d"]);
    assert_eq!(refused(limits, &five()[..3], &[]), (Limit::Regions, 2));
}

#[test]
fn the_leads_own_region_is_capped_and_another_is_not() {
    let limits = Limits {
        own_region_cap: 1,
        ..loose(3)
    };
    assert_eq!(drawn(limits, &five(), &[]), ["a", "d", "e"]);
    assert_eq!(refused(limits, &five()[..4], &[]), (Limit::OwnRegion, 2));

    let input = input(limits, &[("p", Region::JS)], &five(), &[]);
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(panel_of(&draw, "p").experts, experts(&["a", "b", "c"]));
}

#[test]
fn nobody_gets_more_proposals_than_the_load_allows_those_of_other_draws_included() {
    let mut candidates = five();
    candidates[0].load = 2;
    let limits = Limits {
        max_load: 2,
        ..loose(3)
    };
    assert_eq!(drawn(limits, &candidates, &[]), ["b", "c", "d"]);
    candidates[1].load = 3;
    assert_eq!(
        refused(
            Limits {
                panel_size: 4,
                ..limits
            },
            &candidates,
            &[]
        ),
        (Limit::Load, 3)
    );
}

#[test]
fn proposals_that_want_the_same_experts_are_named_together() {
    let candidates = [
        candidate("a", Region::SH, "x", &[("p", 1), ("q", 1)]),
        candidate("b", Region::SH, "x", &[("p", 1), ("q", 1)]),
        candidate("c", Region::SH, "x", &[("p", 1), ("q", 1)]),
        candidate("d", Region::SH, "x", &[("other", 1)]),
        candidate("e", Region::SH, "x", &[("other", 1)]),
    ];
    let limits = Limits {
        max_load: 1,
        ..loose(2)
    };
    let proposals = [("other", Region::SH), ("p", Region::SH), ("q", Region::SH)];
    let refused = draw(&input(limits, &proposals, &candidates, &[]), &seed(0)).unwrap_err();
    let expected = Unfilled {
        proposal: proposal("q"),
        limit: Limit::Load,
        found: 1,
        needed: 2,
        rivals: [proposal("p")].into(),
    };
    assert_eq!(refused.unfilled, [expected]);
    let refusal = Refusal::from(refused);
    assert!(refusal.message.contains("专家评审任务上限"), "{refusal}");
    assert!(refusal.to_string().contains("平台规则"), "{refusal}");
}

#[test]
fn every_proposal_that_falls_short_by_itself_is_named() {
    let proposals = [("p", Region::SH), ("q", Region::SH), ("r", Region::SH)];
    let candidates = [candidate("a", Region::SH, "x", &[("q", 1)])];
    let refused = draw(&input(loose(1), &proposals, &candidates, &[]), &seed(0)).unwrap_err();
    let named: Vec<_> = refused
        .unfilled
        .iter()
        .map(|u| u.proposal.as_str())
        .collect();
    assert_eq!(named, ["p", "r"]);
}

#[test]
fn whoever_is_fully_loaded_already_is_no_candidate_for_anything() {
    let fits = [("p", 9), ("q", 9)];
    let mut spent = candidate("a", Region::SH, "x", &fits);
    spent.load = 1;
    let limits = Limits {
        max_load: 1,
        ..loose(1)
    };
    let proposals = [("p", Region::SH), ("q", Region::SH)];
    let refused = draw(&input(limits, &proposals, &[spent], &[]), &seed(0)).unwrap_err();
    let named: Vec<_> = refused
        .unfilled
        .iter()
        .map(|u| (u.proposal.as_str(), u.limit, u.found))
        .collect();
    assert_eq!(named, [("p", Limit::Load, 0), ("q", Limit::Load, 0)]);
}

#[test]
fn alternates_are_the_next_by_fit() {
    let input = input(loose(2), &[("p", Region::SH)], &five(), &[]);
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(panel_of(&draw, "p").alternates, [expert("c"), expert("d")]);
}

#[test]
fn an_alternate_without_whom_a_member_could_not_be_followed_comes_before_better_ones() {
    let limits = Limits {
        regions_min: RegionsMin::Two,
        max_per_employer: 2,
        ..loose(3)
    };
    let mut candidates = five();
    candidates.push(candidate("f", Region::SH, "tongji", &[("p", 6_500)]));
    // Panel a, b, d: whoever follows d must not be from Shanghai, and c, f are before e.
    let input = input(limits, &[("p", Region::SH)], &candidates, &[]);
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(panel_of(&draw, "p").experts, experts(&["a", "b", "d"]));
    assert_eq!(panel_of(&draw, "p").alternates, [expert("c"), expert("e")]);
}

#[test]
fn an_alternate_has_load_left() {
    let limits = Limits {
        max_load: 1,
        ..loose(1)
    };
    let candidates = [
        candidate("a", Region::SH, "x", &[("p", 9), ("q", 1)]),
        candidate("b", Region::SH, "x", &[("p", 8), ("q", 9)]),
        candidate("c", Region::SH, "x", &[("p", 7)]),
    ];
    let input = input(
        limits,
        &[("p", Region::SH), ("q", Region::SH)],
        &candidates,
        &[],
    );
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(panel_of(&draw, "p").alternates, [expert("c")]);
    assert!(panel_of(&draw, "q").alternates.is_empty());
}

fn fault(limits: Limits, candidates: &[Candidate], conflicts: &[Conflict]) -> InputFault {
    let draw: DrawId = "r/1".parse().unwrap();
    let proposals = vec![panel::Proposal {
        key: proposal("p"),
        lead_region: Region::SH,
    }];
    let conflicts = conflicts.iter().cloned().collect();
    DrawInput::new(draw, limits, proposals, candidates.to_vec(), conflicts).unwrap_err()
}

#[test]
fn an_input_that_makes_no_sense_is_refused() {
    let two = RegionsMin::Two;
    let one_seat = Limits {
        regions_min: two,
        ..loose(1)
    };
    assert_eq!(fault(one_seat, &[], &[]), InputFault::PanelSize(1));
    assert_eq!(fault(loose(0), &[], &[]), InputFault::PanelSize(0));
    let none = Limits {
        max_per_employer: 0,
        ..loose(1)
    };
    assert_eq!(fault(none, &[], &[]), InputFault::PerEmployer);
    let twice = [five()[0].clone(), five()[0].clone()];
    assert_eq!(
        fault(loose(1), &twice, &[]),
        InputFault::CandidateTwice(expert("a"))
    );
    let stray = [candidate("a", Region::SH, "x", &[("q", 1)])];
    assert_eq!(
        fault(loose(1), &stray, &[]),
        InputFault::NoProposal(proposal("q"))
    );
    let branches = [
        candidate("a", Region::SH, "x", &[]),
        candidate("b", Region::JS, "x", &[]),
    ];
    let employer = "x".parse().unwrap();
    assert_eq!(
        fault(loose(1), &branches, &[]),
        InputFault::EmployerInTwoRegions(employer)
    );
    let unknown = [conflict("zz", "a")];
    assert_eq!(
        fault(loose(1), &five(), &unknown),
        InputFault::NoProposal(proposal("zz"))
    );
    let unknown = [conflict("p", "zz")];
    assert_eq!(
        fault(loose(1), &[], &unknown),
        InputFault::NoCandidate(expert("zz"))
    );
    assert_eq!(
        Affinity::try_from(10_001),
        Err(InputFault::Affinity(10_001))
    );
    assert_eq!(RegionsMin::try_from(3), Err(InputFault::RegionsMin(3)));
    let none = DrawInput::new("r".parse().unwrap(), loose(1), vec![], vec![], [].into());
    assert_eq!(none, Err(InputFault::Proposals(0)));
}

#[test]
fn everything_that_can_change_the_outcome_changes_the_digest() {
    let base = || input(loose(2), &[("p", Region::SH)], &five(), &[]);
    let with = |limits| input(limits, &[("p", Region::SH)], &five(), &[]).digest();
    let mut changed = five();
    changed[0].load = 1;
    let mut digests = vec![
        base().digest(),
        with(Limits {
            alternates: 3,
            ..loose(2)
        }),
        with(Limits {
            max_load: 3,
            ..loose(2)
        }),
        with(Limits {
            affinity_floor: affinity(1),
            ..loose(2)
        }),
        with(Limits {
            regions_min: RegionsMin::Two,
            ..loose(2)
        }),
        with(Limits {
            max_per_employer: 1,
            ..loose(2)
        }),
        with(Limits {
            own_region_cap: 1,
            ..loose(2)
        }),
        with(loose(3)),
        input(loose(2), &[("p", Region::JS)], &five(), &[]).digest(),
        input(loose(2), &[("p", Region::SH)], &five()[1..], &[]).digest(),
        input(loose(2), &[("p", Region::SH)], &changed, &[]).digest(),
        input(
            loose(2),
            &[("p", Region::SH)],
            &five(),
            &[conflict("p", "a")],
        )
        .digest(),
    ];
    let all = digests.len();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), all);
}
