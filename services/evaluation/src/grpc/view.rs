//! Rounds, ballots and screenings as people may see them. No view of the hub or of an expert has
//! anything of a demander; an expert's has neither the demand's id nor its region.

mod home;

use std::collections::BTreeSet;

use draws::{criterion, hundredths, int, timestamp};
use journal::Loaded;
use proto::evaluation::v1 as wire;
use regulation::{BallotId, DemandId, Region};

pub(super) use home::{ballot, screening};

use crate::domain::{Bench, Entry, EvaluationRound, Proposal, Seat, SeatState, Table, Waiver};

fn waiver(waiver: &Waiver, region: Option<Region>) -> wire::Waiver {
    wire::Waiver {
        by: waiver.by.clone(),
        reason: waiver.reason.to_string(),
        region: region.map(|region| region.to_string()).unwrap_or_default(),
    }
}

/// A round without its demands and ballots.
pub(super) fn outline(round: &Loaded<EvaluationRound>) -> wire::Round {
    use EvaluationRound as R;
    let mut view = wire::Round {
        round_id: round.id.clone(),
        version: round.version,
        ..Default::default()
    };
    if let Some(setup) = round.state.setup() {
        let quotas = setup.quotas.iter().map(|(field, quota)| wire::FieldQuota {
            field: field.to_string(),
            places: int(quota.places),
            reason: quota.reason.to_string(),
        });
        view.quotas = quotas.collect();
        view.year = setup.year;
        view.policy_version.clone_from(&setup.policy);
        view.deadline = setup.deadline.to_string();
        view.criteria = setup.criteria.iter().map(criterion).collect();
        view.panel_size = int(setup.limits.panel_size);
        view.alternates = int(setup.limits.alternates);
        view.demand_count = int(setup.batch.len());
        view.cut_off = setup.cut_off.map(|day| day.to_string()).unwrap_or_default();
        if let Some(chase) = setup.chase {
            view.reminder_days = int(chase.reminder_days);
            view.reply_days = int(chase.reply_days);
        }
        let seeds = round.state.seeds();
        let commitment = seeds.and_then(|seeds| seeds.commitment_of_the_hub());
        view.seed_commitment = commitment.unwrap_or_default();
    }
    let state = match &round.state {
        R::Unknown => wire::RoundState::Unspecified,
        R::Open(_) => wire::RoundState::Open,
        R::Frozen(_) => wire::RoundState::Frozen,
        R::Drawn(_) => wire::RoundState::Drawn,
        R::Scoring(_) => wire::RoundState::Scoring,
        R::Closed { .. } => wire::RoundState::Closed,
        R::Proposed { .. } => wire::RoundState::Proposed,
        R::Adopted { decision, .. } => {
            view.decision_id = decision.to_string();
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

/// A round with what it waits for and, once proposed, the whole computation; `withdrawn` is what was
/// taken back by now.
pub(super) fn round(
    round: &Loaded<EvaluationRound>,
    withdrawn: &BTreeSet<DemandId>,
) -> wire::Round {
    let mut view = outline(round);
    let proposal = round.state.proposal();
    let Some(setup) = round.state.setup() else {
        return view;
    };
    let table = round.state.table();
    let demands = setup.batch.values().map(|entry| {
        let mut view = demand(&round.state, entry, proposal);
        if let Some(outcome) = &mut view.outcome {
            take_back(outcome, withdrawn.contains(&entry.demand));
        }
        view
    });
    view.demands = demands.collect();
    let demands = view.demands.iter();
    let seeds = round.state.seeds_awaited();
    let waiting: BTreeSet<_> = demands
        .flat_map(|demand| demand.waiting_for.iter().cloned())
        .chain(seeds.iter().map(ToString::to_string))
        .collect();
    view.waiting_for = waiting.into_iter().collect();
    if let Some(table) = table {
        view.pool_digest = table.pool.to_hex();
        view.combined_seed = table
            .seeds
            .randomness
            .combine()
            .map(|seed| seed.to_hex())
            .unwrap_or_default();
        let waived = table
            .regions_waived
            .iter()
            .map(|(region, why)| waiver(why, Some(*region)));
        view.regions_waived = waived.collect();
        let returned = (1_i32..).zip(&table.returned);
        let returned = returned.map(|(version, list)| wire::ReturnedList {
            version,
            decision_id: list.decision.to_string(),
            reason: list.reason.clone(),
        });
        view.returned_lists = returned.collect();
        view.list_version = int(table.returned.len());
    }
    if let (Some(table), Some(proposal)) = (table, proposal) {
        view.list_version = int(proposal.version);
        let leniency = proposal.leniency.iter().map(|(key, difference)| {
            let expert = table.keys.get(key);
            wire::Leniency {
                expert_id: expert.map(ToString::to_string).unwrap_or_default(),
                difference: *difference,
            }
        });
        view.leniency = leniency.collect();
    }
    view
}

fn demand(
    round: &EvaluationRound,
    entry: &Entry,
    proposal: Option<&Proposal>,
) -> wire::RoundDemand {
    let mut view = wire::RoundDemand {
        demand_id: entry.demand.to_string(),
        region: entry.region.to_string(),
        record: Some(entry.record.to_wire()),
        recommended_place: entry.recommended.as_ref().map_or(0, |word| int(word.place)),
        ..Default::default()
    };
    let Some(table) = round.table() else {
        return view;
    };
    view.outcome = proposal.map(|proposal| outcome(table, proposal, entry.demand));
    let bench = table
        .benches
        .get(&entry.demand)
        .cloned()
        .unwrap_or_default();
    let seats: Vec<_> = table
        .seats
        .iter()
        .filter(|(_, seat)| seat.demand == entry.demand)
        .collect();
    let is_missing =
        |seat: &Seat| matches!(seat.state, SeatState::Invited | SeatState::Late { .. });
    let is_cast = |seat: &Seat| {
        matches!(
            seat.state,
            SeatState::Cast { .. } | SeatState::Revealed(_) | SeatState::Faulty(_)
        )
    };
    view.panel_size = int(table
        .panel(entry.demand)
        .map_or(0, |panel| panel.experts.len()));
    view.answered = bench.answered;
    view.struck = int(bench.strikes.len());
    let strikes = bench.strikes.iter();
    let strikes = strikes.map(|(expert, commitment)| wire::StrikeSeal {
        expert_id: expert.to_string(),
        commitment: commitment.to_string(),
    });
    view.strikes = strikes.collect();
    view.vacant = int(bench.vacant);
    view.cast = int(seats.iter().filter(|(_, seat)| is_cast(seat)).count());
    view.missing = int(seats.iter().filter(|(_, seat)| is_missing(seat)).count());
    view.waiting_for = waiting_for(round, entry, &bench, &seats);
    view.waiver = bench.waiver.as_ref().map(|why| waiver(why, None));
    view.seats = seats
        .into_iter()
        .map(|(ballot, seat)| seat_view(table, *ballot, seat, proposal))
        .collect();
    view
}

/// The regions that something is waited for from: an answer, a ballot, or its opening.
fn waiting_for(
    round: &EvaluationRound,
    entry: &Entry,
    bench: &Bench,
    seats: &[(&BallotId, &Seat)],
) -> Vec<String> {
    let mut regions = BTreeSet::new();
    let (running, closed) = match round {
        EvaluationRound::Drawn(_) | EvaluationRound::Scoring(_) => (true, false),
        EvaluationRound::Closed { .. } => (false, true),
        _ => (false, false),
    };
    if running && !bench.answered && bench.waiver.is_none() {
        regions.insert(entry.region);
    }
    for (_, seat) in seats {
        let waited_for = match seat.state {
            SeatState::Invited | SeatState::Late { .. } => running,
            SeatState::Cast { .. } => closed,
            _ => false,
        };
        if waited_for {
            regions.insert(seat.region);
        }
    }
    regions
        .into_iter()
        .map(|region| region.to_string())
        .collect()
}

fn seat_view(
    table: &Table,
    ballot: BallotId,
    seat: &Seat,
    proposal: Option<&Proposal>,
) -> wire::SeatView {
    let mut view = wire::SeatView {
        ballot_id: ballot.to_string(),
        expert_id: seat.expert.to_string(),
        region: table
            .roster
            .get(&seat.expert)
            .map_or(seat.region, |e| e.region)
            .to_string(),
        state: seat_state(&seat.state).into(),
        invited_at: timestamp(seat.invited),
        reminded_at: seat
            .reminder
            .map(|reminder| timestamp(reminder.at))
            .unwrap_or_default(),
        ..Default::default()
    };
    match &seat.state {
        SeatState::Invited | SeatState::Conflicted | SeatState::Barred | SeatState::Replaced => {}
        SeatState::Late { at } => view.cast_at = timestamp(*at),
        SeatState::Cast { commitment, at } => {
            view.commitment = commitment.to_string();
            view.cast_at = timestamp(*at);
        }
        SeatState::Waived(why) => view.waiver = Some(waiver(why, None)),
        SeatState::Revealed(sheet) => {
            // Points are shown when all are in, so that none is seen before the others.
            if let Some(proposal) = proposal {
                view.scores = sheet.marks.scores();
                view.recommended = sheet.recommended;
                let key = table.setup.mask.expert(seat.expert).ok();
                let tally = proposal.tallies.get(&seat.demand);
                let own = tally
                    .zip(key)
                    .and_then(|(tally, key)| tally.experts.get(&key));
                view.score = own.map_or(0, hundredths);
            }
        }
        SeatState::Faulty(fault) => view.fault.clone_from(fault),
    }
    view
}

/// Where a ballot stands.
pub(super) fn seat_state(state: &SeatState) -> wire::SeatState {
    match state {
        SeatState::Invited => wire::SeatState::Invited,
        SeatState::Late { .. } => wire::SeatState::Late,
        SeatState::Cast { .. } => wire::SeatState::Cast,
        SeatState::Conflicted => wire::SeatState::Conflicted,
        SeatState::Barred => wire::SeatState::Barred,
        SeatState::Replaced => wire::SeatState::Replaced,
        SeatState::Waived(_) => wire::SeatState::Waived,
        SeatState::Revealed(_) => wire::SeatState::Revealed,
        SeatState::Faulty(_) => wire::SeatState::Faulty,
    }
}

/// What became of a demand that its home took back: the list stays as decided.
fn take_back(outcome: &mut wire::Outcome, withdrawn: bool) {
    if withdrawn {
        outcome.withdrawn = true;
        let ranked = std::mem::take(&mut outcome.reason);
        outcome.reason = format!("已撤回：需求所在地撤回了需求，已决策的清单保持不变。{ranked}");
    }
}

fn outcome(table: &Table, proposal: &Proposal, demand: DemandId) -> wire::Outcome {
    let mut view = wire::Outcome::default();
    if proposal.unscored.contains(&demand) {
        "没有计入的评估意见，可进入下一轮次".clone_into(&mut view.reason);
    }
    if let Some(standing) = proposal.standings.get(&demand) {
        view.place = int(standing.place);
        view.score = hundredths(&standing.score);
        view.listed = standing.listed;
        view.reason.clone_from(&standing.reason);
        view.recommended = int(standing.recommended);
        view.disagreement = standing.disagreement;
    }
    if let Some(tally) = proposal.tallies.get(&demand) {
        view.ballots = int(tally.ballots);
        view.spread = hundredths(&tally.spread);
        if let Some(trimmed) = &tally.trimmed {
            let whose = |key| {
                let expert = table.keys.get(key);
                expert.map(ToString::to_string).unwrap_or_default()
            };
            view.dropped_highest = whose(&trimmed.highest);
            view.dropped_lowest = whose(&trimmed.lowest);
        }
        let means = tally
            .criteria
            .iter()
            .map(|(key, mean)| wire::CriterionMean {
                criterion: key.to_string(),
                mean: hundredths(mean),
            });
        view.criteria = means.collect();
    }
    view
}
