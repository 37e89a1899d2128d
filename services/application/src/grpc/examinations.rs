//! The formal examination, on the hub. [Art. 14]

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Page, admit, caller::Admitted, status};
use evidence::Digest;
use journal::Loaded;
use proto::application::v1 as wire;
use regulation::{ApplicationId, Text, UnitId};
use tonic::{Request, Status};

use super::{Door, facts::People, view};
use crate::{
    domain::{
        Examination, Item,
        examination::{Command, Exam, Findings, Wanted},
    },
    read,
};

type Verdicts = BTreeMap<Item, (bool, Option<Text>)>;

fn note(field: &str, text: &str) -> Result<Option<Text>, Status> {
    if text.trim().is_empty() {
        Ok(None)
    } else {
        status::parse(field, text).map(Some)
    }
}

fn verdicts(told: &[wire::PersonVerdict]) -> Result<Verdicts, Status> {
    let mut verdicts = BTreeMap::new();
    for verdict in told {
        let item: Item = status::parse("verdicts.item", &verdict.item)?;
        let said = (verdict.passed, note("verdicts.note", &verdict.note)?);
        if verdicts.insert(item, said).is_some() {
            return Err(status::invalid("verdicts.item", "审查项重复"));
        }
    }
    Ok(verdicts)
}

impl Door {
    async fn examination(&self, id: &str) -> Result<Loaded<Examination>, Status> {
        let id: ApplicationId = status::parse("application_id", id)?;
        self.desk.load::<Examination>("形式审查", id).await
    }

    /// Gives a command to an examination.
    async fn examine<T: prost::Message>(
        &self,
        asked: Admitted<T>,
        (request_id, id): (&str, &str),
        command: Command,
    ) -> Result<wire::Examination, Status> {
        let request = asked.request(request_id)?;
        let id = self.examination(id).await?.id;
        let done = self
            .desk
            .execute::<Examination>(asked.actor, id, command, &request)
            .await?;
        Ok(view::examination(&done))
    }

    /// What the machine goes by, and what a person says.
    async fn findings(
        &self,
        exam: &Exam,
        digest: Digest,
        verdicts: Verdicts,
    ) -> Result<Findings, Status> {
        let package = &exam.received.package;
        let units: BTreeSet<UnitId> = package.units.keys().copied().collect();
        let subject = (package.application, &package.topic);
        let people = People::of(&package.content, package.people());
        Ok(Findings {
            digest,
            verdicts,
            guide: self.published(package.topic.guide).await?,
            terms: self.terms(&package.policy).await?,
            known: self
                .known(subject, &units, &people, "application.examine")
                .await?,
        })
    }

    pub(super) async fn list_examinations(
        &self,
        request: Request<wire::ListExaminationsRequest>,
    ) -> Result<wire::ListExaminationsResponse, Status> {
        let asked = admit(request)?;
        let state = asked.message.state();
        let page = Page::from(asked.message.page);
        let mut rows = read::examinations(&self.desk, state, &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.id.clone());
        let examinations = rows.iter().map(|row| wire::Examination {
            package: None,
            ..view::examination(row)
        });
        Ok(wire::ListExaminationsResponse {
            examinations: examinations.collect(),
            next_page_token,
        })
    }

    pub(super) async fn get_examination(
        &self,
        request: Request<wire::GetExaminationRequest>,
    ) -> Result<wire::Examination, Status> {
        let asked = admit(request)?;
        let examination = self.examination(&asked.message.application_id).await?;
        Ok(view::examination(&examination))
    }

    pub(super) async fn record_verdicts(
        &self,
        request: Request<wire::RecordVerdictsRequest>,
    ) -> Result<wire::Examination, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let digest = status::parse("digest", &message.digest)?;
        let verdicts = verdicts(&message.verdicts)?;
        let examination = self.examination(&message.application_id).await?;
        let exam = examination.state.0;
        let exam = exam.ok_or_else(|| status::not_found("形式审查"))?;
        let findings = self.findings(&exam, digest, verdicts).await?;
        let names = (&*message.request_id, &*message.application_id);
        self.examine(asked, names, Command::Record(Box::new(findings)))
            .await
    }

    pub(super) async fn conclude_examination(
        &self,
        request: Request<wire::ConcludeExaminationRequest>,
    ) -> Result<wire::Examination, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let outcome = match message.outcome() {
            wire::ExaminationOutcome::Passed => Wanted::Passed,
            wire::ExaminationOutcome::CorrectionRequested => Wanted::Correction,
            wire::ExaminationOutcome::NotAccepted => Wanted::NotAccepted,
            wire::ExaminationOutcome::Unspecified
            | wire::ExaminationOutcome::Appealed
            | wire::ExaminationOutcome::Reopened => {
                return Err(status::invalid("outcome", "请选择审查结论"));
            }
        };
        let command = Command::Conclude {
            digest: status::parse("digest", &message.digest)?,
            outcome,
            reason: note("reason", &message.reason)?,
        };
        let names = (&*message.request_id, &*message.application_id);
        self.examine(asked, names, command).await
    }

    pub(super) async fn close_correction(
        &self,
        request: Request<wire::CloseCorrectionRequest>,
    ) -> Result<wire::Examination, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = Command::Close(status::parse("reason", &message.reason)?);
        let names = (&*message.request_id, &*message.application_id);
        self.examine(asked, names, command).await
    }

    pub(super) async fn decide_appeal(
        &self,
        request: Request<wire::DecideAppealRequest>,
    ) -> Result<wire::Examination, Status> {
        let asked = admit(request)?;
        let message = asked.message.clone();
        let command = Command::DecideAppeal {
            granted: message.granted,
            reason: status::parse("reason", &message.reason)?,
        };
        let names = (&*message.request_id, &*message.application_id);
        self.examine(asked, names, command).await
    }
}
