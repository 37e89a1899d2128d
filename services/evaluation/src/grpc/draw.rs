//! The doors to a draw's randomness: whose seed is in, what to do about one that is not, and the
//! record from which anybody draws again.

use chassis::{Admitted, admit, status};
use proto::evaluation::v1::{self as wire, draw_service_server::DrawService};
use regulation::{EvaluationRoundId, Region, Text};
use tonic::{Request, Response, Status};

use super::Door;
use crate::{
    domain::{EvaluationRound, RoundCommand},
    read,
};

impl Door {
    async fn seed<T>(
        &self,
        asked: Admitted<T>,
        [request_id, round_id, region, reason]: [&str; 4],
        command: impl FnOnce(Region, Text) -> RoundCommand,
    ) -> Result<Response<wire::Seeds>, Status> {
        self.on_the_hub()?;
        let request = asked.request(request_id)?;
        let id: EvaluationRoundId = status::parse("round_id", round_id)?;
        let region = status::parse("region", region)?;
        let reason = status::parse("reason", reason)?;
        let done = self
            .desk
            .execute::<EvaluationRound>(asked.actor, id, command(region, reason), &request)
            .await?;
        Ok(Response::new(draws::view(&done.id, done.state.seeds())))
    }
}

#[tonic::async_trait]
impl DrawService for Door {
    async fn get_seeds(
        &self,
        request: Request<wire::GetSeedsRequest>,
    ) -> Result<Response<wire::Seeds>, Status> {
        let asked = admit(request)?;
        let id: EvaluationRoundId = status::parse("round_id", &asked.message.round_id)?;
        let round = self.desk.load::<EvaluationRound>("评估轮次", id).await?;
        Ok(Response::new(draws::view(&round.id, round.state.seeds())))
    }

    async fn recover_seed(
        &self,
        request: Request<wire::RecoverSeedRequest>,
    ) -> Result<Response<wire::Seeds>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = [
            message.request_id.as_str(),
            &message.round_id,
            &message.region,
            &message.reason,
        ];
        self.seed(asked, given, |region, reason| RoundCommand::RecoverSeed {
            region,
            reason,
        })
        .await
    }

    async fn waive_seed(
        &self,
        request: Request<wire::WaiveSeedRequest>,
    ) -> Result<Response<wire::Seeds>, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let given = [
            message.request_id.as_str(),
            &message.round_id,
            &message.region,
            &message.reason,
        ];
        self.seed(asked, given, |region, reason| RoundCommand::WaiveSeed {
            region,
            reason,
        })
        .await
    }

    async fn get_draw_record(
        &self,
        request: Request<wire::GetDrawRecordRequest>,
    ) -> Result<Response<wire::DrawRecord>, Status> {
        let round_id = request.into_inner().round_id;
        let id: EvaluationRoundId = status::parse("round_id", &round_id)?;
        let round = self.desk.load::<EvaluationRound>("抽取记录", id).await?;
        let followed = round.state.table().map(|table| &table.followed);
        let followed = serde_json::to_string(followed.map_or(&[][..], Vec::as_slice))
            .map_err(|error| status::internal(&error))?;
        Ok(Response::new(wire::DrawRecord {
            record: read::draw_record(&self.desk, id, &followed).await?,
            round_id,
        }))
    }
}
