//! The only door out: each party is asked at its own home; all hear that work begins.

use proto::{
    coordination::v1::{AssentRequest, AssentWithdrawal, Party as WireParty},
    message::{Audience, Message, PublicEvent},
    project::v1::{
        ContractAssentRequested, ContractAssentWithdrawn, ContractSigned, ProjectActivated,
        ProjectWithdrawn,
    },
};
use regulation::Region;
use time::OffsetDateTime;

use crate::{
    domain::{Case, Contract, Event, Party},
    record::{instant, wire_money, wire_technical_contract},
};

/// What an assent to a contract is called in the published language.
pub(crate) const CONTRACT: &str = "contract";

/// What others hear of `event`; `case` is the project after it, at its home `node`.
pub(crate) fn publish(case: &Case, event: &Event, node: Region) -> Vec<Message> {
    let project = case.established.project;
    match event {
        Event::AssentsRequested => case.contract().map_or_else(Vec::new, |contract| {
            let ask = |party| to_home(case, party, node, &asked(case, contract, party));
            case.established.parties().filter_map(ask).collect()
        }),
        Event::Returned(returned) => {
            let version = returned.version;
            let tell =
                |party: &Party| to_home(case, *party, node, &withdrawal(case, version, *party));
            returned.waiting.iter().filter_map(tell).collect()
        }
        Event::TakenBack {
            version, waiting, ..
        } => {
            let tell =
                |party: &Party| to_home(case, *party, node, &withdrawal(case, *version, *party));
            let project_id = project.to_string();
            let withdrawn = ProjectWithdrawn { project_id };
            let all = Message::share(Audience::All, project, &withdrawn);
            waiting.iter().filter_map(tell).chain([all]).collect()
        }
        Event::Signed { at } => case.contract().map_or_else(Vec::new, |contract| {
            vec![
                Message::node(project, &signed(case, contract, *at)),
                Message::share(Audience::All, project, &activated(case, contract)),
            ]
        }),
        Event::Established(_) | Event::Prepared(_) | Event::Agreed { .. } => Vec::new(),
    }
}

/// To a party's home; what is for the own node does not cross the border.
fn to_home<E: PublicEvent>(case: &Case, party: Party, node: Region, event: &E) -> Option<Message> {
    let home = case.established.home_of(party)?;
    let project = case.established.project;
    Some(if home == node {
        Message::node(project, event)
    } else {
        Message::share(Audience::One(home), project, event)
    })
}

/// A party in the published language.
pub(crate) fn wire_party(case: &Case, party: Party) -> WireParty {
    let home = case.established.home_of(party);
    WireParty {
        region: home.map(|home| home.to_string()).unwrap_or_default(),
        unit_id: match party {
            Party::Department => String::new(),
            Party::Unit(unit) => unit.to_string(),
        },
    }
}

fn asked(case: &Case, contract: &Contract, party: Party) -> ContractAssentRequested {
    let project = case.established.project;
    let request = AssentRequest {
        assent_id: party.assent(project, contract.version).to_string(),
        document_kind: CONTRACT.to_owned(),
        subject_id: project.to_string(),
        title: case.established.title.to_string(),
        document: contract.document.bytes().to_vec(),
        digest: contract.document.digest().to_string(),
        party: Some(wire_party(case, party)),
    };
    ContractAssentRequested {
        request: Some(request),
    }
}

fn withdrawal(case: &Case, version: u32, party: Party) -> ContractAssentWithdrawn {
    let assent = party.assent(case.established.project, version);
    ContractAssentWithdrawn {
        withdrawal: Some(AssentWithdrawal {
            assent_id: assent.to_string(),
            party: Some(wire_party(case, party)),
        }),
    }
}

fn signed(case: &Case, contract: &Contract, at: OffsetDateTime) -> ContractSigned {
    let established = &case.established;
    ContractSigned {
        project_id: established.project.to_string(),
        title: established.title.to_string(),
        field: established.field.as_str().to_owned(),
        lead_unit_id: established.lead.to_string(),
        investment: wire_money(established.investment),
        support: wire_money(established.support),
        contract_digest: contract.document.digest().to_string(),
        policy_version: established.policy.clone(),
        contracts: established
            .contracts
            .iter()
            .map(wire_technical_contract)
            .collect(),
        signed_at: instant(at),
    }
}

fn activated(case: &Case, contract: &Contract) -> ProjectActivated {
    let established = &case.established;
    ProjectActivated {
        project_id: established.project.to_string(),
        title: established.title.to_string(),
        lead_unit_id: established.lead.to_string(),
        starts_on: contract.terms.starts_on.to_string(),
        ends_on: contract.terms.ends_on(established.months).to_string(),
    }
}
