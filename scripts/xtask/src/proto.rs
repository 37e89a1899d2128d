//! Generated proto code: committed, so that a clone builds without protoc, and checked for drift.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use prost::Message as _;

/// Generates into `proto/src/gen`, or compares with what is there.
pub(crate) fn run(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../proto")
        .canonicalize()?;
    let committed = root.join("src/gen");
    if !check {
        fs::create_dir_all(&committed)?;
        return generate(&root, &committed);
    }
    let fresh = std::env::temp_dir().join(format!("jiebang-proto-{}", std::process::id()));
    fs::create_dir_all(&fresh)?;
    let outcome = generate(&root, &fresh).and_then(|()| compare(&committed, &fresh));
    fs::remove_dir_all(&fresh)?;
    outcome
}

fn generate(root: &Path, out: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(&root.join("jiebang"), &mut files)?;
    files.sort();
    let set = protox::compile(&files, [root]).context("the proto files do not compile")?;
    fs::write(out.join("descriptors.bin"), set.encode_to_vec())?;
    tonic_prost_build::configure()
        .out_dir(out)
        .include_file("mod.rs")
        .build_transport(true)
        .btree_map(".")
        .compile_fds(set)
        .context("no code could be generated")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

fn compare(committed: &Path, fresh: &Path) -> Result<()> {
    ensure!(
        contents(committed)? == contents(fresh)?,
        "proto/src/gen is not what proto/ generates: run `cargo xtask proto` and commit"
    );
    Ok(())
}

fn contents(folder: &Path) -> Result<BTreeMap<std::ffi::OsString, Vec<u8>>> {
    fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            Ok((entry.file_name(), fs::read(entry.path())?))
        })
        .collect()
}
