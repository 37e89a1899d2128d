//! The door in for people and services: requests become commands, units and experts answers.

mod administration;
mod credit;
mod lists;
mod people;
mod tables;
mod units;

pub(crate) use administration::acts;
pub(crate) use credit::CreditDoor;
pub(crate) use lists::LIST_MAX;
pub(crate) use tables::Tables;

use chassis::{Admitted, Desk, Page, admit, status};
use journal::Request as JournalRequest;
use proto::registry::v1::{self as wire, registry_service_server::RegistryService};
use regulation::{Title, UnitId};
use tonic::{Request, Response, Status};

use crate::{
    Settings,
    domain::{
        Expert, Unit, administration::Command as Administer, credit::BarredAct, unit::Command,
    },
    identity,
    read::{
        self,
        credit::{About, look_up},
    },
};
use lists::list;
use units::{details, unit_profile, view, view_expert};

/// Serves `RegistryService`.
pub(crate) struct Door {
    desk: Desk,
    settings: Settings,
}

impl Door {
    pub(crate) fn new(desk: Desk, settings: Settings) -> Self {
        Self { desk, settings }
    }

    /// Gives a command to a unit at home here.
    async fn to_unit<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        request: &JournalRequest,
        id: UnitId,
        command: Command,
    ) -> Result<Response<wire::Unit>, Status> {
        let done = self
            .desk
            .execute::<Unit>(asked.actor, id, command, request)
            .await?;
        Ok(Response::new(view(&done)?))
    }

    async fn known(&self, id: UnitId) -> Result<wire::Unit, Status> {
        read::unit(&self.desk, id)
            .await?
            .ok_or_else(|| status::not_found("单位"))
    }
}

#[tonic::async_trait]
impl RegistryService for Door {
    async fn register_unit(
        &self,
        request: Request<wire::RegisterUnitRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let details = details(&asked.message)?;
        let id = details.identity.unit_id();
        let command = Command::Register(Box::new(details));
        self.to_unit(asked, &request, id, command).await
    }

    async fn update_unit(
        &self,
        request: Request<wire::UpdateUnitRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::Revise(Box::new(unit_profile(id, &asked.message)?));
        self.to_unit(asked, &request, id, command).await
    }

    async fn deactivate_unit(
        &self,
        request: Request<wire::DeactivateUnitRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::Deactivate(status::parse("reason", &asked.message.reason)?);
        self.to_unit(asked, &request, id, command).await
    }

    async fn reactivate_unit(
        &self,
        request: Request<wire::ReactivateUnitRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        self.to_unit(asked, &request, id, Command::Reactivate).await
    }

    async fn propose_backbone(
        &self,
        request: Request<wire::ProposeBackboneRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::ProposeBackbone(status::parse("field", &asked.message.field)?);
        self.to_unit(asked, &request, id, command).await
    }

    async fn confirm_backbone(
        &self,
        request: Request<wire::ConfirmBackboneRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::ConfirmBackbone(status::parse("field", &asked.message.field)?);
        self.to_unit(asked, &request, id, command).await
    }

    async fn withdraw_backbone(
        &self,
        request: Request<wire::WithdrawBackboneRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::WithdrawBackbone {
            field: status::parse("field", &asked.message.field)?,
            reason: status::parse("reason", &asked.message.reason)?,
        };
        self.to_unit(asked, &request, id, command).await
    }

    async fn list_backbone_proposals(
        &self,
        request: Request<wire::ListBackboneProposalsRequest>,
    ) -> Result<Response<wire::ListBackboneProposalsResponse>, Status> {
        let page = Page::from(admit(request)?.message.page);
        let mut rows = read::proposals(&self.desk, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.token.clone());
        Ok(Response::new(wire::ListBackboneProposalsResponse {
            proposals: rows.into_iter().map(|row| row.proposal).collect(),
            next_page_token,
        }))
    }

    async fn get_unit(
        &self,
        request: Request<wire::GetUnitRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?.message;
        let id = match (asked.unit_id.as_str(), asked.identity.as_str()) {
            ("", identity) => identity::parse(identity)
                .map_err(|error| status::invalid("identity", error))?
                .unit_id(),
            (id, "") => status::parse("unit_id", id)?,
            _ => return Err(status::invalid("unit_id", "单位编号和证照号只填一项")),
        };
        let unit = self.known(id).await?;
        let unit = read::units::with_all_affiliates(&self.desk, id, unit).await?;
        Ok(Response::new(unit))
    }

    async fn list_units(
        &self,
        request: Request<wire::ListUnitsRequest>,
    ) -> Result<Response<wire::ListUnitsResponse>, Status> {
        let asked = admit(request)?.message;
        let page = Page::from(asked.page);
        let region = status::optional("region", &asked.region)?;
        let after = status::optional("page.page_token", &page.after)?;
        let mut units = read::list(&self.desk, region, after, page.limit()).await?;
        let next_page_token = page.cut(&mut units, |unit| unit.unit_id.clone());
        Ok(Response::new(wire::ListUnitsResponse {
            units,
            next_page_token,
        }))
    }

    async fn get_unit_standing(
        &self,
        request: Request<wire::GetUnitStandingRequest>,
    ) -> Result<Response<wire::UnitStanding>, Status> {
        let asked = admit(request)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let purpose: Title = status::parse("purpose", &asked.message.purpose)?;
        let about = About::unit(id);
        look_up(
            &self.desk,
            &asked.actor,
            "standing",
            &about,
            purpose.as_str(),
        )
        .await?;
        let unit = self.known(id).await?;
        let unit = read::units::with_all_affiliates(&self.desk, id, unit).await?;
        let acts = BarredAct::of_purpose(purpose.as_str());
        let today = regulation::Day::of(self.desk.clock().now());
        let barring = read::credit::barring(&self.desk, &about, &acts, today).await?;
        let barred = barring.is_some();
        let (barred_until, credit_record_id) = barring
            .map(|barring| (barring.until.to_string(), barring.record.to_string()))
            .unwrap_or_default();
        Ok(Response::new(wire::UnitStanding {
            unit: Some(unit),
            barred,
            barred_until,
            credit_record_id,
        }))
    }

    async fn register_expert(
        &self,
        request: Request<wire::RegisterExpertRequest>,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        self.expert(admit(request)?).await.map(Response::new)
    }

    async fn deactivate_expert(
        &self,
        request: Request<wire::DeactivateExpertRequest>,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        self.deactivate(admit(request)?).await
    }

    async fn reactivate_expert(
        &self,
        request: Request<wire::ReactivateExpertRequest>,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        self.reactivate(admit(request)?).await
    }

    async fn register_person(
        &self,
        request: Request<wire::RegisterPersonRequest>,
    ) -> Result<Response<wire::Person>, Status> {
        self.person(admit(request)?).await.map(Response::new)
    }

    async fn list_experts(
        &self,
        request: Request<wire::ListExpertsRequest>,
    ) -> Result<Response<wire::ListExpertsResponse>, Status> {
        let page = Page::from(admit(request)?.message.page);
        let mut experts = self
            .desk
            .journal()
            .list::<Expert>(Some(&page.after), page.limit())
            .await
            .map_err(status::journal)?;
        let next_page_token = page.cut(&mut experts, |expert| expert.id.clone());
        Ok(Response::new(wire::ListExpertsResponse {
            experts: experts.iter().map(view_expert).collect(),
            next_page_token,
        }))
    }

    async fn appoint_administrator(
        &self,
        request: Request<wire::AppointAdministratorRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        self.appoint(admit(request)?).await
    }

    async fn name_delegate(
        &self,
        request: Request<wire::NameDelegateRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Administer::Delegate {
            unit,
            to: status::parse("delegate", &asked.message.delegate)?,
            until: status::parse("until", &asked.message.until)?,
        };
        self.administer(asked, &request, unit, command).await
    }

    async fn remove_delegate(
        &self,
        request: Request<wire::RemoveDelegateRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let from = status::parse("delegate", &asked.message.delegate)?;
        let command = Administer::Undelegate { unit, from };
        self.administer(asked, &request, unit, command).await
    }

    async fn offer_handover(
        &self,
        request: Request<wire::OfferHandoverRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let to = status::parse("to", &asked.message.to)?;
        let command = Administer::Offer { unit, to };
        self.administer(asked, &request, unit, command).await
    }

    async fn accept_handover(
        &self,
        request: Request<wire::AcceptHandoverRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Administer::Accept { unit };
        self.administer(asked, &request, unit, command).await
    }

    async fn replace_administrator(
        &self,
        request: Request<wire::ReplaceAdministratorRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Administer::Replace {
            administrator: status::parse("administrator", &asked.message.administrator)?,
            reason: status::parse("reason", &asked.message.reason)?,
        };
        self.administer(asked, &request, unit, command).await
    }

    async fn get_administration(
        &self,
        request: Request<wire::GetAdministrationRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        self.show_administration(admit(request)?).await
    }

    async fn declare_affiliate(
        &self,
        request: Request<wire::DeclareAffiliateRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let affiliate = status::parse("affiliate_unit_id", &asked.message.affiliate_unit_id)?;
        acts(&self.desk, &asked.actor).await?;
        let command = Command::DeclareAffiliate(affiliate);
        self.to_unit(asked, &request, id, command).await
    }

    async fn remove_affiliate(
        &self,
        request: Request<wire::RemoveAffiliateRequest>,
    ) -> Result<Response<wire::Unit>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::RemoveAffiliate {
            affiliate: status::parse("affiliate_unit_id", &asked.message.affiliate_unit_id)?,
            reason: status::parse("reason", &asked.message.reason)?,
        };
        self.to_unit(asked, &request, id, command).await
    }

    async fn list_affiliates(
        &self,
        request: Request<wire::ListAffiliatesRequest>,
    ) -> Result<Response<wire::ListAffiliatesResponse>, Status> {
        self.show_affiliates(admit(request)?).await
    }

    async fn list_double_registrations(
        &self,
        request: Request<wire::ListDoubleRegistrationsRequest>,
    ) -> Result<Response<wire::ListDoubleRegistrationsResponse>, Status> {
        self.show_double_registrations(admit(request)?).await
    }

    async fn get_unit_names(
        &self,
        request: Request<wire::GetUnitNamesRequest>,
    ) -> Result<Response<wire::UnitNames>, Status> {
        self.names(admit(request)?).await.map(Response::new)
    }
}
