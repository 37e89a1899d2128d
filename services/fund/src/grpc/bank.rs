//! What the bank returned: kept first, compared then.

use chassis::{Admitted, status};
use journal::Act;
use proto::fund::v1 as wire;
use regulation::{PaymentId, ProjectId};
use tonic::Status;

use super::{Door, parse, view};
use crate::{
    domain::{
        BankLine, BankReturn, BankReturnCommand, Finding, Grant, GrantCommand, Kept, Mismatch,
    },
    read,
};

impl Door {
    /// Keeps the line before anything is made of it, so that it can't be lost; then confirms the
    /// payment and says so on the line, in one transaction. A line that matches nothing is compared
    /// again whenever it is recorded again.
    pub(super) async fn bank_return(
        &self,
        asked: Admitted<wire::RecordBankReturnRequest>,
    ) -> Result<wire::BankReturn, Status> {
        let request = asked.request(&asked.message.request_id)?;
        let line = parse::bank_line(&asked.message)?;
        let id = BankReturn::id(&line.reference);
        let record = BankReturnCommand::Record(line.clone());
        self.desk
            .execute::<BankReturn>(asked.actor.clone(), id, record, &request)
            .await?;
        let kept = self.kept(id).await?;
        if matches!(kept.finding, Finding::Matched { .. }) {
            return Ok(view::bank_return(&kept));
        }
        let acts = match self.compare(&line).await? {
            Ok((project, payment)) => {
                let bank = line.of(payment);
                let found = BankReturnCommand::Match { project, payment };
                vec![
                    Act::new::<BankReturn>(id, found),
                    Act::new::<Grant>(project, GrantCommand::Return(bank)),
                ]
            }
            Err(why) => vec![Act::new::<BankReturn>(id, BankReturnCommand::Leave(why))],
        };
        self.desk.execute_all(asked.actor, &acts).await?;
        Ok(view::bank_return(&self.kept(id).await?))
    }

    async fn kept(&self, id: uuid::Uuid) -> Result<Kept, Status> {
        let found = self.desk.load::<BankReturn>("银行回单", id).await?;
        found.state.0.ok_or_else(|| status::not_found("银行回单"))
    }

    /// The payment that a line is about, or why there is none.
    async fn compare(
        &self,
        line: &BankLine,
    ) -> Result<Result<(ProjectId, PaymentId), Mismatch>, Status> {
        let Some(payment) = line.payment() else {
            return Ok(Err(Mismatch::NoSuchPayment));
        };
        let Some(project) = read::project_of(&self.desk, payment).await? else {
            return Ok(Err(Mismatch::NoSuchPayment));
        };
        let case = self.case(project).await?;
        let matched = case.matches(payment, line.amount);
        Ok(matched.map(|()| (project, payment)))
    }
}
