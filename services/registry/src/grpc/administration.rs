//! Who acts for a unit, and which units belong together, at the door.

use chassis::{Admitted, Desk, Page, status};
use journal::Request as JournalRequest;
use proto::registry::v1 as wire;
use regulation::{Actor, Day, Role, UnitId};
use tonic::{Response, Status};

use super::Door;
use crate::{
    domain::{Administration, Unit, administration::Command},
    read,
};

/// Whether who calls for a unit acts for it today: as its administrator, or for them. What the
/// other services' gates ask of what this one told, it asks of the administration itself, so that
/// who was appointed a moment ago is let in. Anybody else is another rule's business.
///
/// # Errors
/// The refusal.
pub(crate) async fn acts(desk: &Desk, actor: &Actor) -> Result<(), Status> {
    if actor.role != Role::UnitMember {
        return Ok(());
    }
    let administration = administration(desk, actor.unit).await?;
    let today = Day::of(desk.clock().now());
    let acts = administration.acts(actor, today);
    acts.map_err(|refusal| status::refused(&refusal))
}

async fn administration(desk: &Desk, unit: Option<UnitId>) -> Result<Administration, Status> {
    let Some(unit) = unit else {
        return Ok(Administration::Nobody);
    };
    let loaded = desk.journal().load::<Administration>(unit).await;
    let loaded = loaded.map_err(status::journal)?;
    Ok(loaded.map(|loaded| loaded.state).unwrap_or_default())
}

impl Door {
    /// Gives a command to who acts for a unit.
    pub(super) async fn administer<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        request: &JournalRequest,
        unit: UnitId,
        command: Command,
    ) -> Result<Response<wire::Administration>, Status> {
        let done = self
            .desk
            .execute::<Administration>(asked.actor, unit, command, request)
            .await?;
        Ok(Response::new(self.administration(unit, &done.state)))
    }

    pub(super) async fn appoint(
        &self,
        asked: Admitted<wire::AppointAdministratorRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let command = Command::Appoint {
            administrator: status::parse("administrator", &asked.message.administrator)?,
            unit_here: self.is_here(unit).await?,
        };
        self.administer(asked, &request, unit, command).await
    }

    /// Whether the unit is at home here, and active.
    pub(super) async fn is_here(&self, unit: UnitId) -> Result<bool, Status> {
        let loaded = self.desk.journal().load::<Unit>(unit).await;
        let loaded = loaded.map_err(status::journal)?;
        Ok(loaded.is_some_and(|unit| match unit.state {
            Unit::Here(entry) => entry.is_active() && entry.counts_at().is_none(),
            Unit::Unknown | Unit::Elsewhere(_) => false,
        }))
    }

    /// Who acts for a unit, as its own people, the department or a service see it.
    pub(super) async fn show_administration(
        &self,
        asked: Admitted<wire::GetAdministrationRequest>,
    ) -> Result<Response<wire::Administration>, Status> {
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let stranger = asked.actor.role == Role::UnitMember && asked.actor.unit != Some(unit);
        if stranger || !self.is_here(unit).await? {
            return Err(status::not_found("单位"));
        }
        let administration = administration(&self.desk, Some(unit)).await?;
        // Who is to accept it sees what they are offered.
        if !administration.is_offered_to(&asked.actor) {
            acts(&self.desk, &asked.actor).await?;
        }
        Ok(Response::new(self.administration(unit, &administration)))
    }

    fn administration(&self, unit: UnitId, state: &Administration) -> wire::Administration {
        let unit_id = unit.to_string();
        let Administration::By(named) = state else {
            return wire::Administration {
                unit_id,
                ..wire::Administration::default()
            };
        };
        let today = Day::of(self.desk.clock().now());
        let delegates = named.delegates.iter().filter(|(_, until)| today <= **until);
        wire::Administration {
            unit_id,
            administrator: named.administrator.to_string(),
            delegates: delegates
                .map(|(account, until)| wire::Delegate {
                    delegate: account.to_string(),
                    until: until.to_string(),
                })
                .collect(),
            offered_to: named
                .offered_to
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        }
    }

    /// Which units are affiliated with one; a unit's own people see their own.
    pub(super) async fn show_affiliates(
        &self,
        asked: Admitted<wire::ListAffiliatesRequest>,
    ) -> Result<Response<wire::ListAffiliatesResponse>, Status> {
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        acts(&self.desk, &asked.actor).await?;
        if asked.actor.role == Role::UnitMember && asked.actor.unit != Some(unit) {
            return Err(status::not_found("单位"));
        }
        let affiliates = read::units::affiliates(&self.desk, unit).await?;
        Ok(Response::new(wire::ListAffiliatesResponse { affiliates }))
    }

    pub(super) async fn show_double_registrations(
        &self,
        asked: Admitted<wire::ListDoubleRegistrationsRequest>,
    ) -> Result<Response<wire::ListDoubleRegistrationsResponse>, Status> {
        let page = Page::from(asked.message.page);
        let after = status::optional("page.page_token", &page.after)?;
        let mut units = read::units::double_registrations(&self.desk, after, page.limit()).await?;
        let id = |double: &wire::DoubleRegistration| {
            let unit = double.unit.as_ref();
            unit.map(|unit| unit.unit_id.clone()).unwrap_or_default()
        };
        let next_page_token = page.cut(&mut units, id);
        Ok(Response::new(wire::ListDoubleRegistrationsResponse {
            units,
            next_page_token,
        }))
    }
}
