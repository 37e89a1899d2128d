//! The whole computation of a proposed list, exact to the last digit: ballots, weights, what was
//! dropped, places, ties, and why the cut falls where it falls. [Art. 9]

mod left_out;

use std::collections::{BTreeMap, BTreeSet};

use draws::{criterion, criterion_name, int};
use panel::{
    ExpertKey, Ratio,
    aggregate::{self, CutReason, FieldRanking, Placed, Tally},
};
use proto::evaluation::v1 as wire;
use regulation::{DemandId, Field};

use crate::domain::{EvaluationRound, Proposal, Seat, SeatState, Sheet, Table, rules};

fn fraction(ratio: &Ratio) -> wire::Fraction {
    wire::Fraction {
        numerator: i64::try_from(ratio.numerator()).unwrap_or(i64::MAX),
        denominator: i64::try_from(ratio.denominator().get()).unwrap_or(i64::MAX),
    }
}

/// The computation, once a list was proposed; `withdrawn` is what was taken back by now.
pub(super) fn of(
    round: &EvaluationRound,
    withdrawn: &BTreeSet<DemandId>,
) -> Option<wire::Computation> {
    let (table, proposal) = (round.table()?, round.proposal()?);
    let setup = &table.setup;
    let fields = proposal.rankings.iter().map(|(key, ranking)| {
        let field = proposal
            .quotas
            .keys()
            .find(|field| field.as_str() == key.as_str());
        let mut view = self::field(table, proposal, field, ranking);
        for demand in &mut view.demands {
            let id = demand.demand_id.parse();
            demand.withdrawn = id.is_ok_and(|id| withdrawn.contains(&id));
        }
        view
    });
    Some(wire::Computation {
        round_id: setup.round.to_string(),
        list_version: int(proposal.version),
        criteria: setup.criteria.iter().map(criterion).collect(),
        tie_break: setup
            .scheme
            .tie_break()
            .iter()
            .map(ToString::to_string)
            .collect(),
        dropped_from: int(setup.trim_from),
        disagreement_from: int(setup.disagreement_from),
        fields: fields.collect(),
        unranked: left_out::demands(table, proposal),
    })
}

fn field(
    table: &Table,
    proposal: &Proposal,
    field: Option<&Field>,
    ranking: &FieldRanking,
) -> wire::FieldComputation {
    let quota = field.and_then(|field| proposal.quotas.get(field));
    let mut view = wire::FieldComputation {
        field: field.map(ToString::to_string).unwrap_or_default(),
        places: int(ranking.quota),
        places_reason: quota
            .map(|quota| quota.reason.to_string())
            .unwrap_or_default(),
        cut: ranking
            .reason
            .sentence(|key| criterion_name(&table.setup.criteria, key.as_str())),
        ..Default::default()
    };
    let decided = match &ranking.reason {
        CutReason::Score {
            last_within,
            first_below,
        } => Some((last_within, first_below)),
        CutReason::TieBreak {
            criterion,
            last_within,
            first_below,
        } => {
            view.cut_criterion = criterion.to_string();
            Some((last_within, first_below))
        }
        CutReason::EnoughForAll | CutReason::NoQuota | CutReason::Undecided { .. } => None,
    };
    if let Some((last_within, first_below)) = decided {
        view.last_within = Some(fraction(last_within));
        view.first_below = Some(fraction(first_below));
    }
    let demands = ranking
        .places
        .iter()
        .filter_map(|placed| demand(table, proposal, placed));
    view.demands = demands.collect();
    view
}

fn demand(table: &Table, proposal: &Proposal, placed: &Placed) -> Option<wire::DemandComputation> {
    let id: DemandId = placed.proposal.as_str().parse().ok()?;
    let standing = proposal.standings.get(&id)?;
    let tally = proposal.tallies.get(&id)?;
    let mut view = wire::DemandComputation {
        demand_id: id.to_string(),
        title: table.entry(id)?.record.title().to_string(),
        place: int(placed.place),
        total: Some(fraction(&tally.score)),
        ballots: ballots(table, proposal, id, tally),
        uncounted: left_out::ballots(table, id, false),
        spread: Some(fraction(&tally.spread)),
        disagreement: standing.disagreement,
        listed: standing.listed,
        reason: standing.reason.clone(),
        choice: standing
            .choice
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        ..Default::default()
    };
    let verdict = match placed.verdict {
        aggregate::Verdict::Within => wire::Verdict::Within,
        aggregate::Verdict::Tied => wire::Verdict::Tied,
        aggregate::Verdict::Below => wire::Verdict::Below,
    };
    view.verdict = verdict.into();
    let behind_by = match &placed.behind_by {
        aggregate::Separation::First => wire::Separation::First,
        aggregate::Separation::Score => wire::Separation::Score,
        aggregate::Separation::TieBreak(criterion) => {
            view.tie_break_criterion = criterion.to_string();
            wire::Separation::TieBreak
        }
        aggregate::Separation::Equal => wire::Separation::Equal,
    };
    view.behind_by = behind_by.into();
    let means = tally.criteria.iter().map(|(key, mean)| wire::ExactMean {
        criterion: key.to_string(),
        mean: Some(fraction(mean)),
    });
    view.criteria = means.collect();
    Some(view)
}

/// The ballots that were added up, by pseudonym.
fn ballots(
    table: &Table,
    proposal: &Proposal,
    demand: DemandId,
    tally: &Tally,
) -> Vec<wire::CountedBallot> {
    let seats = table.seats.values().filter(|seat| seat.demand == demand);
    let sheets: BTreeMap<ExpertKey, (&Seat, &Sheet)> = seats
        .filter_map(|seat| match &seat.state {
            SeatState::Revealed(sheet) => {
                Some((table.setup.mask.expert(seat.expert).ok()?, (seat, sheet)))
            }
            _ => None,
        })
        .collect();
    let dropped = |key: &ExpertKey| {
        let trimmed = tally.trimmed.as_ref();
        trimmed.is_some_and(|trimmed| [&trimmed.lowest, &trimmed.highest].contains(&key))
    };
    let counted = tally.experts.iter().filter_map(|(key, score)| {
        let (seat, sheet) = sheets.get(key)?;
        let points = sheet.marks.0.iter().map(|(criterion, mark)| wire::Points {
            criterion: criterion.to_string(),
            points: int(mark.points.points()),
        });
        Some(wire::CountedBallot {
            expert: key.to_string(),
            points: points.collect(),
            score: Some(fraction(score)),
            dropped: dropped(key),
            recommended: sheet.recommended,
            note: note(proposal, seat),
        })
    });
    counted.collect()
}

/// Of an expert whom a credit record came to bar after casting: why the ballot counts. [Art. 20]
fn note(proposal: &Proposal, seat: &Seat) -> String {
    let until = proposal.barred.get(&seat.expert);
    until.map_or_else(String::new, |until| {
        let rule = rules::BARRED_LATER;
        format!(
            "该专家因提交后生效的信用记录被限制参加评估至{until}。{}（{}）",
            rule.sentence,
            rule.authority()
        )
    })
}
