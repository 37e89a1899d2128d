//! The hub and two homes, without any network.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use evaluation::Evaluation;
use journal::Fired;
use proto::{
    evaluation::v1::{
        self as wire, draw_service_client::DrawServiceClient,
        evaluation_service_client::EvaluationServiceClient,
        pre_review_service_client::PreReviewServiceClient,
    },
    exchange::v1::RegionHeartbeat,
    intake::v1::{DemandAccepted, DemandOwnerRecorded, PublicRecord},
    message::{Audience, Incoming, Message},
    registry::v1::{ExpertOrigin, ExpertPooled, PooledExpert},
};
use regulation::{Actor, Context, ExpertId, PersonKey, Region, Role};
use testkit::TestDatabase;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};
use uuid::Uuid;

pub(crate) use crate::requests::{
    casting, closing, everybody, opening, preparing, recommending, without_seed,
};

pub(crate) const START: OffsetDateTime = datetime!(2024-05-06 09:00 +8);
pub(crate) const DEADLINE: &str = "2024-05-31";
/// Where demands and experts are; the other members have no node here.
const NODES: [Region; 3] = [Region::HUB, Region::SH, Region::JS];
const ALL: [Region; 5] = [Region::HUB, Region::SH, Region::JS, Region::ZJ, Region::AH];

pub(crate) type Client = EvaluationServiceClient<Door>;

struct Node {
    desk: Desk,
    heard: BTreeSet<Uuid>,
    _database: TestDatabase,
}

pub(crate) struct Federation {
    nodes: BTreeMap<Region, Node>,
    /// What it says is not carried.
    pub(crate) cut: Option<Region>,
}

pub(crate) fn fresh() -> Uuid {
    chassis::clock::Ids.random()
}

pub(crate) fn request_id() -> String {
    fresh().to_string()
}

pub(crate) fn demand(number: u128) -> String {
    Uuid::from_u128(0xd000 + number).to_string()
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

impl Federation {
    pub(crate) async fn new() -> Self {
        Self::of(&NODES).await
    }

    /// With every member's node.
    pub(crate) async fn whole() -> Self {
        Self::of(&ALL).await
    }

    async fn of(regions: &[Region]) -> Self {
        let mut nodes = BTreeMap::new();
        for region in regions.iter().copied() {
            let database = testkit::database(&testing::migrations::<Evaluation>())
                .await
                .unwrap();
            let desk = testing::desk::<Evaluation>(database.pool(), region, START).unwrap();
            let node = Node {
                desk,
                heard: BTreeSet::new(),
                _database: database,
            };
            nodes.insert(region, node);
        }
        let federation = Self { nodes, cut: None };
        // Each desk began at its own moment; from here on the clocks agree.
        federation.move_to(START);
        federation
    }

    pub(crate) fn regions(&self) -> Vec<Region> {
        self.nodes.keys().copied().collect()
    }

    fn door(&self, region: Region, role: Role) -> Door {
        let actor = Actor::person(format!("{role:?}").to_lowercase(), role, region);
        testing::door::<Evaluation>(self.desk(region), &NoSettings {}, actor)
    }

    pub(crate) fn pre_review_as(&self, actor: Actor) -> PreReviewServiceClient<Door> {
        let desk = self.desk(actor.region);
        PreReviewServiceClient::new(testing::door::<Evaluation>(desk, &NoSettings {}, actor))
    }

    pub(crate) fn pre_review(&self, region: Region, role: Role) -> PreReviewServiceClient<Door> {
        PreReviewServiceClient::new(self.door(region, role))
    }

    pub(crate) fn draws(&self, role: Role) -> DrawServiceClient<Door> {
        DrawServiceClient::new(self.door(Region::HUB, role))
    }

    pub(crate) fn desk(&self, region: Region) -> &Desk {
        &self.nodes[&region].desk
    }

    /// The doors of a node as somebody finds them.
    pub(crate) fn to_actor(&self, actor: Actor) -> Client {
        let door = testing::door::<Evaluation>(self.desk(actor.region), &NoSettings {}, actor);
        EvaluationServiceClient::new(door)
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
        Inbound::<Evaluation>::new(self.desk(region).clone())
            .handle(message)
            .await
    }

    /// Every node hears `message` of `origin`, and applies what is for it.
    pub(crate) async fn all_hear(&self, origin: Region, message: &Message) {
        let message = said(origin, self.desk(origin).clock().now(), message);
        for region in self.regions() {
            assert_eq!(
                self.hear(region, &message).await,
                Outcome::Applied,
                "{}",
                message.kind
            );
        }
    }

    /// What a node has told so far.
    pub(crate) async fn told(&self, region: Region) -> Vec<Incoming> {
        testing::told(self.desk(region)).await.unwrap()
    }

    /// Carries everything that was told until nothing new is.
    pub(crate) async fn carry(&mut self) {
        loop {
            let mut new = Vec::new();
            for origin in self.regions() {
                if self.cut == Some(origin) {
                    continue;
                }
                let told = self.told(origin).await;
                let heard = &mut self.nodes.get_mut(&origin).unwrap().heard;
                new.extend(told.into_iter().filter(|message| heard.insert(message.id)));
            }
            if new.is_empty() {
                return;
            }
            for message in new {
                for region in self.regions() {
                    let outcome = self.hear(region, &message).await;
                    assert_eq!(outcome, Outcome::Applied, "{} at {region}", message.kind);
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

    /// Fires what is due on the hub.
    pub(crate) async fn fire(&self) -> Fired {
        let desk = self.desk(Region::HUB);
        let rows: Vec<(String, OffsetDateTime)> =
            sqlx::query_as("select region, until from chassis_heard")
                .fetch_all(desk.pool())
                .await
                .unwrap();
        let now = desk.clock().now();
        let heard = rows
            .into_iter()
            .map(|(region, until)| (region.parse().unwrap(), until));
        let context = Context {
            now,
            actor: Actor::system(Region::HUB),
            node: Region::HUB,
            policy: desk.policies().at(now).await,
            heard: heard.collect(),
        };
        desk.journal().fire_due(&context).await.unwrap()
    }

    /// Moves every node's clock to this much after the start.
    pub(crate) fn move_to(&self, at: OffsetDateTime) {
        for node in self.nodes.values() {
            let clock = node.desk.clock();
            let ahead: Duration = at - clock.now();
            let ahead = i64::try_from(ahead.whole_milliseconds()).unwrap();
            clock.set_offset_ms(clock.offset_ms() + ahead).unwrap();
        }
    }

    /// A demand of Shanghai is accepted and recommended there.
    pub(crate) async fn accept(&self, number: u128) {
        self.accept_only(number).await;
        self.recommend(number).await;
    }

    /// Shanghai's department recommends a demand, and the hub hears it.
    pub(crate) async fn recommend(&self, number: u128) {
        let officer = &mut self.pre_review(Region::SH, Role::Officer);
        officer
            .prepare_recommendation(preparing(number))
            .await
            .unwrap();
        let director = &mut self.pre_review(Region::SH, Role::Director);
        director
            .recommend_demand(recommending(number, number))
            .await
            .unwrap();
        let told = self.told(Region::SH).await;
        let word = told.iter().rfind(|message| {
            message.is::<wire::DemandRecommended>() && message.aggregate == demand(number)
        });
        let outcome = self.hear(Region::HUB, word.unwrap()).await;
        assert_eq!(outcome, Outcome::Applied);
    }

    /// A demand of Shanghai whose demander is unit 1 with affiliate 2 is accepted there.
    pub(crate) async fn accept_only(&self, number: u128) {
        let record = Some(PublicRecord {
            title: format!("光刻胶{number}"),
            field: "集成电路".into(),
            mission: "攻克光刻胶".into(),
            ..Default::default()
        });
        let owner = DemandOwnerRecorded {
            demand_id: demand(number),
            demander_unit_id: unit(1),
            affiliate_unit_ids: vec![unit(2)],
            record: record.clone(),
            ..Default::default()
        };
        self.all_hear(Region::SH, &Message::node(demand(number), &owner))
            .await;
        let at = self.desk(Region::SH).clock().now();
        let accepted = DemandAccepted {
            demand_id: demand(number),
            record,
            policy_version: "yrd-2023-1".into(),
            accepted_at: at.format(&Rfc3339).unwrap(),
        };
        let accepted = Message::share(Audience::HUB, demand(number), &accepted);
        self.all_hear(Region::SH, &accepted).await;
    }

    /// Experts 1 to `count`, by turns of Shanghai and Jiangsu, each of the unit with their number.
    pub(crate) async fn pool(&self, count: u8) {
        for number in 1..=count {
            let region = home_of(number.into());
            let pooled = ExpertPooled {
                expert: Some(PooledExpert {
                    expert_id: expert(number.into()).to_string(),
                    person_key: PersonKey::from_bytes([number; 32]).to_string(),
                    region: region.to_string(),
                    employer_unit_id: unit(number.into()),
                    origin: ExpertOrigin::Invited.into(),
                    fields: vec!["集成电路".into()],
                    keywords: vec![],
                    active: true,
                }),
            };
            let message = Message::share(Audience::HUB, expert(number.into()), &pooled);
            self.all_hear(region, &message).await;
        }
    }

    /// A round of three experts a demand, opened and drawn, with every home's answer in.
    pub(crate) async fn drawn(&mut self, places: i32) -> wire::Round {
        self.drawn_as(opening(places)).await
    }

    /// The same, opened so.
    pub(crate) async fn drawn_as(&mut self, opening: wire::OpenRoundRequest) -> wire::Round {
        let mut hub = self.to(Region::HUB, Role::Secretariat);
        let round = hub.open_round(opening).await.unwrap().into_inner();
        self.carry().await;
        for region in ALL {
            if !self.nodes.contains_key(&region) {
                let waiver = without_seed(&round, region);
                let mut draws = self.draws(Role::Secretariat);
                draws.waive_seed(waiver).await.unwrap();
            }
        }
        let draw = wire::DrawRoundRequest {
            request_id: request_id(),
            round_id: round.round_id.clone(),
        };
        hub.draw_round(draw).await.unwrap();
        self.carry().await;
        self.round(&round.round_id).await
    }

    pub(crate) async fn round(&self, round_id: &str) -> wire::Round {
        let request = wire::GetRoundRequest {
            round_id: round_id.to_owned(),
        };
        self.to(Region::HUB, Role::Auditor)
            .get_round(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Every invited expert casts, with points by the demand's title.
    pub(crate) async fn all_cast(&self, points: impl Fn(&str) -> i32) {
        self.all_cast_as(|_, title| points(title)).await;
    }

    /// Every invited expert casts, with points by their number and the demand's title.
    pub(crate) async fn all_cast_as(&self, points: impl Fn(u128, &str) -> i32) {
        for number in 1..=12 {
            let region = home_of(number);
            let mut door = self.to_expert(region, number);
            let listed = door
                .list_ballots(wire::ListBallotsRequest::default())
                .await
                .unwrap();
            for ballot in listed.into_inner().ballots {
                if ballot.state() == wire::BallotState::Invited {
                    let points = points(number, &ballot.record.as_ref().unwrap().title);
                    door.cast_ballot(casting(&ballot, points)).await.unwrap();
                }
            }
        }
    }
}

pub(crate) fn home_of(number: u128) -> Region {
    if number.is_multiple_of(2) {
        Region::SH
    } else {
        Region::JS
    }
}
