//! Why a department's decision is refused, and what to do about it.

use regulation::{Refusal, RefusalKind};

use super::super::rules;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreReviewRejection {
    /// No such demand waits here.
    NotHere,
    /// No officer has looked at it.
    NotPrepared,
    /// It has been decided, or taken back.
    Decided,
    /// Whoever prepared it wants to decide it.
    SamePerson,
    /// Checks that are missing, or that nobody asked for.
    Checks(Vec<String>),
    /// Checks that the demand did not pass, by name.
    Failed(Vec<&'static str>),
}

impl From<PreReviewRejection> for Refusal {
    fn from(rejection: PreReviewRejection) -> Self {
        match rejection {
            PreReviewRejection::NotHere => Self::new(
                rules::RECOMMENDED,
                "没有待预审的这项需求",
                "请核对需求编号；受理后的需求方可预审",
            )
            .kind(RefusalKind::NotFound),
            PreReviewRejection::NotPrepared => Self::new(
                rules::TWO_PEOPLE,
                "这项需求尚未预审",
                "请经办人先逐项核对并提出意见",
            ),
            PreReviewRejection::Decided => Self::new(
                rules::LIFECYCLE,
                "这项需求的推荐已有结论，或已撤回",
                "请刷新后查看；需求修改并重新受理后可再次预审",
            ),
            PreReviewRejection::SamePerson => Self::new(
                rules::TWO_PEOPLE,
                "预审人不能审批自己预审的需求",
                "请由另一名审批人决定是否推荐",
            ),
            PreReviewRejection::Checks(items) => Self::new(
                rules::CHECKS,
                format!("预审核对项不齐或有多余：{}", items.join("、")),
                "请对列明的每一项各作一次核对",
            )
            .with("checks", items.join(",")),
            PreReviewRejection::Failed(items) => Self::new(
                rules::CHECKS,
                format!("有核对项未通过，不能推荐：{}", items.join("、")),
                "请不予推荐并说明意见，由需求方修改后重新提交",
            )
            .with("checks", items.join(",")),
        }
    }
}
