//! The whole site while no service of the node answers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use chassis::{
    client::{AsService, Peers},
    token::TokenSigner,
};
use console::{Node, site};
use regulation::{Policy, Region, YRD_2023_1, YRD_2024_1};
use tower::ServiceExt as _;

/// A key that signs nothing anybody believes.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
-----END PRIVATE KEY-----
";
/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:1";
/// Services that pages ask.
const SERVICES: [&str; 5] = [
    "matching",
    "coordination",
    "exchange",
    "evaluation",
    "intake",
];

fn peers(names: &[&str], at: &str) -> Peers {
    let signer = TokenSigner::from_pem("console", Region::JS, KEY).unwrap();
    let addresses: BTreeMap<_, _> = names
        .iter()
        .map(|name| ((*name).to_owned(), at.to_owned()))
        .collect();
    let caller = AsService::new(Arc::new(signer), "console", Region::JS);
    Peers::new(addresses, caller)
}

/// A node whose services are all at one address.
fn node_with(at: &str) -> Node {
    let policies = [YRD_2023_1, YRD_2024_1].map(|text| Arc::new(Policy::parse(text).unwrap()));
    Node::new(Region::JS, &peers(&SERVICES, at), policies.into()).unwrap()
}

pub(crate) fn node() -> Node {
    node_with(NOBODY)
}

/// The content policy under which every page is served.
pub(crate) async fn content_policy() -> String {
    let response = ask(node(), Method::GET, "/nowhere").await;
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str();
    policy.unwrap().to_owned()
}

async fn ask(node: Node, method: Method, address: &str) -> Response {
    let request = Request::builder().method(method).uri(address);
    site(node)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

async fn get(address: &str) -> (StatusCode, String) {
    let node = node().showing_status(Duration::from_secs(20));
    let response = ask(node, Method::GET, address).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn every_page_stands_and_names_the_service_that_is_away() {
    for (address, status, named) in [
        ("/", StatusCode::OK, "需求对接服务（matching）"),
        (
            "/catalogue?text=a",
            StatusCode::SERVICE_UNAVAILABLE,
            "需求对接服务（matching）",
        ),
        (
            "/catalogue/2024-0001",
            StatusCode::SERVICE_UNAVAILABLE,
            "需求对接服务（matching）",
        ),
        (
            "/decisions",
            StatusCode::OK,
            "跨区域协调服务（coordination）",
        ),
        (
            "/decisions/00000000-0000-7000-8000-000000000001",
            StatusCode::SERVICE_UNAVAILABLE,
            "跨区域协调服务（coordination）",
        ),
        ("/policy", StatusCode::OK, "跨区域协调服务（coordination）"),
        ("/policy/yrd-2023-1", StatusCode::OK, "效力暂时无法核对"),
        (
            "/interpretations",
            StatusCode::OK,
            "跨区域协调服务（coordination）",
        ),
        (
            "/draws/00000000-0000-7000-8000-000000000001",
            StatusCode::SERVICE_UNAVAILABLE,
            "需求评估服务（evaluation）",
        ),
        ("/status", StatusCode::OK, "跨区域交换服务（exchange）"),
        ("/status", StatusCode::OK, "跨区域协调服务（coordination）"),
    ] {
        let (found, page) = get(address).await;
        assert_eq!(found, status, "{address}");
        assert!(page.contains(named), "{address}: {page}");
        assert!(page.contains("江苏节点"), "{address}: {page}");
    }
}

#[tokio::test]
async fn a_service_that_hangs_does_not_hang_the_page() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", silent.local_addr().unwrap());
    let node = node_with(&at).showing_status(Duration::from_secs(20));
    let within = |address| {
        let answer = ask(node.clone(), Method::GET, address);
        tokio::time::timeout(Duration::from_secs(9), answer)
    };
    let (status, catalogue) = tokio::join!(within("/status"), within("/catalogue"));
    assert_eq!(status.unwrap().status(), StatusCode::OK);
    assert_eq!(catalogue.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_makes_no_sense_is_answered_by_a_page_that_does_not_repeat_it() {
    let long = format!("/catalogue?text={}", "a".repeat(9_000));
    let words = format!("/catalogue?text={}", "a".repeat(201));
    for (address, status) in [
        ("/nowhere%3Cscript%3E", StatusCode::NOT_FOUND),
        ("/catalogue/%3Cscript%3E", StatusCode::NOT_FOUND),
        ("/catalogue?state=%3Cscript%3E", StatusCode::BAD_REQUEST),
        ("/catalogue?after=%3Cscript%3E", StatusCode::BAD_REQUEST),
        ("/catalogue?text=%FF", StatusCode::SERVICE_UNAVAILABLE),
        ("/catalogue?text=a&text=b", StatusCode::BAD_REQUEST),
        ("/catalogue?text=a%00b", StatusCode::BAD_REQUEST),
        ("/catalogue?text=a&after=script", StatusCode::BAD_REQUEST),
        ("/catalogue/figures/script.png", StatusCode::NOT_FOUND),
        ("/decisions?kind=script", StatusCode::BAD_REQUEST),
        ("/decisions?after=script", StatusCode::BAD_REQUEST),
        ("/decisions/script", StatusCode::NOT_FOUND),
        ("/decisions/script/document", StatusCode::NOT_FOUND),
        ("/interpretations?after=script", StatusCode::BAD_REQUEST),
        ("/policy/script", StatusCode::NOT_FOUND),
        ("/draws/script", StatusCode::NOT_FOUND),
        ("/draws/script/record", StatusCode::NOT_FOUND),
        (&long, StatusCode::URI_TOO_LONG),
        (&words, StatusCode::BAD_REQUEST),
    ] {
        let (found, page) = get(address).await;
        assert_eq!(found, status, "{address}");
        assert!(page.contains("<h1>") && !page.contains("<script"), "{page}");
        assert!(!page.contains("script"), "{page}");
    }
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_keep_everybody_else_out() {
    for address in ["/", "/status", "/nowhere", "/assets/console.css"] {
        let node = node().showing_status(Duration::from_secs(20));
        let response = ask(node, Method::GET, address).await;
        let header = |name| response.headers()[name].to_str().unwrap();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let cache = header("cache-control");
        assert_eq!(cache.starts_with("public"), address.starts_with("/assets/"));
    }
}

#[tokio::test]
async fn pages_need_nothing_that_the_policy_forbids() {
    for address in [
        "/",
        "/catalogue",
        "/decisions",
        "/interpretations",
        "/policy",
        "/status",
        "/nowhere",
    ] {
        let (_, page) = get(address).await;
        for forbidden in [
            "style=", "<script", "<style", "onclick", "http://", "https://",
        ] {
            assert!(
                !page.contains(forbidden),
                "{forbidden} in {address}: {page}"
            );
        }
    }
}

#[tokio::test]
async fn the_status_is_not_for_everybody_unless_the_node_says_so() {
    let response = ask(node(), Method::GET, "/status").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let home = ask(node(), Method::GET, "/").await;
    let body = to_bytes(home.into_body(), 1 << 20).await.unwrap();
    assert!(
        !String::from_utf8(body.to_vec())
            .unwrap()
            .contains("/status")
    );
}

#[tokio::test]
async fn nothing_can_be_changed_here() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::TRACE] {
        let response = ask(node(), method.clone(), "/catalogue").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{method}");
        assert!(
            response
                .headers()
                .contains_key(header::CONTENT_SECURITY_POLICY)
        );
    }
}

#[tokio::test]
async fn a_console_without_an_address_of_a_service_does_not_start() {
    for absent in SERVICES {
        let mut others = SERVICES.to_vec();
        others.retain(|name| *name != absent);
        let node = Node::new(Region::JS, &peers(&others, NOBODY), Vec::new());
        assert!(node.is_err(), "started without {absent}");
    }
}
