//! The sheets of one application as the hub shows them.

use std::collections::BTreeSet;

use draws::{hundredths, timestamp};
use proto::review::v1 as wire;
use regulation::{ApplicationId, SheetId};

use super::{int, waiver};
use crate::domain::{Opinion, Proposal, Ranking, ReviewRound, Seat, SeatState, Table, rules};

/// Puts an application's panel and sheets into its view.
pub(super) fn fill(
    view: &mut wire::RoundApplication,
    round: &ReviewRound,
    table: &Table,
    id: ApplicationId,
) {
    let Some(bench) = table.benches.get(&id) else {
        return;
    };
    let seats: Vec<_> = table
        .seats
        .iter()
        .filter(|(_, seat)| seat.application == id)
        .collect();
    view.panel_size = int(table.panel(id).map_or(0, |panel| panel.experts.len()));
    view.conflicts = int(bench.conflicts);
    view.vacant = int(bench.vacant);
    view.waiver = bench.waiver.as_ref().map(|why| waiver(why, None));
    let completed = seats
        .iter()
        .filter(|(_, seat)| matches!(seat.state, SeatState::Completed { .. }));
    view.completed = int(completed.count());
    let missing: Vec<_> = seats
        .iter()
        .filter(|(_, seat)| seat.state.is_missing())
        .collect();
    view.missing = int(missing.len());
    if let ReviewRound::Drawn(_) | ReviewRound::Reviewing(_) = round {
        let regions: BTreeSet<_> = missing.iter().map(|(_, seat)| seat.region).collect();
        view.waiting_for = regions.iter().map(ToString::to_string).collect();
    }
    view.seats = seats
        .into_iter()
        .map(|(sheet, seat)| wire::SeatView {
            note: note(round.proposal(), seat),
            ..seat_view(*sheet, seat, table, round.ranking())
        })
        .collect();
}

fn seat_view(
    sheet: SheetId,
    seat: &Seat,
    table: &Table,
    ranking: Option<&Ranking>,
) -> wire::SeatView {
    let mut view = wire::SeatView {
        sheet_id: sheet.to_string(),
        expert_id: seat.expert.to_string(),
        region: seat.region.to_string(),
        ..Default::default()
    };
    let state = match &seat.state {
        SeatState::Invited => wire::SeatState::Invited,
        SeatState::Late { at } => {
            view.completed_at = timestamp(*at);
            wire::SeatState::Late
        }
        SeatState::Completed { opinion, at } => {
            view.completed_at = timestamp(*at);
            // Points are shown when all are in, so that none is seen before the others.
            if let Some(ranking) = ranking {
                scores(&mut view, seat, opinion, table, ranking);
            }
            wire::SeatState::Completed
        }
        SeatState::Conflicted { after_opening } => {
            view.conflict_after_opening = *after_opening;
            wire::SeatState::Conflicted
        }
        SeatState::Barred => wire::SeatState::Barred,
        SeatState::Replaced(why) => {
            view.waiver = Some(waiver(why, None));
            wire::SeatState::Replaced
        }
        SeatState::Waived(why) => {
            view.waiver = Some(waiver(why, None));
            wire::SeatState::Waived
        }
        SeatState::Faulty(fault) => {
            view.fault.clone_from(fault);
            wire::SeatState::Faulty
        }
    };
    view.state = state.into();
    view
}

/// Of an expert whom a credit record came to bar after handing in: why the sheet counts. [Art. 20]
fn note(proposal: Option<&Proposal>, seat: &Seat) -> String {
    let until = proposal.and_then(|proposal| proposal.barred.get(&seat.expert));
    until.map_or_else(String::new, |until| {
        let (rule, authority) = (
            rules::BARRED_LATER.sentence,
            rules::BARRED_LATER.authority(),
        );
        format!("该专家因提交后生效的信用记录被限制参加评审至{until}。{rule}（{authority}）")
    })
}

fn scores(
    view: &mut wire::SeatView,
    seat: &Seat,
    opinion: &Opinion,
    table: &Table,
    ranking: &Ranking,
) {
    view.scores = opinion.marks.scores();
    view.comment = opinion.comment.to_string();
    view.recommended = opinion.recommended;
    let key = table.setup.mask.expert(seat.expert).ok();
    let tally = ranking.tallies.get(&seat.application);
    let own = tally.and_then(|tally| tally.experts.get(&key?));
    view.score = own.map_or(0, hundredths);
}
