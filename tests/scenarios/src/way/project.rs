//! Step 9: for every established project the officer draws contract and task book up, the
//! department and every unit agree to them on their own nodes, and work begins.

use anyhow::{Context as _, ensure};
use proto::{
    coordination::v1::{ChecklistKind, GetChecklistRequest},
    project::v1::{
        Contract, ContractState, GetContractRequest, GetProjectRequest,
        ListEstablishedProjectsRequest, PrepareContractRequest, Project, ProjectState,
        RequestContractAssentsRequest,
    },
};
use regulation::{Day, Region, Role, UnitId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{ProjectRef, Way, found};
use crate::request_id;

/// Days between the establishment and the start of the work.
const START_AFTER_DAYS: u32 = 30;

impl Way<'_> {
    /// Signs every project's contract and task book.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn project(&mut self) -> anyhow::Result<()> {
        self.say("9 签订合同和任务书");
        ensure!(!self.projects.is_empty(), "nothing was established");
        let (mut signed, mut assents) = (0, 0);
        for project in self.projects.clone() {
            let contract = self
                .sign(&project)
                .await
                .with_context(|| format!("project {} of {}", project.id, project.region))?;
            signed += 1;
            assents += contract.parties.iter().filter(|party| party.given).count();
            let content = contract.content.unwrap_or_default();
            self.say(format!(
                "  《{}》{} 方同意，{} 至 {}",
                content.title,
                contract.parties.len(),
                content.starts_on,
                content.ends_on
            ));
        }
        self.summary.figure("签订合同和任务书", signed);
        self.summary.figure("各方对合同的同意", assents);
        let begun = self.begun_at_hub().await?;
        self.summary.figure("实施中项目（推进组清单）", begun);
        Ok(())
    }

    async fn sign(&self, project: &ProjectRef) -> anyhow::Result<Contract> {
        let established = self.project_in(project, ProjectState::Contracting).await?;
        let prepared = self.prepare_contract(project, &established).await?;
        let mut officer = self.as_role(project.region, Role::Officer)?.project()?;
        officer
            .request_contract_assents(RequestContractAssentsRequest {
                request_id: request_id(),
                project_id: project.id.clone(),
                digest: prepared.contract_digest.clone(),
            })
            .await?;
        self.assent(project.region, &project.id).await?;
        for unit in &established.units {
            let id: UnitId = unit.unit_id.parse()?;
            let home: Region = unit.region.parse()?;
            self.unit_assent(home, id, &project.id)
                .await
                .with_context(|| format!("assent of {id} at {home}"))?;
        }
        let active = self.project_in(project, ProjectState::Active).await?;
        ensure!(
            active.contract_digest == prepared.contract_digest,
            "another document was signed"
        );
        let contract = officer
            .get_contract(GetContractRequest {
                project_id: project.id.clone(),
            })
            .await?
            .into_inner();
        ensure!(
            contract.state() == ContractState::Signed,
            "the contract is {:?}",
            contract.state()
        );
        ensure!(
            contract.parties.len() == established.units.len() + 1,
            "a party is missing"
        );
        Ok(contract)
    }

    async fn prepare_contract(
        &self,
        project: &ProjectRef,
        established: &Project,
    ) -> anyhow::Result<Project> {
        let at = OffsetDateTime::parse(&established.established_at, &Rfc3339)?;
        let prepared = self
            .as_role(project.region, Role::Officer)?
            .project()?
            .prepare_contract(PrepareContractRequest {
                request_id: request_id(),
                project_id: project.id.clone(),
                starts_on: Day::of(at).plus_days(START_AFTER_DAYS).to_string(),
                supplementary_terms: String::new(),
            })
            .await?
            .into_inner();
        ensure!(
            prepared.contract_state() == ContractState::Prepared,
            "the contract is {:?}",
            prepared.contract_state()
        );
        Ok(prepared)
    }

    /// Waits until a project is in a state at its home.
    async fn project_in(
        &self,
        project: &ProjectRef,
        state: ProjectState,
    ) -> anyhow::Result<Project> {
        let auditor = self.as_role(project.region, Role::Auditor)?;
        found(
            &format!("project {} to be {state:?}", project.id),
            || async {
                let request = GetProjectRequest {
                    project_id: project.id.clone(),
                };
                let project = auditor.project()?.get_project(request).await?.into_inner();
                Ok((project.state() == state).then_some(project))
            },
        )
        .await
    }

    /// Waits until the hub knows of every project that work has begun: on its checklist 清单, and
    /// on the public list. Gives how many there are on both.
    async fn begun_at_hub(&self) -> anyhow::Result<usize> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let all: Vec<_> = self.projects.iter().map(|project| &project.id).collect();
        let listed = found("the hub to hear that work has begun", || async {
            let request = GetChecklistRequest {
                kind: ChecklistKind::Project.into(),
                ..Default::default()
            };
            let checklist = secretariat.coordination()?.get_checklist(request).await?;
            let checklist = checklist.into_inner().items;
            let all_there = all
                .iter()
                .all(|id| checklist.iter().any(|item| item.id == **id));
            Ok(all_there.then_some(checklist.len()))
        })
        .await?;
        let public = found("the public list to say that work has begun", || async {
            let request = ListEstablishedProjectsRequest::default();
            let mut public = secretariat.project()?;
            let answer = public.list_established_projects(request).await?;
            let mut projects = answer.into_inner().projects;
            projects.retain(|project| !project.starts_on.is_empty());
            let all_there = all
                .iter()
                .all(|id| projects.iter().any(|project| project.project_id == **id));
            Ok(all_there.then_some(projects.len()))
        })
        .await?;
        ensure!(
            listed == public,
            "{listed} on the checklist, {public} public"
        );
        Ok(public)
    }
}
