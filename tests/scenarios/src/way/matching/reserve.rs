//! What is matched enters the reserve pool after the department's audit; what is not stays valid.
//! [Art. 12]

use anyhow::{Context as _, ensure};
use proto::matching::v1::{
    AuditReserveRequest, GetCatalogueEntryRequest, GetPostingRequest, ProposeReserveRequest,
    ReserveStage, ReserveStatus,
};
use regulation::Role;

use super::SOLVERS;
use crate::{
    request_id,
    way::{Way, found, intake::reason},
};

impl Way<'_> {
    pub(super) async fn reserve(&self, key: &str, status: ReserveStatus) -> anyhow::Result<()> {
        let posting = self.posting(key).await?;
        let demand = self.input.demands.iter().find(|demand| demand.key == key);
        let company = &demand.context("no such demand")?.company;
        let (_, region) = self.unit(company)?;
        let (demander, officer) = (
            self.as_member(company)?,
            self.as_role(region, Role::Officer)?,
        );
        let agreed: usize = SOLVERS.iter().filter(|solver| solver.demand == key).count();
        found("both sides' word", || async {
            let request = GetPostingRequest {
                posting_id: posting.posting_id.clone(),
            };
            let posting = demander
                .matching()?
                .get_posting(request)
                .await?
                .into_inner();
            let done = posting
                .tasks
                .iter()
                .filter(|t| !t.agreed_solution_ids.is_empty());
            Ok((done.count() == agreed).then_some(()))
        })
        .await?;
        demander
            .matching()?
            .propose_reserve(ProposeReserveRequest {
                request_id: request_id(),
                posting_id: posting.posting_id.clone(),
                supplement: "已与解决方明确任务分工与进度。".into(),
                ..Default::default()
            })
            .await?;
        let audited = officer
            .matching()?
            .audit_reserve(AuditReserveRequest {
                request_id: request_id(),
                posting_id: posting.posting_id,
                approved: true,
                reason: String::new(),
            })
            .await?
            .into_inner();
        ensure!(
            audited.reserve_stage() == ReserveStage::InPool,
            "{key} is not in the pool"
        );
        ensure!(
            audited.reserve_status() == status,
            "{key} is {:?}",
            audited.reserve_status()
        );
        let shown = if status == ReserveStatus::Matched {
            "揭榜成功"
        } else {
            "部分揭榜成功"
        };
        self.say(format!("  {} 入库：{shown}", posting.public_number));
        Ok(())
    }

    pub(super) async fn not_in_the_pool(&self, key: &str) -> anyhow::Result<()> {
        let posting = self.posting(key).await?;
        let demand = self.input.demands.iter().find(|demand| demand.key == key);
        let demander = self.as_member(&demand.context("no such demand")?.company)?;
        let proposed = demander
            .matching()?
            .propose_reserve(ProposeReserveRequest {
                request_id: request_id(),
                posting_id: posting.posting_id,
                supplement: "尚无解决方案。".into(),
                ..Default::default()
            })
            .await;
        let Err(status) = proposed else {
            anyhow::bail!("an unsolved demand entered the pool")
        };
        ensure!(reason(&status).starts_with("matching."), "{status}");
        self.say(format!(
            "  {} 未入库：{}",
            posting.public_number,
            status.message()
        ));
        let entry = demander
            .matching()?
            .get_catalogue_entry(GetCatalogueEntryRequest {
                blind_id: posting.blind_id,
                ..Default::default()
            })
            .await?
            .into_inner();
        ensure!(entry.entry.is_some(), "the demand has to stay valid");
        Ok(())
    }
}
