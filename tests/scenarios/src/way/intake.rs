//! Step 2: demanders of all provinces submit; officers accept; one is returned and resubmitted;
//! one names its company in the text and is refused; one has a file, one a picture, one is nearly
//! another's duplicate. Later one task of a published demand is revised.

use anyhow::{Context as _, ensure};
use proto::{
    intake::v1::{
        AcceptDemandRequest, CreateDemandRequest, DemandContent, DemandState,
        DownloadAttachmentRequest, GetDemandRequest, ListSimilarDemandsRequest,
        ReturnDemandRequest, ReviseTaskRequest, SubmitDemandRequest, UpdateDemandRequest,
        UploadAttachmentRequest, WithdrawDemandRequest,
    },
    matching::v1::GetCatalogueEntryRequest,
};
use regulation::Role;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{DemandRef, Way, found};
use crate::{Demand, request_id};

/// Whose task is revised: nobody solves it.
const REVISED: &str = "zj-b";

impl Way<'_> {
    /// Takes all demands in.
    ///
    /// # Errors
    /// What was refused that should not be, or the other way round.
    pub async fn intake(&mut self) -> anyhow::Result<()> {
        self.say("2 征集需求");
        for (at, demand) in self.input.demands.clone().iter().enumerate() {
            if self.demands.iter().any(|taken| taken.key == demand.key) {
                continue;
            }
            let mut entry = self.draft(demand).await?;
            match at {
                0 => self.named_in_the_text(demand, &mut entry).await?,
                1 => self.returned_once(demand, &entry).await?,
                2 => self.with_a_file(&entry).await?,
                _ if demand.key == REVISED => {
                    let content = self.with_a_picture(&entry, demand.content()?).await?;
                    self.rewrite(&entry, content).await?;
                }
                _ => {}
            }
            self.submit(&entry).await.context(demand.key.clone())?;
            self.accept(&entry).await.context(demand.key.clone())?;
            if at == 2 {
                self.nearly_the_same(demand, &entry).await?;
            }
            self.demands.push(entry);
        }
        self.summary.figure("受理需求", self.demands.len());
        self.say(format!(
            "  受理 {} 项，其中一项退回后重报，一项因泄露需求方被拒后改写",
            self.demands.len()
        ));
        Ok(())
    }

    pub(super) async fn draft(&self, demand: &Demand) -> anyhow::Result<DemandRef> {
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

    pub(super) async fn rewrite(
        &self,
        entry: &DemandRef,
        content: DemandContent,
    ) -> anyhow::Result<()> {
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

    pub(super) async fn try_submit(&self, entry: &DemandRef) -> anyhow::Result<Result<(), Status>> {
        let session = crate::Session::of_unit(self.federation, entry.region, entry.unit)?;
        let request = SubmitDemandRequest {
            request_id: request_id(),
            demand_id: entry.id.clone(),
        };
        Ok(session.intake()?.submit_demand(request).await.map(drop))
    }

    pub(super) async fn submit(&self, entry: &DemandRef) -> anyhow::Result<()> {
        Ok(self.try_submit(entry).await??)
    }

    pub(super) async fn accept(&self, entry: &DemandRef) -> anyhow::Result<()> {
        let mut intake = self.as_role(entry.region, Role::Officer)?.intake()?;
        let request = AcceptDemandRequest {
            request_id: request_id(),
            demand_id: entry.id.clone(),
            confirmed_figures: self.pictures_of(entry).await?,
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

    /// A file comes in by its demander and goes out to the department, the same.
    async fn with_a_file(&self, entry: &DemandRef) -> anyhow::Result<()> {
        let private = format!("PRIVATE-NOTE-{}", entry.key);
        let bytes = format!("%PDF-1.7\n% {private}\n%%EOF\n").into_bytes();
        let session = crate::Session::of_unit(self.federation, entry.region, entry.unit)?;
        let upload = |content: &[u8]| {
            futures::stream::iter([UploadAttachmentRequest {
                request_id: request_id(),
                demand_id: entry.id.clone(),
                file_name: format!("{private}.pdf"),
                content: content.to_vec(),
            }])
        };
        let refused = session.intake()?.upload_attachment(upload(b"MZ\x90")).await;
        let Err(status) = refused else {
            anyhow::bail!("a program passed as a PDF")
        };
        ensure!(status.code() == Code::InvalidArgument, "{status}");
        let demand = session.intake()?.upload_attachment(upload(&bytes)).await?;
        let demand = demand.into_inner();
        let kept = demand.attachments.first().context("no attachment")?;
        let request = DownloadAttachmentRequest {
            demand_id: entry.id.clone(),
            digest: kept.digest.clone(),
        };
        let mut officer = self.as_role(entry.region, Role::Officer)?.intake()?;
        let mut pieces = officer.download_attachment(request).await?.into_inner();
        let mut downloaded = Vec::new();
        while let Some(piece) = pieces.message().await? {
            downloaded.extend(piece.content);
        }
        ensure!(downloaded == bytes, "the file came out as another");
        self.say("  一项需求附有文件（加密存于本地），伪装成 PDF 的程序被拒");
        Ok(())
    }

    /// Nearly the same again: the department sees both, side by side; it is withdrawn.
    async fn nearly_the_same(&self, demand: &Demand, entry: &DemandRef) -> anyhow::Result<()> {
        let again = self.draft(demand).await?;
        let mut content = demand.content()?;
        let record = content.record.get_or_insert_default();
        record.title.push_str("（二期）");
        self.rewrite(&again, content).await?;
        self.submit(&again).await?;
        let mut officer = self.as_role(entry.region, Role::Officer)?.intake()?;
        let demand_id = again.id.clone();
        let request = GetDemandRequest { demand_id };
        let seen = officer.get_demand(request).await?.into_inner();
        ensure!(
            seen.warnings
                .iter()
                .any(|warning| warning.contains(&entry.id)),
            "no warning: {:?}",
            seen.warnings
        );
        let demand_id = again.id.clone();
        let request = ListSimilarDemandsRequest { demand_id };
        let similar = officer.list_similar_demands(request).await?.into_inner();
        let nearest = similar.similar.first().context("nothing similar")?;
        ensure!(nearest.demand_id == entry.id, "another one: {nearest:?}");
        self.say(format!(
            "  近似提示：与在先需求 {}% 相近，并排核对后由需求方撤回",
            nearest.percent
        ));
        let session = crate::Session::of_unit(self.federation, again.region, again.unit)?;
        let request = WithdrawDemandRequest {
            request_id: request_id(),
            demand_id: again.id.clone(),
            reason: "与在先需求重复".into(),
        };
        let withdrawn = session.intake()?.withdraw_demand(request).await?;
        ensure!(
            withdrawn.into_inner().state() == DemandState::Withdrawn,
            "it was not withdrawn"
        );
        Ok(())
    }

    /// The demander of a published demand revises a task that nobody solved; everybody sees it.
    ///
    /// # Errors
    /// When it is refused, or does not reach the catalogue of every node.
    pub async fn revision(&mut self) -> anyhow::Result<()> {
        let published = self.published(REVISED)?.clone();
        let entry = self.demands.iter().find(|entry| entry.key == REVISED);
        let entry = entry.with_context(|| REVISED.to_owned())?;
        let session = crate::Session::of_unit(self.federation, entry.region, entry.unit)?;
        let mut task = published.tasks.first().context("no task")?.clone();
        task.indicators.push_str("；分两个阶段验收。");
        let request = ReviseTaskRequest {
            request_id: request_id(),
            demand_id: entry.id.clone(),
            task: Some(task.clone()),
            reason: "首轮无揭榜方，放宽验收方式".into(),
            solver_words: Vec::new(),
        };
        let proposed = session.intake()?.revise_task(request).await?.into_inner();
        ensure!(
            proposed.refused_revisions.is_empty(),
            "refused: {proposed:?}"
        );
        let taken = || async {
            let demand_id = entry.id.clone();
            let request = GetDemandRequest { demand_id };
            let demand = session.intake()?.get_demand(request).await?.into_inner();
            Ok((demand.revisions.len() == 1).then_some(()))
        };
        found("the posting's word on the revision", taken).await?;
        for region in self.reachable() {
            let look = || async {
                let blind_id = published.blind_id.clone();
                let session = self.as_role(region, Role::Auditor)?;
                let request = GetCatalogueEntryRequest {
                    blind_id,
                    ..Default::default()
                };
                let item = session.matching()?.get_catalogue_entry(request).await?;
                let record = item.into_inner().entry.and_then(|entry| entry.record);
                let tasks = record.map(|record| record.tasks).unwrap_or_default();
                let seen = tasks
                    .iter()
                    .any(|seen| (seen.revision, &seen.indicators) == (2, &task.indicators));
                Ok(seen.then_some(()))
            };
            found("the revised task in the catalogue", look).await?;
        }
        self.say(format!(
            "  {} 的一项对外揭榜任务已调整为第 2 版，各节点目录一致，其余任务不变",
            published.public_number
        ));
        self.pictures_are_shown(&published.blind_id).await?;
        Ok(())
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
