//! What is not accepted is appealed against once, and examined again where others grant it; units
//! hear each time whether anything is asked of them.

use proto::application::v1::{
    self as wire, ApplicationState, ExaminationOutcome, ExaminationState, PartEnd,
};
use regulation::{Actor, ApplicationId, Region, Role};

use crate::{
    journey::reason,
    nodes::{GUEST, LEAD, Nodes, SOLVER, fresh, input},
};

async fn part(nodes: &Nodes, id: ApplicationId) -> wire::Part {
    let asked = wire::GetPartRequest {
        part_id: application::domain::part_of(id, SOLVER).to_string(),
    };
    let part = nodes.solver.to_member(SOLVER).get_part(asked).await;
    part.unwrap().into_inner()
}

async fn decide(
    nodes: &Nodes,
    id: ApplicationId,
    person: &str,
) -> Result<wire::Examination, tonic::Status> {
    let actor = Actor::person(person, Role::Agency, Region::HUB);
    let decide = wire::DecideAppealRequest {
        request_id: fresh(),
        application_id: id.to_string(),
        granted: true,
        reason: "指标已写明".into(),
    };
    let decided = nodes.hub.to_actor(actor).decide_appeal(decide).await?;
    nodes.settle().await;
    Ok(decided.into_inner())
}

async fn not_accepted(nodes: &Nodes) -> ApplicationId {
    let id = nodes.submitted().await;
    let received = nodes.application(id).await;
    assert_eq!(received.received_digest, received.digest);
    assert!(!received.received_at.is_empty());
    nodes.record(id, &["indicators"]).await.unwrap();
    let outcome = ExaminationOutcome::NotAccepted;
    let refused = nodes.conclude("second", id, outcome).await.unwrap();
    assert_eq!(refused.appeal_until, "2024-11-26");
    let told = nodes.application(id).await;
    assert_eq!(told.state(), ApplicationState::NotAccepted);
    assert_eq!(told.appeal_until, "2024-11-26");
    assert_eq!(part(nodes, id).await.end(), PartEnd::NotAccepted);
    id
}

#[tokio::test]
async fn an_appeal_that_others_grant_has_it_examined_again() {
    let nodes = Nodes::start().await;
    let id = not_accepted(&nodes).await;
    let appeal = wire::AppealApplicationRequest {
        request_id: fresh(),
        application_id: id.to_string(),
        grounds: "指标见第三章".into(),
    };
    let mut lead = nodes.home.to_member(LEAD);
    let appealed = lead.appeal_application(appeal).await.unwrap().into_inner();
    assert_eq!(appealed.state(), ApplicationState::Appealed);
    assert_eq!(appealed.appeal_grounds, "指标见第三章");
    nodes.settle().await;
    for person in ["agency", "second"] {
        let own = decide(&nodes, id, person).await.unwrap_err();
        assert_eq!(reason(&own), "application.appeal-others");
    }
    let granted = decide(&nodes, id, "third").await.unwrap();
    assert_eq!(granted.state(), ExaminationState::Pending);
    assert_eq!(granted.appeal_decided_by, "third");
    let again = nodes.application(id).await;
    assert_eq!(again.state(), ApplicationState::InExamination);
    assert_eq!(again.appeal_answer, "指标已写明");
    assert_eq!(part(&nodes, id).await.end(), PartEnd::Unspecified);
    nodes.record(id, &[]).await.unwrap();
    let outcome = ExaminationOutcome::Passed;
    nodes.conclude("second", id, outcome).await.unwrap();
    let passed = nodes.application(id).await;
    assert_eq!(passed.state(), ApplicationState::InReview);
    let followed = nodes.hub.told::<wire::ExaminationFollowed>().await;
    let followed: Vec<_> = followed.iter().map(|(_, told)| told.outcome()).collect();
    assert_eq!(
        followed,
        [
            ExaminationOutcome::NotAccepted,
            ExaminationOutcome::Appealed,
            ExaminationOutcome::Reopened,
            ExaminationOutcome::Passed,
        ]
    );
}

#[tokio::test]
async fn a_unit_that_is_not_asked_any_more_is_told_and_provides_nothing_until_it_is_asked_again() {
    let nodes = Nodes::start().await;
    nodes.prepare().await;
    let guide = nodes.guide().await;
    let id = nodes.begun(&guide).await;
    let remove = wire::RemoveUnitRequest {
        request_id: fresh(),
        application_id: id.to_string(),
        unit_id: SOLVER.to_string(),
    };
    let mut lead = nodes.home.to_member(LEAD);
    lead.remove_unit(remove).await.unwrap();
    nodes.settle().await;
    assert_eq!(part(&nodes, id).await.end(), PartEnd::LeftOut);
    let provide = || wire::ProvidePartRequest {
        request_id: fresh(),
        part_id: application::domain::part_of(id, SOLVER).to_string(),
        input: Some(input(2, 100_000, 100_000)),
    };
    let mut solver = nodes.solver.to_member(SOLVER);
    let refused = solver.provide_part(provide()).await.unwrap_err();
    assert_eq!(reason(&refused), "application.lifecycle");
    assert!(refused.message().contains("已不列为承担单位"), "{refused}");
    nodes.put(id, SOLVER).await.unwrap();
    nodes.settle().await;
    assert_eq!(part(&nodes, id).await.end(), PartEnd::Unspecified);
    solver.provide_part(provide()).await.unwrap();
    let withdraw = wire::WithdrawApplicationRequest {
        request_id: fresh(),
        application_id: id.to_string(),
        reason: "技术路线调整".into(),
    };
    lead.withdraw_application(withdraw).await.unwrap();
    nodes.settle().await;
    let mut guest = nodes.solver.to_member(GUEST);
    let asked = wire::ListPartsRequest::default();
    let parts = guest.list_parts(asked).await.unwrap().into_inner().parts;
    assert_eq!(parts[0].end(), PartEnd::Withdrawn);
    assert_eq!(part(&nodes, id).await.end(), PartEnd::Withdrawn);
}
