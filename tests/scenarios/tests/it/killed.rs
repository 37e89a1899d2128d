//! Every kind of process is killed once in mid-flow, on a node that a seed picks: nothing is lost,
//! nothing happens twice.

use federation::Federation;
use regulation::Region;
use scenarios::Way;

use crate::common::{federation, way};

const SEED: usize = 20_240_902;
const FIRST_HALF: [&str; 6] = [
    "registry",
    "intake",
    "evaluation",
    "coordination",
    "matching",
    "exchange",
];
const SECOND_HALF: [&str; 6] = [
    "application",
    "review",
    "project",
    "fund",
    "console",
    "telemetry",
];

/// Kills and restarts each of `services` on a node that the seed picks, while what was said before
/// is still under way.
async fn kill(federation: &Federation, regions: &[Region], services: &[&str], turn: usize) {
    for (at, service) in services.iter().enumerate() {
        let region = regions[(SEED / (at + 3) + turn) % regions.len()];
        eprintln!("  kill -9 {service} of {region}");
        federation.kill(region, service).await.unwrap();
        federation.restart(region, service).await.unwrap();
    }
}

async fn kill_servers(federation: &Federation, region: Region) {
    eprintln!("  kill -9 NATS and PostgreSQL of {region}");
    federation.kill_nats(region).await.unwrap();
    federation.restart_nats(region).await.unwrap();
    federation.kill_postgres(region).await.unwrap();
    federation.restart_postgres(region).await.unwrap();
}

async fn play(way: &mut Way<'_>) -> anyhow::Result<()> {
    let federation = way.federation;
    let regions: Vec<Region> = federation.regions().collect();
    way.policy().await?;
    kill(federation, &regions, &["coordination", "exchange"], 1).await;
    way.registry().await?;
    kill(federation, &regions, &["registry"], 0).await;
    way.intake().await?;
    kill(federation, &regions, &["intake", "exchange"], 2).await;
    kill_servers(federation, regions[SEED % regions.len()]).await;
    way.open_and_draw().await?;
    for region in way.regions() {
        way.vote(region).await?;
        kill(federation, &regions, &["evaluation", "exchange"], 3).await;
    }
    kill_servers(federation, Region::HUB).await;
    way.close_and_propose().await?;
    kill(federation, &regions, &["evaluation", "coordination"], 4).await;
    way.coordination().await?;
    way.publication().await?;
    kill(federation, &regions, &FIRST_HALF, 5).await;
    way.matching().await?;
    kill(federation, &regions, &["matching"], 0).await;
    way.application().await?;
    kill(federation, &regions, &["application", "review"], 1).await;
    way.review().await?;
    kill(federation, &regions, &SECOND_HALF, 2).await;
    way.project().await?;
    kill(federation, &regions, &["project", "fund"], 3).await;
    way.fund().await?;
    kill(federation, &regions, &["fund", "coordination"], 4).await;
    way.verify().await
}

#[tokio::test]
async fn every_kind_of_process_dies_once_and_nothing_is_lost_or_done_twice() {
    let federation = federation().await;
    let mut way = way(&federation);
    play(&mut way).await.unwrap();
    drop(way);
    federation.shutdown().await.unwrap();
}
