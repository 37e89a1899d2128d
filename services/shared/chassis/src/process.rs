//! What every process does, with or without a journal: configuration, telemetry, signals, exit.

use std::{future::Future, path::PathBuf, process::ExitCode};

use clap::Parser;
use serde::{Serialize, de::DeserializeOwned};
use tracing::{error, info};

use crate::{
    admin::{self, Ready},
    config::Config,
    http,
    lifecycle::Lifecycle,
    status, telemetry,
};

/// Exit status for a configuration that can't be used (`EX_CONFIG`).
const EXIT_CONFIG: u8 = 78;

#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The process's configuration file (TOML).
    #[arg(long)]
    config: PathBuf,
    /// Print the configuration in force, without secrets, and end.
    #[arg(long)]
    print_config: bool,
}

/// A process that has its configuration and can be asked whether it is ready.
pub struct Process<S> {
    /// Its configuration.
    pub config: Config<S>,
    /// Owns its tasks.
    pub lifecycle: Lifecycle,
    /// To be set once everything is up.
    pub ready: Ready,
}

/// Runs a process to its end: `start` gets it going and returns; what it spawned goes on until a
/// signal comes or one of the tasks fails.
pub fn run<S, F>(name: &'static str, start: impl FnOnce(Process<S>) -> F) -> ExitCode
where
    S: Serialize + DeserializeOwned + Clone,
    F: Future<Output = anyhow::Result<()>>,
{
    let arguments = Arguments::parse();
    let config = match Config::<S>::read(&arguments.config) {
        Ok(config) => config,
        Err(error) => return refuse(&status::chain(&error)),
    };
    if arguments.print_config {
        return match config.print() {
            Ok(text) => {
                println!("{text}");
                ExitCode::SUCCESS
            }
            Err(error) => refuse(&error.to_string()),
        };
    }
    // Services wait for IO far more than they compute: two threads serve a node's load.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(live(name, config, start)),
        Err(error) => refuse(&error.to_string()),
    }
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::from(EXIT_CONFIG)
}

async fn live<S, F>(
    name: &'static str,
    config: Config<S>,
    start: impl FnOnce(Process<S>) -> F,
) -> ExitCode
where
    S: Clone,
    F: Future<Output = anyhow::Result<()>>,
{
    let observation = match telemetry::start(&config.telemetry, name, config.region) {
        Ok(observation) => observation,
        Err(error) => return refuse(&status::chain(&error)),
    };
    let lifecycle = Lifecycle::default();
    let ready = Ready::default();
    let routes = admin::router(ready.clone(), observation.metrics());
    let admin = config.admin.listen;
    let process = Process {
        config,
        lifecycle: lifecycle.clone(),
        ready: ready.clone(),
    };
    let outcome = async {
        http::serve(&lifecycle, "admin", admin, routes).await?;
        start(process).await?;
        info!(service = name, "up");
        anyhow::Ok(lifecycle.run().await?)
    }
    .await;
    ready.set(false);
    observation.flush().await;
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            error!(error = format!("{reason:#}"), "could not start");
            eprintln!("{name} could not start: {reason:#}");
            ExitCode::FAILURE
        }
    }
}
