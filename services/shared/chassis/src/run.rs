//! Runs a service: database, journal, bus, doors, relay, consumer, timers.

use std::{collections::BTreeSet, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use bus::{Bus, BusConfig, Failure, Outgoing, topology::WAIT_MAX};
use futures::FutureExt as _;
use journal::{JournalBuilder, OutboxRow};
use proto::{
    message::PublicEvent as _, node::v1::admin_service_server::AdminServiceServer,
    registry::v1::UnitStaffRecorded,
};
use regulation::{Actor, Region};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{PgPool, migrate::Migrator, postgres::PgConnectOptions};
use tonic::transport::server::TcpIncoming;
use tracing::{error, warn};

use crate::{
    admin::Admin,
    client::Peers,
    clock::{Clock, Ids},
    config::{Config, Database, Nats},
    desk::Desk,
    forget,
    gate::GateLayer,
    holidays,
    inbound::{Inbound, Outcome},
    lifecycle::Lifecycle,
    policy::Policies,
    process::{self, Process},
    service::{Service, hears},
    staff::{StaffBook, Unheard},
    standing::Standing,
    status,
    token::TokenVerifier,
    watermark::Underway,
};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The pass over the timers that nobody woke.
const TIMERS_PERIOD: Duration = Duration::from_secs(1);
/// The pass that seals new facts.
const SEAL_PERIOD: Duration = Duration::from_secs(5);

/// Runs the service `S` to its end: all that its `main` does.
pub fn run<S: Service>() -> ExitCode {
    process::run(S::NAME, start::<S>)
}

async fn start<S: Service>(process: Process<S::Settings>) -> anyhow::Result<()> {
    let Process {
        config,
        lifecycle,
        ready,
    } = process;
    let bus = connect_bus(config.nats.as_ref(), S::NAME, config.region).await?;
    let desk = desk::<S>(&config).await?;
    relay(&lifecycle, &desk, bus.clone());
    consume::<S>(&lifecycle, &desk, &bus).await?;
    timers(&lifecycle, &desk);
    forget::start(&lifecycle, &desk.journal, config.remember);
    serve::<S>(&lifecycle, &desk, &config).await?;
    S::start(&desk, &config.settings, &bus, &lifecycle).await?;
    ready.set(true);
    Ok(())
}

async fn connect_bus(config: Option<&Nats>, service: &str, region: Region) -> anyhow::Result<Bus> {
    let config = config.context("nats is missing from the configuration")?;
    let seed = std::fs::read_to_string(&config.nkey_seed_file)
        .with_context(|| format!("cannot read {}", config.nkey_seed_file.display()))?;
    let bus = Bus::connect(BusConfig {
        url: config.url.clone(),
        seed: SecretString::from(seed.trim().to_owned()),
        service: service.parse()?,
        region,
        tls: config.tls.clone().map(Into::into),
    })
    .await?;
    bus.ensure_stream().await?;
    Ok(bus)
}

async fn desk<S: Service>(config: &Config<S::Settings>) -> anyhow::Result<Desk> {
    if let Some(file) = &config.holidays_file {
        holidays::install(file)?;
    }
    let database = config
        .database
        .as_ref()
        .context("database is missing from the configuration")?;
    let pool = connect_database(database, S::migrations()).await?;
    let policies = Policies::load(&config.policy_directory, config.region, Some(&pool)).await?;
    let builder = JournalBuilder::new(|| Ids.random::<uuid::Uuid>());
    Ok(Desk {
        region: config.region,
        service: S::NAME,
        journal: S::journal(builder).build(pool.clone()),
        pool,
        clock: Clock::new(&config.clock),
        policies,
        peers: Peers::read(S::NAME, config)?,
        standing: Standing::Registry,
        underway: Underway::default(),
        timers: Arc::default(),
    })
}

/// Connects as the service's own role; as the owner first, where the configuration allows to
/// bring the database up to date.
async fn connect_database(config: &Database, service: &'static Migrator) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = config.url.expose_secret().parse()?;
    let all = all_migrations(service);
    if let Some(owner) = &config.owner_url {
        let owner = journal::connect(owner.expose_secret().parse()?, 1).await?;
        journal::migrate(&owner, &all)
            .await
            .context("migrations failed")?;
        journal::grant_app_role(&owner, options.get_username()).await?;
        owner.close().await;
    }
    let pool = journal::connect(options, config.pool_max).await?;
    let applied: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
        .fetch_one(&pool)
        .await
        .context("the database has never been migrated")?;
    let known = journal::migrations(&all).iter().count();
    ensure!(
        usize::try_from(applied).is_ok_and(|applied| applied >= known),
        "migrations are pending ({applied} of {known} are done): run them as the owner first"
    );
    Ok(pool)
}

/// The chassis' own tables and the service's.
pub fn all_migrations(service: &Migrator) -> Migrator {
    Migrator::with_migrations(MIGRATIONS.iter().chain(service.iter()).cloned().collect())
}

fn relay(lifecycle: &Lifecycle, desk: &Desk, bus: Bus) {
    let (outbox, stop, region) = (desk.journal.outbox(), lifecycle.stopping(), desk.region);
    lifecycle.spawn("relay", async move {
        outbox
            .relay(
                |rows| {
                    let bus = bus.clone();
                    async move { publish(&bus, region, rows).await }.boxed()
                },
                stop,
            )
            .await;
        Ok::<_, std::convert::Infallible>(())
    });
}

async fn publish(
    bus: &Bus,
    region: Region,
    rows: &[OutboxRow],
) -> Result<Vec<uuid::Uuid>, std::convert::Infallible> {
    let rows = in_time(rows);
    let messages: Vec<_> = rows.iter().map(|row| outgoing(region, row)).collect();
    let outcomes = bus.publish_batch(&messages).await;
    let mut acknowledged = Vec::with_capacity(rows.len());
    for (row, outcome) in rows.into_iter().zip(outcomes) {
        match outcome {
            Ok(()) => acknowledged.push(row.id),
            Err(error) if error.is_temporary() => {
                warn!(
                    kind = row.kind,
                    error = status::chain(&error),
                    "not published yet"
                );
            }
            // Stays in the outbox, where the operator sees it; only its aggregate waits for it.
            Err(error) => error!(
                kind = row.kind,
                error = status::chain(&error),
                "cannot publish"
            ),
        }
    }
    Ok(acknowledged)
}

/// Those that nobody can have heard so long ago that they know it no more, nor any before them of the
/// same aggregate. What has waited for longer stays, as an error: whether it was heard is for the
/// operator to find out, who then removes it or sets `written` to now.
fn in_time(rows: &[OutboxRow]) -> Vec<&OutboxRow> {
    let mut held = BTreeSet::new();
    for row in rows.iter().filter(|row| row.waited > WAIT_MAX) {
        error!(
            seq = row.seq,
            kind = row.kind,
            "waited too long to be published unasked"
        );
        held.insert(row.aggregate.as_str());
    }
    let free = |row: &&OutboxRow| !held.contains(row.aggregate.as_str());
    rows.iter().filter(free).collect()
}

fn outgoing(region: Region, row: &OutboxRow) -> Outgoing {
    Outgoing {
        id: row.id,
        origin: region,
        at: row.at,
        traceparent: row.trace.clone(),
        scope: row.scope,
        kind: row.kind.clone(),
        schema: row.schema.clone(),
        aggregate: row.aggregate.clone(),
        body: row.body.clone(),
    }
}

pub(crate) async fn consume<S: Service>(
    lifecycle: &Lifecycle,
    desk: &Desk,
    bus: &Bus,
) -> anyhow::Result<()> {
    let kinds = hears(S::NAME);
    if kinds.is_empty() {
        return Ok(());
    }
    let consumer = bus.hears(&kinds).await?;
    let inbound = Arc::new(Inbound::<S>::new(desk.clone()));
    let stop = lifecycle.stopping();
    lifecycle.spawn("consumer", async move {
        let handle = |message| {
            let inbound = Arc::clone(&inbound);
            async move {
                match inbound.handle(&message).await {
                    Outcome::Applied => Ok(()),
                    Outcome::Dead => Err(Failure::Dead("kept as a dead letter".to_owned())),
                    Outcome::Retry => Err(Failure::Retry("not applied".to_owned())),
                }
            }
        };
        consumer.run(handle, stop).await;
        Ok::<_, std::convert::Infallible>(())
    });
    Ok(())
}

fn timers(lifecycle: &Lifecycle, desk: &Desk) {
    let (stop, at_desk) = (lifecycle.stopping(), desk.clone());
    lifecycle.spawn("timers", async move {
        while !stop.is_cancelled() {
            match fire(&at_desk).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => warn!(error = status::chain(&*error), "timers not fired"),
            }
            tokio::select! {
                () = at_desk.timers.notified() => {}
                () = tokio::time::sleep(TIMERS_PERIOD) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
    let (stop, journal) = (lifecycle.stopping(), desk.journal.clone());
    lifecycle.spawn("sealer", async move {
        while !stop.is_cancelled() {
            if let Err(error) = journal.seal_new_facts().await {
                warn!(error = status::chain(&error), "facts not sealed");
            }
            tokio::select! {
                () = tokio::time::sleep(SEAL_PERIOD) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

async fn fire(desk: &Desk) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let (context, _begun) = desk.begin(Actor::system(desk.region)).await?;
    let fired = desk.journal.fire_due(&context).await?;
    Ok(fired.more)
}

/// Where it is asked who acts for a unit; nowhere in registry, which knows by itself.
pub(crate) fn staff_book<S: Service>(desk: &Desk) -> Option<StaffBook> {
    let (pool, clock) = (desk.pool.clone(), desk.clock.clone());
    hears(S::NAME)
        .contains(&UnitStaffRecorded::KIND)
        .then(|| StaffBook::new(pool, clock, Unheard::Refused))
}

async fn serve<S: Service>(
    lifecycle: &Lifecycle,
    desk: &Desk,
    config: &Config<S::Settings>,
) -> anyhow::Result<()> {
    let verifier = TokenVerifier::read(config.region, &config.tokens.issuers_file)?;
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_service_status("", tonic_health::ServingStatus::Serving)
        .await;
    let reflect = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
    };
    let routes = S::routes(desk, &config.settings)
        .add_service(AdminServiceServer::new(Admin::<S>::new(desk.clone())))
        .add_service(health)
        .add_service(reflect().build_v1()?)
        .add_service(reflect().build_v1alpha()?);
    let incoming = TcpIncoming::bind(config.grpc.listen)
        .with_context(|| format!("cannot listen on {}", config.grpc.listen))?
        .with_nodelay(Some(true));
    let stopping = lifecycle.stopping();
    let server = tonic::transport::Server::builder()
        .concurrency_limit_per_connection(64)
        .layer(GateLayer::new(Arc::new(verifier), staff_book::<S>(desk)))
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stopping.cancelled_owned());
    lifecycle.spawn("grpc", server);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proto::message::{Audience, Scope};
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_waited_longer_than_it_may_be_known_is_held_with_what_follows_it() {
        let day = Duration::from_hours(24);
        let row = |seq, aggregate: &str, waited| OutboxRow {
            seq,
            id: Uuid::nil(),
            scope: Scope::Share(Audience::All),
            kind: "test.tally.added".into(),
            schema: String::new(),
            aggregate: aggregate.into(),
            body: Vec::new(),
            at: OffsetDateTime::UNIX_EPOCH,
            trace: None,
            waited,
        };
        let rows = [
            row(1, "old", WAIT_MAX + day),
            row(2, "other", WAIT_MAX),
            row(3, "old", day),
            row(4, "new", day),
        ];
        let free: Vec<i64> = in_time(&rows).iter().map(|row| row.seq).collect();
        assert_eq!(free, [2, 4]);
    }
}
