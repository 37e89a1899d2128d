//! The rules of applications, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// Guides live on the hub. [Art. 13]
pub const HUB_ONLY: Rule = Rule::ours(
    "application.hub-only",
    "指南编制和形式审查在推进组节点办理。",
);
/// No policy, no new applications. [Art. 22]
pub const POLICY_IN_FORCE: Rule = Rule::text(
    "application.policy-in-force",
    &[Article(22)],
    "没有有效政策的日期不受理新申报，已发布的需求等待新政策。",
);
/// Experts take part in compiling the guide. [Art. 13]
pub const GUIDE_EXPERTS: Rule = Rule::text(
    "application.guide-experts",
    &[Article(13)],
    "三省一市科技厅（委）基于需求揭榜情况，组织专家研究编制指南。",
);
/// Topics come of what was matched. [Art. 13]
pub const GUIDE_POOL: Rule = Rule::inferred(
    "application.guide-pool",
    &[Article(12), Article(13)],
    "指南中源自需求的课题应取自储备库中的需求。",
);
/// A guide's topics are of the supported fields. [Art. 4]
pub const GUIDE_FIELD: Rule = Rule::text(
    "application.guide-field",
    &[Article(4)],
    "支持方向围绕当年支持的重点领域。",
);
/// A guide says when one may apply. Ours.
pub const GUIDE_WINDOW: Rule = Rule::ours(
    "application.guide-window",
    "指南应有至少一项课题和尚未结束的申报期限。",
);
/// A guide in force is not changed. [Art. 13]
pub const GUIDE_AS_DECIDED: Rule = Rule::inferred(
    "application.guide-as-decided",
    &[Article(13)],
    "指南按程序报批后对外发布，发布的内容与报批的内容一致。",
);
/// Within the guide's window. Ours.
pub const WINDOW: Rule = Rule::ours("application.window", "申报应在指南规定的期限内提交。");
/// A published topic. [Art. 13]
pub const TOPIC: Rule = Rule::text(
    "application.topic",
    &[Article(13)],
    "申报应对应已发布指南中的课题。",
);
/// A topic of the pool is asked for while it is in the pool. [Art. 13]
pub const IN_POOL: Rule = Rule::text(
    "application.in-pool",
    &[Article(13)],
    "纳入储备库的单位可以申报；需求退出储备库后相应课题不再受理。",
);
/// The lead is the demander. [Art. 13]
pub const LEAD_IS_DEMANDER: Rule = Rule::text(
    "application.lead-is-demander",
    &[Article(13)],
    "源自储备库需求的课题，由需求方作为牵头单位申报。",
);
/// The lead sits in the region. [Art. 13, 16]
pub const LEAD_IN_MEMBERS: Rule = Rule::inferred(
    "application.lead-in-members",
    &[Article(13), Article(16)],
    "牵头单位应为三省一市的单位。",
);
/// Two regions. [Art. 13]
pub const REGIONS_MIN: Rule = Rule::text(
    "application.regions-min",
    &[Article(13)],
    "项目承担单位中应包括三省一市两地及以上的单位；同一法人的分支机构只计一次。",
);
/// Solvers take part. [Art. 13]
pub const SOLVER_TAKES_PART: Rule = Rule::text(
    "application.solver-takes-part",
    &[Article(13)],
    "需求解决方作为子课题承担单位参与。",
);
/// Their whole team does. [Art. 13]
pub const SOLVER_TEAM: Rule = Rule::inferred(
    "application.solver-team",
    &[Article(13)],
    "解决方团队的各单位均应为项目承担单位。",
);
/// Units are registered. Ours.
pub const UNIT_REGISTERED: Rule = Rule::ours(
    "application.unit-registered",
    "项目承担单位应已登记且未停用，所在地与登记一致。",
);
/// Bad credit keeps out. [Art. 20]
pub const NOT_BARRED: Rule = Rule::inferred(
    "application.not-barred",
    &[Article(20)],
    "信用记录是今后参加有关项目申报和管理的重要依据；限制期内的单位和人员不得参加申报。",
);
/// Every unit's part. [Art. 14]
pub const PART_PROVIDED: Rule = Rule::inferred(
    "application.part-provided",
    &[Article(14)],
    "申报书内容应完整，各承担单位应填报本单位的部分。",
);
/// The sums agree. [Art. 14]
pub const BUDGET_SUM: Rule = Rule::inferred(
    "application.budget-sum",
    &[Article(14)],
    "各单位经费预算之和应与总投入、申请支持资金分毫不差。",
);
/// 30 %. [Art. 17]
pub const SUPPORT_RATIO: Rule = Rule::text(
    "application.support-ratio",
    &[Article(17)],
    "支持资金不高于项目投入的 30%。",
);
/// The guide's ceiling. Ours.
pub const CEILING: Rule = Rule::ours("application.ceiling", "申请支持资金不超过指南规定的上限。");
/// Contracts with subtask units. [Art. 17]
pub const CONTRACTS: Rule = Rule::inferred(
    "application.contracts",
    &[Article(17)],
    "牵头单位与每个子课题承担单位应有一份技术合同，合计不超过项目总投入。",
);
/// Three years. [Art. 18]
pub const DURATION: Rule = Rule::text(
    "application.duration",
    &[Article(18)],
    "项目实施周期一般不超过三年。",
)
.in_principle();
/// A leader and a team. [Art. 13]
pub const TEAM: Rule = Rule::inferred(
    "application.team",
    &[Article(13)],
    "牵头单位应确定项目负责人、核心团队，且均为承担单位填报的人员。",
);
/// One live application. Ours, where the guide says so.
pub const ONE_LIVE: Rule = Rule::ours(
    "application.one-live",
    "指南规定限项的，同一负责人只能有一项在办申报。",
);
/// Indicators. [Art. 14]
pub const INDICATORS: Rule = Rule::inferred(
    "application.indicators",
    &[Article(14)],
    "申报书应写明考核指标。",
);
/// Shares make up the whole. Ours.
pub const SHARES: Rule = Rule::ours(
    "application.shares",
    "约定知识产权份额的，各承担单位份额之和应为 100%。",
);
/// The undertaking. [Art. 5]
pub const COMMITMENT: Rule = Rule::inferred(
    "application.commitment",
    &[Article(5)],
    "按照诚实信用的原则，牵头单位应承诺申报内容真实、未重复申请支持。",
);
/// A correction is of what was asked. [Art. 14]
pub const CORRECTION_SCOPE: Rule = Rule::inferred(
    "application.correction-scope",
    &[Article(14)],
    "补正时只能修改通知要求补正的内容。",
);
/// Within its time. [Art. 14]
pub const CORRECTION_DEADLINE: Rule = Rule::text(
    "application.correction-deadline",
    &[Article(14)],
    "如未按期补交的，形式审查不予受理。",
);
/// Not without end. [Art. 14]
pub const CORRECTION_ROUNDS: Rule = Rule::ours(
    "application.correction-rounds",
    "一项申报的补正次数不超过政策规定。",
);
/// Everybody agreed. [Art. 13]
pub const ASSENTS: Rule = Rule::inferred(
    "application.assents",
    &[Article(13)],
    "项目承担单位均须同意同一份申报书，方可提交。",
);
/// What was agreed to is what is handed in. Ours.
pub const SAME_DIGEST: Rule = Rule::ours(
    "application.same-digest",
    "办理的内容应与所核对的摘要一致。",
);
/// All items passed. [Art. 14]
pub const EXAMINATION: Rule = Rule::text(
    "application.examination",
    &[Article(14)],
    "对申报书内容的相符性、完整性进行形式审查，形式审查通过后进入评审环节。",
);
/// Two people. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "application.two-people",
    "形式审查由一人记录、另一人作出结论。",
);
/// Once, and in time. Ours.
pub const APPEAL: Rule = Rule::ours(
    "application.appeal",
    "对形式审查不予受理的结论，牵头单位可在告知的期限内申诉一次；未按期补正的除外。",
);
/// Others decide an appeal. Ours.
pub const APPEAL_OTHERS: Rule = Rule::ours(
    "application.appeal-others",
    "申诉由未参与该次形式审查的人员复核。",
);
/// Whoever closes has heard. Ours.
pub const HEARD: Rule = Rule::ours(
    "application.heard-past-deadline",
    "截止后须已收到牵头单位所在节点截止前的全部消息，方可认定逾期；否则由专人说明理由后办理。",
);
/// Nobody speaks for another. Ours.
pub const ORIGIN: Rule = Rule::ours("application.origin", "各节点只能就本节点的单位和事项发言。");
/// Own matters. Ours.
pub const OWN: Rule = Rule::ours(
    "application.own",
    "申报由牵头单位办理，各单位的部分由该单位填报。",
);
/// A unit's roles. [Art. 13]
pub const ROLES: Rule = Rule::inferred(
    "application.roles",
    &[Article(13)],
    "一项申报有且只有一个牵头单位，其他单位为子课题承担单位或参与单位。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours("application.lifecycle", "申报和指南按规定的状态流转。");
