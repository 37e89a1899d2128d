//! The rules of the registry, each with its article, its source and its strength.

pub use chassis::staff::REPRESENTATIVE;
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
/// How the administration passes. Ours.
pub const HANDOVER: Rule = Rule::ours(
    "registry.handover",
    "管理员移交须双方确认，或由所在地审批人说明理由后更换。",
);
/// Delegates act for a time. Ours.
pub const DELEGATE_TERM: Rule = Rule::ours(
    "registry.delegate-term",
    "委托须有截止日期，最长一年；一个单位最多有 20 个有效的受托人。",
);
/// Affiliates are others. [Art. 11]
pub const AFFILIATE: Rule = Rule::inferred(
    "registry.affiliate",
    &[Article(9), Article(11), Article(15)],
    "单位须申报受同一控制的关联单位，以便公平对接和专家回避；撤销由经办人说明理由后办理。",
);
/// The earliest registration counts. Ours.
pub const EARLIEST: Rule = Rule::ours(
    "registry.earliest-registration",
    "来宾单位只能选择一个节点登记；重复登记的，以签署时间最早的登记为准。",
);
/// How large a table may be. Ours.
pub const TABLE_SIZE: Rule = Rule::ours(
    "registry.table-size",
    "导入的文件不超过 64 MiB、50 万行，每格不超过 2000 字。",
);
/// What a table may be written as. Ours.
pub const TABLE_FORM: Rule = Rule::ours(
    "registry.table-form",
    "导入的文件应为 UTF-8 或 GB18030 编码的 CSV，或 .xlsx 工作簿。",
);
/// What a table's columns may be. Ours.
pub const TABLE_COLUMNS: Rule = Rule::ours(
    "registry.table-columns",
    "表头的列名须为模板所列，必填的列不可缺少。",
);
/// Who is twice in one file can't be told which row counts. Ours.
pub const TABLE_ONCE: Rule = Rule::ours(
    "registry.table-once",
    "同一文件中，同一人或同一单位只能有一行。",
);
/// Who may take in which table. Ours.
pub const TABLE_OWN: Rule = Rule::ours(
    "registry.table-own",
    "专家和单位由经办人导入；单位可以导入自己的成果。",
);
/// Every export can be told by its record. Ours.
pub const EXPORT_RECORDED: Rule = Rule::ours(
    "registry.export-recorded",
    "每次导出都记录导出人、时间和行数，一个请求编号只对应一份文件。",
);
/// Who keeps a unit's profile. Ours.
pub const OWN_PROFILE: Rule = Rule::ours(
    "registry.own-profile",
    "单位能力画像由本单位或所在地科技厅（委）经办人维护。",
);
/// How much a profile may say. Ours.
pub const PROFILE_SIZE: Rule =
    Rule::ours("registry.profile-size", "单位能力画像最多列 100 项成果。");
