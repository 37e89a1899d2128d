//! The door in for people: requests become commands, demands become answers.

mod figures;
mod files;
mod peers;
mod similar;
mod view;

use chassis::{Admitted, Desk, Page, admit, status};
use journal::Loaded;
use proto::intake::v1::{self as wire, intake_service_server::IntakeService};
use regulation::{Actor, DemandId};
use tonic::{Request, Response, Status, Streaming};

use crate::{
    Settings,
    domain::{Case, Command, Demand, Stage, Submission},
    read,
};

/// Serves `IntakeService`.
pub(crate) struct Door {
    desk: Desk,
    settings: Settings,
}

impl Door {
    pub(crate) fn new(desk: Desk, settings: Settings) -> Self {
        Self { desk, settings }
    }

    /// Loads a demand that the caller may see.
    async fn visible(&self, actor: &Actor, id: &str) -> Result<Loaded<Demand>, Status> {
        let id: DemandId = status::parse("demand_id", id)?;
        let demand = self.desk.load::<Demand>("需求", id).await?;
        let own = demand
            .state
            .0
            .as_ref()
            .is_some_and(|case| Some(case.demander) == actor.unit);
        if own || actor.role.is_of_department() {
            Ok(demand)
        } else {
            Err(status::not_found("需求"))
        }
    }

    /// Gives a command to a demand that the caller may see.
    async fn on_demand<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        request_id: &str,
        demand_id: &str,
        command: Command,
    ) -> Result<wire::Demand, Status> {
        let request = asked.request(request_id)?;
        let id = self.visible(&asked.actor, demand_id).await?.id;
        let actor = asked.actor.clone();
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, command, &request)
            .await?;
        Ok(view::view(&done, &actor))
    }

    /// What others say of a published demand; a warning where they can't be asked.
    async fn ask_others(&self, case: &Case, view: &mut wire::Demand) -> Result<(), Status> {
        if !matches!(case.stage, Stage::Published { .. }) {
            return Ok(());
        }
        let id = status::parse("demand_id", &view.demand_id)?;
        match peers::posting(&self.desk, id).await {
            Ok(Some(posting)) => {
                let tasks = posting.tasks.iter().map(|task| wire::TaskStanding {
                    task_id: task
                        .task
                        .as_ref()
                        .map(|t| t.task_id.clone())
                        .unwrap_or_default(),
                    asked_solution_ids: task.asked_solution_ids.clone(),
                    agreed_solution_ids: task.agreed_solution_ids.clone(),
                });
                view.after_publication = Some(wire::AfterPublication {
                    closed: posting.closed,
                    tasks: tasks.collect(),
                    reserve_status: peers::reserve_status(&posting).to_owned(),
                });
            }
            Ok(None) => {}
            Err(_) => view
                .warnings
                .push("对接情况暂时无法查询，请稍后刷新。".to_owned()),
        }
        Ok(())
    }
}

fn case(demand: Loaded<Demand>) -> Result<(String, Case), Status> {
    let case = demand.state.0.ok_or_else(|| status::not_found("需求"))?;
    Ok((demand.id, case))
}

#[tonic::async_trait]
impl IntakeService for Door {
    type DownloadAttachmentStream = files::Download;

    async fn create_demand(
        &self,
        request: Request<wire::CreateDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let content = view::content(asked.message.content)?;
        let id: DemandId = self.desk.ids().next();
        let command = Command::Write(Box::new(content));
        let actor = asked.actor.clone();
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view::view(&done, &actor)))
    }

    async fn update_demand(
        &self,
        request: Request<wire::UpdateDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::UpdateDemandRequest {
            request_id,
            demand_id,
            content,
        } = asked.message.clone();
        let command = Command::Write(Box::new(view::content(content)?));
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn submit_demand(
        &self,
        request: Request<wire::SubmitDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::SubmitDemandRequest {
            request_id,
            demand_id,
        } = asked.message.clone();
        asked.request(&request_id)?;
        let (id, case) = case(self.visible(&asked.actor, &demand_id).await?)?;
        let standing = peers::standing(&self.desk, case.demander).await?;
        let found = similar::find(&self.desk, &id, &case).await?;
        let similar = found.similar.into_iter().map(|(similar, _)| similar);
        let submission = Submission {
            standing,
            similar: similar.collect(),
        };
        let command = Command::Submit(Box::new(submission));
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn return_demand(
        &self,
        request: Request<wire::ReturnDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::ReturnDemandRequest {
            request_id,
            demand_id,
            reason,
        } = asked.message.clone();
        let command = Command::Return(status::parse("reason", &reason)?);
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn accept_demand(
        &self,
        request: Request<wire::AcceptDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::AcceptDemandRequest {
            request_id,
            demand_id,
            confirmed_figures,
        } = asked.message.clone();
        let demand = self.visible(&asked.actor, &demand_id).await?;
        let acceptance = self.acceptance(demand, &confirmed_figures).await?;
        let command = Command::Accept(Box::new(acceptance));
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn approve_departure(
        &self,
        request: Request<wire::ApproveDepartureRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::ApproveDepartureRequest {
            request_id,
            demand_id,
            rule,
        } = asked.message.clone();
        let rule: regulation::Title = status::parse("rule", &rule)?;
        let command = Command::ApproveDeparture(rule.into());
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn withdraw_demand(
        &self,
        request: Request<wire::WithdrawDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::WithdrawDemandRequest {
            request_id,
            demand_id,
            reason,
        } = asked.message.clone();
        let command = Command::Withdraw(status::optional("reason", &reason)?);
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn decline_withdrawal(
        &self,
        request: Request<wire::DeclineWithdrawalRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::DeclineWithdrawalRequest {
            request_id,
            demand_id,
            reason,
        } = asked.message.clone();
        let command = Command::DeclineWithdrawal(status::parse("reason", &reason)?);
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn close_demand(
        &self,
        request: Request<wire::CloseDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let wire::CloseDemandRequest {
            request_id,
            demand_id,
            reason,
        } = asked.message.clone();
        let command = Command::Close(status::parse("reason", &reason)?);
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn revise_task(
        &self,
        request: Request<wire::ReviseTaskRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        asked.request(&asked.message.request_id)?;
        let mut revise = view::revise(&asked.message)?;
        let demand_id = asked.message.demand_id.clone();
        let (id, case) = case(self.visible(&asked.actor, &demand_id).await?)?;
        if matches!(case.stage, Stage::Published { .. }) {
            let id: DemandId = status::parse("demand_id", &id)?;
            if let Some(posting) = peers::posting(&self.desk, id).await? {
                let task = revise.task.id.to_string();
                revise.selected = Some(peers::selected(&posting, &task));
            }
            revise.names = peers::names(&self.desk, case.demander, &case.affiliates).await?;
        }
        let request_id = asked.message.request_id.clone();
        let command = Command::Revise(Box::new(revise));
        let done = self.on_demand(asked, &request_id, &demand_id, command);
        done.await.map(Response::new)
    }

    async fn get_demand(
        &self,
        request: Request<wire::GetDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let demand = self.visible(&asked.actor, &asked.message.demand_id).await?;
        let mut view = view::view(&demand, &asked.actor);
        if let Some(case) = &demand.state.0 {
            self.ask_others(case, &mut view).await?;
        }
        Ok(Response::new(view))
    }

    async fn list_demands(
        &self,
        request: Request<wire::ListDemandsRequest>,
    ) -> Result<Response<wire::ListDemandsResponse>, Status> {
        let asked = admit(request)?;
        let stage = view::stage_name(asked.message.state());
        let page = Page::from(asked.message.page);
        let demander = if asked.actor.role.is_of_department() {
            None
        } else {
            Some(
                asked
                    .actor
                    .unit
                    .ok_or_else(|| status::forbidden("您没有所属单位。"))?,
            )
        };
        let mut rows =
            read::demands(&self.desk, demander, stage, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let demands = rows.iter().map(|row| view::view(row, &asked.actor));
        let demands = demands.collect();
        Ok(Response::new(wire::ListDemandsResponse {
            demands,
            next_page_token,
        }))
    }

    async fn list_similar_demands(
        &self,
        request: Request<wire::ListSimilarDemandsRequest>,
    ) -> Result<Response<wire::ListSimilarDemandsResponse>, Status> {
        let asked = admit(request)?;
        let demand = self.visible(&asked.actor, &asked.message.demand_id).await?;
        let (id, case) = case(demand)?;
        let found = similar::find(&self.desk, &id, &case).await?;
        Ok(Response::new(similar::view(&case, found, &asked.actor)))
    }

    async fn get_figure(
        &self,
        request: Request<wire::GetFigureRequest>,
    ) -> Result<Response<wire::GetFigureResponse>, Status> {
        self.figure(request.into_inner()).await.map(Response::new)
    }

    async fn upload_attachment(
        &self,
        request: Request<Streaming<wire::UploadAttachmentRequest>>,
    ) -> Result<Response<wire::Demand>, Status> {
        self.upload(request).await.map(Response::new)
    }

    async fn remove_attachment(
        &self,
        request: Request<wire::RemoveAttachmentRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        self.remove(request).await.map(Response::new)
    }

    async fn download_attachment(
        &self,
        request: Request<wire::DownloadAttachmentRequest>,
    ) -> Result<Response<files::Download>, Status> {
        self.download(request).await.map(Response::new)
    }
}
