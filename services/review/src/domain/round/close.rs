//! Closing: only with everything in, or with everybody heard and a named person's reason for what
//! is missing. Then the sheets are added up and every application gets its place.

use std::collections::{BTreeMap, BTreeSet};

use draws::criterion_name;
use panel::{
    CriterionKey, ExpertKey, FieldKey, Ratio,
    aggregate::{Ballot, FieldRanking, Placed, Subject, Tally, Verdict, leniency, rank, tally},
};
use regulation::{ApplicationId, Context, Day, Region, SheetId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    ReviewRound, RoundEvent, RoundRejection, Seat, SeatState, Setup, Table, seats::running,
};

/// What a round still waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outstanding {
    /// Applications with empty seats that nobody can follow on.
    pub vacancies: BTreeMap<ApplicationId, u32>,
    /// Sheets that are missing, with the expert's home.
    pub sheets: BTreeMap<SheetId, Region>,
    /// Regions that have not been heard for long enough.
    pub unheard: BTreeSet<Region>,
    /// Set when sheets are missing and may still come in time.
    pub deadline: Option<Day>,
}

impl Outstanding {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The regions that something is waited for from.
    pub fn regions(&self) -> BTreeSet<Region> {
        let named = self.sheets.values();
        named.chain(&self.unheard).copied().collect()
    }
}

/// Where one application stands, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// From 1 within its field.
    pub place: u32,
    /// Points, 0 to 100.
    pub score: Ratio,
    /// Which side of the cut it is on.
    pub verdict: Verdict,
    /// Why, in Chinese.
    pub reason: String,
    /// How many sheets recommend it.
    pub recommended: u32,
    /// Whether experts disagree wildly.
    pub disagreement: bool,
}

/// Everything that the sheets come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranking {
    /// Every application that has a sheet that counts.
    pub standings: BTreeMap<ApplicationId, Standing>,
    /// By field: places and cut.
    pub fields: BTreeMap<FieldKey, FieldRanking>,
    /// By application: what its sheets came to.
    pub tallies: BTreeMap<ApplicationId, Tally>,
    /// How far each expert scores above or below their panels, in hundredths of a point: shown,
    /// never corrected.
    pub leniency: BTreeMap<ExpertKey, i64>,
    /// Applications without a single sheet that counts; they may enter another round.
    pub unscored: BTreeSet<ApplicationId>,
    /// Applications that were taken back.
    pub withdrawn: BTreeSet<ApplicationId>,
}

impl Table {
    /// The seats of applications that are still in.
    fn live<'a>(
        &'a self,
        withdrawn: &'a BTreeSet<ApplicationId>,
    ) -> impl Iterator<Item = (SheetId, &'a Seat)> {
        let seats = self
            .seats
            .iter()
            .filter(|(_, seat)| !withdrawn.contains(&seat.application));
        seats.map(|(sheet, seat)| (*sheet, seat))
    }

    /// What is missing whatever was heard: experts and sheets, each not waived.
    pub fn missing(&self, withdrawn: &BTreeSet<ApplicationId>) -> Outstanding {
        let mut missing = Outstanding::default();
        for (application, bench) in &self.benches {
            let empty = bench.vacant > 0 && bench.waiver.is_none();
            if empty && !withdrawn.contains(application) {
                missing.vacancies.insert(*application, bench.vacant);
            }
        }
        for (sheet, seat) in self.live(withdrawn) {
            if seat.state.is_missing() {
                missing.sheets.insert(sheet, seat.region);
            }
        }
        missing
    }

    /// When each region's last sheet was handed in, if all that were drawn for are in; else none.
    fn complete(
        &self,
        withdrawn: &BTreeSet<ApplicationId>,
    ) -> Option<BTreeMap<Region, OffsetDateTime>> {
        let mut benches = self
            .benches
            .iter()
            .filter(|(application, _)| !withdrawn.contains(application));
        if !benches.all(|(_, bench)| bench.vacant == 0) {
            return None;
        }
        let mut last = BTreeMap::new();
        for (_, seat) in self.live(withdrawn) {
            match seat.state {
                SeatState::Completed { at, .. } => {
                    let latest = last.entry(seat.region).or_insert(at);
                    *latest = at.max(*latest);
                }
                SeatState::Conflicted { .. } | SeatState::Barred | SeatState::Replaced(_) => {}
                _ => return None,
            }
        }
        Some(last)
    }
}

impl SeatState {
    /// Whether a sheet is still wanted here, and nobody has gone on without it.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Invited | Self::Late { .. } | Self::Faulty(_))
    }
}

pub(super) fn close(
    round: &ReviewRound,
    withdrawn: BTreeSet<ApplicationId>,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = running(round)?;
    let mut outstanding = table.missing(&withdrawn);
    let end = table.setup.deadline.end();
    // Each region by its own clock: past its last sheet if all are in, else past the deadline.
    let needed = table.complete(&withdrawn).unwrap_or_else(|| {
        if context.now <= end {
            outstanding.deadline = Some(table.setup.deadline);
        }
        let experts = table.live(&withdrawn);
        experts.map(|(_, seat)| (seat.region, end)).collect()
    });
    outstanding.unheard = draws::unheard(needed, &context.heard, &table.regions_waived);
    if !outstanding.is_empty() {
        return Err(RoundRejection::Outstanding(Box::new(outstanding)));
    }
    Ok(vec![RoundEvent::Closed {
        at: context.now,
        ranking: Box::new(ranking(table, withdrawn)?),
    }])
}

/// Adds up, ranks and cuts; the order of anything changes nothing.
pub(super) fn ranking(
    table: &Table,
    withdrawn: BTreeSet<ApplicationId>,
) -> Result<Ranking, RoundRejection> {
    let mut tallies = BTreeMap::new();
    let mut subjects = Vec::new();
    let mut unscored = BTreeSet::new();
    for (application, entry) in &table.setup.batch {
        if withdrawn.contains(application) {
            continue;
        }
        let ballots = ballots(table, *application)?;
        if ballots.is_empty() {
            unscored.insert(*application);
            continue;
        }
        let tally = tally(&table.setup.scheme, &ballots)?;
        subjects.push(Subject {
            proposal: application.to_string().parse()?,
            field: entry.package.field().to_string().parse()?,
            tally: tally.clone(),
        });
        tallies.insert(*application, tally);
    }
    let mut quotas = BTreeMap::new();
    for (field, places) in &table.setup.places {
        quotas.insert(field.to_string().parse()?, places.number);
    }
    let fields = rank(&table.setup.scheme, &subjects, &quotas)?;
    let mut standings = BTreeMap::new();
    for (field, ranking) in &fields {
        for placed in &ranking.places {
            let application = placed.proposal.as_str().parse();
            let application = application.map_err(|_| RoundRejection::Numbers)?;
            let tally = tallies.get(&application);
            let standing = standing(table, application, field, ranking, placed, tally);
            standings.insert(application, standing);
        }
    }
    Ok(Ranking {
        standings,
        leniency: leniency(tallies.values()),
        fields,
        tallies,
        unscored,
        withdrawn,
    })
}

/// The sheets on an application that count.
fn ballots(table: &Table, application: ApplicationId) -> Result<Vec<Ballot>, RoundRejection> {
    let opinions = table.opinions(application);
    let ballots = opinions.map(|(expert, opinion)| {
        Ok(Ballot {
            expert: table.setup.mask.expert(*expert)?,
            scores: opinion.marks.points(),
        })
    });
    ballots.collect()
}

fn standing(
    table: &Table,
    application: ApplicationId,
    field: &FieldKey,
    ranking: &FieldRanking,
    placed: &Placed,
    tally: Option<&Tally>,
) -> Standing {
    let recommended = table.opinions(application);
    let recommended = recommended.filter(|(_, opinion)| opinion.recommended);
    let threshold = Ratio::whole(table.setup.disagreement_from.into());
    Standing {
        place: placed.place,
        score: placed.score,
        verdict: placed.verdict,
        reason: reason(&table.setup, field, ranking, placed),
        recommended: u32::try_from(recommended.count()).unwrap_or(u32::MAX),
        disagreement: tally.is_some_and(|tally| tally.spread >= threshold),
    }
}

fn reason(setup: &Setup, field: &FieldKey, ranking: &FieldRanking, placed: &Placed) -> String {
    let side = match placed.verdict {
        Verdict::Within => "名额内",
        Verdict::Tied => "并列，待会商",
        Verdict::Below => "名额外",
    };
    let name = |key: &CriterionKey| criterion_name(&setup.criteria, key.as_str());
    format!(
        "{side}：{field}领域第{}名，得{}分，名额{}项；{}。",
        placed.place,
        placed.score,
        ranking.quota,
        ranking.reason.sentence(name),
    )
}
