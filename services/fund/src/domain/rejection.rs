//! Why money may be refused, and how the answer is worded.

use regulation::{Money, Ratio, Refusal, RefusalKind};

use super::{Budget, Condition, InvalidLines, Mismatch, rules};

/// Why fund says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// Budgets are the departments', not the hub's.
    OnHub,
    /// The project has no signed contract here.
    NoContract,
    /// Another contract of the project is signed already.
    OtherContract,
    /// There is no such thing.
    Unknown(&'static str),
    /// It is not in a state in which this can be done.
    WrongStage {
        /// What it is, in Chinese.
        what: &'static str,
        /// The state it is in, in Chinese.
        stage: &'static str,
        /// What was wanted, in Chinese.
        wanted: &'static str,
    },
    /// Who approves is who prepared.
    OwnWork,
    /// The amounts are none.
    Lines(InvalidLines),
    /// The appropriation is not confirmed.
    NotConfirmed(Budget),
    /// More than the appropriation has left.
    OverAppropriation {
        /// Which budget.
        budget: Budget,
        /// How much was asked for.
        asked: Money,
        /// How much there is.
        left: Money,
    },
    /// More than the share of the investment.
    OverRatio {
        /// All allocations together.
        asked: Money,
        /// 项目投入
        investment: Money,
        /// The share.
        ratio: Ratio,
    },
    /// More than was established.
    OverSupport {
        /// All allocations together.
        asked: Money,
        /// What was established.
        support: Money,
    },
    /// The tranches are not the whole.
    TranchesDiffer {
        /// All tranches together.
        tranches: Money,
        /// All lines together.
        lines: Money,
    },
    /// The allocation is not approved; its stage in Chinese.
    NotApproved(&'static str),
    /// What the tranche waits for has not happened.
    ConditionNotMet(Condition),
    /// The payee is not the lead.
    NotLead,
    /// More than the allocation has left of a source.
    OverAllocation {
        /// Which budget.
        budget: Budget,
        /// How much was asked for.
        asked: Money,
        /// How much there is.
        left: Money,
    },
    /// More than the tranche has left.
    OverTranche {
        /// Which, from 1.
        tranche: usize,
        /// How much was asked for.
        asked: Money,
        /// How much there is.
        left: Money,
    },
    /// The amount is for a director to release.
    NeedsDirector {
        /// How much.
        amount: Money,
        /// From when on.
        from: Money,
    },
    /// The line of the bank matches nothing.
    Unmatched(Mismatch),
    /// The bank's reference is taken by another line.
    ReferenceTaken,
    /// The policy version of the case is not known here.
    UnknownPolicy(String),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::OnHub => Refusal::new(
                rules::AT_HOME,
                "推进组节点不登记预算",
                "请在科技厅（委）所在地的节点办理",
            ),
            Rejection::NoContract => Refusal::new(
                rules::CONTRACT_SIGNED,
                "该项目尚无已签订的合同",
                "请待项目（课题）合同签订完成后办理",
            ),
            Rejection::OtherContract => Refusal::new(
                rules::ONE_CONTRACT,
                "该项目已有另一份签订的合同",
                "请核对合同后由经办人处理",
            ),
            Rejection::Unknown(what) => Refusal::new(
                rules::LIFECYCLE,
                format!("没有这项{what}"),
                "请刷新后查看可办理的事项",
            ),
            Rejection::WrongStage {
                what,
                stage,
                wanted,
            } => Refusal::new(
                rules::LIFECYCLE,
                format!("{what}当前为“{stage}”，不能{wanted}"),
                "请刷新后查看可办理的事项",
            )
            .with("stage", stage),
            Rejection::OwnWork => Refusal::new(
                rules::TWO_PEOPLE,
                "该事项由您本人经办，不能由您审批",
                "请由另一位有权限的人员审批",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::UnknownPolicy(version) => Refusal::new(
                rules::POLICY_KNOWN,
                format!("本节点没有该项目适用的政策版本 {version}"),
                "请联系运维人员补齐政策文件后重试",
            )
            .with("policy", version),
            other => allocation_refusal(other),
        }
    }
}

fn allocation_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotConfirmed(budget) => Refusal::new(
            rules::APPROPRIATION_CONFIRMED,
            format!("{budget}尚未确认"),
            "请先由审批人确认该笔预算",
        ),
        Rejection::OverAppropriation {
            budget,
            asked,
            left,
        } => Refusal::new(
            rules::APPROPRIATION_LEFT,
            format!("拟从{budget}安排 {asked}，该笔预算剩余 {left}"),
            "请调减金额，或改用其他预算",
        )
        .with("asked_fen", asked.fen())
        .with("left_fen", left.fen()),
        Rejection::OverRatio {
            asked,
            investment,
            ratio,
        } => Refusal::new(
            rules::SUPPORT_RATIO,
            format!("支持资金合计 {asked}，超过项目投入 {investment} 的 {ratio}"),
            format!("请调减至 {} 以内", ratio.of(investment)),
        )
        .with("asked_fen", asked.fen())
        .with("investment_fen", investment.fen())
        .with("ratio", ratio),
        Rejection::OverSupport { asked, support } => Refusal::new(
            rules::ESTABLISHED_SUPPORT,
            format!("支持资金合计 {asked}，超过立项确定的 {support}"),
            "请调减金额",
        )
        .with("asked_fen", asked.fen())
        .with("support_fen", support.fen()),
        Rejection::TranchesDiffer { tranches, lines } => Refusal::new(
            rules::TRANCHES_COVER,
            format!("各期合计 {tranches}，与安排总额 {lines} 不一致"),
            "请调整各期金额",
        )
        .with("tranches_fen", tranches.fen())
        .with("lines_fen", lines.fen()),
        Rejection::Lines(fault) => {
            Refusal::new(rules::LIFECYCLE, fault.to_string(), "请改正金额后重新提交")
        }
        other => payment_refusal(other),
    }
}

fn payment_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotApproved(stage) => Refusal::new(
            rules::ALLOCATION_APPROVED,
            format!("资金安排当前为“{stage}”，不能拨付"),
            "请先由审批人批准资金安排",
        ),
        Rejection::ConditionNotMet(condition) => Refusal::new(
            rules::TRANCHE_CONDITION,
            format!("该期拨付的条件“{condition}”尚未满足"),
            "请待条件满足后办理",
        )
        .with("condition", condition),
        Rejection::OverAllocation {
            budget,
            asked,
            left,
        } => Refusal::new(
            rules::ALLOCATION_LEFT,
            format!("拟从{budget}拨付 {asked}，该来源安排的资金剩余 {left}"),
            "请调减金额，或改用其他来源",
        )
        .with("asked_fen", asked.fen())
        .with("left_fen", left.fen()),
        Rejection::OverTranche {
            tranche,
            asked,
            left,
        } => Refusal::new(
            rules::TRANCHE_LEFT,
            format!("拟拨付 {asked}，第 {tranche} 期剩余 {left}"),
            "请调减金额",
        )
        .with("asked_fen", asked.fen())
        .with("left_fen", left.fen()),
        Rejection::NeedsDirector { amount, from } => Refusal::new(
            rules::PAYMENT_DIRECTOR,
            format!("拨付 {amount}，达到须由审批人批准的金额 {from}"),
            "请由审批人办理",
        )
        .kind(RefusalKind::Forbidden)
        .with("amount_fen", amount.fen())
        .with("from_fen", from.fen()),
        Rejection::Unmatched(why) => Refusal::new(
            rules::BANK_MATCH,
            why.to_string(),
            "该回单已保留，请核对后处理",
        ),
        Rejection::ReferenceTaken => Refusal::new(
            rules::BANK_REFERENCE_ONCE,
            "该流水号已登记了另一笔回单",
            "请核对银行流水号",
        )
        .kind(RefusalKind::Exists),
        // The only one left; the others are worded above.
        _ => Refusal::new(
            rules::PAYEE_LEAD,
            "收款单位不是该项目的牵头单位",
            "请改为向牵头单位拨付",
        ),
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchPayment => f.write_str("没有与回单所注编号对应的拨付"),
            Self::NotSent => f.write_str("对应的拨付未处于已发送银行的状态"),
            Self::OtherAmount { sent } => write!(f, "回单金额与已发送的拨付金额 {sent} 不一致"),
        }
    }
}
