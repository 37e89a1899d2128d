//! Faults that write something else than what was decided: for the laws that rules keep so well that
//! no broken transport can make them fail.

use coordination::domain::decision::{JointDecision, Stage as DecisionStage};
use evaluation::domain::{EvaluationRound, SeatState};
use evidence::Digest;
use intake::domain::Demand;
use journal::{Aggregate, Held};
use matching::domain::{Posting, posting::reserve::Reserve};
use time::Duration;

use crate::{fault::Fault, news::Deed, words::say};

/// What is written instead, where there is anything to falsify.
pub(crate) fn instead(fault: Fault, deed: &Deed) -> Option<Held> {
    match fault {
        Fault::NamedInTitle => changed::<JointDecision>(deed, |decision| {
            let JointDecision::Opened(decision) = decision else {
                return false;
            };
            decision.matter.title = say("澄泓甲等单位的需求清单");
            true
        }),
        Fault::OtherDigest => changed::<JointDecision>(deed, |decision| {
            let JointDecision::Opened(decision) = decision else {
                return false;
            };
            let word = decision.assents.values_mut().next();
            word.is_some_and(|word| {
                std::mem::replace(&mut word.digest, Digest([0; 32])) != word.digest
            })
        }),
        Fault::EarlyForce => changed::<JointDecision>(deed, |decision| {
            let JointDecision::Opened(decision) = decision else {
                return false;
            };
            let DecisionStage::InForce { period, at, .. } = &mut decision.stage else {
                return false;
            };
            *at = period.until.end() - Duration::DAY;
            true
        }),
        Fault::TwiceScored => changed::<EvaluationRound>(deed, twice_scored),
        Fault::PoolKept => changed::<Posting>(deed, |posting| match posting {
            Posting::Open(call) if matches!(call.reserve, Reserve::InPool { .. }) => {
                call.picks.clear();
                true
            }
            _ => false,
        }),
        Fault::Overfull => changed::<Posting>(deed, |posting| {
            let Posting::Open(call) = posting else {
                return false;
            };
            let registrants = call
                .meetings
                .values_mut()
                .flat_map(|one| one.registrants.values_mut());
            registrants.map(|one| one.admitted = true).count() > 0
        }),
        Fault::Retaken => changed::<Demand>(deed, |demand| {
            demand.0.as_mut().is_some_and(|case| {
                case.told
                    && std::mem::replace(&mut case.policy, "yrd-2022-1".to_owned()) != case.policy
            })
        }),
        _ => None,
    }
}

fn changed<A: Aggregate>(deed: &Deed, change: impl FnOnce(&mut A) -> bool) -> Option<Held> {
    let mut state = deed.states::<A>()?.1.clone();
    change(&mut state).then(|| Held::new(deed.after.version(), state))
}

/// Of two experts who have scored a demand, the one's ballot is taken for the other's.
fn twice_scored(round: &mut EvaluationRound) -> bool {
    let (EvaluationRound::Drawn(table) | EvaluationRound::Scoring(table)) = round else {
        return false;
    };
    let cast = table.seats.values_mut();
    let mut cast = cast.filter(|seat| matches!(seat.state, SeatState::Cast { .. }));
    let Some(first) = cast.next().cloned() else {
        return false;
    };
    let other = cast.find(|seat| seat.demand == first.demand);
    other.is_some_and(|seat| std::mem::replace(&mut seat.expert, first.expert) != seat.expert)
}
