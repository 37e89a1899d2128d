//! Experts at their homes, with the ballots that they are asked for. [Art. 9]

use chassis::Subject;
use evaluation::domain::{Ballot, BallotCommand, Invitation, Mark, Sheet};
use journal::Act;
use registry::domain::credit::BarredAct;
use regulation::{BallotId, Day, Region};

use super::{Call, evaluation::Wish, looked_up::barred};
use crate::{
    cast,
    dice::Dice,
    service::Name,
    words::{given, say},
    world::World,
};

/// What an expert answers to an invitation.
pub(super) fn call(world: &mut World, node: Region, id: BallotId, wish: Wish) -> Option<Call> {
    let ballot: Ballot = world.state(node, Name::Evaluation, id);
    let invitation = ballot.invitation()?;
    let (method, command) = if let Wish::Declare(..) = wish {
        (
            "jiebang.evaluation.v1.EvaluationService/DeclareConflict",
            BallotCommand::DeclareConflict,
        )
    } else if let Some(until) = barred_until(world, node, &ballot) {
        (
            "jiebang.evaluation.v1.EvaluationService/CastBallot",
            BallotCommand::Bar { until },
        )
    } else {
        let sheet = sheet(&mut world.dice, invitation);
        let salt = world.dice.bytes();
        (
            "jiebang.evaluation.v1.EvaluationService/CastBallot",
            BallotCommand::Cast { sheet, salt },
        )
    };
    Some(Call {
        method,
        node,
        service: Name::Evaluation,
        actor: cast::as_expert(invitation.expert, node),
        acts: vec![Act::new::<Ballot>(id, command)],
    })
}

/// Until when a credit record bars the expert from answering, as far as their home knows.
fn barred_until(world: &World, node: Region, ballot: &Ballot) -> Option<Day> {
    let asked = ballot.invitation().filter(|_| ballot.is_open())?;
    let whom = Subject::Person(asked.person.clone());
    Some(barred(world, node, &whom, BarredAct::ExpertDraw)?.until)
}

fn sheet(dice: &mut Dice, asked: &Invitation) -> Sheet {
    let points = u32::try_from(dice.between(40, 100)).unwrap_or(60);
    let marks = asked.criteria.iter().map(|criterion| {
        let mark = Mark {
            points: given(points.try_into()),
            reason: say("指标明确，路线可行"),
        };
        (say(&criterion.key), mark)
    });
    Sheet {
        marks: marks.collect(),
        recommended: points >= 60,
    }
}
