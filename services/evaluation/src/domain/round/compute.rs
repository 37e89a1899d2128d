//! Ballots added up, every demand at its place, the cut at the number of places.

use std::collections::{BTreeMap, BTreeSet};

use panel::{
    FieldKey,
    aggregate::{Ballot, FieldRanking, Scheme, Subject, Tally, rank, tally},
};
use regulation::{DemandId, Field};

use super::{Quota, RoundRejection, SeatState, Table};

/// What the ballots come to.
pub(super) struct Computed {
    /// By field: places and cut.
    pub(super) rankings: BTreeMap<FieldKey, FieldRanking>,
    /// By demand: what its ballots came to.
    pub(super) tallies: BTreeMap<DemandId, Tally>,
    /// Demands without a single ballot that counts.
    pub(super) unscored: BTreeSet<DemandId>,
}

/// Adds up, ranks and cuts by a scheme, which may be another than the round's own; the order of
/// anything changes nothing.
pub(super) fn compute(
    table: &Table,
    scheme: &Scheme,
    quotas: &BTreeMap<Field, Quota>,
    withdrawn: &BTreeSet<DemandId>,
) -> Result<Computed, RoundRejection> {
    let mut tallies = BTreeMap::new();
    let mut unscored = BTreeSet::new();
    let mut subjects = Vec::new();
    let batch = table.setup.batch.values();
    for entry in batch.filter(|entry| !withdrawn.contains(&entry.demand)) {
        let ballots = ballots(table, scheme, entry.demand)?;
        if ballots.is_empty() {
            unscored.insert(entry.demand);
            continue;
        }
        let tally = tally(scheme, &ballots)?;
        subjects.push(Subject {
            proposal: entry.demand.to_string().parse()?,
            field: entry.record.field().to_string().parse()?,
            tally: tally.clone(),
        });
        tallies.insert(entry.demand, tally);
    }
    let mut numbers = BTreeMap::new();
    for (field, quota) in quotas {
        numbers.insert(field.to_string().parse()?, quota.places);
    }
    Ok(Computed {
        rankings: rank(scheme, &subjects, &numbers)?,
        tallies,
        unscored,
    })
}

/// The ballots of a demand that count, by the criteria of the scheme.
fn ballots(
    table: &Table,
    scheme: &Scheme,
    demand: DemandId,
) -> Result<Vec<Ballot>, RoundRejection> {
    let mut ballots = Vec::new();
    for seat in table.seats.values().filter(|seat| seat.demand == demand) {
        if let SeatState::Revealed(sheet) = &seat.state {
            let mut scores = sheet.marks.points();
            scores.retain(|key, _| scheme.weights().contains_key(key));
            let expert = table.setup.mask.expert(seat.expert)?;
            ballots.push(Ballot { expert, scores });
        }
    }
    Ok(ballots)
}
