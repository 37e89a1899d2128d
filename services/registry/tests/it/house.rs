//! A registry of one node for one test, without any network.

use chassis::{
    Desk, Inbound, Outcome,
    testing::{self, Door},
};
use proto::{
    message::{Audience, Incoming, Message, Scope},
    registry::v1::{
        self as wire, credit_service_client::CreditServiceClient,
        import_service_client::ImportServiceClient, registry_service_client::RegistryServiceClient,
    },
};
use registry::{Registry, Settings};
use regulation::{Actor, CreditCode, Region, Role, UnitId};
use testkit::TestDatabase;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

pub(crate) const START: OffsetDateTime = datetime!(2024-09-02 09:00 +8);

/// A registry with everything that it needs.
pub(crate) struct House {
    pub(crate) desk: Desk,
    settings: Settings,
    _secret: tempfile::NamedTempFile,
    _database: TestDatabase,
}

impl House {
    pub(crate) async fn of(region: Region) -> Self {
        let database = testkit::database(&testing::migrations::<Registry>())
            .await
            .unwrap();
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), "07".repeat(32)).unwrap();
        Self {
            desk: testing::desk::<Registry>(database.pool(), region, START).unwrap(),
            settings: Settings {
                person_key_file: secret.path().into(),
                national_record: None,
            },
            _secret: secret,
            _database: database,
        }
    }

    /// The doors as somebody of a role finds them.
    pub(crate) fn to(&self, role: Role) -> RegistryServiceClient<Door> {
        let person = format!("{role:?}").to_lowercase();
        self.to_person(&person, role)
    }

    pub(crate) fn to_member(&self, unit: UnitId) -> RegistryServiceClient<Door> {
        self.to_named_member(unit, "member")
    }

    pub(crate) fn to_named_member(
        &self,
        unit: UnitId,
        person: &str,
    ) -> RegistryServiceClient<Door> {
        let actor = Actor::person(person, Role::UnitMember, self.desk.region());
        self.to_actor(Actor {
            unit: Some(unit),
            ..actor
        })
    }

    pub(crate) fn to_person(&self, person: &str, role: Role) -> RegistryServiceClient<Door> {
        self.to_actor(Actor::person(person, role, self.desk.region()))
    }

    /// The doors of credit records as somebody finds them.
    pub(crate) fn credit(&self, person: &str, role: Role) -> CreditServiceClient<Door> {
        self.credit_of(Actor::person(person, role, self.desk.region()))
    }

    pub(crate) fn credit_of_member(&self, unit: UnitId, person: &str) -> CreditServiceClient<Door> {
        let actor = Actor::person(person, Role::UnitMember, self.desk.region());
        self.credit_of(Actor {
            unit: Some(unit),
            ..actor
        })
    }

    fn credit_of(&self, actor: Actor) -> CreditServiceClient<Door> {
        let door = testing::door::<Registry>(&self.desk, &self.settings, actor);
        CreditServiceClient::new(door)
    }

    /// Moves this registry's clock to an instant.
    pub(crate) fn set_clock(&self, to: OffsetDateTime) {
        let clock = self.desk.clock();
        let ahead = (to - clock.now()).whole_milliseconds();
        let offset = clock.offset_ms() + i64::try_from(ahead).unwrap();
        clock.set_offset_ms(offset).unwrap();
    }

    /// Fires what is due, having heard `regions` up to now.
    pub(crate) async fn fire(&self, regions: &[Region]) {
        let context = regulation::Context {
            now: self.desk.clock().now(),
            actor: Actor::system(self.desk.region()),
            node: self.desk.region(),
            policy: None,
            heard: regions
                .iter()
                .map(|region| (*region, self.desk.clock().now()))
                .collect(),
        };
        let fired = self.desk.journal().fire_due(&context).await.unwrap();
        assert_eq!(fired.failed + fired.refused, 0);
    }

    /// The doors for tables as somebody of a role finds them.
    pub(crate) fn tables(&self, role: Role) -> ImportServiceClient<Door> {
        let person = format!("{role:?}").to_lowercase();
        self.tables_of(Actor::person(person, role, self.desk.region()))
    }

    pub(crate) fn tables_of_member(&self, unit: UnitId) -> ImportServiceClient<Door> {
        self.tables_of_named_member(unit, "member")
    }

    pub(crate) fn tables_of_named_member(
        &self,
        unit: UnitId,
        person: &str,
    ) -> ImportServiceClient<Door> {
        let actor = Actor::person(person, Role::UnitMember, self.desk.region());
        self.tables_of(Actor {
            unit: Some(unit),
            ..actor
        })
    }

    fn tables_of(&self, actor: Actor) -> ImportServiceClient<Door> {
        let door = testing::door::<Registry>(&self.desk, &self.settings, actor);
        ImportServiceClient::new(door)
    }

    fn to_actor(&self, actor: Actor) -> RegistryServiceClient<Door> {
        let door = testing::door::<Registry>(&self.desk, &self.settings, actor);
        RegistryServiceClient::new(door)
    }

    /// Appoints the unit's administrator.
    pub(crate) async fn appoint(&self, unit_id: &str, administrator: &str) {
        let request = wire::AppointAdministratorRequest {
            request_id: fresh().to_string(),
            unit_id: unit_id.into(),
            administrator: administrator.into(),
        };
        let appointed = self.to(Role::Officer).appoint_administrator(request).await;
        appointed.unwrap();
    }

    /// What this registry has to tell.
    pub(crate) async fn told(&self) -> Vec<Incoming> {
        testing::told(&self.desk).await.unwrap()
    }

    /// Lets this registry hear a message.
    pub(crate) async fn hear(&self, message: &Incoming) -> Outcome {
        Inbound::<Registry>::new(self.desk.clone())
            .handle(message)
            .await
    }
}

/// A message as `origin` tells it to all.
pub(crate) fn heard(origin: Region, message: Message, at: OffsetDateTime) -> Incoming {
    Incoming {
        id: fresh(),
        origin,
        scope: Scope::Share(Audience::All),
        kind: message.kind.to_owned(),
        aggregate: message.aggregate,
        at,
        body: message.body,
        traceparent: None,
    }
}

pub(crate) fn fresh() -> Uuid {
    chassis::clock::Ids.random()
}

pub(crate) fn code(division: &str) -> CreditCode {
    CreditCode::with_check(&format!("91{division}MA1ABCDE2")).unwrap()
}

/// A request to register the enterprise with the code of this division.
pub(crate) fn enterprise(division: &str) -> wire::RegisterUnitRequest {
    wire::RegisterUnitRequest {
        request_id: fresh().to_string(),
        credit_code: code(division).to_string(),
        name: "江苏星河微电子科技有限公司".into(),
        short_names: vec!["银汉芯".into()],
        kind: wire::UnitKind::Enterprise.into(),
        fields: vec!["集成电路".into()],
        keywords: vec!["光刻胶".into()],
        ..Default::default()
    }
}

/// A request for what a service has to know of a unit.
pub(crate) fn standing(unit_id: &str) -> wire::GetUnitStandingRequest {
    wire::GetUnitStandingRequest {
        unit_id: unit_id.into(),
        purpose: "intake.submit".into(),
    }
}

/// An enterprise of Jiangsu with who acts for it: `member`, its administrator.
pub(crate) async fn staffed(house: &House) -> wire::Unit {
    let unit = registered(house).await;
    house.appoint(&unit.unit_id, "member").await;
    unit
}

/// Somebody who acts for another enterprise of Jiangsu: `member` again.
pub(crate) async fn stranger(house: &House) -> UnitId {
    let other = wire::RegisterUnitRequest {
        name: "江苏别家科技有限公司".into(),
        short_names: vec![],
        ..enterprise("320600")
    };
    let other = house.to(Role::Officer).register_unit(other).await;
    let unit_id = other.unwrap().into_inner().unit_id;
    house.appoint(&unit_id, "member").await;
    unit_id.parse().unwrap()
}

/// An enterprise of Jiangsu, registered.
pub(crate) async fn registered(house: &House) -> wire::Unit {
    let request = enterprise("320500");
    let answer = house.to(Role::Officer).register_unit(request).await;
    answer.unwrap().into_inner()
}
