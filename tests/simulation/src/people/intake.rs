//! Demanders and their departments. [Art. 4, 8, 10]

use std::collections::BTreeSet;

use chassis::{Subject, attachments::FileKind};
use evidence::Digest;
use intake::{
    domain::{
        Attachment, Case, Command, Content, Demand, Programme, Revise, Stage, Standing, Submission,
        Withdrawal, rules::BREAKTHROUGH,
    },
    record::Mode,
};
use journal::Act;
use matching::domain::Posting;
use proto::{
    common::v1::Money,
    intake::v1::{ExternalTask, PublicRecord, ScenarioGoal, TaskMode},
};
use registry::domain::{Unit, credit::BarredAct, unit::Backbone};
use regulation::{Day, DemandId, Region, Role, SolutionId, TaskId, UnitId};

use super::{
    Call,
    looked_up::{barred, names},
};
use crate::{
    cast::{self, CONTACT, Cast, NOTE, Part},
    dice::Dice,
    fault::Fault,
    node::Process,
    service::Name,
    words::{given, say},
    world::{MEMBERS, World},
};

/// Demands of one history at most.
const DEMANDS_MAX: usize = 3;
/// Revisions of one demand at most.
const REVISIONS_MAX: usize = 3;

/// What a demander or its department could want.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Begin a demand.
    Draft,
    /// Write it anew.
    Rewrite(Region, DemandId),
    /// Hand it in.
    Submit(Region, DemandId),
    /// Give it back.
    Return(Region, DemandId),
    /// Accept it.
    Accept(Region, DemandId),
    /// Let it depart from what holds in principle.
    ApproveDeparture(Region, DemandId),
    /// Take it back, or ask for that.
    Withdraw(Region, DemandId),
    /// Let that happen.
    AllowWithdrawal(Region, DemandId),
    /// Do not let that happen.
    DeclineWithdrawal(Region, DemandId),
    /// End it without publication.
    Close(Region, DemandId),
    /// Add the file in which selected solvers agree to a revision.
    Attach(Region, DemandId),
    /// Revise one of its tasks.
    Revise(Region, DemandId),
}

pub(crate) fn demands(world: &World) -> impl Iterator<Item = (Region, DemandId, &Demand)> {
    MEMBERS.into_iter().flat_map(|region| {
        let process = world.service(region, Name::Intake);
        let demands = process.into_iter().flat_map(Process::all::<Demand>);
        demands.filter_map(move |(id, demand)| Some((region, id.parse().ok()?, demand)))
    })
}

pub(crate) fn wishes(world: &World) -> impl Iterator<Item = (usize, Wish)> {
    let mut wishes = Vec::new();
    // Where the policy changes, some demands are to come before it and some after.
    let more = if world.temper.deciding() { 2 } else { 0 };
    if demands(world).count() < DEMANDS_MAX + more {
        wishes.push((4, Wish::Draft));
    }
    for (region, id, demand) in demands(world) {
        let Some(case) = &demand.0 else { continue };
        match &case.stage {
            Stage::Draft => wishes.extend([
                (2, Wish::Rewrite(region, id)),
                (
                    if promises(world, region, case) { 40 } else { 1 },
                    Wish::Submit(region, id),
                ),
            ]),
            Stage::Submitted => {
                let asks = case
                    .departures
                    .iter()
                    .any(|wish| wish.approved_by.is_none());
                wishes.push((if asks { 1 } else { 40 }, Wish::Accept(region, id)));
                wishes.push((2, Wish::Return(region, id)));
                if asks {
                    wishes.push((40, Wish::ApproveDeparture(region, id)));
                }
            }
            Stage::Returned { .. } => wishes.push((30, Wish::Submit(region, id))),
            Stage::NotShortlisted => {
                wishes.extend([(8, Wish::Submit(region, id)), (1, Wish::Close(region, id))]);
            }
            Stage::Published {
                withdrawal: Withdrawal::Asked { .. },
                ..
            } => wishes.extend([
                (5, Wish::AllowWithdrawal(region, id)),
                (5, Wish::DeclineWithdrawal(region, id)),
            ]),
            Stage::Published { .. } if world.temper.restless() => {
                let files = case.attachments.is_empty();
                let proposed = case.revisions.len() + case.refused.len();
                let revised = case.proposal.is_none() && proposed < REVISIONS_MAX;
                wishes.extend(files.then_some((6, Wish::Attach(region, id))));
                wishes.extend(revised.then_some((6, Wish::Revise(region, id))));
            }
            Stage::Accepted
            | Stage::Published { .. }
            | Stage::Withdrawn { .. }
            | Stage::Closed { .. } => {}
        }
        // Most demanders stay with what they want.
        let fickle = id.0.as_bytes().first().is_some_and(|byte| byte % 4 == 0);
        let over = matches!(case.stage, Stage::Withdrawn { .. } | Stage::Closed { .. });
        if fickle && !over {
            wishes.push((1, Wish::Withdraw(region, id)));
        }
    }
    wishes.into_iter()
}

pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    let (node, id, role) = match wish {
        Wish::Draft => return draft(world, cast),
        Wish::Rewrite(node, id)
        | Wish::Submit(node, id)
        | Wish::Withdraw(node, id)
        | Wish::Attach(node, id)
        | Wish::Revise(node, id) => (node, id, Role::UnitMember),
        Wish::Return(node, id) | Wish::Accept(node, id) | Wish::Close(node, id) => {
            (node, id, Role::Officer)
        }
        Wish::ApproveDeparture(node, id)
        | Wish::AllowWithdrawal(node, id)
        | Wish::DeclineWithdrawal(node, id) => (node, id, Role::Director),
    };
    let case = world.state::<Demand>(node, Name::Intake, id).0?;
    let demander = case.demander;
    let (method, command) = match wish {
        Wish::Attach(..) => attach(world, node),
        Wish::Revise(..) => revise(world, (node, id), &case)?,
        _ => command(world, (node, demander), wish),
    };
    let actor = match role {
        Role::UnitMember => cast::member(demander, node),
        role => cast::official(role, node),
    };
    Some(Call {
        method,
        node,
        service: Name::Intake,
        actor,
        acts: vec![Act::new::<Demand>(id, command)],
    })
}

fn draft(world: &mut World, cast: &Cast) -> Option<Call> {
    let demanders: Vec<_> = cast.of(Part::Demander).collect();
    let demander = world.dice.one_of(&demanders)?;
    let id: DemandId = world.dice.id();
    let command = Command::Write(Box::new(content(&mut world.dice)));
    Some(Call {
        method: "jiebang.intake.v1.IntakeService/CreateDemand",
        node: demander.region,
        service: Name::Intake,
        actor: cast::member(demander.id, demander.region),
        acts: vec![Act::new::<Demand>(id, command)],
    })
}

fn command(
    world: &mut World,
    (node, demander): (Region, UnitId),
    wish: Wish,
) -> (&'static str, Command) {
    match wish {
        Wish::Draft | Wish::Rewrite(..) | Wish::Attach(..) | Wish::Revise(..) => {
            let command = Command::Write(Box::new(content(&mut world.dice)));
            ("jiebang.intake.v1.IntakeService/UpdateDemand", command)
        }
        Wish::Submit(..) => {
            let submission = Submission {
                standing: standing(world, node, demander),
                similar: Vec::new(),
            };
            let command = Command::Submit(Box::new(submission));
            ("jiebang.intake.v1.IntakeService/SubmitDemand", command)
        }
        Wish::Return(..) => {
            let command = Command::Return(say("请补充指标"));
            ("jiebang.intake.v1.IntakeService/ReturnDemand", command)
        }
        Wish::Accept(..) => (
            "jiebang.intake.v1.IntakeService/AcceptDemand",
            Command::Accept(Box::default()),
        ),
        Wish::Withdraw(..) => {
            let reason = world.dice.percent(80).then(|| say("企业战略调整"));
            let command = Command::Withdraw(reason);
            ("jiebang.intake.v1.IntakeService/WithdrawDemand", command)
        }
        Wish::AllowWithdrawal(..) => (
            "jiebang.intake.v1.IntakeService/WithdrawDemand",
            Command::Withdraw(None),
        ),
        Wish::DeclineWithdrawal(..) => (
            "jiebang.intake.v1.IntakeService/DeclineWithdrawal",
            Command::DeclineWithdrawal(say("请继续组织对接")),
        ),
        Wish::ApproveDeparture(..) => (
            "jiebang.intake.v1.IntakeService/ApproveDeparture",
            Command::ApproveDeparture(BREAKTHROUGH.code.to_owned()),
        ),
        Wish::Close(..) => (
            "jiebang.intake.v1.IntakeService/CloseDemand",
            Command::Close(say("需求已另行解决")),
        ),
    }
}

/// What solvers have signed, as a file.
fn attach(world: &mut World, node: Region) -> (&'static str, Command) {
    let attachment = Attachment {
        digest: Digest(world.dice.bytes()),
        name: say("解决方书面同意.pdf"),
        kind: FileKind::Pdf,
        bytes: 4_096,
        cleaned: false,
        at: world.clock(node),
    };
    (
        "jiebang.intake.v1.IntakeService/UploadAttachment",
        Command::Attach(Box::new(attachment)),
    )
}

/// A task as it is to be, with the word of those who are selected for it, if there is one.
fn revise(
    world: &mut World,
    (node, id): (Region, DemandId),
    case: &Case,
) -> Option<(&'static str, Command)> {
    let mut task = world.dice.one_of(&case.content.record.tasks)?.clone();
    if world.dice.percent(50) {
        task.indicators = say(&format!("分散度不高于 1.{}", world.dice.below(9)));
    } else {
        task.mode = match task.mode {
            Mode::Challenge => Mode::Racing { solvers_max: 2 },
            Mode::Racing { .. } => Mode::Challenge,
        };
    }
    let posting: Posting = world.state(node, Name::Matching, Posting::id(id));
    let picked = posting.call().and_then(|call| call.picks.get(&task.id));
    let picked = picked.into_iter().flatten().map(|(solution, _)| *solution);
    let looked_up = world.fault != Some(Fault::WordsInvented);
    let selected: BTreeSet<_> = picked.filter(|_| looked_up).collect();
    let agreed = world.dice.percent(70).then(|| case.attachments.first());
    let words = agreed.flatten().into_iter().flat_map(|file| {
        let signed = |solution: &SolutionId| (*solution, file.digest);
        selected.iter().map(signed)
    });
    let revise = Revise {
        words: words.collect(),
        reason: say("根据验证结果调整"),
        names: names(world, node, case.demander),
        selected: posting.call().map(|_| selected),
        task,
    };
    Some((
        "jiebang.intake.v1.IntakeService/ReviseTask",
        Command::Revise(Box::new(revise)),
    ))
}

/// What a demander writes: mostly fine, sometimes incomplete or beyond what holds in principle.
fn content(dice: &mut Dice) -> Content {
    let months = if dice.percent(25) { 48 } else { 30 };
    let tasks = (0..dice.between(1, 2)).map(|_| task(dice)).collect();
    let record = PublicRecord {
        title: "高端光刻胶树脂".to_owned(),
        field: cast::FIELD.to_owned(),
        mission: "突破树脂合成工艺".to_owned(),
        goals: vec![ScenarioGoal::KeyTechnology.into()],
        tasks,
        planned_investment: Some(Money { fen: 2_000_000_000 }),
        months,
        milestones: Vec::new(),
        ..PublicRecord::default()
    };
    Content {
        record: given(record.try_into()),
        programme: if dice.percent(5) {
            Programme::Local
        } else {
            Programme::Joint
        },
        cross_region_reason: Some(say("检测能力在外省")),
        nothing_classified: !dice.percent(3),
        private_note: Some(say(NOTE)),
        contact: Some(say(CONTACT)),
        duration_reason: dice.percent(80).then(|| say("首台套研制周期较长")),
        milestones_reason: None,
        figures: Vec::new(),
    }
}

fn task(dice: &mut Dice) -> ExternalTask {
    let id: TaskId = dice.id();
    let (mode, solvers_max) = if dice.percent(30) {
        (TaskMode::Racing, 2)
    } else {
        (TaskMode::Challenge, 1)
    };
    ExternalTask {
        task_id: id.to_string(),
        title: "树脂合成".to_owned(),
        content: "分子量分布控制".to_owned(),
        indicators: "分散度不高于 1.2".to_owned(),
        offered_funds: Some(Money { fen: 300_000_000 }),
        mode: mode.into(),
        solvers_max,
        revision: 1,
    }
}

/// Whether it is worth while to hand a demand in.
fn promises(world: &World, node: Region, case: &Case) -> bool {
    let today = Day::of(world.clock(node));
    let process = world.service(node, Name::Intake);
    let policy = process.and_then(|process| process.policies.on(today));
    let content = &case.content;
    let in_principle = content.record.months <= 36 || content.duration_reason.is_some();
    let whom = Subject::Unit(case.demander);
    policy.is_some()
        && content.nothing_classified
        && in_principle
        && barred(world, node, &whom, BarredAct::Intake).is_none()
}

/// What the node's registry says of a unit.
fn standing(world: &World, node: Region, unit: UnitId) -> Standing {
    let known: Unit = world.state(node, Name::Registry, unit);
    let Unit::Here(entry) = known else {
        return Standing {
            active_here: false,
            backbone_fields: Vec::new(),
            barred: None,
            affiliates: Vec::new(),
            names: Vec::new(),
        };
    };
    let confirmed = |backbone: &Backbone| matches!(backbone, Backbone::Confirmed { .. });
    let backbone = entry.backbone.iter().filter(|(_, one)| confirmed(one));
    Standing {
        active_here: entry.is_active() && !entry.guest,
        backbone_fields: backbone.map(|(field, _)| field.clone()).collect(),
        barred: barred(world, node, &Subject::Unit(unit), BarredAct::Intake),
        affiliates: entry.details.profile.affiliates.iter().copied().collect(),
        names: cast::names(&entry),
    }
}
