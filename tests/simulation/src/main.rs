//! Tells random histories: one by its seed, or very many.

use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use simulation::{
    coverage::{RARE, table},
    run::{self, Series},
    story::{Plot, Scenes, tell},
};

/// Random histories of the whole federation, and what must hold in each.
#[derive(Debug, Parser)]
struct Arguments {
    /// The history to tell, or the first of many.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many histories to tell.
    #[arg(long, default_value_t = 1)]
    histories: u64,
    /// Prints every line of a history.
    #[arg(long)]
    verbose: bool,
    /// Tells how many of the histories reach each method, fact, state, message, timer and rule of
    /// the services: all that is rare, or everything with --verbose.
    #[arg(long)]
    coverage: bool,
    /// Looks for the shortest form of a history that fails, and tells that.
    #[arg(long)]
    shorten: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.histories > 1 {
        many(&arguments)
    } else {
        one(&arguments)
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn one(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let scenes = Scenes::set().map_err(|breach| anyhow::anyhow!("{breach}"))?;
    let mut plot = Plot {
        verbose: arguments.verbose,
        ..Plot::of(arguments.seed)
    };
    if arguments.shorten {
        plot = run::shortest(&scenes, &plot);
    }
    let Some(ending) = tell(&scenes, &plot) else {
        anyhow::bail!("no scene for seed {}", arguments.seed);
    };
    for line in &ending.lines {
        println!("{line}");
    }
    println!("seed {}: {:?}", arguments.seed, ending.stages);
    match ending.breach {
        None => Ok(ExitCode::SUCCESS),
        Some((breach, step)) => {
            println!("broken after step {step:?}: {breach}");
            Ok(ExitCode::FAILURE)
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn many(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta}")?;
    let bar = ProgressBar::new(arguments.histories).with_style(style);
    let series = Series {
        first: arguments.seed,
        covered: arguments.coverage,
        ..Series::first(arguments.histories)
    };
    let report = run::many(series, || bar.inc(1)).map_err(|breach| anyhow::anyhow!("{breach}"))?;
    bar.finish_and_clear();
    if arguments.coverage {
        coverage(&report, arguments.verbose);
    }
    for (stage, reached) in &report.reached {
        println!("{stage:?}: {reached} ({} %)", report.share(*stage));
    }
    for failure in &report.failures {
        println!("seed {}: {}", failure.seed, failure.breach);
    }
    println!(
        "{} histories, {} failed",
        report.histories,
        report.failures.len()
    );
    Ok(if report.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The rarest first, each kind of thing by itself.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn coverage(report: &run::Report, all: bool) {
    let rows = table(&report.seen);
    let rare = |count: u64| count * RARE < report.histories;
    for (item, count) in rows.iter().filter(|(_, count)| all || rare(*count)) {
        println!("{count:8} {item}");
    }
    let rarely = rows.iter().filter(|(_, count)| rare(*count)).count();
    println!(
        "{} things, {rarely} of them in less than one history of {RARE}",
        rows.len()
    );
}
