//! Why something about a credit record may be refused, and how the answer is worded.

use regulation::{Day, Refusal, RefusalKind};

use super::rules;

/// Why the registry says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such record here.
    Unknown,
    /// Nothing shows it.
    NoEvidence,
    /// This node makes no records.
    NotMember,
    /// No policy is in force.
    NoPolicy,
    /// Nobody has registered the unit that would be told.
    UnknownSubject,
    /// Who prepared it can't decide it.
    SamePerson,
    /// It stands otherwise.
    WrongStage {
        /// How, in Chinese.
        stage: &'static str,
        /// What was wanted, in Chinese.
        wanted: &'static str,
    },
    /// The caller is not whom it is about.
    NotOwn,
    /// The period is over.
    AppealLate(Day),
    /// Another node speaks.
    NotTheirs,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Unknown => Refusal::new(
                rules::LIFECYCLE,
                "本节点没有这条信用记录",
                "请核对编号，或向作出记录的科技厅（委）查询",
            )
            .kind(RefusalKind::NotFound),
            Rejection::NoEvidence => Refusal::new(
                rules::EVIDENCE,
                "信用记录没有证据",
                "请附上至少一份材料的 SHA-256 摘要值和说明",
            ),
            Rejection::NotMember => Refusal::new(
                rules::MEMBERS,
                "本节点不作信用记录",
                "请由失信行为发生地的省（市）科技厅（委）提出",
            ),
            Rejection::NoPolicy => Refusal::new(
                rules::POLICY,
                "当前没有有效的政策版本",
                "请待新的政策版本生效后再提出",
            ),
            Rejection::UnknownSubject => Refusal::new(
                rules::KNOWN_SUBJECT,
                "该单位尚未在任何节点登记，无法告知",
                "请核对单位编号；个人的记录请填写其所在单位",
            ),
            other => lifecycle_refusal(other),
        }
    }
}

fn lifecycle_refusal(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::WrongStage { stage, wanted } => Refusal::new(
            rules::LIFECYCLE,
            format!("信用记录当前为“{stage}”，不能{wanted}"),
            "请刷新后查看可办理的事项",
        )
        .with("stage", stage),
        Rejection::NotOwn => Refusal::new(
            rules::OWN_APPEAL,
            "这条信用记录不是告知您所在单位的",
            "请由被告知的单位，或其所在地经办人提出申诉",
        )
        .kind(RefusalKind::Forbidden),
        Rejection::AppealLate(until) => Refusal::new(
            rules::APPEAL_PERIOD,
            format!("申诉期限已于 {until} 届满"),
            "如有新的证据，请向作出记录的科技厅（委）申请撤销",
        )
        .with("appeal_until", until),
        Rejection::NotTheirs => Refusal::new(
            rules::HOME,
            "来信的节点无权变更这条信用记录",
            "请由运维人员核对来信的节点",
        ),
        // The only one left; the others are worded above.
        _ => Refusal::new(
            rules::OTHER_PEOPLE,
            "您提出或核定过这条信用记录，不能再由您决定",
            "请由另一位审批人决定",
        )
        .kind(RefusalKind::Forbidden),
    }
}
