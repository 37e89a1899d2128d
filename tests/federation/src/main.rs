//! The federation for people and outside clients: `federation up`, then `token`, `clock`, `cut`, …

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use federation::{
    Durability, Federation, Manifest, Persona,
    control::{self, Order},
};
use regulation::{ExpertId, Region, Role, UnitId};
use serde::{
    Deserialize as _,
    de::{IntoDeserializer as _, value::StrDeserializer},
};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Boots a federation of whole nodes on this machine, and gives orders to one that is up.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Boots a federation and stays up until Ctrl-C.
    Up(Up),
    /// Prints a token with which somebody calls the services of their node.
    Token(Token),
    /// Moves the domain's clock: +30d, +12h, 2024-10-01, 2024-10-01T09:00:00+08:00.
    Clock {
        #[command(flatten)]
        at: At,
        /// Where to.
        to: String,
    },
    /// Cuts a region off.
    Cut(Wire),
    /// Cuts a region off, but leaves its connections standing.
    Freeze(Wire),
    /// Undoes cut and freeze.
    Heal(Wire),
    /// Slows a region's wires down.
    Delay {
        #[command(flatten)]
        wire: Wire,
        /// So many milliseconds one way.
        milliseconds: u64,
    },
    /// kill -9 of a service, or of postgres or nats.
    Kill(Process),
    /// Starts a service, or postgres or nats, again.
    Restart(Process),
    /// Waits until everything that was said has been heard.
    Quiet {
        #[command(flatten)]
        at: At,
        /// At most so many seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Shows what runs and what waits.
    Status(At),
}

#[derive(Args)]
struct At {
    /// The federation's manifest.
    #[arg(long, env = "FEDERATION_MANIFEST", default_value = "federation.json")]
    manifest: PathBuf,
}

#[derive(Args)]
struct Wire {
    #[command(flatten)]
    at: At,
    /// Which region.
    region: Region,
}

#[derive(Args)]
struct Process {
    #[command(flatten)]
    at: At,
    /// On which node.
    region: Region,
    /// A service, or postgres or nats.
    service: String,
}

#[derive(Args)]
struct Up {
    #[command(flatten)]
    at: At,
    /// The regions; the hub is always there.
    #[arg(long, value_delimiter = ',', default_value = "sh,js,zj,ah")]
    regions: Vec<Region>,
    /// The services of every node; by default all.
    #[arg(long, value_delimiter = ',')]
    services: Vec<String>,
    /// The domain's time at the start.
    #[arg(long, default_value = "2024-09-02T01:00:00Z")]
    clock: String,
    /// Where everything lies (has to be empty); by default a place for temporary files.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Leave the directory behind.
    #[arg(long)]
    keep: bool,
    /// Folder of the policy versions; by default the project's.
    #[arg(long)]
    policies: Option<PathBuf>,
    /// Where the services' binaries are; by default beside this one.
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Let commits survive a power cut, as in production.
    #[arg(long)]
    durable: bool,
    /// Filter of the services' logs.
    #[arg(long)]
    log: Option<String>,
}

#[derive(Args)]
struct Token {
    #[command(flatten)]
    at: At,
    /// At which node.
    #[arg(long)]
    region: Region,
    /// As what, such as officer, director, `task_force`, `unit_member` or operator.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The person's account.
    #[arg(long)]
    person: Option<String>,
    /// The unit they act for.
    #[arg(long)]
    unit: Option<UnitId>,
    /// The expert they are.
    #[arg(long)]
    expert: Option<ExpertId>,
}

fn role(text: &str) -> Result<Role, String> {
    let text: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    Role::deserialize(text).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .context("no runtime")
        .and_then(|runtime| runtime.block_on(run(command)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Up(up) => self::up(up).await,
        Command::Token(token) => print_token(token),
        Command::Clock { at, to } => give(&at, Order::Clock { to }).await,
        Command::Cut(Wire { at, region }) => give(&at, Order::Cut { region }).await,
        Command::Freeze(Wire { at, region }) => give(&at, Order::Freeze { region }).await,
        Command::Heal(Wire { at, region }) => give(&at, Order::Heal { region }).await,
        Command::Delay {
            wire: Wire { at, region },
            milliseconds,
        } => {
            give(
                &at,
                Order::Delay {
                    region,
                    milliseconds,
                },
            )
            .await
        }
        Command::Kill(Process {
            at,
            region,
            service,
        }) => give(&at, Order::Kill { region, service }).await,
        Command::Restart(Process {
            at,
            region,
            service,
        }) => give(&at, Order::Restart { region, service }).await,
        Command::Quiet { at, seconds } => give(&at, Order::Quiet { seconds }).await,
        Command::Status(at) => give(&at, Order::Status).await,
    }
}

async fn give(at: &At, order: Order) -> anyhow::Result<()> {
    let manifest = Manifest::read(&at.manifest)?;
    println!("{}", control::give(&manifest.control, &order).await?);
    Ok(())
}

fn print_token(token: Token) -> anyhow::Result<()> {
    let manifest = Manifest::read(&token.at.manifest)?;
    let mut persona = Persona::new(token.region, token.role);
    if let Some(person) = token.person {
        persona = persona.named(person);
    }
    if let Some(unit) = token.unit {
        persona = persona.of_unit(unit);
    }
    if let Some(expert) = token.expert {
        persona = persona.as_expert(expert);
    }
    println!(
        "{}",
        persona.token(&manifest.node(token.region)?.console_key())?
    );
    Ok(())
}

async fn up(up: Up) -> anyhow::Result<()> {
    let mut end = End::listen()?;
    let file = up.at.manifest.clone();
    let federation = tokio::select! {
        booted = builder(up).boot() => booted?,
        () = end.asked() => return Ok(()),
    };
    federation.manifest().await.write(&file)?;
    eprintln!("up, until Ctrl-C; {} says what runs where", file.display());
    let served = tokio::select! {
        served = control::serve(&federation, Some(file.clone())) => served,
        () = end.asked() => Ok(()),
    };
    eprintln!("ending");
    let removed = std::fs::remove_file(&file).context("removing the manifest");
    let ended = tokio::select! {
        ended = federation.shutdown() => ended,
        // Asked again: what is left is killed.
        () = end.asked() => Ok(()),
    };
    served.and(removed).and(ended)
}

/// The signals that ask this process to end.
struct End {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl End {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

fn builder(up: Up) -> federation::Builder {
    let started = std::time::Instant::now();
    let report = move |line: &str| {
        let seconds = Duration::as_secs_f32(&started.elapsed());
        eprintln!("{seconds:5.1} s  {line}");
    };
    let mut builder = Federation::builder()
        .regions(up.regions)
        .clock_starts(up.clock)
        .keep(up.keep)
        .report(report)
        .durability(if up.durable {
            Durability::Full
        } else {
            Durability::Fast
        });
    if !up.services.is_empty() {
        builder = builder.services(up.services);
    }
    if let Some(directory) = up.dir {
        builder = builder.directory(directory);
    }
    if let Some(directory) = up.policies {
        builder = builder.policies(directory);
    }
    if let Some(directory) = up.programs {
        builder = builder.programs(directory);
    }
    if let Some(filter) = up.log {
        builder = builder.log(filter);
    }
    builder
}
