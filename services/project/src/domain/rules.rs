//! The rules of projects, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// Who signs. [Art. 16, 18]
pub const EVERY_PARTY: Rule = Rule::inferred(
    "project.every-party",
    &[Article(16), Article(18)],
    "合同和任务书由牵头单位所在地科技厅（委）、牵头单位和各承担单位对同一份文件全部同意后签订，缺一不可。",
);
/// Who draws up. [Art. 16]
pub const OFFICER: Rule = Rule::inferred(
    "project.officer",
    &[Article(16)],
    "合同和任务书由牵头单位所在地科技厅（委）组织签订，由其经办人拟定。",
);
/// Two people. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "project.two-people",
    "拟定合同的人不得代表科技厅（委）签署该合同。",
);
/// The same document. Ours.
pub const SAME_DIGEST: Rule = Rule::ours(
    "project.same-digest",
    "各方同意的须是同一份文件，以文件摘要为准。",
);
/// None speaks for another. Ours.
pub const OWN_WORD: Rule = Rule::ours(
    "project.own-word",
    "各方的意见只能由其所在节点、以相应身份作出。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours(
    "project.lifecycle",
    "合同按拟定、送各方同意、签订的次序办理；有一方不同意即退回重新拟定。",
);
/// A signed contract stands. Ours.
pub const SIGNED_STANDS: Rule =
    Rule::ours("project.signed-stands", "合同和任务书签订后不得重新拟定。");
/// Taken back while it was decided. [Art. 16]
pub const TAKEN_BACK: Rule = Rule::inferred(
    "project.taken-back",
    &[Article(16)],
    "签订合同前撤回申报的，立项不生效；立项名单保持原样，注明已撤回。",
);
/// Bad credit keeps out. [Art. 20]
pub const NOT_BARRED: Rule = Rule::inferred(
    "project.not-barred",
    &[Article(20)],
    "信用记录是今后参加有关项目申报和管理的重要依据；限制期内的单位和人员不得签订合同。",
);
/// How long. [Art. 18]
pub const DURATION: Rule = Rule::text(
    "project.duration",
    &[Article(18)],
    "项目实施周期一般不超过三年。",
)
.in_principle();
/// How much. [Art. 17]
pub const SUPPORT: Rule = Rule::text(
    "project.support-ratio",
    &[Article(17)],
    "支持资金不高于项目投入的 30%。",
);
/// From when. Ours.
pub const START: Rule = Rule::ours("project.start", "项目起始日期不得早于立项之日。");
/// What crosses in one message. Ours.
pub const SIZE: Rule = Rule::ours("project.contract-size", "合同和任务书不超过规定的长度。");
/// Under which policy. Ours.
pub const POLICY: Rule = Rule::ours(
    "project.policy-version",
    "项目始终按申报时适用的政策版本办理。",
);
