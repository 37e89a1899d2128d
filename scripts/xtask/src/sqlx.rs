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

/// Writes the `.sqlx/` of `crates` (all that have migrations if none is named), or compares. What
/// builds them is `build`, or `cargo check` if that is empty.
pub(crate) fn run(check: bool, crates: &[String], build: &[String]) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let mut chosen = with_migrations(&root)?;
    for name in crates {
        ensure!(
            chosen.contains_key(name),
            "no crate {name} with a folder migrations/"
        );
    }
    chosen.retain(|name, _| crates.is_empty() || crates.contains(name));
    let runtime = tokio::runtime::Runtime::new()?;
    let server = runtime.block_on(Postgres::start(Durability::Fast))?;
    let mut online = Vec::new();
    for (name, folder) in &chosen {
        runtime
            .block_on(create_database(&server, &root, name, folder))
            .with_context(|| format!("the migrations of {name}"))?;
        online.push(Online::new(&root, name, folder, &server.url(name))?);
    }
    compile(&root, &chosen, build)?;
    for (online, (name, folder)) in online.iter().zip(&chosen) {
        let committed = folder.join(".sqlx");
        if check {
            compare(name, &committed, &online.described)?;
        } else {
            replace(&committed, &online.described)?;
        }
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

/// A crate whose queries are checked by its database for as long as this lives: the macros read the
/// `.env` beside its manifest, and write what they learn into a folder of its own.
struct Online {
    described: PathBuf,
    env: PathBuf,
    root: fs::File,
    modified: SystemTime,
}

impl Online {
    #[expect(
        clippy::disallowed_methods,
        reason = "the time of a file, so that cargo builds it anew"
    )]
    fn new(root: &Path, name: &str, folder: &Path, url: &str) -> Result<Self> {
        let described = root.join("target/sqlx").join(name);
        if described.exists() {
            fs::remove_dir_all(&described)?;
        }
        fs::create_dir_all(&described)?;
        let file = fs::File::options()
            .append(true)
            .open(folder.join("src/lib.rs"))
            .with_context(|| format!("the root of {name}"))?;
        let online = Self {
            described,
            env: folder.join(".env"),
            modified: file.metadata()?.modified()?,
            root: file,
        };
        let directory = online.described.to_str();
        let directory = directory.context("the checkout's path is not UTF-8")?;
        let lines = format!("DATABASE_URL={url}\nSQLX_OFFLINE_DIR='{directory}'\n");
        fs::write(&online.env, lines)?;
        online.root.set_modified(SystemTime::now())?;
        Ok(online)
    }
}

impl Drop for Online {
    /// Leaves the crate as it was found: what was built from it before is not built again.
    fn drop(&mut self) {
        let restored = fs::remove_file(&self.env).and(self.root.set_modified(self.modified));
        if let Err(error) = restored {
            eprintln!("{}: {error}", self.env.display());
        }
    }
}

/// Builds, with the macros free to ask a database.
fn compile(root: &Path, chosen: &BTreeMap<String, PathBuf>, build: &[String]) -> Result<()> {
    let mut command = match build {
        [] => {
            let mut check = Command::new(env!("CARGO"));
            check.args(["check", "--quiet"]);
            check.args(chosen.keys().map(|name| format!("--package={name}")));
            check
        }
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        }
    };
    command.current_dir(root).env("SQLX_OFFLINE", "false");
    command.env_remove("DATABASE_URL");
    command.env_remove("SQLX_OFFLINE_DIR");
    ensure!(command.status()?.success(), "it does not build");
    Ok(())
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
