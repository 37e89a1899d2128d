//! Every event of the published language, with who tells it and who listens: the one table.

use crate::message::PublicEvent;
use crate::{
    application::v1 as application, coordination::v1 as coordination, evaluation::v1 as evaluation,
    exchange::v1 as exchange, fund::v1 as fund, intake::v1 as intake, matching::v1 as matching,
    project::v1 as project, registry::v1 as registry, review::v1 as review,
};

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventEntry {
    /// `<service>.<aggregate>.<event>`; the first part is the service that tells it.
    pub kind: &'static str,
    /// Its protobuf name.
    pub schema: &'static str,
    /// The services that listen to it.
    pub heard_by: &'static [&'static str],
}

macro_rules! events {
    ($($package:ident :: $name:ident, $kind:literal => [$($listener:literal),*];)*) => {
        $(impl PublicEvent for $package::$name {
            const KIND: &'static str = $kind;
            const SCHEMA: &'static str =
                concat!("jiebang.", stringify!($package), ".v1.", stringify!($name));
        })*

        /// All events.
        pub const EVENTS: &[EventEntry] = &[$(EventEntry {
            kind: $kind,
            schema: <$package::$name as PublicEvent>::SCHEMA,
            heard_by: &[$($listener),*],
        }),*];
    };
}

events! {
    registry::UnitRecorded, "registry.unit.recorded" => ["registry", "matching", "application", "review", "coordination"];
    registry::UnitStaffRecorded, "registry.unit.staff_recorded" => [
        "intake", "coordination", "matching", "application", "project", "fund"
    ];
    registry::ExpertPooled, "registry.expert.pooled" => ["registry", "evaluation", "review"];
    registry::ExpertHostedElsewhere, "registry.expert.hosted_elsewhere" => ["registry"];
    registry::ProfileRecorded, "registry.profile.recorded" => ["matching"];
    registry::CreditRecordEffective, "registry.credit.effective" => ["registry", "evaluation", "review"];
    registry::CreditRecordNotified, "registry.credit.notified" => ["registry"];
    registry::CreditRecordAppealed, "registry.credit.appealed" => ["registry"];
    registry::CreditRecordConcluded, "registry.credit.concluded" => ["registry"];
    intake::DemandAccepted, "intake.demand.accepted" => ["evaluation", "coordination"];
    intake::DemandOwnerRecorded, "intake.demand.owner_recorded" => ["evaluation", "matching"];
    intake::TaskRevised, "intake.demand.task_revised" => ["matching"];
    intake::DemandWithdrawn, "intake.demand.withdrawn" => ["evaluation", "coordination", "matching"];
    intake::FigureTold, "intake.figure.told" => ["intake"];
    intake::FigurePublished, "intake.figure.published" => ["intake"];
    evaluation::DrawProposed, "evaluation.draw.proposed" => ["evaluation"];
    evaluation::DrawAnswered, "evaluation.draw.answered" => ["evaluation"];
    evaluation::BallotInvited, "evaluation.ballot.invited" => ["evaluation"];
    evaluation::BallotCast, "evaluation.ballot.cast" => ["evaluation"];
    evaluation::BallotConflictDeclared, "evaluation.ballot.conflict_declared" => ["evaluation"];
    evaluation::RevealRequested, "evaluation.ballot.reveal_requested" => ["evaluation"];
    evaluation::BallotRevealed, "evaluation.ballot.revealed" => ["evaluation"];
    evaluation::ListProposed, "evaluation.round.list_proposed" => ["coordination"];
    evaluation::DemandJudged, "evaluation.demand.judged" => ["intake", "evaluation"];
    evaluation::DemandRecommended, "evaluation.demand.recommended" => ["evaluation"];
    evaluation::DemandNotRecommended, "evaluation.demand.not_recommended" => ["intake"];
    evaluation::SeedsRequested, "evaluation.seed.requested" => ["evaluation"];
    evaluation::SeedCalled, "evaluation.seed.called" => ["evaluation"];
    evaluation::SeedCommitted, "evaluation.seed.committed" => ["evaluation", "review"];
    evaluation::SeedShareEntrusted, "evaluation.seed.share_entrusted" => ["evaluation"];
    evaluation::SeedRevealRequested, "evaluation.seed.reveal_requested" => ["evaluation"];
    evaluation::SeedRevealed, "evaluation.seed.revealed" => ["evaluation", "review"];
    evaluation::SeedShareRequested, "evaluation.seed.share_requested" => ["evaluation"];
    evaluation::SeedShareOpened, "evaluation.seed.share_opened" => ["evaluation", "review"];
    evaluation::DrawConcluded, "evaluation.draw.concluded" => ["evaluation"];
    evaluation::BallotReminded, "evaluation.ballot.reminded" => ["evaluation"];
    evaluation::BallotRecalled, "evaluation.ballot.recalled" => ["evaluation"];
    evaluation::BallotExpertBarred, "evaluation.ballot.expert_barred" => ["evaluation"];
    evaluation::BallotBarCalled, "evaluation.ballot.bar_called" => ["evaluation"];
    evaluation::DemandEvaluated, "evaluation.demand.evaluated" => ["review"];
    coordination::DecisionOpened, "coordination.decision.opened" => ["coordination"];
    coordination::AssentGiven, "coordination.assent.given" => ["coordination", "application", "project"];
    coordination::AssentRefused, "coordination.assent.refused" => ["coordination", "application", "project"];
    coordination::DecisionChanged, "coordination.decision.changed" => ["coordination", "evaluation", "review"];
    coordination::DecisionInForce, "coordination.decision.in_force" => [
        "registry", "intake", "evaluation", "coordination", "matching", "application", "review",
        "project", "fund"
    ];
    coordination::ObjectionFiled, "coordination.objection.filed" => ["coordination"];
    coordination::ObjectionAnswered, "coordination.objection.answered" => ["coordination"];
    matching::ListPublished, "matching.list.published" => ["matching", "intake"];
    matching::DemandListed, "matching.list.demand_listed" => ["matching", "review"];
    matching::CatalogueEntryChanged, "matching.list.entry_changed" => ["matching"];
    matching::DemandPublished, "matching.demand.published" => ["intake", "matching"];
    matching::SolutionSubmitted, "matching.solution.submitted" => ["matching"];
    matching::SolutionWithdrawn, "matching.solution.withdrawn" => ["matching"];
    matching::FeedbackCalled, "matching.feedback.called" => ["matching"];
    matching::FeedbackDelivered, "matching.feedback.delivered" => ["matching"];
    matching::FeedbackNoted, "matching.feedback.noted" => ["matching"];
    matching::FedBackWithdrawn, "matching.feedback.withdrawn" => ["matching"];
    matching::SolutionDisposed, "matching.posting.disposed" => ["matching"];
    matching::IntentConfirmed, "matching.solution.intent_confirmed" => ["matching"];
    matching::IntentTakenBack, "matching.solution.intent_taken_back" => ["matching"];
    matching::SolutionFollowed, "matching.solution.followed" => ["coordination"];
    matching::SolutionSealed, "matching.solution.sealed" => ["matching"];
    matching::SolutionTaskRevised, "matching.solution.task_revised" => ["matching"];
    matching::QuestionAsked, "matching.question.asked" => ["matching"];
    matching::QuestionForwarded, "matching.question.forwarded" => ["matching"];
    matching::AnswerReleased, "matching.question.released" => ["matching"];
    matching::QuestionAnswered, "matching.question.answered" => ["matching"];
    matching::QuestionWithheld, "matching.question.withheld" => ["matching"];
    matching::RoadshowReleased, "matching.roadshow.released" => ["matching"];
    matching::RoadshowAnnounced, "matching.roadshow.announced" => ["matching"];
    matching::RegistrationFiled, "matching.registration.filed" => ["matching"];
    matching::RegistrationsForwarded, "matching.registration.forwarded" => ["matching"];
    matching::RegistrationsDecided, "matching.registration.decided" => ["matching"];
    matching::RegistrationTold, "matching.registration.told" => ["matching"];
    matching::MeetingTold, "matching.meeting.told" => ["matching"];
    matching::MeetingAnswered, "matching.meeting.answered" => ["matching"];
    matching::DemanderDisclosed, "matching.demander.disclosed" => ["matching"];
    matching::NamingApproved, "matching.demander.naming_approved" => ["matching"];
    matching::DemanderNamed, "matching.demander.named" => ["matching"];
    matching::PostingTaskRevised, "matching.posting.task_revised" => ["matching"];
    matching::RevisionAnswered, "matching.posting.revision_answered" => ["intake"];
    matching::PostingClosed, "matching.posting.closed" => ["matching"];
    matching::ReserveReported, "matching.reserve.reported" => ["matching", "coordination"];
    matching::ReserveChanged, "matching.reserve.changed" => ["matching", "application"];
    matching::ReserveOwnerRecorded, "matching.reserve.owner_recorded" => ["application"];
    application::GuideProposed, "application.guide.proposed" => ["coordination"];
    application::GuidePublished, "application.guide.published" => ["application", "review"];
    application::PartRequested, "application.part.requested" => ["application"];
    application::PartProvided, "application.part.provided" => ["application"];
    application::PartClosed, "application.part.closed" => ["application"];
    application::ApplicationAssentRequested, "application.assent.requested" => ["coordination"];
    application::ApplicationAssentWithdrawn, "application.assent.withdrawn" => ["coordination"];
    application::ApplicationSubmitted, "application.application.submitted" => ["application", "coordination"];
    application::ApplicationWithdrawn, "application.application.withdrawn" => [
        "application", "review", "coordination", "project"
    ];
    application::ApplicationAppealed, "application.application.appealed" => ["application"];
    application::TopicClosed, "application.topic.closed" => ["application"];
    application::ExaminationOpened, "application.examination.opened" => ["application"];
    application::ExaminationConcluded, "application.examination.concluded" => ["application"];
    application::AppealDecided, "application.appeal.decided" => ["application"];
    application::ExaminationFollowed, "application.examination.followed" => ["coordination"];
    application::ApplicationPassed, "application.examination.passed" => ["review"];
    review::SeedsRequested, "review.seed.requested" => ["evaluation"];
    review::SeedRevealRequested, "review.seed.reveal_requested" => ["evaluation"];
    review::SeedShareRequested, "review.seed.share_requested" => ["evaluation"];
    review::SheetInvited, "review.sheet.invited" => ["review"];
    review::SheetCompleted, "review.sheet.completed" => ["review"];
    review::SheetConflictDeclared, "review.sheet.conflict_declared" => ["review"];
    review::SheetRecalled, "review.sheet.recalled" => ["review"];
    review::SheetExpertBarred, "review.sheet.expert_barred" => ["review"];
    review::SheetBarCalled, "review.sheet.bar_called" => ["review"];
    review::CandidateCalled, "review.candidate.called" => ["review"];
    review::CandidateStands, "review.candidate.stands" => ["review"];
    review::EstablishmentProposed, "review.round.establishment_proposed" => ["coordination"];
    review::ProjectEstablished, "review.project.established" => ["project", "coordination"];
    review::ApplicationJudged, "review.application.judged" => ["application"];
    project::ContractAssentRequested, "project.assent.requested" => ["coordination"];
    project::ContractAssentWithdrawn, "project.assent.withdrawn" => ["coordination"];
    project::ContractSigned, "project.contract.signed" => ["fund"];
    project::ProjectActivated, "project.project.activated" => ["coordination", "project"];
    project::ProjectWithdrawn, "project.project.withdrawn" => ["project", "coordination"];
    exchange::RegionHeartbeat, "exchange.region.heartbeat" => [
        "registry", "evaluation", "coordination", "matching", "application", "review"
    ];
    fund::AllocationRecorded, "fund.allocation.recorded" => ["coordination"];
    fund::PaymentConfirmed, "fund.payment.confirmed" => ["coordination"];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_of_the_table_is_a_message_of_the_published_language() {
        let pool = prost_reflect::DescriptorPool::decode(crate::DESCRIPTORS).unwrap();
        for event in EVENTS {
            assert!(
                pool.get_message_by_name(event.schema).is_some(),
                "{}",
                event.schema
            );
        }
    }

    #[test]
    fn every_event_has_one_row_a_teller_and_a_listener() {
        let mut kinds = BTreeSet::new();
        for event in EVENTS {
            assert!(kinds.insert(event.kind), "{} twice", event.kind);
            assert_eq!(event.kind.split('.').count(), 3, "{}", event.kind);
            assert!(
                !event.heard_by.is_empty(),
                "nobody listens to {}",
                event.kind
            );
        }
    }
}
