//! Who may say what: the hub for all, each home for its own, and nobody for others. [Art. 6, 11]

use journal::Act;
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    intake::v1::DemandWithdrawn,
    matching::v1 as wire,
    message::{Audience, Incoming, Message, Scope, Unreadable},
};

use super::{histories::straight, *};
use crate::{
    dossier::{TASKS_MAX, TEAM_MAX},
    react::react,
};

fn from(origin: Region, message: &Message) -> Incoming {
    Incoming {
        id: Uuid::from_u128(1),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate.clone(),
        at: START,
        body: message.body.clone(),
        traceparent: None,
    }
}

fn heard(node: Region, incoming: &Incoming) -> Result<Vec<Act>, Unreadable> {
    react(incoming, &context(node, Actor::system(node), START))
}

fn to_all<E: proto::message::PublicEvent>(event: &E) -> Message {
    Message::share(Audience::All, "x", event)
}

#[test]
fn what_the_hub_says_is_believed_from_the_hub_alone() {
    let world = straight();
    let decision = DecisionInForce {
        decision_id: Uuid::nil().to_string(),
        kind: DecisionKind::List.into(),
        ..Default::default()
    };
    let mut told = world.federation.said.clone();
    told.push((Region::HUB, to_all(&decision)));
    let by_hub = told.iter().filter(|(origin, message)| {
        // Of a disposition any node speaks: of its own postings.
        origin.is_hub() && message.read::<wire::SolutionDisposed>().is_none()
    });
    let mut kinds = std::collections::BTreeSet::new();
    for (_, message) in by_hub {
        let at_hub = ["matching.list.demand_listed", "matching.feedback.called"];
        let on_hub = at_hub.contains(&message.kind) || message.kind.starts_with("coordination.");
        let node = if on_hub { Region::HUB } else { Region::SH };
        let everywhere = Message {
            scope: Scope::Share(Audience::All),
            ..message.clone()
        };
        let genuine = heard(node, &from(Region::HUB, &everywhere));
        assert!(genuine.is_ok(), "{}", message.kind);
        let forged = heard(node, &from(Region::ZJ, &everywhere));
        assert!(forged.is_err(), "{} was believed", message.kind);
        kinds.insert(message.kind);
    }
    assert!(kinds.len() >= 17, "{kinds:?}");
}

#[test]
fn a_node_hears_what_is_for_it_and_intake_of_its_own_alone() {
    let noted = wire::FeedbackNoted {
        solution_ids: vec![solution_id(1).to_string()],
        ..Default::default()
    };
    let scoped = |scope| Message {
        scope,
        ..to_all(&noted)
    };
    let acts = |scope| heard(Region::ZJ, &from(Region::HUB, &scoped(scope))).unwrap();
    assert_eq!(acts(Scope::Share(Audience::One(Region::ZJ))).len(), 1);
    assert_eq!(acts(Scope::Share(Audience::One(Region::SH))).len(), 0);
    assert_eq!(acts(Scope::Node).len(), 0, "another node's own");
    let withdrawn = DemandWithdrawn {
        demand_id: demand().to_string(),
    };
    let message = Message::node("d", &withdrawn);
    let closed = |origin| heard(Region::JS, &from(origin, &message)).unwrap().len();
    assert_eq!((closed(Region::JS), closed(Region::ZJ)), (1, 0));
}

#[test]
fn decisions_on_other_things_than_a_list_are_nothing_to_matching() {
    let decision = |kind: DecisionKind| DecisionInForce {
        decision_id: Uuid::nil().to_string(),
        kind: kind.into(),
        ..Default::default()
    };
    let acts = |kind| {
        let message = to_all(&decision(kind));
        heard(Region::HUB, &from(Region::HUB, &message)).unwrap()
    };
    assert_eq!(acts(DecisionKind::List).len(), 1);
    assert_eq!(acts(DecisionKind::Guide).len(), 0);
}

#[test]
fn what_is_half_said_is_refused_whole() {
    let disposed = |disposition: wire::Disposition| wire::SolutionDisposed {
        solution_id: solution_id(1).to_string(),
        posting_id: Uuid::nil().to_string(),
        disposition: disposition.into(),
        reason: "不采用".into(),
        ..Default::default()
    };
    let at_solver = |origin, event: &wire::SolutionDisposed| {
        heard(Region::ZJ, &from(origin, &to_all(event))).map(|acts| acts.len())
    };
    let unspecified = disposed(wire::Disposition::Unspecified);
    assert!(at_solver(Region::JS, &unspecified).is_err());
    let declined = disposed(wire::Disposition::Declined);
    assert_eq!(at_solver(Region::JS, &declined).ok(), Some(1));
    assert!(
        at_solver(Region::HUB, &declined).is_err(),
        "the hub has no postings"
    );
    let reported = wire::ReserveReported {
        change: Some(wire::ReserveChanged {
            blind_id: blind().to_string(),
            reserve_entry_id: Uuid::nil().to_string(),
            ..Default::default()
        }),
    };
    assert!(heard(Region::HUB, &from(Region::JS, &to_all(&reported))).is_err());
    let sealed = wire::SolutionSealed { seal: vec![1] };
    assert!(heard(Region::SH, &from(Region::ZJ, &to_all(&sealed))).is_err());
}

#[test]
fn a_lapse_counts_from_the_demands_home_or_the_hub() {
    use rules_of_solutions::{did, home, solver, then};
    let shortlisted = did(then(crate::domain::words::SolutionCommand::Shortlist(
        home(),
        text("入围"),
    )));
    let stored = journal::Stored {
        version: 3,
        state: serde_json::to_string(&shortlisted).unwrap(),
    };
    let lapsed = wire::SolutionDisposed {
        solution_id: solution_id(1).to_string(),
        posting_id: home().posting.to_string(),
        disposition: wire::Disposition::Lapsed.into(),
        reason: "终止".into(),
        ..Default::default()
    };
    let decided = |origin| {
        let acts = heard(Region::ZJ, &from(origin, &to_all(&lapsed))).unwrap();
        acts[0].decide(Some(&stored), &solver()).is_ok()
    };
    assert!(decided(home().home) && decided(Region::HUB));
    assert!(!decided(Region::AH), "another region's word");
}

#[test]
fn a_message_has_no_task_of_unknown_kind_and_no_endless_lists() {
    use proto::intake::v1 as intake;
    let external = |mode: intake::TaskMode, solvers_max| intake::ExternalTask {
        mode: mode.into(),
        solvers_max,
        ..(&task(1, Mode::Challenge)).into()
    };
    let read = |mode, max| Task::try_from(external(mode, max)).is_ok();
    assert!(read(intake::TaskMode::Challenge, 1) && read(intake::TaskMode::Racing, 2));
    assert!(!read(intake::TaskMode::Unspecified, 1));
    assert!(!read(intake::TaskMode::Racing, 0));
    let dossier = |tasks: usize, team: usize| {
        let ids = |n: usize| (0..n).map(|n| Uuid::from_u128(n as u128).to_string());
        let wire = wire::SolutionDossier {
            task_ids: ids(tasks).collect(),
            team_unit_ids: ids(team).collect(),
            ..(&dossier(1, SOLVER, &[1])).into()
        };
        Dossier::try_from(wire).is_ok()
    };
    assert!(dossier(TASKS_MAX, TEAM_MAX));
    assert!(!dossier(TASKS_MAX + 1, 1) && !dossier(1, TEAM_MAX + 1));
}
