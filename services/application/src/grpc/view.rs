//! Aggregates as people see them.

use std::collections::{BTreeMap, BTreeSet};

use journal::Loaded;
use proto::application::v1 as wire;
use regulation::{BlindId, Text};

use crate::{
    domain::{
        Application, Examination, Fault, Guide, Item, Part, PublishedGuide,
        application::{Case, Stage},
        examination::{self, Record, Verdict},
        guide,
        package::Member,
        part_of,
    },
    publish,
    record::{self, instant, number, text},
};

/// A guide in work.
pub(super) fn guide(guide: &Loaded<Guide>) -> wire::Guide {
    let Some(work) = &guide.state.0 else {
        return wire::Guide::default();
    };
    let mut view = wire::Guide {
        guide_id: guide.id.clone(),
        document: Some(record::wire_guide(&guide.id, &work.content.guideline)),
        compilation: text(work.content.compilation.as_ref()),
        version: number(work.version),
        ..Default::default()
    };
    let state = match &work.stage {
        guide::Stage::Draft => wire::GuideState::Draft,
        guide::Stage::Proposed { .. } => wire::GuideState::Proposed,
        guide::Stage::Returned { reason } => {
            view.reason = reason.to_string();
            wire::GuideState::Returned
        }
        guide::Stage::Published {
            decision, number, ..
        } => {
            view.decision_id.clone_from(decision);
            view.document_number = number.to_string();
            wire::GuideState::Published
        }
    };
    view.state = state.into();
    view
}

/// A guide in force.
pub(super) fn published(
    guide: &Loaded<PublishedGuide>,
    closed: &BTreeSet<BlindId>,
) -> Option<wire::PublishedGuide> {
    let in_force = guide.state.0.as_ref()?;
    let topics = in_force.guide.topics.iter();
    let gone = topics.filter(|topic| topic.blind_id.is_some_and(|id| closed.contains(&id)));
    Some(wire::PublishedGuide {
        document: Some(record::wire_guide(&guide.id, &in_force.guide)),
        decision_id: in_force.decision.clone(),
        document_number: in_force.number.to_string(),
        published_at: instant(in_force.at),
        closed_topic_ids: gone.map(|topic| topic.id.to_string()).collect(),
    })
}

/// Something wrong with an application.
pub(super) fn fault(fault: &Fault) -> wire::ApplicationFault {
    let refusal = fault.refusal();
    wire::ApplicationFault {
        item: fault.item().code().to_owned(),
        rule: refusal.rule.code.to_owned(),
        message: refusal.to_string(),
    }
}

/// Where an application stands.
pub(crate) fn application_state(stage: &Stage) -> wire::ApplicationState {
    match stage {
        Stage::Draft => wire::ApplicationState::Draft,
        Stage::AwaitingAssents { .. } => wire::ApplicationState::AwaitingAssents,
        Stage::Submitted { .. } => wire::ApplicationState::Submitted,
        Stage::InExamination { .. } => wire::ApplicationState::InExamination,
        Stage::CorrectionOpen(_) => wire::ApplicationState::CorrectionOpen,
        Stage::InReview => wire::ApplicationState::InReview,
        Stage::Established(_) => wire::ApplicationState::Established,
        Stage::NotEstablished(_) => wire::ApplicationState::NotEstablished,
        Stage::NotAccepted { .. } => wire::ApplicationState::NotAccepted,
        Stage::Withdrawn { .. } => wire::ApplicationState::Withdrawn,
        Stage::MissedDeadline { .. } => wire::ApplicationState::MissedDeadline,
        Stage::Appealed { .. } => wire::ApplicationState::Appealed,
    }
}

/// An application at its home.
pub(super) fn application(application: &Loaded<Application>) -> wire::Application {
    let Some(case) = &application.state.0 else {
        return wire::Application::default();
    };
    let frozen = match &case.stage {
        Stage::Draft | Stage::CorrectionOpen(_) => None,
        _ => case.frozen.as_ref(),
    };
    let mut view = wire::Application {
        application_id: application.id.clone(),
        state: application_state(&case.stage).into(),
        guide_id: case.topic.guide.to_string(),
        topic_id: case.topic.topic.to_string(),
        blind_id: text(case.topic.blind_id.as_ref()),
        field: case.topic.field.to_string(),
        lead_unit_id: case.lead.to_string(),
        content: Some(record::wire_content(&case.content)),
        units: units(case),
        package_version: number(case.version()),
        digest: frozen
            .map(|frozen| frozen.document.digest().to_string())
            .unwrap_or_default(),
        policy_version: case.terms.policy.clone(),
        duration_departure: case
            .approved_departure()
            .as_ref()
            .map(record::wire_departure),
        version: application.version,
        ..Default::default()
    };
    stage(&mut view, case);
    view
}

fn units(case: &Case) -> Vec<wire::ApplicationUnit> {
    let given = match &case.stage {
        Stage::AwaitingAssents { given, .. } => Some(given),
        _ => None,
    };
    let handed_in = !matches!(case.stage, Stage::Draft | Stage::CorrectionOpen(_));
    let units = case.seats.iter().map(|(unit, seat)| {
        let member = Member {
            role: seat.role,
            region: seat.region,
            guest: seat.guest,
            branch_of: seat.branch_of,
            subtask: seat.subtask.clone(),
            interfaces: None,
            part: None,
        };
        let latest = seat.latest.as_ref();
        wire::ApplicationUnit {
            unit: Some(record::wire_unit(*unit, &member)),
            part_id: part_of(case.id, *unit).to_string(),
            part_version: latest.map_or(0, |part| number(part.version)),
            part_digest: latest
                .map(|part| part.digest.to_string())
                .unwrap_or_default(),
            assented: given.map_or(handed_in, |given| given.contains_key(unit)),
            refusal: text(seat.refusal.as_ref()),
            interfaces: text(seat.interfaces.as_ref()),
        }
    });
    units.collect()
}

fn failed(items: &BTreeMap<Item, String>) -> Vec<wire::ExaminationItem> {
    items.iter().map(publish::failed).collect()
}

fn stage(view: &mut wire::Application, case: &Case) {
    if let Some(receipt) = &case.receipt {
        view.received_digest = receipt.digest.to_string();
        view.received_at = instant(receipt.at);
    }
    if let Some(appeal) = &case.appeal {
        view.appeal_grounds = appeal.grounds.to_string();
        view.appeal_answer = text(appeal.answer.as_ref());
    }
    if let Some(correction) = case.stage.correction() {
        view.items = failed(&correction.items);
        view.deadline = correction.deadline.to_string();
        view.deadline_provisional = correction.provisional;
        view.reason.clone_from(&correction.reason);
    }
    match &case.stage {
        Stage::Submitted { at } | Stage::InExamination { at } => {
            view.submitted_at = instant(*at);
        }
        Stage::NotAccepted {
            reason,
            items,
            appeal_until,
        } => {
            view.reason.clone_from(reason);
            view.items = failed(items);
            view.appeal_until = text(appeal_until.as_ref());
        }
        Stage::Appealed { reason, items } => {
            view.reason.clone_from(reason);
            view.items = failed(items);
        }
        Stage::Withdrawn { reason } => view.reason = reason.to_string(),
        Stage::MissedDeadline { deadline } => view.deadline = deadline.to_string(),
        Stage::Established(judgement) | Stage::NotEstablished(judgement) => {
            view.place = number(judgement.place);
            view.comments.clone_from(&judgement.comments);
        }
        Stage::Draft
        | Stage::AwaitingAssents { .. }
        | Stage::CorrectionOpen(_)
        | Stage::InReview => {}
    }
}

/// A part at its unit's home.
pub(super) fn part(part: &Loaded<Part>) -> wire::Part {
    let Some(asked) = &part.state.0 else {
        return wire::Part::default();
    };
    let (request, provided) = (&asked.request, asked.provided.as_ref());
    let document = provided.map(|provided| &provided.document);
    wire::Part {
        part_id: part.id.clone(),
        application_id: request.application.to_string(),
        unit_id: request.unit.to_string(),
        role: wire::UnitRole::from(request.role).into(),
        title: request.title.to_string(),
        lead_unit_id: request.lead.to_string(),
        subtask: text(request.subtask.as_ref()),
        asked_by: request.by.to_string(),
        content: document.and_then(|document| prost::Message::decode(document.bytes()).ok()),
        digest: document
            .map(|document| document.digest().to_string())
            .unwrap_or_default(),
        end: asked
            .end
            .map(wire::PartEnd::from)
            .unwrap_or_default()
            .into(),
    }
}

/// Where an examination stands.
pub(crate) fn examination_state(stage: &examination::Stage) -> wire::ExaminationState {
    match stage {
        examination::Stage::Pending => wire::ExaminationState::Pending,
        examination::Stage::Examined(_) => wire::ExaminationState::Examined,
        examination::Stage::CorrectionRequested { .. } => {
            wire::ExaminationState::CorrectionRequested
        }
        examination::Stage::Passed { .. } => wire::ExaminationState::Passed,
        examination::Stage::NotAccepted { .. } => wire::ExaminationState::NotAccepted,
        examination::Stage::Appealed { .. } => wire::ExaminationState::Appealed,
        examination::Stage::Withdrawn => wire::ExaminationState::Withdrawn,
    }
}

/// An examination on the hub.
pub(super) fn examination(examination: &Loaded<Examination>) -> wire::Examination {
    let Some(exam) = &examination.state.0 else {
        return wire::Examination::default();
    };
    let mut view = wire::Examination {
        application_id: examination.id.clone(),
        state: examination_state(&exam.stage).into(),
        region: exam.region.to_string(),
        package: Some(record::wire_package(&exam.received.package)),
        digest: exam.received.document.digest().to_string(),
        submitted_at: instant(exam.received.at),
        corrections: number(exam.corrections),
        version: examination.version,
        ..Default::default()
    };
    match &exam.stage {
        examination::Stage::Pending | examination::Stage::Withdrawn => {}
        examination::Stage::Examined(record) => examined(&mut view, record),
        examination::Stage::CorrectionRequested {
            record,
            deadline,
            provisional,
            reason,
            by,
            ..
        } => {
            examined(&mut view, record);
            view.concluded_by.clone_from(by);
            view.reason = reason.to_string();
            view.deadline = deadline.to_string();
            view.deadline_provisional = *provisional;
        }
        examination::Stage::Passed { record, by } => {
            examined(&mut view, record);
            view.concluded_by.clone_from(by);
        }
        examination::Stage::NotAccepted {
            items,
            reason,
            by,
            recorded_by,
            appeal_until,
        } => {
            refused(&mut view, items, reason, [recorded_by, by]);
            view.appeal_until = text(appeal_until.as_ref());
        }
        examination::Stage::Appealed {
            items,
            reason,
            by,
            recorded_by,
            grounds,
        } => {
            refused(&mut view, items, reason, [recorded_by, by]);
            view.appeal_grounds = grounds.to_string();
        }
    }
    if let Some(appeal) = &exam.appeal {
        view.appeal_grounds = appeal.grounds.to_string();
        view.appeal_answer = appeal.reason.to_string();
        view.appeal_decided_by.clone_from(&appeal.by);
    }
    view
}

fn refused(
    view: &mut wire::Examination,
    items: &BTreeMap<Item, String>,
    reason: &Text,
    [recorded_by, by]: [&String; 2],
) {
    view.items = items.iter().map(not_passed).collect();
    view.recorded_by.clone_from(recorded_by);
    view.concluded_by.clone_from(by);
    view.reason = reason.to_string();
}

fn examined(view: &mut wire::Examination, record: &Record) {
    view.recorded_by.clone_from(&record.by);
    view.items = record.verdicts.iter().map(item).collect();
}

fn item((item, verdict): (&Item, &Verdict)) -> wire::ExaminedItem {
    wire::ExaminedItem {
        item: item.code().to_owned(),
        name: item.name().to_owned(),
        machine_passed: verdict.machine.is_empty(),
        machine_note: verdict.machine.join("；"),
        person_passed: verdict.passed,
        person_note: text(verdict.note.as_ref()),
    }
}

fn not_passed((item, note): (&Item, &String)) -> wire::ExaminedItem {
    wire::ExaminedItem {
        item: item.code().to_owned(),
        name: item.name().to_owned(),
        person_note: note.clone(),
        ..Default::default()
    }
}
