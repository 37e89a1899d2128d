//! The only intent of a demand comes to its end: the demand leaves the pool and stays valid.
//! [Art. 12]

use anyhow::{Context as _, ensure};
use proto::matching::v1::{
    AuditReserveRequest, CatalogueState, GetCatalogueEntryRequest, ProposeReserveRequest,
    ReserveStage, WithdrawSolutionRequest,
};
use regulation::Role;

use super::{NOT_AT_ALL, Solver};
use crate::{
    request_id,
    way::{Way, found},
};

/// Whose intent it is.
pub(super) const SOLVER: Solver = Solver {
    demand: NOT_AT_ALL,
    task: 0,
    unit: "zj-zju",
};

impl Way<'_> {
    /// Selected, both sides' word, in the pool; then the solver takes its word back.
    pub(super) async fn lapse(&self, solution_id: &str) -> anyhow::Result<()> {
        self.select(&SOLVER, solution_id).await.context("select")?;
        self.confirm(&SOLVER, solution_id)
            .await
            .context("confirm")?;
        let (demander, region) = self.demander(NOT_AT_ALL)?;
        let posting_id = self.posting(NOT_AT_ALL).await?.posting_id;
        found("both sides' word", || async {
            let posting = self.posting(NOT_AT_ALL).await?;
            let agreed = posting
                .tasks
                .iter()
                .any(|task| !task.agreed_solution_ids.is_empty());
            Ok(agreed.then_some(()))
        })
        .await?;
        let propose = ProposeReserveRequest {
            request_id: request_id(),
            posting_id: posting_id.clone(),
            supplement: "已与解决方达成意向。".into(),
            ..Default::default()
        };
        demander.matching()?.propose_reserve(propose).await?;
        let audit = AuditReserveRequest {
            request_id: request_id(),
            posting_id,
            approved: true,
            ..Default::default()
        };
        let officer = self.as_role(region, Role::Officer)?;
        let audited = officer.matching()?.audit_reserve(audit).await?.into_inner();
        ensure!(audited.reserve_stage() == ReserveStage::InPool);
        let withdraw = WithdrawSolutionRequest {
            request_id: request_id(),
            solution_id: solution_id.to_owned(),
            reason: "团队另有安排".into(),
        };
        let solver = self.as_member(SOLVER.unit)?;
        solver.matching()?.withdraw_solution(withdraw).await?;
        found("the demand to leave the pool", || async {
            let posting = self.posting(NOT_AT_ALL).await?;
            Ok((posting.reserve_stage() == ReserveStage::Outside).then_some(()))
        })
        .await?;
        let blind_id = self.published(NOT_AT_ALL)?.blind_id.clone();
        found("the demand to be open again", || async {
            let request = GetCatalogueEntryRequest {
                blind_id: blind_id.clone(),
                ..Default::default()
            };
            let item = demander.matching()?.get_catalogue_entry(request).await?;
            let open = item.into_inner().state() == CatalogueState::Open;
            Ok(open.then_some(()))
        })
        .await?;
        self.say("  唯一意向终止：该需求退出储备库，需求持续有效");
        Ok(())
    }
}
