//! Units at the door: what is registered of them, and how they and experts are shown.

use std::collections::BTreeSet;

use chassis::{Admitted, status};
use journal::Loaded;
use proto::registry::v1 as wire;
use regulation::{CreditCode, UnitId, UnitIdentity};
use tonic::Status;

use super::{Door, list};
use crate::{
    domain::{
        Division, Expert, Unit,
        unit::{self, Details, Kind, Size},
    },
    publish,
    read::credit::{About, look_up},
};

impl Door {
    /// By what a unit at home here could be recognised in a text.
    pub(super) async fn names(
        &self,
        asked: Admitted<wire::GetUnitNamesRequest>,
    ) -> Result<wire::UnitNames, Status> {
        let id: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let about = About::unit(id);
        look_up(&self.desk, &asked.actor, "names", &about, "leak-check").await?;
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
        Ok(wire::UnitNames { names })
    }
}

pub(super) fn details(message: &wire::RegisterUnitRequest) -> Result<Details, Status> {
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
        size: message.size,
        branch_of_unit_id: message.branch_of_unit_id.clone(),
        ..Default::default()
    };
    Ok(Details {
        profile: unit_profile(identity.unit_id(), &changeable)?,
        seat,
        identity,
    })
}

pub(super) fn unit_profile(
    id: UnitId,
    message: &wire::UpdateUnitRequest,
) -> Result<unit::Profile, Status> {
    let affiliates: BTreeSet<UnitId> = list("affiliate_unit_ids", &message.affiliate_unit_ids)?;
    if affiliates.contains(&id) {
        return Err(status::invalid(
            "affiliate_unit_ids",
            "关联单位不能是本单位",
        ));
    }
    let branch_of = status::optional("branch_of_unit_id", &message.branch_of_unit_id)?;
    if branch_of == Some(id) {
        return Err(status::invalid(
            "branch_of_unit_id",
            "分支机构不能以本单位为总部",
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
        size: size(message)?,
        branch_of,
        affiliates,
        fields: list("fields", &message.fields)?,
        keywords: list("keywords", &message.keywords)?,
    })
}

fn size(message: &wire::UpdateUnitRequest) -> Result<Option<Size>, Status> {
    let size = match message.size() {
        wire::UnitSize::Unspecified => return Ok(None),
        wire::UnitSize::Large => Size::Large,
        wire::UnitSize::Medium => Size::Medium,
        wire::UnitSize::Small => Size::Small,
        wire::UnitSize::Micro => Size::Micro,
    };
    match message.kind() {
        wire::UnitKind::Enterprise => Ok(Some(size)),
        _ => Err(status::invalid("size", "只有企业填写规模")),
    }
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

pub(super) fn view(unit: &Loaded<Unit>) -> Result<wire::Unit, Status> {
    match &unit.state {
        Unit::Here(entry) => Ok(publish::public(&unit.id, entry)),
        Unit::Unknown | Unit::Elsewhere(_) => Err(status::not_found("单位")),
    }
}

pub(super) fn view_expert(expert: &Loaded<Expert>) -> wire::PooledExpert {
    let hosted = expert.state.0.as_ref();
    hosted
        .map(|hosted| publish::pooled(&expert.id, hosted))
        .unwrap_or_default()
}
