//! The door in for events: what became of a demand elsewhere.

use evidence::Digest;
use journal::Act;
use proto::{
    evaluation::v1::{DemandJudged, DemandNotRecommended},
    intake::v1 as wire,
    matching::v1::{DemandPublished, ListPublished, RevisionAnswered},
    message::{Incoming, PublicEvent as _, Scope, Unreadable},
};
use regulation::{BlindId, Context, DemandId};

use crate::domain::{Answer, Command, Demand, Judgement, Picture, ShowFigure, ShownFigure};

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
    match message.kind.as_str() {
        DemandJudged::KIND => {
            let judged: DemandJudged = message.read_of_hub()?;
            let id = id(message, &judged.demand_id)?;
            let command = Command::Judge(Judgement {
                round: Some(judged.round_id.parse().map_err(|e| message.unreadable(e))?),
                listed: judged.listed,
                place: u32::try_from(judged.place).map_err(|e| message.unreadable(e))?,
                comments: judged.comments,
            });
            Ok(vec![Act::new::<Demand>(id, command)])
        }
        DemandNotRecommended::KIND => {
            let declined: DemandNotRecommended = message.read()?;
            if message.scope != Scope::Node {
                return Err(message.unreadable("a department speaks on its own node"));
            }
            let id = id(message, &declined.demand_id)?;
            let command = Command::Judge(Judgement {
                round: None,
                listed: false,
                place: 0,
                comments: declined.comments,
            });
            Ok(vec![Act::new::<Demand>(id, command)])
        }
        DemandPublished::KIND => {
            let published: DemandPublished = message.read_of_hub()?;
            let blind_id: BlindId = published
                .blind_id
                .parse()
                .map_err(|e| message.unreadable(e))?;
            let id = id(message, &published.demand_id)?;
            let command = Command::Publish {
                blind_id,
                public_number: published.public_number,
            };
            Ok(vec![Act::new::<Demand>(id, command)])
        }
        RevisionAnswered::KIND => answered(message),
        wire::FigureTold::KIND if context.node.is_hub() => {
            let told: wire::FigureTold = message.read()?;
            let show = ShowFigure::Keep(picture(message, &told.digest, told.content)?);
            Ok(vec![Act::new::<ShownFigure>(told.digest, show)])
        }
        wire::FigurePublished::KIND => {
            let told: wire::FigurePublished = message.read_of_hub()?;
            let show = ShowFigure::Show(picture(message, &told.digest, told.content)?);
            Ok(vec![Act::new::<ShownFigure>(told.digest, show)])
        }
        ListPublished::KIND if context.node.is_hub() => released(message),
        _ => Ok(Vec::new()),
    }
}

/// The posting's word on a revision, on the node of both.
fn answered(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let answer: RevisionAnswered = message.read()?;
    if message.scope != Scope::Node {
        return Err(message.unreadable("a posting speaks on its own node"));
    }
    let reason = || answer.reason.parse().map_err(|e| message.unreadable(e));
    let refused_because = (!answer.taken).then(reason).transpose()?;
    let command = Command::AnswerRevision(Answer {
        number: usize::try_from(answer.number).map_err(|e| message.unreadable(e))?,
        refused_because,
    });
    let id = id(message, &answer.demand_id)?;
    Ok(vec![Act::new::<Demand>(id, command)])
}

/// The pictures of a list that the hub has published.
fn released(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let list: ListPublished = message.read_of_hub()?;
    let records = list.entries.into_iter().filter_map(|entry| entry.record);
    let figures = records.flat_map(|record| record.figures);
    let acts = figures.map(|figure| {
        let digest: Digest = figure.digest.parse().map_err(|e| message.unreadable(e))?;
        Ok(Act::new::<ShownFigure>(digest, ShowFigure::Release))
    });
    acts.collect()
}

/// What is called so, if it is a picture and nothing but a picture, whoever says so.
fn picture(message: &Incoming, digest: &str, content: Vec<u8>) -> Result<Box<Picture>, Unreadable> {
    let digest: Digest = digest.parse().map_err(|e| message.unreadable(e))?;
    let picture = Picture::of(&digest, content).map_err(|e| message.unreadable(e))?;
    Ok(Box::new(picture))
}

fn id(message: &Incoming, text: &str) -> Result<DemandId, Unreadable> {
    text.parse().map_err(|e| message.unreadable(e))
}
