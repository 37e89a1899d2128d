//! A sheet as its expert sees it.

use draws::{criterion, timestamp};
use proto::{application::v1 as application, review::v1 as wire};

use super::blindness;
use crate::domain::{Applicant, Sheet, UnitRole};

/// A sheet; its content only once the expert has declared to have no conflict, and while they may
/// still need it.
pub(in crate::grpc) fn sheet(sheet: &Sheet) -> wire::SheetView {
    let Some(invitation) = sheet.invitation() else {
        return wire::SheetView::default();
    };
    let state = match sheet {
        Sheet::Unknown => wire::SheetState::Unspecified,
        Sheet::Invited(_) => wire::SheetState::Invited,
        Sheet::Opened { .. } => wire::SheetState::Opened,
        Sheet::Completed { .. } => wire::SheetState::Completed,
        Sheet::Conflicted { .. } => wire::SheetState::ConflictDeclared,
        Sheet::Barred { .. } => wire::SheetState::Barred,
        Sheet::Recalled { .. } => wire::SheetState::Recalled,
    };
    let mut view = wire::SheetView {
        sheet_id: invitation.sheet.to_string(),
        round_id: invitation.round.to_string(),
        state: state.into(),
        title: invitation.title.to_string(),
        field: invitation.field.to_string(),
        criteria: invitation.criteria.iter().map(criterion).collect(),
        deadline: invitation.deadline.to_string(),
        blindness: blindness(invitation.blindness),
        units: invitation.applicants.iter().map(applicant).collect(),
        ..Default::default()
    };
    if let Some(opened) = sheet.opened() {
        view.content.clone_from(&invitation.content);
        view.opened_at = timestamp(opened);
    }
    if let Sheet::Barred { until, .. } = sheet {
        view.barred_until = until.to_string();
    }
    if let Sheet::Completed { opinion, at, .. } = sheet {
        view.scores = opinion.marks.scores();
        view.comment = opinion.comment.to_string();
        view.recommended = opinion.recommended;
        view.completed_at = timestamp(*at);
    }
    view
}

fn applicant(applicant: &Applicant) -> application::ConsortiumUnit {
    let role = match applicant.role {
        UnitRole::Lead => application::UnitRole::Lead,
        UnitRole::Subtask => application::UnitRole::Subtask,
        UnitRole::Participant => application::UnitRole::Participant,
    };
    application::ConsortiumUnit {
        unit_id: applicant.unit.to_string(),
        region: applicant.region.to_string(),
        role: role.into(),
        subtask: applicant.subtask.clone(),
        ..Default::default()
    }
}
