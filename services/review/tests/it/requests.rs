//! What people ask, as tests ask it.

use proto::{evaluation::v1::Score, review::v1 as wire};

use crate::federation::{DEADLINE, request_id};

pub(crate) fn opening(places: i32) -> wire::OpenRoundRequest {
    wire::OpenRoundRequest {
        request_id: request_id(),
        year: 2024,
        places: vec![wire::FieldPlaces {
            field: "集成电路".into(),
            places,
            reason: "年度安排".into(),
        }],
        deadline: DEADLINE.into(),
        blindness: wire::Blindness::Blind.into(),
        panel_size: 3,
        alternates: Some(9),
        departure_reason: String::new(),
    }
}

pub(crate) fn closing(round: &wire::Round) -> wire::CloseRoundRequest {
    wire::CloseRoundRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    }
}

pub(crate) fn opening_of(sheet: &wire::SheetView) -> wire::OpenSheetRequest {
    wire::OpenSheetRequest {
        request_id: request_id(),
        sheet_id: sheet.sheet_id.clone(),
    }
}

/// A sheet with the same points on every criterion.
pub(crate) fn completing(sheet: &wire::SheetView, points: i32) -> wire::CompleteSheetRequest {
    let scores = sheet.criteria.iter().map(|criterion| Score {
        criterion: criterion.key.clone(),
        points,
        reason: "指标明确，路线可行".into(),
    });
    wire::CompleteSheetRequest {
        request_id: request_id(),
        sheet_id: sheet.sheet_id.clone(),
        scores: scores.collect(),
        comment: "总体可行".into(),
        recommended: points >= 60,
    }
}
