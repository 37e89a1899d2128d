//! What the numbers of a policy say of a case as it stands: to see, before a version is decided,
//! which past cases it would have judged otherwise.

use crate::Rule;

/// What one rule says of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule.
    pub rule: Rule,
    /// Whether the case keeps to it.
    pub holds: bool,
    /// What was found in the case.
    pub found: String,
    /// What the policy says.
    pub bound: String,
}

impl Verdict {
    /// A verdict, with what was compared.
    pub fn new(rule: Rule, holds: bool, found: impl ToString, bound: impl ToString) -> Self {
        Self {
            rule,
            holds,
            found: found.to_string(),
            bound: bound.to_string(),
        }
    }
}

/// A rule that judges a case otherwise under another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedVerdict {
    /// Under the version that the case was taken under.
    pub before: Verdict,
    /// Under the other one.
    pub after: Verdict,
}

/// Which verdicts on a case differ; both lists are of the same case, so that they hold the same
/// rules in the same order.
pub fn changed_verdicts(before: Vec<Verdict>, after: Vec<Verdict>) -> Vec<ChangedVerdict> {
    let pairs = before.into_iter().zip(after);
    pairs
        .filter(|(before, after)| before.holds != after.holds)
        .map(|(before, after)| ChangedVerdict { before, after })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn only_what_is_judged_otherwise_is_told() {
        let verdict = |holds, bound: &str| Verdict::new(rules::REGIONS_MIN, holds, 2, bound);
        let before = vec![verdict(true, "2"), verdict(true, "2"), verdict(false, "3")];
        let after = vec![verdict(true, "1"), verdict(false, "3"), verdict(true, "2")];
        let changed = changed_verdicts(before, after);
        let told: Vec<_> = changed
            .iter()
            .map(|c| (c.before.holds, c.after.holds))
            .collect();
        assert_eq!(told, [(true, false), (false, true)]);
        assert_eq!(changed[0].after.bound, "3");
    }
}
