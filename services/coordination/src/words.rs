//! Between the domain's words and those of the published language.

use proto::coordination::v1 as wire;
use regulation::{DecisionKind, Region, Role};
use serde::{Deserialize as _, de::IntoDeserializer as _};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::domain::{decision::Stage, objection::Outcome};

/// A word of the published language that this node does not know: it may be of a newer version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not known here: {value:?}")]
pub(crate) struct Unknown {
    what: &'static str,
    value: String,
}

/// The instant as RFC 3339 in UTC.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    // Years beyond 9999 have no such form; the domain's clock does not get there.
    at.to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// The regions' short names.
pub(crate) fn regions<'a>(regions: impl IntoIterator<Item = &'a Region>) -> Vec<String> {
    regions.into_iter().map(ToString::to_string).collect()
}

/// A role's name.
pub(crate) fn role(role: Role) -> String {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The role of that name.
pub(crate) fn read_role(name: &str) -> Result<Role, Unknown> {
    Role::deserialize(name.into_deserializer()).map_err(|_: serde::de::value::Error| Unknown {
        what: "a role",
        value: name.chars().take(32).collect(),
    })
}

/// A decision's kind.
pub(crate) fn kind(kind: DecisionKind) -> wire::DecisionKind {
    match kind {
        DecisionKind::List => wire::DecisionKind::List,
        DecisionKind::Guide => wire::DecisionKind::Guide,
        DecisionKind::Establishment => wire::DecisionKind::Establishment,
        DecisionKind::Admission => wire::DecisionKind::Admission,
        DecisionKind::Policy => wire::DecisionKind::Policy,
        DecisionKind::Interpretation => wire::DecisionKind::Interpretation,
        DecisionKind::ResultCriteria => wire::DecisionKind::EvaluationCriteria,
    }
}

/// The kind that is meant, if one is.
pub(crate) fn read_kind(kind: wire::DecisionKind) -> Result<DecisionKind, Unknown> {
    Ok(match kind {
        wire::DecisionKind::List => DecisionKind::List,
        wire::DecisionKind::Guide => DecisionKind::Guide,
        wire::DecisionKind::Establishment => DecisionKind::Establishment,
        wire::DecisionKind::Admission => DecisionKind::Admission,
        wire::DecisionKind::Policy => DecisionKind::Policy,
        wire::DecisionKind::Interpretation => DecisionKind::Interpretation,
        wire::DecisionKind::EvaluationCriteria => DecisionKind::ResultCriteria,
        wire::DecisionKind::Unspecified => {
            let value = kind.as_str_name().to_owned();
            return Err(Unknown {
                what: "a kind of decision",
                value,
            });
        }
    })
}

/// How far a decision has come.
pub(crate) fn stage(stage: &Stage) -> wire::DecisionState {
    match stage {
        Stage::Open => wire::DecisionState::Open,
        Stage::Assented => wire::DecisionState::Assented,
        Stage::Approved(_) => wire::DecisionState::Approved,
        Stage::Publicity { .. } => wire::DecisionState::Publicity,
        Stage::InForce { .. } => wire::DecisionState::InForce,
        Stage::Returned(_) => wire::DecisionState::Returned,
    }
}

/// What became of an objection.
pub(crate) fn outcome(outcome: Outcome) -> wire::ObjectionOutcome {
    match outcome {
        Outcome::Upheld => wire::ObjectionOutcome::Upheld,
        Outcome::Dismissed => wire::ObjectionOutcome::Dismissed,
        Outcome::Declined => wire::ObjectionOutcome::Declined,
    }
}

/// The outcome that is meant, if one is.
pub(crate) fn read_outcome(outcome: wire::ObjectionOutcome) -> Result<Outcome, Unknown> {
    Ok(match outcome {
        wire::ObjectionOutcome::Upheld => Outcome::Upheld,
        wire::ObjectionOutcome::Dismissed => Outcome::Dismissed,
        wire::ObjectionOutcome::Declined => Outcome::Declined,
        wire::ObjectionOutcome::Unspecified => {
            let value = outcome.as_str_name().to_owned();
            return Err(Unknown {
                what: "an outcome",
                value,
            });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_itself_again() {
        for name in ["director", "task_force", "unit_member"] {
            assert_eq!(role(read_role(name).unwrap()), name);
        }
        assert!(read_role("Director").is_err());
    }

    #[test]
    fn every_kind_of_decision_reads_itself_again() {
        for number in 1..=7 {
            let wire = wire::DecisionKind::try_from(number).unwrap();
            assert_eq!(kind(read_kind(wire).unwrap()), wire);
        }
        assert!(read_kind(wire::DecisionKind::Unspecified).is_err());
    }
}
