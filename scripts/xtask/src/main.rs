//! Chores of the workspace, where a shell script would end: `cargo xtask --help`.

mod proto;

use clap::Parser;

#[derive(Parser)]
enum Chore {
    /// Generates the Rust code of `proto/` (no protoc needed).
    Proto {
        /// Change nothing; fail if the committed code is not what would be generated.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Chore::parse() {
        Chore::Proto { check } => proto::run(check),
    }
}
