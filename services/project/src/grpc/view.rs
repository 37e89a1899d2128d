//! Projects and contracts as the doors show them.

use chassis::status;
use journal::Loaded;
use prost::Message as _;
use proto::{
    application::v1::ConsortiumUnit,
    project::v1::{self as wire, ContractDocument, ContractState, ProjectState},
};
use regulation::{Role, UnitId};
use tonic::Status;

use crate::{
    domain::{Case, Contract, Contracting, Project, Signature, Stage, Unit},
    publish::wire_party,
    read::EstablishedRow,
    record::{instant, wire_money, wire_number, wire_role, wire_technical_contract, wire_text},
};

/// A project.
pub(super) fn project(project: &Loaded<Project>) -> wire::Project {
    let Some(case) = project.state.case() else {
        return wire::Project::default();
    };
    let established = &case.established;
    let contracts = established.contracts.iter().map(wire_technical_contract);
    let mut view = wire::Project {
        project_id: established.project.to_string(),
        application_id: established.application.to_string(),
        title: established.title.to_string(),
        field: established.field.as_str().to_owned(),
        lead_unit_id: established.lead.to_string(),
        units: established.units.iter().map(unit).collect(),
        months: wire_number(established.months),
        investment: wire_money(established.investment),
        support: wire_money(established.support),
        contracts: contracts.collect(),
        decision_id: established.decision.to_string(),
        document_number: established.document_number.clone(),
        policy_version: established.policy.clone(),
        established_at: instant(established.at),
        version: project.version,
        ..Default::default()
    };
    view.set_state(match &case.stage {
        Stage::Contracting(_) => ProjectState::Contracting,
        Stage::Active(_) => ProjectState::Active,
        Stage::Withdrawn { .. } => ProjectState::Withdrawn,
    });
    view.set_contract_state(contract_state(&case.stage));
    if let Some(contract) = case.contract() {
        view.contract_version = wire_number(contract.version);
        view.contract_digest = contract.document.digest().to_string();
        view.starts_on = contract.terms.starts_on.to_string();
        view.ends_on = contract.terms.ends_on(established.months).to_string();
    }
    view.returned_reason = returned_reason(&case.stage);
    view.signed_at = signed_at(&case.stage);
    view
}

fn unit((id, unit): (&UnitId, &Unit)) -> ConsortiumUnit {
    ConsortiumUnit {
        unit_id: id.to_string(),
        region: unit.home.to_string(),
        role: wire_role(unit.role).into(),
        guest: unit.guest,
        subtask: wire_text(unit.subtask.as_ref()),
        branch_of_unit_id: unit.branch_of.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn contract_state(stage: &Stage) -> ContractState {
    match stage {
        Stage::Contracting(Contracting::Preparing { .. }) | Stage::Withdrawn { .. } => {
            ContractState::Preparing
        }
        Stage::Contracting(Contracting::Prepared(_)) => ContractState::Prepared,
        Stage::Contracting(Contracting::AwaitingAssents { .. }) => ContractState::AwaitingAssents,
        Stage::Active(_) => ContractState::Signed,
    }
}

fn returned_reason(stage: &Stage) -> String {
    let Stage::Contracting(Contracting::Preparing {
        returned: Some(returned),
    }) = stage
    else {
        return String::new();
    };
    returned.why.to_string()
}

fn signed_at(stage: &Stage) -> String {
    match stage {
        Stage::Active(active) => instant(active.signed_at),
        Stage::Contracting(_) | Stage::Withdrawn { .. } => String::new(),
    }
}

/// The contract that stands.
///
/// # Errors
/// `NOT_FOUND` while none is drawn up.
pub(super) fn contract(case: &Case) -> Result<wire::Contract, Status> {
    let contract = case.contract().ok_or_else(|| status::not_found("合同"))?;
    let content = ContractDocument::decode(contract.document.bytes())
        .map_err(|error| status::internal(&error))?;
    Ok(wire::Contract {
        project_id: case.established.project.to_string(),
        state: contract_state(&case.stage).into(),
        version: wire_number(contract.version),
        content: Some(content),
        document: contract.document.bytes().to_vec(),
        digest: contract.document.digest().to_string(),
        prepared_by: contract.prepared_by.person.clone(),
        prepared_at: instant(contract.prepared_by.at),
        parties: parties(case, contract),
        signed_at: signed_at(&case.stage),
    })
}

fn parties(case: &Case, contract: &Contract) -> Vec<wire::ContractParty> {
    let Some(given) = case.given() else {
        return Vec::new();
    };
    let project = case.established.project;
    let all = case.established.parties();
    all.map(|party| {
        let word = wire::ContractParty {
            party: Some(wire_party(case, party)),
            assent_id: party.assent(project, contract.version).to_string(),
            ..Default::default()
        };
        given
            .get(&party)
            .map_or(word.clone(), |by| with_word(word, by))
    })
    .collect()
}

fn with_word(party: wire::ContractParty, by: &Signature) -> wire::ContractParty {
    wire::ContractParty {
        given: true,
        person: by.person.clone(),
        role: role(by.role),
        given_at: instant(by.at),
        ..party
    }
}

fn role(role: Role) -> String {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The stage's name in the state document, if one is asked for.
pub(super) fn stage_name(state: ProjectState) -> Option<&'static str> {
    match state {
        ProjectState::Unspecified => None,
        ProjectState::Contracting => Some("Contracting"),
        ProjectState::Active => Some("Active"),
        ProjectState::Withdrawn => Some("Withdrawn"),
    }
}

/// A project as the public knows it.
pub(super) fn established(row: EstablishedRow) -> wire::EstablishedProject {
    wire::EstablishedProject {
        project_id: row.id.to_string(),
        title: row.title,
        field: row.field,
        lead_unit_id: row.lead_unit_id,
        region: row.region,
        document_number: row.document_number,
        established_at: instant(row.established_at),
        starts_on: row.starts_on.unwrap_or_default(),
        ends_on: row.ends_on.unwrap_or_default(),
        withdrawn: row.withdrawn,
    }
}
