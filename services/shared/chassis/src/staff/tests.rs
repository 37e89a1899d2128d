//! Whose word counts on who acts for a unit, over a real NATS and a real database, at the gate.

use std::{convert::Infallible, sync::Arc, time::Duration as Wall};

use bus::{
    Bus, BusConfig, Outgoing,
    server::{NodeServer, ServiceUser},
};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
};
use http::{Request, Response};
use journal::{Act, JournalBuilder};
use nkeys::KeyPair;
use proto::{
    message::{Audience, Message},
    registry::v1::Delegate,
};
use regulation::Context;
use sqlx::migrate::Migrator;
use testkit::{Nats, TestDatabase, eventually};
use time::{Duration, macros::datetime};
use tonic::{body::Body, service::Routes};
use tonic_types::StatusExt as _;
use tower::{Layer as _, Service as _};
use uuid::Uuid;

use super::*;
use crate::{
    Desk, GateLayer, Inbound, Lifecycle, Outcome, Service,
    clock::wall_now,
    run::{consume, staff_book},
    testing,
    token::{CONSOLE, Issuers, TokenSigner, TokenVerifier},
};

mod gate;
mod inbound;

const UNIT: UnitId = UnitId(Uuid::from_u128(1));
const START: OffsetDateTime = datetime!(2024-09-02 09:00 +8);
/// A method of units' people.
const PATH: &str = "/jiebang.intake.v1.IntakeService/ListDemands";
const PATIENCE: Wall = Wall::from_secs(30);

static NOTHING: Migrator = Migrator::DEFAULT;

/// A service with doors for units' people.
struct Doors;

impl Service for Doors {
    const NAME: &'static str = "intake";
    type Settings = ();

    fn migrations() -> &'static Migrator {
        &NOTHING
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
    }

    fn routes(_: &Desk, (): &()) -> Routes {
        Routes::default()
    }

    fn react(_: &Incoming, _: &Context) -> Result<Vec<Act>, Unreadable> {
        Ok(Vec::new())
    }
}

fn staff(administrator: &str, delegates: &[(&str, &str)]) -> UnitStaffRecorded {
    let delegates = delegates.iter().map(|(delegate, until)| Delegate {
        delegate: (*delegate).into(),
        until: (*until).into(),
    });
    UnitStaffRecorded {
        unit_id: UNIT.to_string(),
        administrator: administrator.into(),
        delegates: delegates.collect(),
    }
}

fn heard(event: &UnitStaffRecorded, at: OffsetDateTime) -> Incoming {
    let message = Message::node(UNIT, event);
    Incoming {
        id: crate::clock::Ids.random(),
        origin: Region::JS,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate,
        at,
        body: message.body,
        traceparent: None,
    }
}

/// The service's desk and its gate, with a console's key that it believes.
struct House {
    desk: Desk,
    verifier: Arc<TokenVerifier>,
    signer: TokenSigner,
    _database: TestDatabase,
}

impl House {
    async fn new() -> Self {
        let migrations = testing::migrations::<Doors>();
        let database = testkit::database(&migrations).await.unwrap();
        let key = SigningKey::from_bytes(&[1; 32]);
        let private = key.to_pkcs8_pem(LineEnding::LF).unwrap();
        let public = key.verifying_key().to_public_key_pem(LineEnding::LF);
        let issuers = Issuers {
            issuers: [(CONSOLE.to_owned(), public.unwrap())].into(),
        };
        Self {
            desk: testing::desk::<Doors>(database.pool(), Region::JS, START).unwrap(),
            verifier: Arc::new(TokenVerifier::new(Region::JS, &issuers).unwrap()),
            signer: TokenSigner::from_pem(CONSOLE, Region::JS, &private).unwrap(),
            _database: database,
        }
    }

    async fn hear(&self, message: &Incoming) -> Outcome {
        let inbound = Inbound::<Doors>::new(self.desk.clone());
        inbound.handle(message).await
    }

    /// What somebody who calls for the unit is told at the gate.
    async fn call(&self, account: &str, unit: Option<UnitId>) -> Result<(), Status> {
        let actor = Actor {
            unit,
            ..Actor::person(account, Role::UnitMember, Region::JS)
        };
        let token = self.signer.sign(&actor, wall_now(), Duration::MINUTE);
        let bearer = format!("Bearer {}", token.unwrap());
        let request = Request::builder().uri(PATH).header("authorization", bearer);
        let inner = tower::service_fn(|_: Request<Body>| async {
            Ok::<_, Infallible>(Response::new(Body::empty()))
        });
        let layer = GateLayer::new(Arc::clone(&self.verifier), staff_book::<Doors>(&self.desk));
        let answer = layer
            .layer(inner)
            .call(request.body(Body::empty()).unwrap());
        let answer = answer.await.unwrap();
        Status::from_header_map(answer.headers()).map_or(Ok(()), Err)
    }
}

fn rule(refused: Result<(), Status>) -> String {
    let status = refused.unwrap_err();
    assert_eq!(status.code(), tonic::Code::PermissionDenied, "{status}");
    let info = status.get_details_error_info().unwrap();
    assert!(!info.metadata["remedy"].is_empty());
    info.reason
}

#[tokio::test]
async fn what_registry_tells_over_the_bus_decides_at_the_gate_who_is_let_in() {
    let house = House::new().await;
    let keys = ["registry", "intake"].map(|name| (name, KeyPair::new_user()));
    let nats = Nats::with_config(|site| {
        let users = keys.iter().map(|(name, key)| ServiceUser {
            service: name.parse().unwrap(),
            nkey: key.public_key(),
        });
        let server = NodeServer {
            region: Region::JS,
            listen: format!("127.0.0.1:{}", site.port),
            store: site.dir.join("store"),
            users: users.collect(),
            tls: None,
        };
        server.render()
    });
    let nats = nats.await.unwrap();
    let bus = async |at: usize| {
        let (name, key) = &keys[at];
        let config = BusConfig {
            url: nats.url().to_owned(),
            seed: key.seed().unwrap().into(),
            service: name.parse().unwrap(),
            region: Region::JS,
            tls: None,
        };
        let bus = Bus::connect(config).await.unwrap();
        let connected = async || bus.is_connected().then_some(());
        eventually(PATIENCE, connected, "a connection")
            .await
            .unwrap();
        bus.ensure_stream().await.unwrap();
        bus
    };
    let (registry, intake) = (bus(0).await, bus(1).await);
    let lifecycle = Lifecycle::default();
    consume::<Doors>(&lifecycle, &house.desk, &intake)
        .await
        .unwrap();
    let unheard = house.call("wang", Some(UNIT)).await;
    assert_eq!(rule(unheard), REPRESENTATIVE.code, "nothing was told yet");
    let tell = async |administrator: &str| {
        let message = Message::node(UNIT, &staff(administrator, &[("li", "2024-09-02")]));
        let outgoing = Outgoing {
            id: crate::clock::Ids.random(),
            origin: Region::JS,
            at: house.desk.clock().now(),
            traceparent: None,
            scope: message.scope,
            kind: message.kind.to_owned(),
            schema: message.schema.to_owned(),
            aggregate: message.aggregate,
            body: message.body,
        };
        registry.publish(&outgoing).await.unwrap();
        let let_in = async || house.call(administrator, Some(UNIT)).await.ok();
        let what = format!("{administrator} to be let in");
        eventually(PATIENCE, let_in, &what).await.unwrap();
    };
    tell("wang").await;
    assert!(house.call("li", Some(UNIT)).await.is_ok(), "a delegate");
    tell("zhao").await;
    let former = house.call("wang", Some(UNIT)).await;
    assert_eq!(rule(former), REPRESENTATIVE.code, "who has handed over");
    lifecycle.stopping().cancel();
}

#[tokio::test]
async fn only_who_acts_for_a_unit_today_is_let_in_for_it() {
    let house = House::new().await;
    let told = heard(&staff("wang", &[("li", "2024-09-02")]), START);
    assert_eq!(house.hear(&told).await, Outcome::Applied);
    assert!(house.call("wang", Some(UNIT)).await.is_ok());
    assert!(house.call("li", Some(UNIT)).await.is_ok(), "a delegate");
    let other = Some(UnitId(Uuid::from_u128(2)));
    for (account, unit) in [("zhao", Some(UNIT)), ("wang", other), ("wang", None)] {
        let refused = house.call(account, unit).await;
        assert_eq!(rule(refused), REPRESENTATIVE.code, "{account} {unit:?}");
    }
    let tomorrow = house.desk.clock().offset_ms() + 24 * 3_600_000;
    house.desk.clock().set_offset_ms(tomorrow).unwrap();
    assert!(house.call("wang", Some(UNIT)).await.is_ok());
    let over = house.call("li", Some(UNIT)).await.unwrap_err();
    let info = over.get_details_error_info().unwrap();
    assert_eq!(info.metadata["until"], "2024-09-02");
}

#[tokio::test]
async fn an_older_word_changes_nothing_and_no_other_node_has_one() {
    let house = House::new().await;
    let later = START + Duration::MINUTE;
    assert_eq!(
        house.hear(&heard(&staff("zhao", &[]), later)).await,
        Outcome::Applied
    );
    assert_eq!(
        house.hear(&heard(&staff("wang", &[]), START)).await,
        Outcome::Applied
    );
    assert!(house.call("zhao", Some(UNIT)).await.is_ok());
    assert!(house.call("wang", Some(UNIT)).await.is_err());
    let at = later + Duration::MINUTE;
    let shared = Incoming {
        scope: Scope::Share(Audience::All),
        ..heard(&staff("wang", &[]), at)
    };
    let foreign = Incoming {
        origin: Region::SH,
        ..heard(&staff("wang", &[]), at)
    };
    for forged in [shared, foreign] {
        assert_eq!(house.hear(&forged).await, Outcome::Dead);
    }
    assert!(house.call("wang", Some(UNIT)).await.is_err());
}

#[test]
fn every_service_with_doors_for_units_people_hears_who_acts() {
    for (method, who) in crate::access::rows() {
        let service = method.split('.').nth(1).unwrap();
        let crate::access::Who::Roles(roles) = who else {
            continue;
        };
        // Registry knows by itself.
        if service != "registry" && roles.contains(&Role::UnitMember) {
            let heard = crate::hears(service);
            assert!(heard.contains(&"registry.unit.staff_recorded"), "{method}");
        }
    }
}
