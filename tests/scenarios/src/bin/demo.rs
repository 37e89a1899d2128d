//! Boots the federation and plays the whole way: what `scripts/demo` runs.

use std::{process::ExitCode, time::Instant};

use anyhow::Context as _;
use clap::Parser;
use federation::Federation;
use regulation::Region;
use scenarios::{Way, addresses};

/// The day on which the federation's clock starts.
const CLOCK_STARTS: &str = "2024-09-02T01:00:00Z";

#[derive(Parser)]
struct Arguments {
    /// End after the summary instead of staying up.
    #[arg(long)]
    once: bool,
    /// The departments' nodes.
    #[arg(long, value_delimiter = ',', default_value = "sh,js,zj,ah")]
    regions: Vec<Region>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(play(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n演示未完成：{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn play(arguments: Arguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let federation = Federation::builder()
        .regions(arguments.regions)
        .clock_starts(CLOCK_STARTS)
        .report(|line| println!("  {line}"))
        .boot()
        .await?;
    println!("联邦已就绪（{:.0} 秒）", started.elapsed().as_secs_f64());
    let outcome = way(&federation, arguments.once).await;
    federation.shutdown().await?;
    outcome
}

async fn way(federation: &Federation, once: bool) -> anyhow::Result<()> {
    let mut way = Way::begin(federation, |line| println!("{line}"))?;
    way.first_half().await?;
    way.second_half().await?;
    way.verify().await.context("step 10")?;
    way.after_the_policy_has_ended().await?;
    println!("\n小结（均为各服务实查数据）\n{}", way.summary);
    println!("{}", federation.describe().await);
    println!("打开\n{}", addresses(&federation.manifest().await));
    if !once {
        println!("\n按 Ctrl-C 结束。");
        tokio::signal::ctrl_c().await?;
    }
    Ok(())
}
