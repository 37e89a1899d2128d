//! Why a joint decision says no, and how that is told.

use std::collections::BTreeSet;

use evidence::Digest;
use regulation::{Day, Refusal, RefusalKind, Region, Role};

use crate::domain::{Unfit, rules};

/// Why a joint decision says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// Joint decisions live on the hub.
    NotHub,
    /// There is no such decision.
    NotFound,
    /// There is another one under this id.
    Exists,
    /// Its kind opens by a proposal only.
    OpensByProposal,
    /// No policy is in force. [Art. 22]
    NoPolicy,
    /// The document is none of its kind.
    Unfit(Unfit),
    /// What it is said to follow is no returned decision on the same subject.
    NotAFormer,
    /// The region has no word in it.
    NotAMember {
        /// Which.
        region: Region,
    },
    /// A department's word is its director's.
    NotADirector {
        /// Whose.
        region: Region,
    },
    /// The word is about another document.
    AnotherDigest {
        /// The decision's document.
        expected: Digest,
        /// What was signed.
        given: Digest,
    },
    /// The member has had its word.
    SecondWord {
        /// Which.
        region: Region,
    },
    /// It waits for no member's word any more.
    NotOpen,
    /// Not everybody has assented.
    NotAllAssented {
        /// Who has not.
        missing: BTreeSet<Region>,
    },
    /// It has been approved.
    AlreadyApproved,
    /// It has been returned.
    Returned,
    /// The policy names somebody else. [Art. 9, 13, 16]
    NotTheApprover {
        /// Whom.
        approver: Role,
    },
    /// Who opened it does not approve it.
    OpenedIt,
    /// It is not shown to the public.
    NotPublic,
    /// It has to be shown longer.
    StillPublic {
        /// The last day.
        until: Day,
    },
    /// An objection waits to be judged.
    ObjectionsPending,
    /// There is no such objection.
    NoSuchObjection,
    /// It has been judged.
    JudgedAlready,
    /// Somebody else judges objections.
    NotAJudge,
}

fn names(regions: &BTreeSet<Region>) -> String {
    regions
        .iter()
        .map(Region::name)
        .collect::<Vec<_>>()
        .join("、")
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotHub => {
                Self::new(rules::HUB, "本节点不办理联合决策", "请到推进组节点办理")
            }
            Rejection::NotFound => {
                Self::new(rules::LIFECYCLE, "没有这项联合决策", "请核对决策编号")
                    .kind(RefusalKind::NotFound)
            }
            Rejection::Exists => Self::new(
                rules::LIFECYCLE,
                "该编号已有另一项联合决策",
                "请使用新的编号",
            )
            .kind(RefusalKind::Exists),
            Rejection::OpensByProposal => Self::new(
                rules::PROPOSED,
                "这类联合决策不能人工发起",
                "请在需求评估、指南编制或项目评审中提出建议，系统将自动发起",
            ),
            Rejection::NoPolicy => Self::new(
                rules::POLICY_IN_FORCE,
                "今日没有有效政策，无从确定表态成员",
                "请先就新的政策版本作出联合决策",
            ),
            Rejection::Unfit(unfit) => of_document(unfit),
            Rejection::NotAFormer => Self::new(
                rules::FORMER,
                "所接续的决策不是同一事项已退回的决策",
                "请核对前一决策的编号，或留空后作为新事项发起",
            ),
            word @ (Rejection::NotAMember { .. }
            | Rejection::NotADirector { .. }
            | Rejection::AnotherDigest { .. }
            | Rejection::SecondWord { .. }
            | Rejection::NotOpen) => of_word(word),
            approval @ (Rejection::NotAllAssented { .. }
            | Rejection::AlreadyApproved
            | Rejection::Returned
            | Rejection::NotTheApprover { .. }
            | Rejection::OpenedIt) => of_approval(approval),
            publicity => of_publicity(publicity),
        }
    }
}

fn of_document(unfit: Unfit) -> Refusal {
    match unfit {
        Unfit::Membership(fault) => Refusal::new(
            rules::MEMBERSHIP,
            fault.to_string(),
            "请按成员文件的格式填写后重新发起",
        ),
        Unfit::AnotherRegion(region) => Refusal::new(
            rules::MEMBERSHIP,
            format!("成员文件所述的是“{}”，与决策事项不一致", region.name()),
            "请核对地区简称",
        )
        .with("region", region),
        Unfit::Standing(region) => Refusal::new(
            rules::LINKED,
            format!("成员文件所述“{}”的成员资格与现行政策不一致", region.name()),
            "政策所列的成员填 full，其他地区填 linked；增加正式成员请发起新的政策版本",
        )
        .with("region", region),
        Unfit::Keys(faults) => Refusal::new(
            rules::MEMBERSHIP,
            faults.join("；"),
            "请修改成员文件后重新发起",
        ),
        Unfit::PolicyInForce => Refusal::new(
            rules::POLICY_ONCE,
            "该政策版本已经生效",
            "请使用新的版本号，或无需再次决策",
        )
        .kind(RefusalKind::Exists),
        Unfit::Subject => Refusal::new(
            rules::INTERPRETATION,
            "解释说明没有对应的条款或政策版本",
            "请填写条款序号（1 至 22）或已有的政策版本号",
        ),
        Unfit::NotText => Refusal::new(
            rules::INTERPRETATION,
            "解释说明不是可读的文本，或为空、过长",
            "请提供不超过两万字的纯文本（UTF-8）",
        ),
        Unfit::Criteria(fault) => Refusal::new(
            rules::CRITERIA,
            format!("不是成果评价标准：{fault}"),
            "请按 version 与 criteria（key、name、weight）填写，权重合计 100",
        ),
    }
}

fn of_word(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotAMember { region } => Refusal::new(
            rules::MEMBER_ONLY,
            format!("{}不是该决策的表态成员", region.name()),
            "只有发起时的正式成员可以表态",
        )
        .with("region", region),
        Rejection::NotADirector { region } => Refusal::new(
            rules::DIRECTOR,
            format!("{}的意见不是由审批人签署的", region.name()),
            "请由科技厅（委）审批人签署",
        )
        .with("region", region),
        Rejection::AnotherDigest { expected, given } => Refusal::new(
            rules::SAME_DIGEST,
            "所签的不是该决策的文件",
            "请重新打开文件，核对摘要后再签",
        )
        .with("expected", expected)
        .with("given", given),
        Rejection::SecondWord { region } => Refusal::new(
            rules::ONE_WORD,
            format!("{}已经表态", region.name()),
            "如需修改文件，请在退回后重新发起",
        )
        .with("region", region),
        _ => Refusal::new(rules::LIFECYCLE, "该决策不在表态阶段", "无需再表态"),
    }
}

fn of_approval(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotAllAssented { missing } => Refusal::new(
            rules::EVERY_MEMBER,
            format!("尚缺{}的同意，不能批准", names(&missing)),
            "请等待上述成员在各自节点表态",
        )
        .with(
            "missing",
            missing
                .iter()
                .map(Region::as_str)
                .collect::<Vec<_>>()
                .join(","),
        ),
        Rejection::AlreadyApproved => {
            Refusal::new(rules::LIFECYCLE, "该决策已经批准", "无需重复批准")
        }
        Rejection::NotTheApprover { approver } => Refusal::new(
            rules::APPROVER,
            "您的角色不能批准这类决策",
            format!("请由{}批准", chinese(approver)),
        )
        .with("approver", chinese(approver))
        .kind(RefusalKind::Forbidden),
        Rejection::OpenedIt => Refusal::new(
            rules::TWO_PEOPLE,
            "您发起了该决策，不能由您批准",
            "请由另一位有审批权限的人员批准",
        )
        .kind(RefusalKind::Forbidden),
        _ => Refusal::new(rules::LIFECYCLE, "该决策已退回", "请修改后重新发起"),
    }
}

fn of_publicity(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::StillPublic { until } => Refusal::new(
            rules::PUBLICITY,
            format!("公示期至 {until} 结束"),
            "请在公示期满后办理",
        )
        .with("until", until),
        Rejection::ObjectionsPending => {
            Refusal::new(rules::PUBLICITY, "还有异议未处理", "请先处理全部异议")
        }
        Rejection::NoSuchObjection => {
            Refusal::new(rules::OBJECTION_LIFECYCLE, "没有这条异议", "请核对异议编号")
                .kind(RefusalKind::NotFound)
        }
        Rejection::JudgedAlready => {
            Refusal::new(rules::OBJECTION_LIFECYCLE, "该异议已经处理", "无需重复处理")
        }
        Rejection::NotAJudge => Refusal::new(
            rules::OBJECTION_LIFECYCLE,
            "您的角色不能处理异议",
            "请由推进组秘书处或工作专班处理",
        )
        .kind(RefusalKind::Forbidden),
        _ => Refusal::new(rules::LIFECYCLE, "该决策不在公示期", "请核对决策状态"),
    }
}

/// A role as people call it.
fn chinese(role: Role) -> &'static str {
    match role {
        Role::Officer => "科技厅（委）经办人",
        Role::Director => "科技厅（委）审批人",
        Role::Secretariat => "推进组秘书处",
        Role::TaskForce => "工作专班",
        Role::Agency => "受理评审机构",
        Role::UnitMember => "单位人员",
        Role::Expert => "专家",
        Role::Auditor => "监督人员",
        Role::Operator => "运维人员",
        Role::Service | Role::System => "系统",
    }
}
