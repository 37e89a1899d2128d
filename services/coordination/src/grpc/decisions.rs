//! Joint decisions as they are asked for: by those who work on them, or by the public.

use chassis::{Desk, Page, caller::Caller, status};
use proto::{
    coordination::v1 as wire,
    exchange::v1::{CheckMembershipRequest, exchange_service_client::ExchangeServiceClient},
};
use regulation::{DecisionId, DecisionKind, Policy, Region, Role, Title};
use tonic::{Request, Status};

use super::view;
use crate::{
    domain::{
        Document, Known,
        decision::{Former, JointDecision, Opening, Stage, Terms},
    },
    read::{self, DecisionRow, Wanted},
    words,
};

/// The service that keeps the members' keys.
pub(super) const BORDER: &str = "exchange";

/// How much of a decision a caller may see. [Art. 10: 原则上不公开需求方]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Insight {
    /// All of it.
    Inner,
    /// Where each one stands and whose word it waits for; no documents, no reasons. For the node's
    /// own pages.
    Standing,
    /// What is or was shown to the public, without what names regions and demands.
    Public,
}

impl Insight {
    /// What the caller, if there is one, may see.
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        match request
            .extensions()
            .get::<Caller>()
            .map(|caller| caller.0.role)
        {
            Some(
                Role::Officer
                | Role::Director
                | Role::Secretariat
                | Role::TaskForce
                | Role::Agency
                | Role::Auditor,
            ) => Self::Inner,
            Some(Role::Service) => Self::Standing,
            _ => Self::Public,
        }
    }
}

fn was_public(row: &DecisionRow) -> bool {
    !row.publicity_until.is_empty() || row.state == i32::from(wire::DecisionState::InForce)
}

/// One decision with its document; on the hub with the words and objections too.
pub(super) async fn get(
    desk: &Desk,
    insight: Insight,
    id: DecisionId,
) -> Result<wire::Decision, Status> {
    let unknown = || status::not_found("联合决策");
    let (row, document) = read::decision(desk, id.into()).await?.ok_or_else(unknown)?;
    match insight {
        Insight::Public | Insight::Standing if was_public(&row) => {
            Ok(view::for_public(row, &document))
        }
        Insight::Public | Insight::Standing => Err(unknown()),
        Insight::Inner => {
            let (former, version) = (row.former, row.version);
            let mut decision = view::decision_row(row);
            decision.document = document;
            if desk.region().is_hub() {
                // Here the decision itself is at hand, fresher than what was told of it.
                let loaded = desk.load::<JointDecision>("联合决策", id).await?;
                decision = view::decision_at_hub(&loaded);
                decision.former_decision_id =
                    former.map(|former| former.to_string()).unwrap_or_default();
                decision.version = version;
            }
            Ok(decision)
        }
    }
}

/// Decisions without their documents, the newest first.
pub(super) async fn list(
    desk: &Desk,
    insight: Insight,
    asked: wire::ListDecisionsRequest,
) -> Result<wire::ListDecisionsResponse, Status> {
    let wanted = Wanted {
        kind: asked.kind(),
        state: asked.state(),
        subject_id: asked.subject_id,
        public_only: insight == Insight::Public,
    };
    let page = Page::from(asked.page);
    let mut rows = read::decisions(desk, &wanted, &page.after, page.limit()).await?;
    let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
    let decisions = rows
        .into_iter()
        .map(|row| match insight {
            Insight::Inner => view::decision_row(row),
            Insight::Standing => view::standing(row),
            Insight::Public => view::for_public(row, &[]),
        })
        .collect();
    Ok(wire::ListDecisionsResponse {
        decisions,
        next_page_token,
    })
}

/// What the secretariat wants to open.
pub(super) async fn opening(
    desk: &Desk,
    asked: wire::OpenDecisionRequest,
) -> Result<Opening, Status> {
    let kind =
        words::read_kind(asked.kind()).map_err(|_| status::invalid("kind", "请选择决策类型"))?;
    let title: Title = status::parse("title", &asked.title)?;
    let former = match asked.former_decision_id.as_str() {
        "" => None,
        id => Some(former(desk, status::parse("former_decision_id", id)?).await?),
    };
    let (subject_id, last_terms) = match kind {
        DecisionKind::Policy => {
            let version = policy_version(&asked.document)?;
            if !["", version.as_str()].contains(&asked.subject_id.as_str()) {
                let fault = format!("政策文本的版本号是 {version}，请填写一致或留空");
                return Err(status::invalid("subject_id", fault));
            }
            (version, last_terms(desk, kind).await)
        }
        DecisionKind::Admission => {
            let region: Region = status::parse("subject_id", &asked.subject_id)?;
            (region.to_string(), None)
        }
        _ => {
            let subject: Title = status::parse("subject_id", &asked.subject_id)?;
            (subject.to_string(), None)
        }
    };
    let known = known(desk, kind, &subject_id, &asked.document).await?;
    let document =
        Document::new(asked.document).map_err(|fault| status::invalid("document", fault))?;
    Ok(Opening {
        kind,
        title,
        document,
        subject_id,
        former,
        known,
        last_terms,
    })
}

/// The decision that is said to come before, as it stands.
async fn former(desk: &Desk, id: DecisionId) -> Result<Former, Status> {
    let loaded = desk.load::<JointDecision>("前一联合决策", id).await?;
    let former = loaded.state.opened().map(|decision| Former {
        id,
        kind: decision.matter.kind,
        subject_id: decision.matter.subject_id.clone(),
        returned: matches!(decision.stage, Stage::Returned(_)),
    });
    former.ok_or_else(|| status::not_found("前一联合决策"))
}

/// What is known of the subject beyond the document: of policy versions by this node's own, of the
/// members' keys by its border.
async fn known(
    desk: &Desk,
    kind: DecisionKind,
    subject: &str,
    document: &[u8],
) -> Result<Known, Status> {
    let versions = desk.policies();
    let mut known = Known {
        version: versions.by_version(subject).await.is_some(),
        in_force: versions.in_force().await.iter().any(|one| one == subject),
        against: Vec::new(),
    };
    if kind == DecisionKind::Admission && desk.peers().any(|peer| peer == BORDER) {
        let mut border = ExchangeServiceClient::new(desk.peer(BORDER)?);
        let request = CheckMembershipRequest {
            document: document.to_vec(),
        };
        known.against = border.check_membership(request).await?.into_inner().faults;
    }
    Ok(known)
}

/// The version that the text of a policy file names; its bytes are the document.
fn policy_version(document: &[u8]) -> Result<String, Status> {
    let fault = |fault: &dyn std::fmt::Display| {
        status::invalid("document", format!("不是政策版本文件：{fault}"))
    };
    let text = std::str::from_utf8(document).map_err(|error| fault(&error))?;
    Policy::parse(text)
        .map(|policy| policy.version)
        .map_err(|error| fault(&error))
}

/// What the policy that had force last says of decisions of the kind: a new version has to be
/// possible on a day without one. [Art. 22]
async fn last_terms(desk: &Desk, kind: DecisionKind) -> Option<Terms> {
    let mut last: Option<std::sync::Arc<Policy>> = None;
    for version in desk.policies().in_force().await {
        let policy = desk.policies().by_version(&version).await;
        last = [last, policy]
            .into_iter()
            .flatten()
            .max_by_key(|policy| policy.in_force_until);
    }
    last.map(|policy| Terms::of(&policy, kind))
}

/// The notes in force, the newest first.
pub(super) async fn interpretations(
    desk: &Desk,
    asked: wire::ListInterpretationsRequest,
) -> Result<wire::ListInterpretationsResponse, Status> {
    let page = Page::from(asked.page);
    let mut rows =
        read::interpretations(desk, &asked.subject_id, &page.after, page.limit()).await?;
    let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
    let interpretations = rows
        .into_iter()
        .map(|row| wire::Interpretation {
            decision_id: row.id.to_string(),
            title: row.title,
            subject_id: row.subject_id,
            // Only text takes force; what a newer version may allow is shown as far as it is text.
            text: String::from_utf8_lossy(&row.document.unwrap_or_default()).into_owned(),
            document_number: row.document_number,
            in_force_at: row.in_force_at.map(words::instant).unwrap_or_default(),
            superseded: row.superseded,
        })
        .collect();
    Ok(wire::ListInterpretationsResponse {
        interpretations,
        next_page_token,
    })
}
