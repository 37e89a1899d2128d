//! What a round is opened with.

use super::*;

#[test]
fn a_round_is_opened_on_the_hub_alone_under_a_policy_and_for_the_future() {
    let open = |opening: Opening, context: &Context| {
        EvaluationRound::Unknown
            .decide(RoundCommand::Open(Box::new(opening)), context)
            .map(drop)
    };
    assert_eq!(open(opening(1, 1), &context()), Ok(()));
    let province = sample::context(Region::SH);
    assert_eq!(
        open(opening(1, 1), &province),
        Err(RoundRejection::NotTheHub)
    );
    let lawless = Context {
        policy: None,
        ..context()
    };
    assert_eq!(open(opening(1, 1), &lawless), Err(RoundRejection::NoPolicy));
    let late = open(opening(1, 1), &after_deadline());
    assert!(matches!(
        late,
        Err(RoundRejection::DeadlineInThePast { .. })
    ));
    assert_eq!(
        open(opening(0, 1), &context()),
        Err(RoundRejection::EmptyBatch)
    );
}

#[test]
fn every_field_of_the_batch_has_places_and_is_supported() {
    let mut strange = opening(1, 1);
    let quota = strange.quotas.pop_first().unwrap().1;
    let open = |opening| {
        decide(
            &EvaluationRound::Unknown,
            RoundCommand::Open(Box::new(opening)),
        )
    };
    let field = "集成电路".parse().unwrap();
    assert_eq!(
        open(strange.clone()).map(drop),
        Err(RoundRejection::NoQuota(field))
    );
    let unknown: regulation::Field = "占星术".parse().unwrap();
    strange.quotas.insert(unknown.clone(), quota);
    assert_eq!(
        open(strange).map(drop),
        Err(RoundRejection::UnknownField(unknown))
    );
}

#[test]
fn only_what_its_department_recommended_by_the_cut_off_is_evaluated() {
    let open = |opening: Opening, context: &Context| {
        EvaluationRound::Unknown
            .decide(RoundCommand::Open(Box::new(opening)), context)
            .map(drop)
    };
    let demand = sample::demand(1);
    let mut without_a_word = opening(2, 1);
    without_a_word.batch.get_mut(&demand).unwrap().recommended = None;
    assert_eq!(
        open(without_a_word, &context()),
        Err(RoundRejection::NotRecommended { demand })
    );
    let cut_off: Day = "2024-05-04".parse().unwrap();
    let cut = |at| {
        let mut opening = opening(1, 1);
        opening.cut_off = Some(cut_off);
        let word = opening.batch.get_mut(&demand).unwrap();
        word.recommended.as_mut().unwrap().at = at;
        opening
    };
    let end = cut_off.end();
    assert_eq!(open(cut(end), &context()), Ok(()));
    assert_eq!(
        open(cut(end + Duration::nanoseconds(1)), &context()),
        Err(RoundRejection::NotRecommended { demand })
    );
    let during = Context {
        now: end,
        ..context()
    };
    assert_eq!(
        open(cut(end), &during),
        Err(RoundRejection::CutOffAhead { cut_off })
    );
}

#[test]
fn a_cut_off_has_passed_only_when_every_member_was_heard_beyond_it_or_is_gone_without_by_name() {
    let cut_off: Day = "2024-05-04".parse().unwrap();
    let mut opening = opening(1, 1);
    opening.cut_off = Some(cut_off);
    let word = opening.batch.get_mut(&sample::demand(1)).unwrap();
    word.recommended.as_mut().unwrap().at = cut_off.end();
    let mut deaf = context();
    deaf.heard
        .insert(Region::AH, cut_off.end() - Duration::seconds(1));
    let open = |opening: &Opening| {
        let open = RoundCommand::Open(Box::new(opening.clone()));
        EvaluationRound::Unknown.decide(open, &deaf)
    };
    let refused = open(&opening).unwrap_err();
    let unheard = BTreeSet::from([Region::AH]);
    assert_eq!(refused, RoundRejection::UnheardOf { cut_off, unheard });
    let refusal: regulation::Refusal = refused.into();
    assert!(refusal.message.contains("安徽"), "{}", refusal.message);
    opening
        .without
        .insert(Region::AH, "该节点检修".parse().unwrap());
    let [RoundEvent::Opened(gathering)] = &open(&opening).unwrap()[..] else {
        panic!()
    };
    assert_eq!(gathering.setup.without[&Region::AH].by, "wang");
}

#[test]
fn a_round_is_opened_once_and_goes_by_the_numbers_of_its_policy() {
    let again = RoundCommand::Open(Box::new(opening(1, 1)));
    assert!(matches!(
        decide(&opened(1, 1), again),
        Err(RoundRejection::WrongState { .. })
    ));
    let own = Opening {
        panel_size: None,
        alternates: None,
        ..opening(1, 1)
    };
    let command = RoundCommand::Open(Box::new(own));
    let round = then(EvaluationRound::Unknown, command);
    let setup = round.setup().unwrap();
    let policy = sample::policy();
    assert_eq!(setup.policy, policy.version);
    assert_eq!(setup.criteria, policy.evaluation_criteria);
    let limits = &setup.limits;
    assert_eq!((limits.panel_size, limits.alternates), (5, 3));
    assert_eq!((limits.max_load, limits.max_per_employer), (15, 1));
    // The departments invite experts together: no region holds a panel. [Art. 9]
    assert_eq!(limits.regions_min, panel::RegionsMin::Two);
    let tie_break = setup.scheme.tie_break().iter();
    let tie_break: Vec<_> = tie_break.map(ToString::to_string).collect();
    assert_eq!(tie_break, ["urgency", "necessity"]);
    assert_eq!(setup.trim_from, 5);
    assert_eq!(setup.disagreement_from, 30);
}
