//! The rules of credit records, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// No record without evidence. Ours.
pub const EVIDENCE: Rule = Rule::ours(
    "registry.credit-evidence",
    "信用记录须有证据：每份材料的摘要值和说明。",
);
/// Who makes records. [Art. 20]
pub const MEMBERS: Rule = Rule::inferred(
    "registry.credit-members",
    &[Article(20)],
    "项目信用记录由三省一市科技厅（委）作出；推进组和联动地区不作信用记录。",
);
/// A record keeps the policy that it was made under. [Art. 22]
pub const POLICY: Rule = Rule::inferred(
    "registry.credit-policy",
    &[Article(22)],
    "信用记录的申诉期和有效期依作出时有效的政策版本。",
);
/// Whom it is about has to be told somewhere. Ours.
pub const KNOWN_SUBJECT: Rule = Rule::ours(
    "registry.credit-subject",
    "信用记录涉及的单位，或个人所在的单位，须已登记，以便告知。",
);
/// Three people. Ours.
pub const OTHER_PEOPLE: Rule = Rule::ours(
    "registry.credit-people",
    "信用记录由经办人提出、另一位审批人核定告知；维持或撤销由两者之外的审批人决定。",
);
/// A state after the other. Ours.
pub const LIFECYCLE: Rule = Rule::ours(
    "registry.credit-lifecycle",
    "信用记录依次为：已提出、已告知、（申诉中）、生效、期满；已终止的记录不再变更。",
);
/// Only whom it is about. Ours.
pub const OWN_APPEAL: Rule = Rule::ours(
    "registry.credit-own-appeal",
    "信用记录由被告知的单位（个人由其所在单位），或其所在地经办人代为提出申诉。",
);
/// In time. Ours.
pub const APPEAL_PERIOD: Rule = Rule::ours(
    "registry.credit-appeal-period",
    "申诉须在告知后的申诉期限内提出，以提出申诉的节点签署的时间为准。",
);
/// What took effect is filed nationally. [Art. 20]
pub const FILING: Rule = Rule::inferred(
    "registry.credit-filing",
    &[Article(20)],
    "生效的信用记录及其终止报送国家科研诚信信息系统，以其回执为准；被退回的可以重新报送。",
);
/// Only its own home changes a thing. [Art. 16, 19]
pub const HOME: Rule = Rule::inferred(
    "registry.credit-home",
    &[Article(16), Article(19)],
    "信用记录只由作出它的科技厅（委）变更，申诉只由被告知方所在地转来。",
);
