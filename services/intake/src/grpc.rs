//! The door in for people: requests become commands, demands become answers.

use chassis::{Desk, Page, admit, client::PeerChannel, status};
use journal::Loaded;
use proto::{
    intake::v1::{self as wire, intake_service_server::IntakeService},
    registry::v1::{
        GetUnitNamesRequest, GetUnitStandingRequest, UnitNames, UnitStanding,
        registry_service_client::RegistryServiceClient,
    },
};
use regulation::{Actor, DemandId, Text, UnitId};
use tonic::{Request, Response, Status};

use crate::{
    domain::{Case, Command, Content, Demand, Programme, Stage, Standing, rules},
    read,
};

/// Serves `IntakeService`.
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// What registry knows of the unit that now hands its demand in.
    async fn standing(&self, unit: UnitId) -> Result<Standing, Status> {
        let mut registry: RegistryServiceClient<PeerChannel> =
            RegistryServiceClient::new(self.desk.peer("registry")?);
        let asked = GetUnitStandingRequest {
            unit_id: unit.to_string(),
            purpose: "intake.submit".to_owned(),
        };
        let standing = match registry.get_unit_standing(asked).await {
            Ok(answer) => answer.into_inner(),
            // An unknown unit is no backbone enterprise: the domain's answer, with its rule.
            Err(error) if error.code() == tonic::Code::NotFound => UnitStanding::default(),
            Err(error) => return Err(status::peer_unavailable("registry", &error)),
        };
        let names = match registry
            .get_unit_names(GetUnitNamesRequest {
                unit_id: unit.to_string(),
            })
            .await
        {
            Ok(answer) => answer.into_inner(),
            Err(error) if error.code() == tonic::Code::NotFound => UnitNames::default(),
            Err(error) => return Err(status::peer_unavailable("registry", &error)),
        };
        Ok(read_standing(&standing, names, self.desk.region().as_str()))
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
}

fn read_standing(standing: &UnitStanding, names: UnitNames, here: &str) -> Standing {
    let unit = standing.unit.clone().unwrap_or_default();
    Standing {
        active_here: unit.active && unit.region == here && !unit.guest,
        // Registry's own words: what does not parse there is no field here either.
        backbone_fields: unit
            .backbone_fields
            .iter()
            .filter_map(|f| f.parse().ok())
            .collect(),
        barred: standing.barred,
        affiliates: unit
            .affiliate_unit_ids
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        names: names.names,
    }
}

#[tonic::async_trait]
impl IntakeService for Door {
    async fn create_demand(
        &self,
        request: Request<wire::CreateDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let content = content(asked.message.content)?;
        let id: DemandId = self.desk.ids().next();
        let command = Command::Write(Box::new(content));
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view(&done)))
    }

    async fn update_demand(
        &self,
        request: Request<wire::UpdateDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .visible(&asked.actor, &asked.message.demand_id)
            .await?
            .id;
        let command = Command::Write(Box::new(content(asked.message.content)?));
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view(&done)))
    }

    async fn submit_demand(
        &self,
        request: Request<wire::SubmitDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let demand = self.visible(&asked.actor, &asked.message.demand_id).await?;
        let case = demand.state.0.ok_or_else(|| status::not_found("需求"))?;
        let standing = self.standing(case.demander).await?;
        let command = Command::Submit(Box::new(standing));
        let done = self
            .desk
            .execute::<Demand>(asked.actor, demand.id, command, &request)
            .await?;
        Ok(Response::new(view(&done)))
    }

    async fn return_demand(
        &self,
        request: Request<wire::ReturnDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .visible(&asked.actor, &asked.message.demand_id)
            .await?
            .id;
        let reason = status::parse("reason", &asked.message.reason)?;
        let command = Command::Return(reason);
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view(&done)))
    }

    async fn accept_demand(
        &self,
        request: Request<wire::AcceptDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .visible(&asked.actor, &asked.message.demand_id)
            .await?
            .id;
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, Command::Accept, &request)
            .await?;
        Ok(Response::new(view(&done)))
    }

    async fn withdraw_demand(
        &self,
        request: Request<wire::WithdrawDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self
            .visible(&asked.actor, &asked.message.demand_id)
            .await?
            .id;
        let command = Command::Withdraw(status::optional("reason", &asked.message.reason)?);
        let done = self
            .desk
            .execute::<Demand>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view(&done)))
    }

    async fn get_demand(
        &self,
        request: Request<wire::GetDemandRequest>,
    ) -> Result<Response<wire::Demand>, Status> {
        let asked = admit(request)?;
        Ok(Response::new(view(
            &self.visible(&asked.actor, &asked.message.demand_id).await?,
        )))
    }

    async fn list_demands(
        &self,
        request: Request<wire::ListDemandsRequest>,
    ) -> Result<Response<wire::ListDemandsResponse>, Status> {
        let asked = admit(request)?;
        let wanted = asked.message.state();
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
        let mut rows = read::demands(&self.desk, demander, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let all = rows.iter().map(view);
        let demands = all
            .filter(|demand| wanted == wire::DemandState::Unspecified || demand.state() == wanted)
            .collect();
        Ok(Response::new(wire::ListDemandsResponse {
            demands,
            next_page_token,
        }))
    }
}

fn content(content: Option<wire::DemandContent>) -> Result<Content, Status> {
    let content = content.ok_or_else(|| status::invalid("content", "请填写需求内容"))?;
    let programme = match content.programme() {
        wire::ProgrammeKind::Joint => Programme::Joint,
        wire::ProgrammeKind::Local => Programme::Local,
        wire::ProgrammeKind::Unspecified => {
            return Err(status::invalid(
                "content.programme",
                "请选择联合攻关或自主布局",
            ));
        }
    };
    let record = content
        .record
        .ok_or_else(|| status::invalid("content.record", "请填写发布内容"))?
        .try_into()
        .map_err(|error: crate::record::InvalidRecord| {
            status::invalid(&format!("content.record.{}", error.field), error.fault)
        })?;
    Ok(Content {
        record,
        programme,
        cross_region_reason: status::optional(
            "content.cross_region_reason",
            &content.cross_region_reason,
        )?,
        nothing_classified: content.nothing_classified,
        private_note: status::optional("content.private_note", &content.private_note)?,
        contact: status::optional("content.contact", &content.contact)?,
        duration_reason: status::optional("content.duration_reason", &content.duration_reason)?,
    })
}

fn view(demand: &Loaded<Demand>) -> wire::Demand {
    let Some(case) = &demand.state.0 else {
        return wire::Demand::default();
    };
    let mut view = wire::Demand {
        demand_id: demand.id.clone(),
        demander_unit_id: case.demander.to_string(),
        content: Some(view_content(case)),
        policy_version: case.policy.clone(),
        version: demand.version,
        ..Default::default()
    };
    if case.duration_departure.is_some() {
        view.warnings.push(format!(
            "{}：周期 {} 个月，已说明理由。",
            rules::BREAKTHROUGH.sentence,
            case.content.record.months
        ));
    }
    let state = match &case.stage {
        Stage::Draft => wire::DemandState::Draft,
        Stage::Submitted => wire::DemandState::Submitted,
        Stage::Returned { reason } => {
            view.reason = reason.to_string();
            wire::DemandState::Returned
        }
        Stage::Accepted => wire::DemandState::Accepted,
        Stage::NotShortlisted { comments } => {
            view.comments.clone_from(comments);
            wire::DemandState::NotShortlisted
        }
        Stage::Published {
            blind_id,
            public_number,
        } => {
            view.blind_id = blind_id.to_string();
            view.public_number.clone_from(public_number);
            wire::DemandState::Published
        }
        Stage::Withdrawn { reason } => {
            view.reason = reason.as_ref().map(ToString::to_string).unwrap_or_default();
            wire::DemandState::Withdrawn
        }
    };
    view.state = state.into();
    view
}

fn view_content(case: &Case) -> wire::DemandContent {
    let content = &case.content;
    let text = |text: &Option<Text>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    let programme = match content.programme {
        Programme::Joint => wire::ProgrammeKind::Joint,
        Programme::Local => wire::ProgrammeKind::Local,
    };
    wire::DemandContent {
        record: Some((&content.record).into()),
        programme: programme.into(),
        cross_region_reason: text(&content.cross_region_reason),
        nothing_classified: content.nothing_classified,
        private_note: text(&content.private_note),
        contact: text(&content.contact),
        duration_reason: text(&content.duration_reason),
    }
}
