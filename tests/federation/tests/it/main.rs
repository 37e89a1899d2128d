//! The harness itself: what it boots is ready, obeys, and leaves nothing behind.
//!
//! The services' binaries have to be built before: `cargo build -p intake -p registry -p evaluation
//! -p coordination -p matching -p exchange`.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod admission;
mod border;
mod by_hand;
mod catalogue;
mod cut_off;
mod in_process;
mod joint;

use std::{path::Path, time::Duration};

use federation::Manifest;
use testkit::eventually;

/// Enough to see a node at work.
const SERVICES: [&str; 2] = ["intake", "registry"];

/// Whether a process of this id is still at work.
fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // One that nobody has waited for yet has ended all the same.
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

/// Every process of the federation: the services', and what servers said of themselves.
fn pids(manifest: &Manifest) -> Vec<u32> {
    let mut pids: Vec<u32> = Vec::new();
    for node in manifest.nodes.values() {
        pids.extend(node.services.values().filter_map(|service| service.pid));
        let postmaster = node.directory.join("postgres/data/postmaster.pid");
        let first = std::fs::read_to_string(postmaster).unwrap();
        pids.push(first.lines().next().unwrap().parse().unwrap());
        pids.extend(children_named(&node.directory.join("nats")));
    }
    pids
}

/// Processes whose command line names this directory.
fn children_named(directory: &Path) -> Vec<u32> {
    let name = directory.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let named = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(name)
    };
    numbers.filter(named).collect()
}

async fn all_end(pids: Vec<u32>) {
    assert!(pids.iter().copied().all(runs), "they ran before");
    let ended = async || (!pids.iter().copied().any(runs)).then_some(());
    eventually(Duration::from_secs(20), ended, "every process to end")
        .await
        .unwrap();
}
