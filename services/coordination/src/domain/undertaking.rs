//! What of a solution's fate is a fact of its holder's delivery record 履约能力. [Art. 19]

use proto::{coordination::v1::DeliveryFactKind as Fact, matching::v1::SolutionFate as Fate};

/// The fact that follows from what its home tells of a solution, after the `last` one on record of
/// it. Only what was selected is confirmed, lapses or is taken back, and what is selected for one
/// more task was selected already.
pub fn fact(last: Option<Fact>, fate: Fate) -> Option<Fact> {
    let selected = matches!(last, Some(Fact::SolutionSelected | Fact::IntentConfirmed));
    match fate {
        Fate::Selected => (!selected).then_some(Fact::SolutionSelected),
        Fate::Confirmed => (last == Some(Fact::SolutionSelected)).then_some(Fact::IntentConfirmed),
        Fate::Lapsed => selected.then_some(Fact::Lapsed),
        Fate::TakenBack => selected.then_some(Fact::WithdrawnAfterSelection),
        Fate::Unspecified => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(fates: &[Fate]) -> Vec<Fact> {
        let mut facts = Vec::new();
        for fate in fates {
            facts.extend(fact(facts.last().copied(), *fate));
        }
        facts
    }

    #[test]
    fn each_selection_each_word_and_each_end_is_a_fact_once() {
        let fates = [
            Fate::Selected,
            Fate::Selected,
            Fate::Confirmed,
            Fate::Confirmed,
            Fate::Selected,
            Fate::Lapsed,
            Fate::Lapsed,
            Fate::Selected,
            Fate::TakenBack,
            Fate::TakenBack,
        ];
        let expected = [
            Fact::SolutionSelected,
            Fact::IntentConfirmed,
            Fact::Lapsed,
            Fact::SolutionSelected,
            Fact::WithdrawnAfterSelection,
        ];
        assert_eq!(facts(&fates), expected);
    }

    #[test]
    fn what_was_never_selected_neither_lapses_nor_is_taken_back() {
        for fate in [
            Fate::Confirmed,
            Fate::Lapsed,
            Fate::TakenBack,
            Fate::Unspecified,
        ] {
            assert_eq!(facts(&[fate]), []);
        }
    }
}
