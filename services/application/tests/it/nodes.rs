//! The hub, the lead's home and a solver's home, each with its own database. Registry's word on
//! who is barred is put into the commands here, as the doors do; everything else is real.

use application::{
    ApplicationService,
    domain::{
        Application, Examination, KnownUnit, PoolEntry,
        application::Command,
        check::{Known, UnitFacts, Whose},
        examination,
        package::{Content, Contract},
    },
};
use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use journal::{Act, Loaded};
use proto::{
    application::v1::{self as wire, application_service_client::ApplicationServiceClient},
    common::v1::Money as WireMoney,
    coordination::v1::AssentGiven,
    matching::v1::{ReserveChanged, ReserveOwnerRecorded, ReserveStatus, SelectedSolver},
    message::{Audience, Incoming, Message, PublicEvent, Scope},
    registry::v1::{Unit, UnitRecorded},
};
use regulation::{
    Actor, ApplicationId, BlindId, Money, PersonKey, Region, RequestId, Role, TaskId, UnitId,
};
use testkit::TestDatabase;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-11-12 09:00 +8);
pub(crate) const LEAD: UnitId = UnitId(Uuid::from_u128(0xD0D0_1111));
pub(crate) const SOLVER: UnitId = UnitId(Uuid::from_u128(0x5050_2222));
pub(crate) const GUEST: UnitId = UnitId(Uuid::from_u128(0x5050_3333));
pub(crate) const BLIND: BlindId = BlindId(Uuid::from_u128(0xB11D));
pub(crate) const TASKS: [TaskId; 2] = [
    TaskId(Uuid::from_u128(0x7A51)),
    TaskId(Uuid::from_u128(0x7A52)),
];

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<RequestId>().to_string()
}

pub(crate) fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

pub(crate) fn person(byte: u8) -> PersonKey {
    PersonKey::from_bytes([byte; 32])
}

/// One node's application service.
pub(crate) struct Node {
    pub(crate) desk: Desk,
    _database: TestDatabase,
}

pub(crate) type Client = ApplicationServiceClient<Door>;

impl Node {
    pub(crate) async fn of(region: Region) -> Self {
        let database = testkit::database(&testing::migrations::<ApplicationService>())
            .await
            .unwrap();
        let desk = testing::desk::<ApplicationService>(database.pool(), region, START).unwrap();
        Self {
            desk,
            _database: database,
        }
    }

    pub(crate) fn actor(&self, role: Role) -> Actor {
        let person = format!("{role:?}").to_lowercase();
        Actor::person(person, role, self.desk.region())
    }

    pub(crate) fn member(&self, unit: UnitId) -> Actor {
        Actor {
            unit: Some(unit),
            ..Actor::person("member", Role::UnitMember, self.desk.region())
        }
    }

    pub(crate) fn to(&self, role: Role) -> Client {
        self.to_actor(self.actor(role))
    }

    pub(crate) fn to_member(&self, unit: UnitId) -> Client {
        self.to_actor(self.member(unit))
    }

    pub(crate) fn to_actor(&self, actor: Actor) -> Client {
        let door = testing::door::<ApplicationService>(&self.desk, &NoSettings {}, actor);
        ApplicationServiceClient::new(door)
    }

    pub(crate) async fn hear(&self, message: &Incoming) -> Outcome {
        Inbound::<ApplicationService>::new(self.desk.clone())
            .handle(message)
            .await
    }

    /// Hears something that another service, or another node, says.
    pub(crate) async fn hear_from(&self, origin: Region, message: Message) -> Outcome {
        let incoming = Incoming {
            id: chassis::clock::Ids.random(),
            origin,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate,
            at: self.desk.clock().now(),
            body: message.body,
            traceparent: None,
        };
        self.hear(&incoming).await
    }

    /// Everything of a kind that this node has said so far.
    pub(crate) async fn told<E: PublicEvent>(&self) -> Vec<(Scope, E)> {
        let told = testing::told(&self.desk).await.unwrap();
        let of_kind = told.into_iter().filter(|message| message.kind == E::KIND);
        of_kind
            .map(|message| (message.scope, message.read().unwrap()))
            .collect()
    }

    /// What the doors find out around an application.
    pub(crate) async fn known(&self, units: &[UnitId]) -> Known {
        let entry = self.desk.load::<PoolEntry>("储备", BLIND).await;
        let entry = entry.map(|entry| entry.state).unwrap_or_default();
        let mut facts = std::collections::BTreeMap::new();
        for unit in units {
            let known = self.desk.load::<KnownUnit>("单位", unit).await.unwrap();
            let registered = known.state.0.unwrap();
            let barred = false;
            facts.insert(*unit, UnitFacts { registered, barred });
        }
        let whose = if self.desk.region().is_hub() {
            Whose::Signed
        } else {
            Whose::Here(entry.owner)
        };
        Known {
            pool: entry.standing,
            whose,
            units: facts,
            leader_elsewhere: None,
        }
    }

    pub(crate) async fn command(
        &self,
        id: ApplicationId,
        command: Command,
    ) -> Result<Loaded<Application>, tonic::Status> {
        let request = journal::Request {
            caller: "member".to_owned(),
            id: chassis::clock::Ids.random(),
            fingerprint: evidence::Digest::of("test", &[]),
        };
        self.desk
            .execute::<Application>(self.member(LEAD), id, command, &request)
            .await
    }
}

/// A federation of three.
pub(crate) struct Nodes {
    pub(crate) hub: Node,
    pub(crate) home: Node,
    pub(crate) solver: Node,
}

impl Nodes {
    pub(crate) async fn start() -> Self {
        Self {
            hub: Node::of(Region::HUB).await,
            home: Node::of(Region::ZJ).await,
            solver: Node::of(Region::SH).await,
        }
    }

    pub(crate) fn all(&self) -> [&Node; 3] {
        [&self.hub, &self.home, &self.solver]
    }

    /// Carries everything that was said, again and again, until nobody has anything new to say:
    /// so everything is delivered more than once.
    pub(crate) async fn settle(&self) {
        let mut before = usize::MAX;
        loop {
            let mut said = 0;
            for from in self.all() {
                let told = testing::told(&from.desk).await.unwrap();
                said += told.len();
                for message in &told {
                    self.carry(from, message).await;
                }
            }
            if said == before {
                return;
            }
            before = said;
        }
    }

    async fn carry(&self, from: &Node, message: &Incoming) {
        for to in self.all() {
            let hears = match message.scope {
                Scope::Node => to.desk.region() == from.desk.region(),
                Scope::Share(Audience::All) => true,
                Scope::Share(Audience::One(region)) => region == to.desk.region(),
            };
            if hears {
                assert_eq!(to.hear(message).await, Outcome::Applied, "{}", message.kind);
            }
        }
    }

    pub(crate) fn pass(&self, days: i64) {
        for node in self.all() {
            let clock = node.desk.clock();
            let ahead = clock.offset_ms() + days * 86_400_000;
            clock.set_offset_ms(ahead).unwrap();
        }
    }

    /// Everybody knows the units; the demand is in the pool; the demander's home knows whose it is.
    pub(crate) async fn prepare(&self) {
        for (unit, region, guest) in [
            (LEAD, Region::ZJ, false),
            (SOLVER, Region::SH, false),
            (GUEST, Region::SH, true),
        ] {
            let recorded = UnitRecorded {
                unit: Some(Unit {
                    unit_id: unit.to_string(),
                    region: region.to_string(),
                    guest,
                    active: true,
                    ..Default::default()
                }),
            };
            for node in self.all() {
                let message = Message::share(Audience::All, unit, &recorded);
                assert_eq!(node.hear_from(region, message).await, Outcome::Applied);
            }
        }
        let solver = |task: TaskId, unit: UnitId| SelectedSolver {
            task_id: task.to_string(),
            holder_unit_id: unit.to_string(),
            team_unit_ids: vec![unit.to_string()],
            ..Default::default()
        };
        let owner = ReserveOwnerRecorded {
            blind_id: BLIND.to_string(),
            demander_unit_id: LEAD.to_string(),
            status: ReserveStatus::Matched.into(),
            solvers: vec![solver(TASKS[0], SOLVER), solver(TASKS[1], GUEST)],
            ..Default::default()
        };
        let message = Message::node(BLIND, &owner);
        assert_eq!(
            self.home.hear_from(Region::ZJ, message).await,
            Outcome::Applied
        );
        let changed = ReserveChanged {
            blind_id: BLIND.to_string(),
            status: ReserveStatus::Matched.into(),
            matched_task_ids: TASKS.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        for node in self.all() {
            let message = Message::share(Audience::All, BLIND, &changed);
            assert_eq!(node.hear_from(Region::HUB, message).await, Outcome::Applied);
        }
    }
}

/// A unit's word, by its own node.
pub(crate) fn given(request: &proto::coordination::v1::AssentRequest) -> (Region, Message) {
    let party = request.party.clone().unwrap();
    let region: Region = party.region.parse().unwrap();
    let given = AssentGiven {
        assent_id: request.assent_id.clone(),
        document_kind: request.document_kind.clone(),
        subject_id: request.subject_id.clone(),
        digest: request.digest.clone(),
        party: Some(party),
        person: "zhang".into(),
        role: "unit_member".into(),
        given_at: String::new(),
    };
    let message = if region == Region::ZJ {
        Message::node(&request.assent_id, &given)
    } else {
        Message::share(Audience::One(Region::ZJ), &request.assent_id, &given)
    };
    (region, message)
}

pub(crate) fn input(key: u8, support: i64, own: i64) -> wire::PartInput {
    wire::PartInput {
        lines: vec![wire::BudgetLine {
            category: "materials".into(),
            support: Some(WireMoney { fen: support }),
            own: Some(WireMoney { fen: own }),
        }],
        person_keys: vec![person(key).to_string()],
        work: "承担本单位任务".into(),
    }
}

/// One million fen, of which 30 % are asked for.
pub(crate) fn content() -> Content {
    let contract = |unit| Contract {
        unit,
        amount: fen(150_000),
        registration: None,
    };
    Content {
        title: "核心部件国产化攻关".parse().unwrap(),
        leader: Some(person(1)),
        core_team: [person(1), person(2)].into(),
        indicators: "寿命不少于一万小时".parse().ok(),
        milestones: vec!["样件".parse().unwrap()],
        months: 36,
        duration_reason: None,
        investment: fen(1_000_000),
        support: fen(300_000),
        contracts: vec![contract(SOLVER), contract(GUEST)],
        shares: [(LEAD, 6000), (SOLVER, 4000)].into(),
        committed: true,
    }
}

/// A region says that it has said everything up to a time.
pub(crate) fn heartbeat(region: Region, at: OffsetDateTime) -> Message {
    let time = prost_types::Timestamp {
        seconds: at.unix_timestamp(),
        nanos: 0,
    };
    let heartbeat = proto::exchange::v1::RegionHeartbeat {
        time: Some(time),
        ..Default::default()
    };
    Message::share(Audience::All, region, &heartbeat)
}

/// What a timer would do.
pub(crate) fn expire(id: ApplicationId) -> Act {
    Act::new::<Examination>(id, examination::Command::Expire)
}
