//! The rules of review, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// Rounds live on the hub. [Art. 15]
pub const ON_THE_HUB: Rule = Rule::inferred(
    "review.on-the-hub",
    &[Article(15)],
    "评审轮次由工作专班委托的管理机构会同三省一市统一组织，在推进组节点办理。",
);
/// No policy, no new round. [Art. 22]
pub const POLICY_IN_FORCE: Rule = Rule::inferred(
    "review.policy-in-force",
    &[Article(22)],
    "开启评审轮次时应有有效的政策版本，并全程适用该版本。",
);
/// What a round takes. [Art. 14]
pub const BATCH: Rule = Rule::text(
    "review.batch",
    &[Article(14)],
    "形式审查通过后进入评审环节。",
);
/// An application is in one round at a time. Ours.
pub const ONE_ROUND: Rule = Rule::ours(
    "review.one-round",
    "一项申报同一时间只在一个评审轮次中，已作出结论的不再评审。",
);
/// A number of places for each field. Ours.
pub const PLACES: Rule = Rule::ours("review.places", "每个领域的名额应事先确定并说明理由。");
/// Who reviews. [Art. 15]
pub const NATIONAL_POOL: Rule = Rule::text(
    "review.national-pool",
    &[Article(15)],
    "评审专家从国家科技专家库中选取。",
);
/// Nobody whom a credit record bars. [Art. 20]
pub const STANDING: Rule = Rule::inferred(
    "review.standing",
    &[Article(20)],
    "信用记录生效、被限制参加评估评审的专家不列入抽取名单；抽取后生效的，由候补专家按同一规则递补。",
);
/// What was handed in before the bar stays. [Art. 20]
pub const BARRED_LATER: Rule = Rule::inferred(
    "review.barred-later",
    &[Article(20)],
    "专家提交评审表之后才生效的信用记录，不影响已提交评审表的效力。",
);
/// A withdrawn application is not established. [Art. 16]
pub const WITHDRAWN: Rule = Rule::inferred(
    "review.withdrawn",
    &[Article(16)],
    "已撤回：牵头单位撤回的申报不予立项，已决策的名单保持不变。",
);
/// Nobody judges their own employer. Ours.
pub const CONFLICT: Rule = Rule::ours(
    "review.conflict",
    "专家不得评审本单位、本单位关联单位或本人参与的申报；如有利益冲突应在查看内容前声明并回避。",
);
/// The content only after the declaration. Ours.
pub const DECLARE_FIRST: Rule = Rule::ours(
    "review.declare-first",
    "专家声明无利益冲突后，方可查看申报内容并评审。",
);
/// Only who was drawn. Ours.
pub const DRAWN_ONLY: Rule = Rule::ours(
    "review.drawn-only",
    "只有被抽取的专家本人可以提交其评审表。",
);
/// Once. Ours.
pub const ONCE: Rule = Rule::ours("review.once", "每位专家对一项申报只能提交一次评审表。");
/// In time. Ours.
pub const DEADLINE: Rule = Rule::ours(
    "review.deadline",
    "评审表应在截止日（含当日）前提交，以专家所在地节点签名的时间为准。",
);
/// What experts score by. Ours.
pub const CRITERIA: Rule = Rule::ours(
    "review.criteria",
    "专家应对轮次规定的每项评审指标各评一次分（0 至 100）并说明理由。",
);
/// Closing needs everything, or a named person's reason. Ours.
pub const CLOSING: Rule = Rule::ours(
    "review.closing",
    "评审表全部收齐，或截止后已收到各地全部消息、缺失的逐一注明理由，方可关闭轮次。",
);
/// Who is to be established goes by the ranking. Ours.
pub const RANKING: Rule = Rule::ours(
    "review.ranking",
    "拟立项按各领域排名在名额内提出；与排名不一致的应逐项说明理由，且不得超过名额。",
);
/// Most support by the guide. [Art. 13]
pub const GUIDE_CEILING: Rule = Rule::inferred(
    "review.guide-ceiling",
    &[Article(13)],
    "支持资金不超过指南规定的上限。",
);
/// Not more than was applied for. Ours.
pub const REQUESTED: Rule = Rule::ours("review.requested", "支持资金不超过申报书的申请额。");
/// Within the region's budget. [Art. 17]
pub const BUDGET: Rule = Rule::inferred(
    "review.budget",
    &[Article(17)],
    "三省一市科技厅（委）统筹资金预算实际落实支持资金，合计不超过所在地本次预算。",
);
/// One proposes, another confirms. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "review.two-people",
    "拟立项建议由一人提出、另一人确认，提出人不得自行确认。",
);
/// What comes of it. [Art. 16]
pub const ESTABLISHMENT: Rule = Rule::text(
    "review.establishment",
    &[Article(16)],
    "三省一市科技厅（委）共同确定拟立项建议名单，提交工作专班按程序报审后予以立项。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours("review.lifecycle", "评审轮次和评审表按规定的状态流转。");
/// One home for good. Ours.
pub const HOME: Rule = Rule::ours(
    "review.home",
    "申报、专家、单位和评审表只由其所在地节点发声，归属不变。",
);
