//! The steps of an application over the nodes, each as its people would take it.

use chassis::{Outcome, testing};
use proto::{
    application::v1 as wire,
    common::v1::Money as WireMoney,
    coordination::v1::{DecisionInForce, DecisionKind},
    message::{Audience, Message},
};
use regulation::{Actor, ApplicationId, Region, Role, UnitId};
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
            conditions: "牵头单位具备量产条件".into(),
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
        let id = self.create(guide).await.unwrap();
        for unit in [SOLVER, GUEST] {
            self.put(id, unit).await.unwrap();
        }
        self.settle().await;
        id
    }

    /// The lead begins.
    pub(crate) async fn create(
        &self,
        guide: &wire::GuideDocument,
    ) -> Result<ApplicationId, tonic::Status> {
        let create = wire::CreateApplicationRequest {
            request_id: fresh(),
            guide_id: guide.guide_id.clone(),
            topic_id: guide.topics[0].topic_id.clone(),
            content: Some(content()),
        };
        let mut lead = self.home.to_member(LEAD);
        let begun = lead.create_application(create).await?.into_inner();
        Ok(begun.application_id.parse().unwrap())
    }

    /// The lead takes a unit in, for a subtask.
    pub(crate) async fn put(&self, id: ApplicationId, unit: UnitId) -> Result<(), tonic::Status> {
        let put = wire::PutUnitRequest {
            request_id: fresh(),
            application_id: id.to_string(),
            unit_id: unit.to_string(),
            role: wire::UnitRole::Subtask.into(),
            subtask: "子课题".into(),
            interfaces: "交付样件".into(),
        };
        self.home.to_member(LEAD).put_unit(put).await?;
        Ok(())
    }

    /// The lead writes it again.
    pub(crate) async fn write(
        &self,
        id: ApplicationId,
        content: wire::ApplicationContent,
    ) -> Result<(), tonic::Status> {
        let write = wire::UpdateApplicationRequest {
            request_id: fresh(),
            application_id: id.to_string(),
            content: Some(content),
        };
        self.home.to_member(LEAD).update_application(write).await?;
        Ok(())
    }

    /// What would keep it from being frozen, by the rules' codes.
    pub(crate) async fn faults(&self, id: ApplicationId) -> Vec<String> {
        let check = wire::CheckApplicationRequest {
            application_id: id.to_string(),
        };
        let checked = self.home.to_member(LEAD).check_application(check).await;
        let faults = checked.unwrap().into_inner().faults;
        faults.into_iter().map(|fault| fault.rule).collect()
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

    /// Begun by the lead for a guide in force, with every unit's part.
    pub(crate) async fn with_parts(&self) -> (wire::GuideDocument, ApplicationId) {
        self.prepare().await;
        let guide = self.guide().await;
        let id = self.begun(&guide).await;
        self.parts(id).await;
        (guide, id)
    }

    pub(crate) async fn freeze(&self, id: ApplicationId) -> Result<(), tonic::Status> {
        let freeze = wire::RequestAssentsRequest {
            request_id: fresh(),
            application_id: id.to_string(),
        };
        self.home.to_member(LEAD).request_assents(freeze).await?;
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
        let submit = wire::SubmitApplicationRequest {
            request_id: fresh(),
            application_id: id.to_string(),
            digest: self.application(id).await.digest,
        };
        self.home.to_member(LEAD).submit_application(submit).await?;
        self.settle().await;
        Ok(())
    }

    /// An agency person's verdicts.
    pub(crate) async fn record(
        &self,
        id: ApplicationId,
        failed: &[&str],
    ) -> Result<wire::Examination, tonic::Status> {
        let mut agency = self.hub.to(Role::Agency);
        let asked = wire::GetExaminationRequest {
            application_id: id.to_string(),
        };
        let examination = agency.get_examination(asked).await?.into_inner();
        let failed = failed.iter().map(|item| wire::PersonVerdict {
            item: (*item).to_owned(),
            passed: false,
            note: "不清楚".into(),
        });
        let record = wire::RecordVerdictsRequest {
            request_id: fresh(),
            application_id: id.to_string(),
            digest: examination.digest,
            verdicts: failed.collect(),
        };
        let recorded = agency.record_verdicts(record).await?;
        Ok(recorded.into_inner())
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
        let (_, id) = self.with_parts().await;
        self.freeze(id).await.unwrap();
        self.assent().await;
        self.submit(id).await.unwrap();
        id
    }
}
