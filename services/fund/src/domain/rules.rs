//! The rules of fund, each with its article, its source and its strength.

use regulation::{Article, Rule};

/// At most 30 % of the investment. [Art. 17]
pub const SUPPORT_RATIO: Rule = Rule::text(
    "fund.support-ratio",
    &[Article(17)],
    "支持资金按照不高于项目投入的 30% 落实。",
);
/// At most what was established. [Art. 16, 17]
pub const ESTABLISHED_SUPPORT: Rule = Rule::inferred(
    "fund.established-support",
    &[Article(16), Article(17)],
    "安排给一个项目的资金合计不超过立项确定的支持资金。",
);
/// At most what the budget has. [Art. 17]
pub const APPROPRIATION_LEFT: Rule = Rule::inferred(
    "fund.appropriation-left",
    &[Article(17)],
    "统筹资金预算实际：从一笔预算安排给各项目的资金合计不超过该笔预算。",
);
/// Money is given where the lead sits. [Art. 16, 17]
pub const AT_HOME: Rule = Rule::inferred(
    "fund.at-home",
    &[Article(16), Article(17)],
    "按照属地化管理原则，资金由牵头单位所在地的科技厅（委）安排和拨付。",
);
/// Money that is confirmed. Ours.
pub const APPROPRIATION_CONFIRMED: Rule = Rule::ours(
    "fund.appropriation-confirmed",
    "预算经审批人确认后方可安排给项目。",
);
/// No contract, no money. [Art. 16, 17]
pub const CONTRACT_SIGNED: Rule = Rule::inferred(
    "fund.contract-signed",
    &[Article(16), Article(17)],
    "项目（课题）合同签订后方可安排和拨付资金。",
);
/// One contract a project. Ours.
pub const ONE_CONTRACT: Rule = Rule::ours(
    "fund.one-contract",
    "一个项目以一份已签订的合同为拨付依据。",
);
/// Nobody approves what they prepared. Ours.
pub const TWO_PEOPLE: Rule = Rule::ours(
    "fund.two-people",
    "资金事项由经办人和审批人两人办理，任何人不得审批自己经办的事项。",
);
/// Who releases large payments. Ours.
pub const PAYMENT_DIRECTOR: Rule = Rule::ours(
    "fund.payment-director",
    "达到政策规定金额的拨付由审批人批准。",
);
/// Tranches are the whole allocation. Ours.
pub const TRANCHES_COVER: Rule = Rule::ours(
    "fund.tranches-cover",
    "各期拨付金额合计等于安排的资金总额。",
);
/// A tranche has its condition. Ours.
pub const TRANCHE_CONDITION: Rule = Rule::ours(
    "fund.tranche-condition",
    "每一期资金在约定的条件满足后方可拨付。",
);
/// Paid is at most the tranche. Ours.
pub const TRANCHE_LEFT: Rule =
    Rule::ours("fund.tranche-left", "一期之内的拨付合计不超过该期金额。");
/// Paid is at most what was allocated from each source. [Art. 17]
pub const ALLOCATION_LEFT: Rule = Rule::inferred(
    "fund.allocation-left",
    &[Article(17)],
    "从每一资金来源的拨付合计不超过该来源安排给项目的资金。",
);
/// The allocation is approved. Ours.
pub const ALLOCATION_APPROVED: Rule =
    Rule::ours("fund.allocation-approved", "资金安排经审批后方可拨付。");
/// The lead is paid. [Art. 17]
pub const PAYEE_LEAD: Rule = Rule::inferred(
    "fund.payee-lead",
    &[Article(17)],
    "支持资金拨付给牵头单位，再由牵头单位支付给子课题承担单位。",
);
/// A bank reference counts once. Ours.
pub const BANK_REFERENCE_ONCE: Rule =
    Rule::ours("fund.bank-reference-once", "一个银行流水号只对应一笔回单。");
/// What the bank returns is what was sent. Ours.
pub const BANK_MATCH: Rule = Rule::ours(
    "fund.bank-match",
    "银行回单与已发送的拨付逐笔核对，金额一致方为匹配。",
);
/// One document, one appropriation. Ours.
pub const DOCUMENT_ONCE: Rule = Rule::ours(
    "fund.document-once",
    "同一年度、同一来源、同一指标文号只登记一次。",
);
/// Under a policy that is known. [Art. 22]
pub const POLICY_KNOWN: Rule = Rule::inferred(
    "fund.policy-known",
    &[Article(22)],
    "项目按其立项时的政策版本管理。",
);
/// The order of things. Ours.
pub const LIFECYCLE: Rule = Rule::ours("fund.lifecycle", "资金事项按规定的状态流转。");
