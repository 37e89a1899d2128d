//! Step 1, at its end: a credit record of one province about a unit of another. The unit is told
//! and appeals at home, a third person upholds the record, every node knows it, and the unit's
//! demand is refused. [Art. 20]

use anyhow::{Context as _, ensure};
use federation::Persona;
use proto::{
    intake::v1::{self as intake, CreateDemandRequest, DemandContent, SubmitDemandRequest},
    registry::v1::{
        AppealCreditRecordRequest, BarredAct, CreditEvidence, CreditNotice, CreditState,
        GetCreditRecordRequest, ListCreditEffectsRequest, ListCreditLookupsRequest,
        ListCreditNoticesRequest, Misconduct, NotifyCreditRecordRequest,
        ProposeCreditRecordRequest, UpholdCreditRecordRequest,
    },
};
use regulation::{Region, Role, UnitId};

use super::{Way, found, intake::reason};
use crate::{Session, request_id, wan};

/// Who is barred: a unit of the input that demands nothing.
const BARRED: &str = "js-barred";
/// The department where the misconduct happened.
const DEPARTMENT: Region = Region::SH;

impl Way<'_> {
    /// The record from its proposal to the refusal that it causes. Where one of the two provinces
    /// does not take part there is none.
    pub(super) async fn credit(&mut self) -> anyhow::Result<()> {
        let Ok((unit, home)) = self.unit(BARRED) else {
            return Ok(());
        };
        if !self.regions().contains(&DEPARTMENT) {
            return Ok(());
        }
        let record_id = self.told(unit).await?;
        self.appealed(&record_id).await?;
        self.upheld(&record_id).await?;
        let mut known = 0;
        for region in self.federation.regions() {
            self.known_at(region, unit, &record_id).await?;
            known += 1;
        }
        self.refused(home).await?;
        self.summary.figure("信用记录（各节点均可查）", 1);
        self.say(format!(
            "  1 条信用记录经告知、申诉、维持后生效，在 {known} 处可查，当事单位申报被拒"
        ));
        Ok(())
    }

    async fn told(&self, unit: UnitId) -> anyhow::Result<String> {
        let proposal = ProposeCreditRecordRequest {
            request_id: request_id(),
            unit_id: unit.to_string(),
            misconduct: Misconduct::BreachOfContract.into(),
            case_reference: "沪科合同 2023-118".into(),
            evidence: vec![CreditEvidence {
                digest: "5a".repeat(32),
                description: "PRIVATE-EVIDENCE 验收检查记录".into(),
            }],
            barred_acts: vec![BarredAct::Intake.into(), BarredAct::Application.into()],
            ..ProposeCreditRecordRequest::default()
        };
        let mut officer = self.as_role(DEPARTMENT, Role::Officer)?.credit()?;
        let made = officer.propose_credit_record(proposal).await?.into_inner();
        let mut director = self.as_role(DEPARTMENT, Role::Director)?.credit()?;
        director
            .notify_credit_record(NotifyCreditRecordRequest {
                request_id: request_id(),
                record_id: made.record_id.clone(),
            })
            .await?;
        Ok(made.record_id)
    }

    async fn appealed(&self, record_id: &str) -> anyhow::Result<()> {
        let member = self.as_member(BARRED)?;
        let look = || async {
            let asked = ListCreditNoticesRequest::default();
            let answer = member.credit()?.list_credit_notices(asked).await?;
            let ours = |notice: &CreditNotice| notice.record_id == record_id;
            Ok(answer.into_inner().notices.into_iter().find(ours))
        };
        found("the unit's notice", look).await?;
        member
            .credit()?
            .appeal_credit_record(AppealCreditRecordRequest {
                request_id: request_id(),
                record_id: record_id.to_owned(),
                grounds: "迟延由上游停产造成".into(),
            })
            .await?;
        let auditor = self.as_role(DEPARTMENT, Role::Auditor)?;
        let look = || async {
            let asked = GetCreditRecordRequest {
                record_id: record_id.to_owned(),
                purpose: "way".into(),
            };
            let record = auditor.credit()?.get_credit_record(asked).await?;
            let record = record.into_inner();
            Ok((record.state() == CreditState::Appealed).then_some(()))
        };
        found("the appeal at the record's home", look).await
    }

    /// Who confirmed the record may not uphold it; somebody else may.
    async fn upheld(&self, record_id: &str) -> anyhow::Result<()> {
        let uphold = || UpholdCreditRecordRequest {
            request_id: request_id(),
            record_id: record_id.to_owned(),
            reason: "复核后认为申诉理由不成立".into(),
        };
        let same = self.as_role(DEPARTMENT, Role::Director)?;
        let Err(status) = same.credit()?.uphold_credit_record(uphold()).await else {
            anyhow::bail!("who confirmed the record upheld it")
        };
        ensure!(reason(&status) == "registry.credit-people", "{status}");
        let third = Persona::new(DEPARTMENT, Role::Director).named("third-director".to_owned());
        let third = Session::new(self.federation, &third)?;
        third.credit()?.uphold_credit_record(uphold()).await?;
        Ok(())
    }

    /// It is known there, and the look-up is in the auditor's list.
    async fn known_at(&self, region: Region, unit: UnitId, record_id: &str) -> anyhow::Result<()> {
        let role = if region.is_hub() {
            Role::Secretariat
        } else {
            Role::Officer
        };
        let session = self.as_role(region, role)?;
        let look = || async {
            let asked = ListCreditEffectsRequest {
                unit_id: unit.to_string(),
                person_key: String::new(),
                purpose: "way".into(),
            };
            let answer = session.credit()?.list_credit_effects(asked).await?;
            let mut effects = answer.into_inner().effects.into_iter();
            Ok(effects.find(|effect| effect.barring && effect.record_id == record_id))
        };
        found(&format!("the credit record at {region}"), look).await?;
        let asked = ListCreditLookupsRequest {
            unit_id: unit.to_string(),
            ..ListCreditLookupsRequest::default()
        };
        let mut auditor = self.as_role(region, Role::Auditor)?.credit()?;
        let lookups = auditor.list_credit_lookups(asked).await?.into_inner();
        let ours = lookups.lookups.iter().any(|one| one.asked == "effects");
        ensure!(ours, "no look-up is on record at {region}");
        Ok(())
    }

    async fn refused(&self, home: Region) -> anyhow::Result<()> {
        let mut intake = self.as_member(BARRED)?.intake()?;
        let draft = intake
            .create_demand(CreateDemandRequest {
                request_id: request_id(),
                content: Some(content()),
            })
            .await?
            .into_inner();
        let submitted = intake
            .submit_demand(SubmitDemandRequest {
                request_id: request_id(),
                demand_id: draft.demand_id,
            })
            .await;
        let status = submitted
            .err()
            .context("a barred unit's demand was taken")?;
        ensure!(reason(&status) == "intake.not-barred", "{home}: {status}");
        self.say(format!("  被拒：{}", status.message()));
        Ok(())
    }
}

/// A demand that is like no other of the input.
fn content() -> DemandContent {
    let task = intake::ExternalTask {
        task_id: "5ba7ed00-0000-4000-8000-000000000001".into(),
        title: "码垛节拍优化".into(),
        content: "研究多机械臂码垛节拍的在线优化".into(),
        indicators: "节拍缩短两成".into(),
        offered_funds: wan(50),
        mode: intake::TaskMode::Challenge.into(),
        solvers_max: 1,
        revision: 1,
    };
    DemandContent {
        record: Some(intake::PublicRecord {
            title: "仓储码垛产线柔性调度".into(),
            field: "人工智能".into(),
            mission: "实现仓储码垛产线的柔性调度并在一家企业应用。".into(),
            goals: vec![intake::ScenarioGoal::KeyProduct.into()],
            tasks: vec![task],
            planned_investment: wan(200),
            months: 30,
            ..intake::PublicRecord::default()
        }),
        programme: intake::ProgrammeKind::Joint.into(),
        cross_region_reason: "测试场地在外省。".into(),
        nothing_classified: true,
        ..DemandContent::default()
    }
}
