//! Every page in a real browser: nothing sticks out, everything can be read, named and reached by
//! keyboard, light and dark, wide and narrow; and the content policy forbids nothing of it.

use std::{path::PathBuf, time::Duration};

use axum::{
    Router,
    http::header,
    response::{Html, IntoResponse as _},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use console::site;
use serde_json::{Value, json};

use crate::{away, chromium::Browser, gallery};

/// Widths and heights: a desk, and a small telephone.
const SCREENS: [(&str, u32, u32); 2] = [("wide", 1280, 900), ("narrow", 320, 700)];
const SCHEMES: [&str; 2] = ["light", "dark"];
/// What a page says is wrong with it.
const AUDIT: &str = include_str!("audit.js");
/// How long all pages may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);

#[tokio::test]
async fn every_page_can_be_read_named_and_reached_on_every_screen() {
    let Some(mut browser) = Browser::open().await else {
        eprintln!("no chromium here: the pages are not looked at in a browser");
        return;
    };
    let pages = gallery::pages();
    let (at, served) = serve(&pages).await;
    let all = async {
        let mut wrong = Vec::new();
        let samples = pages
            .iter()
            .map(|(name, _)| (*name, format!("/sample/{name}")));
        // And what the site says by itself while its services are away.
        let own = [("home", "/"), ("nowhere", "/nowhere")];
        let own = own.map(|(name, path)| (name, path.to_owned()));
        for (name, path) in samples.chain(own) {
            for scheme in SCHEMES {
                for screen in SCREENS {
                    let found =
                        look(&mut browser, &format!("{at}{path}"), name, scheme, screen).await;
                    wrong.extend(
                        found
                            .into_iter()
                            .map(|what| format!("{name}, {scheme}, {}: {what}", screen.0)),
                    );
                }
            }
        }
        wrong
    };
    let wrong = tokio::select! {
        wrong = tokio::time::timeout(PATIENCE, all) => wrong.unwrap(),
        () = served => unreachable!("it serves as long as it is asked"),
    };
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Opens a page, keeps a picture of it, and says what is wrong with it.
async fn look(
    browser: &mut Browser,
    address: &str,
    name: &str,
    scheme: &str,
    (screen, width, height): (&str, u32, u32),
) -> Vec<String> {
    let metrics =
        json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
    browser
        .ask("Emulation.setDeviceMetricsOverride", metrics)
        .await;
    let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
    browser.ask("Emulation.setEmulatedMedia", media).await;
    browser.visit(address).await;
    let shot = json!({"format": "png", "captureBeyondViewport": true});
    let shot = browser.ask("Page.captureScreenshot", shot).await;
    let png = BASE64_STANDARD
        .decode(shot["data"].as_str().unwrap())
        .unwrap();
    std::fs::write(
        pictures().join(format!("{name}-{scheme}-{screen}.png")),
        png,
    )
    .unwrap();
    let mut wrong = strings(&browser.evaluate(AUDIT).await);
    // That a page is not there is said of the page itself, too.
    let complaints = browser.complaints().into_iter();
    wrong.extend(complaints.filter(|what| !what.contains("/nowhere")));
    wrong
}

/// Where the pictures are, for people who want to look.
fn pictures() -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console-pages");
    std::fs::create_dir_all(&place).unwrap();
    place
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The pages under the headers that the site gives every page, beside its style sheet.
async fn serve(pages: &[(&'static str, String)]) -> (String, impl Future<Output = ()>) {
    let policy = away::content_policy().await;
    let mut routes = Router::new();
    for (name, page) in pages {
        let (page, policy) = (page.clone(), policy.clone());
        let show = move || {
            let answer = (
                [(header::CONTENT_SECURITY_POLICY, policy.clone())],
                Html(page.clone()),
            );
            async move { answer.into_response() }
        };
        routes = routes.route(&format!("/sample/{name}"), get(show));
    }
    let routes = routes.fallback_service(site(away::node()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    (
        at,
        async move { axum::serve(listener, routes).await.unwrap() },
    )
}

#[tokio::test]
async fn a_page_is_reached_by_keyboard_alone_its_content_first_of_all() {
    let Some(mut browser) = Browser::open().await else {
        return;
    };
    let pages = gallery::pages();
    let (at, served) = serve(&pages).await;
    tokio::select! {
        () = reach_everything(&mut browser, &at) => {},
        () = served => unreachable!("it serves as long as it is asked"),
    }
}

/// From link to link: each is seen when it is reached, and the first leads to the content.
async fn reach_everything(browser: &mut Browser, at: &str) {
    browser.visit(&format!("{at}/sample/catalogue")).await;
    let focus = "(() => { const e = document.activeElement; const s = getComputedStyle(e); \
                 return [e.textContent || e.name || '', s.outlineStyle, e.getBoundingClientRect().left >= 0]; })()";
    let count =
        "document.querySelectorAll('a[href], button, input:not([type=hidden]), select').length";
    let count = browser.evaluate(count).await.as_u64().unwrap();
    for step in 0..count {
        browser.press_tab().await;
        let found = browser.evaluate(focus).await;
        if step == 0 {
            assert_eq!(found[0], "跳到正文");
        }
        assert_ne!(found[1], "none", "step {step} is not seen: {found}");
        assert_eq!(found[2], true, "step {step} is off the screen: {found}");
    }
}
