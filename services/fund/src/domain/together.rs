//! What more than one aggregate has to agree to: commands that are decided and written in one
//! transaction, all or none. Pure, so that the doors and the tests use the same.

use journal::Act;
use regulation::AllocationId;

use super::{
    Appropriation, AppropriationCommand, BankLine, BankReturn, BankReturnCommand, Case, Grant,
    GrantCommand, Lines, Mismatch, Terms,
};

/// The approval of an allocation: the project may get it, and every appropriation of its lines has
/// it. The lines of an allocation never change, so a `case` read before is good enough.
pub fn approval(case: &Case, allocation: AllocationId, terms: Terms) -> Vec<Act> {
    let project = case.contract.project;
    let approve = GrantCommand::ApproveAllocation { allocation, terms };
    let lines = case.allocations.get(&allocation).map(|found| &found.lines);
    let reserve = lines.into_iter().flat_map(Lines::iter);
    let reserve = reserve.map(|(appropriation, line)| {
        let command = AppropriationCommand::Reserve {
            allocation,
            project,
            amount: line.amount,
        };
        Act::new::<Appropriation>(appropriation, command)
    });
    std::iter::once(Act::new::<Grant>(project, approve))
        .chain(reserve)
        .collect()
}

/// What follows from a line of the bank that is kept: it confirms the payment it is about, or it
/// is left as matching nothing. `case` is that of the payment it quotes, if there is one.
pub fn comparison(line: &BankLine, case: Option<&Case>) -> Vec<Act> {
    let id = BankReturn::id(&line.reference);
    let matched = match (line.payment(), case) {
        (Some(payment), Some(case)) => case
            .matches(payment, line.amount)
            .map(|()| (case.contract.project, payment)),
        _ => Err(Mismatch::NoSuchPayment),
    };
    match matched {
        Ok((project, payment)) => {
            let found = BankReturnCommand::Match { project, payment };
            let returned = GrantCommand::Return(line.of(payment));
            vec![
                Act::new::<BankReturn>(id, found),
                Act::new::<Grant>(project, returned),
            ]
        }
        Err(why) => vec![Act::new::<BankReturn>(id, BankReturnCommand::Leave(why))],
    }
}
