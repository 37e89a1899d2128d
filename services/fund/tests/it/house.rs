//! A department's fund service with its own database, and people at its doors.

use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use fund::Fund;
use proto::{
    application::v1::TechnicalContract,
    common::v1::Money,
    fund::v1::{self as wire, fund_service_client::FundServiceClient},
    message::{Incoming, Message},
    project::v1::ContractSigned,
};
use regulation::{Actor, ProjectId, Region, RequestId, Role, UnitId};
use testkit::TestDatabase;
use time::{OffsetDateTime, macros::datetime};
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-12-02 09:00 +8);
pub(crate) const LEAD: UnitId = UnitId(Uuid::from_u128(0x1EAD));

pub(crate) type Client = FundServiceClient<Door>;

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<RequestId>().to_string()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "an amount is written as the messages hold it"
)]
pub(crate) fn fen(fen: i64) -> Option<Money> {
    Some(Money { fen })
}

pub(crate) fn project(n: u128) -> ProjectId {
    ProjectId(Uuid::from_u128(0x9000 + n))
}

/// The stable code of a refusal.
pub(crate) fn reason<T: std::fmt::Debug>(outcome: Result<T, Status>) -> String {
    let status = outcome.unwrap_err();
    let info = status.get_details_error_info();
    info.map(|info| info.reason).unwrap_or_default()
}

pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) database: TestDatabase,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::at(Region::JS).await
    }

    pub(crate) async fn at(region: Region) -> Self {
        let database = testkit::database(&testing::migrations::<Fund>())
            .await
            .unwrap();
        let desk = testing::desk::<Fund>(database.pool(), region, START).unwrap();
        Self { desk, database }
    }

    /// With signed contracts of so many projects: 1 000 yuan each, 300 established.
    pub(crate) async fn signed(projects: u128) -> Self {
        let house = Self::new().await;
        for n in 0..projects {
            let message = Message::node(project(n), &contract(n));
            let outcome = house.hear_from(Region::JS, message).await;
            assert_eq!(outcome, Outcome::Applied);
        }
        house
    }

    pub(crate) fn to(&self, role: Role) -> Client {
        let person = format!("{role:?}").to_lowercase();
        self.to_actor(Actor::person(person, role, Region::JS))
    }

    pub(crate) fn to_actor(&self, actor: Actor) -> Client {
        FundServiceClient::new(testing::door::<Fund>(&self.desk, &NoSettings {}, actor))
    }

    pub(crate) fn to_member(&self, unit: UnitId) -> Client {
        let actor = Actor::person("member", Role::UnitMember, Region::JS);
        self.to_actor(Actor {
            unit: Some(unit),
            ..actor
        })
    }

    pub(crate) async fn hear(&self, message: &Incoming) -> Outcome {
        Inbound::<Fund>::new(self.desk.clone())
            .handle(message)
            .await
    }

    pub(crate) fn said(&self, origin: Region, message: Message) -> Incoming {
        Incoming {
            id: chassis::clock::Ids.random(),
            origin,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate,
            at: self.desk.clock().now(),
            body: message.body,
            traceparent: None,
        }
    }

    pub(crate) async fn hear_from(&self, origin: Region, message: Message) -> Outcome {
        self.hear(&self.said(origin, message)).await
    }

    /// Recorded by the officer, confirmed by the director; its id.
    pub(crate) async fn appropriation(
        &self,
        source: wire::FundSource,
        amount: i64,
        document: &str,
    ) -> String {
        let mut officer = self.to(Role::Officer);
        let recorded = officer.record_appropriation(recorded(source, amount, document));
        let appropriation_id = recorded.await.unwrap().into_inner().appropriation_id;
        let confirm = wire::ConfirmAppropriationRequest {
            request_id: fresh(),
            appropriation_id: appropriation_id.clone(),
        };
        let mut director = self.to(Role::Director);
        director.confirm_appropriation(confirm).await.unwrap();
        appropriation_id
    }

    pub(crate) async fn prepare(
        &self,
        n: u128,
        lines: &[(&str, i64)],
    ) -> Result<wire::Allocation, Status> {
        let total = lines.iter().map(|(_, amount)| amount).sum();
        let request = wire::PrepareAllocationRequest {
            request_id: fresh(),
            project_id: project(n).to_string(),
            lines: self::lines(lines),
            tranches: vec![wire::Tranche {
                condition: wire::TrancheCondition::Contract.into(),
                amount: fen(total),
                ..Default::default()
            }],
        };
        let grant = self.to(Role::Officer).prepare_allocation(request).await?;
        Ok(grant.into_inner().allocations.pop().unwrap())
    }

    pub(crate) async fn approve(
        &self,
        n: u128,
        allocation: &wire::Allocation,
    ) -> Result<wire::Grant, Status> {
        let request = wire::ApproveAllocationRequest {
            request_id: fresh(),
            project_id: project(n).to_string(),
            allocation_id: allocation.allocation_id.clone(),
        };
        let approved = self.to(Role::Director).approve_allocation(request).await;
        approved.map(tonic::Response::into_inner)
    }

    pub(crate) async fn allocated(&self, n: u128, lines: &[(&str, i64)]) -> wire::Allocation {
        let allocation = self.prepare(n, lines).await.unwrap();
        self.approve(n, &allocation).await.unwrap();
        allocation
    }

    /// Prepared by the officer, released by the director.
    pub(crate) async fn sent(
        &self,
        n: u128,
        allocation: &wire::Allocation,
        lines: &[(&str, i64)],
    ) -> wire::Payment {
        let request = payment(n, allocation, lines);
        let prepared = self.to(Role::Officer).prepare_payment(request).await;
        let payment = prepared.unwrap().into_inner();
        let request = release(&payment);
        let sent = self.to(Role::Director).approve_payment(request).await;
        sent.unwrap().into_inner()
    }

    pub(crate) async fn bank(
        &self,
        reference: &str,
        quoted: &str,
        amount: i64,
    ) -> Result<wire::BankReturn, Status> {
        let request = bank_return(reference, quoted, amount);
        let recorded = self.to(Role::Officer).record_bank_return(request).await;
        recorded.map(tonic::Response::into_inner)
    }

    pub(crate) async fn unmatched(&self) -> Vec<wire::BankReturn> {
        let request = wire::ListUnmatchedBankReturnsRequest::default();
        let mut auditor = self.to(Role::Auditor);
        let listed = auditor.list_unmatched_bank_returns(request).await;
        listed.unwrap().into_inner().bank_returns
    }

    pub(crate) async fn figures(&self) -> wire::Figures {
        let request = wire::GetFiguresRequest::default();
        let figures = self.to(Role::Auditor).get_figures(request).await;
        figures.unwrap().into_inner()
    }

    pub(crate) async fn grant(&self, n: u128) -> wire::Grant {
        let request = wire::GetGrantRequest {
            project_id: project(n).to_string(),
        };
        let grant = self.to(Role::Auditor).get_grant(request).await;
        grant.unwrap().into_inner()
    }
}

pub(crate) fn contract(n: u128) -> ContractSigned {
    ContractSigned {
        project_id: project(n).to_string(),
        title: "光刻胶树脂".into(),
        field: "集成电路".into(),
        lead_unit_id: LEAD.to_string(),
        investment: fen(100_000),
        support: fen(30_000),
        contract_digest: "d1".into(),
        policy_version: "yrd-2023-1".into(),
        contracts: vec![TechnicalContract {
            subtask_unit_id: UnitId(Uuid::from_u128(0x5B)).to_string(),
            amount: fen(20_000),
            registration_number: String::new(),
        }],
        signed_at: "2024-12-01T08:00:00Z".into(),
    }
}

pub(crate) fn recorded(
    source: wire::FundSource,
    amount: i64,
    document: &str,
) -> wire::RecordAppropriationRequest {
    wire::RecordAppropriationRequest {
        request_id: fresh(),
        year: 2024,
        source: source.into(),
        amount: fen(amount),
        document_number: document.into(),
    }
}

pub(crate) fn lines(lines: &[(&str, i64)]) -> Vec<wire::SourceLine> {
    let line = |(id, amount): &(&str, i64)| wire::SourceLine {
        appropriation_id: (*id).to_owned(),
        amount: fen(*amount),
        ..Default::default()
    };
    lines.iter().map(line).collect()
}

pub(crate) fn payment(
    n: u128,
    allocation: &wire::Allocation,
    lines: &[(&str, i64)],
) -> wire::PreparePaymentRequest {
    wire::PreparePaymentRequest {
        request_id: fresh(),
        project_id: project(n).to_string(),
        allocation_id: allocation.allocation_id.clone(),
        tranche: 1,
        payee_unit_id: LEAD.to_string(),
        lines: self::lines(lines),
    }
}

pub(crate) fn release(payment: &wire::Payment) -> wire::ApprovePaymentRequest {
    wire::ApprovePaymentRequest {
        request_id: fresh(),
        project_id: payment.project_id.clone(),
        payment_id: payment.payment_id.clone(),
    }
}

pub(crate) fn bank_return(
    reference: &str,
    quoted: &str,
    amount: i64,
) -> wire::RecordBankReturnRequest {
    wire::RecordBankReturnRequest {
        request_id: fresh(),
        bank_reference: reference.into(),
        quoted_payment: quoted.into(),
        amount: fen(amount),
        booked_on: "2024-12-03".into(),
        outcome: wire::BankOutcome::Paid.into(),
    }
}
