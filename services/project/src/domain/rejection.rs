//! Why a project says no, and how that is told.

use chassis::{Barred, Subject};
use evidence::Digest;
use regulation::{Day, Money, Refusal, RefusalKind, Rule};

use super::{Document, Party, rules};

/// Why a project says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// It was not established here.
    NotFound,
    /// Something else was established under this id.
    Exists,
    /// An officer of the region draws up and asks.
    NotAnOfficer,
    /// Not now.
    WrongStage {
        /// Where it stands.
        stage: &'static str,
        /// What was wanted.
        wanted: &'static str,
    },
    /// The contract is signed.
    Signed,
    /// Its application was taken back.
    TakenBack,
    /// A credit record keeps somebody of it from contracts.
    Barred {
        /// Whom.
        who: Subject,
        /// By which record, until when.
        by: Barred,
    },
    /// The node does not hold the policy version that the project keeps.
    PolicyUnknown(String),
    /// A rule of the policy.
    Policy(Box<Refusal>),
    /// More support than the policy allows.
    SupportTooHigh {
        /// What was established.
        support: Money,
        /// The most.
        most: Money,
    },
    /// It would start before it was established.
    StartsTooEarly {
        /// The start.
        starts_on: Day,
        /// The day of its establishment.
        established: Day,
    },
    /// It can't cross in one message.
    TooLong {
        /// Its length, in bytes.
        length: usize,
    },
    /// What was read or agreed to is another document.
    AnotherDigest {
        /// The contract's.
        expected: Digest,
        /// What was read.
        given: Digest,
    },
    /// Nobody asked for this assent.
    NotAsked,
    /// The word did not come from where the party sits, or it is no party.
    NotTheirHome(Party),
    /// Somebody of another role spoke for the party.
    WrongRole(Party),
    /// The party has agreed already.
    SpokenAlready(Party),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NotFound => Self::new(rules::LIFECYCLE, "没有这个项目", "请核对项目编号")
                .kind(RefusalKind::NotFound),
            Rejection::Exists => {
                Self::new(rules::LIFECYCLE, "该编号已有另一个项目", "请核对立项名单")
                    .kind(RefusalKind::Exists)
            }
            Rejection::NotAnOfficer => Self::new(
                rules::OFFICER,
                "只有牵头单位所在地科技厅（委）的经办人可以办理",
                "请由经办人办理",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::WrongStage { stage, wanted } => Self::new(
                rules::LIFECYCLE,
                format!("项目目前“{stage}”，不能{wanted}"),
                "请按次序办理；待各方同意的合同须先撤回再修改",
            )
            .with("stage", stage),
            Rejection::Signed => Self::new(
                rules::SIGNED_STANDS,
                "合同和任务书已经签订，不能再更改",
                "请按已签订的合同和任务书实施",
            ),
            Rejection::TakenBack => Self::new(
                rules::TAKEN_BACK,
                "该项目的申报在合同签订前已经撤回，立项不再生效",
                "无需办理；如需支持，请按新一期指南另行申报",
            ),
            Rejection::Barred { who, by } => barred(&who, &by),
            Rejection::Policy(refusal) => *refusal,
            Rejection::PolicyUnknown(version) => policy_unknown(&version),
            Rejection::SupportTooHigh { support, most } => support_too_high(support, most),
            Rejection::StartsTooEarly {
                starts_on,
                established,
            } => starts_too_early(starts_on, established),
            Rejection::TooLong { length } => too_long(length),
            Rejection::AnotherDigest { expected, given } => another_digest(expected, given),
            Rejection::NotAsked => {
                Self::new(rules::EVERY_PARTY, "没有请求过这份同意书", "请核对编号")
                    .kind(RefusalKind::NotFound)
            }
            Rejection::NotTheirHome(party) => of_party(
                rules::OWN_WORD,
                "该意见不是由合同当事方所在节点作出的",
                "请由当事方在其所在节点办理",
                party,
            )
            .kind(RefusalKind::Forbidden),
            Rejection::WrongRole(party) => of_party(
                rules::OWN_WORD,
                "作出该意见的人没有相应身份",
                "科技厅（委）由审批人签署，单位由其人员签署",
                party,
            )
            .kind(RefusalKind::Forbidden),
            Rejection::SpokenAlready(party) => of_party(
                rules::EVERY_PARTY,
                "该方已经同意，不得更改",
                "需要修改时请由经办人撤回合同",
                party,
            ),
        }
    }
}

fn barred(who: &Subject, by: &Barred) -> Refusal {
    let Barred { until, record } = by;
    let (whom, field, id) = match who {
        Subject::Unit(unit) => ("承担单位", "unit_id", unit.to_string()),
        Subject::Person(person) => ("项目人员", "person_key", person.to_string()),
    };
    Refusal::new(
        rules::NOT_BARRED,
        format!("{whom}（{id}）存在生效中的限制性信用记录（{record}），限制期至 {until}（含当日），不能签订合同"),
        "请于限制期满后再签订，或报推进组更正立项内容；当事方如有异议可在规定期限内申诉",
    )
    .with(field, id)
    .with("barred_until", until)
    .with("credit_record", record)
}

fn policy_unknown(version: &str) -> Refusal {
    Refusal::new(
        rules::POLICY,
        format!("本节点没有政策版本 {version}"),
        "请运维人员放入该政策版本的文件后重试",
    )
    .with("policy_version", version)
}

fn support_too_high(support: Money, most: Money) -> Refusal {
    Refusal::new(
        rules::SUPPORT,
        format!("支持资金 {support}，超过上限 {most}"),
        "请报推进组更正立项名单",
    )
    .with("support", support.fen())
    .with("most", most.fen())
}

fn starts_too_early(starts_on: Day, established: Day) -> Refusal {
    Refusal::new(
        rules::START,
        format!("起始日期 {starts_on} 早于立项之日 {established}"),
        "请改为立项之日或以后的日期",
    )
    .with("starts_on", starts_on)
    .with("established", established)
}

fn too_long(length: usize) -> Refusal {
    let limit = Document::BYTES_MAX;
    Refusal::new(
        rules::SIZE,
        format!("合同和任务书共 {length} 字节，最多 {limit} 字节"),
        "请精简补充约定",
    )
    .with("length", length)
    .with("limit", limit)
}

fn another_digest(expected: Digest, given: Digest) -> Refusal {
    Refusal::new(
        rules::SAME_DIGEST,
        "所指的不是现行的合同文件",
        "请重新打开合同，核对摘要",
    )
    .with("expected", expected)
    .with("given", given)
}

fn of_party(rule: Rule, message: &str, remedy: &str, party: Party) -> Refusal {
    Refusal::new(rule, message, remedy).with("party", party)
}
