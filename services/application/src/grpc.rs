//! The doors in for people: requests become commands, aggregates become answers.

mod examinations;
mod facts;
mod guides;
mod lead;
mod parts;
pub(crate) mod view;

use chassis::{Desk, status};
use proto::application::v1::{self as wire, application_service_server::ApplicationService};
use regulation::{Actor, UnitId};
use tonic::{Request, Response, Status};

use crate::record::Invalid;

/// Serves `ApplicationService`.
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }
}

/// Whose things a list shows: the caller's own unit's, or all (`None`) to who sees all.
fn only_own(actor: &Actor) -> Result<Option<UnitId>, Status> {
    if actor.role.is_of_department() {
        return Ok(None);
    }
    own(actor).map(Some)
}

fn own(actor: &Actor) -> Result<UnitId, Status> {
    actor
        .unit
        .ok_or_else(|| status::forbidden("您没有所属单位。"))
}

fn invalid(error: Invalid) -> Status {
    status::invalid(&error.field, error.reason)
}

macro_rules! doors {
    ($($method:ident: $request:ident => $answer:ident;)*) => {
        #[tonic::async_trait]
        impl ApplicationService for Door {
            $(async fn $method(
                &self,
                request: Request<wire::$request>,
            ) -> Result<Response<wire::$answer>, Status> {
                self.$method(request).await.map(Response::new)
            })*
        }
    };
}

doors! {
    draft_guide: DraftGuideRequest => Guide;
    revise_guide: ReviseGuideRequest => Guide;
    propose_guide: ProposeGuideRequest => Guide;
    get_guide: GetGuideRequest => Guide;
    list_guides: ListGuidesRequest => ListGuidesResponse;
    list_published_guides: ListPublishedGuidesRequest => ListPublishedGuidesResponse;
    create_application: CreateApplicationRequest => Application;
    update_application: UpdateApplicationRequest => Application;
    put_unit: PutUnitRequest => Application;
    remove_unit: RemoveUnitRequest => Application;
    approve_departure: ApproveDepartureRequest => Application;
    check_application: CheckApplicationRequest => CheckApplicationResponse;
    request_assents: RequestAssentsRequest => Application;
    revise_application: ReviseApplicationRequest => Application;
    submit_application: SubmitApplicationRequest => Application;
    withdraw_application: WithdrawApplicationRequest => Application;
    appeal_application: AppealApplicationRequest => Application;
    get_application: GetApplicationRequest => Application;
    list_applications: ListApplicationsRequest => ListApplicationsResponse;
    list_parts: ListPartsRequest => ListPartsResponse;
    get_part: GetPartRequest => Part;
    provide_part: ProvidePartRequest => Part;
    list_examinations: ListExaminationsRequest => ListExaminationsResponse;
    get_examination: GetExaminationRequest => Examination;
    record_verdicts: RecordVerdictsRequest => Examination;
    conclude_examination: ConcludeExaminationRequest => Examination;
    close_correction: CloseCorrectionRequest => Examination;
    decide_appeal: DecideAppealRequest => Examination;
}
