//! Departments and the task force over joint decisions, and the public's objections. [Art. 9]

use coordination::domain::{
    Document, Known, ObjectionId,
    assent::{self, Assent, Stage as AssentStage},
    decision::{self, JointDecision, Opening, Stage, Terms},
    objection::{self, Objection},
};
use evidence::{MembershipDocument, SealingKey, SigningKey, Standing};
use journal::Act;
use regulation::{AssentId, Day, DecisionId, DecisionKind, Policy, Region, Role, YRD_2024_1};
use time::macros::datetime;

use super::Call;
use crate::{
    cast::{self, Cast},
    node::Process,
    service::Name,
    words::{given, say},
    world::{LINKED, MEMBERS, World},
};

/// What results are judged by. [Art. 19]
const CRITERIA: &str = r#"
version = "results-1"
[[criteria]]
key = "innovation"
name = "创新水平"
weight = 40
[[criteria]]
key = "transformation"
name = "转化应用绩效"
weight = 30
[[criteria]]
key = "contribution"
name = "经济社会贡献"
weight = 30
"#;

/// What a department or the hub could want.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Put an assent before the director.
    Prepare(Region, AssentId),
    /// Agree.
    Give(Region, AssentId),
    /// Don't.
    Refuse(Region, AssentId),
    /// Approve a decision.
    Approve(DecisionId),
    /// Go on without having heard everybody.
    EndPublicity(DecisionId),
    /// Object to what is shown.
    Object(DecisionId),
    /// Judge an objection.
    Judge(DecisionId, ObjectionId),
    /// Open a decision of this kind.
    Open(DecisionKind),
}

/// What the secretariat opens by itself.
const KINDS: [DecisionKind; 4] = [
    DecisionKind::Policy,
    DecisionKind::Interpretation,
    DecisionKind::ResultCriteria,
    DecisionKind::Admission,
];

pub(crate) fn decisions(world: &World) -> impl Iterator<Item = (DecisionId, &JointDecision)> {
    let hub = world.service(Region::HUB, Name::Coordination);
    let decisions = hub.into_iter().flat_map(Process::all::<JointDecision>);
    decisions.filter_map(|(id, decision)| Some((id.parse().ok()?, decision)))
}

pub(crate) fn wishes(world: &World) -> impl Iterator<Item = (usize, Wish)> {
    let mut wishes = Vec::new();
    for region in MEMBERS {
        let process = world.service(region, Name::Coordination);
        let assents = process.into_iter().flat_map(Process::all::<Assent>);
        for (id, assent) in assents {
            let (Ok(id), Some((_, stage))) = (id.parse(), assent.asked()) else {
                continue;
            };
            match stage {
                AssentStage::Requested => {
                    wishes.extend([(30, Wish::Prepare(region, id)), (1, Wish::Give(region, id))]);
                }
                AssentStage::Prepared(_) => {
                    wishes.extend([(60, Wish::Give(region, id)), (1, Wish::Refuse(region, id))]);
                }
                AssentStage::Given { .. } => wishes.push((1, Wish::Refuse(region, id))),
                _ => {}
            }
        }
    }
    let opened = |kind| {
        let matters = decisions(world).filter_map(|(_, decision)| decision.opened());
        matters.into_iter().any(|one| one.matter.kind == kind)
    };
    let unopened = KINDS.into_iter().filter(|kind| !opened(*kind));
    let wanted = unopened.filter(|kind| match kind {
        DecisionKind::Admission => world.temper.open(),
        _ => world.temper.deciding(),
    });
    let eager = |kind| match kind {
        DecisionKind::Admission | DecisionKind::Policy => 12,
        _ => 2,
    };
    wishes.extend(wanted.map(|kind| (eager(kind), Wish::Open(kind))));
    for (id, decision) in decisions(world) {
        let Some(decision) = decision.opened() else {
            continue;
        };
        match &decision.stage {
            Stage::Open => wishes.push((1, Wish::Approve(id))),
            Stage::Assented => wishes.push((40, Wish::Approve(id))),
            Stage::Publicity { .. } => {
                wishes.push((2, Wish::Object(id)));
                wishes.push((1, Wish::EndPublicity(id)));
                let open = decision.objections.iter();
                let open = open.filter(|(_, objection)| objection.judgement.is_none());
                wishes.extend(open.map(|(objection, _)| (40, Wish::Judge(id, *objection))));
            }
            _ => {}
        }
    }
    wishes.into_iter()
}

pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    match wish {
        Wish::Prepare(node, id) | Wish::Give(node, id) | Wish::Refuse(node, id) => {
            on_assent(world, node, id, wish)
        }
        Wish::Object(id) => object(world, cast, id),
        Wish::Approve(id) | Wish::EndPublicity(id) | Wish::Judge(id, _) => {
            on_decision(world, id, wish)
        }
        Wish::Open(kind) => Some(open(world, kind)),
    }
}

fn open(world: &mut World, kind: DecisionKind) -> Call {
    let coordination = world.service(Region::HUB, Name::Coordination);
    let today = Day::of(world.clock(Region::HUB));
    let in_force = coordination.and_then(|process| process.policies.on(today));
    let later = given(Policy::parse(YRD_2024_1));
    let is_later = |policy: &Policy| policy.version == later.version;
    let (subject, text) = match kind {
        DecisionKind::Policy => (later.version.clone(), YRD_2024_1.to_owned()),
        DecisionKind::Interpretation => ("17".to_owned(), "投资总额含企业自筹。".to_owned()),
        DecisionKind::Admission => ((*LINKED).to_string(), membership()),
        _ => ("results-1".to_owned(), CRITERIA.to_owned()),
    };
    let opening = Opening {
        kind,
        title: say("请予共同决定"),
        document: given(Document::new(text.into_bytes())),
        subject_id: subject,
        former: None,
        known: Known {
            version: true,
            in_force: in_force.as_deref().is_some_and(is_later),
            against: Vec::new(),
        },
        last_terms: in_force.is_none().then(|| Terms::of(&later, kind)),
    };
    let id: DecisionId = world.dice.id();
    let command = decision::Command::Open(Box::new(opening));
    Call {
        method: "jiebang.coordination.v1.CoordinationService/OpenDecision",
        node: Region::HUB,
        service: Name::Coordination,
        actor: cast::official(Role::Secretariat, Region::HUB),
        acts: vec![Act::new::<JointDecision>(id, command)],
    }
}

/// What the linked region's keys are.
fn membership() -> String {
    let document = MembershipDocument {
        region: *LINKED,
        standing: Standing::Linked,
        signing: SigningKey::from_random([3; 32]).verifying_key(),
        valid_from: datetime!(2024-05-06 0:00 +8),
        former_until: None,
        sealing: SealingKey::from_random(&[4; 32]).public().clone(),
        nkey: format!("U{}", "A".repeat(55)),
        address: "https://gd.example:7443".to_owned(),
    };
    given(toml::to_string(&document))
}

fn on_assent(world: &mut World, node: Region, id: AssentId, wish: Wish) -> Option<Call> {
    let assent: Assent = world.state(node, Name::Coordination, id);
    let (request, _) = assent.asked()?;
    let digest = request.document.digest();
    let (method, role, command) = match wish {
        Wish::Prepare(..) => (
            "jiebang.coordination.v1.CoordinationService/PrepareAssent",
            Role::Officer,
            assent::Command::Prepare { digest, note: None },
        ),
        Wish::Refuse(..) => (
            "jiebang.coordination.v1.CoordinationService/RefuseAssent",
            Role::Director,
            assent::Command::Refuse {
                reason: say("清单尚需完善"),
            },
        ),
        _ => (
            "jiebang.coordination.v1.CoordinationService/GiveAssent",
            Role::Director,
            assent::Command::Give { digest },
        ),
    };
    Some(Call {
        method,
        node,
        service: Name::Coordination,
        actor: cast::official(role, node),
        acts: vec![Act::new::<Assent>(id, command)],
    })
}

fn object(world: &mut World, cast: &Cast, decision: DecisionId) -> Option<Call> {
    let regions = world.regions();
    let node = *world.dice.one_of(&regions)?;
    let text = say("名单中的任务与已立项目重复");
    let id: ObjectionId = world.dice.id();
    let units: Vec<_> = cast
        .units
        .iter()
        .filter(|unit| unit.region == node)
        .collect();
    let actor = match world.dice.one_of(&units) {
        Some(unit) => cast::member(unit.id, node),
        None => cast::official(Role::Secretariat, node),
    };
    let command = objection::Command::File { decision, text };
    Some(Call {
        method: "jiebang.coordination.v1.CoordinationService/FileObjection",
        node,
        service: Name::Coordination,
        actor,
        acts: vec![Act::new::<Objection>(id, command)],
    })
}

fn on_decision(world: &mut World, id: DecisionId, wish: Wish) -> Option<Call> {
    let decision: JointDecision = world.state(Region::HUB, Name::Coordination, id);
    let matter = &decision.opened()?.matter;
    let (method, role, command) = match wish {
        Wish::Approve(_) => {
            let number = world.dice.between(1, 999_999_999);
            (
                "jiebang.coordination.v1.CoordinationService/ApproveDecision",
                matter.terms.approver,
                decision::Command::Approve {
                    number: say(&format!("长三角专班〔2024〕{number}号")),
                    digest: matter.document.digest(),
                },
            )
        }
        Wish::Judge(_, objection) => (
            "jiebang.coordination.v1.CoordinationService/JudgeObjection",
            Role::Secretariat,
            decision::Command::JudgeObjection {
                id: objection,
                upheld: world.dice.percent(15),
                reason: say("经核实"),
            },
        ),
        _ => (
            "jiebang.coordination.v1.CoordinationService/EndPublicity",
            Role::Secretariat,
            decision::Command::EndPublicityAnyway {
                reason: say("该地区通信中断"),
            },
        ),
    };
    Some(Call {
        method,
        node: Region::HUB,
        service: Name::Coordination,
        actor: cast::official(role, Region::HUB),
        acts: vec![Act::new::<JointDecision>(id, command)],
    })
}
