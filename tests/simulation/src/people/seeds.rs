//! Seeds of a draw that are waited for, and what the secretariat does about that. [Art. 9]

use evaluation::domain::{EvaluationRound, RoundCommand};
use regulation::{EvaluationRoundId, Region};

use super::evaluation::Wish;
use crate::{service::Name, words::say, world::World};

/// What to do about a seed that is waited for.
pub(super) fn call(
    world: &mut World,
    id: EvaluationRoundId,
    wish: Wish,
) -> Option<(&'static str, EvaluationRoundId, RoundCommand)> {
    let round: EvaluationRound = world.state(Region::HUB, Name::Evaluation, id);
    let awaited: Vec<_> = round.seeds_awaited().into_iter().collect();
    let region = *world.dice.one_of(&awaited)?;
    let reason = say("该地区通信中断");
    Some(if let Wish::WaiveSeed(_) = wish {
        let method = "jiebang.evaluation.v1.DrawService/WaiveSeed";
        (method, id, RoundCommand::WaiveSeed { region, reason })
    } else {
        let method = "jiebang.evaluation.v1.DrawService/RecoverSeed";
        (method, id, RoundCommand::RecoverSeed { region, reason })
    })
}
