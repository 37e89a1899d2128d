//! Why a sheet says no, and what to do about it.

use regulation::{Day, Refusal, RefusalKind};
use time::OffsetDateTime;

use super::super::rules;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetRejection {
    /// Not this expert's sheet, or no sheet at all: the two look alike.
    NotYours,
    /// The deadline has passed.
    Late {
        /// The last day.
        deadline: Day,
    },
    /// No declaration was made.
    NotDeclared,
    /// The expert works for one of the applicants, or for an affiliate.
    OwnEmployer,
    /// Criteria are missing, or not asked for.
    Criteria(Vec<String>),
    /// Something else was handed in before.
    AlreadyCompleted {
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
    /// The round goes on without it.
    Recalled,
    /// Another invitation under the same id.
    OtherInvitation,
}

impl From<SheetRejection> for Refusal {
    fn from(rejection: SheetRejection) -> Self {
        use SheetRejection as R;
        match rejection {
            R::NotYours => Self::new(
                rules::DRAWN_ONLY,
                "没有这份评审表，或不是您的评审表",
                "请核对评审表编号",
            )
            .kind(RefusalKind::NotFound),
            R::Late { deadline } => Self::new(
                rules::DEADLINE,
                "评审已截止",
                "如有特殊情况，请联系评审管理机构",
            )
            .with("deadline", deadline),
            R::NotDeclared => Self::new(
                rules::DECLARE_FIRST,
                "您尚未声明无利益冲突",
                "请先声明无利益冲突并查看内容，再提交评审表",
            ),
            R::OwnEmployer => Self::new(
                rules::CONFLICT,
                "您所在单位与申报单位相同或关联，不能评审这项申报",
                "请声明利益冲突，由候补专家递补",
            ),
            R::Criteria(criteria) => Self::new(
                rules::CRITERIA,
                "评审指标不齐或有多余的指标",
                "请对列明的每项指标各评一次分并说明理由",
            )
            .with("criteria", criteria.join(",")),
            rejection => over(rejection),
        }
    }
}

/// Refusals of what is over.
fn over(rejection: SheetRejection) -> Refusal {
    use SheetRejection as R;
    match rejection {
        R::AlreadyCompleted { at } => {
            Refusal::new(rules::ONCE, "评审表已提交，不能更改", "无需再次提交")
                .with("completed_on", Day::of(at))
        }
        R::Conflicted => Refusal::new(
            rules::CONFLICT,
            "您已声明利益冲突，不能再评审这项申报",
            "无需再次提交",
        ),
        R::Barred { until } => Refusal::new(
            rules::STANDING,
            format!("因信用记录，您在{until}（含当日）前不得参加评审，已由其他专家递补"),
            "如对信用记录有异议，请向所在地科技厅（委）申诉",
        )
        .with("until", until),
        R::Recalled => Refusal::new(
            rules::LIFECYCLE,
            "这份评审表已由评审管理机构收回",
            "如有疑问，请联系评审管理机构",
        ),
        _ => Refusal::new(
            rules::LIFECYCLE,
            "同一编号的评审表已有另一份邀请",
            "请评审管理机构核对轮次记录",
        ),
    }
}
