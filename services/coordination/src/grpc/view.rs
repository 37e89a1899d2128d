//! How decisions, assents and objections are shown.

use journal::Loaded;
use prost::Message as _;
use proto::{
    coordination::v1 as wire, evaluation::v1::ListProposed, review::v1::EstablishmentProposed,
};
use regulation::Region;

use crate::{
    domain::{
        assent::{Assent, Party, Preparation, Stage as AssentStage},
        decision::{Decision, JointDecision, PublicObjection, Stage, Word},
        objection::{Objection, Outcome},
    },
    read::{AssentRow, DecisionRow},
    words,
};

/// A decision as the hub told it, without its document.
pub(super) fn decision_row(row: DecisionRow) -> wire::Decision {
    let missing = row
        .members
        .iter()
        .filter(|member| !row.assented.contains(member));
    wire::Decision {
        decision_id: row.id.to_string(),
        kind: row.kind,
        missing: missing.cloned().collect(),
        title: row.title,
        digest: row.digest,
        subject_id: row.subject_id,
        state: row.state,
        members: row.members,
        assented: row.assented,
        document_number: row.document_number,
        publicity_until: row.publicity_until,
        publicity_provisional: row.publicity_provisional,
        reason: row.reason,
        former_decision_id: row.former.map(|id| id.to_string()).unwrap_or_default(),
        policy_version: row.policy_version,
        opened_at: row.opened_at.map(words::instant).unwrap_or_default(),
        changed_at: words::instant(row.changed_at),
        in_force_at: row.in_force_at.map(words::instant).unwrap_or_default(),
        version: row.version,
        ..wire::Decision::default()
    }
}

/// Where it stands; why somebody returned it is theirs to tell.
pub(super) fn standing(row: DecisionRow) -> wire::Decision {
    wire::Decision {
        reason: String::new(),
        ..decision_row(row)
    }
}

/// The same for the public: without what names regions and demands. [Art. 10]
pub(super) fn for_public(row: DecisionRow, document: &[u8]) -> wire::Decision {
    let kind = wire::DecisionKind::try_from(row.kind).unwrap_or_default();
    let document = public_document(kind, document);
    wire::Decision {
        document,
        ..standing(row)
    }
}

/// What the public reads. A document of a kind that this node does not know is not shown at all.
fn public_document(kind: wire::DecisionKind, document: &[u8]) -> Vec<u8> {
    match kind {
        wire::DecisionKind::List => ListProposed::decode(document).map_or_else(
            |_| Vec::new(),
            |mut list| {
                list.entries.retain(|entry| entry.listed);
                for entry in &mut list.entries {
                    entry.demand_id.clear();
                    entry.region.clear();
                    entry.reason.clear();
                    entry.score = 0;
                }
                list.encode_to_vec()
            },
        ),
        wire::DecisionKind::Establishment => EstablishmentProposed::decode(document).map_or_else(
            |_| Vec::new(),
            |mut list| {
                list.entries.retain(|entry| entry.established);
                for entry in &mut list.entries {
                    entry.application_id.clear();
                    entry.reason.clear();
                    entry.score = 0;
                }
                list.encode_to_vec()
            },
        ),
        wire::DecisionKind::Unspecified => Vec::new(),
        wire::DecisionKind::Guide
        | wire::DecisionKind::Policy
        | wire::DecisionKind::Admission
        | wire::DecisionKind::Interpretation
        | wire::DecisionKind::EvaluationCriteria => document.to_vec(),
    }
}

/// A decision on the hub, with everything that is known of it.
pub(super) fn decision_at_hub(loaded: &Loaded<JointDecision>) -> wire::Decision {
    let Some(decision) = loaded.state.opened() else {
        return wire::Decision::default();
    };
    let matter = &decision.matter;
    let period = decision.period();
    let in_force_at = match &decision.stage {
        Stage::InForce { at, .. } => words::instant(*at),
        _ => String::new(),
    };
    let not_heard = match &decision.stage {
        Stage::Publicity { period, .. } => words::regions(&period.silent),
        _ => decision
            .waiver()
            .map(|waiver| words::regions(&waiver.silent))
            .unwrap_or_default(),
    };
    let approval = decision.approval();
    wire::Decision {
        decision_id: loaded.id.clone(),
        kind: words::kind(matter.kind).into(),
        title: matter.title.to_string(),
        document: matter.document.bytes().to_vec(),
        digest: matter.document.digest().to_string(),
        subject_id: matter.subject_id.clone(),
        state: words::stage(&decision.stage).into(),
        members: words::regions(&matter.terms.members),
        assented: words::regions(decision.assents.keys()),
        missing: words::regions(&decision.missing()),
        document_number: approval.map(|a| a.number.to_string()).unwrap_or_default(),
        publicity_until: period
            .map(|period| period.until.to_string())
            .unwrap_or_default(),
        publicity_provisional: period.is_some_and(|period| period.provisional),
        reason: decision
            .returned_because()
            .map(ToString::to_string)
            .unwrap_or_default(),
        former_decision_id: matter.former.map(|id| id.to_string()).unwrap_or_default(),
        policy_version: matter.terms.policy_version.clone(),
        opened_at: words::instant(matter.opened_at),
        changed_at: String::new(),
        in_force_at,
        words: decision.assents.values().map(word).collect(),
        objections: objections(decision),
        not_heard,
        version: 0,
        approved_by: approval.map(|a| a.by.person.clone()).unwrap_or_default(),
        approved_at: approval
            .map(|a| words::instant(a.by.at))
            .unwrap_or_default(),
    }
}

fn word(word: &Word) -> wire::MemberWord {
    wire::MemberWord {
        region: word.signature.region.to_string(),
        person: word.signature.person.clone(),
        role: words::role(word.signature.role),
        digest: word.digest.to_string(),
        at: words::instant(word.signature.at),
    }
}

fn objections(decision: &Decision) -> Vec<wire::ReceivedObjection> {
    let view = |(id, objection): (&crate::domain::ObjectionId, &PublicObjection)| {
        let judged = objection.judgement.as_ref();
        let outcome = judged.map_or(wire::ObjectionOutcome::Unspecified, |judgement| {
            words::outcome(if judgement.upheld {
                Outcome::Upheld
            } else {
                Outcome::Dismissed
            })
        });
        wire::ReceivedObjection {
            objection_id: id.to_string(),
            region: objection.region.to_string(),
            text: objection.text.to_string(),
            filed_at: words::instant(objection.filed_at),
            outcome: outcome.into(),
            judged_by: judged
                .map(|judgement| judgement.by.person.clone())
                .unwrap_or_default(),
            reason: judged
                .map(|judgement| judgement.reason.to_string())
                .unwrap_or_default(),
        }
    };
    decision.objections.iter().map(view).collect()
}

/// How far an assent has come.
pub(crate) fn assent_state(stage: &AssentStage) -> wire::AssentState {
    match stage {
        AssentStage::Requested => wire::AssentState::Requested,
        AssentStage::Prepared(_) => wire::AssentState::Prepared,
        AssentStage::Given { .. } => wire::AssentState::Given,
        AssentStage::Refused { .. } => wire::AssentState::Refused,
        AssentStage::Lapsed => wire::AssentState::Lapsed,
    }
}

/// An assent in a list.
pub(super) fn assent_row(row: AssentRow, here: Region) -> wire::Assent {
    wire::Assent {
        assent_id: row.id.to_string(),
        document_kind: row.document_kind,
        subject_id: row.subject_id,
        title: row.title,
        digest: row.digest,
        party: Some(wire::Party {
            region: here.to_string(),
            unit_id: row.unit_id.map(|unit| unit.to_string()).unwrap_or_default(),
        }),
        state: row.state,
        asked_by: row.asked_by,
        asked_at: words::instant(row.asked_at),
        ..wire::Assent::default()
    }
}

/// An assent with its document.
pub(super) fn assent(loaded: &Loaded<Assent>, here: Region) -> wire::Assent {
    let Some((request, stage)) = loaded.state.asked() else {
        return wire::Assent::default();
    };
    let unit_id = match request.party {
        Party::Department => String::new(),
        Party::Unit(unit) => unit.to_string(),
    };
    let mut view = wire::Assent {
        assent_id: loaded.id.clone(),
        document_kind: request.about.document_kind().to_owned(),
        subject_id: request.about.subject_id(),
        title: request.title.to_string(),
        document: request.document.bytes().to_vec(),
        digest: request.document.digest().to_string(),
        party: Some(wire::Party {
            region: here.to_string(),
            unit_id,
        }),
        state: assent_state(stage).into(),
        asked_by: request.about.asked_by().to_string(),
        asked_at: words::instant(request.at),
        ..wire::Assent::default()
    };
    match stage {
        AssentStage::Requested | AssentStage::Lapsed => {}
        AssentStage::Prepared(preparation) => prepared(&mut view, preparation),
        AssentStage::Given { preparation, by } => {
            if let Some(preparation) = preparation {
                prepared(&mut view, preparation);
            }
            view.signed_by.clone_from(&by.person);
            view.signed_at = words::instant(by.at);
        }
        AssentStage::Refused { by, reason } => {
            view.signed_by.clone_from(&by.person);
            view.signed_at = words::instant(by.at);
            view.reason = reason.to_string();
        }
    }
    view
}

fn prepared(view: &mut wire::Assent, preparation: &Preparation) {
    view.prepared_by.clone_from(&preparation.by.person);
    view.note = preparation
        .note
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
}

/// An objection at home.
pub(super) fn objection(loaded: &Loaded<Objection>) -> wire::Objection {
    let Some((filing, answer)) = loaded.state.filed() else {
        return wire::Objection::default();
    };
    let outcome = answer.map_or(wire::ObjectionOutcome::Unspecified, |a| {
        words::outcome(a.outcome)
    });
    wire::Objection {
        objection_id: loaded.id.clone(),
        decision_id: filing.decision.to_string(),
        text: filing.text.to_string(),
        filed_at: words::instant(filing.at),
        outcome: outcome.into(),
        reason: answer
            .map(|answer| answer.reason.to_string())
            .unwrap_or_default(),
        answered_at: answer
            .map(|answer| words::instant(answer.at))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use proto::{evaluation::v1::ListEntry, review::v1::EstablishmentEntry};

    use super::*;

    #[test]
    fn the_public_is_not_told_why_somebody_returned_a_decision() {
        let row = DecisionRow {
            seq: 1,
            id: uuid::Uuid::from_u128(1),
            kind: wire::DecisionKind::List.into(),
            title: "清单".to_owned(),
            digest: "00".to_owned(),
            subject_id: "r".to_owned(),
            state: wire::DecisionState::Returned.into(),
            members: vec!["sh".to_owned(), "js".to_owned()],
            assented: vec!["sh".to_owned()],
            document_number: String::new(),
            publicity_until: "2024-10-01".to_owned(),
            publicity_provisional: false,
            reason: "曙澜公司的需求有误".to_owned(),
            former: None,
            policy_version: "yrd-2024-1".to_owned(),
            opened_at: None,
            changed_at: time::OffsetDateTime::UNIX_EPOCH,
            in_force_at: None,
            version: 3,
        };
        let shown = for_public(row.clone(), &[]);
        assert_eq!((shown.reason.as_str(), shown.title.as_str()), ("", "清单"));
        assert_eq!(standing(row.clone()).reason, "");
        assert_eq!(decision_row(row).reason, "曙澜公司的需求有误");
    }

    #[test]
    fn the_public_reads_what_is_established_without_applications_and_scores() {
        let entry = |id: &str, established| EstablishmentEntry {
            application_id: id.to_owned(),
            title: "攻关".to_owned(),
            score: 9_000,
            reason: "名次在前".to_owned(),
            established,
            ..EstablishmentEntry::default()
        };
        let list = EstablishmentProposed {
            entries: vec![entry("a-1", true), entry("a-2", false)],
            ..EstablishmentProposed::default()
        };
        let shown = public_document(wire::DecisionKind::Establishment, &list.encode_to_vec());
        let shown = EstablishmentProposed::decode(shown.as_slice()).unwrap();
        assert_eq!(shown.entries.len(), 1);
        let shown = &shown.entries[0];
        assert_eq!((shown.application_id.as_str(), shown.score), ("", 0));
        assert_eq!((shown.reason.as_str(), shown.title.as_str()), ("", "攻关"));
    }

    #[test]
    fn the_public_reads_the_list_without_regions_demand_numbers_and_what_is_not_listed() {
        let entry = |id: &str, listed| ListEntry {
            demand_id: id.to_owned(),
            region: "js".to_owned(),
            place: 1,
            score: 9_000,
            listed,
            reason: "名次在前".to_owned(),
            record: None,
        };
        let entries = vec![entry("d-1", true), entry("d-2", false)];
        let list = ListProposed {
            round_id: "r".to_owned(),
            year: 2024,
            entries,
        };
        let shown = public_document(wire::DecisionKind::List, &list.encode_to_vec());
        let shown = ListProposed::decode(shown.as_slice()).unwrap();
        assert_eq!(shown.entries.len(), 1);
        let shown = &shown.entries[0];
        assert_eq!((shown.demand_id.as_str(), shown.region.as_str()), ("", ""));
        assert_eq!(
            (shown.reason.as_str(), shown.score, shown.place),
            ("", 0, 1)
        );
        assert!(public_document(wire::DecisionKind::Unspecified, b"x").is_empty());
    }
}
