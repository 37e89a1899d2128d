//! The hub, a demander's home and a solver's home, each with its own database; what one says is
//! carried to the others as the border would.

use chassis::{
    Desk, Inbound, Outcome,
    testing::{self, Door},
};
use matching::{
    Matching,
    domain::{
        Bars, Posting, Solution, TeamStanding,
        posting::{self, Reason},
        words::SolutionCommand,
    },
    recommend::Settings,
};
use prost::Message as _;
use proto::{
    common::v1::Money,
    coordination::v1::{DecisionInForce, DecisionKind},
    evaluation::v1::{ListEntry, ListProposed},
    exchange::v1::RegionHeartbeat,
    intake::v1::{DemandOwnerRecorded, ExternalTask, PublicRecord, TaskMode},
    matching::v1::{
        self as wire, dialogue_service_client::DialogueServiceClient,
        matching_service_client::MatchingServiceClient,
    },
    message::{Audience, Incoming, Message, Scope},
};
use regulation::{
    Actor, Context, DecisionId, DemandId, Region, RequestId, Role, SolutionId, UnitId,
};
use testkit::TestDatabase;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-10-08 09:00 +8);
pub(crate) const DEMANDER: UnitId = UnitId(Uuid::from_u128(0xD0D0_1111));
pub(crate) const SOLVER: UnitId = UnitId(Uuid::from_u128(0x5050_2222));
/// The demander's home, named so that it is found wherever it leaks.
pub(crate) const HOME: &str = "qzxvkwpj";

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<RequestId>().to_string()
}

/// One node's matching service.
pub(crate) struct Node {
    pub(crate) desk: Desk,
    _database: TestDatabase,
}

impl Node {
    async fn of(region: Region) -> Self {
        let database = testkit::database(&testing::migrations::<Matching>())
            .await
            .unwrap();
        let desk = testing::desk::<Matching>(database.pool(), region, START).unwrap();
        Self {
            desk,
            _database: database,
        }
    }

    pub(crate) fn to(&self, role: Role) -> MatchingServiceClient<Door> {
        let person = format!("{role:?}").to_lowercase();
        self.to_actor(Actor::person(person, role, self.desk.region()))
    }

    pub(crate) fn to_member(&self, unit: UnitId) -> MatchingServiceClient<Door> {
        let actor = Actor::person("member", Role::UnitMember, self.desk.region());
        self.to_actor(Actor {
            unit: Some(unit),
            ..actor
        })
    }

    pub(crate) fn dialogue(&self, role: Role) -> DialogueServiceClient<Door> {
        let person = format!("{role:?}").to_lowercase();
        self.dialogue_of(Actor::person(person, role, self.desk.region()))
    }

    pub(crate) fn dialogue_of(&self, actor: Actor) -> DialogueServiceClient<Door> {
        let door = testing::door::<Matching>(&self.desk, &Settings::default(), actor);
        DialogueServiceClient::new(door)
    }

    pub(crate) fn member(&self, unit: UnitId) -> Actor {
        Actor {
            unit: Some(unit),
            ..Actor::person("member", Role::UnitMember, self.desk.region())
        }
    }

    /// Gives a command as a door would, had registry been asked what the door asks it.
    pub(crate) async fn give<A: journal::Aggregate>(
        &self,
        actor: Actor,
        id: impl ToString,
        command: A::Command,
    ) -> Result<(), tonic::Status> {
        let request = journal::Request {
            caller: "member".into(),
            id: chassis::clock::Ids.random(),
            fingerprint: evidence::Digest::of("test", &[]),
        };
        let done = self.desk.execute::<A>(actor, id, command, &request).await;
        done.map(|_| ())
    }

    /// What falls due by now happens.
    pub(crate) async fn fire(&self, heard: &[(Region, OffsetDateTime)]) {
        let context = Context {
            now: self.desk.clock().now(),
            actor: Actor::system(self.desk.region()),
            node: self.desk.region(),
            policy: None,
            heard: heard.iter().copied().collect(),
        };
        let fired = self.desk.journal().fire_due(&context).await.unwrap();
        assert_eq!((fired.refused, fired.failed), (0, 0));
    }

    pub(crate) fn to_actor(&self, actor: Actor) -> MatchingServiceClient<Door> {
        let door = testing::door::<Matching>(&self.desk, &Settings::default(), actor);
        MatchingServiceClient::new(door)
    }

    pub(crate) async fn hear(&self, message: &Incoming) -> Outcome {
        Inbound::<Matching>::new(self.desk.clone())
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
            home: Node::of(HOME.parse().unwrap()).await,
            solver: Node::of(Region::ZJ).await,
        }
    }

    fn all(&self) -> [&Node; 3] {
        [&self.hub, &self.home, &self.solver]
    }

    /// Carries everything that was said, again and again, until nobody has anything new to say.
    pub(crate) async fn settle(&self) {
        let mut before = 0;
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

    /// The hub hears from every region that it has said everything so far.
    pub(crate) async fn heartbeats(&self, but: &[Region]) {
        let seconds = (self.hub.desk.clock().now() + Duration::MINUTE).unix_timestamp();
        let heartbeat = RegionHeartbeat {
            time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            ..Default::default()
        };
        let home = self.home.desk.region();
        for region in [Region::SH, Region::JS, Region::ZJ, Region::AH, home] {
            if !but.contains(&region) {
                let message = Message::share(Audience::All, region, &heartbeat);
                assert_eq!(self.hub.hear_from(region, message).await, Outcome::Applied);
            }
        }
    }

    /// A list in force with these demands, all of the home node.
    pub(crate) async fn list(&self, demands: &[(DemandId, PublicRecord)]) -> DecisionId {
        let home = self.home.desk.region();
        for (demand, record) in demands {
            let owner = DemandOwnerRecorded {
                demand_id: demand.to_string(),
                demander_unit_id: DEMANDER.to_string(),
                affiliate_unit_ids: vec![],
                record: Some(record.clone()),
                contact: "联系人：欧阳明远，13800138000".into(),
            };
            let message = Message::node(demand, &owner);
            assert_eq!(self.home.hear_from(home, message).await, Outcome::Applied);
        }
        let entries = demands.iter().map(|(demand, record)| ListEntry {
            demand_id: demand.to_string(),
            region: home.to_string(),
            listed: true,
            record: Some(record.clone()),
            ..Default::default()
        });
        let list = ListProposed {
            year: 2024,
            entries: entries.collect(),
            ..Default::default()
        };
        let id: DecisionId = chassis::clock::Ids.random();
        let decision = DecisionInForce {
            decision_id: id.to_string(),
            kind: DecisionKind::List.into(),
            document: list.encode_to_vec(),
            document_number: "沪科〔2024〕8号".into(),
            ..Default::default()
        };
        let message = Message::share(Audience::All, id, &decision);
        assert_eq!(
            self.hub.hear_from(Region::HUB, message).await,
            Outcome::Applied
        );
        id
    }

    /// Publishes a list with these demands; gives what everybody sees of them, by number.
    pub(crate) async fn publish(
        &self,
        demands: &[(DemandId, PublicRecord)],
    ) -> Vec<wire::CatalogueEntry> {
        let decision_id = self.list(demands).await.to_string();
        let request = wire::PublishListRequest {
            request_id: fresh(),
            decision_id,
        };
        let list = self
            .hub
            .to(Role::Secretariat)
            .publish_list(request)
            .await
            .unwrap();
        self.settle().await;
        list.into_inner().entries
    }

    /// Selects a solution as its door does, had registry been asked for the demander's names.
    pub(crate) async fn select(
        &self,
        posting_id: &str,
        solution_id: &str,
        task: u128,
    ) -> Result<(), tonic::Status> {
        let reason = Reason {
            text: "综合最优".parse().unwrap(),
            names: vec![],
        };
        let command = posting::Command::Select {
            task: task_id(task).parse().unwrap(),
            solution: solution_id.parse().unwrap(),
            reason,
            answer_until: None,
            valid_until: None,
            bars: Bars::default(),
        };
        let home = &self.home;
        home.give::<Posting>(home.member(DEMANDER), posting_id, command)
            .await?;
        self.settle().await;
        Ok(())
    }

    /// Hands in a draft as its door would, had registry been asked and found nothing amiss.
    pub(crate) async fn submit(&self, solution: &wire::Solution) {
        let id: SolutionId = solution.solution_id.parse().unwrap();
        let case = self
            .solver
            .desk
            .load::<Solution>("方案", id)
            .await
            .unwrap()
            .state
            .0
            .unwrap();
        let call = matching::domain::CallFacts {
            blind_id: case.blind_id,
            number: case.number,
            tasks: case.content.tasks,
            open: true,
        };
        let command = SolutionCommand::Submit {
            call,
            team: TeamStanding::default(),
            salt: matching::dossier::Salt(evidence::Digest(chassis::clock::Ids.bytes())),
        };
        let actor = Actor {
            unit: Some(SOLVER),
            ..Actor::person("member", Role::UnitMember, Region::ZJ)
        };
        let request = journal::Request {
            caller: "member".into(),
            id: chassis::clock::Ids.random(),
            fingerprint: evidence::Digest::of("test", &[]),
        };
        self.solver
            .desk
            .execute::<Solution>(actor, id, command, &request)
            .await
            .unwrap();
    }
}

pub(crate) fn posting_of(demand: DemandId) -> String {
    Posting::id(demand).to_string()
}

pub(crate) fn demand(n: u128) -> DemandId {
    DemandId(Uuid::from_u128(0xDEAD_0000 + n))
}

pub(crate) fn task_id(n: u128) -> String {
    Uuid::from_u128(0x7A5C_0000 + n).to_string()
}

pub(crate) fn record(title: &str, field: &str) -> PublicRecord {
    let task = |n, mode: TaskMode, solvers_max| ExternalTask {
        task_id: task_id(n),
        title: "树脂合成".into(),
        content: "分子量分布控制".into(),
        indicators: "分散度不高于 1.2，良率 100%".into(),
        offered_funds: Some(Money { fen: 300_000_000 }),
        mode: mode.into(),
        solvers_max,
        revision: 1,
    };
    PublicRecord {
        title: title.into(),
        field: field.into(),
        mission: "突破合成工艺".into(),
        goals: vec![1],
        tasks: vec![
            task(1, TaskMode::Challenge, 1),
            task(2, TaskMode::Racing, 2),
        ],
        planned_investment: Some(Money { fen: 2_000_000_000 }),
        months: 30,
        milestones: vec![],
        ..PublicRecord::default()
    }
}

pub(crate) fn content() -> wire::SolutionContent {
    wire::SolutionContent {
        task_ids: vec![task_id(1), task_id(2)],
        team_unit_ids: vec![],
        approach: "两步法".into(),
        evidence: "中试数据".into(),
        price: Some(Money { fen: 100 }),
        months: 12,
        channel: wire::Channel::Platform.into(),
        committed: true,
        secrecy: true,
        contact: "PRIVATE-CONTACT".into(),
    }
}
