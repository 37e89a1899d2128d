//! Why an assent says no, and how that is told.

use evidence::Digest;
use regulation::{Refusal, RefusalKind};

use crate::domain::rules;

/// Why an assent says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// Nobody has asked for it.
    NotFound,
    /// Another one has been asked for under this id.
    Exists,
    /// A unit's assent needs no officer.
    UnitsPrepareNothing,
    /// An officer prepares.
    NotAnOfficer,
    /// A director signs.
    NotADirector,
    /// A member of the unit signs.
    NotOfTheUnit,
    /// No officer has prepared it.
    NotPrepared,
    /// An officer has prepared it.
    PreparedAlready,
    /// Who prepared it does not sign it.
    PreparedIt,
    /// What was read is another document.
    AnotherDigest {
        /// The document's.
        expected: Digest,
        /// What was read.
        given: Digest,
    },
    /// Only the node that asked takes its request back.
    NotTheAsker,
    /// It has been given, refused or has lapsed.
    Over,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotFound => {
                Self::new(rules::ASSENT_LIFECYCLE, "没有这份同意书", "请核对编号")
                    .kind(RefusalKind::NotFound)
            }
            Rejection::Exists => Self::new(
                rules::ASSENT_LIFECYCLE,
                "该编号已有另一份同意书",
                "请使用新的编号",
            )
            .kind(RefusalKind::Exists),
            Rejection::UnitsPrepareNothing => {
                Self::new(rules::OWN_UNIT, "单位的同意书无需拟办", "请由单位直接签署")
            }
            Rejection::NotAnOfficer => Self::new(
                rules::DIRECTOR,
                "只有经办人可以拟办",
                "请由科技厅（委）经办人拟办",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::NotADirector => Self::new(
                rules::DIRECTOR,
                "只有审批人可以签署",
                "请由科技厅（委）审批人签署",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::NotOfTheUnit => Self::new(
                rules::OWN_UNIT,
                "您不是该单位的人员",
                "请由该单位的管理员或经办人签署",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::NotPrepared => {
                Self::new(rules::DIRECTOR, "该同意书尚未拟办", "请先由经办人拟办")
            }
            Rejection::PreparedAlready => Self::new(
                rules::ASSENT_LIFECYCLE,
                "该同意书已经拟办",
                "请等待审批人签署",
            ),
            Rejection::PreparedIt => Self::new(
                rules::TWO_PEOPLE,
                "您拟办了该同意书，不能由您签署",
                "请由另一位审批人签署",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::AnotherDigest { expected, given } => Self::new(
                rules::SAME_DIGEST,
                "所读的不是待签的文件",
                "请重新打开文件，核对摘要后再签",
            )
            .with("expected", expected)
            .with("given", given),
            Rejection::NotTheAsker => Self::new(
                rules::ASSENT_LIFECYCLE,
                "只有请求同意的节点可以撤回请求",
                "请由请求方撤回",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::Over => Self::new(
                rules::ASSENT_LIFECYCLE,
                "该同意书已经办结",
                "办结后不得更改",
            ),
        }
    }
}
