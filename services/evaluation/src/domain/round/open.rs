//! Opening a round: which demands, which fields with how many places, by which numbers.

use std::collections::BTreeMap;

use panel::{
    Affinity, FieldKey, Limits, RegionsMin, Seed,
    aggregate::{Scheme, Score},
};
use regulation::{Context, Day, DemandId, EvaluationRoundId, Field, Policy};

use super::{super::Entry, EvaluationRound, Quota, RoundEvent, RoundRejection, Setup};

/// What a round is to be opened with.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The round.
    pub round: EvaluationRoundId,
    /// The year of the list.
    pub year: i32,
    /// The fields with their numbers of places.
    pub quotas: BTreeMap<Field, Quota>,
    /// Experts per demand, where it is not the policy's number.
    pub panel_size: Option<u32>,
    /// Alternates per demand, where it is not the policy's number.
    pub alternates: Option<u32>,
    /// Ballots are due by the end of this day.
    pub deadline: Day,
    /// The accepted demands of these fields that are in no round.
    pub batch: BTreeMap<DemandId, Entry>,
    /// 32 random bytes.
    pub seed: Seed,
}

pub(super) fn open(
    round: &EvaluationRound,
    opening: Opening,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    if !matches!(round, EvaluationRound::Unknown) {
        return Err(RoundRejection::WrongState {
            needed: "尚未开启"
        });
    }
    let policy = context.policy.as_deref().ok_or(RoundRejection::NoPolicy)?;
    let today = Day::of(context.now);
    if opening.deadline < today {
        return Err(RoundRejection::DeadlineInThePast {
            deadline: opening.deadline,
            today,
        });
    }
    if opening.batch.is_empty() {
        return Err(RoundRejection::EmptyBatch);
    }
    for field in opening.quotas.keys() {
        let rankable = FieldKey::try_from(field.to_string()).is_ok();
        if !rankable || !policy.has_field(field) {
            return Err(RoundRejection::UnknownField(field.clone()));
        }
    }
    let stranger = opening
        .batch
        .values()
        .find(|entry| !opening.quotas.contains_key(entry.record.field()));
    if let Some(entry) = stranger {
        return Err(RoundRejection::NoQuota(entry.record.field().clone()));
    }
    Ok(vec![RoundEvent::Opened(Setup {
        scheme: scheme(policy)?,
        limits: limits(policy, &opening)?,
        round: opening.round,
        year: opening.year,
        policy: policy.version.clone(),
        criteria: policy.evaluation_criteria.clone(),
        disagreement_from: policy.disagreement_threshold,
        quotas: opening.quotas,
        deadline: opening.deadline,
        batch: opening.batch,
        seed: opening.seed,
    })])
}

fn scheme(policy: &Policy) -> Result<Scheme, RoundRejection> {
    let mut weights = BTreeMap::new();
    for criterion in &policy.evaluation_criteria {
        let weight = criterion
            .weight
            .try_into()
            .map_err(|_| RoundRejection::Numbers)?;
        weights.insert(criterion.key.parse()?, weight);
    }
    let spread =
        Score::try_from(policy.disagreement_threshold).map_err(|_| RoundRejection::Numbers)?;
    let tie_break = vec!["urgency".parse()?, "necessity".parse()?];
    Scheme::new(
        weights,
        tie_break,
        number(policy.ballots_trim_from)?,
        spread,
    )
    .map_err(|_| RoundRejection::Numbers)
}

/// The limits of the policy; experts of several regions and employers, since the departments
/// invite them together. [Art. 9]
fn limits(policy: &Policy, opening: &Opening) -> Result<Limits, RoundRejection> {
    let panel_size = opening
        .panel_size
        .map_or_else(|| number(policy.evaluation_panel_size), Ok)?;
    let alternates = opening
        .alternates
        .map_or_else(|| number(policy.alternates), Ok)?;
    let several = panel_size > 1 && policy.panel_regions_min > 1;
    Ok(Limits {
        panel_size,
        alternates,
        max_load: number(policy.expert_load_max)?,
        affinity_floor: Affinity::try_from(0)?,
        regions_min: if several {
            RegionsMin::Two
        } else {
            RegionsMin::One
        },
        max_per_employer: number(policy.panel_employer_max)?,
        own_region_cap: panel_size,
    })
}

fn number(number: usize) -> Result<u32, RoundRejection> {
    u32::try_from(number).map_err(|_| RoundRejection::Numbers)
}
