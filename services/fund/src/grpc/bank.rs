//! What the bank returned: kept first, compared then.

use chassis::{Admitted, status};
use proto::fund::v1 as wire;
use tonic::Status;

use super::{Door, parse, view};
use crate::{
    domain::{BankLine, BankReturn, BankReturnCommand, Case, Finding, Kept, together},
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
        let case = self.quoted(&line).await?;
        let acts = together::comparison(&line, case.as_ref());
        self.desk.execute_all(asked.actor, &acts, None).await?;
        Ok(view::bank_return(&self.kept(id).await?))
    }

    async fn kept(&self, id: uuid::Uuid) -> Result<Kept, Status> {
        let found = self.desk.load::<BankReturn>("银行回单", id).await?;
        found.state.0.ok_or_else(|| status::not_found("银行回单"))
    }

    /// The grant of the payment that a line quotes, if there is such a payment.
    async fn quoted(&self, line: &BankLine) -> Result<Option<Case>, Status> {
        let Some(payment) = line.payment() else {
            return Ok(None);
        };
        match read::project_of(&self.desk, payment).await? {
            Some(project) => self.case(project).await.map(Some),
            None => Ok(None),
        }
    }
}
