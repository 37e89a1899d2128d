//! Step 7: a guide out of the reserve pool, decided jointly; applications of units of two and more
//! regions, with parts and assents from their own nodes; formal examination with one correction.

mod examination;
mod guide;

use anyhow::{Context as _, ensure};
use proto::application::v1::{
    Application, ApplicationContent, ApplicationState, BudgetLine, CheckApplicationRequest,
    CreateApplicationRequest, GetApplicationRequest, GuideDocument, ListPartsRequest, Part,
    PartInput, ProvidePartRequest, PutUnitRequest, RequestAssentsRequest, SubmitApplicationRequest,
    TechnicalContract, UnitRole,
};
use proto::registry::v1::RegisterPersonRequest;
use regulation::{Region, UnitId};

use super::{ApplicationRef, Way, found};
use crate::{Demand, Session, request_id, wan};

/// What the regions share of the money, in percent of the investment; the rule says 30 at most.
const SUPPORT_PERCENT: i64 = 25;
/// What a solver gets out of the support and adds of its own, and what its contract says, 万元.
const SOLVER_SUPPORT_WAN: i64 = 50;
const SOLVER_OWN_WAN: i64 = 30;
const CONTRACT_WAN: i64 = 180;

/// An application that is made on the way: the demander leads, its solvers are subtask units.
struct Planned {
    demand: &'static str,
    solvers: &'static [&'static str],
    /// Whether the examination asks for a correction first.
    corrected: bool,
}

const PLANNED: [Planned; 2] = [
    Planned {
        demand: "zj-a",
        solvers: &["sh-sjtu", "bj-guest"],
        corrected: true,
    },
    // Partly matched: the demander goes on with what is solved.
    Planned {
        demand: "sh-a",
        solvers: &["zj-zju"],
        corrected: false,
    },
];

/// A unit's part on the way: who they are, and what it costs, 万元.
struct Share {
    unit: UnitId,
    region: Region,
    support_wan: i64,
    own_wan: i64,
}

impl Way<'_> {
    /// The guide and every application on it, passed.
    ///
    /// # Errors
    /// What was refused or did not happen.
    pub async fn application(&mut self) -> anyhow::Result<()> {
        self.say("7 编制指南、联合申报与形式审查");
        let guide = self.guide().await.context("the guide")?;
        let mut units = 0;
        for planned in &PLANNED {
            let application = self
                .apply(&guide, planned)
                .await
                .with_context(|| format!("the application on {}", planned.demand))?;
            units += application.units.len();
        }
        self.summary.figure(
            "项目申报（承担单位）",
            format!("{}（{units}）", PLANNED.len()),
        );
        self.examined_at_hub().await
    }

    async fn apply(
        &mut self,
        guide: &GuideDocument,
        planned: &Planned,
    ) -> anyhow::Result<Application> {
        let demand = self
            .input
            .demands
            .iter()
            .find(|one| one.key == planned.demand);
        let demand = demand.context("no such demand")?.clone();
        let (lead, region) = self.unit(&demand.company)?;
        let session = self.as_member(&demand.company)?;
        let shares = self.shares(&demand, (lead, region), planned)?;
        let people = self.people(&shares).await?;
        let application = self
            .begin_application(guide, &demand, &session, &people, &shares)
            .await?;
        let id = application.application_id.clone();
        self.refused_alone(&session, &id).await?;
        for solver in planned.solvers {
            let (unit, _) = self.unit(solver)?;
            session
                .application()?
                .put_unit(PutUnitRequest {
                    request_id: request_id(),
                    application_id: id.clone(),
                    unit_id: unit.to_string(),
                    role: UnitRole::Subtask.into(),
                    subtask: format!("{}的子课题", demand.title),
                    interfaces: "向牵头单位交付样件与测试数据".into(),
                })
                .await?;
        }
        for (share, person) in shares.iter().zip(&people) {
            self.provide(share, person, &id).await?;
        }
        self.parts_at_home(&session, &id, shares.len()).await?;
        self.hand_in(&session, &id, &shares).await?;
        self.say(format!(
            "  《{}》由{}牵头，{} 家单位各自填报并同意，已提交",
            demand.title,
            region.name(),
            shares.len()
        ));
        if planned.corrected {
            self.correct(&session, &id, &shares).await?;
        }
        self.pass(&id).await?;
        let passed = self
            .application_in(&session, &id, ApplicationState::InReview)
            .await?;
        self.applications.push(ApplicationRef {
            id,
            region,
            lead,
            blind_id: passed.blind_id.clone(),
        });
        Ok(passed)
    }

    fn shares(
        &self,
        demand: &Demand,
        (lead, region): (UnitId, Region),
        planned: &Planned,
    ) -> anyhow::Result<Vec<Share>> {
        let solvers = i64::try_from(planned.solvers.len())?;
        let support = demand.investment_wan * SUPPORT_PERCENT / 100;
        let mut shares = vec![Share {
            unit: lead,
            region,
            support_wan: support - SOLVER_SUPPORT_WAN * solvers,
            own_wan: demand.investment_wan - support - SOLVER_OWN_WAN * solvers,
        }];
        for solver in planned.solvers {
            let (unit, region) = self.unit(solver)?;
            shares.push(Share {
                unit,
                region,
                support_wan: SOLVER_SUPPORT_WAN,
                own_wan: SOLVER_OWN_WAN,
            });
        }
        Ok(shares)
    }

    /// One person of each unit, registered at their own node: the first leads the project.
    async fn people(&self, shares: &[Share]) -> anyhow::Result<Vec<String>> {
        let mut people = Vec::new();
        for share in shares {
            let digits: String = share.unit.to_string();
            let digits: String = digits.chars().filter(char::is_ascii_alphanumeric).collect();
            let session = Session::of_unit(self.federation, share.region, share.unit)?;
            let person = session
                .registry()?
                .register_person(RegisterPersonRequest {
                    request_id: request_id(),
                    // Of the form of a passport, of nobody.
                    identity_number: format!("P{}", &digits[..10]),
                    name: "项目人员".into(),
                    unit_id: share.unit.to_string(),
                })
                .await?
                .into_inner();
            ensure!(person.person_key.len() == 64, "no key");
            people.push(person.person_key);
        }
        Ok(people)
    }

    async fn begin_application(
        &self,
        guide: &GuideDocument,
        demand: &Demand,
        session: &Session<'_>,
        people: &[String],
        shares: &[Share],
    ) -> anyhow::Result<Application> {
        let blind_id = &self.published(&demand.key)?.blind_id;
        let topic = guide
            .topics
            .iter()
            .find(|topic| topic.blind_id == *blind_id);
        let topic = topic.context("the guide has no topic of this demand")?;
        let contracts = shares.iter().skip(1).map(|share| TechnicalContract {
            subtask_unit_id: share.unit.to_string(),
            amount: wan(CONTRACT_WAN),
            registration_number: String::new(),
        });
        let content = ApplicationContent {
            title: demand.title.clone(),
            leader_person_key: people.first().cloned().unwrap_or_default(),
            core_team_person_keys: people.to_vec(),
            indicators: demand
                .tasks
                .iter()
                .map(|task| task.indicators.clone())
                .collect::<Vec<_>>()
                .join("；"),
            milestones: vec!["完成样件".into(), "通过应用验证".into()],
            months: demand.months,
            duration_reason: String::new(),
            investment: wan(demand.investment_wan),
            support: wan(demand.investment_wan * SUPPORT_PERCENT / 100),
            contracts: contracts.collect(),
            shares: vec![],
            committed: true,
        };
        // The guide and the pool come to the lead's node by themselves.
        found("the application to be begun", || async {
            let request = CreateApplicationRequest {
                request_id: request_id(),
                guide_id: guide.guide_id.clone(),
                topic_id: topic.topic_id.clone(),
                content: Some(content.clone()),
            };
            let created = session.application()?.create_application(request).await?;
            Ok(Some(created.into_inner()))
        })
        .await
    }

    /// A lead alone, without its solvers and without another region, is told what is missing.
    async fn refused_alone(&self, session: &Session<'_>, id: &str) -> anyhow::Result<()> {
        let request = CheckApplicationRequest {
            application_id: id.to_owned(),
        };
        let faults = session.application()?.check_application(request).await?;
        let faults = faults.into_inner().faults;
        for rule in ["application.regions-min", "application.solver-takes-part"] {
            let fault = faults.iter().find(|fault| fault.rule == rule);
            let fault = fault.with_context(|| format!("{rule} does not bite"))?;
            self.say(format!("  仅有牵头单位时：{}", fault.message));
        }
        Ok(())
    }

    /// A unit provides its part on its own node, once it is asked there.
    async fn provide(&self, share: &Share, person: &str, id: &str) -> anyhow::Result<Part> {
        let session = Session::of_unit(self.federation, share.region, share.unit)?;
        let what = format!(
            "{} of {} to be asked for its part",
            share.unit, share.region
        );
        let part = found(&what, || async {
            let listed = session
                .application()?
                .list_parts(ListPartsRequest::default())
                .await?
                .into_inner();
            Ok(listed
                .parts
                .into_iter()
                .find(|part| part.application_id == id))
        })
        .await?;
        let line = BudgetLine {
            category: "materials".into(),
            support: wan(share.support_wan),
            own: wan(share.own_wan),
        };
        let provided = session
            .application()?
            .provide_part(ProvidePartRequest {
                request_id: request_id(),
                part_id: part.part_id,
                input: Some(PartInput {
                    lines: vec![line],
                    person_keys: vec![person.to_owned()],
                    work: "承担本单位任务，按进度交付。".into(),
                }),
            })
            .await?
            .into_inner();
        ensure!(provided.content.is_some(), "the part is not there");
        Ok(provided)
    }

    async fn parts_at_home(
        &self,
        session: &Session<'_>,
        id: &str,
        expected: usize,
    ) -> anyhow::Result<()> {
        found("every part at the lead's home", || async {
            let application = self.get_application(session, id).await?;
            let there = application
                .units
                .iter()
                .filter(|unit| unit.part_version > 0);
            Ok((there.count() == expected).then_some(()))
        })
        .await
    }

    /// Freezes the package, gets every unit's word from its own node, and hands it in.
    async fn hand_in(
        &self,
        session: &Session<'_>,
        id: &str,
        shares: &[Share],
    ) -> anyhow::Result<()> {
        let frozen = session
            .application()?
            .request_assents(RequestAssentsRequest {
                request_id: request_id(),
                application_id: id.to_owned(),
            })
            .await?
            .into_inner();
        for share in shares {
            self.unit_assent(share.region, share.unit, id)
                .await
                .with_context(|| format!("assent of {} of {}", share.unit, share.region))?;
        }
        found("every unit's assent at the lead's home", || async {
            let application = self.get_application(session, id).await?;
            Ok(application
                .units
                .iter()
                .all(|unit| unit.assented)
                .then_some(()))
        })
        .await?;
        let submitted = session
            .application()?
            .submit_application(SubmitApplicationRequest {
                request_id: request_id(),
                application_id: id.to_owned(),
                digest: frozen.digest.clone(),
            })
            .await?
            .into_inner();
        ensure!(
            submitted.digest == frozen.digest,
            "another package was handed in"
        );
        self.application_in(session, id, ApplicationState::InExamination)
            .await?;
        Ok(())
    }

    async fn get_application(
        &self,
        session: &Session<'_>,
        id: &str,
    ) -> anyhow::Result<Application> {
        let request = GetApplicationRequest {
            application_id: id.to_owned(),
        };
        let application = session.application()?.get_application(request).await?;
        Ok(application.into_inner())
    }

    /// Waits until an application is in a state at its home.
    async fn application_in(
        &self,
        session: &Session<'_>,
        id: &str,
        state: ApplicationState,
    ) -> anyhow::Result<Application> {
        found(&format!("application {id} to be {state:?}"), || async {
            let application = self.get_application(session, id).await?;
            Ok((application.state() == state).then_some(application))
        })
        .await
    }
}
