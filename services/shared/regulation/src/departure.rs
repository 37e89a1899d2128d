//! Departures from rules that hold in principle: possible, with a recorded reason and an approval.

use serde::{Deserialize, Serialize};

use crate::{Refusal, Rule, Strength, Text};

/// Somebody's wish to depart from one rule in one case. It counts once it is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Code of the rule that is departed from.
    pub rule: String,
    /// Why.
    pub reason: Text,
    /// Who approved, by their account; none while nobody has.
    pub approved_by: Option<String>,
}

impl Departure {
    /// A wish to depart from the rule, not yet approved.
    pub fn new(rule: Rule, reason: Text) -> Self {
        Self {
            rule: rule.code.to_owned(),
            reason,
            approved_by: None,
        }
    }

    /// The same departure, approved by this person. That it is not who asked for it, the caller
    /// checks.
    pub fn approved(self, by: impl Into<String>) -> Self {
        Self {
            approved_by: Some(by.into()),
            ..self
        }
    }

    fn approver(&self) -> Option<&str> {
        self.approved_by
            .as_deref()
            .map(str::trim)
            .filter(|person| !person.is_empty())
    }
}

/// Applies a rule: `holds` says whether the case keeps to it, `departure` what was recorded if not.
///
/// # Errors
/// A must that does not hold is refused, whatever was recorded. A rule in principle that does not
/// hold is refused without an approved departure from this very rule. A may refuses nothing.
pub fn check(rule: Rule, holds: bool, departure: Option<&Departure>) -> Result<(), Refusal> {
    if holds {
        return Ok(());
    }
    let not_met = format!("不符合：{}", rule.sentence);
    match rule.strength {
        Strength::May => Ok(()),
        Strength::Must => {
            let remedy = match departure {
                None => "请修改后再提交",
                Some(_) => "该要求不得变通，请修改后再提交",
            };
            Err(Refusal::new(rule, not_met, remedy))
        }
        Strength::InPrinciple => match departure.filter(|departure| departure.rule == rule.code) {
            Some(departure) if departure.approver().is_some() => Ok(()),
            Some(_) => Err(Refusal::new(
                rule,
                not_met,
                "例外理由已记录，须经审批人批准后方可继续",
            )),
            None => Err(Refusal::new(
                rule,
                not_met,
                "请修改，或说明例外理由并报审批人批准",
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Policy, rules};

    const MUST: Rule = rules::SUPPORT_RATIO_MAX;
    const IN_PRINCIPLE: Rule = rules::DURATION_MONTHS_MAX;
    const MAY: Rule = rules::MILESTONE_FIELDS;

    fn wish(rule: Rule) -> Departure {
        Departure::new(rule, "首台套研制周期较长".parse().unwrap())
    }

    #[test]
    fn a_must_has_no_departure() {
        let departure = wish(MUST).approved("director");
        let refusal = check(MUST, false, Some(&departure)).unwrap_err();
        assert_eq!(refusal.rule, MUST);
        assert!(refusal.remedy.contains("不得变通"));
        assert!(check(MUST, false, None).is_err());
    }

    #[test]
    fn a_rule_in_principle_wants_a_reason_and_an_approval() {
        assert!(check(IN_PRINCIPLE, false, None).is_err());
        assert!(check(IN_PRINCIPLE, false, Some(&wish(IN_PRINCIPLE))).is_err());
        assert!(check(IN_PRINCIPLE, false, Some(&wish(IN_PRINCIPLE).approved(" "))).is_err());
        let approved = wish(IN_PRINCIPLE).approved("director");
        assert_eq!(check(IN_PRINCIPLE, false, Some(&approved)), Ok(()));
    }

    #[test]
    fn a_departure_from_one_rule_is_none_from_another() {
        let other = wish(rules::BREAKTHROUGH_MONTHS).approved("director");
        assert!(check(IN_PRINCIPLE, false, Some(&other)).is_err());
    }

    #[test]
    fn a_may_is_never_forced() {
        assert_eq!(check(MAY, false, None), Ok(()));
    }

    proptest! {
        #[test]
        fn what_holds_needs_nothing(index in 0..Policy::rules().len(), recorded: bool) {
            let rule = Policy::rules()[index].1;
            let departure = wish(rule);
            prop_assert_eq!(check(rule, true, recorded.then_some(&departure)), Ok(()));
        }

        #[test]
        fn every_departure_that_counts_has_a_reason_and_an_approval(
            index in 0..Policy::rules().len(),
            reason in ".{0,20}",
            approved_by in proptest::option::of("[ a]{0,2}"),
        ) {
            let rule = Policy::rules()[index].1;
            let Ok(reason) = reason.parse() else { return Ok(()) };
            let departure = Departure { approved_by, ..Departure::new(rule, reason) };
            if check(rule, false, Some(&departure)).is_ok() && rule.strength != Strength::May {
                prop_assert_eq!(rule.strength, Strength::InPrinciple);
                prop_assert!(departure.approved_by.is_some_and(|by| !by.trim().is_empty()));
            }
        }
    }
}
