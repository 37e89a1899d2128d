//! Invariant 11: nobody approves what they prepared; nothing leaves a terminal state.

use coordination::domain::{
    Signature,
    assent::{Assent, Stage as AssentStage},
    decision::{JointDecision, Stage as DecisionStage},
    objection::Objection,
};
use evaluation::domain::{Ballot, Candidate, EvaluationRound, PreReview};
use intake::domain::{Demand, Stage as DemandStage};
use journal::Aggregate;
use matching::domain::{
    Posting, Solution,
    posting::{self, reserve::Reserve},
};
use registry::domain::{
    CreditRecord, Unit,
    unit::{self, Backbone},
};

use super::{Held, must};
use crate::news::Deed;

pub(super) fn look(deed: &Deed) -> Held {
    two_people(deed)?;
    stays::<Demand>(deed, |demand| {
        let case = demand.0.as_ref();
        case.is_some_and(|case| {
            matches!(
                case.stage,
                DemandStage::Withdrawn { .. } | DemandStage::Closed { .. }
            )
        })
    })?;
    stays::<PreReview>(deed, |review| matches!(review, PreReview::Withdrawn { .. }))?;
    stays::<Candidate>(deed, |candidate| {
        matches!(candidate, Candidate::Withdrawn { .. })
    })?;
    stays::<Ballot>(deed, |ballot| {
        matches!(
            ballot,
            Ballot::Conflicted { .. }
                | Ballot::Revealed { .. }
                | Ballot::Barred { .. }
                | Ballot::Recalled { .. }
        )
    })?;
    stays::<EvaluationRound>(deed, |round| {
        matches!(
            round,
            EvaluationRound::Adopted { .. } | EvaluationRound::Returned { .. }
        )
    })?;
    stays::<JointDecision>(deed, |decision| {
        decision.opened().is_some_and(|decision| {
            matches!(
                decision.stage,
                DecisionStage::InForce { .. } | DecisionStage::Returned(_)
            )
        })
    })?;
    stays::<Assent>(deed, |assent| {
        assent.asked().is_some_and(|(_, stage)| {
            !matches!(stage, AssentStage::Requested | AssentStage::Prepared(_))
        })
    })?;
    stays::<Objection>(deed, |objection| {
        matches!(objection, Objection::Answered { .. })
    })?;
    stays::<Solution>(deed, |solution| {
        let case = solution.0.as_ref();
        case.is_some_and(|case| case.stage.is_terminal())
    })?;
    stays::<Posting>(deed, |posting| matches!(posting, Posting::Closed(_)))?;
    stays::<CreditRecord>(deed, |record| {
        let record = record.0.as_ref();
        record.is_some_and(|record| record.stage.is_final())
    })
}

fn stays<A: Aggregate>(deed: &Deed, is_terminal: impl Fn(&A) -> bool) -> Held {
    let Some((Some(before), after)) = deed.states::<A>() else {
        return Ok(());
    };
    must(11, !is_terminal(before) || is_terminal(after), || {
        format!("{} {} leaves a terminal state", A::KIND, deed.id)
    })
}

fn two_people(deed: &Deed) -> Held {
    let same = |one: &str, other: &str| {
        must(11, one != other, || {
            format!(
                "{one} approves what they prepared: {} {}",
                deed.kind, deed.id
            )
        })
    };
    let hand = |signature: &Signature| format!("{}@{}", signature.person, signature.region);
    if let Some((_, Assent::Asked { stage, .. })) = deed.states::<Assent>()
        && let AssentStage::Given {
            preparation: Some(preparation),
            by,
        } = stage
    {
        same(&hand(&preparation.by), &hand(by))?;
    }
    if let Some((_, JointDecision::Opened(decision))) = deed.states::<JointDecision>()
        && let Some(approval) = decision.approval()
    {
        same(&decision.matter.opened_by.person, &approval.by.person)?;
    }
    if let Some((
        _,
        PreReview::Recommended {
            prepared, ruling, ..
        }
        | PreReview::NotRecommended {
            prepared, ruling, ..
        },
    )) = deed.states::<PreReview>()
    {
        same(&prepared.by, &ruling.by)?;
    }
    backbone(deed, same)?;
    audit(deed, same)
}

fn backbone(deed: &Deed, same: impl Fn(&str, &str) -> Held) -> Held {
    let Some((Some(Unit::Here(before)), _)) = deed.states::<Unit>() else {
        return Ok(());
    };
    for event in deed
        .events
        .downcast_ref::<Vec<unit::Event>>()
        .into_iter()
        .flatten()
    {
        if let unit::Event::BackboneConfirmed { field, by } = event
            && let Some(Backbone::Proposed { by: proposed }) = before.backbone.get(field)
        {
            same(proposed, by)?;
        }
    }
    Ok(())
}

fn audit(deed: &Deed, same: impl Fn(&str, &str) -> Held) -> Held {
    let Some((Some(Posting::Open(before)), _)) = deed.states::<Posting>() else {
        return Ok(());
    };
    let (Reserve::Proposed { by: proposed, .. } | Reserve::InPool { by: proposed, .. }) =
        &before.reserve
    else {
        return Ok(());
    };
    for event in deed
        .events
        .downcast_ref::<Vec<posting::Event>>()
        .into_iter()
        .flatten()
    {
        if let posting::Event::ReserveAudited { by, .. } = event {
            same(proposed, by)?;
        }
    }
    Ok(())
}
