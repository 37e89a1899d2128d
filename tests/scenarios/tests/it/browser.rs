//! A real browser opens the pages, and has nothing to object to.

use std::{process::Stdio, time::Duration};

use regulation::Region;
use scenarios::Way;
use tokio::process::Command;

/// How long a browser may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// Nothing but the page: no updates, no profile of anybody.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // What the console of the browser says goes to stderr.
    "--enable-logging=stderr",
    "--dump-dom",
];

/// The catalogue and the status as a browser has them after drawing.
pub(crate) async fn draws_the_pages(way: &Way<'_>) {
    let manifest = way.federation.manifest().await;
    let console = manifest.nodes[&Region::HUB].console.clone().unwrap();
    let last = way.published.last().unwrap();
    for (path, expected) in [
        ("catalogue".to_owned(), last.public_number.as_str()),
        (format!("catalogue/{}", last.public_number), "对外揭榜任务"),
        ("decisions".to_owned(), "现行有效"),
        ("policy".to_owned(), "政策与解释"),
        ("status".to_owned(), "跨区域清单"),
    ] {
        let Some((dom, said)) = open(&format!("{console}{path}")).await else {
            eprintln!("no chromium here: the pages are not looked at in a browser");
            return;
        };
        assert!(dom.contains(expected), "no {expected} in {path}: {dom}");
        for objection in [
            "Content Security Policy",
            "Refused to",
            "Failed to load resource",
        ] {
            assert!(!said.contains(objection), "{path}: {said}");
        }
    }
}

/// The page after drawing and what the browser said of it; nothing if there is no browser.
async fn open(address: &str) -> Option<(String, String)> {
    let profile = testkit::Place::new().unwrap();
    let child = Command::new("chromium")
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let child = match child {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        child => child.unwrap(),
    };
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output());
    let output = output.await.unwrap().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some((text(output.stdout), text(output.stderr)))
}
