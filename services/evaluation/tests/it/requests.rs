//! Requests that tests make.

use proto::evaluation::v1 as wire;
use regulation::Region;

use crate::federation::{DEADLINE, demand, request_id};

pub(crate) fn opening(places: i32) -> wire::OpenRoundRequest {
    wire::OpenRoundRequest {
        request_id: request_id(),
        year: 2024,
        quotas: vec![wire::FieldQuota {
            field: "集成电路".into(),
            places,
            reason: "年度安排".into(),
        }],
        deadline: DEADLINE.into(),
        panel_size: 3,
        alternates: Some(3),
        ..Default::default()
    }
}

/// With all of eight experts drawn, as panel or alternates: whoever the seeds put where, somebody
/// of either region can follow.
pub(crate) fn everybody(places: i32) -> wire::OpenRoundRequest {
    wire::OpenRoundRequest {
        alternates: Some(5),
        ..opening(places)
    }
}

/// Everything that is checked is as it should be.
pub(crate) fn preparing(number: u128) -> wire::PrepareRecommendationRequest {
    let keys = [
        "field",
        "backbone",
        "cross_region",
        "tasks",
        "not_supported",
        "unclassified",
    ];
    let checks = keys.iter().map(|key| wire::Check {
        key: (*key).into(),
        passed: true,
        ..Default::default()
    });
    wire::PrepareRecommendationRequest {
        request_id: request_id(),
        demand_id: demand(number),
        checks: checks.collect(),
        opinion: "任务明确，建议推荐".into(),
        recommend: true,
    }
}

pub(crate) fn recommending(number: u128, place: u128) -> wire::RecommendDemandRequest {
    wire::RecommendDemandRequest {
        request_id: request_id(),
        demand_id: demand(number),
        place: i32::try_from(place).unwrap(),
    }
}

pub(crate) fn without_seed(round: &wire::Round, region: Region) -> wire::WaiveSeedRequest {
    wire::WaiveSeedRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        region: region.to_string(),
        reason: "该节点未接入".into(),
    }
}

pub(crate) fn closing(round: &wire::Round) -> wire::CloseRoundRequest {
    wire::CloseRoundRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    }
}

/// A ballot with the same points on every criterion.
pub(crate) fn casting(ballot: &wire::BallotView, points: i32) -> wire::CastBallotRequest {
    let scores = ballot.criteria.iter().map(|criterion| wire::Score {
        criterion: criterion.key.clone(),
        points,
        reason: "指标明确，路线可行".into(),
    });
    wire::CastBallotRequest {
        request_id: request_id(),
        ballot_id: ballot.ballot_id.clone(),
        scores: scores.collect(),
        recommended: points >= 60,
    }
}
