//! The door in for people and services: requests become commands, states become answers.

mod decisions;
pub(crate) mod delivery;
mod knowledge;
mod overview;
pub(crate) mod view;

use chassis::{Desk, Page, admit, status};
use evidence::Digest;
use journal::Loaded;
use proto::coordination::v1::{self as wire, coordination_service_server::CoordinationService};
use regulation::{Actor, AssentId, DecisionId, Role, Text, UnitId};
use tonic::{Request, Response, Status};

use crate::{
    domain::{
        ObjectionId,
        assent::{self, Assent, Party},
        decision::{self, JointDecision},
        objection::{self, Objection},
    },
    read,
};

/// Serves `CoordinationService`.
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Loads an assent that the caller may see: its own unit's, or any of the region for the
    /// department.
    async fn assent(&self, actor: &Actor, id: &str) -> Result<Loaded<Assent>, Status> {
        let id: AssentId = status::parse("assent_id", id)?;
        let assent = self.desk.load::<Assent>("同意书", id).await?;
        let party = assent.state.asked().map(|(request, _)| request.party);
        let own = match party {
            Some(Party::Unit(unit)) => actor.unit == Some(unit),
            Some(Party::Department) | None => false,
        };
        if own || is_department(actor.role) {
            Ok(assent)
        } else {
            Err(status::not_found("同意书"))
        }
    }
}

fn is_department(role: Role) -> bool {
    matches!(role, Role::Officer | Role::Director | Role::Auditor)
}

#[tonic::async_trait]
impl CoordinationService for Door {
    async fn open_decision(
        &self,
        request: Request<wire::OpenDecisionRequest>,
    ) -> Result<Response<wire::Decision>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let opening = decisions::opening(&self.desk, asked.message).await?;
        let id: DecisionId = self.desk.ids().next();
        let command = decision::Command::Open(Box::new(opening));
        let done = self
            .desk
            .execute::<JointDecision>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::decision_at_hub(&done)))
    }

    async fn approve_decision(
        &self,
        request: Request<wire::ApproveDecisionRequest>,
    ) -> Result<Response<wire::Decision>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: DecisionId = status::parse("decision_id", &asked.message.decision_id)?;
        let number = status::parse("document_number", &asked.message.document_number)?;
        let digest: Digest = status::parse("digest", &asked.message.digest)?;
        let command = decision::Command::Approve { number, digest };
        let done = self
            .desk
            .execute::<JointDecision>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::decision_at_hub(&done)))
    }

    async fn end_publicity(
        &self,
        request: Request<wire::EndPublicityRequest>,
    ) -> Result<Response<wire::Decision>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: DecisionId = status::parse("decision_id", &asked.message.decision_id)?;
        let reason: Text = status::parse("reason", &asked.message.reason)?;
        let command = decision::Command::EndPublicityAnyway { reason };
        let done = self
            .desk
            .execute::<JointDecision>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::decision_at_hub(&done)))
    }

    async fn get_decision(
        &self,
        request: Request<wire::GetDecisionRequest>,
    ) -> Result<Response<wire::Decision>, Status> {
        let insight = decisions::Insight::of(&request);
        let id: DecisionId = status::parse("decision_id", &request.get_ref().decision_id)?;
        Ok(Response::new(
            decisions::get(&self.desk, insight, id).await?,
        ))
    }

    async fn list_decisions(
        &self,
        request: Request<wire::ListDecisionsRequest>,
    ) -> Result<Response<wire::ListDecisionsResponse>, Status> {
        let insight = decisions::Insight::of(&request);
        let answer = decisions::list(&self.desk, insight, request.into_inner()).await?;
        Ok(Response::new(answer))
    }

    async fn file_objection(
        &self,
        request: Request<wire::FileObjectionRequest>,
    ) -> Result<Response<wire::Objection>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let decision: DecisionId = status::parse("decision_id", &asked.message.decision_id)?;
        let text: Text = status::parse("text", &asked.message.text)?;
        // Whether it is in time is the hub's to judge, by the time at which it is filed here.
        decisions::get(&self.desk, decisions::Insight::Public, decision).await?;
        let id: ObjectionId = self.desk.ids().random();
        let command = objection::Command::File { decision, text };
        let done = self
            .desk
            .execute::<Objection>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::objection(&done)))
    }

    async fn get_objection(
        &self,
        request: Request<wire::GetObjectionRequest>,
    ) -> Result<Response<wire::Objection>, Status> {
        let asked = admit(request)?;
        let id: ObjectionId = status::parse("objection_id", &asked.message.objection_id)?;
        let objection = self.desk.load::<Objection>("异议", id).await?;
        let filed = objection.state.filed();
        let own = filed.is_some_and(|(filing, _)| filing.by.person == asked.actor.person);
        if own || asked.actor.role == Role::Auditor {
            Ok(Response::new(view::objection(&objection)))
        } else {
            Err(status::not_found("异议"))
        }
    }

    async fn judge_objection(
        &self,
        request: Request<wire::JudgeObjectionRequest>,
    ) -> Result<Response<wire::Decision>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let decision: DecisionId = status::parse("decision_id", &asked.message.decision_id)?;
        let id: ObjectionId = status::parse("objection_id", &asked.message.objection_id)?;
        let reason: Text = status::parse("reason", &asked.message.reason)?;
        let upheld = asked.message.upheld;
        let command = decision::Command::JudgeObjection { id, upheld, reason };
        let done = self
            .desk
            .execute::<JointDecision>(asked.actor, decision, command, &request)
            .await?;
        Ok(Response::new(view::decision_at_hub(&done)))
    }

    async fn list_assents(
        &self,
        request: Request<wire::ListAssentsRequest>,
    ) -> Result<Response<wire::ListAssentsResponse>, Status> {
        let asked = admit(request)?;
        let unit: Option<UnitId> = if is_department(asked.actor.role) {
            None
        } else {
            Some(
                asked
                    .actor
                    .unit
                    .ok_or_else(|| status::forbidden("您没有所属单位。"))?,
            )
        };
        let state = asked.message.state;
        let page = Page::from(asked.message.page);
        let mut rows = read::assents(&self.desk, unit, state, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
        let here = self.desk.region();
        let assents = rows
            .into_iter()
            .map(|row| view::assent_row(row, here))
            .collect();
        Ok(Response::new(wire::ListAssentsResponse {
            assents,
            next_page_token,
        }))
    }

    async fn get_assent(
        &self,
        request: Request<wire::GetAssentRequest>,
    ) -> Result<Response<wire::Assent>, Status> {
        let asked = admit(request)?;
        let assent = self.assent(&asked.actor, &asked.message.assent_id).await?;
        Ok(Response::new(view::assent(&assent, self.desk.region())))
    }

    async fn prepare_assent(
        &self,
        request: Request<wire::PrepareAssentRequest>,
    ) -> Result<Response<wire::Assent>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .assent(&asked.actor, &asked.message.assent_id)
            .await?
            .id;
        let digest: Digest = status::parse("digest", &asked.message.digest)?;
        let note = status::optional("note", &asked.message.note)?;
        let command = assent::Command::Prepare { digest, note };
        let done = self
            .desk
            .execute::<Assent>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::assent(&done, self.desk.region())))
    }

    async fn give_assent(
        &self,
        request: Request<wire::GiveAssentRequest>,
    ) -> Result<Response<wire::Assent>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .assent(&asked.actor, &asked.message.assent_id)
            .await?
            .id;
        let digest: Digest = status::parse("digest", &asked.message.digest)?;
        let command = assent::Command::Give { digest };
        let done = self
            .desk
            .execute::<Assent>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::assent(&done, self.desk.region())))
    }

    async fn refuse_assent(
        &self,
        request: Request<wire::RefuseAssentRequest>,
    ) -> Result<Response<wire::Assent>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .assent(&asked.actor, &asked.message.assent_id)
            .await?
            .id;
        let reason: Text = status::parse("reason", &asked.message.reason)?;
        let command = assent::Command::Refuse { reason };
        let done = self
            .desk
            .execute::<Assent>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::assent(&done, self.desk.region())))
    }

    async fn get_federation_status(
        &self,
        request: Request<wire::GetFederationStatusRequest>,
    ) -> Result<Response<wire::FederationStatus>, Status> {
        admit(request)?;
        Ok(Response::new(knowledge::federation(&self.desk).await?))
    }

    async fn get_checklist(
        &self,
        request: Request<wire::GetChecklistRequest>,
    ) -> Result<Response<wire::Checklist>, Status> {
        let asked = admit(request)?;
        Ok(Response::new(
            knowledge::checklist(&self.desk, asked.message).await?,
        ))
    }

    async fn get_checklist_overview(
        &self,
        request: Request<wire::GetChecklistOverviewRequest>,
    ) -> Result<Response<wire::ChecklistOverview>, Status> {
        admit(request)?;
        Ok(Response::new(overview::overview(&self.desk).await?))
    }

    async fn list_interpretations(
        &self,
        request: Request<wire::ListInterpretationsRequest>,
    ) -> Result<Response<wire::ListInterpretationsResponse>, Status> {
        let answer = decisions::interpretations(&self.desk, request.into_inner()).await?;
        Ok(Response::new(answer))
    }
}
