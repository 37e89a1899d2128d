//! What everybody sees: filters, search, pages, and whose word it is.

use chassis::Outcome;
use proto::{
    common::v1::PageRequest,
    intake::v1::{DemandWithdrawn, TaskRevised},
    matching::v1::{self as wire, ListPublished},
    message::{Audience, Message},
};
use regulation::{Region, Role};
use tonic::Code;

use crate::nodes::{DEMANDER, HOME, Nodes, demand, fresh, record, task_id};

fn titles(found: wire::ListCatalogueResponse) -> Vec<String> {
    let records = found
        .items
        .into_iter()
        .filter_map(|item| item.entry?.record);
    let mut titles: Vec<_> = records.map(|record| record.title).collect();
    titles.sort();
    titles
}

pub(crate) async fn published() -> Nodes {
    let nodes = Nodes::start().await;
    let demands = [
        (demand(1), record("光刻胶树脂 KrF", "集成电路")),
        (demand(2), record("大模型推理芯片", "人工智能")),
        (demand(3), record("基因编辑载体", "生物医药")),
    ];
    nodes.publish(&demands).await;
    nodes
}

#[tokio::test]
async fn the_catalogue_is_listed_by_field_and_goes_on_from_page_to_page() {
    let nodes = published().await;
    let mut anyone = nodes.solver.to(Role::Expert);
    let field = wire::ListCatalogueRequest {
        field: "人工智能".into(),
        ..Default::default()
    };
    let found = anyone.list_catalogue(field).await.unwrap();
    assert_eq!(titles(found.into_inner()), ["大模型推理芯片"]);
    let mut numbers = Vec::new();
    let mut page_token = String::new();
    loop {
        let page = Some(PageRequest {
            page_size: 2,
            page_token,
        });
        let request = wire::ListCatalogueRequest {
            page,
            ..Default::default()
        };
        let found = anyone.list_catalogue(request).await.unwrap().into_inner();
        numbers.extend(
            found
                .items
                .into_iter()
                .filter_map(|item| Some(item.entry?.public_number)),
        );
        page_token = found.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(numbers, ["2024-0003", "2024-0002", "2024-0001"]);
}

#[tokio::test]
async fn a_second_list_of_the_year_goes_on_with_the_numbers_and_is_published_once() {
    let nodes = published().await;
    let entries = nodes
        .publish(&[(demand(4), record("固态电池", "集成电路"))])
        .await;
    assert_eq!(entries[0].public_number, "2024-0004");
    let mut secretariat = nodes.hub.to(Role::Secretariat);
    let lists = secretariat.list_published_lists(wire::ListPublishedListsRequest::default());
    let lists = lists.await.unwrap().into_inner().lists;
    assert!(lists.iter().all(|list| list.published));
    let request = wire::PublishListRequest {
        request_id: fresh(),
        decision_id: lists[0].decision_id.clone(),
    };
    let again = secretariat
        .publish_list(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again, lists[0], "published once");
}

#[tokio::test]
async fn a_withdrawn_demand_stays_listed_as_withdrawn() {
    let nodes = published().await;
    let home = nodes.home.desk.region();
    let withdrawn = DemandWithdrawn {
        demand_id: demand(2).to_string(),
    };
    let message = Message::node(demand(2), &withdrawn);
    assert_eq!(nodes.home.hear_from(home, message).await, Outcome::Applied);
    nodes.settle().await;
    let request = wire::ListCatalogueRequest {
        state: wire::CatalogueState::Withdrawn.into(),
        ..Default::default()
    };
    let found = nodes
        .solver
        .to(Role::Expert)
        .list_catalogue(request)
        .await
        .unwrap();
    assert_eq!(titles(found.into_inner()), ["大模型推理芯片"]);
}

/// Revises the first task of a demand, by its indicators.
pub(crate) async fn revise(nodes: &Nodes, n: u128, number: i32, indicators: &str) {
    let mut task = record("", "").tasks.remove(0);
    (task.revision, task.indicators) = (number + 1, indicators.into());
    let revised = TaskRevised {
        demand_id: demand(n).to_string(),
        task: Some(task),
        number,
        ..Default::default()
    };
    let message = Message::node(demand(n), &revised);
    let home = nodes.home.desk.region();
    assert_eq!(nodes.home.hear_from(home, message).await, Outcome::Applied);
    nodes.settle().await;
}

#[tokio::test]
async fn a_revised_task_shows_how_it_read_before_numbered_and_dated_and_no_other_does() {
    let nodes = published().await;
    nodes.pass(3);
    revise(&nodes, 1, 1, "分散度不高于 1.1").await;
    nodes.pass(4);
    revise(&nodes, 1, 2, "分散度不高于 1.15").await;
    nodes.settle().await;
    let mut anyone = nodes.solver.to(Role::Expert);
    let found = anyone.list_catalogue(wire::ListCatalogueRequest::default());
    let found = found.await.unwrap().into_inner().items;
    assert!(found.iter().all(|item| item.earlier_wordings.is_empty()));
    let mut revised = 0;
    for item in found {
        let request = wire::GetCatalogueEntryRequest {
            public_number: item.entry.unwrap().public_number,
            ..Default::default()
        };
        let item = anyone.get_catalogue_entry(request).await.unwrap();
        let item = item.into_inner();
        let bytes = prost::Message::encode_to_vec(&item);
        for secret in [HOME, &DEMANDER.to_string(), &demand(1).to_string()] {
            let found = bytes
                .windows(secret.len())
                .any(|at| at == secret.as_bytes());
            assert!(!found, "{secret}");
        }
        let record = item.entry.unwrap().record.unwrap();
        if record.title != "光刻胶树脂 KrF" {
            assert_eq!(item.earlier_wordings, [], "{}", record.title);
            continue;
        }
        revised += 1;
        let told: Vec<_> = item
            .earlier_wordings
            .iter()
            .map(|one| {
                let task = one.task.as_ref().unwrap();
                assert_eq!(task.task_id, task_id(1));
                let days = (one.published_on.as_str(), one.replaced_on.as_str());
                (task.revision, task.indicators.as_str(), days)
            })
            .collect();
        let first = record.tasks[1].indicators.as_str();
        assert_eq!(
            told,
            [
                (1, first, ("2024-10-08", "2024-10-11")),
                (2, "分散度不高于 1.1", ("2024-10-11", "2024-10-15")),
            ]
        );
        assert_eq!(record.tasks[0].indicators, "分散度不高于 1.15");
    }
    assert_eq!(revised, 1);
}

#[tokio::test]
async fn what_changed_last_comes_first_where_that_is_asked_for_from_page_to_page() {
    let nodes = published().await;
    let list = |page_token: String| wire::ListCatalogueRequest {
        page: Some(PageRequest {
            page_size: 1,
            page_token,
        }),
        order: wire::CatalogueOrder::Updated.into(),
        ..Default::default()
    };
    let entries = async || {
        let (mut numbers, mut token) = (Vec::new(), String::new());
        loop {
            let mut anyone = nodes.solver.to(Role::Expert);
            let found = anyone.list_catalogue(list(token)).await.unwrap();
            let found = found.into_inner();
            let entries = found.items.into_iter().filter_map(|item| item.entry);
            numbers.extend(entries.map(|entry| entry.public_number));
            token = found.next_page_token;
            if token.is_empty() {
                return numbers;
            }
        }
    };
    assert_eq!(entries().await, ["2024-0003", "2024-0002", "2024-0001"]);
    nodes.pass(1);
    let mut anyone = nodes.solver.to(Role::Expert);
    let asked = wire::SearchCatalogueRequest {
        query: "光刻胶".into(),
        ..Default::default()
    };
    let found = anyone.search_catalogue(asked).await.unwrap().into_inner();
    let number = found.items[0].entry.clone().unwrap().public_number;
    revise(&nodes, 1, 1, "分散度不高于 1.1").await;
    let mut expected = vec!["2024-0003", "2024-0002", "2024-0001"];
    expected.sort_by_key(|one| *one != number);
    assert_eq!(entries().await, expected);
    for token in ["2024-0001", "2024-10-08.", "x.2024-0001"] {
        let refused = anyone.list_catalogue(list(token.into())).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{token}");
    }
}

#[tokio::test]
async fn only_the_hub_publishes() {
    let nodes = published().await;
    let forged = ListPublished {
        published_on: "2024-10-08".into(),
        ..Default::default()
    };
    let message = Message::share(Audience::All, "d", &forged);
    assert_eq!(
        nodes.solver.hear_from(Region::AH, message).await,
        Outcome::Dead
    );
}
