//! What sqlx knows of each crate's queries (`.sqlx/`): committed, so that a clone builds without a
//! database, made against a throw-away `PostgreSQL`, and checked for drift.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use ::sqlx::migrate::Migrator;
use anyhow::{Context as _, Result, ensure};
use testkit::{Durability, Postgres};

/// Whose tables every service's database has.
const EVERYWHERE: [&str; 2] = ["services/shared/journal", "services/shared/chassis"];

/// Writes the `.sqlx/` of `crates` (all that have migrations if none is named), or compares.
pub(crate) fn run(check: bool, crates: &[String]) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let all = with_migrations(&root)?;
    for name in crates {
        ensure!(
            all.contains_key(name),
            "no crate {name} with a folder migrations/"
        );
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(Postgres::start(Durability::Fast))?;
    for (name, folder) in all {
        if !crates.is_empty() && !crates.contains(&name) {
            continue;
        }
        runtime
            .block_on(create_database(&server, &root, &name, &folder))
            .with_context(|| format!("the migrations of {name}"))?;
        let fresh = prepare(&root, &name, &folder, &server.url(&name))?;
        if check {
            compare(&name, &folder.join(".sqlx"), &fresh)?;
        } else {
            replace(&folder.join(".sqlx"), &fresh)?;
        }
        fs::remove_dir_all(fresh)?;
    }
    Ok(())
}

/// Every crate with migrations by its name, which is its folder's.
fn with_migrations(root: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    for parent in ["services", "services/shared"] {
        for entry in fs::read_dir(root.join(parent))? {
            let folder = entry?.path();
            if let Some(name) = folder.file_name().and_then(|name| name.to_str())
                && folder.join("migrations").is_dir()
            {
                found.insert(name.to_owned(), folder.clone());
            }
        }
    }
    Ok(found)
}

/// A database with the tables that every service has and the crate's own. The migrations are read
/// from their files: this program must build while a crate's queries do not.
async fn create_database(server: &Postgres, root: &Path, name: &str, folder: &Path) -> Result<()> {
    let mut folders: Vec<_> = EVERYWHERE.iter().map(|shared| root.join(shared)).collect();
    if !folders.iter().any(|shared| shared == folder) {
        folders.push(folder.to_owned());
    }
    let mut migrations = Vec::new();
    for folder in folders {
        let read = Migrator::new(folder.join("migrations")).await?;
        migrations.extend(read.iter().cloned());
    }
    server
        .create_database(name, Some(&Migrator::with_migrations(migrations)))
        .await
}

/// Builds the crate with its queries checked by the database; gives the folder of what that wrote.
fn prepare(root: &Path, name: &str, folder: &Path, url: &str) -> Result<PathBuf> {
    let fresh = root.join("target/sqlx").join(name);
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    touch(&folder.join("src/lib.rs"))?;
    let directory = fresh.to_str().context("the checkout's path is not UTF-8")?;
    let online = [
        ("DATABASE_URL", url),
        ("SQLX_OFFLINE", "false"),
        ("SQLX_OFFLINE_DIR", directory),
    ];
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["check", "--quiet", "--package", name])
        .envs(online)
        .status()?;
    ensure!(status.success(), "{name} does not build");
    // What it stands on may be built on the way, and leaves its queries among the crate's; a query
    // that both have is told apart by what is committed.
    let own = contents(&folder.join(".sqlx"))?;
    for shared in EVERYWHERE.map(|shared| root.join(shared)) {
        if shared == folder {
            break;
        }
        for other in contents(&shared.join(".sqlx"))?.keys() {
            let stray = fresh.join(other);
            if stray.exists() && !own.contains_key(other) {
                fs::remove_file(stray)?;
            }
        }
    }
    Ok(fresh)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time of a file, so that cargo builds it anew"
)]
fn touch(file: &Path) -> Result<()> {
    let open = fs::File::options().append(true).open(file);
    open.and_then(|file| file.set_modified(SystemTime::now()))
        .with_context(|| file.display().to_string())
}

fn compare(name: &str, committed: &Path, fresh: &Path) -> Result<()> {
    ensure!(
        contents(committed)? == contents(fresh)?,
        "{} is not what its queries and migrations give: run `cargo xtask sqlx {name}` and commit",
        committed.display()
    );
    Ok(())
}

fn replace(committed: &Path, fresh: &Path) -> Result<()> {
    fs::create_dir_all(committed)?;
    let new = contents(fresh)?;
    for name in contents(committed)?
        .keys()
        .filter(|name| !new.contains_key(*name))
    {
        fs::remove_file(committed.join(name))?;
    }
    for (name, text) in new {
        fs::write(committed.join(name), text)?;
    }
    Ok(())
}

fn contents(folder: &Path) -> Result<BTreeMap<OsString, Vec<u8>>> {
    if !folder.exists() {
        return Ok(BTreeMap::new());
    }
    fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            Ok((entry.file_name(), fs::read(entry.path())?))
        })
        .collect()
}
