//! What another version of the policy would have said of a round: its fields, criteria and panels, and
//! the list that the very same ballots come to.

use std::collections::BTreeSet;

use panel::{FieldKey, aggregate};
use regulation::{Criterion, DemandId, Policy, Verdict, rules};

use super::{
    super::rules::LIST, EvaluationRound, Proposal, Setup, Table, compute::compute, open::scheme,
};

/// The rules with a number of the policy, always in this order.
pub(super) fn verdicts(round: &EvaluationRound, policy: &Policy) -> Vec<Verdict> {
    let Some(setup) = round.setup() else {
        return Vec::new();
    };
    let mut verdicts = of_setup(setup, policy);
    if let (Some(table), Some(proposal)) = (round.table(), round.proposal()) {
        verdicts.push(of_list(table, proposal, policy));
    }
    verdicts
}

fn of_setup(setup: &Setup, policy: &Policy) -> Vec<Verdict> {
    let limits = &setup.limits;
    let has = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let fields = || setup.quotas.keys();
    let (size, alternates) = (has(limits.panel_size), has(limits.alternates));
    let (employer, load) = (has(limits.max_per_employer), has(limits.max_load));
    vec![
        Verdict::new(
            rules::FIELDS,
            fields().all(|field| policy.has_field(field)),
            joined(fields()),
            joined(&policy.fields),
        ),
        Verdict::new(
            rules::EVALUATION_CRITERIA,
            setup.criteria == policy.evaluation_criteria,
            weighted(&setup.criteria),
            weighted(&policy.evaluation_criteria),
        ),
        Verdict::new(
            rules::EVALUATION_PANEL_SIZE,
            size >= policy.evaluation_panel_size,
            size,
            policy.evaluation_panel_size,
        ),
        Verdict::new(
            rules::ALTERNATES,
            alternates >= policy.alternates,
            alternates,
            policy.alternates,
        ),
        Verdict::new(
            rules::PANEL_EMPLOYER_MAX,
            employer <= policy.panel_employer_max,
            employer,
            policy.panel_employer_max,
        ),
        Verdict::new(
            rules::EXPERT_LOAD_MAX,
            load <= policy.expert_load_max,
            load,
            policy.expert_load_max,
        ),
    ]
}

/// Whether the same ballots come to the same list.
fn of_list(table: &Table, proposal: &Proposal, policy: &Policy) -> Verdict {
    let found = within(proposal.rankings.iter());
    let again = scheme(policy)
        .and_then(|scheme| compute(table, &scheme, &proposal.quotas, &proposal.withdrawn));
    let titles = |demands: &BTreeSet<DemandId>| {
        let entries = demands.iter().filter_map(|demand| table.entry(*demand));
        joined(entries.map(|entry| entry.record.title()))
    };
    match again {
        Ok(computed) => {
            let other = within(computed.rankings.iter());
            Verdict::new(LIST, found == other, titles(&found), titles(&other))
        }
        // Its criteria ask for what nobody scored.
        Err(_) => Verdict::new(
            LIST,
            false,
            titles(&found),
            "现有评分不足以按该版本的指标重新汇总",
        ),
    }
}

/// The demands within the cut, whatever people preferred among equals.
fn within<'a>(
    rankings: impl Iterator<Item = (&'a FieldKey, &'a aggregate::FieldRanking)>,
) -> BTreeSet<DemandId> {
    let places = rankings.flat_map(|(_, ranking)| &ranking.places);
    let within = places.filter(|placed| placed.verdict == aggregate::Verdict::Within);
    within
        .filter_map(|placed| placed.proposal.as_str().parse().ok())
        .collect()
}

fn weighted(criteria: &[Criterion]) -> String {
    let criteria = criteria.iter();
    joined(criteria.map(|criterion| format!("{}{}%", criterion.name, criterion.weight)))
}

fn joined(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join("、")
}
