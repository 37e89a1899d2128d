//! What the way is played with: `data/way.toml`, part of the project.

use anyhow::Context as _;
use proto::{common::v1::Money, intake::v1 as intake};
use regulation::{CreditCode, Region, UnitId, UnitIdentity};
use serde::Deserialize;
use uuid::Uuid;

const TEXT: &str = include_str!("../data/way.toml");
const FEN_PER_WAN: i64 = 1_000_000;

/// All of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Demanders.
    #[serde(rename = "company")]
    pub companies: Vec<Company>,
    /// Solvers.
    #[serde(rename = "institute")]
    pub institutes: Vec<Institute>,
    /// Where more experts of the national pool work; partners of nobody.
    #[serde(rename = "employer")]
    pub employers: Vec<Institute>,
    /// What they demand.
    #[serde(rename = "demand")]
    pub demands: Vec<Demand>,
}

/// A demander. Fictional.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Short name within the input.
    pub key: String,
    /// Its home.
    pub region: Region,
    /// Division code.
    pub division: String,
    /// Credit code without its check character.
    pub code: String,
    /// Name.
    pub name: String,
    /// Short names and brands.
    pub short_names: Vec<String>,
    /// Of which field it is a backbone enterprise.
    pub field: String,
}

/// A solver: a directory entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institute {
    /// Short name within the input.
    pub key: String,
    /// Where it is registered.
    pub region: Region,
    /// Division code.
    pub division: String,
    /// Credit code without its check character.
    pub code: String,
    /// Name.
    pub name: String,
    /// `university` or `institute`.
    pub kind: String,
    /// What it is active in.
    pub fields: Vec<String>,
}

/// A demand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Short name within the input.
    pub key: String,
    /// Whose it is.
    pub company: String,
    /// 攻关名称
    pub title: String,
    /// The published source of title and region, if there is one.
    pub source: Option<String>,
    /// What of it is ours.
    pub completed: String,
    /// 领域
    pub field: String,
    /// 攻关任务
    pub mission: String,
    /// Scenario goals.
    pub goals: Vec<String>,
    /// Months.
    pub months: i32,
    /// Planned investment, 万元.
    pub investment_wan: i64,
    /// 对外揭榜任务
    #[serde(rename = "task")]
    pub tasks: Vec<Task>,
}

/// An external task.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Name.
    pub title: String,
    /// Research content.
    pub content: String,
    /// What a solution has to reach.
    pub indicators: String,
    /// Offered funds, 万元.
    pub offered_wan: i64,
    /// `challenge` or `racing`.
    pub mode: String,
    /// Solvers at most.
    pub solvers_max: i32,
}

impl Input {
    /// The project's own input.
    ///
    /// # Errors
    /// When it is not what it should be.
    pub fn ours() -> anyhow::Result<Self> {
        toml::from_str(TEXT).context("data/way.toml")
    }

    /// Keeps what belongs to these regions, so that a smaller federation can play too.
    pub fn within(mut self, regions: &[Region]) -> Self {
        self.companies
            .retain(|company| regions.contains(&company.region));
        self.institutes
            .retain(|institute| regions.contains(&institute.region));
        self.employers
            .retain(|employer| regions.contains(&employer.region));
        let companies: Vec<_> = self.companies.iter().map(|c| c.key.clone()).collect();
        self.demands
            .retain(|demand| companies.contains(&demand.company));
        self
    }

    /// Whose demand it is.
    ///
    /// # Errors
    /// When the input names no such company.
    pub fn demander(&self, demand: &Demand) -> anyhow::Result<&Company> {
        let found = self
            .companies
            .iter()
            .find(|company| company.key == demand.company);
        found.with_context(|| format!("no company {}", demand.company))
    }
}

/// The whole credit code of 17 symbols.
///
/// # Errors
/// When they are not symbols of one.
pub fn credit_code(body: &str) -> anyhow::Result<CreditCode> {
    CreditCode::with_check(body).with_context(|| body.to_owned())
}

/// The unit that this credit code names.
///
/// # Errors
/// When it names none.
pub fn unit_id(body: &str) -> anyhow::Result<UnitId> {
    Ok(UnitIdentity::CreditCode(credit_code(body)?).unit_id())
}

/// An amount in 万元.
pub fn wan(amount: i64) -> Option<Money> {
    Some(Money {
        fen: amount * FEN_PER_WAN,
    })
}

impl Demand {
    /// The demand as its demander writes it. Task ids are derived, so that a repeat is the same.
    ///
    /// # Errors
    /// When the input has a word that is none.
    pub fn content(&self) -> anyhow::Result<intake::DemandContent> {
        let goals = self
            .goals
            .iter()
            .map(|goal| goal_named(goal).map(i32::from));
        let tasks = self
            .tasks
            .iter()
            .enumerate()
            .map(|(at, task)| self.task(at, task));
        Ok(intake::DemandContent {
            record: Some(intake::PublicRecord {
                title: self.title.clone(),
                field: self.field.clone(),
                mission: self.mission.clone(),
                goals: goals.collect::<anyhow::Result<_>>()?,
                tasks: tasks.collect::<anyhow::Result<_>>()?,
                planned_investment: wan(self.investment_wan),
                months: self.months,
                milestones: vec![],
                ..intake::PublicRecord::default()
            }),
            programme: intake::ProgrammeKind::Joint.into(),
            cross_region_reason: "关键检测与中试能力在外省，需要跨区域协同。".into(),
            nothing_classified: true,
            private_note: format!("内部备注 PRIVATE-NOTE-{}", self.key),
            contact: format!("联系人 PRIVATE-CONTACT-{}", self.key),
            milestones_reason: String::new(),
            duration_reason: String::new(),
            ..intake::DemandContent::default()
        })
    }

    fn task(&self, at: usize, task: &Task) -> anyhow::Result<intake::ExternalTask> {
        let mode = match task.mode.as_str() {
            "challenge" => intake::TaskMode::Challenge,
            "racing" => intake::TaskMode::Racing,
            other => anyhow::bail!("mode {other:?}"),
        };
        let name = format!("{}/{at}", self.key);
        Ok(intake::ExternalTask {
            task_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
            title: task.title.clone(),
            content: task.content.clone(),
            indicators: task.indicators.clone(),
            offered_funds: wan(task.offered_wan),
            mode: mode.into(),
            solvers_max: task.solvers_max,
            revision: 1,
        })
    }
}

fn goal_named(name: &str) -> anyhow::Result<intake::ScenarioGoal> {
    use intake::ScenarioGoal::{KeyEnterpriseApplication, KeyProduct, KeyTechnology, MajorProject};
    match name {
        "key_technology" => Ok(KeyTechnology),
        "key_product" => Ok(KeyProduct),
        "major_project" => Ok(MajorProject),
        "key_enterprise_application" => Ok(KeyEnterpriseApplication),
        other => anyhow::bail!("goal {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_has_three_demands_a_region_and_valid_codes() {
        let input = Input::ours().unwrap();
        for region in [Region::SH, Region::JS, Region::ZJ, Region::AH] {
            let of_region = input
                .demands
                .iter()
                .filter(|demand| input.demander(demand).unwrap().region == region);
            assert!(of_region.count() >= 3, "{region}");
        }
        for company in &input.companies {
            credit_code(&company.code).unwrap();
        }
        for institute in input.institutes.iter().chain(&input.employers) {
            credit_code(&institute.code).unwrap();
        }
    }
}
