//! The only door out: what others hear of rounds, ballots and screenings. The demander never, an
//! expert's words only once the round is closed, a demand's id and region never to experts.

mod home;
mod seeds;

use draws::{criterion, hundredths, timestamp};
use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message},
};
use regulation::{BallotId, DemandId, ExpertId};
use time::OffsetDateTime;

use crate::domain::{Bench, EvaluationRound, Proposal, RoundEvent, SeatState, Table};
pub(crate) use home::{ballot, pre_review, screening};
pub(crate) use seeds::keeping;

/// What others hear of a round.
pub(crate) fn round(round: &EvaluationRound, event: &RoundEvent) -> Vec<Message> {
    let Some(table) = round.table() else {
        return seeds::round(round, event).into_iter().collect();
    };
    match event {
        RoundEvent::Drawn(_) => {
            let demands = table.setup.batch.keys();
            demands
                .filter_map(|demand| draw_proposed(table, *demand))
                .collect()
        }
        RoundEvent::Invited {
            ballot,
            demand,
            expert,
            ..
        } => invited(table, *ballot, *demand, *expert)
            .into_iter()
            .collect(),
        RoundEvent::BallotReminded { ballot, reminder } => {
            let event = wire::BallotReminded {
                ballot_id: ballot.to_string(),
                round_id: table.setup.round.to_string(),
                reply_by: timestamp(reminder.reply_by),
            };
            to_expert(table, *ballot, |to| Message::share(to, ballot, &event))
        }
        RoundEvent::BallotReplaced { ballot, .. } => {
            let event = wire::BallotRecalled {
                ballot_id: ballot.to_string(),
                round_id: table.setup.round.to_string(),
            };
            to_expert(table, *ballot, |to| Message::share(to, ballot, &event))
        }
        RoundEvent::Closed { at } => {
            let mut told = reveal_requests(table, *at);
            let benches = table.benches.iter();
            told.extend(
                benches.filter_map(|(demand, bench)| concluded(table, *demand, bench, *at)),
            );
            told
        }
        RoundEvent::Proposed(proposal) => vec![list_proposed(table, proposal)],
        RoundEvent::Adopted { .. } => round.proposal().map_or_else(Vec::new, |proposal| {
            let mut told = judged(table, proposal);
            told.extend(evaluated(table, proposal));
            told
        }),
        _ => Vec::new(),
    }
}

fn to_expert(
    table: &Table,
    ballot: BallotId,
    message: impl Fn(Audience) -> Message,
) -> Vec<Message> {
    let seat = table.seats.get(&ballot);
    seat.map(|seat| message(Audience::One(seat.region)))
        .into_iter()
        .collect()
}

/// To the demand's home: reasons of strikes may be opened, with what the hub was told of them.
fn concluded(
    table: &Table,
    demand: DemandId,
    bench: &Bench,
    at: OffsetDateTime,
) -> Option<Message> {
    let strikes = bench
        .strikes
        .iter()
        .map(|(expert, commitment)| wire::Strike {
            expert_id: expert.to_string(),
            reason_commitment: commitment.as_bytes().to_vec(),
        });
    let event = wire::DrawConcluded {
        round_id: table.setup.round.to_string(),
        demand_id: demand.to_string(),
        strikes: strikes.collect(),
        closed_at: timestamp(at),
    };
    let home = table.entry(demand)?.region;
    Some(Message::share(Audience::One(home), demand, &event))
}

/// To the demand's home alone: everybody named, so that it can strike who is in conflict.
fn draw_proposed(table: &Table, demand: DemandId) -> Option<Message> {
    let home = table.entry(demand)?.region;
    let panel = table.panel(demand)?;
    let drawn = |expert: ExpertId| {
        let seated = table.roster.get(&expert)?;
        Some(wire::DrawnExpert {
            expert_id: expert.to_string(),
            person_key: seated.person.to_string(),
            region: seated.region.to_string(),
            employer_unit_id: seated.employer.to_string(),
        })
    };
    let event = wire::DrawProposed {
        round_id: table.setup.round.to_string(),
        demand_id: demand.to_string(),
        panel: table.experts(&panel.experts).filter_map(drawn).collect(),
        alternates: table.experts(&panel.alternates).filter_map(drawn).collect(),
    };
    Some(Message::share(Audience::One(home), demand, &event))
}

/// To the expert's home: the record, neither the demand's id nor its region.
fn invited(table: &Table, ballot: BallotId, demand: DemandId, expert: ExpertId) -> Option<Message> {
    let seated = table.roster.get(&expert)?;
    let event = wire::BallotInvited {
        ballot_id: ballot.to_string(),
        round_id: table.setup.round.to_string(),
        expert_id: expert.to_string(),
        person_key: seated.person.to_string(),
        record: Some(table.entry(demand)?.record.to_wire()),
        deadline: table.setup.deadline.to_string(),
        criteria: table.setup.criteria.iter().map(criterion).collect(),
    };
    Some(Message::share(Audience::One(seated.region), ballot, &event))
}

fn reveal_requests(table: &Table, at: OffsetDateTime) -> Vec<Message> {
    let cast = table
        .seats
        .iter()
        .filter(|(_, seat)| matches!(seat.state, SeatState::Cast { .. }));
    cast.map(|(ballot, seat)| {
        let event = wire::RevealRequested {
            ballot_id: ballot.to_string(),
            round_id: table.setup.round.to_string(),
            closed_at: timestamp(at),
        };
        Message::share(Audience::One(seat.region), ballot, &event)
    })
    .collect()
}

/// The list proposal 重点揭榜任务清单建议, on the hub. [Art. 9]
pub(crate) fn list_proposed(table: &Table, proposal: &Proposal) -> Message {
    let rankings = proposal
        .rankings
        .values()
        .flat_map(|ranking| &ranking.places);
    let entries = rankings.filter_map(|placed| {
        let demand: DemandId = placed.proposal.as_str().parse().ok()?;
        let standing = proposal.standings.get(&demand)?;
        let entry = table.entry(demand)?;
        Some(wire::ListEntry {
            demand_id: demand.to_string(),
            region: entry.region.to_string(),
            place: i32::try_from(standing.place).unwrap_or(i32::MAX),
            score: hundredths(&standing.score),
            listed: standing.listed,
            reason: standing.reason.clone(),
            record: Some(entry.record.to_wire()),
        })
    });
    let event = wire::ListProposed {
        round_id: table.setup.round.to_string(),
        year: table.setup.year,
        entries: entries.collect(),
    };
    Message::node(table.setup.round, &event)
}

/// To each demand's home: the outcome, with the experts' comments.
fn judged(table: &Table, proposal: &Proposal) -> Vec<Message> {
    let standings = proposal.standings.values().filter_map(|standing| {
        let home = table.entry(standing.demand)?.region;
        let event = wire::DemandJudged {
            round_id: table.setup.round.to_string(),
            demand_id: standing.demand.to_string(),
            listed: standing.listed,
            place: i32::try_from(standing.place).unwrap_or(i32::MAX),
            comments: table.comments(standing.demand),
        };
        Some(Message::share(Audience::One(home), standing.demand, &event))
    });
    standings.collect()
}

/// To the hub's own review: whose ballots every listed demand was judged by.
fn evaluated(table: &Table, proposal: &Proposal) -> Vec<Message> {
    let listed = proposal
        .standings
        .values()
        .filter(|standing| standing.listed);
    let listed = listed.map(|standing| {
        let demand = standing.demand;
        let seats = table.seats.values().filter(|seat| seat.demand == demand);
        let judges = seats.filter(|seat| matches!(seat.state, SeatState::Revealed(_)));
        let people = judges.filter_map(|seat| Some(&table.roster.get(&seat.expert)?.person));
        let event = wire::DemandEvaluated {
            round_id: table.setup.round.to_string(),
            demand_id: demand.to_string(),
            person_keys: people.map(ToString::to_string).collect(),
        };
        Message::node(demand, &event)
    });
    listed.collect()
}
