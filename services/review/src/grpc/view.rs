//! Rounds and sheets as people may see them. Scores only once the round is closed, a sheet's
//! content only once its expert has declared to have no conflict.

mod seats;
mod sheet;

use std::collections::BTreeSet;

use draws::{criterion, hundredths, int};
use journal::Loaded;
use panel::aggregate::Verdict;
use proto::{common::v1 as common, review::v1 as wire};
use regulation::{ApplicationId, Money, Region};

pub(super) use sheet::sheet;

use crate::{
    domain::{Blindness, Entry, Proposal, Ranking, ReviewRound, Setup, Table, Waiver, rules},
    publish::money,
};

fn waiver(waiver: &Waiver, region: Option<Region>) -> wire::Waiver {
    wire::Waiver {
        by: waiver.by.clone(),
        reason: waiver.reason.to_string(),
        region: region.map(|region| region.to_string()).unwrap_or_default(),
    }
}

fn blindness(blindness: Blindness) -> i32 {
    let wire = match blindness {
        Blindness::Open => wire::Blindness::Open,
        Blindness::Blind => wire::Blindness::Blind,
    };
    wire.into()
}

/// A round without its applications and sheets.
pub(super) fn outline(round: &Loaded<ReviewRound>) -> wire::Round {
    use ReviewRound as R;
    let mut view = round.state.setup().map_or_else(wire::Round::default, setup);
    view.round_id.clone_from(&round.id);
    view.version = round.version;
    let seeds = round.state.seeds();
    let commitment = seeds.and_then(|seeds| seeds.commitment_of_the_hub());
    view.seed_commitment = commitment.unwrap_or_default();
    let state = match &round.state {
        R::Unknown => wire::RoundState::Unspecified,
        R::Open(_) => wire::RoundState::Open,
        R::Frozen(_) => wire::RoundState::Frozen,
        R::Drawn(_) => wire::RoundState::Drawn,
        R::Reviewing(_) => wire::RoundState::Reviewing,
        R::Closed { .. } => wire::RoundState::Closed,
        R::Proposed {
            proposal,
            confirmed,
            ..
        } => {
            proposed(&mut view, proposal);
            view.confirmed_by = confirmed.clone().unwrap_or_default();
            wire::RoundState::Proposed
        }
        R::Adopted {
            proposal,
            decision,
            document_number,
            ..
        } => {
            proposed(&mut view, proposal);
            view.decision_id = decision.to_string();
            view.document_number.clone_from(document_number);
            wire::RoundState::Adopted
        }
        R::Returned { waiver: why, .. } => {
            view.returned = Some(waiver(why, None));
            wire::RoundState::Returned
        }
    };
    view.state = state.into();
    view
}

fn setup(setup: &Setup) -> wire::Round {
    let places = setup
        .places
        .iter()
        .map(|(field, places)| wire::FieldPlaces {
            field: field.to_string(),
            places: int(places.number),
            reason: places.reason.to_string(),
        });
    let departure = setup.departure.as_ref().map(|departure| common::Departure {
        rule: departure.rule.clone(),
        reason: departure.reason.to_string(),
        approved_by: departure.approved_by.clone().unwrap_or_default(),
    });
    wire::Round {
        year: setup.year,
        held_in: setup.held_in,
        number_in_year: int(setup.number),
        policy_version: setup.policy.clone(),
        deadline: setup.deadline.to_string(),
        blindness: blindness(setup.blindness),
        places: places.collect(),
        criteria: setup.criteria.iter().map(criterion).collect(),
        panel_size: int(setup.limits.panel_size),
        alternates: int(setup.limits.alternates),
        application_count: int(setup.batch.len()),
        departure,
        ..Default::default()
    }
}

fn proposed(view: &mut wire::Round, proposal: &Proposal) {
    view.proposed_by.clone_from(&proposal.by);
    let budgets = proposal.budgets.iter();
    let budgets = budgets.map(|(region, amount)| wire::RegionBudget {
        region: region.to_string(),
        amount: Some(money(*amount)),
    });
    view.budgets = budgets.collect();
    let total = Money::sum(proposal.established().map(|(_, support)| support));
    view.support_total = total.map(money);
}

/// A round with what it waits for and, once closed, the whole computation; `withdrawn` is what was
/// taken back by now.
pub(super) fn round(
    round: &Loaded<ReviewRound>,
    withdrawn: &BTreeSet<ApplicationId>,
) -> wire::Round {
    let mut view = outline(round);
    let Some(setup) = round.state.setup() else {
        return view;
    };
    let applications = setup.batch.iter();
    view.applications = applications
        .map(|(id, entry)| {
            let mut view = application(&round.state, setup, *id, entry);
            if let Some(outcome) = &mut view.outcome {
                take_back(outcome, withdrawn.contains(id));
            }
            view
        })
        .collect();
    let seeds = round.state.seeds();
    let seeds = seeds.map(|seeds| seeds.missing()).unwrap_or_default();
    let waiting: BTreeSet<_> = view
        .applications
        .iter()
        .flat_map(|application| application.waiting_for.iter().cloned())
        .chain(seeds.iter().map(ToString::to_string))
        .collect();
    view.waiting_for = waiting.into_iter().collect();
    if let Some(table) = round.state.table() {
        drawn(&mut view, table);
    }
    if let (Some(table), Some(ranking)) = (round.state.table(), round.state.ranking()) {
        let leniency = ranking.leniency.iter();
        let leniency = leniency.map(|(key, difference)| wire::Leniency {
            expert_id: table.expert(key),
            difference: *difference,
        });
        view.leniency = leniency.collect();
    }
    view
}

fn drawn(view: &mut wire::Round, table: &Table) {
    view.pool_digest = table.pool.to_hex();
    view.combined_seed = table
        .seeds
        .randomness
        .combine()
        .map(|seed| seed.to_hex())
        .unwrap_or_default();
    let waived = table.regions_waived.iter();
    view.regions_waived = waived
        .map(|(region, why)| waiver(why, Some(*region)))
        .collect();
}

fn application(
    round: &ReviewRound,
    setup: &Setup,
    id: ApplicationId,
    entry: &Entry,
) -> wire::RoundApplication {
    let package = &entry.package;
    let mut view = wire::RoundApplication {
        application_id: id.to_string(),
        region: entry.region.to_string(),
        title: package.title().to_string(),
        field: package.field().to_string(),
        lead_unit_id: package.lead().to_string(),
        investment: Some(money(package.investment())),
        requested: Some(money(package.requested())),
        support_max: setup.support_max(id).map(money),
        ..Default::default()
    };
    if let Some(table) = round.table() {
        seats::fill(&mut view, round, table, id);
    }
    if let Some(ranking) = round.ranking() {
        view.outcome = Some(outcome(round.table(), ranking, round.proposal(), id));
    }
    view
}

/// What became of an application that its lead took back: the list stays as decided. [Art. 16]
fn take_back(outcome: &mut wire::Outcome, withdrawn: bool) {
    if withdrawn {
        outcome.withdrawn = true;
        let ranked = std::mem::take(&mut outcome.reason);
        outcome.reason = format!("{}{ranked}", rules::WITHDRAWN.sentence);
    }
}

fn outcome(
    table: Option<&Table>,
    ranking: &Ranking,
    proposal: Option<&Proposal>,
    id: ApplicationId,
) -> wire::Outcome {
    let mut view = wire::Outcome::default();
    if ranking.unscored.contains(&id) {
        "没有计入的评审表，可进入下一轮次".clone_into(&mut view.reason);
    }
    if let Some(standing) = ranking.standings.get(&id) {
        view.place = int(standing.place);
        view.score = hundredths(&standing.score);
        view.within = standing.verdict == Verdict::Within;
        view.tied = standing.verdict == Verdict::Tied;
        view.reason.clone_from(&standing.reason);
        view.recommended = int(standing.recommended);
        view.disagreement = standing.disagreement;
    }
    if let Some(tally) = ranking.tallies.get(&id) {
        view.sheets = int(tally.ballots);
        view.spread = hundredths(&tally.spread);
        if let (Some(table), Some(trimmed)) = (table, &tally.trimmed) {
            view.dropped_highest = table.expert(&trimmed.highest);
            view.dropped_lowest = table.expert(&trimmed.lowest);
        }
        let means = tally.criteria.iter();
        let means = means.map(|(key, mean)| wire::CriterionMean {
            criterion: key.to_string(),
            mean: hundredths(mean),
        });
        view.criteria = means.collect();
    }
    if let Some(grant) = proposal.and_then(|proposal| proposal.grants.get(&id)) {
        view.established = grant.support.is_some();
        view.support = grant.support.map(money);
        view.grant_reason = grant
            .reason
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        if view.established {
            view.project_id = id.project().to_string();
        }
    }
    view
}
