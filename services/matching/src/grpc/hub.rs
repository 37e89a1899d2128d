//! What the secretariat does on the hub: publish lists, feed solutions back.

use std::collections::BTreeSet;

use chassis::{Page, admit, status};
use proto::matching::v1 as wire;
use regulation::{BlindId, DecisionId, Text};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::{Request, Status};

use super::{Door, view};
use crate::{
    domain::{
        FeedbackId, FeedbackRound, PublishedList, SolutionBox, Waiver,
        words::{FeedbackCommand, ListCommand},
    },
    read,
};

/// Demands that one feedback may name at most.
const DEMANDS_MAX: usize = 1_000;

impl Door {
    pub(super) async fn publish_list(
        &self,
        request: Request<wire::PublishListRequest>,
    ) -> Result<wire::PublishedList, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id: DecisionId = status::parse("decision_id", &asked.message.decision_id)?;
        let found = self.desk.journal().load::<PublishedList>(id).await;
        let found = found
            .map_err(status::journal)?
            .and_then(|list| list.state.0);
        let demands = found.as_ref().map_or(0, |list| list.demands.len());
        let first = match &found {
            Some(list) => read::next_place(&self.desk, list.year).await?,
            None => 1,
        };
        let blind_ids = (0..demands)
            .map(|_| self.desk.ids().random::<BlindId>())
            .collect();
        let command = ListCommand::Publish { blind_ids, first };
        let done = self
            .desk
            .execute::<PublishedList>(asked.actor, id, command, &request)
            .await?;
        Ok(view::list(&done))
    }

    pub(super) async fn list_published_lists(
        &self,
        request: Request<wire::ListPublishedListsRequest>,
    ) -> Result<wire::ListPublishedListsResponse, Status> {
        let page = Page::from(admit(request)?.message.page);
        let after = Some(page.after.as_str());
        let rows = self
            .desk
            .journal()
            .list::<PublishedList>(after, page.limit())
            .await;
        let mut rows = rows.map_err(status::journal)?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let lists = rows.iter().map(view::list).collect();
        Ok(wire::ListPublishedListsResponse {
            lists,
            next_page_token,
        })
    }

    pub(super) async fn give_feedback(
        &self,
        request: Request<wire::GiveFeedbackRequest>,
    ) -> Result<wire::FeedbackRound, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let cut_off = OffsetDateTime::parse(&asked.message.cut_off, &Rfc3339)
            .map_err(|error| status::invalid("cut_off", error))?;
        let demands = self.demands(&asked.message.blind_ids).await?;
        let without = waiver(&asked.message)?;
        let id: FeedbackId = self.desk.ids().next();
        let command = FeedbackCommand::Give {
            cut_off,
            demands,
            without,
        };
        let done = self
            .desk
            .execute::<FeedbackRound>(asked.actor, id, command, &request)
            .await?;
        Ok(view::feedback(&done))
    }

    /// The demands that are named, or all for which something waits.
    async fn demands(&self, named: &[String]) -> Result<BTreeSet<BlindId>, Status> {
        if named.len() > DEMANDS_MAX {
            return Err(status::invalid(
                "blind_ids",
                format!("最多 {DEMANDS_MAX} 项"),
            ));
        }
        if named.is_empty() {
            return Ok(read::waiting(&self.desk).await?.into_iter().collect());
        }
        named
            .iter()
            .map(|id| status::parse("blind_ids", id))
            .collect()
    }

    pub(super) async fn list_solution_boxes(
        &self,
        request: Request<wire::ListSolutionBoxesRequest>,
    ) -> Result<wire::ListSolutionBoxesResponse, Status> {
        let page = Page::from(admit(request)?.message.page);
        let after = Some(page.after.as_str());
        let rows = self
            .desk
            .journal()
            .list::<SolutionBox>(after, page.limit())
            .await;
        let mut rows = rows.map_err(status::journal)?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let boxes = rows.iter().map(view::solution_box).collect();
        Ok(wire::ListSolutionBoxesResponse {
            boxes,
            next_page_token,
        })
    }
}

/// Who is not waited for, with the reason that has to be given.
fn waiver(asked: &wire::GiveFeedbackRequest) -> Result<Option<Waiver>, Status> {
    if asked.without_regions.is_empty() {
        return Ok(None);
    }
    let regions = asked
        .without_regions
        .iter()
        .map(|text| status::parse("without_regions", text));
    let reason: Text = status::parse("without_reason", &asked.without_reason)?;
    Ok(Some(Waiver {
        regions: regions.collect::<Result<_, _>>()?,
        reason,
    }))
}
