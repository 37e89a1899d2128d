//! Guides: on the hub those in work, everywhere those in force.

use chassis::{Page, admit, status};
use journal::Loaded;
use proto::application::v1 as wire;
use regulation::{GuideId, TopicId};
use tonic::{Request, Status};

use super::{Door, invalid, view};
use crate::{
    domain::{
        Guide, PublishedGuide,
        guide::{Command, Content},
    },
    read, record,
};

impl Door {
    fn guide_content(&self, content: Option<wire::GuideContent>) -> Result<Content, Status> {
        let content = content.ok_or_else(|| status::invalid("content", "请填写指南内容"))?;
        let topics = content.topics.into_iter().map(|topic| {
            let id: TopicId = self.desk.ids().next();
            wire::GuideTopic {
                topic_id: id.to_string(),
                title: topic.title,
                field: topic.field,
                content: topic.content,
                blind_id: topic.blind_id,
            }
        });
        let document = wire::GuideDocument {
            guide_id: String::new(),
            year: content.year,
            title: content.title,
            topics: topics.collect(),
            window_from: content.window_from,
            window_until: content.window_until,
            support_ceiling: content.support_ceiling,
            one_live_application_per_leader: content.one_live_application_per_leader,
            conditions: content.conditions,
        };
        Ok(Content {
            guideline: record::guideline(&document).map_err(invalid)?,
            compilation: status::optional("content.compilation", &content.compilation)?,
        })
    }

    async fn guide(&self, id: &str) -> Result<Loaded<Guide>, Status> {
        let id: GuideId = status::parse("guide_id", id)?;
        self.desk.load::<Guide>("指南", id).await
    }

    pub(super) async fn draft_guide(
        &self,
        request: Request<wire::DraftGuideRequest>,
    ) -> Result<wire::Guide, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let content = self.guide_content(asked.message.content)?;
        let id: GuideId = self.desk.ids().next();
        let command = Command::Write(Box::new(content));
        let done = self
            .desk
            .execute::<Guide>(asked.actor, id, command, &request)
            .await?;
        Ok(view::guide(&done))
    }

    pub(super) async fn revise_guide(
        &self,
        request: Request<wire::ReviseGuideRequest>,
    ) -> Result<wire::Guide, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = self.guide(&asked.message.guide_id).await?.id;
        let content = self.guide_content(asked.message.content)?;
        let command = Command::Write(Box::new(content));
        let done = self
            .desk
            .execute::<Guide>(asked.actor, id, command, &request)
            .await?;
        Ok(view::guide(&done))
    }

    pub(super) async fn propose_guide(
        &self,
        request: Request<wire::ProposeGuideRequest>,
    ) -> Result<wire::Guide, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let guide = self.guide(&asked.message.guide_id).await?;
        let id = guide.id;
        let work = guide.state.0.ok_or_else(|| status::not_found("指南"))?;
        let in_pool = self.in_pool(work.content.guideline.demands()).await?;
        let command = Command::Propose {
            id: id.clone(),
            in_pool,
        };
        let done = self
            .desk
            .execute::<Guide>(asked.actor, id, command, &request)
            .await?;
        Ok(view::guide(&done))
    }

    pub(super) async fn get_guide(
        &self,
        request: Request<wire::GetGuideRequest>,
    ) -> Result<wire::Guide, Status> {
        let asked = admit(request)?;
        Ok(view::guide(&self.guide(&asked.message.guide_id).await?))
    }

    pub(super) async fn list_guides(
        &self,
        request: Request<wire::ListGuidesRequest>,
    ) -> Result<wire::ListGuidesResponse, Status> {
        let page = Page::from(admit(request)?.message.page);
        let listed = self
            .desk
            .journal()
            .list::<Guide>(Some(&page.after), page.limit())
            .await;
        let mut guides = listed.map_err(status::journal)?;
        let next_page_token = page.cut(&mut guides, |guide| guide.id.clone());
        Ok(wire::ListGuidesResponse {
            guides: guides.iter().map(view::guide).collect(),
            next_page_token,
        })
    }

    /// What is published, anyone may read.
    pub(super) async fn list_published_guides(
        &self,
        request: Request<wire::ListPublishedGuidesRequest>,
    ) -> Result<wire::ListPublishedGuidesResponse, Status> {
        let page = Page::from(request.into_inner().page);
        let listed = self
            .desk
            .journal()
            .list::<PublishedGuide>(Some(&page.after), page.limit())
            .await;
        let mut guides = listed.map_err(status::journal)?;
        let next_page_token = page.cut(&mut guides, |guide| guide.id.clone());
        let demands = guides.iter().filter_map(|guide| guide.state.0.as_ref());
        let demands = demands.flat_map(|in_force| in_force.guide.demands());
        let closed = read::left_the_pool(&self.desk, demands).await?;
        let guides = guides.iter();
        Ok(wire::ListPublishedGuidesResponse {
            guides: guides
                .filter_map(|guide| view::published(guide, &closed))
                .collect(),
            next_page_token,
        })
    }
}
