//! Why a demand may be refused, and how the answer is worded.

use regulation::{Field, Money, Refusal, RefusalKind};

use super::{leak::Leak, rules};

/// Why intake says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// No policy is in force on this day.
    NoPolicy,
    /// The caller is not of the demanding unit.
    NotOwn,
    /// The demand is not in a state in which this can be done.
    WrongStage {
        /// The state it is in, in Chinese.
        stage: &'static str,
        /// What was wanted, in Chinese.
        wanted: &'static str,
    },
    /// The unit is not an active, confirmed backbone enterprise of the field and this region.
    NotBackbone(Field),
    /// A credit record bars the unit.
    Barred,
    /// The policy does not support the field.
    UnknownField(Field),
    /// The mission states no scenario goal.
    NoGoal,
    /// Nothing is asked of outside solvers.
    NoTask,
    /// More is offered than invested.
    OfferedTooMuch {
        /// Sum of the offered funds.
        offered: Money,
        /// The planned investment.
        investment: Money,
    },
    /// Why it needs another region is not said.
    NoCrossRegionReason,
    /// The months depart from what holds in principle, without a reason.
    NoDurationReason(u32),
    /// The field has no milestones.
    NoMilestones(Field),
    /// It was not declared that nothing is classified.
    Classified,
    /// The published text gives the demander away.
    Leaks(Vec<Leak>),
    /// After publication a director has to withdraw.
    WithdrawalNeedsDirector,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NoPolicy => Refusal::new(
                rules::POLICY_IN_FORCE,
                "今日没有有效的政策版本，不受理新需求",
                "请待新政策施行后再提出；已发布的需求和在研项目不受影响",
            ),
            Rejection::NotOwn => Refusal::new(
                rules::OWN_DEMAND,
                "您不是该需求方的管理员或经办人",
                "请由需求方自己的账号办理",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::WrongStage { stage, wanted } => Refusal::new(
                rules::LIFECYCLE,
                format!("需求当前为“{stage}”，不能{wanted}"),
                "请刷新后查看可办理的事项",
            )
            .with("stage", stage),
            Rejection::NotBackbone(field) => Refusal::new(
                rules::BACKBONE,
                format!("本单位尚未被确认为“{field}”领域的行业骨干企业，或不在本地区登记"),
                "请向所在地科技厅（委）申请骨干企业确认",
            )
            .with("field", field),
            Rejection::Barred => Refusal::new(
                rules::NOT_BARRED,
                "本单位有生效中的限制性信用记录",
                "请查看信用记录；如有异议可在规定期限内申诉",
            ),
            Rejection::UnknownField(field) => Refusal::new(
                rules::FIELD,
                format!("“{field}”不是当前政策支持的领域"),
                "请从当前政策列出的领域中选择",
            )
            .with("field", field),
            other => content_refusal(other),
        }
    }
}

fn content_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NoTask => Refusal::new(
            rules::EXTERNAL_TASK,
            "没有对外揭榜任务",
            "请至少填写一项需要外部单位参与解决的研究内容",
        ),
        Rejection::OfferedTooMuch {
            offered,
            investment,
        } => Refusal::new(
            rules::OFFERED_FUNDS,
            format!("拟对外揭榜资金合计 {offered}，超过项目预计投入 {investment}"),
            "请调整揭榜资金或预计投入",
        )
        .with("offered_fen", offered.fen())
        .with("investment_fen", investment.fen()),
        Rejection::NoCrossRegionReason => Refusal::new(
            rules::CROSS_REGION,
            "没有说明为何需要跨区域协同",
            "请填写跨区域协同的理由",
        ),
        Rejection::NoDurationReason(months) => Refusal::new(
            rules::BREAKTHROUGH,
            format!("周期 {months} 个月不在 24 至 36 个月之内，且没有说明理由"),
            "请调整周期，或填写理由，由受理的经办人审核",
        )
        .with("months", months),
        Rejection::NoMilestones(field) => Refusal::new(
            rules::MILESTONES,
            format!("“{field}”领域不适用里程碑式分段推进"),
            "请删去里程碑，或选择适用的领域",
        ),
        Rejection::Classified => Refusal::new(
            rules::NOTHING_CLASSIFIED,
            "没有声明内容不涉密、不受出口管制",
            "请核对后作出声明；涉密需求请走专门渠道",
        ),
        Rejection::Leaks(leaks) => leaks_refusal(&leaks),
        Rejection::WithdrawalNeedsDirector => Refusal::new(
            rules::WITHDRAWAL,
            "需求已发布，撤回须经审批人批准",
            "请向所在地科技厅（委）提交撤回理由，由审批人办理",
        )
        .kind(RefusalKind::Forbidden),
        // The only one left; the others are worded above.
        _ => Refusal::new(
            rules::SCENARIO_GOAL,
            "攻关任务没有提出场景目标",
            "请至少选择一项场景目标",
        ),
    }
}

fn leaks_refusal(leaks: &[Leak]) -> Refusal {
    let shown: Vec<String> = leaks
        .iter()
        .take(10)
        .map(|leak| {
            format!(
                "{} 第 {} 字起“{}”（{}）",
                leak.field, leak.at, leak.found, leak.what
            )
        })
        .collect();
    Refusal::new(
        rules::ANONYMOUS,
        format!("拟公开的文字会透露需求方：{}", shown.join("；")),
        "请改写这些位置后重新提交",
    )
    .with("places", leaks.len())
}
