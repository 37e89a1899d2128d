//! What a solving unit does at its home.

use std::collections::BTreeSet;

use chassis::{Page, Subject, admit, client::PeerChannel, status};
use evidence::Digest;
use journal::Loaded;
use proto::{
    matching::v1 as wire,
    registry::v1::{GetUnitStandingRequest, Unit, registry_service_client::RegistryServiceClient},
};
use regulation::{Actor, BlindId, SolutionId, UnitId};
use tonic::{Code, Request, Status};

use super::{Door, parse, sees_all, view};
use crate::{
    domain::{Bars, Case, Content, Solution, TeamStanding, words::SolutionCommand as Command},
    dossier::Salt,
    read,
};

impl Door {
    /// Loads a solution that the caller may see.
    pub(super) async fn own(
        &self,
        actor: &Actor,
        id: &str,
    ) -> Result<(Loaded<Solution>, Case), Status> {
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

    /// Gives a solution a command, and shows it to who gave it.
    pub(super) async fn to_solution(
        &self,
        actor: Actor,
        id: impl ToString,
        command: Command,
        request: &journal::Request,
    ) -> Result<wire::Solution, Status> {
        let reader = actor.clone();
        let done = self
            .desk
            .execute::<Solution>(actor, id, command, request)
            .await?;
        Ok(view::solution(&done, &reader))
    }

    /// What registry knows of the team that now hands its solution in.
    async fn team(&self, holder: UnitId, content: &Content) -> Result<TeamStanding, Status> {
        let units: BTreeSet<_> = content.team.iter().chain([&holder]).copied().collect();
        self.team_of(holder, &units, "matching.submit").await
    }

    /// What registry knows of units, of which one has to be at home here.
    pub(super) async fn team_of(
        &self,
        holder: UnitId,
        units: &BTreeSet<UnitId>,
        purpose: &str,
    ) -> Result<TeamStanding, Status> {
        let mut team = TeamStanding {
            unregistered: Vec::new(),
            barred: self.bars(purpose, units).await?,
        };
        for unit in units {
            let known = self.known(*unit, purpose).await?;
            let at_home = *unit != holder || known.region == self.desk.region().as_str();
            if !known.active || !at_home {
                team.unregistered.push(*unit);
            }
        }
        Ok(team)
    }

    /// Who of the units is barred now from what `purpose` names.
    pub(super) async fn bars(
        &self,
        purpose: &str,
        units: &BTreeSet<UnitId>,
    ) -> Result<Bars, Status> {
        let barred = self.desk.barred(purpose, units, &BTreeSet::new()).await?;
        let units = barred
            .into_iter()
            .filter_map(|(subject, barred)| match subject {
                Subject::Unit(unit) => Some((unit, barred.until)),
                Subject::Person(_) => None,
            });
        Ok(Bars(units.collect()))
    }

    async fn known(&self, unit: UnitId, purpose: &str) -> Result<Unit, Status> {
        let mut registry: RegistryServiceClient<PeerChannel> =
            RegistryServiceClient::new(self.desk.peer("registry")?);
        let asked = GetUnitStandingRequest {
            unit_id: unit.to_string(),
            purpose: purpose.to_owned(),
        };
        match registry.get_unit_standing(asked).await {
            Ok(answer) => Ok(answer.into_inner().unit.unwrap_or_default()),
            // An unknown unit is not registered: the domain's answer, with its rule.
            Err(error) if error.code() == Code::NotFound => Ok(Unit::default()),
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
        self.to_solution(asked.actor, id, command, &request).await
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
        self.to_solution(asked.actor, solution.id, command, &request)
            .await
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
            team: self.team(case.holder, &case.content).await?,
            salt: self.salt(),
        };
        self.to_solution(asked.actor, solution.id, command, &request)
            .await
    }

    fn salt(&self) -> Salt {
        Salt(Digest(self.desk.ids().bytes()))
    }

    pub(super) async fn revise_solution(
        &self,
        request: Request<wire::ReviseSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, case) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let content = Box::new(parse::content(asked.message.content)?);
        let command = Command::Revise {
            call: self.call_facts(case.blind_id).await?,
            team: self.team(case.holder, &content).await?,
            content,
            salt: self.salt(),
        };
        self.to_solution(asked.actor, solution.id, command, &request)
            .await
    }

    pub(super) async fn withdraw_solution(
        &self,
        request: Request<wire::WithdrawSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, _) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let reason = parse::optional("reason", &asked.message.reason)?;
        let command = Command::Withdraw { reason };
        self.to_solution(asked.actor, solution.id, command, &request)
            .await
    }

    pub(super) async fn confirm_intent(
        &self,
        request: Request<wire::ConfirmIntentRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let (solution, case) = self.own(&asked.actor, &asked.message.solution_id).await?;
        let units = case.content.team.iter().chain([&case.holder]);
        let units = units.copied().collect();
        let command = Command::ConfirmIntent(self.bars("matching.confirm", &units).await?);
        self.to_solution(asked.actor, solution.id, command, &request)
            .await
    }

    pub(super) async fn get_solution(
        &self,
        request: Request<wire::GetSolutionRequest>,
    ) -> Result<wire::Solution, Status> {
        let asked = admit(request)?;
        let (solution, _) = self.own(&asked.actor, &asked.message.solution_id).await?;
        Ok(waiting(&solution, &asked.actor, &self.outlook().await?))
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
        let outlook = self.outlook().await?;
        let shown = |row| waiting(row, &asked.actor, &outlook);
        let solutions = rows.iter().map(shown).collect();
        Ok(wire::ListSolutionsResponse {
            solutions,
            next_page_token,
        })
    }
}

/// A solution, with whether its feedback waits while it is sealed.
fn waiting(
    solution: &Loaded<Solution>,
    reader: &Actor,
    outlook: &wire::FeedbackOutlook,
) -> wire::Solution {
    let shown = view::solution(solution, reader);
    let sealed = shown.state() == wire::SolutionState::Submitted;
    let feedback = sealed.then(|| outlook.clone());
    wire::Solution { feedback, ..shown }
}
