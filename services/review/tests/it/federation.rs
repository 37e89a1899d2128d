//! The hub and two homes, without any network.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use proto::{
    application::v1::{
        ApplicationPackage, ApplicationPassed, ConsortiumUnit, GuideDocument, GuidePublished,
        UnitRole,
    },
    common::v1::Money,
    exchange::v1::RegionHeartbeat,
    message::{Audience, Incoming, Message},
    registry::v1::{ExpertOrigin, ExpertPooled, PooledExpert, Unit, UnitRecorded},
    review::v1::{self as wire, review_service_client::ReviewServiceClient},
};
use regulation::{Actor, ExpertId, PersonKey, Region, Role};
use review::Review;
use testkit::TestDatabase;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::requests::{completing, opening, opening_of};

pub(crate) const START: OffsetDateTime = datetime!(2024-05-06 09:00 +8);
pub(crate) const DEADLINE: &str = "2024-05-31";
pub(crate) const NODES: [Region; 3] = [Region::HUB, Region::SH, Region::JS];
/// As many experts of the national pool as [`Federation::pool`] registers here.
pub(crate) const EXPERTS: u8 = 12;

pub(crate) type Client = ReviewServiceClient<Door>;

struct Node {
    desk: Desk,
    heard: BTreeSet<Uuid>,
    _database: TestDatabase,
}

pub(crate) struct Federation {
    nodes: BTreeMap<Region, Node>,
}

pub(crate) fn fresh() -> Uuid {
    chassis::clock::Ids.random()
}

pub(crate) fn request_id() -> String {
    fresh().to_string()
}

pub(crate) fn application(number: u128) -> String {
    Uuid::from_u128(0xd000 + number).to_string()
}

pub(crate) fn guide() -> String {
    Uuid::from_u128(0xf0).to_string()
}

pub(crate) fn unit(number: u128) -> String {
    Uuid::from_u128(0xa000 + number).to_string()
}

pub(crate) fn expert(number: u128) -> ExpertId {
    ExpertId(Uuid::from_u128(0xe000 + number))
}

/// A message as `origin` says it at `at`.
pub(crate) fn said(origin: Region, at: OffsetDateTime, message: &Message) -> Incoming {
    Incoming {
        id: fresh(),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate.clone(),
        at,
        body: message.body.clone(),
        traceparent: None,
    }
}

/// Application n of Shanghai, led by unit 100 + n with unit 200 + n.
pub(crate) fn package(number: u128) -> ApplicationPackage {
    let units = [
        (100 + number, "sh", UnitRole::Lead),
        (200 + number, "js", UnitRole::Subtask),
    ];
    let units = units.map(|(number, region, role)| ConsortiumUnit {
        unit_id: unit(number),
        region: region.into(),
        role: role.into(),
        ..Default::default()
    });
    ApplicationPackage {
        application_id: application(number),
        version: 1,
        guide_id: guide(),
        title: format!("光刻胶{number}"),
        field: "集成电路".into(),
        lead_unit_id: unit(100 + number),
        units: units.into(),
        leader_person_key: PersonKey::from_bytes([0xaa; 32]).to_string(),
        indicators: "分辨率不低于28纳米".into(),
        months: 24,
        investment: Some(Money { fen: 1_000_000_000 }),
        support: Some(Money { fen: 300_000_000 }),
        ..Default::default()
    }
}

pub(crate) fn passed(number: u128) -> Message {
    let event = ApplicationPassed {
        package: Some(package(number)),
        digest: String::new(),
        region: "sh".into(),
    };
    Message::node(application(number), &event)
}

pub(crate) fn pooled(number: u8, region: Region, employer: &str) -> ExpertPooled {
    ExpertPooled {
        expert: Some(PooledExpert {
            expert_id: expert(number.into()).to_string(),
            person_key: PersonKey::from_bytes([number; 32]).to_string(),
            region: region.to_string(),
            employer_unit_id: employer.to_owned(),
            origin: ExpertOrigin::NationalPool.into(),
            fields: vec!["集成电路".into()],
            keywords: vec![],
            active: true,
        }),
    }
}

impl Federation {
    pub(crate) async fn new() -> Self {
        let mut nodes = BTreeMap::new();
        for region in NODES {
            let database = testkit::database(&testing::migrations::<Review>())
                .await
                .unwrap();
            let desk = testing::desk::<Review>(database.pool(), region, START).unwrap();
            let node = Node {
                desk,
                heard: BTreeSet::new(),
                _database: database,
            };
            nodes.insert(region, node);
        }
        let federation = Self { nodes };
        // Each desk began at its own moment; from here on the clocks agree.
        federation.move_to(START);
        federation
    }

    /// With a guide whose ceiling is 2.5 million yuan, applications 1 to `applications`, and
    /// [`EXPERTS`] experts.
    pub(crate) async fn with(applications: u128) -> Self {
        let federation = Self::new().await;
        federation.publish_guide().await;
        for number in 1..=applications {
            federation.all_hear(Region::HUB, &passed(number)).await;
        }
        federation.pool(EXPERTS).await;
        federation
    }

    pub(crate) fn desk(&self, region: Region) -> &Desk {
        &self.nodes[&region].desk
    }

    /// The doors of a node as somebody finds them.
    pub(crate) fn to_actor(&self, actor: Actor) -> Client {
        let door = testing::door::<Review>(self.desk(actor.region), &NoSettings {}, actor);
        ReviewServiceClient::new(door)
    }

    pub(crate) fn to(&self, region: Region, role: Role) -> Client {
        self.to_actor(Actor::person(
            format!("{role:?}").to_lowercase(),
            role,
            region,
        ))
    }

    pub(crate) fn to_expert(&self, region: Region, number: u128) -> Client {
        self.to_actor(Actor {
            expert: Some(expert(number)),
            ..Actor::person("zhao", Role::Expert, region)
        })
    }

    pub(crate) async fn hear(&self, region: Region, message: &Incoming) -> Outcome {
        Inbound::<Review>::new(self.desk(region).clone())
            .handle(message)
            .await
    }

    /// Every node hears `message` of `origin`, and applies what is for it.
    pub(crate) async fn all_hear(&self, origin: Region, message: &Message) {
        let message = said(origin, self.desk(origin).clock().now(), message);
        for region in NODES {
            assert_eq!(
                self.hear(region, &message).await,
                Outcome::Applied,
                "{} at {region}",
                message.kind
            );
        }
    }

    /// What a node has told so far.
    pub(crate) async fn told(&self, region: Region) -> Vec<Incoming> {
        testing::told(self.desk(region)).await.unwrap()
    }

    /// Carries everything that was told until nothing new is; everything is said twice.
    pub(crate) async fn carry(&mut self) {
        loop {
            let mut new = Vec::new();
            for origin in NODES {
                let told = self.told(origin).await;
                let heard = &mut self.nodes.get_mut(&origin).unwrap().heard;
                new.extend(told.into_iter().filter(|message| heard.insert(message.id)));
            }
            if new.is_empty() {
                return;
            }
            for message in new {
                for region in NODES {
                    let outcome = self.hear(region, &message).await;
                    assert_eq!(outcome, Outcome::Applied, "{} at {region}", message.kind);
                    let again = Incoming {
                        id: fresh(),
                        ..message.clone()
                    };
                    let outcome = self.hear(region, &again).await;
                    assert_eq!(outcome, Outcome::Applied, "{} again", message.kind);
                }
            }
        }
    }

    /// The homes' heartbeats of now reach the hub.
    pub(crate) async fn heartbeat(&self) {
        for region in [Region::SH, Region::JS] {
            let now = self.desk(region).clock().now();
            let time = prost_types::Timestamp {
                seconds: now.unix_timestamp(),
                nanos: i32::try_from(now.nanosecond()).unwrap(),
            };
            let heartbeat = RegionHeartbeat {
                time: Some(time),
                ..Default::default()
            };
            let message = Message::share(Audience::All, region, &heartbeat);
            let message = said(region, now, &message);
            assert_eq!(self.hear(Region::HUB, &message).await, Outcome::Applied);
        }
    }

    /// Moves every node's clock.
    pub(crate) fn move_to(&self, at: OffsetDateTime) {
        for node in self.nodes.values() {
            let clock = node.desk.clock();
            let ahead: Duration = at - clock.now();
            let ahead = i64::try_from(ahead.whole_milliseconds()).unwrap();
            clock.set_offset_ms(clock.offset_ms() + ahead).unwrap();
        }
    }

    pub(crate) async fn publish_guide(&self) {
        let event = GuidePublished {
            guide: Some(GuideDocument {
                guide_id: guide(),
                support_ceiling: Some(Money { fen: 250_000_000 }),
                ..Default::default()
            }),
            ..Default::default()
        };
        let message = Message::share(Audience::All, guide(), &event);
        self.all_hear(Region::HUB, &message).await;
    }

    /// Unit n of Shanghai with its affiliates.
    pub(crate) async fn unit_recorded(&self, number: u128, affiliates: &[u128]) {
        let event = UnitRecorded {
            unit: Some(Unit {
                unit_id: unit(number),
                region: "sh".into(),
                affiliate_unit_ids: affiliates.iter().map(|n| unit(*n)).collect(),
                ..Default::default()
            }),
        };
        let message = Message::share(Audience::All, unit(number), &event);
        self.all_hear(Region::SH, &message).await;
    }

    /// Experts 1 to `count`, by turns of Shanghai and Jiangsu, each of the unit with their number:
    /// the hub and their own node hear of them.
    pub(crate) async fn pool(&self, count: u8) {
        for number in 1..=count {
            self.host(number, &unit(number.into())).await;
        }
    }

    pub(crate) async fn host(&self, number: u8, employer: &str) {
        let home = home_of(number.into());
        let event = pooled(number, home, employer);
        let id = expert(number.into());
        for message in [
            Message::share(Audience::HUB, id, &event),
            Message::node(id, &event),
        ] {
            self.all_hear(home, &message).await;
        }
    }

    /// A round with these places, three experts an application, opened and drawn, with every
    /// invitation at its expert's home.
    pub(crate) async fn drawn(&mut self, places: i32) -> wire::Round {
        let mut hub = self.to(Region::HUB, Role::Agency);
        let round = hub.open_round(opening(places)).await.unwrap().into_inner();
        self.draw(&round.round_id).await
    }

    pub(crate) async fn round(&self, round_id: &str) -> wire::Round {
        let request = wire::GetRoundRequest {
            round_id: round_id.to_owned(),
        };
        let mut auditor = self.to(Region::HUB, Role::Auditor);
        auditor.get_round(request).await.unwrap().into_inner()
    }

    /// Every expert opens and completes every sheet, with points by the application's title; the
    /// hub hears it.
    pub(crate) async fn all_complete(&mut self, points: impl Fn(&str) -> i32) {
        for number in 1..=EXPERTS.into() {
            let mut door = self.to_expert(home_of(number), number);
            let listed = door.list_sheets(wire::ListSheetsRequest::default()).await;
            for sheet in listed.unwrap().into_inner().sheets {
                if sheet.state() == wire::SheetState::Invited {
                    door.open_sheet(opening_of(&sheet)).await.unwrap();
                    let points = points(&sheet.title);
                    door.complete_sheet(completing(&sheet, points))
                        .await
                        .unwrap();
                }
            }
        }
        self.carry().await;
    }
}

pub(crate) fn home_of(number: u128) -> Region {
    if number.is_multiple_of(2) {
        Region::SH
    } else {
        Region::JS
    }
}
