//! What the ledgers say, and what the hub has heard of it.

use anyhow::ensure;
use proto::{
    common::v1::Money,
    coordination::v1::{ChecklistItem, ChecklistKind, GetChecklistRequest},
    fund::v1::{Allocation, GetFiguresRequest, Payment},
};
use regulation::{Region, Role};

use super::fen;
use crate::way::{Way, found};

/// Sums over a region or over all, in fen.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) appropriated: i64,
    pub(super) allocated: i64,
    pub(super) paid: i64,
    pub(super) left: i64,
}

impl Way<'_> {
    /// What the ledger of a region says.
    pub(super) async fn figures(&self, region: Region) -> anyhow::Result<Sums> {
        let mut auditor = self.as_role(region, Role::Auditor)?.fund()?;
        let figures = auditor.get_figures(GetFiguresRequest::default()).await?;
        let mut sums = Sums::default();
        for row in figures.into_inner().sources {
            ensure!(fen(row.in_transit) == 0, "something is still with the bank");
            sums = sums.and(Sums {
                appropriated: fen(row.appropriated),
                allocated: fen(row.allocated),
                paid: fen(row.paid),
                left: fen(row.left),
            });
        }
        ensure!(
            sums.allocated + sums.left == sums.appropriated && sums.paid <= sums.allocated,
            "the ledger of {region} does not add up: {sums:?}"
        );
        Ok(sums)
    }

    /// The hub's checklist 清单 shows every allocation and every payment, with its amount.
    pub(super) async fn known_at_hub(
        &mut self,
        allocations: &[Allocation],
        payments: &[Payment],
    ) -> anyhow::Result<()> {
        let allocations = allocations.iter().map(|a| (&a.allocation_id, a.amount));
        self.listed(ChecklistKind::Allocation, allocations.collect())
            .await?;
        let payments: Vec<_> = payments.iter().map(|p| (&p.payment_id, p.amount)).collect();
        let known = payments.len();
        self.listed(ChecklistKind::Payment, payments).await?;
        self.summary.figure("到账拨付（推进组清单）", known);
        Ok(())
    }

    async fn listed(
        &self,
        kind: ChecklistKind,
        told: Vec<(&String, Option<Money>)>,
    ) -> anyhow::Result<()> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let there = |items: &[ChecklistItem], id: &str, amount| {
            items
                .iter()
                .any(|item| item.id == id && item.amount == amount)
        };
        found(&format!("the hub to list {kind:?}"), || async {
            let request = GetChecklistRequest {
                kind: kind.into(),
                ..Default::default()
            };
            let checklist = secretariat.coordination()?.get_checklist(request).await?;
            let items = checklist.into_inner().items;
            let all = told.iter().all(|(id, amount)| there(&items, id, *amount));
            Ok(all.then_some(()))
        })
        .await
    }
}

impl Sums {
    pub(super) fn and(self, more: Self) -> Self {
        Self {
            appropriated: self.appropriated + more.appropriated,
            allocated: self.allocated + more.allocated,
            paid: self.paid + more.paid,
            left: self.left + more.left,
        }
    }
}
