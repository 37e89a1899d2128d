//! What a computation leaves out, each with its reason: ballots that do not count, and demands that
//! have no place.

use proto::evaluation::v1 as wire;
use regulation::DemandId;

use super::super::view::seat_state;
use crate::domain::{Entry, Proposal, Seat, SeatState, Table};

/// Demands without a place: taken back before the list was proposed, or without a ballot that counts.
pub(super) fn demands(table: &Table, proposal: &Proposal) -> Vec<wire::UnrankedDemand> {
    let unranked = |entry: &&Entry| !proposal.standings.contains_key(&entry.demand);
    let entries = table.setup.batch.values().filter(unranked);
    let demands = entries.map(|entry| {
        let withdrawn = proposal.withdrawn.contains(&entry.demand);
        let reason = if withdrawn {
            "已撤回：需求所在地在提出清单建议前撤回，不参加排序，评估意见不计入"
        } else {
            "没有计入的评估意见，不参加排序，可进入下一轮次"
        };
        wire::UnrankedDemand {
            demand_id: entry.demand.to_string(),
            title: entry.record.title().to_string(),
            field: entry.record.field().to_string(),
            withdrawn,
            reason: reason.to_owned(),
            uncounted: ballots(table, entry.demand, withdrawn),
        }
    });
    demands.collect()
}

/// The ballots on a demand that do not count; of one that was taken back, none does.
pub(super) fn ballots(
    table: &Table,
    demand: DemandId,
    withdrawn: bool,
) -> Vec<wire::UncountedBallot> {
    let seats = table.seats.values().filter(|seat| seat.demand == demand);
    let uncounted = seats.filter_map(|seat| {
        Some(wire::UncountedBallot {
            expert: table.setup.mask.expert(seat.expert).ok()?.to_string(),
            state: seat_state(&seat.state).into(),
            reason: reason(seat, withdrawn)?,
        })
    });
    uncounted.collect()
}

fn reason(seat: &Seat, withdrawn: bool) -> Option<String> {
    let reason = match &seat.state {
        SeatState::Revealed(_) if !withdrawn => return None,
        SeatState::Revealed(_) => "需求已撤回，意见不计入".to_owned(),
        SeatState::Cast { .. } => "需求已撤回，密封的意见未开启".to_owned(),
        SeatState::Invited => "没有提交意见".to_owned(),
        SeatState::Late { .. } => "意见在截止后提交".to_owned(),
        SeatState::Conflicted => "专家声明了利益冲突".to_owned(),
        SeatState::Barred => "抽取后生效的信用记录限制专家参加评估".to_owned(),
        SeatState::Replaced => "专家经催办仍未回应，已由他人递补".to_owned(),
        SeatState::Waived(waiver) => format!("缺失的意见已具名豁免：{}", waiver.reason),
        SeatState::Faulty(fault) => fault.clone(),
    };
    Some(reason)
}
