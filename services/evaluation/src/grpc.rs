//! The doors in for people: the secretariat's on the hub, the experts' and departments' at home.

mod computation;
mod draw;
mod hub;
mod pre_review;
mod view;

use chassis::{Desk, Page, admit, status};
use proto::evaluation::v1::{self as wire, evaluation_service_server::EvaluationService};
use regulation::{Actor, BallotId, Day, DemandId, EvaluationRoundId, Refusal};
use tonic::{Request, Response, Status};

use crate::{
    domain::{Ballot, BallotCommand, BallotRejection, EvaluationRound, Screening, Sheet},
    read,
};

/// Serves `EvaluationService`, `PreReviewService` and `DrawService`.
#[derive(Clone)]
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    async fn ballot(
        &self,
        actor: Actor,
        ballot_id: &str,
        command: BallotCommand,
        request: &journal::Request,
    ) -> Result<Ballot, Status> {
        let id: BallotId = status::parse("ballot_id", ballot_id)?;
        let done = self
            .desk
            .execute::<Ballot>(actor, id, command, request)
            .await?;
        Ok(done.state)
    }

    /// Until when a credit record bars the expert who is about to answer, if one does. [Art. 20]
    async fn barred(&self, actor: &Actor, ballot_id: &str) -> Result<Option<Day>, Status> {
        let id: BallotId = status::parse("ballot_id", ballot_id)?;
        let ballot = self.desk.journal().load::<Ballot>(id).await;
        let ballot = ballot.map_err(status::journal)?.map(|loaded| loaded.state);
        // Nobody is looked up once it is decided.
        let open = ballot.as_ref().filter(|ballot| ballot.is_open());
        let asked = open.and_then(Ballot::invitation);
        let asked = asked.map(|asked| (asked.expert, &asked.person));
        draws::barred_since(&self.desk, "evaluation.ballot", actor, asked).await
    }
}

#[tonic::async_trait]
impl EvaluationService for Door {
    async fn open_round(
        &self,
        request: Request<wire::OpenRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.open(admit(request)?).await
    }

    async fn draw_round(
        &self,
        request: Request<wire::DrawRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.draw(admit(request)?).await
    }

    async fn waive_ballot(
        &self,
        request: Request<wire::WaiveBallotRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.waive(admit(request)?).await
    }

    async fn close_round(
        &self,
        request: Request<wire::CloseRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.close(admit(request)?).await
    }

    async fn propose_list(
        &self,
        request: Request<wire::ProposeListRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.propose(admit(request)?).await
    }

    async fn return_round(
        &self,
        request: Request<wire::ReturnRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.give_back(admit(request)?).await
    }

    async fn get_round(
        &self,
        request: Request<wire::GetRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.round(&admit(request)?.message.round_id).await
    }

    async fn get_computation(
        &self,
        request: Request<wire::GetComputationRequest>,
    ) -> Result<Response<wire::Computation>, Status> {
        let round_id = admit(request)?.message.round_id;
        let id: EvaluationRoundId = status::parse("round_id", &round_id)?;
        let round = self.desk.load::<EvaluationRound>("评估轮次", id).await?;
        let withdrawn = read::withdrawn(&self.desk, id).await?;
        let computation = computation::of(&round.state, &withdrawn);
        Ok(Response::new(
            computation.ok_or_else(|| status::not_found("清单建议的计算过程"))?,
        ))
    }

    async fn list_rounds(
        &self,
        request: Request<wire::ListRoundsRequest>,
    ) -> Result<Response<wire::ListRoundsResponse>, Status> {
        self.rounds(Page::from(admit(request)?.message.page)).await
    }

    async fn list_candidates(
        &self,
        request: Request<wire::ListCandidatesRequest>,
    ) -> Result<Response<wire::ListCandidatesResponse>, Status> {
        self.candidates(admit(request)?.message).await
    }

    async fn list_ballots(
        &self,
        request: Request<wire::ListBallotsRequest>,
    ) -> Result<Response<wire::ListBallotsResponse>, Status> {
        let asked = admit(request)?;
        let page = Page::from(asked.message.page);
        let expert = draws::whose(&asked.actor)?;
        let mut ballots = read::ballots(&self.desk, expert, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut ballots, |ballot| {
            ballot
                .invitation()
                .map(|asked| asked.ballot.to_string())
                .unwrap_or_default()
        });
        let ballots = ballots
            .iter()
            .map(|ballot| view::ballot(ballot, &asked.actor))
            .collect();
        Ok(Response::new(wire::ListBallotsResponse {
            ballots,
            next_page_token,
        }))
    }

    async fn get_ballot(
        &self,
        request: Request<wire::GetBallotRequest>,
    ) -> Result<Response<wire::BallotView>, Status> {
        let asked = admit(request)?;
        let id: BallotId = status::parse("ballot_id", &asked.message.ballot_id)?;
        let ballot = self.desk.load::<Ballot>("选票", id).await?.state;
        let whose = ballot.invitation().map(|invitation| invitation.expert);
        if draws::may_see(&asked.actor, whose) {
            Ok(Response::new(view::ballot(&ballot, &asked.actor)))
        } else {
            Err(status::not_found("选票"))
        }
    }

    async fn cast_ballot(
        &self,
        request: Request<wire::CastBallotRequest>,
    ) -> Result<Response<wire::BallotView>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let message = asked.message;
        let sheet = Sheet::parse(message.scores, message.recommended)
            .map_err(|error| status::invalid("scores", error))?;
        let command = match self.barred(&asked.actor, &message.ballot_id).await? {
            Some(until) => BallotCommand::Bar { until },
            None => BallotCommand::Cast {
                sheet,
                salt: self.desk.ids().bytes(),
            },
        };
        let done = self
            .ballot(asked.actor.clone(), &message.ballot_id, command, &request)
            .await?;
        if let Ballot::Barred { until, .. } = done {
            let barred = BallotRejection::Barred { until };
            return Err(status::refused(&Refusal::from(barred)));
        }
        Ok(Response::new(view::ballot(&done, &asked.actor)))
    }

    async fn declare_conflict(
        &self,
        request: Request<wire::DeclareConflictRequest>,
    ) -> Result<Response<wire::BallotView>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let command = BallotCommand::DeclareConflict;
        let ballot_id = &asked.message.ballot_id;
        let done = self
            .ballot(asked.actor.clone(), ballot_id, command, &request)
            .await?;
        Ok(Response::new(view::ballot(&done, &asked.actor)))
    }

    async fn get_screening(
        &self,
        request: Request<wire::GetScreeningRequest>,
    ) -> Result<Response<wire::ScreeningView>, Status> {
        let asked = admit(request)?;
        let id: DemandId = status::parse("demand_id", &asked.message.demand_id)?;
        let screening = self.desk.load::<Screening>("回避记录", id).await?;
        let view = view::screening(id, &screening.state);
        Ok(Response::new(view.map_err(|closed| {
            status::refused(&Refusal::from(closed))
        })?))
    }
}
