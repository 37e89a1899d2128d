//! The door in for people: requests become commands, projects become answers.

mod view;

use chassis::{Desk, Page, admit, status};
use evidence::Digest;
use journal::Loaded;
use proto::project::v1::{self as wire, project_service_server::ProjectService};
use regulation::{Actor, ProjectId, Region};
use tonic::{Request, Response, Status};

use crate::{
    domain::{Case, Command, Project, Terms},
    read, standing,
};

/// Serves `ProjectService`.
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Loads a project that the caller may see: one that its own unit takes part in, or any of the
    /// region for the department.
    async fn visible(&self, actor: &Actor, id: &str) -> Result<(Loaded<Project>, Case), Status> {
        let id: ProjectId = status::parse("project_id", id)?;
        let project = self.desk.load::<Project>("项目", id).await?;
        let case = project.state.case().cloned();
        let case = case.filter(|case| {
            let units = &case.established.units;
            actor.role.is_of_department()
                || actor.unit.is_some_and(|unit| units.contains_key(&unit))
        });
        case.map(|case| (project, case))
            .ok_or_else(|| status::not_found("项目"))
    }
}

#[tonic::async_trait]
impl ProjectService for Door {
    async fn prepare_contract(
        &self,
        request: Request<wire::PrepareContractRequest>,
    ) -> Result<Response<wire::Project>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (project, case) = self
            .visible(&asked.actor, &asked.message.project_id)
            .await?;
        let terms = Terms {
            starts_on: status::parse("starts_on", &asked.message.starts_on)?,
            supplementary: status::optional(
                "supplementary_terms",
                &asked.message.supplementary_terms,
            )?,
        };
        // A project keeps the version that it was applied for under, whatever is in force today.
        let policies = self.desk.policies();
        let policy = policies.by_version(&case.established.policy).await;
        let barred = standing::barred(&self.desk, &case, "project.prepare-contract").await?;
        let command = Command::Prepare {
            terms,
            policy,
            barred,
        };
        let done = self
            .desk
            .execute::<Project>(asked.actor, project.id, command, &request)
            .await?;
        Ok(Response::new(view::project(&done)))
    }

    async fn request_contract_assents(
        &self,
        request: Request<wire::RequestContractAssentsRequest>,
    ) -> Result<Response<wire::Project>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (project, case) = self
            .visible(&asked.actor, &asked.message.project_id)
            .await?;
        let digest: Digest = status::parse("digest", &asked.message.digest)?;
        let barred = standing::barred(&self.desk, &case, "project.sign-contract").await?;
        let command = Command::RequestAssents { digest, barred };
        let done = self
            .desk
            .execute::<Project>(asked.actor, project.id, command, &request)
            .await?;
        Ok(Response::new(view::project(&done)))
    }

    async fn revise_contract(
        &self,
        request: Request<wire::ReviseContractRequest>,
    ) -> Result<Response<wire::Project>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (project, _) = self
            .visible(&asked.actor, &asked.message.project_id)
            .await?;
        let command = Command::Revise(status::parse("reason", &asked.message.reason)?);
        let done = self
            .desk
            .execute::<Project>(asked.actor, project.id, command, &request)
            .await?;
        Ok(Response::new(view::project(&done)))
    }

    async fn get_project(
        &self,
        request: Request<wire::GetProjectRequest>,
    ) -> Result<Response<wire::Project>, Status> {
        let asked = admit(request)?;
        let (project, _) = self
            .visible(&asked.actor, &asked.message.project_id)
            .await?;
        Ok(Response::new(view::project(&project)))
    }

    async fn list_projects(
        &self,
        request: Request<wire::ListProjectsRequest>,
    ) -> Result<Response<wire::ListProjectsResponse>, Status> {
        let asked = admit(request)?;
        let stage = view::stage_name(asked.message.state());
        let page = Page::from(asked.message.page);
        let unit = if asked.actor.role.is_of_department() {
            None
        } else {
            Some(
                asked
                    .actor
                    .unit
                    .ok_or_else(|| status::forbidden("您没有所属单位。"))?,
            )
        };
        let mut rows = read::projects(&self.desk, unit, stage, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        Ok(Response::new(wire::ListProjectsResponse {
            projects: rows.iter().map(view::project).collect(),
            next_page_token,
        }))
    }

    async fn get_contract(
        &self,
        request: Request<wire::GetContractRequest>,
    ) -> Result<Response<wire::Contract>, Status> {
        let asked = admit(request)?;
        let (_, case) = self
            .visible(&asked.actor, &asked.message.project_id)
            .await?;
        view::contract(&case).map(Response::new)
    }

    async fn list_established_projects(
        &self,
        request: Request<wire::ListEstablishedProjectsRequest>,
    ) -> Result<Response<wire::ListEstablishedProjectsResponse>, Status> {
        let asked = request.into_inner();
        let region = match asked.region.as_str() {
            "" => None,
            region => Some(status::parse::<Region>("region", region)?),
        };
        let region = region.as_ref().map(Region::as_str);
        let page = Page::from(asked.page);
        let after = match page.after.as_str() {
            "" => 0,
            after => status::parse("page.page_token", after)?,
        };
        let mut rows = read::established(&self.desk, region, after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
        Ok(Response::new(wire::ListEstablishedProjectsResponse {
            projects: rows.into_iter().map(view::established).collect(),
            next_page_token,
        }))
    }
}
