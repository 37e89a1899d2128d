//! Who learns the demander, and when: each cell of the table, with a search of all bytes. [Art. 10]

use matching::domain::posting::{Command, meetings};
use prost::Message as _;
use proto::matching::v1 as wire;
use regulation::{Actor, Role, UnitId};
use uuid::Uuid;

use crate::{
    dialogue::{accept, disclose, rule, stands_in},
    nodes::{DEMANDER, HOME, Node, Nodes, SOLVER, demand, fresh, record},
    started::{NAME, Started, text},
};

/// A unit at the solver's node that was told nothing.
const OTHER: UnitId = UnitId(Uuid::from_u128(0xBAD));
/// Of the demander's contact: on no node but home, ever.
const PERSON: &str = "欧阳明远";

/// Everything that somebody can read at a node of a demand and its solutions.
async fn readings(node: &Node, actor: Actor, started: &Started) -> Vec<u8> {
    let (mut matching, mut dialogue) = (node.to_actor(actor.clone()), node.dialogue_of(actor));
    let mut bytes = Vec::new();
    let entry = wire::GetCatalogueEntryRequest {
        blind_id: started.blind_id.clone(),
        ..Default::default()
    };
    let solution = wire::GetSolutionRequest {
        solution_id: started.solution_id.clone(),
    };
    let posting = wire::GetPostingRequest {
        posting_id: started.posting_id.clone(),
    };
    let disclosures = wire::ListDisclosuresRequest {
        posting_id: started.posting_id.clone(),
        page: None,
    };
    macro_rules! read {
        ($client:ident: $($method:ident $request:expr),*) => {$(
            match $client.$method($request).await {
                Ok(answer) => bytes.extend(answer.into_inner().encode_to_vec()),
                Err(refused) => {
                    bytes.extend(refused.message().as_bytes());
                    bytes.extend(refused.details());
                }
            }
        )*};
    }
    read!(matching:
        get_catalogue_entry entry, list_catalogue wire::ListCatalogueRequest::default(),
        get_solution solution, list_solutions wire::ListSolutionsRequest::default(),
        get_posting posting, list_postings wire::ListPostingsRequest::default()
    );
    read!(dialogue:
        list_disclosures disclosures, list_questions wire::ListQuestionsRequest::default(),
        list_registrations wire::ListRegistrationsRequest::default()
    );
    bytes
}

fn tells(bytes: &[u8], what: &str) -> bool {
    bytes
        .windows(what.len())
        .any(|window| window == what.as_bytes())
}

async fn reads(node: &Node, actor: Actor, started: &Started, what: &str) -> bool {
    tells(&readings(node, actor, started).await, what)
}

fn person(role: Role, node: &Node) -> Actor {
    Actor::person("somebody", role, node.desk.region())
}

#[tokio::test]
async fn in_intake_the_hub_learns_the_sending_region_and_nobody_else_anything() {
    let nodes = Nodes::start().await;
    nodes
        .list(&[(demand(1), record("光刻胶树脂", "集成电路"))])
        .await;
    nodes.settle().await;
    let unit = DEMANDER.to_string();
    let (hub, solver) = (nodes.hub.desk.pool(), nodes.solver.desk.pool());
    assert!(stands_in(nodes.home.desk.pool(), &unit).await, "home knows");
    assert!(stands_in(nodes.home.desk.pool(), PERSON).await);
    assert!(stands_in(hub, HOME).await, "the sending region");
    for what in [unit.as_str(), PERSON] {
        assert!(!stands_in(hub, what).await, "{what}");
    }
    for what in [unit.as_str(), PERSON, HOME, &demand(1).to_string()] {
        assert!(!stands_in(solver, what).await, "{what}");
    }
}

#[tokio::test]
async fn once_published_solvers_and_public_read_neither_demander_nor_region_nor_number() {
    let started = Started::opened().await;
    let meeting_id = started.arrange(Some(&started.solution_id), 3).await;
    accept(&started, &meeting_id).await;
    let (hub, home, solver) = (
        &started.nodes.hub,
        &started.nodes.home,
        &started.nodes.solver,
    );
    let (unit, number) = (DEMANDER.to_string(), demand(1).to_string());
    let officer = person(Role::Officer, home);
    assert!(
        reads(home, officer, &started, &unit).await,
        "home's officers"
    );
    for node in [hub, solver] {
        for what in [&*unit, PERSON, NAME] {
            assert!(!stands_in(node.desk.pool(), what).await, "{what}");
        }
    }
    assert!(!stands_in(solver.desk.pool(), &number).await);
    let readers = [
        solver.member(SOLVER),
        solver.member(OTHER),
        person(Role::Officer, solver),
        person(Role::Director, solver),
        person(Role::Auditor, solver),
        person(Role::Expert, solver),
    ];
    for reader in readers {
        let read = readings(solver, reader.clone(), &started).await;
        for what in [&*unit, &*number, HOME, PERSON, NAME] {
            assert!(!tells(&read, what), "{:?} reads {what}", reader.role);
        }
    }
}

/// Disclosed at a one-to-one, with minutes that name the demander.
async fn disclosed() -> Started {
    let started = Started::opened().await;
    let meeting_id = started.arrange(Some(&started.solution_id), 3).await;
    accept(&started, &meeting_id).await;
    started.nodes.pass(3);
    let minutes = |names: &str| {
        Command::Meeting(meetings::Command::Minute {
            meeting: meeting_id.parse().unwrap(),
            minutes: text(&format!("与{names}达成共识")),
            names: vec![NAME.to_owned()],
        })
    };
    let early = started.demander(minutes(NAME)).await.unwrap_err();
    assert_eq!(rule(&early), "matching.neutral", "not told yet");
    disclose(&started, &meeting_id).await.unwrap();
    started.demander(minutes(NAME)).await.unwrap();
    started
}

#[tokio::test]
async fn once_disclosed_that_solver_and_its_nodes_auditor_read_it_and_nobody_else() {
    let started = disclosed().await;
    let (hub, solver) = (&started.nodes.hub, &started.nodes.solver);
    let unit = DEMANDER.to_string();
    for what in [unit.as_str(), NAME] {
        assert!(stands_in(solver.desk.pool(), what).await, "{what}");
        assert!(!stands_in(hub.desk.pool(), what).await, "{what}");
        for reader in [solver.member(SOLVER), person(Role::Auditor, solver)] {
            assert!(reads(solver, reader, &started, what).await, "{what}");
        }
        for reader in [
            solver.member(OTHER),
            person(Role::Officer, solver),
            person(Role::Director, solver),
            person(Role::Expert, solver),
        ] {
            let role = reader.role;
            let read = reads(solver, reader, &started, what).await;
            assert!(!read, "{role:?} reads {what}");
        }
    }
    for node in [hub, solver] {
        assert!(!stands_in(node.desk.pool(), PERSON).await);
    }
}

#[tokio::test]
async fn once_named_with_reason_and_approval_everybody_reads_it_and_nobody_the_contact() {
    let started = Started::opened().await;
    let (home, solver) = (&started.nodes.home, &started.nodes.solver);
    let propose = wire::ProposeNamingRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        solution_id: String::new(),
        reason: "须现场踏勘产线".into(),
    };
    let mut demander = home.dialogue_of(home.member(DEMANDER));
    demander.propose_naming(propose).await.unwrap();
    started.nodes.settle().await;
    let unit = DEMANDER.to_string();
    let public = || person(Role::Expert, solver);
    assert!(!reads(solver, public(), &started, &unit).await, "proposed");
    let decide = wire::DecideNamingRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        approved: true,
        reason: String::new(),
    };
    let mut director = home.dialogue(Role::Director);
    director.decide_naming(decide).await.unwrap();
    started.nodes.settle().await;
    assert!(reads(solver, public(), &started, &unit).await);
    for node in [&started.nodes.hub, solver] {
        assert!(!stands_in(node.desk.pool(), PERSON).await);
    }
}

#[tokio::test]
async fn whoever_waits_for_a_feedback_reads_that_the_hub_is_away() {
    let started = Started::fed_back().await;
    let posting = started.posting().await.feedback.unwrap();
    assert!(posting.waits_for_hub, "it was never heard");
    let home = started.nodes.home.desk.region();
    let seconds = started.nodes.home.desk.clock().now().unix_timestamp();
    let heartbeat = proto::exchange::v1::RegionHeartbeat {
        time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
        ..Default::default()
    };
    let hub = regulation::Region::HUB;
    let message =
        || proto::message::Message::share(proto::message::Audience::All, home, &heartbeat);
    for node in [&started.nodes.home, &started.nodes.solver] {
        node.hear_from(hub, message()).await;
    }
    let heard = started.posting().await.feedback.unwrap();
    assert!(!heard.waits_for_hub && !heard.hub_heard_until.is_empty());
    assert_eq!(
        started.solution(None).await.feedback,
        None,
        "it was fed back: nothing waits"
    );
    started.nodes.pass(1);
    assert!(started.posting().await.feedback.unwrap().waits_for_hub);
    started.demander(Command::Close).await.unwrap();
    assert_eq!(started.posting().await.feedback, None, "nothing waits");
}
