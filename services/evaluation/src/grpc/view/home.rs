//! Ballots and screenings at home, as their own people may see them.

use draws::{criterion, timestamp};
use evidence::Digest;
use proto::evaluation::v1 as wire;
use regulation::{Actor, DemandId};

use crate::domain::{Ballot, NotYetOpen, Screening};

/// A ballot as its expert sees it; to others its points stay sealed until it was opened.
pub(in crate::grpc) fn ballot(ballot: &Ballot, actor: &Actor) -> wire::BallotView {
    let Some(invitation) = ballot.invitation() else {
        return wire::BallotView::default();
    };
    let (state, opened) = match ballot {
        Ballot::Unknown => (wire::BallotState::Unspecified, false),
        Ballot::Invited(_) | Ballot::Reminded { .. } => (wire::BallotState::Invited, false),
        Ballot::Recalled { .. } => (wire::BallotState::Recalled, false),
        Ballot::Cast { .. } => (wire::BallotState::Cast, false),
        Ballot::Conflicted { .. } => (wire::BallotState::Conflicted, false),
        Ballot::Barred { .. } => (wire::BallotState::Barred, false),
        Ballot::Revealed { .. } => (wire::BallotState::Revealed, true),
    };
    let mut view = wire::BallotView {
        ballot_id: invitation.ballot.to_string(),
        round_id: invitation.round.to_string(),
        state: state.into(),
        record: Some(invitation.record.to_wire()),
        criteria: invitation.criteria.iter().map(criterion).collect(),
        deadline: invitation.deadline.to_string(),
        ..Default::default()
    };
    if let Ballot::Reminded { reply_by, .. } = ballot {
        view.reply_by = timestamp(*reply_by);
    }
    if let Ballot::Barred { until, .. } = ballot {
        view.barred_until = until.to_string();
    }
    if let Some(sealed) = ballot.sealed() {
        view.cast_at = timestamp(sealed.at);
        if opened || actor.expert == Some(invitation.expert) {
            view.scores = sealed.sheet.marks.scores();
            view.recommended = sealed.sheet.recommended;
        }
    }
    view
}

/// Who was struck, with what opens the commitments, once rounds take no ballot any more. For the
/// auditor of the demand's home alone.
pub(in crate::grpc) fn screening(
    demand: DemandId,
    screening: &Screening,
) -> Result<wire::ScreeningView, NotYetOpen> {
    let mut strikes = Vec::new();
    if let Screening::Known {
        screened,
        concluded,
        ..
    } = screening
    {
        if !screened.is_empty() && concluded.is_empty() {
            return Err(NotYetOpen);
        }
        for (round, told) in concluded {
            let Some(screened) = screened.get(round) else {
                continue;
            };
            strikes.extend(screened.strikes.iter().map(|strike| {
                let hub = told.get(&strike.expert);
                let (salt, content) = (strike.salt.as_bytes(), strike.content.as_bytes());
                wire::StrikeView {
                    round_id: round.to_string(),
                    expert_id: strike.expert.to_string(),
                    employer_unit_id: strike.employer.to_string(),
                    content: strike.content.clone(),
                    salt: Digest::to_string(&strike.salt),
                    commitment: strike.commitment.to_string(),
                    hub_commitment: hub.map(Digest::to_string).unwrap_or_default(),
                    opens: hub.is_some_and(|hub| evidence::opens(hub, salt, content)),
                }
            }));
        }
    }
    Ok(wire::ScreeningView {
        demand_id: demand.to_string(),
        strikes,
    })
}
