//! What a solving unit does at its home.

use chassis::{Page, admit, client::PeerChannel, status};
use journal::Loaded;
use proto::{
    matching::v1 as wire,
    registry::v1::{
        GetUnitStandingRequest, UnitStanding, registry_service_client::RegistryServiceClient,
    },
};
use regulation::{Actor, BlindId, SolutionId, UnitId};
use tonic::{Code, Request, Status};

use super::{Door, parse, sees_all, view};
use crate::{
    domain::{Case, Solution, TeamStanding, words::SolutionCommand as Command},
    read,
};

impl Door {
    /// Loads a solution that the caller may see.
    async fn own(&self, actor: &Actor, id: &str) -> Result<(Loaded<Solution>, Case), Status> {
        let missing = || status::not_found("解决方案");
        let id: SolutionId = status::parse("solution_id", id)?;
        let solution = self.desk.load::<Solution>("解决方案", id).await?;
        let case = solution.state.0.clone().ok_or_else(missing)?;
        if actor.unit == Some(case.holder) || sees_all(actor.role) {
            Ok((solution, case))
        } else {
            Err(missing())
        }
    }

    /// What registry knows of the team that now hands its solution in.
    async fn team(&self, case: &Case) -> Result<TeamStanding, Status> {
        let mut team = TeamStanding::default();
        for unit in case.content.team.iter().chain([&case.holder]) {
            let standing = self.standing(*unit).await?;
            let known = standing.unit.unwrap_or_default();
            let at_home = *unit != case.holder || known.region == self.desk.region().as_str();
            if !known.active || !at_home {
                team.unregistered.push(*unit);
            }
            if standing.barred {
                team.barred.push(*unit);
            }
        }
        Ok(team)
    }

    async fn standing(&self, unit: UnitId) -> Result<UnitStanding, Status> {
        let mut registry: RegistryServiceClient<PeerChannel> =
            RegistryServiceClient::new(self.desk.peer("registry")?);
        let asked = GetUnitStandingRequest {
            unit_id: unit.to_string(),
            purpose: "matching.submit".to_owned(),
        };
        match registry.get_unit_standing(asked).await {
            Ok(answer) => Ok(answer.into_inner()),
            // An unknown unit is not registered: the domain's answer, with its rule.
            Err(error) if error.code() == Code::NotFound => Ok(UnitStanding::default()),
            Err(error) => Err(status::peer_unavailable("registry", &error)),
        }
    }

    pub(super) async fn create_solution(
        &self,
        request: Request<wire::CreateSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let blind_id: BlindId = status::parse("blind_id", &asked.message.blind_id)?;
        let content = Box::new(parse::content(asked.message.content)?);
        let command = Command::Write {
            call: self.call_facts(blind_id).await?,
            content,
        };
        let id: SolutionId = self.desk.ids().next();
        let done = self
            .desk
            .execute::<Solution>(asked.actor, id, command, &request)
            .await?;
        Ok(view::solution(&done))
    }

    pub(super) async fn update_solution(
        &self,
        request: Request<wire::UpdateSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, case) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let content = Box::new(parse::content(asked.message.content)?);
        let command = Command::Write {
            call: self.call_facts(case.blind_id).await?,
            content,
        };
        let id = solution.id;
        let done = self
            .desk
            .execute::<Solution>(asked.actor, id, command, &request)
            .await?;
        Ok(view::solution(&done))
    }

    pub(super) async fn submit_solution(
        &self,
        request: Request<wire::SubmitSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, case) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let call = self.call_facts(case.blind_id).await?;
        let command = Command::Submit {
            call,
            team: self.team(&case).await?,
        };
        let id = solution.id;
        let done = self
            .desk
            .execute::<Solution>(asked.actor, id, command, &request)
            .await?;
        Ok(view::solution(&done))
    }

    pub(super) async fn withdraw_solution(
        &self,
        request: Request<wire::WithdrawSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, _) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let reason = parse::optional("reason", &asked.message.reason)?;
        let (id, command) = (solution.id, Command::Withdraw { reason });
        let done = self
            .desk
            .execute::<Solution>(asked.actor, id, command, &request)
            .await?;
        Ok(view::solution(&done))
    }

    pub(super) async fn confirm_intent(
        &self,
        request: Request<wire::ConfirmIntentRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, _) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let (id, command) = (solution.id, Command::ConfirmIntent);
        let done = self
            .desk
            .execute::<Solution>(asked.actor, id, command, &request)
            .await?;
        Ok(view::solution(&done))
    }

    pub(super) async fn get_solution(
        &self,
        request: Request<wire::GetSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let (solution, _) = self.own(&asked.actor, &asked.message.solution_id).await?;
        Ok(view::solution(&solution))
    }

    pub(super) async fn list_solutions(
        &self,
        request: Request<wire::ListSolutionsRequest>,
    ) -> Result<wire::ListSolutionsResponse, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let holder = super::only_own(&asked.actor)?;
        let mut rows = read::solutions(&self.desk, holder, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let solutions = rows.iter().map(view::solution).collect();
        Ok(wire::ListSolutionsResponse {
            solutions,
            next_page_token,
        })
    }
}
