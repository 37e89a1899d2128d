//! Who is recommended for what, why, and to whom it is shown.

use std::sync::Arc;

use chassis::{
    Outcome,
    testing::{self, Door},
};
use matching::{Matching, recommend::Settings};
use proto::{
    intake::v1::{DemandWithdrawn, PublicRecord},
    matching::v1::{
        self as wire, CatalogueEntry, recommend_service_client::RecommendServiceClient,
    },
    message::{Audience, Message},
    registry::v1::{
        Profile, ProfileItem, ProfileItemKind, ProfileRecorded, Unit, UnitKind, UnitRecorded,
    },
};
use regulation::{Actor, DemandId, Region, Role, UnitId};
use tonic::Code;
use uuid::Uuid;

use crate::nodes::{DEMANDER, Node, Nodes, SOLVER, demand, record};

pub(crate) const CHEMISTS: UnitId = UnitId(Uuid::from_u128(0xC4E3));
pub(crate) const DOCTORS: UnitId = UnitId(Uuid::from_u128(0xD0C5));

/// A node with its index.
pub(crate) struct Reader<'a> {
    pub(crate) node: &'a Node,
    pub(crate) settings: Settings,
}

impl<'a> Reader<'a> {
    pub(crate) async fn of(node: &'a Node) -> Self {
        let reader = Self {
            node,
            settings: Settings::default(),
        };
        reader.read().await;
        reader
    }

    pub(crate) async fn read(&self) {
        let shelf = Arc::clone(&self.settings.shelf);
        shelf.follow(self.node.desk.pool()).await.unwrap();
    }

    pub(crate) fn to(&self, role: Role, unit: Option<UnitId>) -> RecommendServiceClient<Door> {
        let actor = Actor::person("someone", role, self.node.desk.region());
        let actor = Actor { unit, ..actor };
        RecommendServiceClient::new(testing::door::<Matching>(
            &self.node.desk,
            &self.settings,
            actor,
        ))
    }

    pub(crate) async fn solvers(
        &self,
        role: Role,
        entry: &CatalogueEntry,
    ) -> wire::RecommendSolversResponse {
        let request = for_demand(entry);
        self.to(role, None)
            .recommend_solvers(request)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn names(&self, role: Role, entry: &CatalogueEntry) -> Vec<String> {
        let solvers = self.solvers(role, entry).await.solvers;
        solvers.into_iter().map(|solver| solver.name).collect()
    }

    pub(crate) async fn titles(&self, unit: UnitId) -> Vec<String> {
        let request = wire::RecommendPostingsRequest::default();
        let postings = self
            .to(Role::UnitMember, Some(unit))
            .recommend_postings(request)
            .await;
        let postings = postings.unwrap().into_inner().postings.into_iter();
        postings
            .map(|one| one.item.unwrap().entry.unwrap().record.unwrap().title)
            .collect()
    }
}

pub(crate) fn for_demand(entry: &CatalogueEntry) -> wire::RecommendSolversRequest {
    wire::RecommendSolversRequest {
        blind_id: entry.blind_id.clone(),
        ..Default::default()
    }
}

pub(crate) fn unit(id: UnitId, name: &str, region: Region) -> Unit {
    Unit {
        unit_id: id.to_string(),
        name: name.into(),
        kind: UnitKind::University.into(),
        region: region.to_string(),
        active: true,
        ..Default::default()
    }
}

pub(crate) fn profile(id: UnitId, region: Region, titles: &[&str]) -> Profile {
    let items = titles.iter().map(|title| ProfileItem {
        kind: ProfileItemKind::Paper.into(),
        title: (*title).into(),
        year: 2021,
        ..Default::default()
    });
    Profile {
        unit_id: id.to_string(),
        region: region.to_string(),
        items: items.collect(),
        ..Default::default()
    }
}

pub(crate) async fn tell(node: &Node, unit: &Unit, profile: &Profile) {
    let origin: Region = unit.region.parse().unwrap();
    let recorded = UnitRecorded {
        unit: Some(unit.clone()),
    };
    let described = ProfileRecorded {
        profile: Some(profile.clone()),
    };
    let messages = [
        Message::share(Audience::All, &unit.unit_id, &recorded),
        Message::share(
            Audience::All,
            format!("profile {}", unit.unit_id),
            &described,
        ),
    ];
    for message in messages {
        assert_eq!(node.hear_from(origin, message).await, Outcome::Applied);
    }
}

/// A demand in whose tasks there is nothing for chemists.
fn medicine() -> PublicRecord {
    let mut record = record("基因编辑载体", "生物医药");
    for task in &mut record.tasks {
        task.title = "动物体内验证".into();
        task.content = "灵长类".into();
    }
    record
}

/// Three units whose homes have told every node what they can do, and two published demands.
pub(crate) async fn told() -> (Nodes, Vec<CatalogueEntry>) {
    let nodes = Nodes::start().await;
    let home = nodes.home.desk.region();
    for node in [&nodes.hub, &nodes.home, &nodes.solver] {
        let said = [
            "窄分布光刻胶树脂的可控自由基聚合",
            "树脂分子量分布的在线控制",
        ];
        tell(
            node,
            &unit(CHEMISTS, "化学所", Region::ZJ),
            &profile(CHEMISTS, Region::ZJ, &said),
        )
        .await;
        let said = ["基因编辑载体的递送", "肿瘤免疫治疗"];
        tell(
            node,
            &unit(DOCTORS, "医学院", Region::SH),
            &profile(DOCTORS, Region::SH, &said),
        )
        .await;
        let said = ["光刻胶树脂 KrF 的合成与分散度控制"];
        tell(
            node,
            &unit(DEMANDER, "需求企业", home),
            &profile(DEMANDER, home, &said),
        )
        .await;
    }
    let demands = [
        (demand(1), record("光刻胶树脂 KrF", "集成电路")),
        (demand(2), medicine()),
    ];
    let mut entries = nodes.publish(&demands).await;
    // Numbers are given by lot.
    entries.sort_by_key(|entry| entry.record.as_ref().map(|record| record.title.clone()));
    (nodes, entries)
}

#[tokio::test]
async fn a_demand_finds_who_can_solve_it_with_the_reason() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.solver).await;
    let answer = reader.solvers(Role::Officer, &entries[1]).await;
    let first = &answer.solvers[0];
    assert_eq!(
        (first.name.as_str(), first.region.as_str()),
        ("医学院", "sh")
    );
    assert_eq!((first.kind(), first.fit), (UnitKind::University, 1000));
    assert_eq!(first.passages[0].label, "2021年论文《基因编辑载体的递送》");
    assert_eq!(first.passages[0].terms, ["基因编辑载体"]);
    assert_eq!(
        first.reason,
        "2021年论文《基因编辑载体的递送》与之相符：“基因编辑载体”。"
    );
    let progress = answer.progress.unwrap();
    assert_eq!((progress.indexed, progress.waiting), (3, 0));

    let request = wire::RecommendSolversRequest {
        region: "zj".into(),
        ..for_demand(&entries[0])
    };
    let here = reader
        .to(Role::Director, None)
        .recommend_solvers(request)
        .await
        .unwrap();
    let names: Vec<_> = here
        .into_inner()
        .solvers
        .into_iter()
        .map(|solver| solver.name)
        .collect();
    assert_eq!(names, ["化学所"], "of one region");
}

#[tokio::test]
async fn at_home_the_demander_is_left_out_and_elsewhere_it_is_a_unit_like_any() {
    let (nodes, entries) = told().await;
    let at_home = Reader::of(&nodes.home).await;
    assert_eq!(at_home.names(Role::Officer, &entries[0]).await, ["化学所"]);
    let at_hub = Reader::of(&nodes.hub).await;
    let names = at_hub.names(Role::Secretariat, &entries[0]).await;
    assert!(
        names.contains(&"需求企业".to_owned()),
        "who were missing would be the demander: {names:?}"
    );
}

#[tokio::test]
async fn a_unit_asks_for_its_own_demand_only_and_for_itself_only() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.home).await;
    let own = reader
        .to(Role::UnitMember, Some(DEMANDER))
        .recommend_solvers(for_demand(&entries[0]))
        .await;
    assert_eq!(own.unwrap().into_inner().solvers[0].name, "化学所");
    for (reader, unit) in [
        (&reader, SOLVER),
        (&Reader::of(&nodes.solver).await, DEMANDER),
    ] {
        let asked = reader
            .to(Role::UnitMember, Some(unit))
            .recommend_solvers(for_demand(&entries[0]))
            .await;
        assert_eq!(asked.unwrap_err().code(), Code::PermissionDenied);
    }
    let other = wire::RecommendPostingsRequest {
        unit_id: CHEMISTS.to_string(),
        limit: 0,
    };
    let asked = reader
        .to(Role::UnitMember, Some(DOCTORS))
        .recommend_postings(other.clone())
        .await;
    assert_eq!(asked.unwrap_err().code(), Code::NotFound);
    assert!(
        reader
            .to(Role::Officer, None)
            .recommend_postings(other)
            .await
            .is_ok()
    );
    let nobody = reader
        .to(Role::Expert, None)
        .recommend_solvers(for_demand(&entries[0]))
        .await;
    assert_eq!(nobody.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_unit_finds_what_it_can_solve_but_not_its_own_and_not_what_was_withdrawn() {
    let (nodes, entries) = told().await;
    let (here, home) = (
        Reader::of(&nodes.solver).await,
        Reader::of(&nodes.home).await,
    );
    assert_eq!(here.titles(DOCTORS).await[0], "基因编辑载体");
    assert_eq!(here.titles(CHEMISTS).await[0], "光刻胶树脂 KrF");
    assert!(
        !home
            .titles(DEMANDER)
            .await
            .contains(&"光刻胶树脂 KrF".to_owned())
    );

    let withdrawn = DemandWithdrawn {
        demand_id: demand(2).to_string(),
    };
    let message = Message::node(demand(2), &withdrawn);
    let origin = nodes.home.desk.region();
    assert_eq!(
        nodes.home.hear_from(origin, message).await,
        Outcome::Applied
    );
    nodes.settle().await;
    here.read().await;
    assert!(
        !here
            .titles(DOCTORS)
            .await
            .contains(&"基因编辑载体".to_owned())
    );
    let asked = here
        .to(Role::Officer, None)
        .recommend_solvers(for_demand(&entries[1]))
        .await;
    assert_eq!(asked.unwrap_err().code(), Code::FailedPrecondition);
}

#[tokio::test]
async fn a_recommendation_says_nothing_to_anybody_and_names_no_demand() {
    let (nodes, entries) = told().await;
    for node in [&nodes.hub, &nodes.home, &nodes.solver] {
        let reader = Reader::of(node).await;
        let before = testing::told(&node.desk).await.unwrap().len();
        let shown = format!("{:?}", reader.solvers(Role::Director, &entries[0]).await);
        let postings = wire::RecommendPostingsRequest {
            unit_id: CHEMISTS.to_string(),
            limit: 5,
        };
        let found = reader
            .to(Role::Director, None)
            .recommend_postings(postings)
            .await
            .unwrap();
        let shown = format!("{shown}{:?}", found.into_inner());
        assert_eq!(testing::told(&node.desk).await.unwrap().len(), before);
        let hidden: [DemandId; 2] = [demand(1), demand(2)];
        assert!(hidden.iter().all(|id| !shown.contains(&id.to_string())));
    }
}

#[tokio::test]
async fn bad_requests_are_told_what_is_bad() {
    let (nodes, entries) = told().await;
    let reader = Reader::of(&nodes.solver).await;
    let good = for_demand(&entries[0]);
    let bad = [
        (
            wire::RecommendSolversRequest {
                blind_id: "x".into(),
                ..good.clone()
            },
            Code::InvalidArgument,
        ),
        (
            wire::RecommendSolversRequest {
                region: "ZJ!".into(),
                ..good.clone()
            },
            Code::InvalidArgument,
        ),
        (
            wire::RecommendSolversRequest {
                limit: -1,
                ..good.clone()
            },
            Code::InvalidArgument,
        ),
        (
            wire::RecommendSolversRequest {
                task_id: Uuid::nil().to_string(),
                ..good
            },
            Code::NotFound,
        ),
    ];
    for (request, code) in bad {
        let asked = reader
            .to(Role::Officer, None)
            .recommend_solvers(request)
            .await;
        assert_eq!(asked.unwrap_err().code(), code);
    }
    let unknown = wire::RecommendPostingsRequest {
        unit_id: SOLVER.to_string(),
        limit: 0,
    };
    let asked = reader
        .to(Role::Officer, None)
        .recommend_postings(unknown)
        .await;
    assert_eq!(asked.unwrap_err().code(), Code::NotFound);
}
