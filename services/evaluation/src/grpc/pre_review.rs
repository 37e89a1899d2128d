//! A department's doors: what its officers find, what its directors decide.

use std::{collections::BTreeMap, num::NonZeroU32};

use chassis::{Admitted, Page, admit, status};
use draws::timestamp;
use journal::Loaded;
use proto::evaluation::v1::{self as wire, pre_review_service_server::PreReviewService};
use regulation::{DemandId, InvalidText, Text, Title};
use tonic::{Request, Response, Status};

use super::Door;
use crate::{
    domain::{CHECKS, Finding, Opinion, PreReview, PreReviewCommand, Prepared, Record, Ruling},
    read,
};

impl Door {
    async fn pre_review<T>(
        &self,
        asked: Admitted<T>,
        request: &journal::Request,
        id: DemandId,
        command: PreReviewCommand,
    ) -> Result<Response<wire::PreReview>, Status> {
        let done = self
            .desk
            .execute::<PreReview>(asked.actor, id, command, request)
            .await?;
        Ok(Response::new(view(&done)))
    }
}

#[tonic::async_trait]
impl PreReviewService for Door {
    async fn prepare_recommendation(
        &self,
        request: Request<wire::PrepareRecommendationRequest>,
    ) -> Result<Response<wire::PreReview>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("demand_id", &asked.message.demand_id)?;
        let mut fields = status::Fields::default();
        let checks = checks(&asked.message.checks, &mut fields);
        let opinion: Result<Text, InvalidText> = asked.message.opinion.parse();
        let opinion = fields.take("opinion", opinion);
        let (true, Some(opinion)) = (fields.is_empty(), opinion) else {
            return Err(fields.refuse());
        };
        let command = PreReviewCommand::Prepare(Opinion {
            checks,
            opinion,
            recommend: asked.message.recommend,
        });
        self.pre_review(asked, &request, id, command).await
    }

    async fn recommend_demand(
        &self,
        request: Request<wire::RecommendDemandRequest>,
    ) -> Result<Response<wire::PreReview>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("demand_id", &asked.message.demand_id)?;
        let place = u32::try_from(asked.message.place)
            .ok()
            .and_then(NonZeroU32::new)
            .ok_or_else(|| status::invalid("place", "推荐序号从 1 开始"))?;
        let command = PreReviewCommand::Recommend { place };
        self.pre_review(asked, &request, id, command).await
    }

    async fn decline_demand(
        &self,
        request: Request<wire::DeclineDemandRequest>,
    ) -> Result<Response<wire::PreReview>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let id = status::parse("demand_id", &asked.message.demand_id)?;
        let comments = status::parse("comments", &asked.message.comments)?;
        let command = PreReviewCommand::Decline { comments };
        self.pre_review(asked, &request, id, command).await
    }

    async fn get_pre_review(
        &self,
        request: Request<wire::GetPreReviewRequest>,
    ) -> Result<Response<wire::PreReview>, Status> {
        let asked = admit(request)?;
        let id: DemandId = status::parse("demand_id", &asked.message.demand_id)?;
        let review = self.desk.load::<PreReview>("预审", id).await?;
        Ok(Response::new(view(&review)))
    }

    async fn list_pre_reviews(
        &self,
        request: Request<wire::ListPreReviewsRequest>,
    ) -> Result<Response<wire::ListPreReviewsResponse>, Status> {
        let asked = admit(request)?.message;
        let state = match asked.state() {
            wire::PreReviewState::Unspecified => None,
            wire::PreReviewState::Pending => Some("pending"),
            wire::PreReviewState::Prepared => Some("prepared"),
            wire::PreReviewState::Recommended => Some("recommended"),
            wire::PreReviewState::NotRecommended => Some("not_recommended"),
            wire::PreReviewState::Withdrawn => Some("withdrawn"),
            wire::PreReviewState::Judged => Some("judged"),
        };
        let page = Page::from(asked.page);
        let mut reviews = read::pre_reviews(&self.desk, state, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut reviews, |review| review.id.clone());
        Ok(Response::new(wire::ListPreReviewsResponse {
            pre_reviews: reviews.iter().map(view).collect(),
            next_page_token,
        }))
    }
}

/// Every check once; a fault names the line.
fn checks(given: &[wire::Check], fields: &mut status::Fields) -> BTreeMap<String, Finding> {
    let mut checks = BTreeMap::new();
    for (index, check) in given.iter().enumerate() {
        let note: Result<Option<Text>, InvalidText> = match check.note.as_str() {
            "" => Ok(None),
            note => note.parse().map(Some),
        };
        let note = fields.take(&format!("checks[{index}].note"), note);
        let finding = Finding {
            passed: check.passed,
            note: note.flatten(),
        };
        // The name is for people, and ours to say; what is sent back has to be readable all the same.
        if !check.name.is_empty() {
            fields.take(
                &format!("checks[{index}].name"),
                check.name.parse::<Title>(),
            );
        }
        fields.take(&format!("checks[{index}].key"), check.key.parse::<Title>());
        if check.key.is_empty() || checks.insert(check.key.clone(), finding).is_some() {
            fields.fault(&format!("checks[{index}].key"), "核对项缺失或重复");
        }
    }
    checks
}

fn view(review: &Loaded<PreReview>) -> wire::PreReview {
    let mut view = wire::PreReview {
        demand_id: review.id.clone(),
        version: review.version,
        record: review.state.record().map(Record::to_wire),
        checks: CHECKS.iter().map(|(key, name)| check(key, name)).collect(),
        ..Default::default()
    };
    let state = match &review.state {
        PreReview::Unknown => wire::PreReviewState::Unspecified,
        PreReview::Pending { .. } => wire::PreReviewState::Pending,
        PreReview::Prepared { prepared, .. } => {
            found(&mut view, prepared);
            wire::PreReviewState::Prepared
        }
        PreReview::Recommended {
            prepared,
            ruling,
            place,
            ..
        } => {
            ruled(&mut view, prepared, ruling, Some(*place));
            wire::PreReviewState::Recommended
        }
        PreReview::Judged {
            prepared,
            ruling,
            place,
            ..
        } => {
            ruled(&mut view, prepared, ruling, Some(*place));
            wire::PreReviewState::Judged
        }
        PreReview::NotRecommended {
            prepared,
            ruling,
            comments,
            ..
        } => {
            ruled(&mut view, prepared, ruling, None);
            view.comments = comments.to_string();
            wire::PreReviewState::NotRecommended
        }
        PreReview::Withdrawn { .. } => wire::PreReviewState::Withdrawn,
    };
    view.state = state.into();
    view
}

fn check(key: &str, name: &str) -> wire::Check {
    wire::Check {
        key: key.to_owned(),
        name: name.to_owned(),
        ..Default::default()
    }
}

fn found(view: &mut wire::PreReview, prepared: &Prepared) {
    for check in &mut view.checks {
        if let Some(finding) = prepared.opinion.checks.get(&check.key) {
            check.passed = finding.passed;
            check.note = finding
                .note
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
        }
    }
    view.opinion = prepared.opinion.opinion.to_string();
    view.proposed = prepared.opinion.recommend;
    view.prepared_by.clone_from(&prepared.by);
}

fn ruled(
    view: &mut wire::PreReview,
    prepared: &Prepared,
    ruling: &Ruling,
    place: Option<NonZeroU32>,
) {
    found(view, prepared);
    view.decided_by.clone_from(&ruling.by);
    view.decided_at = timestamp(ruling.at);
    view.place = place.map_or(0, |place| i32::try_from(place.get()).unwrap_or(i32::MAX));
}
