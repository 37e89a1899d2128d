//! 政策与解释: the numbers of the regulation in force, each with its article, and the notes on how
//! they are read. [Art. 22]

mod notes;
mod numbers;
mod values;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse as _, Response},
};
use proto::{
    common::v1::PageRequest,
    coordination::v1::{
        Decision, DecisionKind, DecisionState, GetFederationStatusRequest,
        ListInterpretationsRequest,
    },
};
use regulation::{Day, Policy, PolicyBook};
use serde::Deserialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub use self::{
    notes::notes as show_notes,
    numbers::{Force, Version, absent as show_absent, page as show_version},
};
use crate::{
    decisions,
    fault::Fault,
    node::{Away, Node, Peer},
};

/// Notes on a page.
const PAGE_SIZE: i32 = 20;
/// Decisions on policy versions that are read: more than a programme will ever have.
const DECISIONS_MAX: i32 = 100;
/// Longest token of a page, in digits.
const TOKEN_MAX: usize = 20;

/// `/policy`: the version in force on the domain's day.
pub(crate) async fn in_force(State(node): State<Node>) -> Response {
    let versions = versions(&node).await;
    match versions.iter().find(|one| one.force == Force::Now) {
        Some(now) => numbers::page(node.place(), now, &versions).into_response(),
        None => numbers::absent(node.place(), &versions).into_response(),
    }
}

/// `/policy/{version}`
pub(crate) async fn version(State(node): State<Node>, Path(name): Path<String>) -> Response {
    let versions = versions(&node).await;
    match versions.iter().find(|one| one.policy.version == name) {
        Some(one) => numbers::page(node.place(), one, &versions).into_response(),
        None => Fault::NotFound.at(node.place()),
    }
}

/// Every version that this node has, with the force it has.
async fn versions(node: &Node) -> Vec<Version> {
    match tokio::try_join!(decided(node), today(node)) {
        Ok((decided, today)) => judged(&node.policies, &decided, today),
        // The numbers stand; which of them hold is not known without the decisions.
        Err(_) => node.policies.iter().map(unknown).collect(),
    }
}

fn unknown(policy: &Arc<Policy>) -> Version {
    Version {
        policy: Arc::clone(policy),
        force: Force::Unknown,
        decision: None,
    }
}

/// The joint decisions in force on versions of the policy.
async fn decided(node: &Node) -> Result<Vec<Decision>, Fault> {
    let wanted = decisions::Wanted {
        kind: DecisionKind::Policy,
        after: String::new(),
    };
    let found = decisions::ask(node, &wanted, DecisionState::InForce, DECISIONS_MAX).await?;
    Ok(found.decisions)
}

/// The day by the clock that the node's rules go by. It is asked as the console; nothing but the
/// day of the answer is shown.
async fn today(node: &Node) -> Result<Day, Fault> {
    let request = GetFederationStatusRequest {};
    let answer = node
        .coordination
        .clone()
        .get_federation_status(request)
        .await;
    let status = answer.map_err(|status| Fault::of(Peer::Coordination, &status))?;
    let at = moment(&status.into_inner().at);
    at.map(Day::of).ok_or(Fault::Away(Peer::Coordination))
}

fn moment(rfc3339: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(rfc3339, &Rfc3339).ok()
}

/// Which version has force, by the rule that the services go by.
fn judged(policies: &[Arc<Policy>], decided: &[Decision], today: Day) -> Vec<Version> {
    let own = policies
        .iter()
        .map(|policy| Policy::clone(policy))
        .collect();
    // They are a book already: that is how the node read them.
    let Ok(mut book) = PolicyBook::new(own) else {
        return policies.iter().map(unknown).collect();
    };
    for decision in decided {
        if let Some(at) = moment(&decision.in_force_at) {
            // A decision on a file that this node does not have yet gives nothing force here.
            let _ = book.enact(&decision.digest, at);
        }
    }
    let now = book.on(today).map(|policy| policy.digest());
    let versions = policies.iter().enumerate().map(|(index, policy)| {
        let decision = decided
            .iter()
            .find(|decision| decision.digest == policy.digest_hex());
        Version {
            policy: Arc::clone(policy),
            force: match decision {
                _ if now == Some(policy.digest()) => Force::Now,
                None if index > 0 => Force::Undecided,
                _ if policy.in_force_until < today => Force::Past,
                _ if policy.in_force_from > today => Force::Future,
                _ => Force::Replaced,
            },
            decision: decision.cloned(),
        }
    });
    versions.collect()
}

/// What of the notes is looked for, as it comes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    after: String,
}

/// `/interpretations`
pub(crate) async fn interpretations(
    State(node): State<Node>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Ok(Query(Asked { after })) = asked else {
        return Fault::Invalid("页码无法识别。").at(node.place());
    };
    if after.len() > TOKEN_MAX || !after.bytes().all(|byte| byte.is_ascii_digit()) {
        return Fault::Invalid("页码无法识别。").at(node.place());
    }
    let request = ListInterpretationsRequest {
        page: Some(PageRequest {
            page_size: PAGE_SIZE,
            page_token: after.clone(),
        }),
        subject_id: String::new(),
    };
    let answer = node.decisions.clone().list_interpretations(request).await;
    let found = match answer {
        Ok(found) => Ok(found.into_inner()),
        Err(status) => match Fault::of(Peer::Coordination, &status) {
            Fault::Away(peer) => Err(Away(peer)),
            fault => return fault.at(node.place()),
        },
    };
    notes::notes(node.place(), &after, &found).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies() -> Vec<Arc<Policy>> {
        [regulation::YRD_2023_1, regulation::YRD_2024_1]
            .map(|text| Arc::new(Policy::parse(text).unwrap()))
            .into()
    }

    fn decision(policy: &Policy, at: &str) -> Decision {
        Decision {
            digest: policy.digest_hex(),
            in_force_at: at.to_owned(),
            ..Decision::default()
        }
    }

    fn forces(decided: &[Decision], today: &str) -> Vec<Force> {
        let versions = judged(&policies(), decided, today.parse().unwrap());
        versions.into_iter().map(|one| one.force).collect()
    }

    #[test]
    fn a_version_has_force_only_by_its_decision_and_on_its_days() {
        assert_eq!(forces(&[], "2024-06-01"), [Force::Now, Force::Undecided]);
        let second = policies().remove(1);
        let decided = [decision(&second, "2024-02-01T00:00:00Z")];
        let from = second.in_force_from;
        assert_eq!(forces(&decided, &from.to_string())[1], Force::Now);
        assert_eq!(forces(&decided, &from.to_string())[0], Force::Replaced);
        assert_eq!(forces(&decided, "2023-05-01"), [Force::Now, Force::Future]);
        // A decision on another text gives this one no force.
        let mut other = decision(&second, "2024-02-01T00:00:00Z");
        other.digest = "00".repeat(32);
        assert_eq!(
            forces(&[other], "2024-06-01"),
            [Force::Now, Force::Undecided]
        );
        assert_eq!(forces(&[], "2030-01-01"), [Force::Past, Force::Undecided]);
    }
}
