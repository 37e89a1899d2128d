//! The rules of evaluation, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// Rounds live on the hub. [Art. 6]
pub const ON_THE_HUB: Rule = Rule::inferred(
    "evaluation.on-the-hub",
    &[Article(6)],
    "评估轮次由推进组统一组织，在推进组节点办理。",
);
/// No policy, no new round and no list. [Art. 22]
pub const POLICY_IN_FORCE: Rule = Rule::inferred(
    "evaluation.policy-in-force",
    &[Article(22)],
    "开启评估轮次、提出清单建议时应有有效的政策版本；轮次全程适用开启时的版本。",
);
/// What a round takes. [Art. 4, 9]
pub const BATCH: Rule = Rule::inferred(
    "evaluation.batch",
    &[Article(4), Article(9)],
    "一个轮次纳入已受理、属于本轮领域且不在其他轮次中的需求。",
);
/// Only what its department recommended. [Art. 6, 9]
pub const RECOMMENDED: Rule = Rule::inferred(
    "evaluation.recommended",
    &[Article(6), Article(9)],
    "各省（市）科技厅（委）负责本地区需求的评估组织：经预审并推荐的需求方可进入评估轮次。",
);
/// Two people. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "evaluation.two-people",
    "推荐由经办人预审、审批人决定，二者不得为同一人。",
);
/// What is checked before. [Art. 4, 8]
pub const CHECKS: Rule = Rule::inferred(
    "evaluation.checks",
    &[Article(4), Article(8)],
    "预审应逐项核对领域、需求方资格、跨区域协同、揭榜任务、重复支持和涉密情况，全部通过方可推荐。",
);
/// Each place once. Ours.
pub const PLACE: Rule = Rule::ours(
    "evaluation.place",
    "同一年度内，每个推荐序号在本省（市）只用于一项需求。",
);
/// Until when what is recommended is taken. Ours.
pub const CUT_OFF: Rule = Rule::ours(
    "evaluation.cut-off",
    "轮次纳入推荐截止日（含当日）前推荐的需求，以推荐所在地节点签名的时间为准；截止日已过且收到各成员截止时点之后的消息，方可开启。",
);
/// Silent experts. Ours.
pub const SILENCE: Rule = Rule::ours(
    "evaluation.silence",
    "专家在约定日数内未回应的先催办，催办后至回应期限仍未回应的，由候补专家按同一规则递补。",
);
/// When the reasons of strikes are opened. Ours.
pub const OPENED_AFTERWARDS: Rule = Rule::ours(
    "evaluation.strikes-opened-afterwards",
    "回避理由先以摘要登记，评估意见截止后向所在地监督人员开启。",
);
/// After the members returned a list. Ours.
pub const NEW_VERSION: Rule = Rule::ours(
    "evaluation.new-version",
    "清单建议经联合决策退回后，可重新提出与之不同的新版本；名额只可在新版本中调整并说明理由。",
);
/// Equals across the cut. Ours.
pub const TIE: Rule = Rule::ours(
    "evaluation.tie",
    "各项得分完全相同而名额不足的，由会商决定，所选项数应与剩余名额一致，并逐项注明理由。",
);
/// A number of places for each field. Ours.
pub const QUOTA: Rule = Rule::ours("evaluation.quota", "每个领域的名额应事先确定并说明理由。");
/// The five criteria. [Art. 9]
pub const CRITERIA: Rule = Rule::text(
    "evaluation.criteria",
    &[Article(9)],
    "评估围绕国家战略相符性、有效性、清晰度、紧迫性、必要性等方面进行。",
);
/// Who evaluates. [Art. 9]
pub const EXPERTS: Rule = Rule::text(
    "evaluation.experts",
    &[Article(9)],
    "三省一市科技厅（委）共同邀请有关行业专家进行评估。",
);
/// Nobody whom a credit record bars. [Art. 20]
pub const STANDING: Rule = Rule::inferred(
    "evaluation.standing",
    &[Article(20)],
    "信用记录生效、被限制参加评估评审的专家不列入抽取名单；抽取后生效的，由候补专家按同一规则递补。",
);
/// What was cast before the bar stays. [Art. 20]
pub const BARRED_LATER: Rule = Rule::inferred(
    "evaluation.barred-later",
    &[Article(20)],
    "专家提交评估意见之后才生效的信用记录，不影响已提交意见的效力。",
);
/// Nobody judges their own employer. Ours.
pub const CONFLICT: Rule = Rule::ours(
    "evaluation.conflict",
    "专家不得评估本单位及其关联单位的需求；由需求所在地在不公开需求方的前提下回避。",
);
/// Only who was drawn. Ours.
pub const DRAWN_ONLY: Rule = Rule::ours(
    "evaluation.drawn-only",
    "只有被抽取的专家本人可以提交其评估意见。",
);
/// Once. Ours.
pub const ONCE: Rule = Rule::ours(
    "evaluation.once",
    "每位专家对一项需求只能提交一次评估意见。",
);
/// In time. Ours.
pub const DEADLINE: Rule = Rule::ours(
    "evaluation.deadline",
    "评估意见应在截止日（含当日）前提交，以专家所在地节点签名的时间为准。",
);
/// Sealed until the round is closed. Ours.
pub const SEALED: Rule = Rule::ours(
    "evaluation.sealed",
    "评估意见在轮次关闭前密封，只登记其摘要；关闭后开启，与摘要不符的不计入。",
);
/// Closing needs everything, or a named person's reason. Ours.
pub const CLOSING: Rule = Rule::ours(
    "evaluation.closing",
    "意见全部收齐，或截止后已收到各地全部消息、缺失意见逐一注明理由，方可关闭轮次。",
);
/// What comes of it. [Art. 9]
pub const LIST: Rule = Rule::text(
    "evaluation.list",
    &[Article(9)],
    "评估后形成联合攻关重点揭榜任务清单建议，按程序报批后对外发布。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours("evaluation.lifecycle", "评估轮次按规定的状态流转。");
/// One home for good. Ours.
pub const HOME: Rule = Rule::ours(
    "evaluation.home",
    "需求、专家和评估意见只由其所在地节点发声，归属不变。",
);
