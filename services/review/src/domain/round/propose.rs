//! The establishment proposal: who is to be established with how much support, by one person,
//! confirmed by another; and what becomes of it. [Art. 16, 17]

use std::collections::{BTreeMap, BTreeSet};

use draws::Waiver;
use panel::aggregate::Verdict;
use regulation::{
    ApplicationId, Context, Day, DecisionId, ExpertId, Money, PersonKey, Region, Text,
};
use serde::{Deserialize, Serialize};

use super::{
    Ranking, ReviewRound, RoundEvent, RoundRejection, SeatState, Setup, Standing, Table,
    close::ranking,
};
use crate::publish;

/// What is proposed of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The support, if it is to be established.
    pub support: Option<Money>,
    /// Why the ranking alone does not decide.
    pub reason: Option<Text>,
}

/// An establishment proposal with everything it was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who made it.
    pub by: String,
    /// What the sheets come to, without what was taken back since.
    pub ranking: Ranking,
    /// By application.
    pub grants: BTreeMap<ApplicationId, Grant>,
    /// What each region has; one that is not named has no limit here.
    pub budgets: BTreeMap<Region, Money>,
    /// Experts whom a credit record came to bar after they had handed in, and until when: their
    /// sheets stay.
    #[serde(default)]
    pub barred: BTreeMap<ExpertId, Day>,
}

impl Proposal {
    /// The support of an application that is to be established.
    pub fn support(&self, application: ApplicationId) -> Option<Money> {
        self.grants.get(&application)?.support
    }

    /// The applications that are to be established.
    pub fn established(&self) -> impl Iterator<Item = (ApplicationId, Money)> {
        let grants = self.grants.iter();
        grants.filter_map(|(application, grant)| Some((*application, grant.support?)))
    }
}

impl Setup {
    /// Most support that an application of the batch can get, and what sets the limit for it:
    /// share of the investment, guide, what was applied for.
    pub fn support_max(&self, application: ApplicationId) -> Option<Money> {
        let package = &self.batch.get(&application)?.package;
        let share = self.support_ratio.of(package.investment());
        let ceiling = self.ceilings.get(&package.guide()).copied().flatten();
        let most = share.min(package.requested());
        Some(ceiling.map_or(most, |ceiling| ceiling.min(most)))
    }
}

pub(super) fn propose(
    round: &ReviewRound,
    grants: &BTreeMap<ApplicationId, Grant>,
    budgets: BTreeMap<Region, Money>,
    withdrawn: BTreeSet<ApplicationId>,
    barred: &BTreeMap<PersonKey, Day>,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let (ReviewRound::Closed { table, .. }
    | ReviewRound::Proposed {
        table,
        confirmed: None,
        ..
    }) = round
    else {
        return Err(RoundRejection::WrongState {
            needed: "已关闭、尚未确认拟立项建议",
        });
    };
    let ranking = ranking(table, withdrawn)?;
    for (application, grant) in grants {
        let standing = ranking
            .standings
            .get(application)
            .ok_or(RoundRejection::NotRanked {
                application: *application,
            })?;
        by_rank(*application, standing, grant)?;
        if let Some(support) = grant.support {
            within_limits(&table.setup, *application, support)?;
        }
    }
    in_order(table, &ranking, grants)?;
    within_budgets(&table.setup, grants, &budgets)?;
    Ok(vec![RoundEvent::Proposed(Box::new(Proposal {
        by: context.actor.person.clone(),
        ranking,
        grants: grants.clone(),
        budgets,
        barred: barred_later(table, barred),
    }))])
}

/// Of those who have handed in, whom a credit record bars by now.
fn barred_later(table: &Table, barred: &BTreeMap<PersonKey, Day>) -> BTreeMap<ExpertId, Day> {
    let completed = table
        .seats
        .values()
        .filter(|seat| matches!(seat.state, SeatState::Completed { .. }));
    let barred = completed.filter_map(|seat| {
        let person = &table.roster.get(&seat.expert)?.person;
        Some((seat.expert, *barred.get(person)?))
    });
    barred.collect()
}

/// What the ranking alone would not say wants a reason.
fn by_rank(
    application: ApplicationId,
    standing: &Standing,
    grant: &Grant,
) -> Result<(), RoundRejection> {
    let within = standing.verdict == Verdict::Within;
    if grant.support.is_some() != within && grant.reason.is_none() {
        return Err(RoundRejection::ReasonWanted {
            application,
            within,
        });
    }
    Ok(())
}

/// Share of the investment, guide, what was applied for: all three, each with its own rule.
fn within_limits(
    setup: &Setup,
    application: ApplicationId,
    support: Money,
) -> Result<(), RoundRejection> {
    let entry = setup
        .batch
        .get(&application)
        .ok_or(RoundRejection::NotInBatch { application })?;
    let package = &entry.package;
    if !setup.support_ratio.at_most(support, package.investment()) {
        return Err(RoundRejection::OverRatio {
            application,
            support,
            most: setup.support_ratio.of(package.investment()),
        });
    }
    let ceiling = setup.ceilings.get(&package.guide()).copied().flatten();
    if let Some(most) = ceiling.filter(|ceiling| support > *ceiling) {
        return Err(RoundRejection::OverCeiling {
            application,
            support,
            most,
        });
    }
    if support > package.requested() {
        return Err(RoundRejection::OverRequest {
            application,
            support,
            most: package.requested(),
        });
    }
    Ok(())
}

/// No more than the places of a field; whoever stands before an established one is established, or
/// it is said why not.
fn in_order(
    table: &Table,
    ranking: &Ranking,
    grants: &BTreeMap<ApplicationId, Grant>,
) -> Result<(), RoundRejection> {
    for (field, places) in &table.setup.places {
        let mut ranked: Vec<_> = ranking
            .standings
            .iter()
            .filter(|(application, _)| {
                let entry = table.setup.batch.get(application);
                entry.is_some_and(|entry| entry.package.field() == field)
            })
            .collect();
        ranked.sort_by_key(|(_, standing)| standing.place);
        let established = |application: &ApplicationId| {
            let grant = grants.get(application);
            grant.is_some_and(|grant| grant.support.is_some())
        };
        let taken = ranked.iter().filter(|(id, _)| established(id));
        let taken = u32::try_from(taken.count()).unwrap_or(u32::MAX);
        if taken > places.number {
            return Err(RoundRejection::TooManyEstablished {
                field: field.clone(),
                places: places.number,
                established: taken,
            });
        }
        let last = ranked.iter().rev().find(|(id, _)| established(id));
        let last = last.map_or(0, |(_, standing)| standing.place);
        let unsaid = ranked.iter().find(|(application, standing)| {
            let before = standing.place < last || standing.verdict == Verdict::Within;
            before && !grants.contains_key(application)
        });
        if let Some((application, _)) = unsaid {
            return Err(RoundRejection::PassedOver {
                application: **application,
            });
        }
    }
    Ok(())
}

fn within_budgets(
    setup: &Setup,
    grants: &BTreeMap<ApplicationId, Grant>,
    budgets: &BTreeMap<Region, Money>,
) -> Result<(), RoundRejection> {
    for (region, budget) in budgets {
        let supports = grants.iter().filter_map(|(application, grant)| {
            let home = setup.batch.get(application)?.region;
            grant.support.filter(|_| home == *region)
        });
        let total = Money::sum(supports).ok_or(RoundRejection::Numbers)?;
        if total > *budget {
            return Err(RoundRejection::OverBudget {
                region: *region,
                total,
                budget: *budget,
            });
        }
    }
    Ok(())
}

pub(super) fn confirm(
    round: &ReviewRound,
    withdrawn: &BTreeSet<ApplicationId>,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let ReviewRound::Proposed {
        proposal,
        confirmed,
        ..
    } = round
    else {
        return Err(RoundRejection::WrongState {
            needed: "已提出拟立项建议",
        });
    };
    if confirmed.is_some() {
        return Ok(vec![]);
    }
    let by = context.actor.person.clone();
    if by == proposal.by {
        return Err(RoundRejection::OwnProposal);
    }
    let gone = withdrawn.difference(&proposal.ranking.withdrawn).next();
    if let Some(application) = gone {
        return Err(RoundRejection::WithdrawnSince {
            application: *application,
        });
    }
    Ok(vec![RoundEvent::Confirmed { by }])
}

pub(super) fn adopt(
    round: &ReviewRound,
    decision: DecisionId,
    document_number: String,
    document: &[u8],
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        ReviewRound::Proposed {
            table,
            proposal,
            confirmed: Some(_),
        } => {
            if publish::proposal_document(table, proposal) != document {
                return Err(RoundRejection::OtherDocument { decision });
            }
            Ok(vec![RoundEvent::Adopted {
                decision,
                document_number,
            }])
        }
        ReviewRound::Adopted {
            decision: before, ..
        } if *before == decision => Ok(vec![]),
        _ => Err(RoundRejection::WrongState {
            needed: "已提出并确认拟立项建议",
        }),
    }
}

/// What was not taken back takes effect: the document stands as decided, byte for byte.
pub(super) fn tell(
    round: &ReviewRound,
    application: ApplicationId,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        ReviewRound::Adopted { proposal, told, .. } => {
            let named = proposal.ranking.standings.contains_key(&application);
            if named && !told.contains(&application) {
                Ok(vec![RoundEvent::Told { application }])
            } else {
                Ok(vec![])
            }
        }
        _ => Err(RoundRejection::WrongState {
            needed: "拟立项建议已有决策",
        }),
    }
}

pub(super) fn note_returned(
    round: &ReviewRound,
    decision: DecisionId,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        ReviewRound::Proposed {
            confirmed: Some(_), ..
        } => {
            let reason = format!("联合决策{decision}未获通过，已退回");
            let waiver = Waiver {
                by: "system".to_owned(),
                reason: reason.parse().map_err(|_| RoundRejection::Numbers)?,
            };
            Ok(vec![RoundEvent::Returned { waiver }])
        }
        // Another decision about it, or one before the proposal: nothing here changes.
        _ => Ok(vec![]),
    }
}

pub(super) fn give_back(
    round: &ReviewRound,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        ReviewRound::Open(_)
        | ReviewRound::Frozen(_)
        | ReviewRound::Closed { .. }
        // Once confirmed it is the joint decision that ends it.
        | ReviewRound::Proposed {
            confirmed: None, ..
        } => {
            Ok(vec![RoundEvent::Returned {
                waiver: Waiver::of(reason, context),
            }])
        }
        ReviewRound::Returned { .. } => Ok(vec![]),
        _ => Err(RoundRejection::WrongState {
            needed: "尚未抽取专家，或已关闭、拟立项建议尚未确认",
        }),
    }
}
