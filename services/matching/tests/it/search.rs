//! The catalogue, searched in Chinese: the best first, with what matched, from page to page.

use chassis::Outcome;
use proto::{
    common::v1::PageRequest,
    intake::v1::{DemandWithdrawn, TaskRevised},
    matching::v1 as wire,
    message::Message,
};
use regulation::Role;
use tonic::Code;

use crate::{
    catalogue::published,
    nodes::{Nodes, demand, record},
};

async fn find(nodes: &Nodes, request: wire::SearchCatalogueRequest) -> wire::ListCatalogueResponse {
    let mut anyone = nodes.solver.to(Role::Expert);
    anyone.search_catalogue(request).await.unwrap().into_inner()
}

fn asked(query: &str) -> wire::SearchCatalogueRequest {
    wire::SearchCatalogueRequest {
        query: query.into(),
        ..Default::default()
    }
}

/// In their order.
fn titles(found: &wire::ListCatalogueResponse) -> Vec<String> {
    let records = found.items.iter();
    let records = records.filter_map(|item| item.entry.as_ref()?.record.as_ref());
    records.map(|record| record.title.clone()).collect()
}

async fn search(nodes: &Nodes, query: &str) -> Vec<String> {
    titles(&find(nodes, asked(query)).await)
}

#[tokio::test]
async fn what_fits_best_comes_first_and_says_why() {
    let nodes = published().await;
    assert_eq!(search(&nodes, "芯片").await, ["大模型推理芯片"]);
    let found = find(&nodes, asked("需要 krf 光刻胶")).await;
    assert_eq!(titles(&found), ["光刻胶树脂 KrF"]);
    assert_eq!(found.found, 1);
    let passage = &found.items[0].passages[0];
    assert_eq!(passage.label, "攻关任务《光刻胶树脂 KrF》");
    assert_eq!(passage.terms, ["光刻胶", "KrF"]);
    assert_eq!(passage.excerpt, "光刻胶树脂 KrF 集成电路 突破合成工艺");
    let both = search(&nodes, "推理芯片的分子量").await;
    assert_eq!((both[0].as_str(), both.len()), ("大模型推理芯片", 3));
    assert!(search(&nodes, "量子计算").await.is_empty());
}

#[tokio::test]
async fn a_number_and_a_single_character_are_found_and_nothing_has_a_meaning_of_its_own() {
    let nodes = published().await;
    let by_number = find(&nodes, asked("2024-0002")).await;
    let entry = by_number.items[0].entry.clone().unwrap();
    assert_eq!(entry.public_number, "2024-0002");
    assert_eq!(by_number.items[0].passages[0].label, "公开编号");
    let found = find(&nodes, asked("芯")).await;
    assert_eq!(titles(&found), ["大模型推理芯片"]);
    assert_eq!(found.items[0].passages[0].terms, ["芯"]);
    for nothing in ["%", "_", "\\", "'; drop table catalogue"] {
        assert!(search(&nodes, nothing).await.is_empty(), "{nothing}");
    }
    assert_eq!(search(&nodes, "  ").await.len(), 3, "everything");
}

#[tokio::test]
async fn filters_stay_and_what_the_hub_tells_later_is_found_too() {
    let nodes = published().await;
    let of_field = wire::SearchCatalogueRequest {
        field: "生物医药".into(),
        ..asked("树脂合成")
    };
    assert_eq!(titles(&find(&nodes, of_field).await), ["基因编辑载体"]);
    let home = nodes.home.desk.region();
    let mut task = record("光刻胶树脂 KrF", "集成电路").tasks.remove(0);
    (task.revision, task.indicators) = (2, "金属离子低于十亿分之一".into());
    let revised = TaskRevised {
        demand_id: demand(1).to_string(),
        task: Some(task),
        number: 1,
        ..Default::default()
    };
    let withdrawn = DemandWithdrawn {
        demand_id: demand(2).to_string(),
    };
    assert!(search(&nodes, "金属离子").await.is_empty());
    for message in [
        Message::node(demand(1), &revised),
        Message::node(demand(2), &withdrawn),
    ] {
        assert_eq!(nodes.home.hear_from(home, message).await, Outcome::Applied);
    }
    nodes.settle().await;
    assert_eq!(search(&nodes, "金属离子").await, ["光刻胶树脂 KrF"]);
    let found = find(&nodes, asked("推理芯片")).await;
    assert_eq!(found.items[0].state(), wire::CatalogueState::Withdrawn);
    let open = wire::SearchCatalogueRequest {
        state: wire::CatalogueState::Open.into(),
        ..asked("推理芯片")
    };
    assert!(find(&nodes, open).await.items.is_empty());
}

#[tokio::test]
async fn pages_show_everything_once_in_the_order_of_the_first_whatever_is_published_meanwhile() {
    let nodes = Nodes::start().await;
    let titled = |n: u128| (demand(n), record(&"芯片".repeat(n as usize), "人工智能"));
    nodes.publish(&[1, 2, 3, 4, 5].map(titled)).await;
    let whole = find(&nodes, asked("芯片")).await;
    let order = titles(&whole);
    assert_eq!((order.len(), whole.found), (5, 5));
    let (mut shown, mut page_token) = (Vec::new(), String::new());
    for n in 6.. {
        let page = Some(PageRequest {
            page_size: 2,
            page_token,
        });
        let found = find(
            &nodes,
            wire::SearchCatalogueRequest {
                page,
                ..asked("芯片")
            },
        )
        .await;
        assert_eq!(found.found, 5);
        assert!(found.items.iter().all(|item| !item.passages.is_empty()));
        shown.extend(titles(&found));
        page_token = found.next_page_token;
        if page_token.is_empty() {
            break;
        }
        nodes.publish(&[titled(n)]).await;
    }
    assert_eq!(shown, order);
    assert_eq!(find(&nodes, asked("芯片")).await.found, 7);
}

#[tokio::test]
async fn a_query_and_a_token_have_their_limits() {
    let nodes = published().await;
    let page = |token: &str| {
        Some(PageRequest {
            page_size: 2,
            page_token: token.into(),
        })
    };
    let requests = [
        asked(&"光".repeat(201)),
        wire::SearchCatalogueRequest {
            page: page("2024-0001"),
            ..asked("芯片")
        },
        wire::SearchCatalogueRequest {
            page: page("1.2024-0001.x"),
            ..asked("芯片")
        },
    ];
    for request in requests {
        let mut anyone = nodes.solver.to(Role::Expert);
        let refused = anyone.search_catalogue(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}
