//! Registrations for roadshows as the hub has them: nobody hears of them before the registration is
//! closed, then the demand's home does. [Art. 11]

use std::collections::{BTreeMap, BTreeSet};

use regulation::{Context, Region};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::Forum;
use crate::{
    domain::{
        MeetingId, RegistrationId, Rejection, feedback_round, posting::registrants::Registered,
    },
    notice::Notice,
};

/// How long to wait at least before looking again for a region that was not heard.
const PATIENCE: Duration = Duration::minutes(5);

/// The registrations for one roadshow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    /// Who has registered.
    pub filed: BTreeMap<RegistrationId, Registered>,
    /// Whether the demand's home was told.
    pub forwarded: bool,
    /// When to look again for regions that were not heard.
    #[serde(with = "time::serde::rfc3339::option")]
    pub look_at: Option<OffsetDateTime>,
    /// Who was told whether they come.
    pub told: BTreeMap<RegistrationId, bool>,
}

/// What can be asked of the registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A unit registers, or does so no more.
    File {
        /// For which roadshow.
        meeting: MeetingId,
        /// What it is called.
        registration: RegistrationId,
        /// Who, from where, when.
        registered: Registered,
        /// Whether it is taken back.
        withdrawn: bool,
    },
    /// Tell the demand's home what is closed.
    Forward,
    /// The demand's home says who comes, and who waits.
    Admit {
        /// To which roadshow.
        meeting: MeetingId,
        /// Who comes; all others wait.
        answers: BTreeMap<RegistrationId, bool>,
    },
}

/// What happened to the registrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A unit registered.
    Filed(MeetingId, RegistrationId, Registered),
    /// A unit does so no more.
    Dropped(MeetingId, RegistrationId),
    /// The demand's home was told.
    Forwarded(MeetingId),
    /// Regions were not heard past the last day.
    Waits {
        /// For which roadshow.
        meeting: MeetingId,
        /// When to look again.
        #[serde(with = "time::serde::rfc3339")]
        again: OffsetDateTime,
    },
    /// Units are told whether they come.
    Told(MeetingId, BTreeMap<RegistrationId, bool>),
}

impl Forum {
    /// When the next registration is closed.
    pub(in crate::domain) fn closes_at(&self) -> Option<OffsetDateTime> {
        let open = self.roadshows.values().filter(|notice| !notice.cancelled);
        open.filter_map(|notice| self.due(notice)).min()
    }

    fn due(&self, notice: &Notice) -> Option<OffsetDateTime> {
        let terms = notice.registering?;
        let sign_up = self.sign_ups.get(&notice.meeting);
        match sign_up {
            Some(sign_up) if sign_up.forwarded => None,
            _ => {
                let again = sign_up.and_then(|sign_up| sign_up.look_at);
                Some(again.unwrap_or(terms.until.end()))
            }
        }
    }

    pub(in crate::domain) fn sign_up(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::File {
                meeting,
                registration,
                registered,
                withdrawn,
            } => self.file(meeting, registration, registered, withdrawn),
            Command::Forward => Ok(self.forward(context)),
            Command::Admit { meeting, answers } => Ok(self.admit(meeting, answers)),
        }
    }

    fn file(
        &self,
        meeting: MeetingId,
        registration: RegistrationId,
        registered: Registered,
        withdrawn: bool,
    ) -> Result<Vec<Event>, Rejection> {
        let sign_up = self.sign_ups.get(&meeting);
        let known = sign_up.and_then(|sign_up| sign_up.filed.get(&registration));
        if known.is_some_and(|known| known.region != registered.region) {
            return Err(Rejection::WrongOrigin(registered.region));
        }
        if withdrawn {
            let gone = known.map(|_| Event::Dropped(meeting, registration));
            return Ok(gone.into_iter().collect());
        }
        // Its home has told the unit already why it may not; a node that does not know better can
        // only be late.
        let terms = self
            .roadshows
            .get(&meeting)
            .and_then(|notice| notice.registering);
        let in_time = terms.is_some_and(|terms| registered.at <= terms.until.end());
        Ok(if in_time && known.is_none() {
            vec![Event::Filed(meeting, registration, registered)]
        } else {
            vec![]
        })
    }

    /// A region that is cut off may hold a registration that was in time: until it was heard past
    /// the last day it is waited for, but not beyond the roadshow's beginning.
    fn forward(&self, context: &Context) -> Vec<Event> {
        let open = self.roadshows.values().filter(|notice| !notice.cancelled);
        let due = open.filter(|notice| self.due(notice).is_some_and(|due| due <= context.now));
        let closed = due.filter_map(|notice| {
            let end = notice.registering?.until.end();
            let missing = feedback_round::unheard(end, context);
            let begins = notice.slot.starts_at();
            Some(if missing.is_empty() || context.now >= begins {
                Event::Forwarded(notice.meeting)
            } else {
                let again = context.now + PATIENCE.max(context.now - end);
                Event::Waits {
                    meeting: notice.meeting,
                    again: again.min(begins),
                }
            })
        });
        closed.collect()
    }

    fn admit(&self, meeting: MeetingId, answers: BTreeMap<RegistrationId, bool>) -> Vec<Event> {
        let Some(sign_up) = self.sign_ups.get(&meeting) else {
            return vec![];
        };
        let news = answers.into_iter().filter(|(registration, admitted)| {
            sign_up.filed.contains_key(registration)
                && sign_up.told.get(registration) != Some(admitted)
        });
        let news: BTreeMap<_, _> = news.collect();
        if news.is_empty() {
            vec![]
        } else {
            vec![Event::Told(meeting, news)]
        }
    }

    pub(super) fn signed_up(&mut self, event: &Event) {
        let meeting = match event {
            Event::Filed(meeting, ..)
            | Event::Dropped(meeting, _)
            | Event::Forwarded(meeting)
            | Event::Waits { meeting, .. }
            | Event::Told(meeting, _) => *meeting,
        };
        let sign_up = self.sign_ups.entry(meeting).or_default();
        match event {
            Event::Filed(_, registration, registered) => {
                sign_up.filed.insert(*registration, registered.clone());
            }
            Event::Dropped(_, registration) => {
                sign_up.filed.remove(registration);
                sign_up.told.remove(registration);
            }
            Event::Forwarded(_) => sign_up.forwarded = true,
            Event::Waits { again, .. } => sign_up.look_at = Some(*again),
            Event::Told(_, answers) => sign_up.told.extend(answers),
        }
    }
}

/// The homes of those who are told, each with what.
pub(crate) fn homes(
    sign_up: &SignUp,
    told: &BTreeMap<RegistrationId, bool>,
) -> BTreeSet<(Region, RegistrationId, bool)> {
    let known = told.iter().filter_map(|(registration, admitted)| {
        let filed = sign_up.filed.get(registration)?;
        Some((filed.region, *registration, *admitted))
    });
    known.collect()
}
