//! The steps of an application over the nodes, each as its people would take it.

use application::domain::{
    Application, Examination, PublishedGuide, Terms,
    application::{Command, Creation},
    examination::{self, Findings},
    package::{Topic, UnitRole},
};
use chassis::{Outcome, testing};
use journal::Loaded;
use proto::{
    application::v1 as wire,
    common::v1::Money as WireMoney,
    coordination::v1::{DecisionInForce, DecisionKind},
    message::{Audience, Message},
};
use regulation::{Actor, ApplicationId, GuideId, Policy, Region, Role, TopicId, YRD_2023_1};
use uuid::Uuid;

use crate::nodes::{BLIND, GUEST, LEAD, Nodes, SOLVER, content, fresh, given, input};

impl Nodes {
    pub(crate) fn guide_content() -> wire::GuideContent {
        wire::GuideContent {
            year: 2024,
            title: "2024 年度联合攻关指南".into(),
            topics: vec![wire::GuideTopicContent {
                title: "核心部件国产化".into(),
                field: "集成电路".into(),
                content: "研制核心部件".into(),
                blind_id: BLIND.to_string(),
            }],
            window_from: "2024-11-12".into(),
            window_until: "2025-01-31".into(),
            support_ceiling: Some(WireMoney { fen: 1_000_000 }),
            one_live_application_per_leader: true,
            compilation: "五位专家研究编制".into(),
        }
    }

    /// The decision on what was proposed, as coordination tells it.
    pub(crate) fn decision(guide_id: &str, document: Vec<u8>) -> Message {
        let id = chassis::clock::Ids.random::<Uuid>();
        let in_force = DecisionInForce {
            decision_id: id.to_string(),
            kind: DecisionKind::Guide.into(),
            subject_id: guide_id.to_owned(),
            digest: evidence::Digest::of_document(&document).to_string(),
            document,
            document_number: "长三角联攻〔2024〕2号".into(),
            ..Default::default()
        };
        Message::share(Audience::All, id, &in_force)
    }

    /// A guide in force, known everywhere.
    pub(crate) async fn guide(&self) -> wire::GuideDocument {
        let mut secretariat = self.hub.to(Role::Secretariat);
        let drafted = secretariat
            .draft_guide(wire::DraftGuideRequest {
                request_id: fresh(),
                content: Some(Self::guide_content()),
            })
            .await
            .unwrap()
            .into_inner();
        let guide_id = drafted.guide_id.clone();
        let propose = wire::ProposeGuideRequest {
            request_id: fresh(),
            guide_id: guide_id.clone(),
        };
        secretariat.propose_guide(propose).await.unwrap();
        let told = testing::told(&self.hub.desk).await.unwrap();
        let proposal = told
            .iter()
            .find(|message| message.is::<wire::GuideProposed>())
            .unwrap();
        let decision = Self::decision(&guide_id, proposal.body.clone());
        assert_eq!(
            self.hub.hear_from(Region::HUB, decision).await,
            Outcome::Applied
        );
        self.settle().await;
        drafted.document.unwrap()
    }

    /// An application begun by the lead, with its whole consortium.
    pub(crate) async fn begun(&self, guide: &wire::GuideDocument) -> ApplicationId {
        let id: ApplicationId = chassis::clock::Ids.random();
        let known = self.home.known(&[LEAD]).await;
        let guide_id: GuideId = guide.guide_id.parse().unwrap();
        let published = self
            .home
            .desk
            .load::<PublishedGuide>("指南", guide_id)
            .await;
        let guideline = published.unwrap().state.0.unwrap().guide;
        let topic: TopicId = guide.topics[0].topic_id.parse().unwrap();
        let creation = Creation {
            id,
            lead: LEAD,
            facts: known.units[&LEAD],
            topic: Topic {
                guide: guide_id,
                topic,
                field: "集成电路".parse().unwrap(),
                blind_id: Some(BLIND),
            },
            guide: guideline,
            content: content(),
            known,
        };
        let create = Command::Create(Box::new(creation));
        self.home.command(id, create).await.unwrap();
        for unit in [SOLVER, GUEST] {
            let put = Command::Put {
                unit,
                facts: self.home.known(&[unit]).await.units[&unit],
                role: UnitRole::Subtask,
                subtask: Some("子课题".parse().unwrap()),
                interfaces: Some("交付样件".parse().unwrap()),
            };
            self.home.command(id, put).await.unwrap();
        }
        self.settle().await;
        id
    }

    /// Every unit provides its part on its own node.
    pub(crate) async fn parts(&self, id: ApplicationId) {
        for (node, unit, key, support, own) in [
            (&self.home, LEAD, 1, 100_000, 500_000),
            (&self.solver, SOLVER, 2, 100_000, 100_000),
            (&self.solver, GUEST, 3, 100_000, 100_000),
        ] {
            let part_id = application::domain::part_of(id, unit).to_string();
            node.to_member(unit)
                .provide_part(wire::ProvidePartRequest {
                    request_id: fresh(),
                    part_id,
                    input: Some(input(key, support, own)),
                })
                .await
                .unwrap();
        }
        self.settle().await;
    }

    pub(crate) async fn freeze(&self, id: ApplicationId) -> Result<(), tonic::Status> {
        let known = Box::new(self.home.known(&[LEAD, SOLVER, GUEST]).await);
        self.home.command(id, Command::Freeze(known)).await?;
        self.settle().await;
        Ok(())
    }

    /// The last round of requests for assents, as the units' nodes hear them.
    pub(crate) async fn requests(&self) -> Vec<proto::coordination::v1::AssentRequest> {
        let told = self.home.told::<wire::ApplicationAssentRequested>().await;
        let mut requests: Vec<_> = told
            .into_iter()
            .filter_map(|(_, event)| event.request)
            .collect();
        requests.split_off(requests.len().saturating_sub(3))
    }

    /// Every unit agrees on its own node, each word said twice.
    pub(crate) async fn assent(&self) {
        for request in self.requests().await {
            for _ in 0..2 {
                let (region, message) = given(&request);
                assert_eq!(self.home.hear_from(region, message).await, Outcome::Applied);
            }
        }
    }

    pub(crate) async fn submit(&self, id: ApplicationId) -> Result<(), tonic::Status> {
        let application = self.home.desk.load::<Application>("申报", id).await?;
        let frozen = application.state.0.unwrap().frozen.unwrap();
        let known = Box::new(self.home.known(&[LEAD, SOLVER, GUEST]).await);
        let digest = frozen.document.digest();
        let submit = Command::Submit { digest, known };
        self.home.command(id, submit).await?;
        self.settle().await;
        Ok(())
    }

    /// An agency person's verdicts.
    pub(crate) async fn record(
        &self,
        id: ApplicationId,
        failed: &[&str],
    ) -> Result<Loaded<Examination>, tonic::Status> {
        let exam = self.hub.desk.load::<Examination>("形式审查", id).await?;
        let received = exam.state.0.unwrap().received;
        let guide = received.package.topic.guide;
        let published = self.hub.desk.load::<PublishedGuide>("指南", guide).await;
        let findings = Findings {
            digest: received.document.digest(),
            verdicts: failed
                .iter()
                .map(|item| (item.parse().unwrap(), (false, "不清楚".parse().ok())))
                .collect(),
            guide: published.unwrap().state.0.map(|guide| guide.guide),
            terms: Terms::of(&Policy::parse(YRD_2023_1).unwrap()),
            known: self.hub.known(&[LEAD, SOLVER, GUEST]).await,
        };
        let request = journal::Request {
            caller: "agency".to_owned(),
            id: chassis::clock::Ids.random(),
            fingerprint: evidence::Digest::of("test", &[]),
        };
        let command = examination::Command::Record(Box::new(findings));
        let agency = self.hub.actor(Role::Agency);
        self.hub
            .desk
            .execute::<Examination>(agency, id, command, &request)
            .await
    }

    /// Another agency person's conclusion, at the door.
    pub(crate) async fn conclude(
        &self,
        person: &str,
        id: ApplicationId,
        outcome: wire::ExaminationOutcome,
    ) -> Result<wire::Examination, tonic::Status> {
        let actor = Actor::person(person, Role::Agency, Region::HUB);
        let mut agency = self.hub.to_actor(actor);
        let asked = wire::GetExaminationRequest {
            application_id: id.to_string(),
        };
        let examination = agency.get_examination(asked).await?.into_inner();
        let concluded = agency
            .conclude_examination(wire::ConcludeExaminationRequest {
                request_id: fresh(),
                application_id: id.to_string(),
                digest: examination.digest,
                outcome: outcome.into(),
                reason: "见各项意见".into(),
            })
            .await?;
        self.settle().await;
        Ok(concluded.into_inner())
    }

    pub(crate) async fn application(&self, id: ApplicationId) -> wire::Application {
        let asked = wire::GetApplicationRequest {
            application_id: id.to_string(),
        };
        let mut lead = self.home.to_member(LEAD);
        lead.get_application(asked).await.unwrap().into_inner()
    }

    /// Handed in and received at the hub.
    pub(crate) async fn submitted(&self) -> ApplicationId {
        self.prepare().await;
        let guide = self.guide().await;
        let id = self.begun(&guide).await;
        self.parts(id).await;
        self.freeze(id).await.unwrap();
        self.assent().await;
        self.submit(id).await.unwrap();
        id
    }
}
