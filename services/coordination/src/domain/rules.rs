//! The rules of coordination, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// Joint means all. [Art. 9, 10, 13, 16, 19, 22]
pub const EVERY_MEMBER: Rule = Rule::inferred(
    "coordination.every-member",
    &[
        Article(9),
        Article(10),
        Article(13),
        Article(16),
        Article(19),
        Article(22),
    ],
    "联合决策由三省一市科技厅（委）共同作出：须每个正式成员对同一文件表示同意，缺一不可，逾期不视为同意。",
);
/// Who speaks. [Art. 1, 6, 21]
pub const MEMBER_ONLY: Rule = Rule::inferred(
    "coordination.member-only",
    &[Article(1), Article(6), Article(21)],
    "联合决策只由发起时的正式成员表态，联动地区不参与表态。",
);
/// One word each. Ours.
pub const ONE_WORD: Rule = Rule::ours(
    "coordination.one-word",
    "每个成员对同一决策只表态一次，表态后不得更改。",
);
/// The same document. Ours.
pub const SAME_DIGEST: Rule = Rule::ours(
    "coordination.same-digest",
    "同意和批准的须是同一份文件，以文件摘要为准。",
);
/// A department's word is its director's. [Art. 6]
pub const DIRECTOR: Rule = Rule::inferred(
    "coordination.director",
    &[Article(6)],
    "科技厅（委）的意见由经办人拟办、审批人签署。",
);
/// Who approves. [Art. 9, 13, 16]
pub const APPROVER: Rule = Rule::inferred(
    "coordination.approver",
    &[Article(9), Article(13), Article(16)],
    "清单、指南和立项名单按程序报批，由政策规定的角色审批。",
);
/// Two people. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "coordination.two-people",
    "任何人不得批准自己发起或拟办的事项。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours(
    "coordination.lifecycle",
    "联合决策按发起、同意、批准、公示、生效的次序进行；退回后由新版本重新发起。",
);
/// Shown to the public. [policy: `publicity_days`]
pub const PUBLICITY: Rule = Rule::ours(
    "coordination.publicity",
    "决策批准后公示政策规定的工作日；公示期满、异议全部处理完毕后生效。",
);
/// Nobody is taken to be silent who could not be heard. Ours.
pub const HEARD: Rule = Rule::ours(
    "coordination.heard",
    "公示结束前须已收到各成员节点截至公示期满的全部消息，或由专人说明理由后继续。",
);
/// Only the hub. [Art. 6]
pub const HUB: Rule = Rule::inferred(
    "coordination.hub",
    &[Article(6)],
    "联合决策由推进组负责跨区域协调，在推进组节点办理。",
);
/// Members come from a policy. [Art. 22]
pub const POLICY_IN_FORCE: Rule = Rule::text(
    "coordination.policy-in-force",
    &[Article(22)],
    "没有有效政策的日期，除新的政策版本外不能发起联合决策。",
);
/// What opens by itself. Ours.
pub const PROPOSED: Rule = Rule::ours(
    "coordination.proposed",
    "清单、指南和立项名单的联合决策由相应的建议自动发起，不由人工发起。",
);
/// One at a time. Ours.
pub const ONE_LIVE: Rule = Rule::ours(
    "coordination.one-live",
    "同一事项同时只能有一个进行中的联合决策。",
);
/// A unit's word is its own. Ours.
pub const OWN_UNIT: Rule = Rule::ours(
    "coordination.own-unit",
    "单位的同意只能由该单位的管理员或经办人作出。",
);
/// An assent's way. Ours.
pub const ASSENT_LIFECYCLE: Rule = Rule::ours(
    "coordination.assent-lifecycle",
    "同意书按请求、拟办（科技厅〔委〕）、同意或不同意的次序办理，办结后不得更改。",
);
/// An objection's way. Ours.
pub const OBJECTION_LIFECYCLE: Rule = Rule::ours(
    "coordination.objection-lifecycle",
    "异议在公示期内提出，由推进组或工作专班处理一次。",
);
/// Who comes in as what. [Art. 21]
pub const LINKED: Rule = Rule::inferred(
    "coordination.linked-region",
    &[Article(21)],
    "其他地区经联合决策作为联动地区接入；正式成员由政策版本确定，不因接入或换钥而改变。",
);
/// What a change of a member says. Ours.
pub const MEMBERSHIP: Rule = Rule::ours(
    "coordination.membership",
    "接入和换钥的文件须写明地区、公钥和地址；新旧密钥至少并用一日，已停用或属于他方的密钥不能启用。",
);
/// Notes on the regulation. [Art. 22]
pub const INTERPRETATION: Rule = Rule::inferred(
    "coordination.interpretation",
    &[Article(22)],
    "解释说明以文本形式作出，须对应一个条款或一个政策版本。",
);
/// What results are judged by. [Art. 19]
pub const CRITERIA: Rule = Rule::inferred(
    "coordination.result-criteria",
    &[Article(19)],
    "成果评价标准至少包括创新水平、转化应用绩效和经济社会贡献，权重合计为百分之百。",
);
/// A version is decided once. Ours.
pub const POLICY_ONCE: Rule = Rule::ours(
    "coordination.policy-once",
    "已经生效的政策版本不再重复决策；修改须用新的版本号。",
);
/// A new version follows one that was returned. Ours.
pub const FORMER: Rule = Rule::ours(
    "coordination.former",
    "新版本所接续的须是同一事项已退回的决策。",
);
/// One number, one decision. Ours.
pub const NUMBER_ONCE: Rule = Rule::ours(
    "coordination.document-number",
    "一个批文号只用于一项决策，包括已退回的决策。",
);
