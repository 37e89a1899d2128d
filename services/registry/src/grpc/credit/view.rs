//! Credit records as those see them who may.

use journal::Loaded;
use proto::registry::v1 as wire;
use regulation::Day;
use tonic::Status;

use super::there;
use crate::{
    domain::credit::{Appeal, CreditNotice, CreditRecord, Effect, Stage, Word},
    publish::credit as publish,
    read::credit::Barring,
};

/// A record as the department that made it sees it.
pub(super) fn record(loaded: &Loaded<CreditRecord>) -> Result<wire::CreditRecord, Status> {
    let record = there(loaded.state.0.as_deref())?;
    let charge = &record.charge;
    let stage = &record.stage;
    let mut seen = wire::CreditRecord {
        record_id: loaded.id.clone(),
        state: state(stage).into(),
        unit_id: charge.subject.told().to_string(),
        person_key: charge
            .subject
            .person()
            .map(ToString::to_string)
            .unwrap_or_default(),
        told_region: record.told_region.to_string(),
        misconduct: wire::Misconduct::from(charge.misconduct).into(),
        case_reference: charge.case_reference.to_string(),
        evidence: publish::evidence(record),
        barred_acts: publish::acts(&charge.acts),
        proposed_by: record.proposed_by.clone(),
        policy: record.terms.policy.clone(),
        ..wire::CreditRecord::default()
    };
    if let Some(telling) = stage.telling() {
        seen.notified_by.clone_from(&telling.by);
        seen.notified_on = telling.on.to_string();
        seen.appeal_until = telling.appeal_until.to_string();
    }
    let (appeal, effect, word) = ends(stage);
    if let Some(appeal) = appeal {
        seen.appealed_on = Day::of(appeal.at).to_string();
        seen.grounds = appeal.grounds.to_string();
    }
    if let Some(effect) = effect {
        seen.from = effect.from.to_string();
        seen.until = effect.until.to_string();
    }
    if let Some(word) = word {
        seen.decided_by.clone_from(&word.by);
        seen.reason = word.reason.to_string();
    }
    Ok(seen)
}

/// What there is of an appeal, an effect and a director's word.
fn ends(stage: &Stage) -> (Option<&Appeal>, Option<&Effect>, Option<&Word>) {
    match stage {
        Stage::Proposed {} | Stage::Notified { .. } => (None, None, None),
        Stage::Declined { word } => (None, None, Some(word)),
        Stage::Appealed { appeal, .. } => (Some(appeal), None, None),
        Stage::Effective { upheld, effect, .. } => match upheld {
            Some((appeal, word)) => (Some(appeal), Some(effect), Some(word)),
            None => (None, Some(effect), None),
        },
        Stage::Revoked {
            appeal,
            effect,
            word,
            ..
        } => (appeal.as_ref(), effect.as_ref(), Some(word)),
        Stage::Expired { effect, .. } => (None, Some(effect), None),
    }
}

fn state(stage: &Stage) -> wire::CreditState {
    match stage {
        Stage::Proposed {} => wire::CreditState::Proposed,
        Stage::Declined { .. } => wire::CreditState::Declined,
        Stage::Notified { .. } => wire::CreditState::Notified,
        Stage::Appealed { .. } => wire::CreditState::Appealed,
        Stage::Effective { .. } => wire::CreditState::Effective,
        Stage::Revoked { .. } => wire::CreditState::Revoked,
        Stage::Expired { .. } => wire::CreditState::Expired,
    }
}

/// The stage's name in the stored state; none for all.
pub(super) fn stage_name(state: wire::CreditState) -> Option<&'static str> {
    match state {
        wire::CreditState::Unspecified => None,
        wire::CreditState::Proposed => Some("proposed"),
        wire::CreditState::Declined => Some("declined"),
        wire::CreditState::Notified => Some("notified"),
        wire::CreditState::Appealed => Some("appealed"),
        wire::CreditState::Effective => Some("effective"),
        wire::CreditState::Revoked => Some("revoked"),
        wire::CreditState::Expired => Some("expired"),
    }
}

/// A notice as it was told.
pub(super) fn notice(loaded: &Loaded<CreditNotice>) -> Result<wire::CreditNotice, Status> {
    let told = there(loaded.state.0.as_deref())?;
    let announced = &told.announced;
    let appeal = told.appeal.as_ref();
    let outcome = told
        .outcome
        .map_or(wire::CreditOutcome::Unspecified, Into::into);
    Ok(wire::CreditNotice {
        record_id: loaded.id.clone(),
        region: announced.region.to_string(),
        unit_id: announced.subject.told().to_string(),
        person_key: announced
            .subject
            .person()
            .map(ToString::to_string)
            .unwrap_or_default(),
        misconduct: wire::Misconduct::from(announced.misconduct).into(),
        barred_acts: publish::acts(&announced.acts),
        notified_on: announced.on.to_string(),
        appeal_until: announced.appeal_until.to_string(),
        appealed_on: appeal
            .map(|lodged| Day::of(lodged.at).to_string())
            .unwrap_or_default(),
        grounds: appeal
            .map(|lodged| lodged.grounds.to_string())
            .unwrap_or_default(),
        outcome: outcome.into(),
    })
}

/// What bars a person, as a service is told.
pub(super) fn person_standing(barring: Option<Barring>) -> wire::PersonStanding {
    barring.map_or_else(wire::PersonStanding::default, |barring| {
        wire::PersonStanding {
            barred: true,
            barred_until: barring.until.to_string(),
            credit_record_id: barring.record.to_string(),
        }
    })
}
