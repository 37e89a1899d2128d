//! What everybody sees: filters, search, pages, and whose word it is.

use chassis::Outcome;
use proto::{
    common::v1::PageRequest,
    intake::v1::DemandWithdrawn,
    matching::v1::{self as wire, ListPublished},
    message::{Audience, Message},
};
use regulation::{Region, Role};

use crate::nodes::{Nodes, demand, fresh, record};

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
