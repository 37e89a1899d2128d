//! The list proposal: ballots added up, every demand at its place, the cut with its reason; and what
//! becomes of it.

use std::collections::{BTreeMap, BTreeSet};

use draws::{Waiver, criterion_name};
use evidence::Digest;
use panel::{
    CriterionKey, ExpertKey, FieldKey, Ratio,
    aggregate::{self, CutReason, FieldRanking, Placed, Tally, Verdict, leniency},
};
use regulation::{Context, Day, DecisionId, DemandId, ExpertId, Field, PersonKey, Region, Text};
use serde::{Deserialize, Serialize};

use super::{
    super::{Entry, Sheet},
    EvaluationRound, Quota, RoundEvent, RoundRejection, SeatState, Setup, Table,
    compute::{Computed, compute},
};
use crate::publish;

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
    /// Why people preferred it to others that are equal in everything, if they did.
    pub choice: Option<Text>,
}

/// A list proposal with everything it was computed from and by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which version of the list it is, from 1.
    pub version: u32,
    /// Digest of the list as it is told: what the members decide on.
    pub digest: Digest,
    /// The fields with their numbers of places.
    pub quotas: BTreeMap<Field, Quota>,
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
    /// Experts whom a credit record came to bar after they had cast, and until when: their ballots
    /// stay.
    #[serde(default)]
    pub barred: BTreeMap<ExpertId, Day>,
}

/// What the secretariat says when it proposes a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposing {
    /// Demands of the batch that their homes took back.
    pub withdrawn: BTreeSet<DemandId>,
    /// Other numbers of places; only after a list was returned.
    pub quotas: BTreeMap<Field, Quota>,
    /// Which of several equals are preferred, and why.
    pub choices: BTreeMap<DemandId, Text>,
    /// Whom credit records bar by now, and until when.
    pub barred: BTreeMap<PersonKey, Day>,
}

pub(super) fn propose(
    round: &EvaluationRound,
    proposing: Proposing,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let EvaluationRound::Closed { table, .. } = round else {
        return Err(RoundRejection::WrongState {
            needed: "已关闭、尚未提出清单建议",
        });
    };
    // Without one nobody could say whose word the list needs.
    if context.policy.is_none() {
        return Err(RoundRejection::NoPolicy);
    }
    let Proposing {
        withdrawn,
        quotas,
        choices,
        barred,
    } = proposing;
    let quotas = places(table, quotas)?;
    all_open(table, &withdrawn)?;
    let Computed {
        rankings,
        tallies,
        unscored,
    } = compute(table, &table.setup.scheme, &quotas, &withdrawn)?;
    let mut standings = standings(table, &rankings, &tallies)?;
    choose(&rankings, &mut standings, choices)?;
    let leniency = leniency(tallies.values());
    let mut proposal = Proposal {
        version: u32::try_from(table.returned.len() + 1).unwrap_or(u32::MAX),
        digest: Digest([0; 32]),
        quotas,
        standings,
        rankings,
        tallies,
        leniency,
        unscored,
        withdrawn,
        barred: barred_later(table, &barred),
    };
    proposal.digest = Digest::of_document(&publish::list_proposed(table, &proposal).body);
    if table
        .returned
        .iter()
        .any(|list| list.digest == proposal.digest)
    {
        return Err(RoundRejection::SameList);
    }
    Ok(vec![RoundEvent::Proposed(Box::new(proposal))])
}

/// Of those whose ballots were opened, whom a credit record bars by now.
fn barred_later(table: &Table, barred: &BTreeMap<PersonKey, Day>) -> BTreeMap<ExpertId, Day> {
    let opened = table
        .seats
        .values()
        .filter(|seat| matches!(seat.state, SeatState::Revealed(_)));
    let barred = opened.filter_map(|seat| {
        let person = &table.roster.get(&seat.expert)?.person;
        Some((seat.expert, *barred.get(person)?))
    });
    barred.collect()
}

/// Every ballot is open that is still in.
fn all_open(table: &Table, withdrawn: &BTreeSet<DemandId>) -> Result<(), RoundRejection> {
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
    Ok(())
}

/// The numbers of places that hold: the round's own, until the members have returned a list.
fn places(
    table: &Table,
    given: BTreeMap<Field, Quota>,
) -> Result<BTreeMap<Field, Quota>, RoundRejection> {
    let own = &table.setup.quotas;
    if given.is_empty() {
        return Ok(own.clone());
    }
    if table.returned.is_empty() {
        return Err(RoundRejection::QuotasStand);
    }
    if let Some(stranger) = given.keys().find(|field| !own.contains_key(field)) {
        return Err(RoundRejection::UnknownField(stranger.clone()));
    }
    let mut quotas = own.clone();
    quotas.extend(given);
    Ok(quotas)
}

/// Lists those whom people prefer among equals: as many as there are places left, no others.
fn choose(
    rankings: &BTreeMap<FieldKey, FieldRanking>,
    standings: &mut BTreeMap<DemandId, Standing>,
    mut choices: BTreeMap<DemandId, Text>,
) -> Result<(), RoundRejection> {
    for ranking in rankings.values() {
        let CutReason::Undecided { tied, places } = &ranking.reason else {
            continue;
        };
        let mut chosen = Vec::new();
        for key in tied {
            let demand: DemandId = key.as_str().parse().map_err(|_| RoundRejection::Numbers)?;
            if let Some(reason) = choices.remove(&demand) {
                chosen.push((demand, reason));
            }
        }
        if !chosen.is_empty() && chosen.len() != *places as usize {
            return Err(RoundRejection::Choices {
                places: *places,
                chosen: chosen.len(),
            });
        }
        for (demand, reason) in chosen {
            if let Some(standing) = standings.get_mut(&demand) {
                standing.listed = true;
                standing.reason = format!("并列，经会商列入建议：{reason}。{}", standing.reason);
                standing.choice = Some(reason);
            }
        }
    }
    match choices.into_keys().next() {
        None => Ok(()),
        Some(demand) => Err(RoundRejection::NotTied { demand }),
    }
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
                    choice: None,
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
    let name = |key: &CriterionKey| criterion_name(&setup.criteria, key.as_str());
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
        let comment = |(number, sheet): (usize, &Sheet)| {
            let said = sheet.marks.reasons(&self.setup.criteria);
            format!("专家{number}：{}", said.join("；"))
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
    digest: Digest,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        EvaluationRound::Proposed { proposal, .. } if proposal.digest == digest => {
            Ok(vec![RoundEvent::Adopted { decision }])
        }
        EvaluationRound::Proposed { .. } => Err(RoundRejection::OtherList),
        EvaluationRound::Adopted {
            decision: before, ..
        } if *before == decision => Ok(vec![]),
        _ => Err(RoundRejection::WrongState {
            needed: "已提出清单建议",
        }),
    }
}

/// The members did not agree to the list: the ballots stand, and a new version can be proposed.
pub(super) fn list_returned(
    round: &EvaluationRound,
    decision: DecisionId,
    digest: Digest,
    reason: String,
) -> Vec<RoundEvent> {
    match round {
        EvaluationRound::Proposed { proposal, .. } if proposal.digest == digest => {
            vec![RoundEvent::ListReturned { decision, reason }]
        }
        // Of a version before, or the round has ended.
        _ => Vec::new(),
    }
}

pub(super) fn give_back(
    round: &EvaluationRound,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let ends = match round {
        EvaluationRound::Open(_) | EvaluationRound::Frozen(_) => true,
        // While the list is being decided on, the decision has the word.
        EvaluationRound::Closed { table, .. } => !table.returned.is_empty(),
        EvaluationRound::Returned { .. } => return Ok(vec![]),
        _ => false,
    };
    if !ends {
        return Err(RoundRejection::WrongState {
            needed: "尚未抽取专家，或清单建议已被退回",
        });
    }
    let waiver = Waiver::of(reason, context);
    Ok(vec![RoundEvent::Returned { waiver }])
}
