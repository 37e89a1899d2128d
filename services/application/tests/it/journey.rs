//! From the guide to the passed application, over three nodes.

use application::domain::{
    Application,
    application::{Command, Stage},
};
use chassis::Outcome;
use journal::Act;
use proto::{
    application::v1::{self as wire, ApplicationState, ExaminationOutcome, ExaminationState},
    coordination::v1::{AssentRefused, DecisionChanged, DecisionKind, DecisionState},
    message::{Audience, Message, Scope},
    review::v1::ApplicationJudged,
};
use regulation::{Actor, ApplicationId, Region, Role};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::nodes::{
    GUEST, LEAD, Nodes, SOLVER, content, expire, fen, fresh, given, heartbeat, input,
};

pub(crate) fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn an_application_of_two_regions_is_corrected_once_and_passes() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    let handed_in = nodes.application(id).await;
    assert_eq!(handed_in.state(), ApplicationState::InExamination);
    assert_eq!(handed_in.units.len(), 3);

    machine_finds_nothing(&nodes, id).await;
    let same = nodes
        .conclude("agency", id, ExaminationOutcome::CorrectionRequested)
        .await;
    assert_eq!(reason(&same.unwrap_err()), "application.two-people");
    let wrong = nodes
        .conclude("second", id, ExaminationOutcome::Passed)
        .await;
    assert_eq!(reason(&wrong.unwrap_err()), "application.examination");
    let asked = nodes
        .conclude("second", id, ExaminationOutcome::CorrectionRequested)
        .await
        .unwrap();
    // Ten working days after 12 November 2024.
    assert_eq!(asked.deadline, "2024-11-26");

    let open = nodes.application(id).await;
    assert_eq!(open.state(), ApplicationState::CorrectionOpen);
    assert_eq!(open.items.len(), 1);
    let mut other = content();
    other.months = 30;
    let refused = nodes.write(id, other).await;
    assert_eq!(
        reason(&refused.unwrap_err()),
        "application.correction-scope"
    );
    let mut better = content();
    better.indicators = "寿命不少于一万小时，按国家标准测试".into();
    nodes.write(id, better).await.unwrap();
    nodes.freeze(id).await.unwrap();
    let early = nodes.submit(id).await.unwrap_err();
    assert_eq!(reason(&early), "application.assents");
    nodes.assent().await;
    nodes.submit(id).await.unwrap();
    nodes.record(id, &[]).await.unwrap();
    let passed = nodes
        .conclude("second", id, ExaminationOutcome::Passed)
        .await
        .unwrap();
    assert_eq!(passed.state(), ExaminationState::Passed);
    assert_eq!(passed.corrections, 1);
    assert_eq!(
        nodes.application(id).await.state(),
        ApplicationState::InReview
    );

    told_and_judged(&nodes, id).await;
}

/// A person finds the indicators unclear, the machine finds nothing.
async fn machine_finds_nothing(nodes: &Nodes, id: ApplicationId) {
    let recorded = nodes.record(id, &["indicators"]).await.unwrap();
    let machine = recorded.items.iter().filter(|item| !item.machine_passed);
    assert_eq!((machine.count(), recorded.items.len()), (0, 19));
}

/// The review hears of it once, and home of the review.
async fn told_and_judged(nodes: &Nodes, id: ApplicationId) {
    let told = nodes.hub.told::<wire::ApplicationPassed>().await;
    let [(scope, told)] = &told[..] else {
        panic!("{} times", told.len());
    };
    assert_eq!(*scope, Scope::Node);
    let package = told.package.as_ref().unwrap();
    assert_eq!((package.version, told.region.as_str()), (2, "zj"));
    assert_eq!((package.parts.len(), package.solvers.len()), (3, 2));
    let judged = ApplicationJudged {
        application_id: id.to_string(),
        established: true,
        place: 1,
        comments: vec!["方案可行".into()],
    };
    for _ in 0..2 {
        let message = Message::share(Audience::One(Region::ZJ), id, &judged);
        assert_eq!(
            nodes.home.hear_from(Region::HUB, message).await,
            Outcome::Applied
        );
    }
    let established = nodes.application(id).await;
    assert_eq!(established.state(), ApplicationState::Established);
    assert_eq!(established.comments, ["方案可行"]);
}

#[tokio::test]
async fn a_refusal_sends_the_package_back_and_a_new_part_makes_another_one() {
    let nodes = Nodes::start().await;
    nodes.prepare().await;
    let guide = nodes.guide().await;
    let id = nodes.begun(&guide).await;
    let alone = nodes.freeze(id).await.unwrap_err();
    assert_eq!(reason(&alone), "application.part-provided");
    nodes.parts(id).await;
    nodes.freeze(id).await.unwrap();
    let first = nodes.requests().await;
    let solver = first
        .iter()
        .find(|one| one.party.as_ref().unwrap().unit_id == SOLVER.to_string())
        .unwrap();
    let refused = AssentRefused {
        assent_id: solver.assent_id.clone(),
        document_kind: solver.document_kind.clone(),
        subject_id: solver.subject_id.clone(),
        digest: solver.digest.clone(),
        party: solver.party.clone(),
        person: "zhang".into(),
        role: "unit_member".into(),
        reason: "经费分配有误".into(),
        refused_at: String::new(),
    };
    let message = Message::share(Audience::One(Region::ZJ), id, &refused);
    assert_eq!(
        nodes.home.hear_from(Region::SH, message).await,
        Outcome::Applied
    );
    let draft = nodes.application(id).await;
    assert_eq!(draft.state(), ApplicationState::Draft);
    let told = nodes.home.told::<wire::ApplicationAssentWithdrawn>().await;
    assert_eq!(told.len(), 2, "lead and guest are not asked any more");

    let part_id = application::domain::part_of(id, SOLVER).to_string();
    let again = nodes
        .solver
        .to_member(SOLVER)
        .provide_part(wire::ProvidePartRequest {
            request_id: fresh(),
            part_id,
            input: Some(input(2, 100_000, 150_000)),
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again.content.unwrap().version, 2);
    nodes.settle().await;
    let sum = nodes.freeze(id).await.unwrap_err();
    assert_eq!(reason(&sum), "application.budget-sum");
    let mut dearer = content();
    dearer.investment = Some(fen(1_050_000));
    nodes.write(id, dearer).await.unwrap();
    nodes.freeze(id).await.unwrap();
    // A word on the first package arrives late: it is none on the second.
    let (region, late) = given(solver);
    assert_eq!(nodes.home.hear_from(region, late).await, Outcome::Applied);
    let waiting = nodes.application(id).await;
    assert_eq!(waiting.units.iter().filter(|unit| unit.assented).count(), 0);
    nodes.assent().await;
    nodes.submit(id).await.unwrap();
    let examination = nodes.hub.told::<wire::ExaminationOpened>().await;
    assert_eq!(examination.len(), 1);
    assert_eq!(examination[0].1.version, 2);
}

#[tokio::test]
async fn a_correction_that_does_not_come_ends_by_itself_once_its_home_was_heard() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    nodes.record(id, &["indicators"]).await.unwrap();
    nodes
        .conclude("second", id, ExaminationOutcome::CorrectionRequested)
        .await
        .unwrap();
    let system = Actor::system(Region::HUB);
    let expiry = async || {
        let done = nodes
            .hub
            .desk
            .execute_all(system.clone(), &[expire(id)], None)
            .await;
        done.unwrap();
        let asked = wire::GetExaminationRequest {
            application_id: id.to_string(),
        };
        let mut auditor = nodes.hub.to(Role::Auditor);
        auditor.get_examination(asked).await.unwrap().into_inner()
    };
    assert_eq!(
        expiry().await.state(),
        ExaminationState::CorrectionRequested
    );
    nodes.pass(20);
    // Its home may have answered in time, and only be cut off.
    assert_eq!(
        expiry().await.state(),
        ExaminationState::CorrectionRequested
    );
    let beat = heartbeat(Region::ZJ, nodes.hub.desk.clock().now());
    assert_eq!(
        nodes.hub.hear_from(Region::ZJ, beat).await,
        Outcome::Applied
    );
    assert_eq!(expiry().await.state(), ExaminationState::NotAccepted);

    let late = nodes.write(id, content()).await.unwrap_err();
    assert_eq!(reason(&late), "application.correction-deadline");
    let missed = Act::new::<Application>(id, Command::MissDeadline);
    let timer = Actor::system(Region::ZJ);
    let done = nodes.home.desk.execute_all(timer, &[missed], None).await;
    done.unwrap();
    nodes.settle().await;
    let missed = nodes.application(id).await;
    assert_eq!(missed.state(), ApplicationState::MissedDeadline);
}

#[tokio::test]
async fn a_returned_guide_is_revised_and_proposed_again() {
    let nodes = Nodes::start().await;
    let mut secretariat = nodes.hub.to(Role::Secretariat);
    let drafted = secretariat
        .draft_guide(wire::DraftGuideRequest {
            request_id: fresh(),
            content: Some(Nodes::guide_content()),
        })
        .await
        .unwrap()
        .into_inner();
    let propose = || wire::ProposeGuideRequest {
        request_id: fresh(),
        guide_id: drafted.guide_id.clone(),
    };
    let early = secretariat.propose_guide(propose()).await.unwrap_err();
    assert_eq!(reason(&early), "application.guide-pool");
    nodes.prepare().await;
    secretariat.propose_guide(propose()).await.unwrap();
    let returned = DecisionChanged {
        kind: DecisionKind::Guide.into(),
        state: DecisionState::Returned.into(),
        subject_id: drafted.guide_id.clone(),
        reason: "申报期限过短".into(),
        ..Default::default()
    };
    let message = || Message::share(Audience::All, &drafted.guide_id, &returned);
    assert_eq!(
        nodes.hub.hear_from(Region::ZJ, message()).await,
        Outcome::Dead
    );
    let message = Message::share(Audience::All, "another", &returned);
    assert_eq!(
        nodes.hub.hear_from(Region::HUB, message).await,
        Outcome::Applied
    );
    let again = wire::ReviseGuideRequest {
        request_id: fresh(),
        guide_id: drafted.guide_id.clone(),
        content: Some(wire::GuideContent {
            window_until: "2025-02-28".into(),
            ..Nodes::guide_content()
        }),
    };
    secretariat.revise_guide(again).await.unwrap();
    let proposed = secretariat.propose_guide(propose()).await.unwrap();
    assert_eq!(proposed.into_inner().version, 2);
    let first = nodes.hub.told::<wire::GuideProposed>().await.remove(0).1;
    let other = Nodes::decision(&drafted.guide_id, prost::Message::encode_to_vec(&first));
    // A decision on the first version is none on the second.
    assert_eq!(nodes.hub.hear_from(Region::HUB, other).await, Outcome::Dead);
}

#[tokio::test]
async fn a_withdrawn_application_is_gone_at_the_hub_too() {
    let nodes = Nodes::start().await;
    let id = nodes.submitted().await;
    let withdraw = |id: String| wire::WithdrawApplicationRequest {
        request_id: fresh(),
        application_id: id,
        reason: "技术路线调整".into(),
    };
    let mut stranger = nodes.home.to_member(GUEST);
    let refused = stranger
        .withdraw_application(withdraw(id.to_string()))
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let mut lead = nodes.home.to_member(LEAD);
    lead.withdraw_application(withdraw(id.to_string()))
        .await
        .unwrap();
    nodes.settle().await;
    let gone = nodes.record(id, &[]).await.unwrap_err();
    assert_eq!(reason(&gone), "application.lifecycle");
    let state = nodes
        .home
        .desk
        .load::<Application>("申报", id)
        .await
        .unwrap();
    let stage = state.state.0.unwrap().stage;
    assert!(matches!(stage, Stage::Withdrawn { .. }), "{stage:?}");
}
