//! The door in for events: what became of a demand elsewhere.

use journal::Act;
use proto::{
    evaluation::v1::{DemandJudged, DemandNotRecommended},
    matching::v1::DemandPublished,
    message::{Incoming, PublicEvent as _, Scope, Unreadable},
};
use regulation::{BlindId, DemandId};

use crate::domain::{Command, Demand, Judgement};

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
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
        _ => Ok(Vec::new()),
    }
}

fn id(message: &Incoming, text: &str) -> Result<DemandId, Unreadable> {
    text.parse().map_err(|e| message.unreadable(e))
}
