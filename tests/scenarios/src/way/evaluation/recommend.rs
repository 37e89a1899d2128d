//! Departments' pre-reviews: an officer checks, a director recommends; one demand comes back with
//! comments first, is handed in again and then recommended.

use anyhow::ensure;
use proto::{
    evaluation::v1::{
        Check, DeclineDemandRequest, GetPreReviewRequest, PreReview, PreReviewState,
        PrepareRecommendationRequest, RecommendDemandRequest,
    },
    intake::v1::{AcceptDemandRequest, DemandState, GetDemandRequest, SubmitDemandRequest},
};
use regulation::Role;

use super::super::{DemandRef, Way, found};
use crate::{Session, request_id};

impl Way<'_> {
    /// Every department recommends the demands of its region, in their order.
    pub(super) async fn recommend_all(&self) -> anyhow::Result<()> {
        for (at, demand) in (1..).zip(&self.demands) {
            if at == 1 {
                self.declined_once(demand).await?;
            }
            self.pre_examine(demand, true).await?;
            let director = self.as_role(demand.region, Role::Director)?;
            let request = RecommendDemandRequest {
                request_id: request_id(),
                demand_id: demand.id.clone(),
                place: at,
            };
            director.pre_reviews()?.recommend_demand(request).await?;
        }
        let count = self.demands.len();
        self.say(format!("  各地预审并推荐 {count} 项，其中一项退回后重报"));
        Ok(())
    }

    /// Waits until the department has the demand before it, and prepares it for the director.
    async fn pre_examine(&self, demand: &DemandRef, recommend: bool) -> anyhow::Result<()> {
        let pending = self.pre_review(demand, PreReviewState::Pending).await?;
        let checks = pending.checks.into_iter().map(|check| Check {
            passed: recommend || check.key != "tasks",
            ..check
        });
        let officer = self.as_role(demand.region, Role::Officer)?;
        let request = PrepareRecommendationRequest {
            request_id: request_id(),
            demand_id: demand.id.clone(),
            checks: checks.collect(),
            opinion: "已逐项核对".into(),
            recommend,
        };
        officer
            .pre_reviews()?
            .prepare_recommendation(request)
            .await?;
        Ok(())
    }

    async fn pre_review(
        &self,
        demand: &DemandRef,
        state: PreReviewState,
    ) -> anyhow::Result<PreReview> {
        let officer = self.as_role(demand.region, Role::Officer)?;
        found(&format!("{} to be {state:?}", demand.key), || async {
            let request = GetPreReviewRequest {
                demand_id: demand.id.clone(),
            };
            let review = officer.pre_reviews()?.get_pre_review(request).await?;
            let review = review.into_inner();
            Ok((review.state() == state).then_some(review))
        })
        .await
    }

    /// The director does not recommend it; the demander reads why, hands it in again, and an officer
    /// accepts it again.
    async fn declined_once(&self, demand: &DemandRef) -> anyhow::Result<()> {
        const COMMENTS: &str = "请核实对外揭榜任务的考核指标";
        self.pre_examine(demand, false).await?;
        let director = self.as_role(demand.region, Role::Director)?;
        let request = DeclineDemandRequest {
            request_id: request_id(),
            demand_id: demand.id.clone(),
            comments: COMMENTS.into(),
        };
        director.pre_reviews()?.decline_demand(request).await?;
        let demander = Session::of_unit(self.federation, demand.region, demand.unit)?;
        let back = found("the demand to come back", || async {
            let request = GetDemandRequest {
                demand_id: demand.id.clone(),
            };
            let demand = demander.intake()?.get_demand(request).await?.into_inner();
            Ok((demand.state() == DemandState::NotShortlisted).then_some(demand))
        })
        .await?;
        let mut said = back.judgements.iter().flat_map(|one| &one.comments);
        ensure!(
            said.any(|comment| comment == COMMENTS),
            "the demander does not read why: {back:?}"
        );
        let request = SubmitDemandRequest {
            request_id: request_id(),
            demand_id: demand.id.clone(),
        };
        demander.intake()?.submit_demand(request).await?;
        let officer = self.as_role(demand.region, Role::Officer)?;
        let request = AcceptDemandRequest {
            request_id: request_id(),
            demand_id: demand.id.clone(),
            ..AcceptDemandRequest::default()
        };
        officer.intake()?.accept_demand(request).await?;
        Ok(())
    }
}
