//! What a policy says of a grant as it stands: its share of the investment, as it was signed and as
//! it is allocated, and of each payment whether it wants a director. [Art. 17]

use regulation::{Money, Policy, Verdict};

use super::{Case, Terms};
use crate::domain::rules;

/// The rules that go by what a policy sets, in an order that the grant alone decides.
pub(super) fn verdicts(case: &Case, policy: &Policy) -> Vec<Verdict> {
    let terms = Terms::from(policy);
    let (contract, ratio) = (&case.contract, terms.support_ratio_max);
    let share = |support: Money| {
        Verdict::new(
            rules::SUPPORT_RATIO,
            ratio.at_most(support, contract.investment),
            support,
            ratio.of(contract.investment),
        )
    };
    let live = case.allocations.values().filter(|one| one.is_live());
    let live = Money::sum(live.map(|one| one.lines.total()));
    let payments = case.payments.values().filter(|one| one.stage.is_live());
    let payments = payments.map(|payment| {
        let (amount, from) = (payment.lines.total(), terms.payment_director_from);
        Verdict::new(rules::PAYMENT_DIRECTOR, amount < from, amount, from)
    });
    [contract.support, live.unwrap_or_default()]
        .map(share)
        .into_iter()
        .chain(payments)
        .collect()
}
