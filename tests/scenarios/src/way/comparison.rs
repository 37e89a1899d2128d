//! What would change: a stricter version of the policy, run over the cases of the way before
//! anybody decides on it. [Art. 22]

use std::collections::BTreeMap;

use anyhow::ensure;
use proto::node::v1::{ChangedVerdict, ComparePolicyRequest};
use regulation::{Role, YRD_2024_1};

use super::Way;

/// The services whose cases a policy judges.
const JUDGED: [&str; 4] = ["intake", "application", "project", "fund"];
/// What the version that is tried changes.
const TRIED: [(&str, &str); 3] = [
    (
        r#"version = "yrd-2024-1""#,
        r#"version = "yrd-2024-2-draft""#,
    ),
    (
        r#"support_ratio_max = "0.30""#,
        r#"support_ratio_max = "0.10""#,
    ),
    (
        "breakthrough_months = { min = 24, max = 36 }",
        "breakthrough_months = { min = 24, max = 30 }",
    ),
];

impl Way<'_> {
    /// Tries a version that nobody has decided on.
    ///
    /// # Errors
    /// When a service cannot say, or says that nothing would change.
    pub async fn what_would_change(&mut self) -> anyhow::Result<()> {
        self.say("· 拟议政策版本（支持比例上限 10%、攻关周期上限 30 个月）试算既有案件");
        let mut policy = YRD_2024_1.to_owned();
        for (now, then) in TRIED {
            ensure!(policy.contains(now), "the policy does not say {now}");
            policy = policy.replace(now, then);
        }
        let (mut cases, mut by_rule) = (0, BTreeMap::<String, u32>::new());
        for region in self.regions() {
            for service in JUDGED {
                let director = self.as_role(region, Role::Director)?;
                let request = ComparePolicyRequest {
                    policy: policy.clone(),
                    page: None,
                };
                let mut admin = director.admin(service)?;
                let answer = admin.compare_policy(request).await?.into_inner();
                ensure!(
                    answer.unknown_versions.is_empty(),
                    "{service} of {region} does not know {:?}",
                    answer.unknown_versions
                );
                cases += answer.cases;
                for ChangedVerdict { rule, .. } in answer.changed {
                    *by_rule.entry(rule).or_default() += 1;
                }
            }
        }
        for (rule, changed) in &by_rule {
            self.say(format!("  {rule}：{changed} 个案件的结论将改变"));
        }
        ensure!(
            by_rule.contains_key("application.support-ratio"),
            "no application would be judged otherwise: {by_rule:?} of {cases}"
        );
        self.summary.figure("新政策试算案件（个）", cases);
        let changed: u32 = by_rule.values().sum();
        self.summary.figure("其中结论将改变（条）", changed);
        Ok(())
    }
}
