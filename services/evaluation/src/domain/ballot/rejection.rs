//! What a ballot refuses, and how it says so.

use regulation::{Day, Refusal, RefusalKind};
use time::OffsetDateTime;

use crate::domain::rules;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BallotRejection {
    /// Not this expert's ballot, or no ballot at all: the two look alike.
    NotYours,
    /// The deadline has passed.
    Late {
        /// The last day.
        deadline: Day,
    },
    /// Criteria are missing, or not asked for.
    Criteria(Vec<String>),
    /// Something else was cast before.
    AlreadyCast {
        /// When.
        at: OffsetDateTime,
    },
    /// A conflict was declared before.
    Conflicted,
    /// A credit record bars the expert.
    Barred {
        /// The last day on which it does.
        until: Day,
    },
    /// Somebody else was asked, after a reminder.
    Replaced,
    /// There is nothing to open.
    NotCast,
    /// Another invitation under the same id.
    OtherInvitation,
}

impl From<BallotRejection> for Refusal {
    fn from(rejection: BallotRejection) -> Self {
        match rejection {
            BallotRejection::NotYours => Self::new(
                rules::DRAWN_ONLY,
                "没有这张选票，或不是您的选票",
                "请核对选票编号",
            )
            .kind(RefusalKind::NotFound),
            BallotRejection::Late { deadline } => Self::new(
                rules::DEADLINE,
                "评估已截止",
                "如有特殊情况，请联系推进组秘书处",
            )
            .with("deadline", deadline),
            BallotRejection::Criteria(criteria) => Self::new(
                rules::CRITERIA,
                "评估指标不齐或有多余的指标",
                "请对列明的每项指标各评一次分并说明理由",
            )
            .with("criteria", criteria.join(",")),
            BallotRejection::AlreadyCast { at } => {
                Self::new(rules::ONCE, "评估意见已提交，不能更改", "无需再次提交")
                    .with("cast_on", Day::of(at))
            }
            BallotRejection::Conflicted => Self::new(
                rules::CONFLICT,
                "您已声明利益冲突，不能再提交评估意见",
                "无需再次提交",
            ),
            BallotRejection::Barred { until } => Self::new(
                rules::STANDING,
                format!("因信用记录，您在{until}（含当日）前不得参加评估，已由其他专家递补"),
                "如对信用记录有异议，请向所在地科技厅（委）申诉",
            )
            .with("until", until),
            BallotRejection::Replaced => Self::new(
                rules::SILENCE,
                "因催办后未在回应期限内答复，已由其他专家递补",
                "无需再提交；如有特殊情况，请联系推进组秘书处",
            ),
            BallotRejection::NotCast => Self::new(
                rules::SEALED,
                "这张选票没有已提交的评估意见",
                "请推进组核对轮次记录",
            ),
            BallotRejection::OtherInvitation => Self::new(
                rules::LIFECYCLE,
                "同一编号的选票已有另一份邀请",
                "请推进组核对轮次记录",
            ),
        }
    }
}
