//! Why matching may say no, and how the answer is worded.

use regulation::{Day, Refusal, RefusalKind, Region, UnitId};
use time::OffsetDateTime;

use super::{dialogue, rules};

/// Why matching says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// This is done on the hub.
    NotAtHub,
    /// No list with this decision is in force.
    ListUnknown,
    /// No policy is in force on this day.
    NoPolicy,
    /// There are not as many distinct blind ids as demands.
    BlindIds,
    /// The thing is not in a state in which this can be done.
    WrongStage {
        /// The state it is in, in Chinese.
        stage: &'static str,
        /// What was wanted, in Chinese.
        wanted: &'static str,
    },
    /// The caller is not of the unit.
    NotOwn,
    /// The demand was withdrawn.
    CallClosed,
    /// A task is not one of the demand's.
    UnknownTask,
    /// The solution names no task.
    NoTask,
    /// A unit is not registered, not active or not at home here.
    NotRegistered(UnitId),
    /// A credit record bars a unit until this day.
    Barred(UnitId, Day),
    /// The commitment or the secrecy undertaking is missing.
    NoUndertaking,
    /// The cut-off lies in the future.
    CutOffAhead(OffsetDateTime),
    /// Nothing waits to be fed back.
    NothingWaiting,
    /// These regions were not heard past the cut-off.
    NotHeard(Vec<Region>),
    /// No solution with this id was fed back.
    UnknownSolution,
    /// The solution has to be opened first.
    NotOpened,
    /// So many solutions that were fed back have not been opened.
    Unopened(usize),
    /// The call's minimum is not over.
    CallRunning(Day),
    /// The solution was withdrawn, declined or has lapsed.
    NotAvailable {
        /// Where it stands, in Chinese.
        standing: &'static str,
    },
    /// The solution is the demander's own, or an affiliate's.
    OfOwnHouse,
    /// Nothing was proposed for the pool.
    NotProposed,
    /// The solution does not answer this task.
    TaskNotAnswered,
    /// The task has as many solvers as its mode allows.
    ModeFull(usize),
    /// The task has a selected solver.
    TaskHasSolver,
    /// The solution is selected; the selection has to end first.
    IsSelected,
    /// Nothing is selected with this solution.
    NotSelected,
    /// No task is matched.
    NothingMatched,
    /// The person audits what they proposed.
    SamePerson,
    /// A reason is missing.
    NoReason,
    /// A message about what is another node's.
    WrongOrigin(Region),
    /// The solver's home told no such seal by the cut-off.
    SealUnknown,
    /// No task that the solution answers was revised since it was handed in.
    NothingRevised,
    /// The last day for the solver's word is over.
    WordTooLate(Day),
    /// The last days of a selection are not in order.
    LastDays,
    /// So many solutions have no disposition.
    Undisposed(usize),
    /// Something is matched: the tasks say where it stands.
    NoOtherSituation,
    /// An officer audits what a director has to approve.
    DirectorApproves,
    /// The dialogue says no.
    Dialogue(dialogue::Rejection),
}

impl From<dialogue::Rejection> for Rejection {
    fn from(rejection: dialogue::Rejection) -> Self {
        Self::Dialogue(rejection)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotAtHub
            | Rejection::ListUnknown
            | Rejection::NoPolicy
            | Rejection::BlindIds
            | Rejection::CutOffAhead(_)
            | Rejection::NothingWaiting
            | Rejection::NotHeard(_)
            | Rejection::WrongOrigin(_) => of_the_hub(rejection),
            Rejection::CallClosed
            | Rejection::UnknownTask
            | Rejection::NoTask
            | Rejection::NotRegistered(_)
            | Rejection::Barred(..)
            | Rejection::NoUndertaking => of_a_solution(rejection),
            Rejection::Dialogue(rejection) => rejection.into(),
            Rejection::SealUnknown
            | Rejection::NothingRevised
            | Rejection::WordTooLate(_)
            | Rejection::LastDays
            | Rejection::Undisposed(_)
            | Rejection::NoOtherSituation
            | Rejection::DirectorApproves => of_its_course(rejection),
            other => of_a_posting(other),
        }
    }
}

fn of_its_course(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::SealUnknown => Refusal::new(
            rules::SEALED,
            "该方案与其所在节点在反馈截止前登记的密封摘要不符，或该摘要尚未收到",
            "请待该节点恢复联系后重试；仍不符的，请秘书处核查",
        ),
        Rejection::NothingRevised => Refusal::new(
            rules::REVISABLE,
            "该方案所应对的揭榜任务在提交后没有调整",
            "如确需改动，请撤回后另行提交",
        ),
        Rejection::WordTooLate(day) => Refusal::new(
            rules::LAST_DAYS,
            format!("确认意向的期限为 {day}，已经届满"),
            "该选定随之终止；如仍有意向，请另行提交方案",
        )
        .with("answer_until", day),
        Rejection::Undisposed(count) => Refusal::new(
            rules::DISPOSITION,
            format!("还有 {count} 份已反馈的解决方案没有处理结果"),
            "请逐份查阅并说明理由：入围、不采用或选定",
        )
        .with("undisposed", count),
        Rejection::NoOtherSituation => Refusal::new(
            rules::OTHER_SITUATION,
            "已有任务找到意向解决方案，不属于其他情形",
            "请按已找到解决方案的任务申请入库",
        ),
        Rejection::DirectorApproves => Refusal::new(
            rules::OTHER_SITUATION,
            "其他情形入库须由审批人批准",
            "请由审批人办理",
        )
        .kind(RefusalKind::Forbidden),
        _ => Refusal::new(
            rules::LAST_DAYS,
            "确认意向的期限应晚于今日，且不晚于意向有效期",
            "请重新填写日期",
        ),
    }
}

fn of_the_hub(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotAtHub => Refusal::new(
            rules::AT_HUB,
            "本节点不办理此事",
            "请由推进组秘书处在推进组节点办理",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::ListUnknown => Refusal::new(
            rules::LIST_IN_FORCE,
            "没有与该决策对应的生效清单",
            "请在清单的联合决策生效后再发布",
        )
        .kind(RefusalKind::NotFound),
        Rejection::NoPolicy => Refusal::new(
            rules::POLICY_IN_FORCE,
            "当日没有生效的实施办法版本",
            "请待新版本经联合决策生效后再发布",
        ),
        Rejection::BlindIds => Refusal::new(
            rules::NUMBERS_UNIQUE,
            "匿名编号与清单需求数不符",
            "请重新发布",
        ),
        Rejection::CutOffAhead(cut_off) => Refusal::new(
            rules::FEEDBACK,
            "反馈截止时间不能晚于当前时间",
            "请改用已经过去的时间",
        )
        .with("cut_off", cut_off),
        Rejection::NothingWaiting => Refusal::new(
            rules::FEEDBACK,
            "没有待反馈的解决方案",
            "请在收到新的解决方案后再反馈",
        ),
        Rejection::NotHeard(regions) => {
            let names: Vec<_> = regions.iter().map(Region::name).collect();
            let ids: Vec<_> = regions.iter().map(Region::as_str).collect();
            Refusal::new(
                rules::FEEDBACK,
                format!("尚未收到以下地区截止时间之后的消息：{}", names.join("、")),
                "请等待其恢复联系，或由秘书处说明理由后不再等待",
            )
            .with("missing", ids.join(","))
        }
        other => {
            let origin = match other {
                Rejection::WrongOrigin(region) => region.to_string(),
                _ => String::new(),
            };
            Refusal::new(
                rules::ORIGIN,
                "消息来源与事项所属节点不符",
                "请联系运维人员核查来源节点",
            )
            .kind(RefusalKind::Forbidden)
            .with("origin", origin)
        }
    }
}

fn of_a_solution(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NoTask => Refusal::new(
            rules::TASKS_OF_ENTRY,
            "解决方案没有选择揭榜任务",
            "请至少选择一项对外揭榜任务",
        ),
        Rejection::UnknownTask => Refusal::new(
            rules::TASKS_OF_ENTRY,
            "所选任务不在该需求的对外揭榜任务之中",
            "请从已发布的任务中选择",
        ),
        Rejection::NotRegistered(unit) => Refusal::new(
            rules::REGISTERED,
            "有单位未登记、已停用，或揭榜单位不在本地区登记",
            "请先在登记地的单位库中完成登记",
        )
        .with("unit", unit),
        Rejection::Barred(unit, until) => Refusal::new(
            rules::NOT_BARRED,
            format!("有单位因信用记录被限制参加，限制至 {until}"),
            "请更换单位，或按规定申请信用修复",
        )
        .with("unit", unit)
        .with("until", until),
        Rejection::NoUndertaking => Refusal::new(
            rules::UNDERTAKINGS,
            "缺少履约承诺或保密承诺",
            "请勾选两项承诺后再提交",
        ),
        _ => Refusal::new(rules::CALL_OPEN, "该需求已撤回", "请选择其他征集中的需求"),
    }
}

fn of_a_posting(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotOwn => Refusal::new(
            rules::OWN,
            "您不是该单位的人员",
            "请由本单位的管理员或经办人办理",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::UnknownSolution => Refusal::new(
            rules::FEEDBACK,
            "没有这份已反馈的解决方案",
            "请核对方案编号",
        )
        .kind(RefusalKind::NotFound),
        Rejection::NotOpened => {
            Refusal::new(rules::DISPOSITION, "该解决方案尚未查阅", "请先查阅再处理")
        }
        Rejection::Unopened(count) => Refusal::new(
            rules::ALL_OPENED,
            format!("还有 {count} 份已反馈的解决方案没有查阅"),
            "请先查阅全部解决方案",
        )
        .with("unopened", count),
        Rejection::CallRunning(until) => Refusal::new(
            rules::CALL_DAYS,
            format!("征集期到 {until} 为止，尚未届满"),
            "请在征集期满后选定",
        )
        .with("call_until", until),
        Rejection::OfOwnHouse => Refusal::new(
            rules::AFFILIATE,
            "该方案来自本单位或关联单位，不能选用",
            "请选择外部创新主体的方案；该方案将随同批反馈统一答复",
        ),
        Rejection::NotProposed => Refusal::new(
            rules::AUDITED,
            "该需求尚未申请入库，没有可审核的内容",
            "请待需求方补充信息并申请入库后审核",
        ),
        other => of_a_selection(other),
    }
}

fn of_a_selection(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::TaskNotAnswered => Refusal::new(
            rules::TASKS_OF_ENTRY,
            "该解决方案没有回应这项任务",
            "请选择回应这项任务的方案",
        ),
        Rejection::ModeFull(max) => Refusal::new(
            rules::MODE,
            format!("该任务最多选定 {max} 家解决方，已满"),
            "如需改选，请先说明理由终止原有选定",
        )
        .with("solvers_max", max),
        Rejection::TaskHasSolver => Refusal::new(
            rules::TASK_SETTLED,
            "该任务已选定解决方，不能变更",
            "如确需变更，请先终止原有选定",
        ),
        Rejection::IsSelected => Refusal::new(
            rules::LIFECYCLE,
            "该解决方案已被选定",
            "如需改变，请先说明理由终止选定",
        ),
        Rejection::NotSelected => {
            Refusal::new(rules::LIFECYCLE, "该解决方案没有被选定", "无须办理")
        }
        Rejection::NothingMatched => Refusal::new(
            rules::SOMETHING_MATCHED,
            "没有任何一项任务找到意向解决方案",
            "请继续寻找解决方案，需求持续有效",
        ),
        Rejection::SamePerson => Refusal::new(
            rules::TWO_PEOPLE,
            "申请人不能审核自己提出的入库申请",
            "请由另一位审核人办理",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::NoReason => Refusal::new(rules::DISPOSITION, "没有说明理由", "请填写理由"),
        other => of_a_state(other),
    }
}

fn of_a_state(rejection: Rejection) -> Refusal {
    let (stage, wanted) = match rejection {
        Rejection::WrongStage { stage, wanted } => (stage, wanted),
        Rejection::NotAvailable { standing } => (standing, "处理"),
        _ => ("当前", "办理"),
    };
    Refusal::new(
        rules::LIFECYCLE,
        format!("“{stage}”状态下不能{wanted}"),
        "请核对当前状态",
    )
    .with("stage", stage)
}
