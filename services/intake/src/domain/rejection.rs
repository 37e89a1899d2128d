//! Why a demand may be refused, and how the answer is worded.

use regulation::{Bounds, Field, Money, Refusal, RefusalKind};

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
    NoDurationReason {
        /// How many.
        months: u32,
        /// What holds in principle.
        usual: Bounds,
    },
    /// The field has no milestones, and no reason is given.
    NoMilestones(Field),
    /// It was not declared that nothing is classified.
    Classified,
    /// The published text gives the demander away.
    Leaks(Vec<Leak>),
    /// A departure was not approved.
    Departure(Box<Refusal>),
    /// There is no such departure.
    NoDeparture,
    /// Who approves is who prepared.
    SamePerson,
    /// It belongs to a region's own programme.
    Local,
    /// After publication title and mission stay.
    Frozen,
    /// There is no such task.
    NoSuchTask,
    /// More solvers are selected than the revised task would allow: so many.
    SolversDoNotFit(usize),
    /// So many selected solvers have not agreed to the revision.
    NoSolverWord(usize),
    /// More files or bytes than may be.
    TooManyFiles {
        /// With the one to be added.
        files: usize,
        /// With the one to be added.
        bytes: u64,
    },
    /// After publication nobody has asked to withdraw it.
    WithdrawalNotAsked,
    /// After publication a withdrawal needs a reason.
    WithdrawalNeedsReason,
    /// In this stage it can't be closed.
    NotToBeClosed(&'static str),
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
        Rejection::NoDurationReason { months, usual } => Refusal::new(
            rules::BREAKTHROUGH,
            format!(
                "周期 {months} 个月不在 {} 至 {} 个月之内，且没有说明理由",
                usual.min, usual.max
            ),
            "请调整周期，或填写理由，由科技厅（委）审批人审批",
        )
        .with("months", months)
        .with("usual", usual),
        Rejection::NoMilestones(field) => Refusal::new(
            rules::MILESTONES,
            format!("“{field}”领域一般不适用里程碑式分段推进，且没有说明理由"),
            "请删去里程碑，或填写理由，由科技厅（委）审批人审批",
        )
        .with("field", field),
        Rejection::Classified => Refusal::new(
            rules::NOTHING_CLASSIFIED,
            "没有声明内容不涉密、不受出口管制",
            "请核对后作出声明；涉密需求请走专门渠道",
        ),
        Rejection::Leaks(leaks) => leaks_refusal(&leaks),
        Rejection::NoGoal => Refusal::new(
            rules::SCENARIO_GOAL,
            "攻关任务没有提出场景目标",
            "请至少选择一项场景目标",
        ),
        other => later_refusal(other),
    }
}

/// What is refused once it was handed in.
fn later_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::Departure(refusal) => *refusal,
        Rejection::NoDeparture => Refusal::new(
            rules::LIFECYCLE,
            "这项需求没有这一例外申请",
            "请核对需求所列的例外事项",
        )
        .kind(RefusalKind::NotFound),
        Rejection::SamePerson => Refusal::new(
            rules::TWO_PEOPLE,
            "您已提出或审批过这一事项",
            "请由另一位有此职责的人员办理",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::Local => Refusal::new(
            rules::LOCAL_PROGRAMME,
            "这是本地区自主布局的需求",
            "请由所在地科技厅（委）办理，不通过联合清单",
        ),
        Rejection::TooManyFiles { files, bytes } => Refusal::new(
            rules::ATTACHMENTS,
            format!("附件将有 {files} 个，合计 {} MB", bytes >> 20),
            "请先移除不需要的附件，或压缩后上传",
        )
        .with("files", files)
        .with("bytes", bytes),
        Rejection::WithdrawalNotAsked => Refusal::new(
            rules::WITHDRAWAL,
            "需求已发布，尚无人提出撤回",
            "请先由需求方或经办人说明理由提出撤回，再由审批人批准",
        ),
        Rejection::WithdrawalNeedsReason => Refusal::new(
            rules::WITHDRAWAL,
            "需求已发布，提出撤回没有说明理由",
            "请填写撤回理由，由科技厅（委）审批人批准",
        ),
        Rejection::NotToBeClosed(stage) => Refusal::new(
            rules::CLOSING,
            format!("需求当前为“{stage}”，不能办结"),
            "请等待评估结果；已发布的需求请提出撤回",
        )
        .with("stage", stage),
        other => revision_refusal(other),
    }
}

fn revision_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NoSuchTask => Refusal::new(
            rules::FROZEN,
            "这项需求没有这一对外揭榜任务",
            "请核对任务编号；发布后不能增设任务，可替换尚未选定揭榜方的任务",
        )
        .kind(RefusalKind::NotFound),
        Rejection::SolversDoNotFit(selected) => Refusal::new(
            rules::SOLVERS_FIT,
            format!("该任务已选定 {selected} 家揭榜方，多于调整后允许的家数"),
            "请放宽揭榜方家数，或先解除选定",
        )
        .with("selected", selected),
        Rejection::NoSolverWord(silent) => Refusal::new(
            rules::SOLVER_WORD,
            format!("该任务已选定揭榜方，其中 {silent} 家没有书面意见"),
            "请上传揭榜方的书面意见并在调整时逐家注明，或只调整尚未选定揭榜方的任务",
        )
        .with("silent", silent),
        // The only one left; the others are worded above.
        _ => Refusal::new(
            rules::FROZEN,
            "需求已发布，攻关名称和任务不能修改",
            "可逐项调整对外揭榜任务；确需改变的请提出撤回后另行提出",
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
