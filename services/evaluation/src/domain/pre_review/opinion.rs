//! What an officer checks, and what came of it.

use std::collections::BTreeMap;

use regulation::Text;
use serde::{Deserialize, Serialize};

use super::PreReviewRejection;

/// What is checked of every demand, by key and Chinese name. [Art. 4, 8]
pub const CHECKS: [(&str, &str); 6] = [
    ("field", "属于重点支持领域"),
    ("backbone", "需求方为行业骨干企业且资格已确认"),
    ("cross_region", "需要跨区域协同解决"),
    ("tasks", "对外揭榜任务及考核指标明确"),
    ("not_supported", "未获其他财政渠道重复支持"),
    ("unclassified", "不涉及国家秘密和出口管制事项"),
];

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether it is as it should be.
    pub passed: bool,
    /// What was seen.
    pub note: Option<Text>,
}

/// What an officer found, for the director.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// By the keys of [`CHECKS`].
    pub checks: BTreeMap<String, Finding>,
    /// In the officer's words.
    pub opinion: Text,
    /// Whether to recommend it.
    pub recommend: bool,
}

impl Opinion {
    /// Checks that are missing or that nobody asked for.
    pub(super) fn differing(&self) -> Vec<String> {
        let missing = CHECKS
            .iter()
            .filter(|(key, _)| !self.checks.contains_key(*key))
            .map(|(_, name)| (*name).to_owned());
        let unasked = self
            .checks
            .keys()
            .filter(|key| !CHECKS.iter().any(|(asked, _)| asked == key))
            .cloned();
        missing.chain(unasked).collect()
    }

    /// Whether every check was passed.
    pub(super) fn passed(&self) -> Result<(), PreReviewRejection> {
        let failed: Vec<_> = CHECKS
            .iter()
            .filter(|(key, _)| !self.checks.get(*key).is_some_and(|found| found.passed))
            .map(|(_, name)| *name)
            .collect();
        if failed.is_empty() {
            Ok(())
        } else {
            Err(PreReviewRejection::Failed(failed))
        }
    }
}
