//! Invariants 10 and 11, of credit records: a bar holds without exception, nobody is barred before
//! they could be heard, and three people make a record. [Art. 20]

use chassis::Subject;
use evaluation::domain::{Ballot, EvaluationRound};
use intake::domain::{Demand, Stage as DemandStage};
use matching::domain::{Posting, Solution, Stage as SolutionStage, posting};
use registry::domain::{
    CreditNotice, CreditRecord,
    credit::{BarredAct, Outcome, Stage, record::Record},
};
use regulation::{Day, Region, UnitId};

use super::{Held, must};
use crate::{
    kept::{bars, own_bars},
    news::Deed,
    node::Process,
    people::credit::records,
    service::Name,
    world::{MEMBERS, World},
};

pub(super) fn look(world: &World, deed: &Deed) -> Held {
    if let Some((before, Demand(Some(case)))) = deed.states::<Demand>() {
        let stage = before.and_then(|before| Some(&before.0.as_ref()?.stage));
        let handed_in = case.stage == DemandStage::Submitted && stage != Some(&case.stage);
        if handed_in {
            free(world, deed, case.demander, BarredAct::Intake)?;
        }
    }
    if let Some((before, Solution(Some(case)))) = deed.states::<Solution>() {
        let revision = before.and_then(|before| Some(before.0.as_ref()?.revision));
        let handed_in = revision.is_none_or(|revision| revision < case.revision);
        if handed_in && case.stage == SolutionStage::Submitted {
            free(world, deed, case.holder, BarredAct::Solution)?;
        }
    }
    for event in deed.events_of::<Posting>() {
        if let posting::Event::Selected { solution, .. } = event {
            let call = deed.states::<Posting>().and_then(|(_, after)| after.call());
            let received = call.and_then(|call| call.received.get(solution));
            if let Some(received) = received {
                free(world, deed, received.dossier.holder, BarredAct::Solution)?;
            }
        }
    }
    if let Some((before, EvaluationRound::Frozen(frozen))) = deed.states::<EvaluationRound>()
        && !matches!(before, Some(EvaluationRound::Frozen(_)))
    {
        let day = Day::of(deed.at);
        for person in frozen.people.values() {
            let whom = Subject::Person(person.seated.person.clone());
            let barred = bars(world, deed.node, &whom, BarredAct::ExpertDraw, day);
            must(10, barred.is_none(), || {
                format!(
                    "{} is barred, and in the pool of {}",
                    person.expert, deed.id
                )
            })?;
        }
    }
    if let Some((Some(before), Ballot::Cast { .. })) = deed.states::<Ballot>()
        && before.is_open()
        && let Some(asked) = before.invitation()
    {
        let whom = Subject::Person(asked.person.clone());
        let barred = bars(
            world,
            deed.node,
            &whom,
            BarredAct::ExpertDraw,
            Day::of(deed.at),
        );
        must(10, barred.is_none(), || {
            format!("{} is barred, and casts {}", asked.expert, deed.id)
        })?;
    }
    if let Some((before, CreditRecord(Some(record)))) = deed.states::<CreditRecord>() {
        must(10, MEMBERS.contains(&deed.node), || {
            format!("{} is no member, and makes record {}", deed.node, deed.id)
        })?;
        let before = before.and_then(|before| before.0.as_deref());
        heard_before(world, deed, before, record)?;
        three_people(deed, record)?;
    }
    Ok(())
}

/// Whoever hands something in is not barred, as far as the node knows, on a day with a policy.
fn free(world: &World, deed: &Deed, unit: UnitId, act: BarredAct) -> Held {
    let day = Day::of(deed.at);
    let barred = bars(world, deed.node, &Subject::Unit(unit), act, day);
    must(10, barred.is_none(), || {
        format!(
            "{unit} is barred, and takes part in {} {}",
            deed.kind, deed.id
        )
    })?;
    let process = world.service(deed.node, deed.service);
    let in_force = process.is_some_and(|process| process.policies.on(day).is_some());
    must(10, in_force || act != BarredAct::Intake, || {
        format!("{} {} is handed in without a policy", deed.kind, deed.id)
    })
}

/// What takes effect has its evidence, and either the time to appeal is over and its home was
/// heard past it, or an appeal was judged.
fn heard_before(world: &World, deed: &Deed, before: Option<&Record>, record: &Record) -> Held {
    let Stage::Effective {
        telling, upheld, ..
    } = &record.stage
    else {
        return Ok(());
    };
    if before.is_some_and(|before| before.effect().is_some()) {
        return Ok(());
    }
    must(10, !record.charge.evidence.is_empty(), || {
        format!("record {} has effect without evidence", deed.id)
    })?;
    let over = telling.appeal_until.end();
    let registry = world.service(deed.node, Name::Registry);
    let heard = registry.and_then(|registry| registry.heard.get(&record.told_region));
    let silent = deed.at > over && heard.is_some_and(|until| *until > over);
    must(10, upheld.is_some() || silent, || {
        format!("record {} has effect before they could appeal", deed.id)
    })
}

fn three_people(deed: &Deed, record: &Record) -> Held {
    let told = record.stage.telling().map(|telling| telling.by.as_str());
    let word = match &record.stage {
        Stage::Declined { word } | Stage::Revoked { word, .. } => Some(word.by.as_str()),
        Stage::Effective { upheld, .. } => upheld.as_ref().map(|(_, word)| word.by.as_str()),
        _ => None,
    };
    let proposed = Some(record.proposed_by.as_str());
    let different = proposed != told && (word.is_none() || (word != proposed && word != told));
    must(11, different, || {
        format!("one person does two things to record {}", deed.id)
    })
}

/// Every node knows whom all records bar; whom they are about knows how they ended, and no appeal
/// is lost.
pub(super) fn settled(world: &World) -> Held {
    for home in MEMBERS {
        let Some(registry) = world.service(home, Name::Registry) else {
            continue;
        };
        for (id, bar) in own_bars(registry) {
            for node in world.nodes.keys().copied().filter(|node| *node != home) {
                let key = (home, id.to_owned());
                let known = world
                    .service(node, Name::Registry)
                    .and_then(|registry| registry.bars.get(&key));
                must(7, known == Some(&bar), || {
                    format!("{node} knows record {id} of {home} as {known:?}, not as {bar:?}")
                })?;
            }
        }
    }
    called_back(world)?;
    for (home, id, record) in records(world) {
        if let Some(record) = &record.0 {
            told(world, home, &id.to_string(), record)?;
        }
    }
    Ok(())
}

/// Whoever a record bars from judging is asked for nothing any more that somebody else could do.
fn called_back(world: &World) -> Held {
    for home in MEMBERS {
        let evaluation = world.service(home, Name::Evaluation);
        let today = Day::of(world.clock(home));
        for (id, ballot) in evaluation.into_iter().flat_map(Process::all::<Ballot>) {
            let Some(asked) = ballot.invitation().filter(|_| ballot.is_open()) else {
                continue;
            };
            let whom = Subject::Person(asked.person.clone());
            let barred = bars(world, home, &whom, BarredAct::ExpertDraw, today);
            must(10, barred.is_none() || asked.deadline < today, || {
                format!("{} is barred, and still asked for {id}", asked.expert)
            })?;
        }
    }
    Ok(())
}

fn told(world: &World, home: Region, id: &str, record: &Record) -> Held {
    let notice: CreditNotice = world.state(record.told_region, Name::Registry, id);
    let announced = record.stage.telling().is_some();
    must(7, announced == notice.0.is_some(), || {
        format!(
            "{} was told of record {id}: {}",
            record.told_region, !announced
        )
    })?;
    let Some(notice) = notice.0 else {
        return Ok(());
    };
    let outcome: Option<Outcome> = record.outcome();
    must(7, notice.outcome == outcome, || {
        format!(
            "record {id} of {home} ended as {outcome:?}, they know {:?}",
            notice.outcome
        )
    })?;
    let appealed = match &record.stage {
        Stage::Appealed { .. } => true,
        Stage::Effective { upheld, .. } => upheld.is_some(),
        Stage::Revoked { appeal, .. } => appeal.is_some(),
        // What ran out no longer says it.
        Stage::Expired { .. } => notice.appeal.is_some(),
        _ => false,
    };
    must(7, appealed == notice.appeal.is_some(), || {
        format!("an appeal against record {id} of {home} is known on one side only")
    })
}
