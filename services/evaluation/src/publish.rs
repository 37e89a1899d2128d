//! The only door out: what others hear of rounds, ballots and screenings. The demander never, an
//! expert's words only once the round is closed, a demand's id and region never to experts.

use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message},
};
use regulation::{BallotId, Criterion, DemandId, ExpertId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::{
    Ballot, BallotEvent, EvaluationRound, Proposal, RoundEvent, ScreeningEvent, SeatState, Table,
};

/// What others hear of a round.
pub(crate) fn round(round: &EvaluationRound, event: &RoundEvent) -> Vec<Message> {
    let Some(table) = round.table() else {
        return Vec::new();
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
        } => invited(table, *ballot, *demand, *expert)
            .into_iter()
            .collect(),
        RoundEvent::Closed { at } => reveal_requests(table, *at),
        RoundEvent::Proposed(proposal) => vec![list_proposed(table, proposal)],
        RoundEvent::Adopted { .. } => round
            .proposal()
            .map_or_else(Vec::new, |proposal| judged(table, proposal)),
        RoundEvent::Opened(_)
        | RoundEvent::Answered { .. }
        | RoundEvent::ScoringBegan
        | RoundEvent::BallotCast { .. }
        | RoundEvent::BallotLate { .. }
        | RoundEvent::ConflictNoted { .. }
        | RoundEvent::Waived { .. }
        | RoundEvent::BallotRevealed { .. }
        | RoundEvent::BallotFaulty { .. }
        | RoundEvent::Returned { .. } => Vec::new(),
    }
}

/// To the demand's home alone: everybody named, so that it can strike who is in conflict.
fn draw_proposed(table: &Table, demand: DemandId) -> Option<Message> {
    let home = table.entry(demand)?.region;
    let panel = table.panel(demand)?;
    let drawn = |key: &panel::ExpertKey| {
        let expert: ExpertId = key.as_str().parse().ok()?;
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
        panel: panel.experts.iter().filter_map(drawn).collect(),
        alternates: panel.alternates.iter().filter_map(drawn).collect(),
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

fn list_proposed(table: &Table, proposal: &Proposal) -> Message {
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

/// What the hub hears of a ballot: a digest on casting, the ballot itself only when it is opened.
pub(crate) fn ballot(ballot: &Ballot, event: &BallotEvent) -> Vec<Message> {
    let Some(invitation) = ballot.invitation() else {
        return Vec::new();
    };
    let (ballot_id, round_id) = (invitation.ballot.to_string(), invitation.round.to_string());
    let id = invitation.ballot;
    match event {
        BallotEvent::Invited(_) => Vec::new(),
        BallotEvent::Cast(sealed) => {
            let event = wire::BallotCast {
                ballot_id,
                round_id,
                commitment: sealed.commitment.as_bytes().to_vec(),
                cast_at: timestamp(sealed.at),
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        BallotEvent::ConflictDeclared => {
            let event = wire::BallotConflictDeclared {
                ballot_id,
                round_id,
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        BallotEvent::Revealed => {
            let Some(sealed) = ballot.sealed() else {
                return Vec::new();
            };
            let event = wire::BallotRevealed {
                ballot_id,
                round_id,
                salt: sealed.salt.as_bytes().to_vec(),
                // Written by this very service; were it damaged, the hub would show a fault.
                content: hex::decode(&sealed.content).unwrap_or_default(),
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
    }
}

/// What the hub hears of a screening: who is struck, and a commitment to each reason.
pub(crate) fn screening(event: &ScreeningEvent) -> Vec<Message> {
    let ScreeningEvent::Screened { round, screened } = event else {
        return Vec::new();
    };
    let strikes = screened.strikes.iter().map(|strike| wire::Strike {
        expert_id: strike.expert.to_string(),
        reason_commitment: strike.commitment.as_bytes().to_vec(),
    });
    let event = wire::DrawAnswered {
        round_id: round.to_string(),
        demand_id: screened.demand.to_string(),
        strikes: strikes.collect(),
    };
    vec![Message::share(Audience::HUB, screened.demand, &event)]
}

/// A criterion as others are told it.
pub(crate) fn criterion(criterion: &Criterion) -> wire::Criterion {
    wire::Criterion {
        key: criterion.key.clone(),
        name: criterion.name.clone(),
        weight: i32::try_from(criterion.weight).unwrap_or(i32::MAX),
    }
}

/// Hundredths of a point.
pub(crate) fn hundredths(ratio: &panel::Ratio) -> i64 {
    i64::try_from(ratio.hundredths()).unwrap_or(i64::MAX)
}

/// RFC 3339; empty for a time that cannot be written so, which no clock of ours gives.
pub(crate) fn timestamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
