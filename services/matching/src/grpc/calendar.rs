//! Meetings as calendar files.

use chassis::{admit, status};
use proto::matching::v1 as wire;
use regulation::BlindId;
use time::OffsetDateTime;
use tonic::{Request, Status};

use super::Door;
use crate::{
    domain::{
        InvitationStanding, MeetingId, RegistrationStanding,
        calendar_file::{Appointment, Certainty},
        posting::meetings::MeetingStanding,
    },
    notice::Notice,
    read,
};

const ROADSHOW: &str = "项目路演";
const ONE_TO_ONE: &str = "一对一交流";

impl Door {
    pub(super) async fn get_meeting_calendar(
        &self,
        request: Request<wire::GetMeetingCalendarRequest>,
    ) -> Result<wire::CalendarFile, Status> {
        let asked = admit(request)?;
        let meeting: MeetingId = status::parse("meeting_id", &asked.message.meeting_id)?;
        let missing = || status::not_found("交流活动");
        if asked.message.posting_id.is_empty() {
            let (_, case) = self.own(&asked.actor, &asked.message.solution_id).await?;
            let known = case.meetings.get(&meeting).ok_or_else(missing)?;
            let certainty = match &known.standing {
                InvitationStanding::Invited => Certainty::Tentative,
                InvitationStanding::Accepted(_) | InvitationStanding::Held(_) => {
                    Certainty::Confirmed
                }
                InvitationStanding::Declined(_) | InvitationStanding::Cancelled(_) => {
                    Certainty::Cancelled
                }
            };
            let title = format!("{ONE_TO_ONE} {}", case.number);
            return Ok(self.file(&Appointment {
                meeting,
                title: &title,
                slot: &known.slot,
                sequence: known.sequence,
                certainty,
            }));
        }
        let posting = self
            .posting(&asked.actor, &asked.message.posting_id)
            .await?;
        let call = posting.state.call().ok_or_else(missing)?;
        let known = call.meetings.get(&meeting).ok_or_else(missing)?;
        let certainty = match &known.standing {
            MeetingStanding::Proposed | MeetingStanding::Invited => Certainty::Tentative,
            MeetingStanding::Declined(_) | MeetingStanding::Cancelled(_) => Certainty::Cancelled,
            _ => Certainty::Confirmed,
        };
        let kind = known.with.map_or(ROADSHOW, |_| ONE_TO_ONE);
        let title = format!("{kind} {}", call.listing.number);
        Ok(self.file(&Appointment {
            meeting,
            title: &title,
            slot: &known.slot,
            sequence: known.sequence,
            certainty,
        }))
    }

    pub(super) async fn get_roadshow_calendar(
        &self,
        request: Request<wire::GetRoadshowCalendarRequest>,
    ) -> Result<wire::CalendarFile, Status> {
        let asked = request.into_inner();
        let blind_id: BlindId = status::parse("blind_id", &asked.blind_id)?;
        let meeting: MeetingId = status::parse("meeting_id", &asked.meeting_id)?;
        let missing = || status::not_found("路演");
        let entry = self.entry(blind_id).await?.ok_or_else(missing)?;
        let roadshows = read::roadshows(self.desk.pool(), blind_id).await;
        let roadshows = roadshows.map_err(|error| status::unavailable(&error))?;
        let mut told = roadshows
            .into_iter()
            .filter_map(|told| Notice::try_from(told).ok());
        let notice = told
            .find(|notice| notice.meeting == meeting)
            .ok_or_else(missing)?;
        let certainty = if notice.cancelled {
            Certainty::Cancelled
        } else {
            Certainty::Confirmed
        };
        let now = self.desk.clock().now();
        Ok(roadshow_file(&notice, &entry.public_number, certainty, now))
    }

    fn file(&self, appointment: &Appointment<'_>) -> wire::CalendarFile {
        file(appointment, self.desk.clock().now())
    }
}

/// A roadshow's file, made at `at`: nothing in it that was not told to everybody.
pub(super) fn roadshow_file(
    notice: &Notice,
    number: &str,
    certainty: Certainty,
    at: OffsetDateTime,
) -> wire::CalendarFile {
    let appointment = Appointment {
        meeting: notice.meeting,
        title: &format!("{ROADSHOW} {number}"),
        slot: &notice.slot,
        sequence: notice.sequence,
        certainty,
    };
    file(&appointment, at)
}

fn file(appointment: &Appointment<'_>, at: OffsetDateTime) -> wire::CalendarFile {
    wire::CalendarFile {
        file_name: format!("{}.ics", appointment.meeting),
        content: appointment.file(at),
    }
}

/// How sure it is that whoever registered comes.
pub(super) fn registered(standing: RegistrationStanding, over: bool) -> Certainty {
    match standing {
        _ if over => Certainty::Cancelled,
        RegistrationStanding::Admitted => Certainty::Confirmed,
        RegistrationStanding::Withdrawn => Certainty::Cancelled,
        RegistrationStanding::Filed | RegistrationStanding::Waiting => Certainty::Tentative,
    }
}
