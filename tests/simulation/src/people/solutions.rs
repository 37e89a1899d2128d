//! Solvers with their solutions, at home. [Art. 11]

use std::collections::BTreeSet;

use evidence::Digest;
use journal::Act;
use matching::{
    domain::{Content, Solution, words::SolutionCommand},
    dossier::{Channel, Salt},
};
use regulation::{BlindId, Money, Region, SolutionId};

use super::{
    Call,
    looked_up::{facts, team},
    matching::Wish,
};
use crate::{
    cast::{self, Cast, Part},
    service::Name,
    words::{given, say},
    world::World,
};

/// A solver begins to write.
pub(super) fn draft(world: &mut World, cast: &Cast, node: Region, blind: BlindId) -> Option<Call> {
    let part = if world.dice.percent(25) {
        Part::Affiliate
    } else {
        Part::Solver
    };
    let unit = cast.of(part).find(|unit| unit.region == node)?;
    let call = facts(world, node, blind)?;
    let all = call.tasks.iter().copied();
    let some = world.dice.percent(40);
    let tasks = if some {
        all.take(1).collect()
    } else {
        all.collect()
    };
    let content = Content {
        tasks,
        team: BTreeSet::new(),
        approach: say("两步法"),
        evidence: None,
        price: given(Money::from_fen(100_000_000)),
        months: 12,
        channel: Channel::Platform,
        committed: true,
        secrecy: !world.dice.percent(3),
        contact: Some(say(cast::CONTACT)),
    };
    let id: SolutionId = world.dice.id();
    let command = SolutionCommand::Write {
        call,
        content: Box::new(content),
    };
    Some(Call {
        method: "jiebang.matching.v1.MatchingService/CreateSolution",
        node,
        service: Name::Matching,
        actor: cast::member(unit.id, node),
        acts: vec![Act::new::<Solution>(id, command)],
    })
}

/// What a solver does with its solution.
pub(super) fn on_solution(
    world: &mut World,
    node: Region,
    id: SolutionId,
    wish: Wish,
) -> Option<Call> {
    let case = world.state::<Solution>(node, Name::Matching, id).0?;
    let (method, command) = match wish {
        Wish::Submit(..) => (
            "jiebang.matching.v1.MatchingService/SubmitSolution",
            SolutionCommand::Submit {
                call: facts(world, node, case.blind_id)?,
                team: team(world, node, case.holder),
                salt: Salt(Digest(world.dice.bytes())),
            },
        ),
        Wish::Revise(..) => {
            let mut content = case.content.clone();
            content.months += 1;
            (
                "jiebang.matching.v1.MatchingService/ReviseSolution",
                SolutionCommand::Revise {
                    call: facts(world, node, case.blind_id)?,
                    team: team(world, node, case.holder),
                    content: Box::new(content),
                    salt: Salt(Digest(world.dice.bytes())),
                },
            )
        }
        Wish::Confirm(..) => (
            "jiebang.matching.v1.MatchingService/ConfirmIntent",
            SolutionCommand::ConfirmIntent(team(world, node, case.holder).barred),
        ),
        _ => (
            "jiebang.matching.v1.MatchingService/WithdrawSolution",
            SolutionCommand::Withdraw {
                reason: Some(say("团队另有安排")),
            },
        ),
    };
    Some(Call {
        method,
        node,
        service: Name::Matching,
        actor: cast::member(case.holder, node),
        acts: vec![Act::new::<Solution>(id, command)],
    })
}
