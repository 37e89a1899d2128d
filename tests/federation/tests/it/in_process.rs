//! A federation inside a test.

use std::time::Duration;

use federation::{ClockMove, Federation, Manifest, Persona};
use proto::node::v1::{GetServiceStatusRequest, admin_service_client::AdminServiceClient};
use regulation::{Region, Role};
use testkit::eventually;
use time::macros::datetime;
use tonic::Code;

use crate::{SERVICES, all_end, pids};

const LONG: Duration = Duration::from_secs(30);

async fn small() -> Federation {
    Federation::builder()
        .regions([Region::SH])
        .services(SERVICES)
        .clock_starts("2024-09-02T01:00:00Z")
        .boot()
        .await
        .unwrap()
}

/// Whether the service says the time of the federation's clock.
async fn keeps_time(federation: &Federation, region: Region, service: &str) -> bool {
    let Ok(status) = federation.status(region, service).await else {
        return false;
    };
    let format = &time::format_description::well_known::Rfc3339;
    let said = time::OffsetDateTime::parse(&status.now, format).unwrap();
    (federation.now() - said).abs() < time::Duration::seconds(5)
}

#[tokio::test]
async fn what_is_killed_comes_back_with_the_clock_and_the_end_leaves_nothing() {
    let federation = small().await;
    for region in [Region::SH, Region::HUB] {
        for service in SERVICES {
            assert!(keeps_time(&federation, region, service).await);
        }
    }
    assert!((federation.now() - datetime!(2024-09-02 1:00 UTC)).abs() < time::Duration::minutes(3));

    federation.kill(Region::SH, "intake").await.unwrap();
    assert!(federation.status(Region::SH, "intake").await.is_err());
    federation.advance(30).await.unwrap();
    assert!(keeps_time(&federation, Region::HUB, "intake").await);
    federation.restart(Region::SH, "intake").await.unwrap();
    assert!(keeps_time(&federation, Region::SH, "intake").await);
    federation
        .move_clock(ClockMove::To(datetime!(2025-04-06 9:00 +8)))
        .await
        .unwrap();
    assert!(keeps_time(&federation, Region::HUB, "intake").await);
    federation.wait_quiet(LONG).await.unwrap();

    let manifest = federation.manifest().await;
    let text = serde_json::to_string(&manifest).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), manifest);
    let ended = all_end(pids(&manifest));
    let (ended, ()) = tokio::join!(federation.shutdown(), ended);
    ended.unwrap();
    assert!(!manifest.directory.exists());
}

#[tokio::test]
async fn services_outlive_their_servers() {
    let federation = small().await;
    let alive = async |service: &str| {
        let look = async || {
            keeps_time(&federation, Region::HUB, service)
                .await
                .then_some(())
        };
        eventually(LONG, look, service).await.unwrap();
    };
    federation.kill_postgres(Region::HUB).await.unwrap();
    assert!(!keeps_time(&federation, Region::HUB, "intake").await);
    federation.restart_postgres(Region::HUB).await.unwrap();
    federation.kill_nats(Region::HUB).await.unwrap();
    federation.restart_nats(Region::HUB).await.unwrap();
    for service in SERVICES {
        alive(service).await;
    }
    let facts: i64 = {
        let pool = federation.sql(Region::HUB, "intake").await.unwrap();
        sqlx::query_scalar("select count(*) from journal_fact")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    assert_eq!(facts, 0);
    assert!(
        federation
            .logs(Region::HUB, "intake")
            .await
            .unwrap()
            .contains("\"up\"")
    );
}

#[tokio::test]
async fn a_token_is_good_at_its_own_node_and_for_its_role_only() {
    let federation = small().await;
    let ask = async |persona: Persona, region| {
        let token = federation.token(&persona).unwrap();
        let channel = federation.channel(region, "intake").unwrap();
        let request = federation::bearing(&token, GetServiceStatusRequest {}).unwrap();
        let answer = AdminServiceClient::new(channel)
            .get_service_status(request)
            .await;
        answer.map(drop).map_err(|status| status.code())
    };
    let operator = Persona::new(Region::SH, Role::Operator);
    assert_eq!(ask(operator.clone(), Region::SH).await, Ok(()));
    assert_eq!(ask(operator, Region::HUB).await, Err(Code::Unauthenticated));
    let expert = Persona::new(Region::SH, Role::Expert);
    assert_eq!(ask(expert, Region::SH).await, Err(Code::PermissionDenied));
}

#[tokio::test]
async fn a_service_that_is_not_built_is_named() {
    let place = testkit::Place::new().unwrap();
    let boot = Federation::builder()
        .regions([])
        .services(["intake"])
        .programs(place.path());
    let error = format!("{:#}", boot.boot().await.unwrap_err());
    assert!(error.contains("cargo build -p intake"), "{error}");
    let error = Federation::builder()
        .services(["intaek"])
        .boot()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("intaek"), "{error}");
}
