//! Why a unit may be refused, and how the answer is worded.

use regulation::{Field, Refusal, RefusalKind, Region};

use super::rules;

/// Why the registry says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// It is registered already, here with other details or at another node.
    Exists(Region),
    /// Another node registered it earlier: that counts.
    CountsElsewhere(Region),
    /// The caller is not of the unit.
    NotOwn,
    /// A unit is no affiliate of its own.
    OwnAffiliate,
    /// It sits in another member's region.
    SeatElsewhere(Region),
    /// The coordination node is no region.
    NoRegion,
    /// It is not registered here.
    NotHere,
    /// It is not active.
    Inactive,
    /// Only enterprises at home in the region qualify.
    NoBackbone,
    /// It is a backbone enterprise, or proposed as one, and is to be no enterprise any more.
    StillBackbone,
    /// The policy in force does not support the field, or there is none.
    UnknownField(Field),
    /// Nobody has proposed it.
    NotProposed(Field),
    /// Who proposed it can't confirm it.
    SamePerson,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Exists(region) => Refusal::new(
                rules::ONE_UNIT,
                format!("该单位已在{}登记", region.name()),
                "请查询已有的登记；如需更正，请由登记它的节点办理",
            )
            .kind(RefusalKind::Exists)
            .with("home", region),
            Rejection::CountsElsewhere(region) => Refusal::new(
                rules::EARLIEST,
                format!("该单位在{}的登记更早，以该登记为准", region.name()),
                format!("请由{}节点办理该单位的事项", region.name()),
            )
            .with("home", region),
            Rejection::SeatElsewhere(region) => Refusal::new(
                rules::SEAT,
                format!("该单位所在地属于{}", region.name()),
                format!("请由{}科技厅（委）在其节点登记", region.name()),
            )
            .with("seat", region),
            Rejection::NoRegion => Refusal::new(
                rules::SEAT,
                "推进组节点不登记单位",
                "请由三省一市科技厅（委）在其节点登记",
            ),
            Rejection::NotHere => Refusal::new(
                rules::REGISTERED,
                "该单位没有在本节点登记",
                "请先登记，或由登记它的节点办理",
            )
            .kind(RefusalKind::NotFound),
            other => qualification_refusal(other),
        }
    }
}

fn qualification_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NoBackbone => Refusal::new(
            rules::BACKBONE,
            "只有在本地区登记的企业可以确认为行业骨干企业",
            "请核对单位的类型和登记地",
        ),
        Rejection::StillBackbone => Refusal::new(
            rules::BACKBONE,
            "该单位已被提出或确认为行业骨干企业，不能改为企业以外的类型",
            "请先由审批人撤销其骨干企业资格",
        ),
        Rejection::UnknownField(field) => Refusal::new(
            rules::FIELD,
            format!("“{field}”不是当前有效政策列出的重点领域"),
            "请从当前政策列出的领域中选择",
        )
        .with("field", field),
        Rejection::NotProposed(field) => Refusal::new(
            rules::PROPOSED_FIRST,
            format!("尚无经办人提出该单位为“{field}”领域的骨干企业"),
            "请先由经办人提出",
        )
        .with("field", field),
        Rejection::NotOwn => Refusal::new(
            rules::AFFILIATE,
            "您不是该单位的管理员或受托人",
            "请由该单位自己的账号，或所在地经办人办理",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::OwnAffiliate => Refusal::new(
            rules::AFFILIATE,
            "关联单位不能是本单位",
            "请填写另一个单位的编号",
        ),
        Rejection::SamePerson => Refusal::new(
            rules::TWO_PEOPLE,
            "提出人不能确认自己提出的骨干企业",
            "请由另一位审批人确认",
        )
        .kind(RefusalKind::Forbidden),
        // The only one left; the others are worded above.
        _ => Refusal::new(rules::ACTIVE, "该单位已停用", "请先由审批人恢复"),
    }
}
