//! Invariant 9: a task never has more selected solvers than its mode allows; where a demand stands
//! in the reserve pool follows from its tasks. [Art. 5, 12]

use std::collections::{BTreeMap, BTreeSet};

use matching::domain::posting::{
    Call, Posting,
    reserve::{Reserve, Status, covered},
};
use regulation::TaskId;

use super::{Held, must};
use crate::news::Deed;

pub(super) fn look(deed: &Deed) -> Held {
    let Some((_, posting)) = deed.states::<Posting>() else {
        return Ok(());
    };
    let Some(call) = posting.call() else {
        return Ok(());
    };
    for task in &call.owner.record.tasks {
        let picked = call.picks.get(&task.id).map_or(0, BTreeMap::len);
        must(9, picked <= task.mode.solvers_max(), || {
            format!("task {} has {picked} solvers for {:?}", task.id, task.mode)
        })?;
    }
    pool(call)
}

fn pool(call: &Call) -> Held {
    let audited = call.audited();
    must(9, audited.is_subset(&call.matches()), || {
        "the pool holds a match that is over".to_owned()
    })?;
    let tasks: BTreeSet<TaskId> = call.owner.record.tasks.iter().map(|task| task.id).collect();
    let matched = covered(&audited);
    let other = matches!(
        &call.reserve,
        Reserve::InPool {
            situation: Some(_),
            ..
        }
    );
    let expected = match matched.len() {
        _ if other => Status::Other,
        0 => Status::Left,
        some if some == tasks.len() => Status::Matched,
        _ => Status::PartlyMatched,
    };
    let shown = call.pool_status().unwrap_or(Status::Left);
    must(9, shown == expected && matched.is_subset(&tasks), || {
        format!("the pool shows {shown:?}, the tasks say {expected:?}")
    })
}
