//! Nodes without any network; the parties' homes are played by the test.

use chassis::{
    Desk, Inbound, NoSettings, Outcome,
    testing::{self, Door},
};
use project::ProjectService;
use proto::{
    coordination::v1::{AssentGiven, AssentRefused, AssentRequest},
    message::{Audience, Incoming, Message, Scope},
    project::v1::{
        self as wire, ContractAssentRequested, project_service_client::ProjectServiceClient,
    },
};
use regulation::{Actor, Region, Role, UnitId};
use testkit::TestDatabase;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::sample::{PROJECT, told};

pub(crate) const START: OffsetDateTime = datetime!(2024-12-02 10:00 +8);

pub(crate) type Client = ProjectServiceClient<Door>;

/// The project service of one node.
pub(crate) struct Node {
    pub(crate) desk: Desk,
    _database: TestDatabase,
}

pub(crate) fn fresh() -> String {
    chassis::clock::Ids.random::<Uuid>().to_string()
}

/// A message as `origin` says it.
pub(crate) fn said(origin: Region, message: &Message) -> Incoming {
    Incoming {
        id: chassis::clock::Ids.random(),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate.clone(),
        at: START,
        body: message.body.clone(),
        traceparent: None,
    }
}

/// What the hub tells all of the sample.
pub(crate) fn establishment() -> Incoming {
    said(
        Region::HUB,
        &Message::share(Audience::All, PROJECT, &told()),
    )
}

impl Node {
    pub(crate) async fn of(region: Region) -> Self {
        let database = testkit::database(&testing::migrations::<ProjectService>())
            .await
            .unwrap();
        let desk = testing::desk::<ProjectService>(database.pool(), region, START).unwrap();
        Self {
            desk,
            _database: database,
        }
    }

    /// The lead's node, with the sample established.
    pub(crate) async fn established() -> Self {
        let node = Self::of(Region::JS).await;
        assert_eq!(node.hear(&establishment()).await, Outcome::Applied);
        node
    }

    pub(crate) fn to(&self, role: Role) -> Client {
        let name = format!("{role:?}").to_lowercase();
        self.to_actor(Actor::person(name, role, self.desk.region()))
    }

    pub(crate) fn to_member(&self, unit: UnitId) -> Client {
        let actor = Actor::person("member", Role::UnitMember, self.desk.region());
        self.to_actor(Actor {
            unit: Some(unit),
            ..actor
        })
    }

    fn to_actor(&self, actor: Actor) -> Client {
        ProjectServiceClient::new(testing::door::<ProjectService>(
            &self.desk,
            &NoSettings {},
            actor,
        ))
    }

    pub(crate) async fn hear(&self, message: &Incoming) -> Outcome {
        Inbound::<ProjectService>::new(self.desk.clone())
            .handle(message)
            .await
    }

    /// What was told of the kind `E`, in order.
    pub(crate) async fn told<E: proto::message::PublicEvent>(&self) -> Vec<(Scope, E)> {
        let told = testing::told(&self.desk).await.unwrap();
        let told = told.iter().filter(|message| message.is::<E>());
        told.map(|message| (message.scope, message.read().unwrap()))
            .collect()
    }

    /// An officer prepares the sample's contract and asks for assents.
    pub(crate) async fn ask(&self) -> wire::Project {
        let mut officer = self.to(Role::Officer);
        let prepared = officer.prepare_contract(preparing()).await.unwrap();
        let request = wire::RequestContractAssentsRequest {
            request_id: fresh(),
            project_id: PROJECT.to_string(),
            digest: prepared.into_inner().contract_digest,
        };
        let asked = officer.request_contract_assents(request).await.unwrap();
        asked.into_inner()
    }

    /// The requests for assents to the last version.
    pub(crate) async fn requests(&self) -> Vec<AssentRequest> {
        let told = self.told::<ContractAssentRequested>().await;
        let mut requests: Vec<_> = told
            .into_iter()
            .filter_map(|(_, event)| event.request)
            .collect();
        requests.split_off(requests.len() - 3)
    }

    pub(crate) async fn project(&self) -> wire::Project {
        let request = wire::GetProjectRequest {
            project_id: PROJECT.to_string(),
        };
        let project = self.to(Role::Auditor).get_project(request).await.unwrap();
        project.into_inner()
    }
}

pub(crate) fn preparing() -> wire::PrepareContractRequest {
    wire::PrepareContractRequest {
        request_id: fresh(),
        project_id: PROJECT.to_string(),
        starts_on: "2025-01-01".into(),
        supplementary_terms: "成果按贡献共享".into(),
    }
}

/// A party's assent as its home tells it.
pub(crate) fn given(request: &AssentRequest) -> AssentGiven {
    let party = request.party.clone().unwrap();
    let role = if party.unit_id.is_empty() {
        "director"
    } else {
        "unit_member"
    };
    AssentGiven {
        assent_id: request.assent_id.clone(),
        document_kind: request.document_kind.clone(),
        subject_id: request.subject_id.clone(),
        digest: request.digest.clone(),
        party: Some(party),
        person: format!("{role}-1"),
        role: role.into(),
        given_at: String::new(),
    }
}

/// The same party's refusal.
pub(crate) fn refused(request: &AssentRequest) -> AssentRefused {
    let given = given(request);
    AssentRefused {
        assent_id: given.assent_id,
        document_kind: given.document_kind,
        subject_id: given.subject_id,
        digest: given.digest,
        party: given.party,
        person: given.person,
        role: given.role,
        reason: "经费分配有误".into(),
        refused_at: String::new(),
    }
}

/// As the party's home sends it to the lead's.
pub(crate) fn from_home<E: proto::message::PublicEvent>(
    request: &AssentRequest,
    event: &E,
) -> Incoming {
    let home: Region = request.party.as_ref().unwrap().region.parse().unwrap();
    let message = if home == Region::JS {
        Message::node(&request.assent_id, event)
    } else {
        Message::share(Audience::One(Region::JS), &request.assent_id, event)
    };
    said(home, &message)
}
