//! What is open to everybody tells neither who demands nor where, on no node. [Art. 10]

use proto::matching::v1 as wire;
use regulation::Role;
use tonic::Response;

use crate::{
    catalogue::revise,
    nodes::{DEMANDER, HOME, Node, SOLVER, demand, fresh},
    started::{NAME, Started},
};

/// A published demand of which everything that can be told to all was told.
async fn told_of() -> Started {
    let started = Started::opened().await;
    let meeting_id = started.arrange(None, 9).await;
    let release = wire::ReleaseRoadshowRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        meeting_id,
        approved: true,
        ..Default::default()
    };
    let mut officer = started.nodes.home.dialogue(Role::Officer);
    officer.release_roadshow(release).await.unwrap();
    revise(&started.nodes, 1, 1, "分散度不高于 1.1").await;
    started.day_ends().await;
    started
}

/// The answers of every door that is open to all, with their headers.
async fn answers(started: &Started, node: &Node) -> Vec<Vec<u8>> {
    fn whole<T: prost::Message>(answer: Response<T>) -> Vec<u8> {
        let headers = format!("{:?}", answer.metadata());
        [headers.into_bytes(), answer.into_inner().encode_to_vec()].concat()
    }
    let mut anyone = node.to(Role::Expert);
    let get = wire::GetCatalogueEntryRequest {
        blind_id: started.blind_id.clone(),
        ..Default::default()
    };
    let entry = anyone.get_catalogue_entry(get).await.unwrap();
    let item = entry.get_ref();
    assert_eq!((item.roadshows.len(), item.earlier_wordings.len()), (1, 1));
    let file = wire::GetRoadshowCalendarRequest {
        blind_id: started.blind_id.clone(),
        meeting_id: item.roadshows[0].meeting_id.clone(),
    };
    let mut answers = vec![whole(entry)];
    for order in [
        wire::CatalogueOrder::Unspecified,
        wire::CatalogueOrder::Updated,
    ] {
        let list = wire::ListCatalogueRequest {
            order: order.into(),
            ..Default::default()
        };
        answers.push(whole(anyone.list_catalogue(list).await.unwrap()));
    }
    let search = |query: &str| wire::SearchCatalogueRequest {
        query: query.to_owned(),
        ..Default::default()
    };
    let found = anyone.search_catalogue(search("光刻胶树脂")).await.unwrap();
    assert_eq!(found.get_ref().found, 1);
    answers.push(whole(found));
    for nothing in [NAME, HOME] {
        let found = anyone.search_catalogue(search(nothing)).await.unwrap();
        assert_eq!(found.get_ref().found, 0, "{nothing}");
    }
    let mut dialogue = node.dialogue(Role::Expert);
    let file = dialogue.get_roadshow_calendar(file).await.unwrap();
    answers.push(whole(file));
    answers
}

#[tokio::test]
async fn no_public_answer_tells_region_demand_demander_or_trace_whoever_gives_it() {
    let started = told_of().await;
    let secrets = [
        HOME.to_owned(),
        NAME.to_owned(),
        DEMANDER.to_string(),
        SOLVER.to_string(),
        demand(1).to_string(),
        started.posting_id.clone(),
        "traceparent".to_owned(),
    ];
    let nodes = &started.nodes;
    for node in [&nodes.hub, &nodes.home, &nodes.solver] {
        let answers = answers(&started, node).await;
        for secret in &secrets {
            let told = |bytes: &Vec<u8>| {
                let mut windows = bytes.windows(secret.len());
                windows.any(|window| window == secret.as_bytes())
            };
            assert!(!answers.iter().any(told), "{secret}");
        }
        // But for the file, which says when it was made.
        let at_hub = self::answers(&started, &nodes.hub).await;
        assert_eq!(answers[..4], at_hub[..4], "alike everywhere");
    }
}
