//! Chores of the workspace, where a shell script would end: `cargo xtask --help`.

mod law;
mod proto;
mod rules;
mod sqlx;

use clap::Parser;

#[derive(Parser)]
enum Chore {
    /// Checks that the arrows between our crates go one way.
    Law,
    /// Checks that every rule is applied, and named by a test.
    Rules,
    /// Generates the Rust code of `proto/` (no protoc needed).
    Proto {
        /// Change nothing; fail if the committed code is not what would be generated.
        #[arg(long)]
        check: bool,
    },
    /// Writes what sqlx knows of the crates' queries (`.sqlx/`), with a throw-away `PostgreSQL`.
    Sqlx {
        /// Change nothing; fail if what is committed is not what would be written.
        #[arg(long)]
        check: bool,
        /// Only these; all that have migrations if none is named.
        crates: Vec<String>,
        /// What builds them, if not `cargo check`: with the lints, say, nothing is built twice.
        #[arg(last = true)]
        build: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Chore::parse() {
        Chore::Law => law::run(),
        Chore::Rules => rules::run(),
        Chore::Proto { check } => proto::run(check),
        Chore::Sqlx {
            check,
            crates,
            build,
        } => sqlx::run(check, &crates, &build),
    }
}
