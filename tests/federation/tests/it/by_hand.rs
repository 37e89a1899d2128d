//! A federation by the command line, as people have it.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use federation::Manifest;
use regulation::Region;
use testkit::{Place, eventually};

use crate::{SERVICES, all_end, pids};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_federation"))
}

fn up(file: &Path) -> Child {
    let mut command = program();
    command.args([
        "up",
        "--regions",
        "js",
        "--services",
        &SERVICES.join(","),
        "--manifest",
    ]);
    command.arg(file).stdout(Stdio::null()).spawn().unwrap()
}

async fn is_up(file: &Path) -> Manifest {
    let look = async || Manifest::read(file).ok();
    eventually(Duration::from_mins(2), look, "the manifest")
        .await
        .unwrap()
}

/// What the command says; `Err` with its complaint when it fails.
fn give(file: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = program();
    command.args(arguments).arg("--manifest").arg(file);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if status.success() {
        Ok(text(stdout))
    } else {
        Err(text(stderr))
    }
}

#[tokio::test]
async fn orders_are_carried_out_until_ctrl_c() {
    let place = Place::new().unwrap();
    let file = place.path().join("manifest.json");
    let mut child = up(&file);
    let manifest = is_up(&file).await;

    let token = give(&file, &["token", "--region", "js", "--role", "officer"]).unwrap();
    assert_eq!(token.trim().split('.').count(), 3, "{token}");
    let said = give(&file, &["clock", "2025-04-06"]).unwrap();
    assert!(said.contains("2025-04-05 16:00"), "{said}");
    give(&file, &["cut", "js"]).unwrap();
    assert!(give(&file, &["status"]).unwrap().contains("js is cut off"));
    give(&file, &["heal", "js"]).unwrap();
    give(&file, &["kill", "js", "intake"]).unwrap();
    assert_eq!(
        Manifest::read(&file).unwrap().nodes[&Region::JS].services["intake"].pid,
        None
    );
    give(&file, &["restart", "js", "intake"]).unwrap();
    give(&file, &["quiet"]).unwrap();
    for nonsense in [["cut", "gd"], ["clock", "+3w"]] {
        give(&file, &nonsense).unwrap_err();
    }

    let pids = pids(&Manifest::read(&file).unwrap());
    let asked = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(asked.unwrap().success());
    all_end(pids).await;
    assert!(child.wait().unwrap().success());
    assert!(!file.exists() && !manifest.directory.exists());
}

#[tokio::test]
async fn nothing_outlives_a_harness_that_is_killed() {
    let place = Place::new().unwrap();
    let file = place.path().join("manifest.json");
    let mut child = up(&file);
    let manifest = is_up(&file).await;
    let pids = pids(&manifest);
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = async || (!pids.iter().copied().any(crate::runs)).then_some(());
    eventually(Duration::from_secs(20), ended, "every process to end")
        .await
        .unwrap();
    // Nobody was left to do it.
    std::fs::remove_dir_all(manifest.directory).unwrap();
}
