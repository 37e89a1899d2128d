//! The machine's verdict: a pure function over a package and what is known around it. The lead's
//! home asks it before a package is frozen, the hub before a person examines it. [Art. 13, 14, 17]

mod fault;
mod regions;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use regulation::{ApplicationId, Day, Money, PersonKey, UnitId};
use serde::{Deserialize, Serialize};

use chassis::Barred;

pub use fault::{Fault, Post};
pub(super) use regions::regions;

use super::{
    Package, Section, Terms,
    guide::Guideline,
    known_unit::Registered,
    package::{Member, SHARES_WHOLE, UnitRole, changes},
    pool_entry::{Owner, Place},
    rules,
};

/// What others know, as a door found it: handed into the command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Where the topic's demand stands in the reserve pool.
    pub pool: Place,
    /// Who demands.
    pub whose: Whose,
    /// The units, as registry knows them.
    pub units: BTreeMap<UnitId, UnitFacts>,
    /// Those of the people of the application whom a credit record bars. [Art. 20]
    pub barred: BTreeMap<PersonKey, Barred>,
    /// Another live application of the same leader for the same guide.
    pub leader_elsewhere: Option<ApplicationId>,
}

/// Who the topic's demander is, as far as this node knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// At a home: it is its own demand, or (nothing) somebody else's.
    Here(Option<Owner>),
    /// On the hub: by the signed word of the lead's home, which is the package itself.
    Signed,
}

/// What registry says of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitFacts {
    /// Its entry.
    pub registered: Registered,
    /// The credit record that bars it, if one does. [Art. 20]
    pub barred: Option<Barred>,
}

/// What a package is held against.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The guide it is for.
    pub guide: &'a Guideline,
    /// The policy version of the case.
    pub terms: &'a Terms,
    /// What others know.
    pub known: &'a Known,
    /// The day on which it is handed in.
    pub day: Day,
    /// For a correction: what was examined before, and what was opened to be corrected.
    pub correction: Option<(&'a Package, &'a BTreeSet<Section>)>,
}

/// Everything that is wrong with a package; nothing: the machine passes it.
pub fn check(package: &Package, ground: &Ground<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    topic(package, ground, &mut faults);
    consortium(package, ground, &mut faults);
    solvers(package, ground, &mut faults);
    money(package, ground, &mut faults);
    contracts(package, &mut faults);
    people(package, ground, &mut faults);
    content(package, ground, &mut faults);
    if let Some((before, open)) = ground.correction {
        let strays = changes(before, package);
        faults.extend(strays.difference(open).copied().map(Fault::NotAskedFor));
    }
    faults
}

fn topic(package: &Package, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let guide = ground.guide;
    // The window is for what is handed in anew; a correction has a deadline of its own.
    if ground.correction.is_none() && !guide.is_open(ground.day) {
        faults.push(Fault::OutsideWindow {
            from: guide.from,
            until: guide.until,
            day: ground.day,
        });
    }
    let listed = guide.topic(package.topic.topic).is_some_and(|topic| {
        topic.blind_id == package.topic.blind_id && topic.field == package.topic.field
    });
    if !listed {
        faults.push(Fault::UnknownTopic);
    }
    if package.topic.blind_id.is_none() {
        return;
    }
    if ground.known.pool.standing().is_none() {
        faults.push(Fault::NotInPool(ground.known.pool.clone()));
    }
    if let Whose::Here(owner) = &ground.known.whose
        && owner.as_ref().map(|owner| owner.demander) != Some(package.lead)
    {
        faults.push(Fault::LeadNotDemander);
    }
}

/// Whether a unit is at home in a member region.
pub(super) fn sits(unit: &Member, terms: &Terms) -> bool {
    !unit.guest && terms.members.contains(&unit.region)
}

fn consortium(package: &Package, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let (terms, known) = (ground.terms, ground.known);
    for (unit, member) in &package.units {
        let unit = *unit;
        if (member.role == UnitRole::Lead) != (unit == package.lead) {
            faults.push(Fault::OneLead(unit));
        }
        match known.units.get(&unit) {
            Some(UnitFacts {
                barred: Some(by), ..
            }) => {
                let by = by.clone();
                faults.push(Fault::Barred { unit, by });
            }
            Some(UnitFacts { registered, .. })
                if registered.active
                    && registered.region == member.region
                    && registered.guest == member.guest
                    && registered.branch_of == member.branch_of => {}
            _ => faults.push(Fault::NotRegistered(unit)),
        }
        match &member.part {
            Some(part) if part.role == member.role => {}
            _ => faults.push(Fault::NoPart(unit)),
        }
    }
    match package.lead_member() {
        None => faults.push(Fault::OneLead(package.lead)),
        Some(lead) if !sits(lead, terms) => faults.push(Fault::LeadOutside {
            region: lead.region,
            guest: lead.guest,
        }),
        Some(_) => {}
    }
    let regions = regions(package, terms);
    if regions.len() < terms.regions_min {
        faults.push(Fault::TooFewRegions {
            regions,
            least: terms.regions_min,
        });
    }
}

fn solvers(package: &Package, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    if let Whose::Here(Some(owner)) = &ground.known.whose
        && package.topic.blind_id.is_some()
        && owner.solvers != package.solvers
    {
        faults.push(Fault::OtherSolvers);
    }
    // What all know of the pool: each matched task has a solver in the package.
    if let Some(standing) = ground.known.pool.standing() {
        let named: BTreeSet<_> = package.solvers.iter().map(|solver| solver.task).collect();
        faults.extend(
            standing
                .matched
                .difference(&named)
                .copied()
                .map(Fault::TaskWithoutSolver),
        );
    }
    for solver in &package.solvers {
        match package.units.get(&solver.holder) {
            None => faults.push(Fault::SolverMissing(solver.holder)),
            Some(unit) if unit.role != UnitRole::Subtask => {
                faults.push(Fault::SolverNotSubtask(solver.holder));
            }
            Some(_) => {}
        }
        let team = solver.team.iter().filter(|unit| **unit != solver.holder);
        let missing = team.filter(|unit| !package.units.contains_key(unit));
        faults.extend(missing.copied().map(Fault::TeamMissing));
    }
}

fn money(package: &Package, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let content = &package.content;
    let support = Money::sum(package.lines().map(|line| line.support));
    let own = Money::sum(package.lines().map(|line| line.own));
    let whole = support.zip(own).and_then(|(a, b)| a.checked_add(b));
    if support != Some(content.support) || whole != Some(content.investment) {
        faults.push(Fault::BudgetSum {
            support,
            asked: content.support,
            whole,
            investment: content.investment,
        });
    }
    let ratio = ground.terms.support_ratio_max;
    if !ratio.at_most(content.support, content.investment) {
        faults.push(Fault::SupportRatio {
            support: content.support,
            most: ratio.of(content.investment),
        });
    }
    if let Some(ceiling) = ground.guide.ceiling
        && content.support > ceiling
    {
        faults.push(Fault::Ceiling {
            support: content.support,
            ceiling,
        });
    }
}

fn contracts(package: &Package, faults: &mut Vec<Fault>) {
    let contracts = &package.content.contracts;
    for (unit, member) in &package.units {
        let count = contracts.iter().filter(|one| one.unit == *unit).count();
        let wanted = usize::from(member.role == UnitRole::Subtask);
        if count != wanted {
            faults.push(Fault::Contract { unit: *unit, count });
        }
    }
    for contract in contracts {
        if !package.units.contains_key(&contract.unit) || contract.amount.is_zero() {
            faults.push(Fault::Contract {
                unit: contract.unit,
                count: 0,
            });
        }
    }
    let sum = Money::sum(contracts.iter().map(|contract| contract.amount));
    if sum.is_none_or(|sum| sum > package.content.investment) {
        faults.push(Fault::ContractsTooMuch {
            sum,
            investment: package.content.investment,
        });
    }
}

fn people(package: &Package, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let (content, people) = (&package.content, package.people());
    match &content.leader {
        None => faults.push(Fault::NoLeader),
        Some(leader) => {
            let lead = package.lead_member().and_then(|lead| lead.part.as_ref());
            if !lead.is_some_and(|part| part.people.contains(leader)) {
                faults.push(Fault::LeaderNotOfLead);
            }
        }
    }
    let strangers = content.core_team.iter().filter(|one| !people.contains(one));
    let strangers = strangers.count();
    if strangers > 0 {
        faults.push(Fault::TeamNotInParts(strangers));
    }
    for (person, by) in &ground.known.barred {
        // Whoever was looked up for an earlier draft and is left out now bars nothing.
        if let Some(post) = Post::of(person, package) {
            faults.push(Fault::PersonBarred {
                person: person.clone(),
                post,
                by: by.clone(),
            });
        }
    }
    if let Some(other) = ground.known.leader_elsewhere
        && ground.guide.one_live
    {
        faults.push(Fault::SecondLive(other));
    }
}

fn content(package: &Package, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let (content, most) = (&package.content, ground.terms.duration_months_max);
    let holds = content.months <= most;
    if regulation::check(rules::DURATION, holds, package.departure.as_ref()).is_err() {
        faults.push(Fault::Duration {
            months: content.months,
            most,
            reasoned: content.duration_reason.is_some(),
        });
    }
    if content.indicators.is_none() {
        faults.push(Fault::NoIndicators);
    }
    let shares: u64 = content.shares.values().copied().map(u64::from).sum();
    let strangers = content
        .shares
        .keys()
        .any(|unit| !package.units.contains_key(unit));
    if !content.shares.is_empty() && (shares != u64::from(SHARES_WHOLE) || strangers) {
        faults.push(Fault::Shares(shares));
    }
    if !content.committed {
        faults.push(Fault::NotCommitted);
    }
}
