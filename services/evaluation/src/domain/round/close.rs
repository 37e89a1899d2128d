//! Closing: only with everything in, or with everybody heard and a named person's reason for what
//! is missing. Then the seals are opened.

use std::collections::{BTreeMap, BTreeSet};

use regulation::{BallotId, Context, Day, DemandId, Region};
use time::OffsetDateTime;

use super::{
    super::Sheet, EvaluationRound, RoundEvent, RoundRejection, Seat, SeatState, Table,
    seats::seat_of,
};

/// What a round still waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outstanding {
    /// Demands whose home has not struck yet, with the home.
    pub unanswered: BTreeMap<DemandId, Region>,
    /// Demands with empty seats that nobody can follow on.
    pub vacancies: BTreeMap<DemandId, u32>,
    /// Ballots that are missing, with the expert's home.
    pub ballots: BTreeMap<BallotId, Region>,
    /// Regions that have not been heard for long enough.
    pub unheard: BTreeSet<Region>,
    /// Set when ballots are missing and may still come in time.
    pub deadline: Option<Day>,
}

impl Outstanding {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The regions that something is waited for from.
    pub fn regions(&self) -> BTreeSet<Region> {
        let named = self.unanswered.values().chain(self.ballots.values());
        named.chain(&self.unheard).copied().collect()
    }
}

impl Table {
    /// The seats of demands that are still in.
    fn live<'a>(
        &'a self,
        withdrawn: &'a BTreeSet<DemandId>,
    ) -> impl Iterator<Item = (BallotId, &'a Seat)> {
        let seats = self
            .seats
            .iter()
            .filter(|(_, seat)| !withdrawn.contains(&seat.demand));
        seats.map(|(ballot, seat)| (*ballot, seat))
    }

    /// What is missing whatever was heard: answers, experts, ballots, each not waived.
    pub fn missing(&self, withdrawn: &BTreeSet<DemandId>) -> Outstanding {
        let mut missing = Outstanding::default();
        for (demand, bench) in &self.benches {
            let home = self.setup.batch.get(demand).map(|entry| entry.region);
            let (Some(home), None) = (home, &bench.waiver) else {
                continue;
            };
            if withdrawn.contains(demand) {
                continue;
            }
            if !bench.answered {
                missing.unanswered.insert(*demand, home);
            } else if bench.vacant > 0 {
                missing.vacancies.insert(*demand, bench.vacant);
            }
        }
        for (ballot, seat) in self.live(withdrawn) {
            if matches!(seat.state, SeatState::Invited | SeatState::Late { .. }) {
                missing.ballots.insert(ballot, seat.region);
            }
        }
        missing
    }

    /// When each region's last ballot was cast, if all that were drawn for are in; else none.
    fn complete(&self, withdrawn: &BTreeSet<DemandId>) -> Option<BTreeMap<Region, OffsetDateTime>> {
        let mut benches = self
            .benches
            .iter()
            .filter(|(demand, _)| !withdrawn.contains(demand));
        if !benches.all(|(_, bench)| bench.answered && bench.vacant == 0) {
            return None;
        }
        let mut last = BTreeMap::new();
        for (_, seat) in self.live(withdrawn) {
            match seat.state {
                SeatState::Cast { at, .. } => {
                    let latest = last.entry(seat.region).or_insert(at);
                    *latest = at.max(*latest);
                }
                SeatState::Conflicted | SeatState::Barred | SeatState::Replaced => {}
                _ => return None,
            }
        }
        Some(last)
    }

    /// The regions whose word could still change something.
    fn concerned(&self, withdrawn: &BTreeSet<DemandId>) -> BTreeSet<Region> {
        let experts = self.live(withdrawn).map(|(_, seat)| seat.region);
        let open = self
            .benches
            .iter()
            .filter(|(demand, bench)| !bench.answered && !withdrawn.contains(demand));
        let homes = open.filter_map(|(demand, _)| self.setup.batch.get(demand));
        experts.chain(homes.map(|entry| entry.region)).collect()
    }
}

pub(super) fn close(
    round: &EvaluationRound,
    withdrawn: &BTreeSet<DemandId>,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let (EvaluationRound::Drawn(table) | EvaluationRound::Scoring(table)) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已抽取专家、尚未关闭",
        });
    };
    let mut outstanding = table.missing(withdrawn);
    let end = table.setup.deadline.end();
    // Each region by its own clock: past its last ballot if all are in, else past the deadline.
    let needed = table.complete(withdrawn).unwrap_or_else(|| {
        if context.now <= end {
            outstanding.deadline = Some(table.setup.deadline);
        }
        let concerned = table.concerned(withdrawn).into_iter();
        concerned.map(|region| (region, end)).collect()
    });
    outstanding.unheard = draws::unheard(needed, &context.heard, &table.regions_waived);
    if outstanding.is_empty() {
        Ok(vec![RoundEvent::Closed { at: context.now }])
    } else {
        Err(RoundRejection::Outstanding(Box::new(outstanding)))
    }
}

pub(super) fn note_reveal(
    round: &EvaluationRound,
    ballot: BallotId,
    origin: Region,
    salt: [u8; 32],
    content: &[u8],
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = round.table().ok_or(RoundRejection::NotDrawn { ballot })?;
    let seat = seat_of(table, ballot, origin)?;
    let commitment = match &seat.state {
        SeatState::Cast { commitment, .. } => commitment,
        SeatState::Revealed(_) | SeatState::Faulty(_) | SeatState::Waived(_) => return Ok(vec![]),
        SeatState::Invited
        | SeatState::Late { .. }
        | SeatState::Conflicted
        | SeatState::Barred
        | SeatState::Replaced => {
            return Err(RoundRejection::NothingSealed { ballot });
        }
    };
    match round {
        EvaluationRound::Closed { .. } => {}
        // Of a demand that was taken back: the list was proposed without it.
        EvaluationRound::Proposed { .. }
        | EvaluationRound::Adopted { .. }
        | EvaluationRound::Returned { .. } => return Ok(vec![]),
        _ => {
            return Err(RoundRejection::WrongState {
                needed: "已关闭、正在开启评估意见",
            });
        }
    }
    let faulty = |fault: String| Ok(vec![RoundEvent::BallotFaulty { ballot, fault }]);
    if !evidence::opens(commitment, &salt, content) {
        return faulty("开启的内容与密封时登记的摘要不符".to_owned());
    }
    let sheet = match Sheet::decode(ballot, content) {
        Ok(sheet) => sheet,
        Err(fault) => return faulty(fault.to_string()),
    };
    let differing = sheet.marks.differs_from(&table.setup.criteria);
    if !differing.is_empty() {
        return faulty(format!("评估指标不齐或有多余：{}", differing.join("、")));
    }
    Ok(vec![RoundEvent::BallotRevealed { ballot, sheet }])
}
