//! What both sides of a dialogue share: ids, when a meeting is, and why the answer may be no.

use std::{fmt, num::NonZeroU32, str::FromStr};

use regulation::{Day, InvalidId, Refusal, RefusalKind, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use anonymity::Place;

use super::rules;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| InvalidId(text.chars().take(64).collect()))
            }
        }
    )*};
}

ids! {
    /// A question about a published demand.
    QuestionId;
    /// A roadshow or a one-to-one.
    MeetingId;
    /// A unit's registration for a roadshow.
    RegistrationId;
}

impl RegistrationId {
    /// A unit's registration for a roadshow: one, however often it asks.
    pub fn of(unit: UnitId, meeting: MeetingId) -> Self {
        let name = [
            b"jiebang.matching.registration".as_slice(),
            meeting.0.as_bytes(),
        ]
        .concat();
        Self(Uuid::new_v5(&unit.0, &name))
    }
}

/// On which terms units register for a roadshow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registering {
    /// How many units take part at most.
    pub capacity: NonZeroU32,
    /// The last day.
    pub until: Day,
}

/// When and where a meeting is, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    #[serde(with = "time::serde::rfc3339")]
    starts_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    ends_at: OffsetDateTime,
    /// A room, or how to connect.
    pub venue: Text,
    /// What is spoken about.
    pub agenda: Text,
}

/// A meeting that ends before it begins, or lasts for days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("结束时间应晚于开始时间，且不超过 24 小时")]
pub struct InvalidSlot;

impl Slot {
    /// A meeting of at most a day.
    ///
    /// # Errors
    /// When it does not end after it begins, within a day.
    pub fn new(
        starts_at: OffsetDateTime,
        ends_at: OffsetDateTime,
        venue: Text,
        agenda: Text,
    ) -> Result<Self, InvalidSlot> {
        let length = ends_at - starts_at;
        if length.is_positive() && length <= time::Duration::DAY {
            Ok(Self {
                starts_at,
                ends_at,
                venue,
                agenda,
            })
        } else {
            Err(InvalidSlot)
        }
    }

    /// When it begins.
    pub fn starts_at(&self) -> OffsetDateTime {
        self.starts_at
    }

    /// When it ends, after it began.
    pub fn ends_at(&self) -> OffsetDateTime {
        self.ends_at
    }
}

/// Why the dialogue may be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// No question with this id was asked about the demand.
    UnknownQuestion,
    /// The question was answered for good.
    QuestionOver,
    /// There is no answer that could be released.
    NotAnswered,
    /// A text that others read gives somebody away.
    GivesAway(Vec<Place>),
    /// Who wrote something releases it.
    OwnRelease,
    /// A reason is missing.
    NoReason,
    /// No meeting with this id was arranged.
    UnknownMeeting,
    /// The meeting was held or called off.
    MeetingOver,
    /// The meeting has begun.
    MeetingBegun,
    /// Everybody would hear of the roadshow after its begin.
    MeetingTooSoon,
    /// The meeting has not begun.
    MeetingAhead,
    /// The meeting was not accepted, or not announced.
    NotArranged,
    /// There is nothing to be released.
    NothingToRelease,
    /// One registers for roadshows alone, before their day.
    RegisteringDays,
    /// The roadshow takes no registrations.
    NoRegistering,
    /// The last day of the registration is over.
    RegisteringOver(Day),
    /// The unit has not registered.
    NotRegistering,
    /// Who demands is told at a one-to-one that has begun, or with an approval.
    NotAtOneToOne,
    /// A wish to be named waits, or everybody was told.
    NamingKnown,
    /// No wish to be named waits.
    NoNaming,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownQuestion
            | Rejection::QuestionOver
            | Rejection::NotAnswered
            | Rejection::GivesAway(_)
            | Rejection::OwnRelease
            | Rejection::NoReason
            | Rejection::NothingToRelease => of_a_text(rejection),
            Rejection::NotAtOneToOne => Self::new(
                rules::ANONYMOUS,
                "一对一交流尚未开始或未获解决方确认，不能公开需求方身份",
                "请在一对一交流时公开；确需提前公开的，请说明理由并报审批人批准",
            ),
            Rejection::NamingKnown => Self::new(
                rules::ANONYMOUS,
                "已有待批的公开申请，或该范围已经公开",
                "请等待审批，无须重复申请",
            ),
            Rejection::NoNaming => {
                Self::new(rules::ANONYMOUS, "没有待批的公开申请", "请核对当前状态")
            }
            Rejection::RegisteringDays
            | Rejection::NoRegistering
            | Rejection::RegisteringOver(_)
            | Rejection::NotRegistering => of_a_registration(&rejection),
            other => of_a_meeting(other),
        }
    }
}

fn of_a_registration(rejection: &Rejection) -> Refusal {
    let (message, remedy) = match rejection {
        Rejection::RegisteringDays => (
            "只有路演可以报名，报名截止日不早于今日，且早于路演当日",
            "请重新填写报名截止日",
        ),
        Rejection::NoRegistering => ("该路演无须报名", "请按公告的时间和方式参加"),
        Rejection::RegisteringOver(until) => {
            return Refusal::new(
                rules::REGISTRATION,
                format!("报名已于 {until} 截止"),
                "请关注该需求的其他交流活动",
            )
            .with("register_until", until);
        }
        _ => {
            return Refusal::new(rules::REGISTRATION, "没有这项报名", "请核对报名编号")
                .kind(RefusalKind::NotFound);
        }
    };
    Refusal::new(rules::REGISTRATION, message, remedy)
}

fn of_a_text(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::UnknownQuestion => {
            Refusal::new(rules::QUESTIONS, "没有这个提问", "请核对提问编号")
                .kind(RefusalKind::NotFound)
        }
        Rejection::GivesAway(places) => {
            let told: Vec<_> = places.iter().map(ToString::to_string).collect();
            let refusal = Refusal::new(
                rules::NEUTRAL,
                format!("可能透露身份：{}", told.join("；")),
                "请改用不指明单位、人员和联系方式的表述",
            );
            match places.into_iter().next() {
                Some(first) => refusal.with("at", first.at).with("found", first.found),
                None => refusal,
            }
        }
        Rejection::OwnRelease => Refusal::new(
            rules::RELEASED_BY_ANOTHER,
            "起草人不能审核发布自己的内容",
            "请由另一位审核人办理",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::NoReason => Refusal::new(
            rules::RELEASED_BY_ANOTHER,
            "没有说明理由",
            "退回或不予公开时请填写理由",
        ),
        Rejection::NotAnswered => Refusal::new(
            rules::RELEASED_BY_ANOTHER,
            "该提问尚未答复",
            "请在需求方答复后审核",
        ),
        Rejection::NothingToRelease => Refusal::new(
            rules::RELEASED_BY_ANOTHER,
            "没有待审核发布的内容",
            "请核对当前状态",
        ),
        _ => Refusal::new(rules::QUESTIONS, "该提问已办结", "如有新的问题，请另行提问"),
    }
}

fn of_a_meeting(rejection: Rejection) -> Refusal {
    let (message, remedy) = match rejection {
        Rejection::UnknownMeeting => {
            return Refusal::new(rules::MEETINGS, "没有这次交流活动", "请核对活动编号")
                .kind(RefusalKind::NotFound);
        }
        Rejection::MeetingBegun => ("该活动的开始时间已过", "请另行安排活动"),
        Rejection::MeetingTooSoon => (
            "公告于当日结束时统一发布，路演届时已经开始",
            "请退回该路演，由需求方另行安排时间",
        ),
        Rejection::MeetingAhead => ("该活动尚未开始", "请在活动开始后记录纪要"),
        Rejection::NotArranged => ("该活动尚未发布或未获解决方确认", "请先完成邀约或发布"),
        _ => ("该活动已经结束或取消", "如有需要，请另行安排活动"),
    };
    Refusal::new(rules::MEETINGS, message, remedy)
}
