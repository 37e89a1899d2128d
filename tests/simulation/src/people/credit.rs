//! Departments that make credit records, and whom they are about. [Art. 20]

use std::collections::BTreeSet;

use evidence::Digest;
use journal::Act;
use registry::domain::{
    CreditNotice, CreditRecord,
    credit::{BarredAct, Charge, Evidence, Misconduct, RecordId, Stage, Subject, notice, record},
};
use regulation::{Actor, Region, Role};

use super::{Call, looked_up::home};
use crate::{
    cast::{self, Cast},
    node::Process,
    service::Name,
    words::say,
    world::World,
};

/// Records of one history at most.
const RECORDS_MAX: usize = 3;

/// What somebody could want of a credit record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Propose one.
    Propose(Region),
    /// Something of a director's with one.
    Decide(Region, RecordId, Word),
    /// Appeal, where whom it is about is at home.
    Appeal(Region, RecordId),
}

/// What a director may say of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Word {
    /// Have whom it is about told.
    Notify,
    /// Don't.
    Decline,
    /// It stands against the appeal.
    Uphold,
    /// It does not stand.
    Revoke,
}

pub(crate) fn records(world: &World) -> impl Iterator<Item = (Region, RecordId, &CreditRecord)> {
    world.nodes.keys().flat_map(|region| {
        let region = *region;
        let process = world.service(region, Name::Registry);
        let records = process.into_iter().flat_map(Process::all::<CreditRecord>);
        records.filter_map(move |(id, record)| Some((region, id.parse().ok()?, record)))
    })
}

pub(crate) fn wishes(world: &World) -> impl Iterator<Item = (usize, Wish)> {
    let mut wishes = Vec::new();
    if records(world).count() < RECORDS_MAX {
        let weight = if world.temper.strict() { 2 } else { 1 };
        let everywhere = world.nodes.keys();
        wishes.extend(everywhere.map(|region| (weight, Wish::Propose(*region))));
    }
    for (region, id, record) in records(world) {
        let Some(record) = &record.0 else { continue };
        let wish = |word| Wish::Decide(region, id, word);
        match record.stage {
            Stage::Proposed {} => {
                wishes.extend([(30, wish(Word::Notify)), (1, wish(Word::Decline))]);
            }
            Stage::Appealed { .. } => {
                wishes.extend([(20, wish(Word::Uphold)), (5, wish(Word::Revoke))]);
            }
            Stage::Notified { .. } | Stage::Effective { .. } => {
                wishes.push((1, wish(Word::Revoke)));
            }
            _ => {}
        }
    }
    for region in world.nodes.keys().copied() {
        let process = world.service(region, Name::Registry);
        for (id, notice) in process.into_iter().flat_map(Process::all::<CreditNotice>) {
            let open = notice
                .0
                .as_ref()
                .is_some_and(|told| told.appeal.is_none() && told.outcome.is_none());
            if let (true, Ok(id)) = (open, id.parse()) {
                wishes.push((2, Wish::Appeal(region, id)));
            }
        }
    }
    wishes.into_iter()
}

pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    match wish {
        Wish::Propose(region) => propose(world, cast, region),
        Wish::Decide(region, id, word) => Some(decide(world, region, id, word)),
        Wish::Appeal(region, id) => appeal(world, region, id),
    }
}

fn of_department(method: &'static str, actor: Actor, act: Act) -> Call {
    Call {
        method,
        node: actor.region,
        service: Name::Registry,
        actor,
        acts: vec![act],
    }
}

fn propose(world: &mut World, cast: &Cast, region: Region) -> Option<Call> {
    let persons = if world.temper.strict() { 40 } else { 15 };
    let subject = if world.dice.percent(persons) {
        let expert = world.dice.one_of(&cast.experts)?;
        Subject::Person {
            key: expert.profile.person.clone(),
            through: expert.profile.employer,
        }
    } else {
        Subject::Unit(world.dice.one_of(&cast.units)?.id)
    };
    let evidence = Evidence {
        digest: Digest(world.dice.bytes()),
        description: say(cast::NOTE),
    };
    let acts: BTreeSet<_> = if world.dice.percent(60) {
        BarredAct::ALL.into()
    } else {
        [*world.dice.one_of(&BarredAct::ALL)?].into()
    };
    let told_region = home(world, region, subject.told());
    let charge = Charge {
        subject,
        misconduct: Misconduct::FalseMaterials,
        case_reference: say("2023 年度专项检查"),
        evidence: if world.dice.percent(95) {
            vec![evidence]
        } else {
            Vec::new()
        },
        acts,
    };
    let id: RecordId = world.dice.id();
    let command = record::Command::Propose {
        charge: Box::new(charge),
        told_region,
    };
    Some(of_department(
        "jiebang.registry.v1.CreditService/ProposeCreditRecord",
        cast::official(Role::Officer, region),
        Act::new::<CreditRecord>(id, command),
    ))
}

fn decide(world: &mut World, region: Region, id: RecordId, word: Word) -> Call {
    // Now and then the director who had somebody told wants to judge the appeal too.
    let again = world.dice.percent(5);
    let (first, other) = (cast::official(Role::Director, region), cast::deputy(region));
    let (method, actor, command) = match word {
        Word::Notify => (
            "jiebang.registry.v1.CreditService/NotifyCreditRecord",
            first,
            record::Command::Notify,
        ),
        Word::Decline => (
            "jiebang.registry.v1.CreditService/DeclineCreditRecord",
            first,
            record::Command::Decline(say("事实不清")),
        ),
        Word::Uphold => (
            "jiebang.registry.v1.CreditService/UpholdCreditRecord",
            if again { first } else { other },
            record::Command::Uphold(say("申诉理由不成立")),
        ),
        Word::Revoke => (
            "jiebang.registry.v1.CreditService/RevokeCreditRecord",
            if again { first } else { other },
            record::Command::Revoke(say("情况属实，予以撤销")),
        ),
    };
    let act = Act::new::<CreditRecord>(id, command);
    of_department(method, actor, act)
}

fn appeal(world: &mut World, node: Region, id: RecordId) -> Option<Call> {
    let notice: CreditNotice = world.state(node, Name::Registry, id);
    let unit = notice.0?.announced.subject.told();
    let actor = if world.dice.percent(70) {
        cast::member(unit, node)
    } else {
        cast::official(Role::Officer, node)
    };
    let command = notice::Command::Appeal(say("材料由第三方提供，本单位不知情"));
    Some(of_department(
        "jiebang.registry.v1.CreditService/AppealCreditRecord",
        actor,
        Act::new::<CreditNotice>(id, command),
    ))
}
