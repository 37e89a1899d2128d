//! A roadshow that units register for: nobody but the demander hears who comes.

use anyhow::{Context as _, ensure};
use proto::matching::v1::{
    ArrangeMeetingRequest, GetCatalogueEntryRequest, GetPostingRequest, ListRegistrationsRequest,
    RegisterForRoadshowRequest, Registration, RegistrationState, ReleaseRoadshowRequest,
};
use regulation::{Day, Role};
use time::{Duration, format_description::well_known::Rfc3339};

use super::FULLY;
use crate::{
    request_id,
    way::{Way, found},
};

/// Two units want to come; there is one place.
const COMES: &str = "sh-sjtu";
const WAITS: &str = "zj-zju";

impl Way<'_> {
    /// The demander arranges it, the department lets it out; gives its id.
    pub(super) async fn roadshow(&self) -> anyhow::Result<String> {
        let (demander, region) = self.demander(FULLY)?;
        let posting_id = self.posting(FULLY).await?.posting_id;
        let starts_at = self.federation.now() + Duration::days(20);
        let request = ArrangeMeetingRequest {
            request_id: request_id(),
            posting_id: posting_id.clone(),
            starts_at: starts_at.format(&Rfc3339)?,
            ends_at: (starts_at + Duration::HOUR).format(&Rfc3339)?,
            venue: "平台线上会议室".into(),
            agenda: "指标与验证条件说明".into(),
            capacity: 1,
            register_until: Day::of(starts_at - Duration::days(10)).to_string(),
            ..Default::default()
        };
        let arranged = demander.dialogue()?.arrange_meeting(request).await?;
        let mut meetings = arranged.into_inner().meetings.into_iter();
        let roadshow = meetings.find(|meeting| meeting.solution_id.is_empty());
        let meeting_id = roadshow.context("no roadshow")?.meeting_id;
        let release = ReleaseRoadshowRequest {
            request_id: request_id(),
            posting_id,
            meeting_id: meeting_id.clone(),
            approved: true,
            ..Default::default()
        };
        let officer = self.as_role(region, Role::Officer)?;
        officer.dialogue()?.release_roadshow(release).await?;
        Ok(meeting_id)
    }

    /// Two units register, once their nodes were told of the roadshow.
    pub(super) async fn register_for(&self, meeting_id: &str) -> anyhow::Result<()> {
        for unit in [COMES, WAITS] {
            let session = self.as_member(unit)?;
            let blind_id = self.published(FULLY)?.blind_id.clone();
            found("the roadshow in the catalogue", || async {
                let request = GetCatalogueEntryRequest {
                    blind_id: blind_id.clone(),
                    ..Default::default()
                };
                let item = session.matching()?.get_catalogue_entry(request).await?;
                let mut told = item.into_inner().roadshows.into_iter();
                Ok(told.find(|roadshow| roadshow.meeting_id == meeting_id))
            })
            .await?;
            let request = RegisterForRoadshowRequest {
                request_id: request_id(),
                blind_id,
                meeting_id: meeting_id.to_owned(),
            };
            let filed = session.dialogue()?.register_for_roadshow(request).await?;
            ensure!(filed.into_inner().state() == RegistrationState::Filed);
        }
        Ok(())
    }

    /// Who came first has the place, and a calendar file without the demander's name.
    pub(super) async fn see_who_comes(&self, meeting_id: &str) -> anyhow::Result<()> {
        let name = self.demander_name(FULLY)?;
        for (unit, state) in [
            (COMES, RegistrationState::Admitted),
            (WAITS, RegistrationState::Waiting),
        ] {
            let told = found("whether the unit comes", || async {
                let mine = self.registration(unit, meeting_id).await?;
                Ok(Some(mine).filter(|one| one.state() == state))
            })
            .await?;
            let file = told.calendar.context("no calendar file")?.content;
            ensure!(
                !file.contains(&name),
                "the calendar file names the demander"
            );
        }
        let (demander, _) = self.demander(FULLY)?;
        let posting_id = self.posting(FULLY).await?.posting_id;
        let posting = demander
            .matching()?
            .get_posting(GetPostingRequest { posting_id })
            .await?
            .into_inner();
        let roadshow = posting
            .meetings
            .iter()
            .find(|one| one.meeting_id == meeting_id);
        let seen = roadshow.map_or(0, |roadshow| roadshow.registrants.len());
        ensure!(seen == 2, "the demander sees {seen} registrations");
        self.say("  路演凭报名参加：截止后按先后确定一家、候补一家，报名单位只告知需求方");
        Ok(())
    }

    async fn registration(&self, unit: &str, meeting_id: &str) -> anyhow::Result<Registration> {
        let request = ListRegistrationsRequest::default();
        let session = self.as_member(unit)?;
        let listed = session.dialogue()?.list_registrations(request).await?;
        let mut mine = listed.into_inner().registrations.into_iter();
        mine.find(|one| one.meeting_id == meeting_id)
            .context("the unit has no registration")
    }
}
