//! The only door out: what others hear of a demand. Who demands stays on the node.

use proto::{
    intake::v1 as wire,
    message::{Audience, Message},
};
use time::format_description::well_known::Rfc3339;

use crate::{
    domain::{Case, Event, Programme, Proposal},
    told,
};

/// What others hear of `event`; `case` is the demand after it.
pub(crate) fn publish(id: &str, case: &Case, event: &Event) -> Vec<Message> {
    // A region's own programme never enters the joint one. [Art. 4: 自主布局]
    if case.content.programme == Programme::Local {
        return Vec::new();
    }
    match event {
        Event::Accepted { at, .. } => {
            let record = Some(told::record(case));
            let accepted_at = at.format(&Rfc3339).unwrap_or_default();
            vec![
                owner(id, case, record.clone()),
                Message::share(
                    Audience::HUB,
                    id,
                    &wire::DemandAccepted {
                        demand_id: id.to_owned(),
                        record,
                        policy_version: case.policy.clone(),
                        accepted_at,
                    },
                ),
            ]
        }
        Event::FigureTold { digest, picture } => {
            let figure = wire::FigureTold {
                demand_id: id.to_owned(),
                digest: digest.to_string(),
                media_type: picture.kind.media_type().to_owned(),
                content: picture.content().to_vec(),
            };
            vec![Message::share(Audience::HUB, id, &figure)]
        }
        // The posting on this node has its say, and tells the hub by the blind id.
        Event::RevisionProposed(proposal) => vec![proposed(id, case, proposal)],
        // Who never heard of it need not hear that it is gone.
        Event::Withdrawn(_) | Event::Closed(_) if case.told => {
            let withdrawn = wire::DemandWithdrawn {
                demand_id: id.to_owned(),
            };
            // The posting on this node closes by it; a message to the hub is not heard here.
            vec![
                Message::node(id, &withdrawn),
                Message::share(Audience::HUB, id, &withdrawn),
            ]
        }
        Event::Drafted { .. }
        | Event::Rewritten(_)
        | Event::Attached(_)
        | Event::Detached(_)
        | Event::Submitted(_)
        | Event::DepartureApproved { .. }
        | Event::Returned(_)
        | Event::Judged(_)
        | Event::Published { .. }
        | Event::TaskRevised
        | Event::RevisionRefused(_)
        | Event::WithdrawalAsked { .. }
        | Event::WithdrawalDeclined(_)
        | Event::Withdrawn(_)
        | Event::Closed(_) => Vec::new(),
    }
}

fn owner(id: &str, case: &Case, record: Option<wire::PublicRecord>) -> Message {
    let contact = case.content.contact.as_ref();
    Message::node(
        id,
        &wire::DemandOwnerRecorded {
            demand_id: id.to_owned(),
            demander_unit_id: case.demander.to_string(),
            affiliate_unit_ids: case.affiliates.iter().map(ToString::to_string).collect(),
            record,
            contact: contact.map(ToString::to_string).unwrap_or_default(),
        },
    )
}

fn proposed(id: &str, case: &Case, proposal: &Proposal) -> Message {
    let words = proposal.revision.words.keys();
    Message::node(
        id,
        &wire::TaskRevised {
            demand_id: id.to_owned(),
            task: Some(told::task(&proposal.revision.task, &case.template)),
            agreed_solution_ids: words.map(ToString::to_string).collect(),
            number: i32::try_from(proposal.number).unwrap_or(i32::MAX),
        },
    )
}
