//! The doors in for people: requests become commands, aggregates become answers.

mod calendar;
mod catalogue;
mod demander;
mod dialogue;
mod disclosure;
mod hub;
mod outlook;
mod parse;
mod registration;
mod solver;
pub(crate) mod view;

use std::sync::Arc;

use chassis::{Desk, status};
use proto::matching::v1::{
    self as wire, dialogue_service_server::DialogueService,
    matching_service_server::MatchingService,
};
use regulation::{Actor, Role, UnitId};
use tonic::{Request, Response, Status};

use crate::recommend::Shelf;

/// Serves `MatchingService`.
pub(crate) struct Door {
    desk: Desk,
    shelf: Arc<Shelf>,
}

impl Door {
    pub(crate) fn new(desk: Desk, shelf: Arc<Shelf>) -> Self {
        Self { desk, shelf }
    }
}

/// Whether the role sees everything that its region owns.
fn sees_all(role: Role) -> bool {
    matches!(
        role,
        Role::Officer | Role::Director | Role::Auditor | Role::Service
    )
}

/// Whose things a list shows: the caller's own unit's, or all (`None`) to who sees all.
fn only_own(actor: &Actor) -> Result<Option<UnitId>, Status> {
    if sees_all(actor.role) {
        return Ok(None);
    }
    actor
        .unit
        .map(Some)
        .ok_or_else(|| status::forbidden("您没有所属单位。"))
}

macro_rules! doors {
    ($service:ident: $($method:ident: $request:ident => $answer:ident;)*) => {
        #[tonic::async_trait]
        impl $service for Door {
            $(async fn $method(
                &self,
                request: Request<wire::$request>,
            ) -> Result<Response<wire::$answer>, Status> {
                self.$method(request).await.map(Response::new)
            })*
        }
    };
}

doors! { MatchingService:
    publish_list: PublishListRequest => PublishedList;
    list_published_lists: ListPublishedListsRequest => ListPublishedListsResponse;
    list_catalogue: ListCatalogueRequest => ListCatalogueResponse;
    get_catalogue_entry: GetCatalogueEntryRequest => CatalogueItem;
    search_catalogue: SearchCatalogueRequest => ListCatalogueResponse;
    create_solution: CreateSolutionRequest => Solution;
    update_solution: UpdateSolutionRequest => Solution;
    submit_solution: SubmitSolutionRequest => Solution;
    revise_solution: ReviseSolutionRequest => Solution;
    withdraw_solution: WithdrawSolutionRequest => Solution;
    confirm_intent: ConfirmIntentRequest => Solution;
    get_solution: GetSolutionRequest => Solution;
    list_solutions: ListSolutionsRequest => ListSolutionsResponse;
    give_feedback: GiveFeedbackRequest => FeedbackRound;
    list_solution_boxes: ListSolutionBoxesRequest => ListSolutionBoxesResponse;
    list_postings: ListPostingsRequest => ListPostingsResponse;
    get_posting: GetPostingRequest => Posting;
    list_received_solutions: ListReceivedSolutionsRequest => ListReceivedSolutionsResponse;
    open_solution: OpenSolutionRequest => ReceivedSolution;
    dispose_solution: DisposeSolutionRequest => ReceivedSolution;
    select_solution: SelectSolutionRequest => ReceivedSolution;
    lapse_intent: LapseIntentRequest => ReceivedSolution;
    propose_reserve: ProposeReserveRequest => Posting;
    audit_reserve: AuditReserveRequest => Posting;
}

doors! { DialogueService:
    ask_question: AskQuestionRequest => Question;
    list_questions: ListQuestionsRequest => ListQuestionsResponse;
    answer_question: AnswerQuestionRequest => Posting;
    release_answer: ReleaseAnswerRequest => Posting;
    arrange_meeting: ArrangeMeetingRequest => Posting;
    release_roadshow: ReleaseRoadshowRequest => Posting;
    register_for_roadshow: RegisterForRoadshowRequest => Registration;
    withdraw_registration: WithdrawRegistrationRequest => Registration;
    list_registrations: ListRegistrationsRequest => ListRegistrationsResponse;
    answer_invitation: AnswerInvitationRequest => Solution;
    cancel_meeting: CancelMeetingRequest => Posting;
    record_minutes: RecordMinutesRequest => Posting;
    get_meeting_calendar: GetMeetingCalendarRequest => CalendarFile;
    get_roadshow_calendar: GetRoadshowCalendarRequest => CalendarFile;
    disclose_demander: DiscloseDemanderRequest => Posting;
    propose_naming: ProposeNamingRequest => Posting;
    decide_naming: DecideNamingRequest => Posting;
    list_disclosures: ListDisclosuresRequest => ListDisclosuresResponse;
}
