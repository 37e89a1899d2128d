//! The guide: compiled from the reserve pool on the hub, decided by all, known everywhere.

use anyhow::{Context as _, ensure};
use proto::application::v1::{
    DraftGuideRequest, GuideContent, GuideDocument, GuideState, GuideTopicContent,
    ListPublishedGuidesRequest, ProposeGuideRequest,
    application_service_client::ApplicationServiceClient,
};
use proto::coordination::v1::DecisionKind;
use regulation::{Day, Region, Role};

use super::{PLANNED, Way, found};
use crate::{request_id, wan};

/// 批文号 of the guide.
const DOCUMENT_NUMBER: &str = "长三角联攻〔2024〕2号";
/// For so long one may apply, from the day on which the guide is drafted; the decision takes weeks.
const WINDOW_DAYS: u32 = 90;
const CEILING_WAN: i64 = 1500;

impl Way<'_> {
    /// Compiles the guide, has it decided, and sees it on every node.
    pub(super) async fn guide(&mut self) -> anyhow::Result<GuideDocument> {
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let content = self.guide_content()?;
        let drafted = secretariat
            .application()?
            .draft_guide(DraftGuideRequest {
                request_id: request_id(),
                content: Some(content),
            })
            .await?
            .into_inner();
        // What is in the pool is told through the hub, to the hub's own service too.
        let proposed = found("the guide to be proposed", || async {
            let request = ProposeGuideRequest {
                request_id: request_id(),
                guide_id: drafted.guide_id.clone(),
            };
            let proposed = secretariat.application()?.propose_guide(request).await?;
            Ok(Some(proposed.into_inner()))
        })
        .await?;
        ensure!(
            proposed.state() == GuideState::Proposed,
            "{:?}",
            proposed.state()
        );
        let decision = self
            .decision_on(DecisionKind::Guide, &drafted.guide_id)
            .await?;
        self.decide(&decision.decision_id, DOCUMENT_NUMBER).await?;
        let mut published = None;
        let regions: Vec<_> = self.federation.regions().collect();
        for region in &regions {
            published = Some(self.guide_at(*region, &drafted.guide_id).await?);
        }
        let guide = published.context("nobody has the guide")?;
        self.summary.figure(
            "指南（课题数 / 可查节点数）",
            format!("{} / {}", guide.topics.len(), regions.len()),
        );
        Ok(guide)
    }

    fn guide_content(&self) -> anyhow::Result<GuideContent> {
        let topics = PLANNED.iter().map(|planned| {
            let demand = self
                .input
                .demands
                .iter()
                .find(|one| one.key == planned.demand);
            let demand = demand.with_context(|| format!("no demand {}", planned.demand))?;
            Ok(GuideTopicContent {
                title: demand.title.clone(),
                field: demand.field.clone(),
                content: demand.mission.clone(),
                blind_id: self.published(planned.demand)?.blind_id.clone(),
            })
        });
        let today = Day::of(self.federation.now());
        Ok(GuideContent {
            year: 2024,
            title: "2024 年度长三角科技创新共同体联合攻关指南".into(),
            topics: topics.collect::<anyhow::Result<_>>()?,
            window_from: today.to_string(),
            window_until: today.plus_days(WINDOW_DAYS).to_string(),
            support_ceiling: wan(CEILING_WAN),
            one_live_application_per_leader: true,
            compilation: "由各领域专家根据揭榜情况研究编制".into(),
            conditions: "牵头单位应具备组织跨区域联合攻关的条件".into(),
        })
    }

    /// As anyone sees it on a node: without a token.
    async fn guide_at(&self, region: Region, id: &str) -> anyhow::Result<GuideDocument> {
        let channel = self.federation.channel(region, "application")?;
        let what = format!("the guide at {region}");
        let guide = found(&what, || async {
            let mut public = ApplicationServiceClient::new(channel.clone());
            let listed = public
                .list_published_guides(ListPublishedGuidesRequest::default())
                .await?
                .into_inner();
            let mut guides = listed.guides.into_iter();
            Ok(guides.find(|guide| {
                guide
                    .document
                    .as_ref()
                    .is_some_and(|one| one.guide_id == id)
            }))
        })
        .await?;
        ensure!(
            guide.document_number == DOCUMENT_NUMBER,
            "another document number"
        );
        guide.document.context("an empty guide")
    }
}
