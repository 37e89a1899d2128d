//! Step 2: demanders of all provinces submit; officers accept; one is returned and resubmitted;
//! one names its company in the text and is refused.

use anyhow::{Context as _, ensure};
use proto::intake::v1::{
    AcceptDemandRequest, CreateDemandRequest, DemandContent, DemandState, GetDemandRequest,
    ReturnDemandRequest, SubmitDemandRequest, UpdateDemandRequest,
};
use regulation::Role;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{DemandRef, Way};
use crate::{Demand, request_id};

impl Way<'_> {
    /// Takes all demands in.
    ///
    /// # Errors
    /// What was refused that should not be, or the other way round.
    pub async fn intake(&mut self) -> anyhow::Result<()> {
        self.say("2 征集需求");
        for (at, demand) in self.input.demands.clone().iter().enumerate() {
            let mut entry = self.draft(demand).await?;
            match at {
                0 => self.named_in_the_text(demand, &mut entry).await?,
                1 => self.returned_once(demand, &entry).await?,
                _ => {}
            }
            self.submit(&entry).await.context(demand.key.clone())?;
            self.accept(&entry).await.context(demand.key.clone())?;
            self.demands.push(entry);
        }
        self.summary.figure("受理需求", self.demands.len());
        self.say(format!(
            "  受理 {} 项，其中一项退回后重报，一项因泄露需求方被拒后改写",
            self.demands.len()
        ));
        Ok(())
    }

    async fn draft(&self, demand: &Demand) -> anyhow::Result<DemandRef> {
        let (unit, region) = self.unit(&demand.company)?;
        let created = self
            .as_member(&demand.company)?
            .intake()?
            .create_demand(CreateDemandRequest {
                request_id: request_id(),
                content: Some(demand.content()?),
            })
            .await?
            .into_inner();
        Ok(DemandRef {
            key: demand.key.clone(),
            id: created.demand_id,
            region,
            unit,
        })
    }

    async fn rewrite(&self, entry: &DemandRef, content: DemandContent) -> anyhow::Result<()> {
        let session = crate::Session::of_unit(self.federation, entry.region, entry.unit)?;
        session
            .intake()?
            .update_demand(UpdateDemandRequest {
                request_id: request_id(),
                demand_id: entry.id.clone(),
                content: Some(content),
            })
            .await?;
        Ok(())
    }

    async fn try_submit(&self, entry: &DemandRef) -> anyhow::Result<Result<(), Status>> {
        let session = crate::Session::of_unit(self.federation, entry.region, entry.unit)?;
        let request = SubmitDemandRequest {
            request_id: request_id(),
            demand_id: entry.id.clone(),
        };
        Ok(session.intake()?.submit_demand(request).await.map(drop))
    }

    async fn submit(&self, entry: &DemandRef) -> anyhow::Result<()> {
        Ok(self.try_submit(entry).await??)
    }

    async fn accept(&self, entry: &DemandRef) -> anyhow::Result<()> {
        let mut intake = self.as_role(entry.region, Role::Officer)?.intake()?;
        let request = AcceptDemandRequest {
            request_id: request_id(),
            demand_id: entry.id.clone(),
        };
        intake.accept_demand(request).await?;
        let request = GetDemandRequest {
            demand_id: entry.id.clone(),
        };
        let demand = intake.get_demand(request).await?.into_inner();
        ensure!(
            demand.state() == DemandState::Accepted,
            "{} is {:?}",
            entry.key,
            demand.state()
        );
        Ok(())
    }

    /// The text names the company: refused, with the place; rewritten, it passes.
    async fn named_in_the_text(
        &self,
        demand: &Demand,
        entry: &mut DemandRef,
    ) -> anyhow::Result<()> {
        let good = demand.content()?;
        let mut named = good.clone();
        let company = self.input.demander(demand)?;
        let record = named.record.get_or_insert_default();
        record.mission = format!("为{}攻关：{}", company.short_names[0], record.mission);
        self.rewrite(entry, named).await?;
        let refused = self.try_submit(entry).await?;
        let Err(status) = refused else {
            anyhow::bail!("a text that names the demander passed")
        };
        ensure!(
            reason(&status) == "intake.anonymous",
            "refused for another reason: {status}"
        );
        self.say(format!("  被拒：{}", status.message()));
        self.rewrite(entry, good).await
    }

    async fn returned_once(&self, demand: &Demand, entry: &DemandRef) -> anyhow::Result<()> {
        self.submit(entry).await?;
        let mut intake = self.as_role(entry.region, Role::Officer)?.intake()?;
        let returned = intake
            .return_demand(ReturnDemandRequest {
                request_id: request_id(),
                demand_id: entry.id.clone(),
                reason: "请补充量化指标".into(),
            })
            .await?
            .into_inner();
        ensure!(
            returned.state() == DemandState::Returned,
            "it was not returned"
        );
        let mut better = demand.content()?;
        let record = better.record.get_or_insert_default();
        record.mission.push_str("核心指标达到国际同类水平。");
        self.rewrite(entry, better).await
    }

    /// On a day without a policy in force a new demand is refused, with exactly that message.
    ///
    /// # Errors
    /// When it is not.
    pub async fn after_the_policy_has_ended(&mut self) -> anyhow::Result<()> {
        let day = "2025-04-06".parse()?;
        self.federation.move_clock(day).await?;
        let demand = self.input.demands.first().context("no demand")?.clone();
        let request = CreateDemandRequest {
            request_id: request_id(),
            content: Some(demand.content()?),
        };
        let created = self
            .as_member(&demand.company)?
            .intake()?
            .create_demand(request)
            .await;
        let Err(status) = created else {
            anyhow::bail!("a demand without a policy was taken")
        };
        ensure!(status.code() == Code::FailedPrecondition, "{status}");
        ensure!(reason(&status) == "intake.policy-in-force", "{status}");
        self.say(format!("  2025-04-06 提交被拒：{}", status.message()));
        Ok(())
    }
}

/// The stable code of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}
