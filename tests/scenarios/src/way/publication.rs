//! Step 5: the list is published without the demander, and every node's catalogue shows the same.

use anyhow::Context as _;
use proto::matching::v1::{ListCatalogueRequest, PublishListRequest};
use regulation::{Region, Role};

use super::{Published, Way, found};
use crate::request_id;

impl Way<'_> {
    /// Publishes the list, and sees it in the catalogue of every node.
    ///
    /// # Errors
    /// What was refused or is not there.
    pub async fn publication(&mut self) -> anyhow::Result<()> {
        self.say("5 发布需求（不公开需求方）");
        let secretariat = self.as_role(Region::HUB, Role::Secretariat)?;
        let decision_id = self.list_decision.clone();
        let list = found("the list to be published", || async {
            let decision_id = decision_id.clone();
            let request = PublishListRequest {
                request_id: request_id(),
                decision_id,
            };
            Ok(Some(
                secretariat
                    .matching()?
                    .publish_list(request)
                    .await?
                    .into_inner(),
            ))
        })
        .await?;
        for entry in &list.entries {
            let record = entry.record.clone().context("an entry without a record")?;
            let demand = self
                .input
                .demands
                .iter()
                .find(|demand| demand.title == record.title);
            self.published.push(Published {
                key: demand.with_context(|| record.title.clone())?.key.clone(),
                blind_id: entry.blind_id.clone(),
                public_number: entry.public_number.clone(),
                tasks: record.tasks,
            });
        }
        for region in self.reachable() {
            self.in_the_catalogue_of(region).await?;
        }
        self.summary
            .figure("公开发布需求（各节点目录一致）", self.published.len());
        self.say(format!(
            "  {} 项需求已在各节点目录公开",
            self.published.len()
        ));
        Ok(())
    }

    /// Waits until a node's catalogue has the whole list, as anyone sees it: without a token.
    ///
    /// # Errors
    /// When it does not get it.
    pub async fn in_the_catalogue_of(&self, region: Region) -> anyhow::Result<()> {
        use proto::matching::v1::matching_service_client::MatchingServiceClient;
        let mut public = MatchingServiceClient::new(self.federation.channel(region, "matching")?);
        let expected = self.published.len();
        let what = format!("{expected} demands in the catalogue of {region}");
        testkit::eventually(
            super::PATIENCE,
            async || {
                let listed = public
                    .list_catalogue(ListCatalogueRequest::default())
                    .await
                    .ok()?;
                (listed.into_inner().items.len() == expected).then_some(())
            },
            &what,
        )
        .await
    }
}
