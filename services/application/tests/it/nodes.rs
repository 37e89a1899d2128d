//! The hub, the lead's home and a solver's home, each with its own database. Who is barred is said
//! to the desks, where registry would be asked; everything else is real.

use application::{
    ApplicationService,
    domain::{Examination, examination},
};
use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use journal::Act;
use proto::{
    application::v1::{self as wire, application_service_client::ApplicationServiceClient},
    common::v1::Money as WireMoney,
    coordination::v1::AssentGiven,
    matching::v1::{ReserveChanged, ReserveOwnerRecorded, ReserveStatus, SelectedSolver},
    message::{Audience, Incoming, Message, PublicEvent, Scope},
    registry::v1::{Unit, UnitRecorded},
};
use regulation::{
    Actor, ApplicationId, BlindId, PersonKey, Region, RequestId, Role, TaskId, UnitId,
};
use testkit::TestDatabase;
use time::{OffsetDateTime, macros::datetime};
use uuid::{Uuid, uuid};

pub(crate) const START: OffsetDateTime = datetime!(2024-11-12 09:00 +8);
/// Each unit's id is that of its identity `DE|R|1`, `DE|R|2`, `DE|R|3`.
pub(crate) const LEAD: UnitId = UnitId(uuid!("1e962d16-2dce-5132-bd0a-a1e36f0e6fb6"));
pub(crate) const SOLVER: UnitId = UnitId(uuid!("617a10c1-17e7-5225-8364-bf80285ad7cc"));
pub(crate) const GUEST: UnitId = UnitId(uuid!("b71e7a2a-2086-5a40-8ba3-39ecdf1b364f"));
pub(crate) const BLIND: BlindId = BlindId(Uuid::from_u128(0xB11D));
pub(crate) const TASKS: [TaskId; 2] = [
    TaskId(Uuid::from_u128(0x7A51)),
    TaskId(Uuid::from_u128(0x7A52)),
];

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<RequestId>().to_string()
}

pub(crate) fn fen(fen: i64) -> WireMoney {
    WireMoney { fen }
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
        for (unit, region) in [
            (LEAD, Region::ZJ),
            (SOLVER, Region::SH),
            (GUEST, Region::SH),
        ] {
            self.record_unit(region, recorded(unit, region)).await;
        }
        let solvers = vec![solver(TASKS[0], SOLVER), solver(TASKS[1], GUEST)];
        self.own_word(ReserveStatus::Matched, solvers, false).await;
        self.hubs_word(ReserveStatus::Matched, &TASKS).await;
    }

    /// What a registry tells all of a unit.
    pub(crate) async fn record_unit(&self, region: Region, unit: Unit) {
        let id = unit.unit_id.clone();
        let recorded = UnitRecorded { unit: Some(unit) };
        for node in self.all() {
            let message = Message::share(Audience::All, &id, &recorded);
            assert_eq!(node.hear_from(region, message).await, Outcome::Applied);
        }
    }

    /// What matching of the demander's home tells its own node of the entry.
    pub(crate) async fn own_word(
        &self,
        status: ReserveStatus,
        solvers: Vec<SelectedSolver>,
        demand_withdrawn: bool,
    ) {
        let owner = ReserveOwnerRecorded {
            blind_id: BLIND.to_string(),
            demander_unit_id: LEAD.to_string(),
            status: status.into(),
            solvers,
            demand_withdrawn,
            ..Default::default()
        };
        let message = Message::node(BLIND, &owner);
        assert_eq!(
            self.home.hear_from(Region::ZJ, message).await,
            Outcome::Applied
        );
    }

    /// What the hub tells all of the entry.
    pub(crate) async fn hubs_word(&self, status: ReserveStatus, matched: &[TaskId]) {
        let changed = ReserveChanged {
            blind_id: BLIND.to_string(),
            status: status.into(),
            matched_task_ids: matched.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        for node in self.all() {
            let message = Message::share(Audience::All, BLIND, &changed);
            assert_eq!(node.hear_from(Region::HUB, message).await, Outcome::Applied);
        }
    }
}

/// A unit as its registry tells of it.
pub(crate) fn recorded(unit: UnitId, region: Region) -> Unit {
    let number = [LEAD, SOLVER, GUEST]
        .iter()
        .position(|one| *one == unit)
        .unwrap();
    let seat = match region {
        _ if unit == GUEST => "",
        Region::ZJ => "330100",
        _ => "310000",
    };
    Unit {
        unit_id: unit.to_string(),
        identity: format!("DE|R|{}", number + 1),
        region: region.to_string(),
        division_code: seat.into(),
        guest: unit == GUEST,
        active: true,
        ..Default::default()
    }
}

/// A solver of a task.
pub(crate) fn solver(task: TaskId, unit: UnitId) -> SelectedSolver {
    SelectedSolver {
        task_id: task.to_string(),
        holder_unit_id: unit.to_string(),
        team_unit_ids: vec![unit.to_string()],
        ..Default::default()
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
            support: Some(fen(support)),
            own: Some(fen(own)),
        }],
        person_keys: vec![person(key).to_string()],
        work: "承担本单位任务".into(),
    }
}

/// One million fen, of which 30 % are asked for.
pub(crate) fn content() -> wire::ApplicationContent {
    let contract = |unit: UnitId| wire::TechnicalContract {
        subtask_unit_id: unit.to_string(),
        amount: Some(fen(150_000)),
        ..Default::default()
    };
    let share = |unit: UnitId, basis_points| wire::PropertyShare {
        unit_id: unit.to_string(),
        basis_points,
    };
    wire::ApplicationContent {
        title: "核心部件国产化攻关".into(),
        leader_person_key: person(1).to_string(),
        core_team_person_keys: vec![person(1).to_string(), person(2).to_string()],
        indicators: "寿命不少于一万小时".into(),
        milestones: vec!["样件".into()],
        months: 36,
        investment: Some(fen(1_000_000)),
        support: Some(fen(300_000)),
        contracts: vec![contract(SOLVER), contract(GUEST)],
        shares: vec![share(LEAD, 6000), share(SOLVER, 4000)],
        committed: true,
        ..Default::default()
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
