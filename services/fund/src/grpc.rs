//! The doors in for people: requests become commands, money becomes answers.

mod bank;
mod parse;
mod view;

use std::collections::BTreeMap;

use chassis::{Admitted, Desk, Page, admit, status};
use proto::fund::v1::{self as wire, fund_service_server::FundService};
use regulation::{Actor, AllocationId, AppropriationId, Money, PaymentId, ProjectId, Refusal};
use tonic::{Request, Response, Status};

use crate::{
    domain::{
        Appropriation, AppropriationCommand, Asked, Case, Grant, GrantCommand, Rejection, Terms,
        together,
    },
    read,
};

/// Serves `FundService`.
pub(crate) struct Door {
    desk: Desk,
}

fn refuse(rejection: Rejection) -> Status {
    status::refused(&Refusal::from(rejection))
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// The grant of a project, which there is once its contract is signed.
    async fn case(&self, project: ProjectId) -> Result<Case, Status> {
        let grant = self.desk.journal().load::<Grant>(project).await;
        grant
            .map_err(status::journal)?
            .and_then(|grant| grant.state.0)
            .ok_or_else(|| refuse(Rejection::NoContract))
    }

    /// The numbers of the policy version that the case keeps, in force today or not.
    async fn terms(&self, case: &Case) -> Result<Terms, Status> {
        let version = &case.contract.policy;
        match self.desk.policies().by_version(version).await {
            Some(policy) => Ok(Terms::from(&*policy)),
            None => Err(refuse(Rejection::UnknownPolicy(version.clone()))),
        }
    }

    /// The lines as they are asked for, with what their appropriations say of themselves.
    async fn asked(
        &self,
        lines: BTreeMap<AppropriationId, Money>,
    ) -> Result<BTreeMap<AppropriationId, Asked>, Status> {
        let mut asked = BTreeMap::new();
        for (appropriation, amount) in lines {
            let found = self
                .desk
                .load::<Appropriation>("预算", appropriation)
                .await?;
            let entry = found.state.0.ok_or_else(|| status::not_found("预算"))?;
            let (budget, left) = (entry.budget, entry.left());
            let line = Asked {
                amount,
                budget,
                left,
            };
            asked.insert(appropriation, line);
        }
        Ok(asked)
    }

    async fn on_appropriation<T>(
        &self,
        asked: Admitted<T>,
        request_id: &str,
        id: &str,
        command: AppropriationCommand,
    ) -> Result<Response<wire::Appropriation>, Status> {
        let request = asked.request(request_id)?;
        let id: AppropriationId = status::parse("appropriation_id", id)?;
        let done = self
            .desk
            .execute::<Appropriation>(asked.actor, id, command, &request);
        Ok(Response::new(view::appropriation(&done.await?)))
    }
}

/// Whether the caller may see the grant: the department all, a unit those that it leads.
fn may_see(actor: &Actor, case: &Case) -> bool {
    actor.role.is_of_department() || Some(case.contract.lead) == actor.unit
}

#[tonic::async_trait]
impl FundService for Door {
    async fn record_appropriation(
        &self,
        request: Request<wire::RecordAppropriationRequest>,
    ) -> Result<Response<wire::Appropriation>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let command = parse::appropriation(&asked.message)?;
        let id: AppropriationId = self.desk.ids().next();
        let done = self
            .desk
            .execute::<Appropriation>(asked.actor, id, command, &request);
        Ok(Response::new(view::appropriation(&done.await?)))
    }

    async fn confirm_appropriation(
        &self,
        request: Request<wire::ConfirmAppropriationRequest>,
    ) -> Result<Response<wire::Appropriation>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let (request_id, id) = (&message.request_id, &message.appropriation_id);
        self.on_appropriation(asked, request_id, id, AppropriationCommand::Confirm)
            .await
    }

    async fn reject_appropriation(
        &self,
        request: Request<wire::RejectAppropriationRequest>,
    ) -> Result<Response<wire::Appropriation>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = AppropriationCommand::Reject(status::parse("reason", &message.reason)?);
        let (request_id, id) = (&message.request_id, &message.appropriation_id);
        self.on_appropriation(asked, request_id, id, command).await
    }

    async fn list_appropriations(
        &self,
        request: Request<wire::ListAppropriationsRequest>,
    ) -> Result<Response<wire::ListAppropriationsResponse>, Status> {
        let asked = admit(request)?;
        let year = Some(asked.message.year).filter(|year| *year != 0);
        let page = Page::from(asked.message.page);
        let mut rows = read::appropriations(&self.desk, year, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        Ok(Response::new(wire::ListAppropriationsResponse {
            appropriations: rows.iter().map(view::appropriation).collect(),
            next_page_token,
        }))
    }

    async fn get_grant(
        &self,
        request: Request<wire::GetGrantRequest>,
    ) -> Result<Response<wire::Grant>, Status> {
        let asked = admit(request)?;
        let project: ProjectId = status::parse("project_id", &asked.message.project_id)?;
        let grant = self.desk.load::<Grant>("项目资金", project).await?;
        match &grant.state.0 {
            Some(case) if may_see(&asked.actor, case) => Ok(Response::new(view::grant(&grant))),
            _ => Err(status::not_found("项目资金")),
        }
    }

    async fn list_grants(
        &self,
        request: Request<wire::ListGrantsRequest>,
    ) -> Result<Response<wire::ListGrantsResponse>, Status> {
        let asked = admit(request)?;
        let lead = match (asked.actor.role.is_of_department(), asked.actor.unit) {
            (true, _) => None,
            (false, Some(unit)) => Some(unit),
            (false, None) => return Err(status::forbidden("您没有所属单位。")),
        };
        let page = Page::from(asked.message.page);
        let mut rows = read::grants(&self.desk, lead, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        Ok(Response::new(wire::ListGrantsResponse {
            grants: rows.iter().map(view::grant).collect(),
            next_page_token,
        }))
    }

    async fn prepare_allocation(
        &self,
        request: Request<wire::PrepareAllocationRequest>,
    ) -> Result<Response<wire::Grant>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let message = &asked.message;
        let project: ProjectId = status::parse("project_id", &message.project_id)?;
        let tranches = parse::tranches(&message.tranches)?;
        let lines = parse::lines(&message.lines)?;
        let terms = self.terms(&self.case(project).await?).await?;
        let command = GrantCommand::PrepareAllocation {
            allocation: self.desk.ids().next(),
            lines: self.asked(lines).await?,
            tranches,
            terms,
        };
        let done = self
            .desk
            .execute::<Grant>(asked.actor, project, command, &request);
        Ok(Response::new(view::grant(&done.await?)))
    }

    async fn approve_allocation(
        &self,
        request: Request<wire::ApproveAllocationRequest>,
    ) -> Result<Response<wire::Grant>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let project: ProjectId = status::parse("project_id", &asked.message.project_id)?;
        let id: AllocationId = status::parse("allocation_id", &asked.message.allocation_id)?;
        let case = self.case(project).await?;
        let terms = self.terms(&case).await?;
        let acts = together::approval(&case, id, terms);
        let done = self
            .desk
            .execute_all(asked.actor, &acts, Some(&request))
            .await?;
        // The grant's own act comes first.
        let approved = done.into_iter().next().map(chassis::loaded::<Grant>);
        let grant = approved.ok_or_else(|| status::not_found("项目资金"))??;
        Ok(Response::new(view::grant(&grant)))
    }

    async fn reject_allocation(
        &self,
        request: Request<wire::RejectAllocationRequest>,
    ) -> Result<Response<wire::Grant>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let message = &asked.message;
        let project: ProjectId = status::parse("project_id", &message.project_id)?;
        let id: AllocationId = status::parse("allocation_id", &message.allocation_id)?;
        let command = GrantCommand::RejectAllocation(id, status::parse("reason", &message.reason)?);
        let done = self
            .desk
            .execute::<Grant>(asked.actor, project, command, &request);
        Ok(Response::new(view::grant(&done.await?)))
    }

    async fn prepare_payment(
        &self,
        request: Request<wire::PreparePaymentRequest>,
    ) -> Result<Response<wire::Payment>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let message = &asked.message;
        let project: ProjectId = status::parse("project_id", &message.project_id)?;
        let payment: PaymentId = self.desk.ids().next();
        let command = parse::payment(message, payment)?;
        let done = self
            .desk
            .execute::<Grant>(asked.actor, project, command, &request)
            .await?;
        // A repeated request gets the state after its first answer, where the newest is its.
        let newest = |case: &Case| case.payments.keys().next_back().copied();
        let prepared = done.state.0.as_ref().and_then(|case| {
            let known = case.payments.contains_key(&payment).then_some(payment);
            known.or_else(|| newest(case))
        });
        view::payment(&done, prepared.unwrap_or(payment))
    }

    async fn approve_payment(
        &self,
        request: Request<wire::ApprovePaymentRequest>,
    ) -> Result<Response<wire::Payment>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let message = &asked.message;
        let project: ProjectId = status::parse("project_id", &message.project_id)?;
        let payment: PaymentId = status::parse("payment_id", &message.payment_id)?;
        let terms = self.terms(&self.case(project).await?).await?;
        let command = GrantCommand::ApprovePayment { payment, terms };
        let done = self
            .desk
            .execute::<Grant>(asked.actor, project, command, &request);
        view::payment(&done.await?, payment)
    }

    async fn reject_payment(
        &self,
        request: Request<wire::RejectPaymentRequest>,
    ) -> Result<Response<wire::Payment>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let message = &asked.message;
        let project: ProjectId = status::parse("project_id", &message.project_id)?;
        let payment: PaymentId = status::parse("payment_id", &message.payment_id)?;
        let reason = status::parse("reason", &message.reason)?;
        let command = GrantCommand::RejectPayment(payment, reason);
        let done = self
            .desk
            .execute::<Grant>(asked.actor, project, command, &request);
        view::payment(&done.await?, payment)
    }

    async fn record_bank_return(
        &self,
        request: Request<wire::RecordBankReturnRequest>,
    ) -> Result<Response<wire::BankReturn>, Status> {
        self.bank_return(admit(request)?).await.map(Response::new)
    }

    async fn list_payments(
        &self,
        request: Request<wire::ListPaymentsRequest>,
    ) -> Result<Response<wire::ListPaymentsResponse>, Status> {
        let asked = admit(request)?;
        let project = parse::maybe("project_id", &asked.message.project_id)?;
        let stage = view::stage(asked.message.state());
        let page = Page::from(asked.message.page);
        let after = parse::maybe("page.page_token", &page.after)?;
        let mut rows = read::payments(&self.desk, project, stage, after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |(id, _)| id.to_string());
        let payments = rows
            .iter()
            .filter_map(|(id, grant)| view::payment_of(grant.state.0.as_ref()?, *id));
        Ok(Response::new(wire::ListPaymentsResponse {
            payments: payments.collect(),
            next_page_token,
        }))
    }

    async fn list_unmatched_bank_returns(
        &self,
        request: Request<wire::ListUnmatchedBankReturnsRequest>,
    ) -> Result<Response<wire::ListUnmatchedBankReturnsResponse>, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let mut rows = read::unmatched(&self.desk, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let lines = rows.iter().filter_map(|row| row.state.0.as_ref());
        Ok(Response::new(wire::ListUnmatchedBankReturnsResponse {
            bank_returns: lines.map(view::bank_return).collect(),
            next_page_token,
        }))
    }

    async fn get_figures(
        &self,
        request: Request<wire::GetFiguresRequest>,
    ) -> Result<Response<wire::Figures>, Status> {
        let asked = admit(request)?;
        let wanted = read::Wanted {
            year: Some(asked.message.year).filter(|year| *year != 0),
            source: view::source_of(asked.message.source()).map(crate::domain::Source::as_str),
        };
        let balances = read::balances(&self.desk, wanted).await?;
        Ok(Response::new(view::figures(
            &balances,
            &asked.message.field,
        )))
    }
}
