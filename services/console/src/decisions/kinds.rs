//! The kinds of joint decisions: their names for people and in addresses, and their articles.

use proto::coordination::v1::{DecisionKind, DecisionState};
use regulation::Article;

/// A kind: its name in the address, for people, and the article it comes from.
pub(super) type Kind = (DecisionKind, &'static str, &'static str, Article);

pub(super) const KINDS: &[Kind] = &[
    (DecisionKind::List, "list", "重点揭榜任务清单", Article(9)),
    (DecisionKind::Guide, "guide", "申报指南", Article(13)),
    (
        DecisionKind::Establishment,
        "establishment",
        "拟立项建议名单",
        Article(16),
    ),
    (
        DecisionKind::EvaluationCriteria,
        "criteria",
        "成果评价机制",
        Article(19),
    ),
    (
        DecisionKind::Admission,
        "admission",
        "成员接入与换钥",
        Article(21),
    ),
    (DecisionKind::Policy, "policy", "政策版本", Article(22)),
    (
        DecisionKind::Interpretation,
        "interpretation",
        "解释",
        Article(22),
    ),
];

/// What is known of a kind, unless this program is older than it.
pub(super) fn of(kind: DecisionKind) -> Option<&'static Kind> {
    KINDS.iter().find(|(known, ..)| *known == kind)
}

/// The kind of that name.
pub(super) fn by_address(name: &str) -> Option<DecisionKind> {
    let known = KINDS.iter().find(|(_, in_address, ..)| *in_address == name);
    known.map(|(kind, ..)| *kind)
}

/// A kind as people call it.
pub(super) fn title(kind: DecisionKind) -> &'static str {
    of(kind).map_or("其他事项", |(.., title, _)| title)
}

/// Where a decision stands, with the class of its badge.
pub(super) fn state(state: DecisionState) -> (&'static str, &'static str) {
    match state {
        DecisionState::Open => ("open", "征求成员意见"),
        DecisionState::Assented => ("open", "成员均已同意"),
        DecisionState::Approved => ("open", "已批准"),
        DecisionState::Publicity => ("catching", "公示中"),
        DecisionState::InForce => ("good", "已生效"),
        DecisionState::Returned => ("behind", "已退回"),
        DecisionState::Unspecified => ("unknown", "状态未知"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_can_be_told_has_a_name_an_address_and_an_article() {
        for number in 1.. {
            let Ok(kind) = DecisionKind::try_from(number) else {
                assert!(number > 7, "kinds are numbered without gaps");
                break;
            };
            let (_, address, ..) = of(kind).unwrap();
            assert_eq!(by_address(address), Some(kind));
            assert_ne!(title(kind), "其他事项");
        }
        assert_eq!(by_address("LIST"), None);
    }
}
