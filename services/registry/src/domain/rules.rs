//! The rules of the registry, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// One code, one unit. Ours.
pub const ONE_UNIT: Rule = Rule::ours(
    "registry.one-unit",
    "一个统一社会信用代码（或境外登记号）只能登记一个单位。",
);
/// A unit is registered where it sits. [Art. 16, 19]
pub const SEAT: Rule = Rule::inferred(
    "registry.seat",
    &[Article(16), Article(19)],
    "属地化管理：三省一市的单位在所在地的节点登记，三省一市以外的单位可任选一个节点作为来宾登记。",
);
/// Who can be a demander. [Art. 8]
pub const BACKBONE: Rule = Rule::text(
    "registry.backbone-enterprise",
    &[Article(8)],
    "三省一市科技厅（委）面向重点产业领域，征集符合条件的行业骨干企业的创新需求。",
);
/// In which fields. [Art. 4, 8]
pub const FIELD: Rule = Rule::inferred(
    "registry.backbone-field",
    &[Article(4), Article(8)],
    "骨干企业按当前政策列出的重点领域分别确认。",
);
/// Two people. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "registry.two-people",
    "骨干企业由经办人提出、审批人确认，两者不得为同一人。",
);
/// Proposed before confirmed. Ours.
pub const PROPOSED_FIRST: Rule = Rule::ours(
    "registry.proposed-first",
    "骨干企业须先由经办人提出，再由审批人确认。",
);
/// Only active units. Ours.
pub const ACTIVE: Rule = Rule::ours("registry.active", "停用的单位不能办理事项。");
/// There has to be one. Ours.
pub const REGISTERED: Rule = Rule::ours("registry.registered", "单位须先登记。");
/// One person, one expert. Ours.
pub const ONE_EXPERT: Rule = Rule::ours(
    "registry.one-expert",
    "一人只能作为一名专家入库，由一个节点管理。",
);
/// One number, one person. Ours.
pub const ONE_PERSON: Rule = Rule::ours("registry.one-person", "一个证件号只对应一人。");
/// Who registers people. Ours.
pub const OWN_PEOPLE: Rule = Rule::ours(
    "registry.own-people",
    "单位人员由本单位或所在地科技厅（委）经办人登记。",
);
/// Conflicts of interest are found by the employer. [Art. 9, 15]
pub const EMPLOYER: Rule = Rule::inferred(
    "registry.expert-employer",
    &[Article(9), Article(15)],
    "专家的工作单位须已登记，以便抽取时回避。",
);
