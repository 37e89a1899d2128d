//! The door in for events: the hub hears homes, homes hear the hub, and nobody speaks for another.

mod seeds;

use std::collections::{BTreeMap, BTreeSet};

use draws::{Errand, Purpose};
use evidence::Digest;
use journal::Act;
use proto::{
    coordination::v1::{DecisionChanged, DecisionInForce, DecisionKind, DecisionState},
    evaluation::v1 as wire,
    intake::v1::{DemandAccepted, DemandOwnerRecorded, DemandWithdrawn},
    message::{Incoming, PublicEvent, Unreadable},
    registry::v1::{CreditRecordEffective, ExpertPooled},
};
use regulation::{Context, DecisionId, DemandId, EvaluationRoundId, ExpertId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::{
    Ballot, BallotCommand, Candidate, CandidateCommand, Draw, Entry, EvaluationRound, Invitation,
    Owner, PreReview, PreReviewCommand, RoundCommand, Screening, ScreeningCommand,
};

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
    if !message.is_for(context.node) {
        return Ok(Vec::new());
    }
    let kind = message.kind.as_str();
    if context.node.is_hub() {
        return on_the_hub(kind, message);
    }
    match kind {
        DemandOwnerRecorded::KIND => owner_recorded(message),
        DemandWithdrawn::KIND => {
            let event: DemandWithdrawn = message.read()?;
            let demand: DemandId = parse(message, &event.demand_id)?;
            let command = PreReviewCommand::Withdraw;
            Ok(vec![Act::new::<PreReview>(demand, command)])
        }
        wire::DemandJudged::KIND => {
            let event: wire::DemandJudged = message.read_of_hub()?;
            let demand: DemandId = parse(message, &event.demand_id)?;
            Ok(vec![Act::new::<PreReview>(demand, PreReviewCommand::Judge)])
        }
        wire::DrawConcluded::KIND => draw_concluded(message.read_of_hub()?, message),
        wire::BallotReminded::KIND => {
            let event: wire::BallotReminded = message.read_of_hub()?;
            let ballot: regulation::BallotId = parse(message, &event.ballot_id)?;
            let reply_by = instant(message, &event.reply_by)?;
            let command = BallotCommand::Remind { reply_by };
            Ok(vec![Act::new::<Ballot>(ballot, command)])
        }
        wire::BallotRecalled::KIND => {
            let event: wire::BallotRecalled = message.read_of_hub()?;
            let ballot: regulation::BallotId = parse(message, &event.ballot_id)?;
            Ok(vec![Act::new::<Ballot>(ballot, BallotCommand::Recall)])
        }
        CreditRecordEffective::KIND => draws::credit(message),
        wire::BallotBarCalled::KIND => {
            let event: wire::BallotBarCalled = draws::called(message)?;
            let ballot: regulation::BallotId = parse(message, &event.ballot_id)?;
            let until = parse(message, &event.until)?;
            Ok(vec![Act::new::<Ballot>(
                ballot,
                BallotCommand::Bar { until },
            )])
        }
        wire::DrawProposed::KIND => draw_proposed(message.read_of_hub()?, message),
        wire::BallotInvited::KIND => ballot_invited(message.read_of_hub()?, message),
        wire::RevealRequested::KIND => {
            let event: wire::RevealRequested = message.read_of_hub()?;
            let ballot: regulation::BallotId = parse(message, &event.ballot_id)?;
            Ok(vec![Act::new::<Ballot>(ballot, BallotCommand::Reveal)])
        }
        _ => seeds::at_a_member(kind, message, context),
    }
}

fn on_the_hub(kind: &str, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    match kind {
        DemandAccepted::KIND => demand_accepted(message),
        DemandWithdrawn::KIND => {
            let event: DemandWithdrawn = message.read()?;
            let demand: DemandId = parse(message, &event.demand_id)?;
            let command = CandidateCommand::Withdraw {
                origin: message.origin,
            };
            Ok(vec![Act::new::<Candidate>(demand, command)])
        }
        wire::DemandRecommended::KIND => demand_recommended(message),
        ExpertPooled::KIND => draws::pooled(message),
        wire::DrawAnswered::KIND => draw_answered(message),
        wire::BallotCast::KIND => ballot_cast(message),
        wire::BallotConflictDeclared::KIND => {
            let event: wire::BallotConflictDeclared = message.read()?;
            let ballot = parse(message, &event.ballot_id)?;
            let command = RoundCommand::NoteConflict {
                ballot,
                origin: message.origin,
            };
            round(message, &event.round_id, command)
        }
        wire::BallotExpertBarred::KIND => {
            let event: wire::BallotExpertBarred = message.read()?;
            let command = RoundCommand::NoteBarred {
                ballot: parse(message, &event.ballot_id)?,
                origin: message.origin,
            };
            round(message, &event.round_id, command)
        }
        wire::BallotRevealed::KIND => {
            let event: wire::BallotRevealed = message.read()?;
            let command = RoundCommand::NoteReveal {
                ballot: parse(message, &event.ballot_id)?,
                origin: message.origin,
                salt: event
                    .salt
                    .try_into()
                    .map_err(|_| message.unreadable("salt"))?,
                content: event.content,
            };
            round(message, &event.round_id, command)
        }
        DecisionInForce::KIND => decision_in_force(message),
        DecisionChanged::KIND => decision_changed(message),
        _ => seeds::on_the_hub(message),
    }
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    message: &Incoming,
    text: &str,
) -> Result<T, Unreadable> {
    text.parse().map_err(|error| message.unreadable(error))
}

fn instant(message: &Incoming, text: &str) -> Result<OffsetDateTime, Unreadable> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|error| message.unreadable(error))
}

fn round(
    message: &Incoming,
    round_id: &str,
    command: RoundCommand,
) -> Result<Vec<Act>, Unreadable> {
    let id: EvaluationRoundId = parse(message, round_id)?;
    Ok(vec![Act::new::<EvaluationRound>(id, command)])
}

fn demand_accepted(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: DemandAccepted = message.read()?;
    let demand = parse(message, &event.demand_id)?;
    let entry = Entry {
        demand,
        region: message.origin,
        record: event
            .record
            .try_into()
            .map_err(|error| message.unreadable(error))?,
        policy: event.policy_version,
        recommended: None,
    };
    let command = CandidateCommand::Accept {
        entry: Box::new(entry),
        at: instant(message, &event.accepted_at)?,
    };
    Ok(vec![Act::new::<Candidate>(demand, command)])
}

fn demand_recommended(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: wire::DemandRecommended = message.read()?;
    let demand: DemandId = parse(message, &event.demand_id)?;
    let place = u32::try_from(event.place).map_err(|error| message.unreadable(error))?;
    let command = CandidateCommand::Recommend {
        origin: message.origin,
        place: event.recommended.then_some(place),
        // The signed time of the message bounds what home claims.
        at: instant(message, &event.given_at)?.max(message.at),
    };
    Ok(vec![Act::new::<Candidate>(demand, command)])
}

fn strikes(
    message: &Incoming,
    told: &[wire::Strike],
) -> Result<BTreeMap<ExpertId, Digest>, Unreadable> {
    let mut strikes = BTreeMap::new();
    for strike in told {
        let commitment = digest(message, &strike.reason_commitment)?;
        strikes.insert(parse(message, &strike.expert_id)?, commitment);
    }
    Ok(strikes)
}

fn digest(message: &Incoming, bytes: &[u8]) -> Result<Digest, Unreadable> {
    Digest::try_from(bytes).map_err(|error| message.unreadable(error))
}

fn draw_answered(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: wire::DrawAnswered = message.read()?;
    let command = RoundCommand::Answer {
        demand: parse(message, &event.demand_id)?,
        origin: message.origin,
        strikes: strikes(message, &event.strikes)?,
    };
    round(message, &event.round_id, command)
}

fn draw_concluded(event: wire::DrawConcluded, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let demand: DemandId = parse(message, &event.demand_id)?;
    let command = ScreeningCommand::Conclude {
        round: parse(message, &event.round_id)?,
        strikes: strikes(message, &event.strikes)?,
    };
    Ok(vec![Act::new::<Screening>(demand, command)])
}

fn ballot_cast(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: wire::BallotCast = message.read()?;
    let command = RoundCommand::NoteCast {
        ballot: parse(message, &event.ballot_id)?,
        origin: message.origin,
        commitment: digest(message, &event.commitment)?,
        // The signed time of the message bounds what home claims.
        at: instant(message, &event.cast_at)?.max(message.at),
    };
    round(message, &event.round_id, command)
}

fn decision_in_force(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: DecisionInForce = message.read_of_hub()?;
    if event.kind() != DecisionKind::List {
        return Ok(Vec::new());
    }
    let decision: DecisionId = parse(message, &event.decision_id)?;
    let command = RoundCommand::Adopt {
        decision,
        digest: parse(message, &event.digest)?,
    };
    round(message, &event.subject_id, command)
}

/// A list that was returned: its round can propose a new version.
fn decision_changed(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: DecisionChanged = message.read_of_hub()?;
    if event.kind() != DecisionKind::List || event.state() != DecisionState::Returned {
        return Ok(Vec::new());
    }
    let command = RoundCommand::ReturnList {
        decision: parse(message, &event.decision_id)?,
        digest: parse(message, &event.digest)?,
        reason: event.reason,
    };
    round(message, &event.subject_id, command)
}

fn owner_recorded(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let event: DemandOwnerRecorded = message.read()?;
    let affiliates = event
        .affiliate_unit_ids
        .iter()
        .map(|unit| parse(message, unit));
    let owner = Owner {
        demander: parse(message, &event.demander_unit_id)?,
        affiliates: affiliates.collect::<Result<BTreeSet<_>, _>>()?,
        record: event
            .record
            .try_into()
            .map_err(|error| message.unreadable(error))?,
    };
    let demand: DemandId = parse(message, &event.demand_id)?;
    let pre_review = PreReviewCommand::Begin {
        record: Box::new(owner.record.clone()),
    };
    let screening = ScreeningCommand::RecordOwner {
        owner: Box::new(owner),
        secret: message.id,
    };
    Ok(vec![
        Act::new::<Screening>(demand, screening),
        Act::new::<PreReview>(demand, pre_review),
    ])
}

fn draw_proposed(event: wire::DrawProposed, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let mut named = BTreeMap::new();
    for expert in event.panel.iter().chain(&event.alternates) {
        named.insert(
            parse(message, &expert.expert_id)?,
            parse(message, &expert.employer_unit_id)?,
        );
    }
    let demand = parse(message, &event.demand_id)?;
    let command = ScreeningCommand::Screen {
        round: parse(message, &event.round_id)?,
        draw: Draw {
            demand,
            named,
            message: message.id,
        },
    };
    Ok(vec![Act::new::<Screening>(demand, command)])
}

fn ballot_invited(event: wire::BallotInvited, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let ballot = parse(message, &event.ballot_id)?;
    let invitation = Invitation {
        ballot,
        round: parse(message, &event.round_id)?,
        expert: parse(message, &event.expert_id)?,
        person: parse(message, &event.person_key)?,
        record: event
            .record
            .try_into()
            .map_err(|error| message.unreadable(error))?,
        criteria: draws::criteria(message, event.criteria)?,
        deadline: parse(message, &event.deadline)?,
    };
    let errand = Errand {
        purpose: Purpose::Evaluation,
        deadline: invitation.deadline,
    };
    let duty = draws::on_duty(&invitation.person, ballot, errand);
    let invite = BallotCommand::Invite(Box::new(invitation));
    Ok(vec![Act::new::<Ballot>(ballot, invite), duty])
}

#[cfg(test)]
mod tests;
