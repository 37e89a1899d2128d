//! Registrations of a unit for roadshows.

use std::collections::BTreeSet;

use chassis::{Page, admit, status};
use journal::Loaded;
use proto::matching::v1 as wire;
use regulation::{Actor, BlindId, UnitId};
use tonic::{Request, Status};

use super::{Door, calendar, view};
use crate::{
    domain::{
        MeetingId, Registration, RegistrationId, RegistrationStanding, RoadshowFacts,
        words::RegistrationCommand as Command,
    },
    notice::Notice,
    read,
};

/// A roadshow as everybody was told of it, with the number of its demand.
struct Told {
    notice: Notice,
    number: String,
    open: bool,
}

impl Door {
    async fn told(&self, blind_id: BlindId, meeting: MeetingId) -> Result<Told, Status> {
        let missing = || status::not_found("路演");
        let entry = self.entry(blind_id).await?.ok_or_else(missing)?;
        let roadshows = read::roadshows(self.desk.pool(), blind_id).await;
        let roadshows = roadshows.map_err(|error| status::unavailable(&error))?;
        let mut told = roadshows
            .into_iter()
            .filter_map(|told| Notice::try_from(told).ok());
        let notice = told.find(|notice| notice.meeting == meeting);
        Ok(Told {
            notice: notice.ok_or_else(missing)?,
            number: entry.public_number,
            open: !entry.withdrawn,
        })
    }

    pub(super) async fn register_for_roadshow(
        &self,
        request: Request<wire::RegisterForRoadshowRequest>,
    ) -> Result<wire::Registration, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let blind_id: BlindId = status::parse("blind_id", &asked.message.blind_id)?;
        let meeting: MeetingId = status::parse("meeting_id", &asked.message.meeting_id)?;
        let unit = unit(&asked.actor)?;
        let told = self.told(blind_id, meeting).await?;
        let roadshow = RoadshowFacts {
            open: told.open,
            cancelled: told.notice.cancelled,
            registering: told.notice.registering,
            starts_at: told.notice.slot.starts_at(),
        };
        let command = Command::Register {
            blind_id,
            meeting,
            roadshow,
            unit: self
                .team_of(unit, &BTreeSet::from([unit]), "matching.register")
                .await?,
        };
        let id = RegistrationId::of(unit, meeting);
        let done = self
            .desk
            .execute::<Registration>(asked.actor, id, command, &request)
            .await?;
        self.shown(&done).await
    }

    pub(super) async fn withdraw_registration(
        &self,
        request: Request<wire::WithdrawRegistrationRequest>,
    ) -> Result<wire::Registration, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: RegistrationId = status::parse("registration_id", &asked.message.registration_id)?;
        let unit = unit(&asked.actor)?;
        let known = self.desk.load::<Registration>("报名", id).await?.state.0;
        let known = known.filter(|filed| filed.unit == unit);
        let filed = known.ok_or_else(|| status::not_found("报名"))?;
        let told = self.told(filed.blind_id, filed.meeting).await?;
        let command = Command::Withdraw {
            starts_at: told.notice.slot.starts_at(),
        };
        let done = self
            .desk
            .execute::<Registration>(asked.actor, id, command, &request)
            .await?;
        self.shown(&done).await
    }

    pub(super) async fn list_registrations(
        &self,
        request: Request<wire::ListRegistrationsRequest>,
    ) -> Result<wire::ListRegistrationsResponse, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let unit = super::only_own(&asked.actor)?;
        let mut rows = read::registrations(&self.desk, unit, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let mut registrations = Vec::with_capacity(rows.len());
        for row in &rows {
            registrations.push(self.shown(row).await?);
        }
        Ok(wire::ListRegistrationsResponse {
            registrations,
            next_page_token,
        })
    }

    /// A registration with its roadshow as it was told last, and the calendar file of whoever comes
    /// or may yet.
    async fn shown(&self, loaded: &Loaded<Registration>) -> Result<wire::Registration, Status> {
        let filed = loaded.state.0.as_ref();
        let filed = filed.ok_or_else(|| status::not_found("报名"))?;
        let told = self.told(filed.blind_id, filed.meeting).await?;
        let over = told.notice.cancelled || !told.open;
        let calendar = (filed.standing != RegistrationStanding::Withdrawn).then(|| {
            let certainty = calendar::registered(filed.standing, over);
            // Of the day of registration, so that a repeated request gets the same file.
            calendar::roadshow_file(&told.notice, &told.number, certainty, filed.at)
        });
        Ok(wire::Registration {
            calendar,
            roadshow: Some((&told.notice).into()),
            ..view::registration(&loaded.id, filed, over)
        })
    }
}

fn unit(actor: &Actor) -> Result<UnitId, Status> {
    let unit = actor.unit;
    unit.ok_or_else(|| status::forbidden("您没有所属单位。"))
}
