//! Step 1, who acts for the units: the officer appoints an administrator for each; one hands over,
//! and is let in nowhere any more.

use anyhow::{Context as _, ensure};
use federation::Persona;
use proto::{
    intake::v1::ListDemandsRequest,
    registry::v1::{AcceptHandoverRequest, AppointAdministratorRequest, OfferHandoverRequest},
};
use regulation::{Region, Role, UnitId};
use tonic::Code;

use super::{Way, found, intake::reason};
use crate::{Session, request_id};

impl Way<'_> {
    /// Appoints who the way knows as the unit's own.
    pub(super) async fn appoint(&self, unit: UnitId, region: Region) -> anyhow::Result<()> {
        let mut registry = self.as_role(region, Role::Officer)?.registry()?;
        registry
            .appoint_administrator(AppointAdministratorRequest {
                request_id: request_id(),
                unit_id: unit.to_string(),
                administrator: Session::account(unit),
            })
            .await?;
        Ok(())
    }

    /// Every service has heard who acts; the administrator of a unit that takes no further part
    /// hands over, and from then on somebody else is let in.
    pub(super) async fn handover(&self) -> anyhow::Result<()> {
        self.quiet().await.context("who acts for the units")?;
        let employer = self.input.employers.first().context("no employer")?;
        let (unit, region) = self.unit(&employer.key)?;
        let before = Session::of_unit(self.federation, region, unit)?;
        let successor = Persona::new(region, Role::UnitMember)
            .named(format!("successor-{unit}"))
            .of_unit(unit);
        let after = Session::new(self.federation, &successor)?;
        look(&before).await.context("the administrator")?;
        let Err(status) = look(&after).await else {
            anyhow::bail!("somebody who is not the administrator was let in")
        };
        ensure!(reason(&status) == "registry.representative", "{status}");
        let offer = OfferHandoverRequest {
            request_id: request_id(),
            unit_id: unit.to_string(),
            to: format!("successor-{unit}"),
        };
        before.registry()?.offer_handover(offer).await?;
        let accept = AcceptHandoverRequest {
            request_id: request_id(),
            unit_id: unit.to_string(),
        };
        after.registry()?.accept_handover(accept).await?;
        let let_in = || async { Ok(look(&after).await.ok()) };
        found("the new administrator at intake", let_in).await?;
        let Err(status) = look(&before).await else {
            anyhow::bail!("who has handed over is still let in")
        };
        ensure!(status.code() == Code::PermissionDenied, "{status}");
        self.say(format!("  移交后原管理员被拒：{}", status.message()));
        Ok(())
    }
}

async fn look(session: &Session<'_>) -> Result<(), tonic::Status> {
    let intake = session.intake();
    let mut intake = intake.map_err(|error| tonic::Status::unavailable(error.to_string()))?;
    intake.list_demands(ListDemandsRequest::default()).await?;
    Ok(())
}
