//! Step 10: every lead's department records what its budgets give, allocates each project its
//! support and pays the first tranche; each time one prepares and another approves.

mod figures;

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use figures::Sums;
use proto::{
    common::v1::Money,
    fund::v1::{
        Allocation, AllocationState, Appropriation, AppropriationState, ApproveAllocationRequest,
        ApprovePaymentRequest, BankOutcome, BankReturn, BankReturnState,
        ConfirmAppropriationRequest, FundSource, GetGrantRequest, Grant,
        ListUnmatchedBankReturnsRequest, Payment, PaymentState, PrepareAllocationRequest,
        PreparePaymentRequest, RecordAppropriationRequest, RecordBankReturnRequest, SourceLine,
        Tranche, TrancheCondition,
    },
};
use regulation::{Day, Region, Role};
use tonic::Status;

use super::{ProjectRef, Way, found, intake::reason};
use crate::request_id;

/// Share of a project's support that comes from the central funds, and of each source that is
/// paid on the contract, in percent. Both are ours.
const CENTRAL: i64 = 80;
const ON_CONTRACT: i64 = 60;

/// What a department has: one appropriation of each of two sources.
struct Purse {
    central: Appropriation,
    provincial: Appropriation,
}

impl Way<'_> {
    /// Allocates every project its support and pays the first tranche.
    ///
    /// # Errors
    /// What was refused that should not be, or the other way round.
    pub async fn fund(&mut self) -> anyhow::Result<()> {
        self.say("9 安排支持资金，拨付首期");
        ensure!(!self.projects.is_empty(), "nothing was established");
        let mut by_region: BTreeMap<Region, Vec<Grant>> = BTreeMap::new();
        for project in &self.projects {
            let grant = self.grant(project).await?;
            by_region.entry(project.region).or_default().push(grant);
        }
        let (mut allocations, mut payments) = (Vec::new(), Vec::new());
        let mut sums = Sums::default();
        for (region, grants) in by_region {
            let purse = self.purse(region, &grants).await?;
            for grant in &grants {
                let context = || format!("project {} of {region}", grant.project_id);
                let allocation = self.allocate(region, &purse, grant).await;
                let allocation = allocation.with_context(context)?;
                let payment = self.pay(region, grant, &allocation).await;
                payments.push(payment.with_context(context)?);
                allocations.push(allocation);
            }
            self.one_line_about_nothing(region).await?;
            sums = sums.and(self.figures(region).await?);
        }
        let paid: i64 = payments.iter().map(|payment| fen(payment.amount)).sum();
        let allocated: i64 = allocations.iter().map(|a| fen(a.amount)).sum();
        ensure!(
            (sums.allocated, sums.paid) == (allocated, paid),
            "the ledgers say {sums:?}, the approvals {allocated} and {paid}"
        );
        self.known_at_hub(&allocations, &payments).await?;
        self.summary
            .figure("预算合计（总账）", yuan(sums.appropriated));
        self.summary
            .figure("安排支持资金（总账）", yuan(sums.allocated));
        self.summary.figure("首期已到账（总账）", yuan(sums.paid));
        self.summary.figure("预算剩余（总账）", yuan(sums.left));
        Ok(())
    }

    /// Waits until the project's contract has opened its grant at its home.
    async fn grant(&self, project: &ProjectRef) -> anyhow::Result<Grant> {
        let auditor = self.as_role(project.region, Role::Auditor)?;
        found(&format!("the grant of project {}", project.id), || async {
            let request = GetGrantRequest {
                project_id: project.id.clone(),
            };
            Ok(Some(auditor.fund()?.get_grant(request).await?.into_inner()))
        })
        .await
    }

    /// Appropriations of a region that are enough for all its projects, and for more than the
    /// article allows them: that it is not spent is the article's doing, not the purse's.
    async fn purse(&self, region: Region, grants: &[Grant]) -> anyhow::Result<Purse> {
        let ample: i64 = grants.iter().map(|grant| fen(grant.investment)).sum();
        let central = self
            .appropriation(region, FundSource::Central, ample)
            .await?;
        let provincial = self
            .appropriation(region, FundSource::Provincial, ample)
            .await?;
        Ok(Purse {
            central,
            provincial,
        })
    }

    /// Recorded by the officer, confirmed by the director.
    async fn appropriation(
        &self,
        region: Region,
        source: FundSource,
        amount: i64,
    ) -> anyhow::Result<Appropriation> {
        let recorded = self
            .as_role(region, Role::Officer)?
            .fund()?
            .record_appropriation(RecordAppropriationRequest {
                request_id: request_id(),
                year: Day::of(self.federation.now()).year(),
                source: source.into(),
                amount: money(amount),
                // Composed by us.
                document_number: format!("{}财教〔示例〕{}号", region.name(), i32::from(source)),
            })
            .await?
            .into_inner();
        let confirmed = self
            .as_role(region, Role::Director)?
            .fund()?
            .confirm_appropriation(ConfirmAppropriationRequest {
                request_id: request_id(),
                appropriation_id: recorded.appropriation_id,
            })
            .await?
            .into_inner();
        ensure!(
            confirmed.state() == AppropriationState::Confirmed,
            "the appropriation is {:?}",
            confirmed.state()
        );
        Ok(confirmed)
    }

    /// One fen over 30 % is refused; the established support is prepared and approved.
    async fn allocate(
        &self,
        region: Region,
        purse: &Purse,
        grant: &Grant,
    ) -> anyhow::Result<Allocation> {
        let over = fen(grant.investment) * 30 / 100 + 1;
        let lines = vec![line(&purse.central.appropriation_id, over)];
        let refused = self.prepare(region, grant, lines, (over, 0)).await?;
        let Err(status) = refused else {
            anyhow::bail!("one fen over 30 % was prepared")
        };
        ensure!(reason(&status) == "fund.support-ratio", "{status}");
        self.say(format!("  被拒：{}", status.message()));

        let support = fen(grant.support);
        let central = support * CENTRAL / 100;
        let provincial = support - central;
        let first = on_contract(central) + on_contract(provincial);
        let lines = vec![
            line(&purse.central.appropriation_id, central),
            line(&purse.provincial.appropriation_id, provincial),
        ];
        let prepared = self
            .prepare(region, grant, lines, (first, support - first))
            .await?;
        let allocation = prepared?.allocations.pop().context("no allocation")?;
        let mut director = self.as_role(region, Role::Director)?.fund()?;
        let approved = director
            .approve_allocation(ApproveAllocationRequest {
                request_id: request_id(),
                project_id: grant.project_id.clone(),
                allocation_id: allocation.allocation_id.clone(),
            })
            .await?
            .into_inner();
        let mut allocations = approved.allocations.into_iter();
        let found = allocations.find(|one| one.allocation_id == allocation.allocation_id);
        let approved = found.context("no allocation")?;
        ensure!(
            approved.state() == AllocationState::Approved,
            "the allocation is {:?}",
            approved.state()
        );
        Ok(approved)
    }

    /// Prepares an allocation in two tranches: on the contract, and on acceptance.
    async fn prepare(
        &self,
        region: Region,
        grant: &Grant,
        lines: Vec<SourceLine>,
        (first, last): (i64, i64),
    ) -> anyhow::Result<Result<Grant, Status>> {
        let tranches = [
            (TrancheCondition::Contract, first),
            (TrancheCondition::Acceptance, last),
        ];
        let tranches = tranches.into_iter().filter(|(_, amount)| *amount > 0);
        let request = PrepareAllocationRequest {
            request_id: request_id(),
            project_id: grant.project_id.clone(),
            lines,
            tranches: tranches
                .map(|(condition, amount)| Tranche {
                    condition: condition.into(),
                    amount: money(amount),
                    ..Default::default()
                })
                .collect(),
        };
        let mut officer = self.as_role(region, Role::Officer)?.fund()?;
        let prepared = officer.prepare_allocation(request).await;
        Ok(prepared.map(tonic::Response::into_inner))
    }

    /// The first tranche: prepared by the officer, who can't release it; released by the
    /// director; true once the bank says so, and once only.
    async fn pay(
        &self,
        region: Region,
        grant: &Grant,
        allocation: &Allocation,
    ) -> anyhow::Result<Payment> {
        let mut officer = self.as_role(region, Role::Officer)?.fund()?;
        let first = allocation.lines.iter();
        let first = first.map(|of| line(&of.appropriation_id, on_contract(fen(of.amount))));
        let prepared = officer
            .prepare_payment(PreparePaymentRequest {
                request_id: request_id(),
                project_id: grant.project_id.clone(),
                allocation_id: allocation.allocation_id.clone(),
                tranche: 1,
                payee_unit_id: grant.lead_unit_id.clone(),
                lines: first.collect(),
            })
            .await?
            .into_inner();
        let release = || ApprovePaymentRequest {
            request_id: request_id(),
            project_id: grant.project_id.clone(),
            payment_id: prepared.payment_id.clone(),
        };
        let Err(own) = officer.approve_payment(release()).await else {
            anyhow::bail!("the officer released their own payment")
        };
        ensure!(reason(&own) == "fund.two-people", "{own}");
        self.say(format!("  被拒：{}", own.message()));
        let mut director = self.as_role(region, Role::Director)?.fund()?;
        let sent = director.approve_payment(release()).await?.into_inner();
        ensure!(
            sent.state() == PaymentState::Sent,
            "the payment is {:?}",
            sent.state()
        );
        let (id, amount) = (&sent.payment_id, fen(sent.amount));
        for _ in 0..2 {
            let returned = self.bank(region, &format!("回单-{id}"), id, amount).await?;
            ensure!(
                returned.state() == BankReturnState::Matched,
                "the bank's line matches nothing: {}",
                returned.reason
            );
        }
        self.say(format!(
            "  {}《{}》安排 {}，首期 {} 到账",
            region.name(),
            grant.title,
            yuan(fen(allocation.amount)),
            yuan(amount)
        ));
        Ok(sent)
    }

    async fn bank(
        &self,
        region: Region,
        reference: &str,
        quoted: &str,
        amount: i64,
    ) -> anyhow::Result<BankReturn> {
        let request = RecordBankReturnRequest {
            request_id: request_id(),
            bank_reference: reference.to_owned(),
            quoted_payment: quoted.to_owned(),
            amount: money(amount),
            booked_on: Day::of(self.federation.now()).to_string(),
            outcome: BankOutcome::Paid.into(),
        };
        let mut officer = self.as_role(region, Role::Officer)?.fund()?;
        Ok(officer.record_bank_return(request).await?.into_inner())
    }

    /// A line of the bank that matches nothing is kept and shown.
    async fn one_line_about_nothing(&self, region: Region) -> anyhow::Result<()> {
        let reference = format!("回单-{region}-无主");
        let line = self.bank(region, &reference, "设备款", 12_345).await?;
        ensure!(
            line.state() == BankReturnState::Unmatched,
            "a line about nothing matched"
        );
        let mut auditor = self.as_role(region, Role::Auditor)?.fund()?;
        let request = ListUnmatchedBankReturnsRequest::default();
        let kept = auditor.list_unmatched_bank_returns(request).await?;
        let kept = kept.into_inner().bank_returns;
        ensure!(
            kept.len() == 1 && kept[0].bank_reference == reference,
            "not the one line that matches nothing: {kept:?}"
        );
        Ok(())
    }
}

/// What of an amount is paid on the contract.
fn on_contract(amount: i64) -> i64 {
    amount * ON_CONTRACT / 100
}

fn line(appropriation: &str, amount: i64) -> SourceLine {
    SourceLine {
        appropriation_id: appropriation.to_owned(),
        amount: money(amount),
        ..Default::default()
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "an amount is written as the messages hold it"
)]
fn money(fen: i64) -> Option<Money> {
    Some(Money { fen })
}

fn fen(money: Option<Money>) -> i64 {
    money.unwrap_or_default().fen
}

fn yuan(fen: i64) -> String {
    regulation::Money::from_fen(fen)
        .map_or_else(|error| error.to_string(), |money| money.to_string())
}
