//! The dependency law: arrows between our crates go one way.

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// Which of our crates a crate may depend on, from the bottom up; dev-dependencies may also name
/// `testkit`. Services come on top of [`SERVICE`] and never name one another.
const SHARED: &[(&str, &[&str])] = &[
    ("regulation", &[]),
    ("proto", &["regulation"]),
    ("evidence", &["regulation", "proto"]),
    ("panel", &["regulation"]),
    ("recommend", &["regulation"]),
    ("anonymity", &["regulation"]),
    ("journal", &["regulation", "proto", "evidence"]),
    ("bus", &["regulation", "proto"]),
    (
        "chassis",
        &["regulation", "proto", "evidence", "journal", "bus"],
    ),
    (
        "draws",
        &[
            "regulation",
            "proto",
            "evidence",
            "panel",
            "journal",
            "chassis",
        ],
    ),
    ("testkit", &[]),
    ("cli", &["regulation", "proto", "evidence", "panel"]),
    ("xtask", &["testkit"]),
];
const SERVICE: &[&str] = &[
    "regulation",
    "proto",
    "evidence",
    "panel",
    "recommend",
    "anonymity",
    "journal",
    "draws",
    "bus",
    "chassis",
];

/// Checks every arrow of the workspace.
pub(crate) fn run() -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .output()
        .context("cargo metadata")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let broken = broken(&serde_json::from_slice(&output.stdout)?)?;
    ensure!(
        broken.is_empty(),
        "the dependency law is broken:\n  {}",
        broken.join("\n  ")
    );
    Ok(())
}

fn broken(metadata: &Value) -> Result<Vec<String>> {
    let packages = metadata["packages"].as_array().context("no packages")?;
    let ours: BTreeMap<&str, &Value> = packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, package)))
        .collect();
    let shared: BTreeMap<_, _> = SHARED.iter().copied().collect();
    let mut broken = Vec::new();
    for (name, package) in &ours {
        let path = package["manifest_path"].as_str().unwrap_or_default();
        // Tests stand above everything and may see everything.
        if path.contains("/tests/") {
            continue;
        }
        let allowed = shared.get(name).copied().unwrap_or(SERVICE);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().unwrap_or_default();
            let dev = dependency["kind"] == "dev";
            let fine = !ours.contains_key(to) || allowed.contains(&to) || (dev && to == "testkit");
            if !fine {
                broken.push(format!("{name} → {to}"));
            }
        }
    }
    Ok(broken)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn workspace(from: &str, to: &str, kind: Option<&str>) -> Value {
        let package = |name: &str, dependencies: Value| {
            json!({"name": name, "manifest_path": format!("/w/services/{name}/Cargo.toml"),
                   "dependencies": dependencies})
        };
        json!({"packages": [
            package(from, json!([{"name": to, "kind": kind}, {"name": "serde", "kind": null}])),
            package(to, json!([])),
        ]})
    }

    #[test]
    fn an_arrow_against_the_law_is_named() {
        for (from, to) in [
            ("intake", "fund"),
            ("regulation", "journal"),
            ("journal", "bus"),
        ] {
            let broken = broken(&workspace(from, to, None)).unwrap();
            assert_eq!(broken, [format!("{from} → {to}")]);
        }
        for (from, to, kind) in [
            ("intake", "chassis", None),
            ("journal", "testkit", Some("dev")),
            ("bus", "proto", None),
        ] {
            assert!(
                broken(&workspace(from, to, kind)).unwrap().is_empty(),
                "{from} → {to}"
            );
        }
    }
}
