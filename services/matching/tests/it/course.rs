//! Seals, new versions, last days and other situations over three nodes.

use matching::{
    domain::{Content, Solution, TeamStanding, words::SolutionCommand},
    dossier::Salt,
};
use proto::{
    common::v1::Money,
    intake::v1::{TaskMode, TaskRevised},
    matching::v1 as wire,
    message::Message,
};
use regulation::{Region, Role};
use time::Duration;
use tonic_types::StatusExt as _;

use crate::{
    nodes::{DEMANDER, Nodes, SOLVER, demand, fresh, record, task_id},
    started::Started,
};

fn rule(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn what_is_opened_is_what_was_sealed_and_the_seal_is_everybodys() {
    let started = Started::fed_back().await;
    let seal = started.solution(None).await.seal;
    for node in [
        &started.nodes.hub,
        &started.nodes.home,
        &started.nodes.solver,
    ] {
        let known: i64 =
            sqlx::query_scalar("select count(*) from solution_seal where encode(seal, 'hex') = $1")
                .bind(&seal)
                .fetch_one(node.desk.pool())
                .await
                .unwrap();
        assert_eq!(known, 1, "{}", node.desk.region());
    }
    let home = started.nodes.home.desk.pool();
    sqlx::query("update solution_seal set region = 'ah'")
        .execute(home)
        .await
        .unwrap();
    let refused = started.open().await.unwrap_err();
    assert_eq!(rule(&refused), "matching.sealed", "another node's word");
    sqlx::query("update solution_seal set region = 'zj'")
        .execute(home)
        .await
        .unwrap();
    started.open().await.unwrap();
}

#[tokio::test]
async fn a_selection_without_the_solvers_word_lapses_once_its_node_was_heard() {
    let started = Started::opened().await;
    started.nodes.pass(40);
    started.select(1).await.unwrap();
    assert_ne!(started.solution(None).await.answer_until, "");
    started.nodes.pass(20);
    let cut_off = [(
        Region::ZJ,
        started.nodes.home.desk.clock().now() - Duration::days(10),
    )];
    started.nodes.home.fire(&cut_off).await;
    started.nodes.settle().await;
    let waiting = started.solution(None).await;
    assert_eq!(waiting.state(), wire::SolutionState::Selected, "not heard");
    let request = wire::ConfirmIntentRequest {
        request_id: fresh(),
        solution_id: started.solution_id.clone(),
    };
    let mut member = started.nodes.solver.to_member(SOLVER);
    let late = member.confirm_intent(request).await;
    assert_eq!(rule(&late.unwrap_err()), "matching.last-days");
    started.nodes.pass(20);
    started.nodes.home.fire(&started.heard_now()).await;
    started.nodes.settle().await;
    let lapsed = started.solution(None).await;
    assert_eq!(lapsed.state(), wire::SolutionState::Lapsed);
    assert!(lapsed.reason.contains("确认意向"), "{}", lapsed.reason);
    let posting = started.posting().await;
    assert!(
        posting
            .tasks
            .iter()
            .all(|task| task.asked_solution_ids.is_empty())
    );
}

async fn revise_task(started: &Started) {
    let home = &started.nodes.home;
    let mut task = record("光刻胶树脂", "集成电路").tasks.remove(0);
    task.revision = 2;
    task.indicators = "分散度不高于 1.1".into();
    let revised = TaskRevised {
        demand_id: demand(1).to_string(),
        task: Some(task),
        number: 1,
        ..Default::default()
    };
    let message = Message::node(demand(1), &revised);
    home.hear_from(home.desk.region(), message).await;
    started.nodes.settle().await;
}

async fn hand_in_anew(started: &Started) -> Result<(), tonic::Status> {
    let node = &started.nodes.solver;
    let loaded = node
        .desk
        .load::<Solution>("方案", &started.solution_id)
        .await?;
    let case = loaded.state.0.unwrap();
    let content = Content {
        approach: "三步法".parse().unwrap(),
        ..case.content.clone()
    };
    let command = SolutionCommand::Revise {
        call: matching::domain::CallFacts {
            blind_id: case.blind_id,
            number: case.number,
            tasks: case.content.tasks,
            open: true,
        },
        team: TeamStanding::default(),
        content: Box::new(content),
        salt: Salt(evidence::Digest(chassis::clock::Ids.bytes())),
    };
    let actor = node.member(SOLVER);
    let done = node
        .give::<Solution>(actor, &started.solution_id, command)
        .await;
    started.nodes.settle().await;
    done
}

#[tokio::test]
async fn a_revised_task_is_a_new_revision_for_all_and_a_new_version_for_who_answered_it() {
    let started = Started::opened().await;
    let untouched = hand_in_anew(&started).await.unwrap_err();
    assert_eq!(rule(&untouched), "matching.revisable");
    revise_task(&started).await;
    let record = started.entry().await.entry.unwrap().record.unwrap();
    let revisions: Vec<_> = record.tasks.iter().map(|task| task.revision).collect();
    assert_eq!(revisions, [2, 1], "the other as it was");
    assert_eq!(started.solution(None).await.revised_task_ids, [task_id(1)]);
    let before = started.solution(None).await.seal;
    hand_in_anew(&started).await.unwrap();
    let anew = started.solution(None).await;
    assert_eq!((anew.revision, anew.revised_task_ids.len()), (2, 0));
    assert_ne!(anew.seal, before);
    started.feedback().await;
    assert_eq!(started.posting().await.unopened, 1, "to be read again");
    let opened = started.open().await.unwrap().solution.unwrap();
    assert_eq!((&*opened.approach, opened.revision), ("三步法", 2));
}

#[tokio::test]
async fn another_situation_is_in_the_pool_by_the_director_and_still_open_to_all() {
    let started = Started::opened().await;
    started.nodes.pass(40);
    started.select(1).await.unwrap();
    let propose = wire::ProposeReserveRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        supplement: "联合体协议草案".into(),
        other_situation: "解决方正在履行内部审批".into(),
    };
    let mut demander = started.nodes.home.to_member(DEMANDER);
    demander.propose_reserve(propose).await.unwrap();
    let audit = wire::AuditReserveRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        approved: true,
        reason: String::new(),
    };
    let mut officer = started.nodes.home.to(Role::Officer);
    let refused = officer.audit_reserve(audit.clone()).await;
    assert_eq!(rule(&refused.unwrap_err()), "matching.other-situation");
    let mut director = started.nodes.home.to(Role::Director);
    let audited = director.audit_reserve(audit).await.unwrap().into_inner();
    assert_eq!(audited.reserve_status(), wire::ReserveStatus::Other);
    started.nodes.settle().await;
    assert_eq!(started.entry().await.state(), wire::CatalogueState::Open);
}

#[tokio::test]
async fn the_catalogue_is_narrowed_by_funds_mode_and_year() {
    let nodes = Nodes::start().await;
    let mut cheap = record("大模型推理芯片", "人工智能");
    cheap.tasks.truncate(1);
    cheap.tasks[0].offered_funds = Some(Money { fen: 100_000_000 });
    let demands = [
        (demand(1), record("光刻胶树脂", "集成电路")),
        (demand(2), cheap),
    ];
    nodes.publish(&demands).await;
    let found = async |narrowing: wire::CatalogueNarrowing| {
        let request = wire::SearchCatalogueRequest {
            narrowing: Some(narrowing),
            ..Default::default()
        };
        let mut anyone = nodes.solver.to(Role::Expert);
        let found = anyone.search_catalogue(request).await.unwrap().into_inner();
        let records = found
            .items
            .into_iter()
            .filter_map(|item| item.entry?.record);
        let mut titles: Vec<_> = records.map(|record| record.title).collect();
        titles.sort();
        titles
    };
    let narrowing = wire::CatalogueNarrowing::default;
    let funds = |fen| Some(Money { fen });
    let at_least = wire::CatalogueNarrowing {
        funds_min: funds(200_000_000),
        ..narrowing()
    };
    assert_eq!(found(at_least).await, ["光刻胶树脂"]);
    let at_most = wire::CatalogueNarrowing {
        funds_max: funds(100_000_000),
        ..narrowing()
    };
    assert_eq!(found(at_most).await, ["大模型推理芯片"]);
    let racing = wire::CatalogueNarrowing {
        mode: TaskMode::Racing.into(),
        ..narrowing()
    };
    assert_eq!(found(racing).await, ["光刻胶树脂"]);
    for (year, count) in [(2024, 2), (2023, 0)] {
        let narrowing = wire::CatalogueNarrowing {
            year,
            ..narrowing()
        };
        assert_eq!(found(narrowing).await.len(), count, "{year}");
    }
}
