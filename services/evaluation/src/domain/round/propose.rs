//! The list proposal: ballots added up, every demand at its place, the cut with its reason; and what
//! becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use panel::{
    CriterionKey, ExpertKey, FieldKey, Ratio,
    aggregate::{
        self, Ballot, FieldRanking, Placed, Subject, Tally, Verdict, leniency, rank, tally,
    },
};
use regulation::{Context, DecisionId, DemandId, Region, Text};
use serde::{Deserialize, Serialize};

use super::{
    super::Entry, EvaluationRound, RoundEvent, RoundRejection, SeatState, Setup, Table, Waiver,
};

/// Where one demand stands, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The demand.
    pub demand: DemandId,
    /// From 1 within its field.
    pub place: u32,
    /// Points, 0 to 100.
    pub score: Ratio,
    /// Whether the list takes it.
    pub listed: bool,
    /// Why it is on this side of the cut, in Chinese.
    pub reason: String,
    /// How many ballots recommend it.
    pub recommended: u32,
    /// Whether experts disagree wildly.
    pub disagreement: bool,
}

/// A list proposal with everything it was computed from and by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Every demand that was scored.
    pub standings: BTreeMap<DemandId, Standing>,
    /// By field: places and cut.
    pub rankings: BTreeMap<FieldKey, FieldRanking>,
    /// By demand: what its ballots came to.
    pub tallies: BTreeMap<DemandId, Tally>,
    /// How far each expert scores above or below their panels, in hundredths of a point: shown,
    /// never corrected.
    pub leniency: BTreeMap<ExpertKey, i64>,
    /// Demands without a single ballot that counts; they may enter another round.
    pub unscored: BTreeSet<DemandId>,
    /// Demands that their homes took back.
    pub withdrawn: BTreeSet<DemandId>,
}

pub(super) fn propose(
    round: &EvaluationRound,
    withdrawn: BTreeSet<DemandId>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let EvaluationRound::Closed { table, .. } = round else {
        return Err(RoundRejection::WrongState {
            needed: "已关闭、尚未提出清单建议",
        });
    };
    let sealed: BTreeMap<_, Region> = table
        .seats
        .iter()
        .filter(|(_, seat)| !withdrawn.contains(&seat.demand))
        .filter(|(_, seat)| matches!(seat.state, SeatState::Cast { .. }))
        .map(|(ballot, seat)| (*ballot, seat.region))
        .collect();
    if !sealed.is_empty() {
        return Err(RoundRejection::StillSealed(sealed));
    }
    let mut tallies = BTreeMap::new();
    let mut unscored = BTreeSet::new();
    let mut subjects = Vec::new();
    for entry in table
        .setup
        .batch
        .values()
        .filter(|e| !withdrawn.contains(&e.demand))
    {
        let ballots = ballots(table, entry.demand)?;
        if ballots.is_empty() {
            unscored.insert(entry.demand);
            continue;
        }
        let tally = tally(&table.setup.scheme, &ballots)?;
        subjects.push(Subject {
            proposal: entry.demand.to_string().parse()?,
            field: entry.record.field().to_string().parse()?,
            tally: tally.clone(),
        });
        tallies.insert(entry.demand, tally);
    }
    let mut quotas = BTreeMap::new();
    for (field, quota) in &table.setup.quotas {
        quotas.insert(field.to_string().parse()?, quota.places);
    }
    let rankings = rank(&table.setup.scheme, &subjects, &quotas)?;
    let standings = standings(table, &rankings, &tallies)?;
    let leniency = leniency(tallies.values());
    Ok(vec![RoundEvent::Proposed(Box::new(Proposal {
        standings,
        rankings,
        tallies,
        leniency,
        unscored,
        withdrawn,
    }))])
}

/// The ballots of a demand that count.
fn ballots(table: &Table, demand: DemandId) -> Result<Vec<Ballot>, RoundRejection> {
    let mut ballots = Vec::new();
    for seat in table.seats.values().filter(|seat| seat.demand == demand) {
        if let SeatState::Revealed(sheet) = &seat.state {
            let scores = sheet
                .marks
                .iter()
                .map(|(key, mark)| (key.clone(), mark.points));
            let expert = seat.expert.to_string().parse()?;
            ballots.push(Ballot {
                expert,
                scores: scores.collect(),
            });
        }
    }
    Ok(ballots)
}

fn standings(
    table: &Table,
    rankings: &BTreeMap<FieldKey, FieldRanking>,
    tallies: &BTreeMap<DemandId, Tally>,
) -> Result<BTreeMap<DemandId, Standing>, RoundRejection> {
    let mut standings = BTreeMap::new();
    for (field, ranking) in rankings {
        for placed in &ranking.places {
            let demand: DemandId = placed
                .proposal
                .as_str()
                .parse()
                .map_err(|_| RoundRejection::Numbers)?;
            let spread = tallies.get(&demand).map(|tally| tally.spread);
            let threshold = Ratio::whole(table.setup.disagreement_from.into());
            standings.insert(
                demand,
                Standing {
                    demand,
                    place: placed.place,
                    score: placed.score,
                    listed: placed.verdict == Verdict::Within,
                    reason: reason(&table.setup, field, ranking, placed),
                    recommended: recommended(table, demand),
                    disagreement: spread.is_some_and(|spread| spread >= threshold),
                },
            );
        }
    }
    Ok(standings)
}

fn reason(setup: &Setup, field: &FieldKey, ranking: &FieldRanking, placed: &Placed) -> String {
    let side = match placed.verdict {
        Verdict::Within => "列入建议",
        Verdict::Tied => "并列，未列入建议，待会商",
        Verdict::Below => "未列入建议",
    };
    let name = |key: &CriterionKey| {
        let criterion = setup
            .criteria
            .iter()
            .find(|criterion| criterion.key == key.as_str());
        criterion.map_or_else(|| key.to_string(), |criterion| criterion.name.clone())
    };
    format!(
        "{side}：{field}领域第{}名，得{}分，名额{}项；{}。",
        placed.place,
        placed.score,
        ranking.quota,
        aggregate::CutReason::sentence(&ranking.reason, name),
    )
}

fn recommended(table: &Table, demand: DemandId) -> u32 {
    let seats = table.seats.values().filter(|seat| seat.demand == demand);
    seats
        .map(|seat| match &seat.state {
            SeatState::Revealed(sheet) => u32::from(sheet.recommended),
            _ => 0,
        })
        .sum()
}

impl Table {
    /// What the experts say of a demand, without saying who they are.
    pub fn comments(&self, demand: DemandId) -> Vec<String> {
        let seats = self.seats.values().filter(|seat| seat.demand == demand);
        let sheets = seats.filter_map(|seat| match &seat.state {
            SeatState::Revealed(sheet) => Some(sheet),
            _ => None,
        });
        let comment = |(number, sheet): (usize, &super::Sheet)| {
            let said = self.setup.criteria.iter().filter_map(|criterion| {
                let mark = sheet
                    .marks
                    .iter()
                    .find(|(key, _)| key.as_str() == criterion.key)?;
                Some(format!("{}：{}", criterion.name, mark.1.reason))
            });
            format!("专家{number}：{}", said.collect::<Vec<_>>().join("；"))
        };
        (1..).zip(sheets).map(comment).collect()
    }

    /// A demand of the batch.
    pub fn entry(&self, demand: DemandId) -> Option<&Entry> {
        self.setup.batch.get(&demand)
    }
}

pub(super) fn adopt(
    round: &EvaluationRound,
    decision: DecisionId,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        EvaluationRound::Proposed { .. } => Ok(vec![RoundEvent::Adopted { decision }]),
        EvaluationRound::Adopted {
            decision: before, ..
        } if *before == decision => Ok(vec![]),
        _ => Err(RoundRejection::WrongState {
            needed: "已提出清单建议",
        }),
    }
}

pub(super) fn give_back(
    round: &EvaluationRound,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        EvaluationRound::Open(_) | EvaluationRound::Proposed { .. } => {
            let waiver = Waiver {
                by: context.actor.person.clone(),
                reason,
            };
            Ok(vec![RoundEvent::Returned { waiver }])
        }
        EvaluationRound::Returned { .. } => Ok(vec![]),
        _ => Err(RoundRejection::WrongState {
            needed: "尚未抽取专家，或已提出清单建议",
        }),
    }
}
