//! The door in for events: a contract that is signed here opens the project's grant.

use journal::Act;
use proto::{
    application::v1 as application,
    common::v1 as common,
    message::{Incoming, PublicEvent as _, Scope, Unreadable},
    project::v1::ContractSigned,
};
use regulation::{Context, Money, ProjectId};

use crate::domain::{Contract, Grant, GrantCommand, TechnicalContract};

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
    if message.kind != ContractSigned::KIND {
        return Ok(Vec::new());
    }
    // A contract is signed at the lead's home, and only that home pays.
    if message.origin != context.node || message.scope != Scope::Node {
        let origin = message.origin;
        return Err(message.unreadable(format!("{origin} may not speak of contracts here")));
    }
    let (project, contract) = contract(message)?;
    let command = GrantCommand::Sign(Box::new(contract));
    Ok(vec![Act::new::<Grant>(project, command)])
}

fn contract(message: &Incoming) -> Result<(ProjectId, Contract), Unreadable> {
    let signed: ContractSigned = message.read()?;
    let project = signed.project_id.parse();
    let project: ProjectId = project.map_err(|e| message.unreadable(e))?;
    let technical = signed.contracts.into_iter();
    let contract = Contract {
        project,
        title: signed.title.parse().map_err(|e| message.unreadable(e))?,
        field: signed.field.parse().map_err(|e| message.unreadable(e))?,
        lead: signed
            .lead_unit_id
            .parse()
            .map_err(|e| message.unreadable(e))?,
        investment: money(message, signed.investment)?,
        support: money(message, signed.support)?,
        digest: signed.contract_digest,
        policy: signed.policy_version,
        technical: technical
            .map(|contract| technical_contract(message, contract))
            .collect::<Result<_, _>>()?,
    };
    Ok((project, contract))
}

fn technical_contract(
    message: &Incoming,
    contract: application::TechnicalContract,
) -> Result<TechnicalContract, Unreadable> {
    let unit = contract.subtask_unit_id.parse();
    let registration = match contract.registration_number.as_str() {
        "" => None,
        number => Some(number.parse().map_err(|e| message.unreadable(e))?),
    };
    Ok(TechnicalContract {
        unit: unit.map_err(|e| message.unreadable(e))?,
        amount: money(message, contract.amount)?,
        registration,
    })
}

fn money(message: &Incoming, money: Option<common::Money>) -> Result<Money, Unreadable> {
    let money = money.ok_or_else(|| message.unreadable("an amount is missing"))?;
    Money::from_fen(money.fen).map_err(|e| message.unreadable(e))
}
