//! Why a demand may be refused, and how the answer is worded.

use chassis::Barred;
use regulation::{Bounds, Field, Money, Refusal, RefusalKind};

use super::{
    figure::{FIGURE_BYTES_MAX, FIGURES_MAX, FigureFault},
    leak::Leak,
    rules,
};

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
    Barred(Barred),
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
    /// Something is wrong with the pictures that are to be published.
    Figure(FigureFault),
    /// Matching has not opened the posting yet.
    NoPosting,
    /// The posting has not answered the last revision yet.
    RevisionPending,
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
            Rejection::Barred(barred) => Refusal::new(
                rules::NOT_BARRED,
                format!(
                    "需求方有生效中的限制性信用记录，限制期至 {}（含当日）",
                    barred.until
                ),
                "请于限制期满后再提出；信用记录可在本单位页面查看，如有异议可在规定期限内申诉",
            )
            .with("barred_until", barred.until)
            .with("credit_record", barred.record),
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
        Rejection::Figure(fault) => figure_refusal(fault),
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

fn figure_refusal(fault: FigureFault) -> Refusal {
    match fault {
        FigureFault::TooMany(chosen) => Refusal::new(
            rules::FIGURES,
            format!("选定了 {chosen} 张公开图片，超过 {FIGURES_MAX} 张或有重复"),
            "请减少公开图片",
        ),
        FigureFault::TooLarge(caption) => Refusal::new(
            rules::FIGURES,
            format!("公开图片“{caption}”超过 {} KB", FIGURE_BYTES_MAX >> 10),
            "请压缩后重新上传并选定",
        ),
        FigureFault::NoPicture(caption) => Refusal::new(
            rules::FIGURES,
            format!(
                "公开图片“{caption}”不是本需求附件中能完整解码、仅含画面的 PNG 或 JPEG 图片，或所配任务不存在"
            ),
            "请从附件中重新选定，必要时重新导出后上传",
        ),
        FigureFault::NotConfirmed(silent) => Refusal::new(
            rules::FIGURES_CONFIRMED,
            format!("有 {silent} 张公开图片未经确认，或确认的不是需求方选定的图片"),
            "请逐张查看后确认；不宜公开的请退回需求方",
        )
        .with("silent", silent),
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
        Rejection::NoPosting => Refusal::new(
            rules::LIFECYCLE,
            "需求刚刚发布，对接尚未开放",
            "请稍后再调整",
        ),
        Rejection::RevisionPending => Refusal::new(
            rules::ONE_REVISION,
            "上一项调整尚待对接确认",
            "请稍后刷新；确认后再提出下一项调整",
        ),
        // The only one left; the others are worded above.
        _ => Refusal::new(
            rules::FROZEN,
            "需求已发布，攻关名称和任务不能修改",
            "可逐项调整对外揭榜任务；确需改变的请提出撤回后另行提出",
        ),
    }
}

fn leaks_refusal(leaks: &[Leak]) -> Refusal {
    let shown: Vec<String> = leaks.iter().take(10).map(ToString::to_string).collect();
    Refusal::new(
        rules::ANONYMOUS,
        format!("拟公开的文字会透露需求方：{}", shown.join("；")),
        "请改写这些位置后重新提交",
    )
    .with("places", leaks.len())
}
