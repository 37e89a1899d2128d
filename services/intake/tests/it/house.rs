//! An intake of one node for one test, without any network: nobody else can be asked.

use chassis::{
    Desk, Inbound, Outcome, attachments,
    testing::{self, Door},
};
use evidence::Digest;
use intake::{
    Intake, Settings,
    domain::{Command, Demand, Revise, Similar, Standing, Submission},
};
use proto::{
    common::v1::Money,
    intake::v1::{self as wire, intake_service_client::IntakeServiceClient},
    message::{Audience, Incoming, Message, Scope},
};
use regulation::{Actor, Region, Role, UnitId};
use testkit::TestDatabase;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-09-02 09:00 +8);
pub(crate) const STAR: UnitId = UnitId(Uuid::from_u128(1));
pub(crate) const MOON: UnitId = UnitId(Uuid::from_u128(2));

/// An intake with everything that it needs.
pub(crate) struct House {
    pub(crate) desk: Desk,
    settings: Settings,
    place: tempfile::TempDir,
    _database: TestDatabase,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::at(Region::JS).await
    }

    /// The intake of a node.
    pub(crate) async fn at(region: Region) -> Self {
        let database = testkit::database(&testing::migrations::<Intake>())
            .await
            .unwrap();
        let place = tempfile::tempdir().unwrap();
        let key_file = place.path().join("attachments.key");
        std::fs::write(&key_file, "07".repeat(32)).unwrap();
        let directory = place.path().join("files");
        Self {
            desk: testing::desk::<Intake>(database.pool(), region, START).unwrap(),
            settings: Settings {
                attachments: attachments::Settings {
                    directory,
                    key_file,
                },
            },
            place,
            _database: database,
        }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.place.path()
    }

    /// The doors as somebody of a role finds them.
    pub(crate) fn to(&self, role: Role) -> IntakeServiceClient<Door> {
        self.to_actor(Actor::person(format!("{role:?}"), role, Region::JS))
    }

    pub(crate) fn to_member(&self, unit: UnitId) -> IntakeServiceClient<Door> {
        self.to_actor(member(unit))
    }

    fn to_actor(&self, actor: Actor) -> IntakeServiceClient<Door> {
        IntakeServiceClient::new(testing::door::<Intake>(&self.desk, &self.settings, actor))
    }

    /// A new draft of the unit.
    pub(crate) async fn draft(&self, unit: UnitId, content: wire::DemandContent) -> String {
        let request = wire::CreateDemandRequest {
            request_id: fresh().to_string(),
            content: Some(content),
        };
        let created = self.to_member(unit).create_demand(request).await.unwrap();
        created.into_inner().demand_id
    }

    /// Hands it in, with what registry would say of the unit.
    pub(crate) async fn submit(&self, unit: UnitId, id: &str, similar: Vec<Similar>) {
        let submission = Submission {
            standing: Standing {
                active_here: true,
                backbone_fields: vec!["集成电路".parse().unwrap()],
                barred: None,
                affiliates: vec![],
                names: vec!["江苏星河微电子科技有限公司".into()],
            },
            similar,
        };
        let command = Command::Submit(Box::new(submission));
        self.command(unit, id, command).await;
    }

    pub(crate) async fn accept(&self, id: &str) -> Result<wire::Demand, tonic::Status> {
        self.accept_with(id, &[]).await
    }

    /// Accepts it, confirming these pictures.
    pub(crate) async fn accept_with(
        &self,
        id: &str,
        figures: &[&str],
    ) -> Result<wire::Demand, tonic::Status> {
        let request = wire::AcceptDemandRequest {
            request_id: fresh().to_string(),
            demand_id: id.to_owned(),
            confirmed_figures: figures.iter().map(ToString::to_string).collect(),
        };
        let accepted = self.to(Role::Officer).accept_demand(request).await?;
        Ok(accepted.into_inner())
    }

    /// Revises a task for which matching would say that nobody is selected.
    pub(crate) async fn revise(&self, unit: UnitId, id: &str, task: wire::ExternalTask) {
        let revise = Revise {
            task: intake::record::parse_task(task).unwrap(),
            reason: "首轮无揭榜方".parse().unwrap(),
            words: [].into(),
            selected: Some([].into()),
            names: vec![],
        };
        self.command(unit, id, Command::Revise(Box::new(revise)))
            .await;
    }

    async fn command(&self, unit: UnitId, id: &str, command: Command) {
        let request = journal::Request {
            caller: "member".to_owned(),
            id: fresh().into(),
            fingerprint: Digest::of("test", &[]),
        };
        let actor = member(unit);
        let done = self.desk.execute::<Demand>(actor, id, command, &request);
        done.await.unwrap();
    }

    pub(crate) async fn get(&self, role: Role, id: &str) -> wire::Demand {
        let demand_id = id.to_owned();
        let request = wire::GetDemandRequest { demand_id };
        self.to(role)
            .get_demand(request)
            .await
            .unwrap()
            .into_inner()
    }

    /// Everything that this intake has to tell.
    pub(crate) async fn told(&self) -> Vec<Incoming> {
        testing::told(&self.desk).await.unwrap()
    }

    /// Lets this intake hear what the hub says.
    pub(crate) async fn hear(&self, message: Message) -> Outcome {
        let scope = Scope::Share(Audience::One(Region::JS));
        self.hear_from(Region::HUB, Message { scope, ..message })
            .await
    }

    /// Lets it hear what a node says, in the scope in which it says it.
    pub(crate) async fn hear_from(&self, origin: Region, message: Message) -> Outcome {
        let incoming = Incoming {
            id: fresh(),
            origin,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate,
            at: START,
            body: message.body,
            traceparent: None,
        };
        Inbound::<Intake>::new(self.desk.clone())
            .handle(&incoming)
            .await
    }
}

fn member(unit: UnitId) -> Actor {
    Actor {
        unit: Some(unit),
        ..Actor::person("member", Role::UnitMember, Region::JS)
    }
}

pub(crate) fn fresh() -> Uuid {
    chassis::clock::Ids.random()
}

/// What a demander writes that breaks no rule.
pub(crate) fn content() -> wire::DemandContent {
    let money = |fen| Some(Money { fen });
    wire::DemandContent {
        record: Some(wire::PublicRecord {
            title: "高端光刻胶用树脂".into(),
            field: "集成电路".into(),
            mission:
                "突破高端光刻胶用树脂的合成工艺，实现分子量分布的精确控制与批次稳定，完成产线验证"
                    .into(),
            goals: vec![wire::ScenarioGoal::KeyTechnology.into()],
            tasks: vec![wire::ExternalTask {
                task_id: fresh().to_string(),
                title: "树脂合成与纯化".into(),
                content: "窄分布树脂的可控聚合与金属离子去除".into(),
                indicators: "分散度不高于 1.2，金属离子低于 1 ppb".into(),
                offered_funds: money(300_000_000),
                mode: wire::TaskMode::Challenge.into(),
                solvers_max: 1,
                revision: 0,
            }],
            planned_investment: money(2_000_000_000),
            months: 30,
            milestones: vec![],
            ..wire::PublicRecord::default()
        }),
        programme: wire::ProgrammeKind::Joint.into(),
        cross_region_reason: "检测能力在外省".into(),
        nothing_classified: true,
        private_note: "PRIVATE-NOTE".into(),
        contact: "PRIVATE-CONTACT".into(),
        ..Default::default()
    }
}
