//! Why the answer is no, beside what the machine finds, and how it is worded.

use evidence::Digest;
use regulation::{BlindId, Day, Field, Refusal, RefusalKind, Region, UnitId};

use super::{Fault, Section, package::UNITS_MAX, rules};

/// Why application says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The machine finds these faults; the first is told.
    Fault(Box<Fault>),
    /// Only on the hub.
    HubOnly,
    /// No policy is in force.
    NoPolicy,
    /// There is no such guide.
    NoGuide,
    /// The guide is in force as it is.
    GuideInForce,
    /// Something else was decided on.
    DecidedOnOther,
    /// The policy does not support the field.
    UnknownField(Field),
    /// No topics, or no days left.
    NothingToApplyFor,
    /// Nobody wrote down how experts took part in compiling the guide.
    NoExperts,
    /// A topic's demand is not in the pool.
    TopicNotInPool(BlindId),
    /// The document is too long to cross the border.
    TooLong,
    /// There is no such application.
    NoApplication,
    /// Nobody asked for the part.
    NoPart,
    /// There is no such examination.
    NoExamination,
    /// The caller is of another unit.
    NotOwn,
    /// Another node speaks.
    OtherHome {
        /// Whose word counts.
        home: Region,
        /// Who speaks.
        origin: Region,
    },
    /// Not in this state.
    WrongStage {
        /// Of what, in Chinese.
        what: &'static str,
        /// Where it stands, in Chinese.
        stage: &'static str,
        /// What was wanted, in Chinese.
        wanted: &'static str,
    },
    /// A correction is about something else.
    Closed(Section),
    /// The unit is none of the consortium.
    NotAUnit(UnitId),
    /// There are as many units as there may be.
    TooManyUnits,
    /// The lead's role can't change, nor can another unit lead.
    LeadIsFixed,
    /// The duration needs no departure, or the director read another.
    NoDeparture,
    /// Somebody has not agreed yet.
    AssentsMissing(Vec<UnitId>),
    /// Something else was read.
    AnotherDigest {
        /// What it is about.
        expected: Digest,
        /// What came.
        given: Digest,
    },
    /// The deadline of the correction is over.
    Late(Day),
    /// The same person recorded the verdicts.
    SamePerson,
    /// The outcome does not follow from the verdicts.
    OutcomeDoesNotFollow {
        /// How many items did not pass.
        failed: usize,
    },
    /// A person says no without saying why.
    NoReason,
    /// No correction is left.
    NoCorrectionLeft {
        /// How many may be asked for.
        most: u32,
    },
    /// What failed can't be corrected.
    NotCorrectable,
    /// It is too early to close.
    NotOver(Day),
    /// There is no appeal, or its last day is over.
    NoAppeal(Option<Day>),
    /// Who examined does not decide the appeal.
    OwnExamination,
}

impl Rejection {
    /// Not in this state.
    pub fn wrong(what: &'static str, stage: &'static str, wanted: &'static str) -> Self {
        Self::WrongStage {
            what,
            stage,
            wanted,
        }
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Fault(fault) => fault.refusal(),
            Rejection::HubOnly => Refusal::new(
                rules::HUB_ONLY,
                "本节点不办理指南编制和形式审查",
                "请在推进组节点办理",
            ),
            Rejection::NoPolicy => Refusal::new(
                rules::POLICY_IN_FORCE,
                "今日没有有效的政策版本，不受理新申报",
                "请待新政策施行后再申报；已提交的申报和在研项目不受影响",
            ),
            Rejection::NoApplication | Rejection::NoExamination => {
                Refusal::new(rules::LIFECYCLE, "没有这项申报", "请刷新后重试")
                    .kind(RefusalKind::NotFound)
            }
            Rejection::NoPart => Refusal::new(
                rules::LIFECYCLE,
                "没有单位邀请填报这一部分",
                "请等待牵头单位邀请",
            )
            .kind(RefusalKind::NotFound),
            Rejection::NotOwn => Refusal::new(
                rules::OWN,
                "您不是该单位的管理员或经办人",
                "请由该单位自己的账号办理",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::OtherHome { home, origin } => Refusal::new(
                rules::ORIGIN,
                format!("{}不能就{}的事项发言", origin.name(), home.name()),
                "请由所属节点办理",
            )
            .with("home", home)
            .with("origin", origin),
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
            other => guide_refusal(other),
        }
    }
}

fn guide_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NoGuide => Refusal::new(
            rules::TOPIC,
            "没有这份指南，或尚未发布",
            "请从已发布的指南中选择",
        )
        .kind(RefusalKind::NotFound),
        Rejection::GuideInForce => Refusal::new(
            rules::GUIDE_AS_DECIDED,
            "指南已发布，内容不能改变",
            "请另行编制新的指南",
        ),
        Rejection::DecidedOnOther => Refusal::new(
            rules::GUIDE_AS_DECIDED,
            "批准的文件与报批的指南不一致",
            "请核对联合决策的文件摘要",
        ),
        Rejection::UnknownField(field) => Refusal::new(
            rules::GUIDE_FIELD,
            format!("“{field}”不是当前政策支持的领域"),
            "请从当前政策列出的领域中选择",
        )
        .with("field", field),
        Rejection::NothingToApplyFor => Refusal::new(
            rules::GUIDE_WINDOW,
            "指南没有课题，或申报期限有误、已经结束",
            "请补充课题并核对申报期限",
        ),
        Rejection::NoExperts => Refusal::new(
            rules::GUIDE_EXPERTS,
            "指南没有专家研究编制的情况，不能报批",
            "请组织专家研究编制，填写编制情况后再报批",
        ),
        Rejection::TopicNotInPool(blind_id) => Refusal::new(
            rules::GUIDE_POOL,
            "有课题对应的需求不在储备库中",
            "请删去该课题，或等待其入库",
        )
        .with("blind_id", blind_id),
        other => application_refusal(other),
    }
}

fn application_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::TooLong => Refusal::new(
            rules::LIFECYCLE,
            "内容过长，无法跨节点传送",
            "请精简文字后重试",
        ),
        Rejection::Closed(section) => Fault::NotAskedFor(section).refusal(),
        Rejection::NotAUnit(unit) => Refusal::new(
            rules::ROLES,
            "该单位不是本项申报的承担单位",
            "请核对承担单位",
        )
        .with("unit_id", unit),
        Rejection::TooManyUnits => Refusal::new(
            rules::ROLES,
            format!("承担单位最多 {UNITS_MAX} 家"),
            "请移出其他单位后再加入",
        ),
        Rejection::LeadIsFixed => Refusal::new(
            rules::ROLES,
            "牵头单位不能更换或移出，其他单位不能作为牵头单位",
            "请将其列为子课题承担单位或参与单位",
        ),
        Rejection::NoDeparture => Refusal::new(
            rules::DURATION,
            "实施周期和理由与所核对的不一致，或无需批准",
            "请刷新后按当前内容办理",
        ),
        Rejection::AssentsMissing(units) => Refusal::new(
            rules::ASSENTS,
            format!("还有 {} 家承担单位没有同意", units.len()),
            "请这些单位在各自所在节点核对申报书并表示同意",
        )
        .with(
            "missing",
            units
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(","),
        ),
        Rejection::AnotherDigest { expected, given } => Refusal::new(
            rules::SAME_DIGEST,
            "所核对的摘要与当前申报书不一致",
            "请刷新并重新核对后办理",
        )
        .with("expected", expected)
        .with("given", given),
        Rejection::Late(deadline) => Refusal::new(
            rules::CORRECTION_DEADLINE,
            format!("补正期限 {deadline} 已过"),
            "请等待下一期指南",
        )
        .with("deadline", deadline),
        other => examination_refusal(other),
    }
}

fn examination_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::SamePerson => Refusal::new(
            rules::TWO_PEOPLE,
            "记录审查意见的人不能作出结论",
            "请由受理机构的另一人作出结论",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::OutcomeDoesNotFollow { failed } => Refusal::new(
            rules::EXAMINATION,
            format!("有 {failed} 个审查项未通过，结论与审查意见不符"),
            "全部通过的应为“通过”，否则应要求补正或不予受理",
        )
        .with("failed", failed),
        Rejection::NoReason => Refusal::new(
            rules::EXAMINATION,
            "没有说明理由",
            "请写明未通过的审查项和理由",
        ),
        Rejection::NoCorrectionLeft { most } => Refusal::new(
            rules::CORRECTION_ROUNDS,
            format!("补正次数已达上限 {most} 次"),
            "请作出不予受理的结论",
        )
        .with("most", most),
        Rejection::NotCorrectable => Refusal::new(
            rules::EXAMINATION,
            "未通过的审查项无法通过补正解决",
            "请作出不予受理的结论",
        ),
        Rejection::NotOver(day) => Refusal::new(
            rules::HEARD,
            format!("补正期限 {day} 尚未结束"),
            "请等待期限结束",
        )
        .with("deadline", day),
        Rejection::NoAppeal(until) => Refusal::new(
            rules::APPEAL,
            match until {
                Some(day) => format!("不能申诉：申诉期限为 {day}，或所指不是最近一次审查的申报书"),
                None => "对该结论不能申诉：未按期补正，或已申诉过一次".to_owned(),
            },
            "请按下一期指南另行申报",
        ),
        Rejection::OwnExamination => Refusal::new(
            rules::APPEAL_OTHERS,
            "您参与了该次形式审查，不能复核对它的申诉",
            "请由受理机构的其他人员复核",
        )
        .kind(RefusalKind::Forbidden),
        // None is left; all are worded above.
        _ => Refusal::new(rules::LIFECYCLE, "现在不能办理", "请刷新后重试"),
    }
}
