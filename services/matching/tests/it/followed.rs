//! How the index follows what is told of units and demands.

use chassis::{Barred, Outcome, Subject, testing};
use proto::{
    intake::v1::DemandOwnerRecorded,
    matching::v1::{self as wire, CatalogueEntry},
    message::{Audience, Message},
    registry::v1::{Profile, ProfileRecorded, Unit, UnitRecorded},
};
use regulation::{Region, Role, UnitId};
use tonic::Code;

use crate::{
    nodes::{DEMANDER, Nodes, demand, fresh, record, task_id},
    recommend::{CHEMISTS, DOCTORS, Reader, for_demand, profile, tell, told, unit},
};

#[tokio::test]
async fn the_index_follows_what_is_told_and_says_how_far_it_is() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.solver).await;
    let gone = Unit {
        active: false,
        ..unit(CHEMISTS, "化学所", Region::ZJ)
    };
    tell(
        &nodes.solver,
        &gone,
        &profile(CHEMISTS, Region::ZJ, &["光刻胶树脂"]),
    )
    .await;
    let empty = profile(DOCTORS, Region::SH, &[]);
    tell(&nodes.solver, &unit(DOCTORS, "医学院", Region::SH), &empty).await;
    let before = reader
        .solvers(Role::Officer, &entries[0])
        .await
        .progress
        .unwrap();
    assert_eq!((before.indexed, before.waiting), (3, 2));
    reader.read().await;
    let after = reader.solvers(Role::Officer, &entries[0]).await;
    let progress = after.progress.unwrap();
    assert_eq!((progress.indexed, progress.waiting), (1, 0));
    assert_eq!(after.solvers.len(), 1);
    let anew = Reader::of(&nodes.solver)
        .await
        .solvers(Role::Officer, &entries[0])
        .await;
    assert_eq!(anew.solvers, after.solvers, "made anew it is the same");
}

#[tokio::test]
async fn only_its_home_speaks_of_a_unit() {
    let (nodes, entries) = told().await;
    let forged = profile(DOCTORS, Region::SH, &["光刻胶树脂 KrF 的合成"]);
    let event = ProfileRecorded {
        profile: Some(forged.clone()),
    };
    let message = Message::share(Audience::All, "forged", &event);
    assert_eq!(
        nodes.solver.hear_from(Region::AH, message).await,
        Outcome::Dead
    );
    let event = ProfileRecorded {
        profile: Some(Profile {
            region: "ah".into(),
            ..forged
        }),
    };
    let message = Message::share(Audience::All, "taken over", &event);
    assert_eq!(
        nodes.solver.hear_from(Region::AH, message).await,
        Outcome::Applied
    );
    let event = UnitRecorded {
        unit: Some(Unit {
            active: false,
            ..unit(DOCTORS, "被冒名", Region::AH)
        }),
    };
    let message = Message::share(Audience::All, "renamed", &event);
    assert_eq!(
        nodes.solver.hear_from(Region::AH, message).await,
        Outcome::Applied
    );
    let reader = Reader::of(&nodes.solver).await;
    let names = reader.names(Role::Officer, &entries[0]).await;
    assert!(!names.contains(&"医学院".to_owned()), "{names:?}");
    let names = reader.names(Role::Officer, &entries[1]).await;
    assert!(names.contains(&"医学院".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_unit_is_recommended_under_the_name_it_has_now_and_for_what_it_says_now() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.solver).await;
    let renamed = unit(CHEMISTS, "化学与生物所", Region::ZJ);
    let moved = profile(CHEMISTS, Region::ZJ, &["基因编辑载体的规模化制备"]);
    tell(&nodes.solver, &renamed, &moved).await;
    reader.read().await;
    let names = async |entry| reader.names(Role::Officer, entry).await;
    let resin = names(&entries[0]).await;
    assert!(
        !resin.iter().any(|name| name.starts_with("化学")),
        "{resin:?}"
    );
    assert!(
        names(&entries[1])
            .await
            .contains(&"化学与生物所".to_owned())
    );
}

#[tokio::test]
async fn whom_credit_records_bar_is_not_recommended_and_the_next_follows() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.solver).await;
    let before = reader.solvers(Role::Officer, &entries[0]).await.solvers;
    let barred = Barred {
        until: "2025-06-30".parse().unwrap(),
        record: "c".to_owned(),
    };
    let first = before[0].unit_id.parse().unwrap();
    testing::bar(&nodes.solver.desk, Subject::Unit(first), barred);
    let request = wire::RecommendSolversRequest {
        limit: 1,
        ..for_demand(&entries[0])
    };
    let mut officer = reader.to(Role::Officer, None);
    let after = officer.recommend_solvers(request).await.unwrap();
    let after = after.into_inner().solvers;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].unit_id, before[1].unit_id);
}

/// The hub says where a demand stands in the pool.
async fn stands(
    nodes: &Nodes,
    entry: &CatalogueEntry,
    status: wire::ReserveStatus,
    tasks: &[u128],
) {
    let changed = wire::ReserveChanged {
        blind_id: entry.blind_id.clone(),
        status: status.into(),
        matched_task_ids: tasks.iter().map(|task| task_id(*task)).collect(),
        ..Default::default()
    };
    let message = Message::share(Audience::All, &entry.blind_id, &changed);
    let heard = nodes.solver.hear_from(Region::HUB, message).await;
    assert_eq!(heard, Outcome::Applied);
}

#[tokio::test]
async fn a_demand_leaves_with_its_last_task_and_comes_back_when_an_intent_ends() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.solver).await;
    let title = "光刻胶树脂 KrF".to_owned();
    for (status, tasks, wanted) in [
        (wire::ReserveStatus::Matched, &[1, 2][..], false),
        (wire::ReserveStatus::PartlyMatched, &[1], true),
        (wire::ReserveStatus::Other, &[], true),
        (wire::ReserveStatus::Matched, &[1, 2], false),
        (wire::ReserveStatus::Left, &[], true),
    ] {
        stands(&nodes, &entries[0], status, tasks).await;
        reader.read().await;
        let found = reader.titles(CHEMISTS).await.contains(&title);
        assert_eq!(found, wanted, "{status:?}");
        let mut officer = reader.to(Role::Officer, None);
        let solvers = officer.recommend_solvers(for_demand(&entries[0])).await;
        let code = solvers.map_or_else(|refused| refused.code(), |_| Code::Ok);
        let expected = if wanted {
            Code::Ok
        } else {
            Code::FailedPrecondition
        };
        assert_eq!(code, expected, "{status:?}");
    }
}

#[tokio::test]
async fn only_tasks_without_a_solver_count_unless_one_is_asked_for_by_name() {
    let (nodes, _) = told().await;
    let mut wanted = record("新药中间体", "生物医药");
    wanted.mission = "降低成本".into();
    (wanted.tasks[0].title, wanted.tasks[0].content) = ("可控自由基聚合".into(), "放大".into());
    (wanted.tasks[1].title, wanted.tasks[1].content) = ("肿瘤免疫治疗".into(), "灵长类".into());
    let entry = nodes.publish(&[(demand(3), wanted)]).await.remove(0);
    let reader = Reader::of(&nodes.solver).await;
    let title = "新药中间体".to_owned();
    let fit = async |task: String| {
        let request = wire::RecommendSolversRequest {
            task_id: task,
            ..for_demand(&entry)
        };
        let mut officer = reader.to(Role::Officer, None);
        let found = officer.recommend_solvers(request).await.unwrap();
        let solvers = found.into_inner().solvers;
        solvers.iter().any(|one| one.name == "化学所")
    };
    assert!(reader.titles(CHEMISTS).await.contains(&title));
    assert!(fit(String::new()).await);
    stands(&nodes, &entry, wire::ReserveStatus::PartlyMatched, &[1]).await;
    reader.read().await;
    assert!(!reader.titles(CHEMISTS).await.contains(&title));
    assert!(reader.titles(DOCTORS).await.contains(&title), "the other");
    assert!(!fit(String::new()).await);
    assert!(fit(task_id(1)).await, "asked for by name");
    assert!(!fit(task_id(2)).await);
}

#[tokio::test]
async fn the_demanders_house_is_left_out_at_home_and_who_is_named_everywhere() {
    let (nodes, entries) = told().await;
    let request = wire::PublishListRequest {
        request_id: fresh(),
        decision_id: nodes
            .list(&[(demand(4), record("光刻胶单体", "集成电路"))])
            .await
            .to_string(),
    };
    let home = nodes.home.desk.region();
    let owner = DemandOwnerRecorded {
        demand_id: demand(4).to_string(),
        demander_unit_id: DEMANDER.to_string(),
        affiliate_unit_ids: vec![CHEMISTS.to_string()],
        record: Some(record("光刻胶单体", "集成电路")),
        ..Default::default()
    };
    let owner = Message::node(demand(4), &owner);
    assert_eq!(nodes.home.hear_from(home, owner).await, Outcome::Applied);
    let mut secretariat = nodes.hub.to(Role::Secretariat);
    let list = secretariat.publish_list(request).await.unwrap();
    nodes.settle().await;
    let at_home = Reader::of(&nodes.home).await;
    let names = at_home
        .names(Role::Officer, &list.into_inner().entries[0])
        .await;
    assert!(!names.contains(&"化学所".to_owned()), "{names:?}");

    let elsewhere = Reader::of(&nodes.solver).await;
    let named = wire::DemanderNamed {
        blind_id: entries[0].blind_id.clone(),
        demander_unit_id: DEMANDER.to_string(),
    };
    let named = Message::share(Audience::All, &entries[0].blind_id, &named);
    let names = async || elsewhere.names(Role::Officer, &entries[0]).await;
    let demander = "需求企业".to_owned();
    assert!(names().await.contains(&demander));
    assert_eq!(
        nodes.solver.hear_from(Region::HUB, named).await,
        Outcome::Applied
    );
    assert!(!names().await.contains(&demander));
}

#[tokio::test]
async fn twenty_are_recommended_unless_asked_otherwise_and_never_more_than_a_hundred() {
    let (nodes, entries) = told().await;
    for n in 0..101 {
        let id = UnitId(uuid::Uuid::from_u128(0xABCD_0000 + n));
        let says = profile(id, Region::ZJ, &["光刻胶树脂"]);
        tell(&nodes.solver, &unit(id, "某单位", Region::ZJ), &says).await;
    }
    let reader = Reader::of(&nodes.solver).await;
    for (limit, count) in [(0, 20), (2, 2), (1_000, 100)] {
        let request = wire::RecommendSolversRequest {
            limit,
            ..for_demand(&entries[0])
        };
        let mut officer = reader.to(Role::Officer, None);
        let found = officer.recommend_solvers(request).await.unwrap();
        assert_eq!(found.into_inner().solvers.len(), count);
    }
}
