//! Who may call `matching`.

use regulation::Role::{
    Agency, Auditor, Director, Officer, Secretariat, Service, TaskForce, UnitMember,
};

use super::{
    Row,
    Who::{Public, Roles},
};

pub(super) const ROWS: &[Row] = &[
    (
        "jiebang.matching.v1.MatchingService/PublishList",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ListPublishedLists",
        Roles(&[Secretariat, TaskForce, Agency, Auditor]),
    ),
    ("jiebang.matching.v1.MatchingService/ListCatalogue", Public),
    (
        "jiebang.matching.v1.MatchingService/GetCatalogueEntry",
        Public,
    ),
    (
        "jiebang.matching.v1.MatchingService/SearchCatalogue",
        Public,
    ),
    (
        "jiebang.matching.v1.MatchingService/CreateSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/UpdateSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/SubmitSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ReviseSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/WithdrawSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ConfirmIntent",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/GetSolution",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ListSolutions",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.MatchingService/GiveFeedback",
        Roles(&[Secretariat]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ListSolutionBoxes",
        Roles(&[Secretariat, Auditor]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ListPostings",
        Roles(&[UnitMember, Officer, Director, Auditor, Service]),
    ),
    (
        "jiebang.matching.v1.MatchingService/GetPosting",
        Roles(&[UnitMember, Officer, Director, Auditor, Service]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ListReceivedSolutions",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.MatchingService/OpenSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/DisposeSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/SelectSolution",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/LapseIntent",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/ProposeReserve",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.MatchingService/AuditReserve",
        Roles(&[Officer, Director]),
    ),
    (
        "jiebang.matching.v1.DialogueService/AskQuestion",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ListQuestions",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.DialogueService/AnswerQuestion",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ReleaseAnswer",
        Roles(&[Officer, Director]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ArrangeMeeting",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ReleaseRoadshow",
        Roles(&[Officer, Director]),
    ),
    (
        "jiebang.matching.v1.DialogueService/RegisterForRoadshow",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/WithdrawRegistration",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ListRegistrations",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.DialogueService/AnswerInvitation",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/CancelMeeting",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/RecordMinutes",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/GetMeetingCalendar",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.DialogueService/GetRoadshowCalendar",
        Public,
    ),
    (
        "jiebang.matching.v1.DialogueService/DiscloseDemander",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ProposeNaming",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.DialogueService/DecideNaming",
        Roles(&[Director]),
    ),
    (
        "jiebang.matching.v1.DialogueService/ListDisclosures",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.RecommendService/RecommendSolvers",
        Roles(&[Secretariat, UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.RecommendService/RecommendPostings",
        Roles(&[UnitMember, Officer, Director, Auditor]),
    ),
    (
        "jiebang.matching.v1.RecommendService/SubscribeDigest",
        Roles(&[UnitMember]),
    ),
    (
        "jiebang.matching.v1.RecommendService/ListDigests",
        Roles(&[UnitMember]),
    ),
];
