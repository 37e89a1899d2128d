//! The rules of a draw's course, each with its source and its strength.

use regulation::Rule;

/// One home for good. Ours.
pub const EXPERT_HOME: Rule = Rule::ours(
    "draws.expert-home",
    "专家只由其入库所在地节点发声，归属不变。",
);
/// A withheld seed. Ours.
pub const SEED_RECOVERY: Rule = Rule::ours(
    "draws.seed-recovery",
    "名单固定后未公开的种子，先由其他成员保管的份额开启；仍不能开启的，由具名人员注明理由后不计入。",
);
/// When shares are opened. Ours.
pub const SEED_SHARES: Rule = Rule::ours(
    "draws.seed-shares",
    "种子及其份额在抽取名单固定之前不予开启，且只为该份固定的名单开启。",
);
