//! Nodes whose messages a test carries: everything that crosses goes through [`Federation::carry`].

use std::collections::BTreeMap;

use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use coordination::Coordination;
use journal::Fired;
use proto::{
    coordination::v1::{self as wire, coordination_service_client::CoordinationServiceClient},
    evaluation::v1::{ListEntry, ListProposed},
    exchange::v1::RegionHeartbeat,
    intake::v1::PublicRecord,
    message::{Audience, Incoming, Message, Scope},
};
use regulation::{Actor, Context, Region, Role};
use testkit::TestDatabase;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-05-06 10:00 +8);
pub(crate) const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

pub(crate) type Client = CoordinationServiceClient<Door>;

pub(crate) struct House {
    pub(crate) desk: Desk,
    _database: TestDatabase,
}

/// The coordination services of the hub and the members.
pub(crate) struct Federation(BTreeMap<Region, House>);

impl Federation {
    pub(crate) async fn of(regions: &[Region]) -> Self {
        let mut houses = BTreeMap::new();
        for region in regions {
            let database = testkit::database(&testing::migrations::<Coordination>())
                .await
                .unwrap();
            let desk = testing::desk::<Coordination>(database.pool(), *region, START).unwrap();
            houses.insert(
                *region,
                House {
                    desk,
                    _database: database,
                },
            );
        }
        Self(houses)
    }

    pub(crate) async fn whole() -> Self {
        Self::of(&[Region::HUB, Region::SH, Region::JS, Region::ZJ, Region::AH]).await
    }

    pub(crate) fn desk(&self, region: Region) -> &Desk {
        &self.0[&region].desk
    }

    /// The doors of a node as a person of the role finds them, who is called like the role.
    pub(crate) fn to(&self, region: Region, role: Role) -> Client {
        self.to_actor(Actor::person(format!("{role:?}-{region}"), role, region))
    }

    pub(crate) fn to_actor(&self, actor: Actor) -> Client {
        let door = testing::door::<Coordination>(self.desk(actor.region), &NoSettings {}, actor);
        CoordinationServiceClient::new(door)
    }

    /// Lets a node hear a message.
    pub(crate) async fn hear(&self, at: Region, message: &Incoming) -> Outcome {
        Inbound::<Coordination>::new(self.desk(at).clone())
            .handle(message)
            .await
    }

    /// Carries what waits, and what follows from it, until nothing waits; all of it twice, since
    /// it may be delivered twice. Gives what crossed.
    pub(crate) async fn carry(&self) -> Vec<Incoming> {
        let mut crossed = Vec::new();
        loop {
            let mut carried = 0;
            for (origin, house) in &self.0 {
                let outbox = house.desk.journal().outbox();
                let waiting: Vec<_> = outbox.pending(1000).await.unwrap();
                let told = testing::told(&house.desk).await.unwrap();
                for message in &told {
                    for node in self.0.keys().filter(|node| hears(**node, *origin, message)) {
                        for _ in 0..2 {
                            let outcome = self.hear(*node, message).await;
                            assert_eq!(outcome, Outcome::Applied, "{} at {node}", message.kind);
                        }
                    }
                }
                carried += told.len();
                crossed.extend(told);
                let done: Vec<_> = waiting.iter().map(|row| row.seq).collect();
                outbox.remove(&done).await.unwrap();
            }
            if carried == 0 {
                return crossed;
            }
        }
    }

    pub(crate) fn forward(&self, by: Duration) {
        for house in self.0.values() {
            let clock = house.desk.clock();
            let by = i64::try_from(by.whole_milliseconds()).unwrap();
            clock.set_offset_ms(clock.offset_ms() + by).unwrap();
        }
    }

    /// Lets the hub hear a region's heartbeat of now.
    pub(crate) async fn beat(&self, region: Region) {
        let now = self.desk(Region::HUB).clock().now();
        let time = prost_types::Timestamp {
            seconds: now.unix_timestamp(),
            nanos: i32::try_from(now.nanosecond()).unwrap(),
        };
        let heartbeat = RegionHeartbeat {
            time: Some(time),
            journals: vec![],
        };
        let message = said(
            region,
            now,
            Message::share(Audience::All, region, &heartbeat),
        );
        assert_eq!(self.hear(Region::HUB, &message).await, Outcome::Applied);
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
        let context = Context {
            now,
            actor: Actor::system(Region::HUB),
            node: Region::HUB,
            policy: desk.policies().at(now).await,
            heard: rows
                .into_iter()
                .map(|(region, until)| (region.parse().unwrap(), until))
                .collect(),
        };
        desk.journal().fire_due(&context).await.unwrap()
    }

    /// The hub's evaluation proposes a list; gives the decision that opens.
    pub(crate) async fn propose(&self, round: u128) -> String {
        let message = said(Region::HUB, START, Message::node("round", &list(round)));
        assert_eq!(self.hear(Region::HUB, &message).await, Outcome::Applied);
        self.carry().await;
        let all = wire::ListDecisionsRequest::default();
        let mut secretariat = self.to(Region::HUB, Role::Secretariat);
        let found = secretariat.list_decisions(all).await.unwrap().into_inner();
        found.decisions[0].decision_id.clone()
    }

    /// The department's assent to the newest thing that it is asked for.
    pub(crate) async fn assent(&self, region: Region) {
        let asked = wire::ListAssentsRequest {
            state: wire::AssentState::Requested.into(),
            ..Default::default()
        };
        let mut officer = self.to(region, Role::Officer);
        let assent = officer
            .list_assents(asked)
            .await
            .unwrap()
            .into_inner()
            .assents
            .remove(0);
        let prepare = wire::PrepareAssentRequest {
            request_id: fresh(),
            assent_id: assent.assent_id.clone(),
            digest: assent.digest.clone(),
            note: "拟同意".to_owned(),
        };
        officer.prepare_assent(prepare).await.unwrap();
        let give = wire::GiveAssentRequest {
            request_id: fresh(),
            assent_id: assent.assent_id,
            digest: assent.digest,
        };
        let given = self
            .to(region, Role::Director)
            .give_assent(give)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(given.state(), wire::AssentState::Given);
    }

    pub(crate) async fn decision(&self, region: Region, role: Role, id: &str) -> wire::Decision {
        let asked = wire::GetDecisionRequest {
            decision_id: id.to_owned(),
        };
        self.to(region, role)
            .get_decision(asked)
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn approve(&self, decision: &wire::Decision) -> wire::Decision {
        let approve = approval(decision);
        let mut task_force = self.to(Region::HUB, Role::TaskForce);
        task_force
            .approve_decision(approve)
            .await
            .unwrap()
            .into_inner()
    }
}

/// Whether the border carries the message there. Everything is heard where it was said.
fn hears(node: Region, origin: Region, message: &Incoming) -> bool {
    node == origin
        || match message.scope {
            Scope::Node => false,
            Scope::Share(Audience::All) => true,
            Scope::Share(Audience::One(region)) => region == node,
        }
}

pub(crate) fn approval(decision: &wire::Decision) -> wire::ApproveDecisionRequest {
    wire::ApproveDecisionRequest {
        request_id: fresh(),
        decision_id: decision.decision_id.clone(),
        document_number: "长三角办〔2024〕5号".to_owned(),
        digest: decision.digest.clone(),
    }
}

pub(crate) fn said(origin: Region, at: OffsetDateTime, message: Message) -> Incoming {
    Incoming {
        id: chassis::clock::Ids.random(),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate,
        at,
        body: message.body,
        traceparent: None,
    }
}

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<Uuid>().to_string()
}

pub(crate) fn list(round: u128) -> ListProposed {
    let entry = ListEntry {
        demand_id: Uuid::from_u128(77).to_string(),
        region: "js".to_owned(),
        place: 1,
        score: 9_100,
        listed: true,
        reason: "名次在前".to_owned(),
        record: Some(PublicRecord {
            title: "高端光刻胶树脂".to_owned(),
            ..Default::default()
        }),
    };
    ListProposed {
        round_id: Uuid::from_u128(round).to_string(),
        year: 2024,
        entries: vec![entry],
    }
}
