//! Opening a round: which applications, which fields with how many places, by which numbers.

use std::collections::BTreeMap;

use draws::{Mask, draw_id};
use evidence::Digest;
use panel::{
    Affinity, CriterionKey, FieldKey, Limits, RegionsMin, Seed,
    aggregate::{Scheme, Score},
};
use regulation::{
    ApplicationId, Context, Day, Departure, Field, GuideId, Money, Policy, ReviewRoundId, Text,
    check, rules::REVIEW_ROUNDS_PER_YEAR,
};

use super::{
    super::{Blindness, Entry},
    Gathering, Places, ReviewRound, RoundEvent, RoundRejection, Setup,
};

/// What a round is to be opened with.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The round.
    pub round: ReviewRoundId,
    /// The year of the programme.
    pub year: i32,
    /// Rounds of this calendar year so far, those that came to nothing before their draw left out.
    pub held: u32,
    /// Rounds opened in this calendar year so far, all of them.
    pub opened: u32,
    /// Why there is one more round than in principle, if it is.
    pub departure: Option<Text>,
    /// The fields with their numbers of places.
    pub places: BTreeMap<Field, Places>,
    /// Experts per application, where it is not the policy's number.
    pub panel_size: Option<u32>,
    /// Alternates per application, where it is not the policy's number.
    pub alternates: Option<u32>,
    /// Sheets are due by the end of this day.
    pub deadline: Day,
    /// What reviewers see of who applies.
    pub blindness: Blindness,
    /// The passed applications of these fields that are in no round.
    pub batch: BTreeMap<ApplicationId, Entry>,
    /// The guides that the hub knows, with their ceilings.
    pub ceilings: BTreeMap<GuideId, Option<Money>>,
    /// 32 random bytes.
    pub seed: Seed,
    /// 32 more, for pseudonyms.
    pub mask: Digest,
}

pub(super) fn open(
    round: &ReviewRound,
    opening: Opening,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    if !matches!(round, ReviewRound::Unknown) {
        return Err(RoundRejection::WrongState {
            needed: "尚未开启"
        });
    }
    let policy = context.policy.as_deref().ok_or(RoundRejection::NoPolicy)?;
    let today = Day::of(context.now);
    sound(&opening, policy, today)?;
    let number = opening.held.saturating_add(1);
    let departure = departure(&opening, policy, number)?;
    // Every full member is asked for a seed.
    let draw = draw_id(opening.round)?;
    let seeds = draws::Gathering::open(draw, policy.members.clone(), opening.seed)?;
    let setup = Setup {
        scheme: scheme(policy)?,
        limits: limits(policy, &opening)?,
        round: opening.round,
        year: opening.year,
        held_in: today.year(),
        number,
        sequence: opening.opened.saturating_add(1),
        opened_by: context.actor.person.clone(),
        departure,
        policy: policy.version.clone(),
        criteria: policy.review_criteria.clone(),
        disagreement_from: policy.disagreement_threshold,
        places: opening.places,
        deadline: opening.deadline,
        blindness: opening.blindness,
        batch: opening.batch,
        support_ratio: policy.support_ratio_max,
        ceilings: opening.ceilings,
        evaluators_may_review: policy.evaluators_may_review,
        mask: Mask(opening.mask),
    };
    Ok(vec![RoundEvent::Opened(Box::new(Gathering {
        setup,
        seeds,
    }))])
}

/// Whether there is something to review, in time, in supported fields, under known guides.
fn sound(opening: &Opening, policy: &Policy, today: Day) -> Result<(), RoundRejection> {
    if opening.deadline < today {
        return Err(RoundRejection::DeadlineInThePast {
            deadline: opening.deadline,
            today,
        });
    }
    if opening.batch.is_empty() {
        return Err(RoundRejection::EmptyBatch);
    }
    fields(opening, policy)?;
    let unknown = opening
        .batch
        .values()
        .map(|entry| entry.package.guide())
        .find(|guide| !opening.ceilings.contains_key(guide));
    unknown.map_or(Ok(()), |guide| Err(RoundRejection::UnknownGuide(guide)))
}

fn fields(opening: &Opening, policy: &Policy) -> Result<(), RoundRejection> {
    for field in opening.places.keys() {
        let rankable = FieldKey::try_from(field.to_string()).is_ok();
        if !rankable || !policy.has_field(field) {
            return Err(RoundRejection::UnknownField(field.clone()));
        }
    }
    let stranger = opening
        .batch
        .values()
        .map(|entry| entry.package.field())
        .find(|field| !opening.places.contains_key(field));
    stranger.map_or(Ok(()), |field| Err(RoundRejection::NoPlaces(field.clone())))
}

/// One round more than in principle wants a reason now, and an approval before its draw. [Art. 15]
fn departure(
    opening: &Opening,
    policy: &Policy,
    number: u32,
) -> Result<Option<Departure>, RoundRejection> {
    if number <= policy.review_rounds_per_year.max {
        return Ok(None);
    }
    match &opening.departure {
        Some(reason) => Ok(Some(Departure::new(REVIEW_ROUNDS_PER_YEAR, reason.clone()))),
        None => check(REVIEW_ROUNDS_PER_YEAR, false, None)
            .map(|()| None)
            .map_err(|refusal| RoundRejection::TooMany(Box::new(refusal))),
    }
}

pub(super) fn approve(
    round: &ReviewRound,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let ReviewRound::Open(gathering) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已开启、尚未抽取专家",
        });
    };
    let setup = &gathering.setup;
    let Some(departure) = &setup.departure else {
        return Err(RoundRejection::NothingToApprove);
    };
    if departure.approved_by.is_some() {
        return Ok(vec![]);
    }
    let by = context.actor.person.clone();
    if by == setup.opened_by {
        return Err(RoundRejection::OwnRound);
    }
    Ok(vec![RoundEvent::Approved { by }])
}

fn scheme(policy: &Policy) -> Result<Scheme, RoundRejection> {
    let mut weights = BTreeMap::new();
    let mut order: Vec<_> = policy.review_criteria.iter().collect();
    for criterion in &order {
        let weight = criterion
            .weight
            .try_into()
            .map_err(|_| RoundRejection::Numbers)?;
        weights.insert(criterion.key.parse()?, weight);
    }
    // Ties are decided by the weightiest criterion first; the sort keeps the policy's order.
    order.sort_by_key(|criterion| std::cmp::Reverse(criterion.weight));
    let tie_break = order.iter().map(|criterion| criterion.key.parse());
    let tie_break = tie_break.collect::<Result<Vec<CriterionKey>, _>>()?;
    let spread =
        Score::try_from(policy.disagreement_threshold).map_err(|_| RoundRejection::Numbers)?;
    let trim_from = number(policy.ballots_trim_from)?;
    Scheme::new(weights, tie_break, trim_from, spread).map_err(|_| RoundRejection::Numbers)
}

fn limits(policy: &Policy, opening: &Opening) -> Result<Limits, RoundRejection> {
    let panel_size = opening
        .panel_size
        .map_or_else(|| number(policy.review_panel_size), Ok)?;
    let alternates = opening
        .alternates
        .map_or_else(|| number(policy.alternates), Ok)?;
    let regions_min = u8::try_from(policy.panel_regions_min)
        .map_err(|_| RoundRejection::Numbers)
        .and_then(|regions| Ok(RegionsMin::try_from(regions)?))?;
    Ok(Limits {
        panel_size,
        alternates,
        max_load: number(policy.expert_load_max)?,
        affinity_floor: Affinity::try_from(0)?,
        regions_min,
        max_per_employer: number(policy.panel_employer_max)?,
        own_region_cap: number(policy.panel_lead_region_max)?,
    })
}

fn number(number: usize) -> Result<u32, RoundRejection> {
    u32::try_from(number).map_err(|_| RoundRejection::Numbers)
}
