//! Formal examination on the hub: one records, another concludes; one application is corrected.

use anyhow::{Context as _, ensure};
use federation::Persona;
use proto::application::v1::{
    ApplicationState, ConcludeExaminationRequest, Examination, ExaminationOutcome,
    ExaminationState, GetExaminationRequest, ListExaminationsRequest, PersonVerdict,
    RecordVerdictsRequest, UpdateApplicationRequest,
};
use regulation::{Region, Role};

use super::{PLANNED, Share, Way, found};
use crate::{Session, request_id, way::intake::reason};

impl<'f> Way<'f> {
    /// Another person of the agency than the one who records.
    fn second_examiner(&self) -> anyhow::Result<Session<'f>> {
        let persona = Persona::new(Region::HUB, Role::Agency).named("hub-agency-second");
        Session::new(self.federation, &persona)
    }

    async fn examination_in(
        &self,
        id: &str,
        state: ExaminationState,
    ) -> anyhow::Result<Examination> {
        let agency = self.as_role(Region::HUB, Role::Agency)?;
        found(
            &format!("the examination of {id} to be {state:?}"),
            || async {
                let request = GetExaminationRequest {
                    application_id: id.to_owned(),
                };
                let examination = agency.application()?.get_examination(request).await?;
                let examination = examination.into_inner();
                Ok((examination.state() == state).then_some(examination))
            },
        )
        .await
    }

    async fn record(&self, id: &str, verdicts: Vec<PersonVerdict>) -> anyhow::Result<Examination> {
        let pending = self.examination_in(id, ExaminationState::Pending).await?;
        let recorded = self
            .as_role(Region::HUB, Role::Agency)?
            .application()?
            .record_verdicts(RecordVerdictsRequest {
                request_id: request_id(),
                application_id: id.to_owned(),
                digest: pending.digest,
                verdicts,
            })
            .await?
            .into_inner();
        let wrong: Vec<_> = recorded
            .items
            .iter()
            .filter(|item| !item.machine_passed)
            .map(|item| format!("{}：{}", item.name, item.machine_note))
            .collect();
        ensure!(wrong.is_empty(), "the machine finds {wrong:?}");
        Ok(recorded)
    }

    async fn conclude(
        &self,
        examination: &Examination,
        outcome: ExaminationOutcome,
        why: &str,
    ) -> anyhow::Result<Examination> {
        let request = || ConcludeExaminationRequest {
            request_id: request_id(),
            application_id: examination.application_id.clone(),
            digest: examination.digest.clone(),
            outcome: outcome.into(),
            reason: why.to_owned(),
        };
        let same = self.as_role(Region::HUB, Role::Agency)?;
        let refused = same.application()?.conclude_examination(request()).await;
        let refused = refused
            .err()
            .context("who recorded the verdicts concluded")?;
        ensure!(reason(&refused) == "application.two-people", "{refused}");
        let second = self.second_examiner()?;
        let concluded = second
            .application()?
            .conclude_examination(request())
            .await?;
        Ok(concluded.into_inner())
    }

    /// A correction is asked for; the lead corrects what was asked for, and nothing else; every
    /// unit agrees again.
    pub(super) async fn correct(
        &self,
        lead: &Session<'_>,
        id: &str,
        shares: &[Share],
    ) -> anyhow::Result<()> {
        let verdict = PersonVerdict {
            item: "indicators".into(),
            passed: false,
            note: "指标未写明测试条件".into(),
        };
        let recorded = self.record(id, vec![verdict]).await?;
        let asked = self
            .conclude(
                &recorded,
                ExaminationOutcome::CorrectionRequested,
                "请补充测试条件",
            )
            .await?;
        self.say(format!(
            "  形式审查要求补正考核指标，期限 {}",
            asked.deadline
        ));
        let open = self
            .application_in(lead, id, ApplicationState::CorrectionOpen)
            .await?;
        let content = open.content.context("an empty application")?;
        let mut more = content.clone();
        more.months += 1;
        let refused = lead
            .application()?
            .update_application(UpdateApplicationRequest {
                request_id: request_id(),
                application_id: id.to_owned(),
                content: Some(more),
            })
            .await;
        let refused = refused.err().context("something else was corrected")?;
        ensure!(
            reason(&refused) == "application.correction-scope",
            "{refused}"
        );
        let mut better = content;
        better.indicators.push_str("；测试条件按现行国家标准");
        lead.application()?
            .update_application(UpdateApplicationRequest {
                request_id: request_id(),
                application_id: id.to_owned(),
                content: Some(better),
            })
            .await?;
        self.hand_in(lead, id, shares).await?;
        self.say("  已补正，各单位再次同意，重新提交");
        Ok(())
    }

    /// All items pass.
    pub(super) async fn pass(&self, id: &str) -> anyhow::Result<()> {
        let recorded = self.record(id, vec![]).await?;
        let passed = self
            .conclude(&recorded, ExaminationOutcome::Passed, "")
            .await?;
        ensure!(
            passed.state() == ExaminationState::Passed,
            "{:?}",
            passed.state()
        );
        self.say("  形式审查通过，进入评审");
        Ok(())
    }

    /// What the hub has examined in the end.
    pub(super) async fn examined_at_hub(&mut self) -> anyhow::Result<()> {
        let auditor = self.as_role(Region::HUB, Role::Auditor)?;
        let request = ListExaminationsRequest {
            state: ExaminationState::Passed.into(),
            ..Default::default()
        };
        let listed = auditor.application()?.list_examinations(request).await?;
        let passed = listed.into_inner().examinations;
        ensure!(passed.len() == PLANNED.len(), "{} passed", passed.len());
        let corrected = passed.iter().filter(|one| one.corrections > 0).count();
        self.summary.figure(
            "形式审查通过（其中补正后通过）",
            format!("{}（{corrected}）", passed.len()),
        );
        Ok(())
    }
}
