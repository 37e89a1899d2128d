//! The doors in for people: the agency's and the secretariat's on the hub, the experts' at home.

mod expert;
mod hub;
mod view;

use chassis::{Desk, Page, admit};
use proto::{
    evaluation::v1::Seeds,
    review::v1::{self as wire, review_service_server::ReviewService},
};
use tonic::{Request, Response, Status};

use crate::domain::RoundCommand;

/// Serves `ReviewService`.
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }
}

#[tonic::async_trait]
impl ReviewService for Door {
    async fn open_round(
        &self,
        request: Request<wire::OpenRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.open(admit(request)?).await
    }

    async fn approve_round(
        &self,
        request: Request<wire::ApproveRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.approve(admit(request)?).await
    }

    async fn draw_round(
        &self,
        request: Request<wire::DrawRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.draw(admit(request)?).await
    }

    async fn replace_expert(
        &self,
        request: Request<wire::ReplaceExpertRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.replace(admit(request)?).await
    }

    async fn waive_sheet(
        &self,
        request: Request<wire::WaiveSheetRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.waive(admit(request)?).await
    }

    async fn close_round(
        &self,
        request: Request<wire::CloseRoundRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.close(admit(request)?).await
    }

    async fn propose_establishment(
        &self,
        request: Request<wire::ProposeEstablishmentRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.propose(admit(request)?).await
    }

    async fn confirm_establishment(
        &self,
        request: Request<wire::ConfirmEstablishmentRequest>,
    ) -> Result<Response<wire::Round>, Status> {
        self.confirm(admit(request)?).await
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

    async fn list_rounds(
        &self,
        request: Request<wire::ListRoundsRequest>,
    ) -> Result<Response<wire::ListRoundsResponse>, Status> {
        self.rounds(Page::from(admit(request)?.message.page)).await
    }

    async fn get_draw_record(
        &self,
        request: Request<wire::GetDrawRecordRequest>,
    ) -> Result<Response<wire::DrawRecord>, Status> {
        // By anybody: it names nobody.
        self.record(request.into_inner()).await
    }

    async fn get_seeds(
        &self,
        request: Request<wire::GetSeedsRequest>,
    ) -> Result<Response<Seeds>, Status> {
        self.seeds(&admit(request)?.message).await
    }

    async fn recover_seed(
        &self,
        request: Request<wire::RecoverSeedRequest>,
    ) -> Result<Response<Seeds>, Status> {
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
    ) -> Result<Response<Seeds>, Status> {
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

    async fn list_candidates(
        &self,
        request: Request<wire::ListCandidatesRequest>,
    ) -> Result<Response<wire::ListCandidatesResponse>, Status> {
        self.candidates(admit(request)?.message).await
    }

    async fn list_sheets(
        &self,
        request: Request<wire::ListSheetsRequest>,
    ) -> Result<Response<wire::ListSheetsResponse>, Status> {
        self.sheets(&admit(request)?).await
    }

    async fn get_sheet(
        &self,
        request: Request<wire::GetSheetRequest>,
    ) -> Result<Response<wire::SheetView>, Status> {
        self.sheet(&admit(request)?).await
    }

    async fn open_sheet(
        &self,
        request: Request<wire::OpenSheetRequest>,
    ) -> Result<Response<wire::SheetView>, Status> {
        self.open_it(admit(request)?).await
    }

    async fn complete_sheet(
        &self,
        request: Request<wire::CompleteSheetRequest>,
    ) -> Result<Response<wire::SheetView>, Status> {
        self.complete(admit(request)?).await
    }

    async fn declare_conflict(
        &self,
        request: Request<wire::DeclareConflictRequest>,
    ) -> Result<Response<wire::SheetView>, Status> {
        self.conflict(admit(request)?).await
    }
}
