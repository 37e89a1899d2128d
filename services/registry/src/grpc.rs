//! The door in for people and services: requests become commands, units and experts answers.

mod people;

use std::collections::BTreeSet;

use chassis::{Admitted, Desk, Page, admit, status};
use journal::{Loaded, Request as JournalRequest};
use proto::registry::v1::{self as wire, registry_service_server::RegistryService};
use regulation::{CreditCode, Title, UnitId, UnitIdentity};
use tonic::{Request, Response, Status};

use crate::{
    Settings,
    domain::{
        Division, Expert, IdentityNumber, Unit,
        expert::{self, expert_id},
        unit::{self, Command, Details, Kind},
    },
    identity, publish, read, secret,
};

/// Entries of one list of a request at most.
const LIST_MAX: usize = 100;

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
        Ok(Response::new(self.known(id).await?))
    }

    async fn list_units(
        &self,
        request: Request<wire::ListUnitsRequest>,
    ) -> Result<Response<wire::ListUnitsResponse>, Status> {
        let asked = admit(request)?.message;
        let page = Page::from(asked.page);
        let region = status::optional("region", &asked.region)?;
        let after = status::optional("page.page_token", &page.after)?;
        let mut units = read::units(&self.desk, region, after, page.limit()).await?;
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
        read::look_up(&self.desk, &asked.actor, "standing", id, purpose.as_str()).await?;
        let unit = self.known(id).await?;
        let today = regulation::Day::of(self.desk.clock().now());
        Ok(Response::new(wire::UnitStanding {
            unit: Some(unit),
            barred: read::barred(&self.desk, id, today).await?,
        }))
    }

    async fn register_expert(
        &self,
        request: Request<wire::RegisterExpertRequest>,
    ) -> Result<Response<wire::PooledExpert>, Status> {
        let asked = admit(request)?;
        let number: IdentityNumber =
            status::parse("identity_number", &asked.message.identity_number)?;
        // Read anew each time, so that the secret is nowhere when nobody needs it.
        let secret = secret::read(&self.settings.person_key_file)
            .map_err(|error| status::internal(&error))?;
        let mut request = asked.request(&asked.message.request_id)?;
        let profile = people::profile(&asked.message, &number, &secret)?;
        request.fingerprint = people::fingerprint(asked.message, &profile);
        let command = expert::Command::Register {
            employer_known: read::unit(&self.desk, profile.employer).await?.is_some(),
            profile: Box::new(profile.clone()),
        };
        let id = expert_id(&profile.person);
        let done = self
            .desk
            .execute::<Expert>(asked.actor, id, command, &request)
            .await?;
        Ok(Response::new(view_expert(&done)))
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

    async fn get_unit_names(
        &self,
        request: Request<wire::GetUnitNamesRequest>,
    ) -> Result<Response<wire::UnitNames>, Status> {
        let asked = admit(request)?;
        let id: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        read::look_up(&self.desk, &asked.actor, "names", id, "leak-check").await?;
        let unit = self.desk.load::<Unit>("单位", id).await?.state;
        let Unit::Here(entry) = unit else {
            return Err(status::not_found("单位"));
        };
        let details = entry.details;
        let mut names = vec![details.profile.name.to_string()];
        names.extend(details.profile.short_names.iter().map(ToString::to_string));
        names.push(match details.identity {
            UnitIdentity::CreditCode(code) => code.to_string(),
            UnitIdentity::Guest(guest) => guest.number().to_owned(),
        });
        Ok(Response::new(wire::UnitNames { names }))
    }
}

fn details(message: &wire::RegisterUnitRequest) -> Result<Details, Status> {
    let identity = identity_of(message)?;
    let seat = match &identity {
        UnitIdentity::Guest(_) if message.division_code.is_empty() => None,
        UnitIdentity::Guest(_) => {
            return Err(status::invalid("division_code", "境外单位没有行政区划码"));
        }
        UnitIdentity::CreditCode(code) if message.division_code.is_empty() => {
            Some(Division::of(code).map_err(|error| status::invalid("division_code", error))?)
        }
        UnitIdentity::CreditCode(_) => {
            Some(status::parse("division_code", &message.division_code)?)
        }
    };
    let changeable = wire::UpdateUnitRequest {
        name: message.name.clone(),
        short_names: message.short_names.clone(),
        kind: message.kind,
        affiliate_unit_ids: message.affiliate_unit_ids.clone(),
        fields: message.fields.clone(),
        keywords: message.keywords.clone(),
        ..Default::default()
    };
    Ok(Details {
        profile: unit_profile(identity.unit_id(), &changeable)?,
        seat,
        identity,
    })
}

fn unit_profile(id: UnitId, message: &wire::UpdateUnitRequest) -> Result<unit::Profile, Status> {
    let affiliates: BTreeSet<UnitId> = list("affiliate_unit_ids", &message.affiliate_unit_ids)?;
    if affiliates.contains(&id) {
        return Err(status::invalid(
            "affiliate_unit_ids",
            "关联单位不能是本单位",
        ));
    }
    Ok(unit::Profile {
        name: status::parse("name", &message.name)?,
        short_names: list("short_names", &message.short_names)?,
        kind: match message.kind() {
            wire::UnitKind::Enterprise => Kind::Enterprise,
            wire::UnitKind::University => Kind::University,
            wire::UnitKind::Institute => Kind::Institute,
            wire::UnitKind::Hospital => Kind::Hospital,
            wire::UnitKind::Other => Kind::Other,
            wire::UnitKind::Unspecified => return Err(status::invalid("kind", "请选择单位类型")),
        },
        affiliates,
        fields: list("fields", &message.fields)?,
        keywords: list("keywords", &message.keywords)?,
    })
}

fn identity_of(message: &wire::RegisterUnitRequest) -> Result<UnitIdentity, Status> {
    let (country, register, number) = (
        &message.guest_country,
        &message.guest_register,
        &message.guest_number,
    );
    let abroad = [country, register, number]
        .iter()
        .any(|part| !part.is_empty());
    match (message.credit_code.is_empty(), abroad) {
        (false, false) => {
            let code: CreditCode = status::parse("credit_code", &message.credit_code)?;
            Ok(code.into())
        }
        (true, true) => UnitIdentity::guest(country, register, number)
            .map_err(|error| status::invalid("guest_number", error)),
        _ => Err(status::invalid(
            "credit_code",
            "请填写统一社会信用代码，或境外单位的国家（地区）、登记机关和登记号，二者只填其一",
        )),
    }
}

/// A list without repeats, not too long, each of it good.
fn list<T>(field: &str, texts: &[String]) -> Result<BTreeSet<T>, Status>
where
    T: std::str::FromStr<Err: std::fmt::Display> + Ord,
{
    if texts.len() > LIST_MAX {
        return Err(status::invalid(field, format!("最多 {LIST_MAX} 项")));
    }
    let parsed = texts
        .iter()
        .enumerate()
        .map(|(at, text)| status::parse(&format!("{field}[{at}]"), text));
    parsed.collect()
}

fn view(unit: &Loaded<Unit>) -> Result<wire::Unit, Status> {
    match &unit.state {
        Unit::Here(entry) => Ok(publish::public(&unit.id, entry)),
        Unit::Unknown | Unit::Elsewhere(_) => Err(status::not_found("单位")),
    }
}

fn view_expert(expert: &Loaded<Expert>) -> wire::PooledExpert {
    let hosted = expert.state.0.as_ref();
    hosted
        .map(|hosted| publish::pooled(&expert.id, hosted))
        .unwrap_or_default()
}
