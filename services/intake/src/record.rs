//! The public record of a demand: what others may ever see of it. [Art. 10]

use std::collections::BTreeSet;

use proto::{common::v1 as common, intake::v1 as wire};
use regulation::{Field, InvalidField, InvalidMoney, InvalidText, Money, TaskId, Text, Title};
use serde::{Deserialize, Serialize};

/// Tasks that one demand may have at most.
pub const TASKS_MAX: usize = 20;
/// Solvers that one task may have at most, when racing.
pub const SOLVERS_MAX: u32 = 10;
/// Milestones that one demand may have at most.
pub const MILESTONES_MAX: usize = 20;
/// Months that a demand may name at most.
pub const MONTHS_MAX: u32 = 120;

/// A goal that a mission states. [Art. 10]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// 关键技术突破
    KeyTechnology,
    /// 关键产品研制
    KeyProduct,
    /// 重大工程
    MajorProject,
    /// 重点企业应用
    KeyEnterpriseApplication,
}

/// How a task's solvers are organised. [Art. 5]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 揭榜挂帅: one solver.
    Challenge,
    /// 赛马制: up to so many in parallel.
    Racing {
        /// At least 2, at most [`SOLVERS_MAX`].
        solvers_max: u32,
    },
}

impl Mode {
    /// How many solvers may be selected at most.
    pub fn solvers_max(self) -> usize {
        match self {
            Self::Challenge => 1,
            Self::Racing { solvers_max } => usize::try_from(solvers_max).unwrap_or(usize::MAX),
        }
    }
}

/// 对外揭榜任务. [Art. 10]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Stays with the task through its revisions.
    pub id: TaskId,
    /// Name.
    pub title: Title,
    /// Research content.
    pub content: Text,
    /// What a solution has to reach.
    pub indicators: Text,
    /// 拟对外揭榜资金
    pub offered: Money,
    /// One solver or several.
    pub mode: Mode,
    /// Counts revisions, from 1.
    pub revision: u32,
}

/// The public record: an allow-list without a field for the demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 攻关名称
    pub title: Title,
    /// 领域
    pub field: Field,
    /// 攻关任务
    pub mission: Text,
    /// The scenario goals it states.
    pub goals: BTreeSet<Goal>,
    /// What outside solvers are asked for.
    pub tasks: Vec<Task>,
    /// 项目预计投入
    pub investment: Money,
    /// How long it takes.
    pub months: u32,
    /// Steps, where the field allows them.
    pub milestones: Vec<Title>,
}

impl Record {
    /// The task with this id.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }
}

/// A record that is not one, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRecord {
    /// Path of the field, such as `tasks[1].title`.
    pub field: String,
    /// What is wrong with it, in Chinese.
    pub fault: String,
}

fn fault(field: impl Into<String>, fault: impl ToString) -> InvalidRecord {
    InvalidRecord {
        field: field.into(),
        fault: fault.to_string(),
    }
}

impl TryFrom<wire::PublicRecord> for Record {
    type Error = InvalidRecord;

    fn try_from(record: wire::PublicRecord) -> Result<Self, InvalidRecord> {
        // The generated `goals()` leaves out what it does not know.
        let goals = record.goals.iter().map(|number| goal(*number));
        let goals = goals.collect::<Result<_, _>>()?;
        if record.tasks.len() > TASKS_MAX {
            return Err(fault("tasks", format!("对外揭榜任务最多 {TASKS_MAX} 项")));
        }
        if record.milestones.len() > MILESTONES_MAX {
            return Err(fault(
                "milestones",
                format!("里程碑最多 {MILESTONES_MAX} 个"),
            ));
        }
        if !record.figures.is_empty() {
            return Err(fault("figures", "公开图片请在 content.figures 中选定"));
        }
        if record.investment_range.is_some() {
            return Err(fault(
                "investment_range",
                "公开的区间由领域模板确定，请留空",
            ));
        }
        let months = u32::try_from(record.months)
            .ok()
            .filter(|m| (1..=MONTHS_MAX).contains(m));
        let milestones = record.milestones.iter().enumerate().map(|(at, text)| {
            text.parse()
                .map_err(|e: InvalidText| fault(format!("milestones[{at}]"), e))
        });
        let tasks = record.tasks.into_iter().enumerate().map(|(at, task)| {
            parse_task(task).map_err(|e| fault(format!("tasks[{at}].{}", e.field), e.fault))
        });
        let tasks = tasks.collect::<Result<Vec<Task>, _>>()?;
        for (at, task) in tasks.iter().enumerate() {
            if tasks[..at].iter().any(|other| other.id == task.id) {
                return Err(fault(
                    format!("tasks[{at}].task_id"),
                    "与另一项任务的编号相同，请换用新的编号",
                ));
            }
        }
        Ok(Self {
            title: record
                .title
                .parse()
                .map_err(|e: InvalidText| fault("title", e))?,
            field: record
                .field
                .parse()
                .map_err(|e: InvalidField| fault("field", e))?,
            mission: record
                .mission
                .parse()
                .map_err(|e: InvalidText| fault("mission", e))?,
            goals,
            tasks,
            investment: money("planned_investment", record.planned_investment)?,
            months: months
                .ok_or_else(|| fault("months", format!("应为 1 至 {MONTHS_MAX} 个月")))?,
            milestones: milestones.collect::<Result<_, _>>()?,
        })
    }
}

/// Reads one task.
///
/// # Errors
/// The field that is no good.
pub fn parse_task(task: wire::ExternalTask) -> Result<Task, InvalidRecord> {
    let mode = match task.mode() {
        wire::TaskMode::Challenge if matches!(task.solvers_max, 0 | 1) => Mode::Challenge,
        wire::TaskMode::Challenge => {
            return Err(fault("solvers_max", "揭榜挂帅只有 1 家揭榜方"));
        }
        wire::TaskMode::Racing => {
            let solvers_max = u32::try_from(task.solvers_max)
                .ok()
                .filter(|n| (2..=SOLVERS_MAX).contains(n))
                .ok_or_else(|| {
                    fault(
                        "solvers_max",
                        format!("赛马制的揭榜方应为 2 至 {SOLVERS_MAX} 家"),
                    )
                })?;
            Mode::Racing { solvers_max }
        }
        wire::TaskMode::Unspecified => return Err(fault("mode", "请选择揭榜挂帅或赛马制")),
    };
    Ok(Task {
        id: task
            .task_id
            .parse()
            .map_err(|e: regulation::InvalidId| fault("task_id", e))?,
        title: task
            .title
            .parse()
            .map_err(|e: InvalidText| fault("title", e))?,
        content: task
            .content
            .parse()
            .map_err(|e: InvalidText| fault("content", e))?,
        indicators: task
            .indicators
            .parse()
            .map_err(|e: InvalidText| fault("indicators", e))?,
        offered: money("offered_funds", task.offered_funds)?,
        mode,
        revision: match task.revision {
            0 | 1 => 1,
            _ => return Err(fault("revision", "修订号由系统记数，请留空")),
        },
    })
}

fn goal(number: i32) -> Result<Goal, InvalidRecord> {
    match wire::ScenarioGoal::try_from(number).unwrap_or_default() {
        wire::ScenarioGoal::KeyTechnology => Ok(Goal::KeyTechnology),
        wire::ScenarioGoal::KeyProduct => Ok(Goal::KeyProduct),
        wire::ScenarioGoal::MajorProject => Ok(Goal::MajorProject),
        wire::ScenarioGoal::KeyEnterpriseApplication => Ok(Goal::KeyEnterpriseApplication),
        wire::ScenarioGoal::Unspecified => Err(fault("goals", "未知的场景目标")),
    }
}

fn money(field: &str, amount: Option<common::Money>) -> Result<Money, InvalidRecord> {
    let fen = amount.ok_or_else(|| fault(field, "请填写金额"))?.fen;
    Money::from_fen(fen).map_err(|e: InvalidMoney| fault(field, e))
}

impl From<&Record> for wire::PublicRecord {
    fn from(record: &Record) -> Self {
        Self {
            title: record.title.to_string(),
            field: record.field.to_string(),
            mission: record.mission.to_string(),
            goals: record
                .goals
                .iter()
                .map(|goal| wire::ScenarioGoal::from(*goal).into())
                .collect(),
            tasks: record.tasks.iter().map(Into::into).collect(),
            planned_investment: Some(common::Money {
                fen: record.investment.fen(),
            }),
            months: i32::try_from(record.months).unwrap_or(i32::MAX),
            milestones: record.milestones.iter().map(ToString::to_string).collect(),
            // Chosen apart from the record, and the template's to say.
            figures: Vec::new(),
            investment_range: None,
        }
    }
}

impl From<&Task> for wire::ExternalTask {
    fn from(task: &Task) -> Self {
        let (mode, solvers_max) = match task.mode {
            Mode::Challenge => (wire::TaskMode::Challenge, 1),
            Mode::Racing { solvers_max } => (wire::TaskMode::Racing, solvers_max),
        };
        Self {
            task_id: task.id.to_string(),
            title: task.title.to_string(),
            content: task.content.to_string(),
            indicators: task.indicators.to_string(),
            offered_funds: Some(common::Money {
                fen: task.offered.fen(),
            }),
            mode: mode.into(),
            solvers_max: i32::try_from(solvers_max).unwrap_or(i32::MAX),
            revision: i32::try_from(task.revision).unwrap_or(i32::MAX),
        }
    }
}

impl From<Goal> for wire::ScenarioGoal {
    fn from(goal: Goal) -> Self {
        match goal {
            Goal::KeyTechnology => Self::KeyTechnology,
            Goal::KeyProduct => Self::KeyProduct,
            Goal::MajorProject => Self::MajorProject,
            Goal::KeyEnterpriseApplication => Self::KeyEnterpriseApplication,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> wire::PublicRecord {
        (&crate::domain::demand::tests::record()).into()
    }

    /// The field that is at fault after `change`.
    fn at_fault(change: impl FnOnce(&mut wire::PublicRecord)) -> Option<String> {
        let mut record = good();
        change(&mut record);
        Record::try_from(record).err().map(|fault| fault.field)
    }

    #[test]
    fn a_record_is_as_long_as_may_be_and_no_longer() {
        let tasks = |count: usize| {
            at_fault(|record| {
                let task = record.tasks.remove(0);
                let numbered = (0..count).map(|n| wire::ExternalTask {
                    task_id: TaskId(uuid::Uuid::from_u128(n as u128)).to_string(),
                    ..task.clone()
                });
                record.tasks = numbered.collect();
            })
        };
        assert_eq!(tasks(TASKS_MAX), None);
        assert_eq!(tasks(TASKS_MAX + 1).as_deref(), Some("tasks"));
        let milestones =
            |count| at_fault(|record| record.milestones = vec!["中试".to_owned(); count]);
        assert_eq!(milestones(MILESTONES_MAX), None);
        assert_eq!(
            milestones(MILESTONES_MAX + 1).as_deref(),
            Some("milestones")
        );
        let months = |months| at_fault(|record| record.months = months);
        assert_eq!((months(1), months(120)), (None, None));
        for bad in [-1, 0, 121] {
            assert_eq!(months(bad).as_deref(), Some("months"), "{bad}");
        }
    }

    #[test]
    fn a_task_has_one_solver_or_several_as_its_mode_says_and_no_count_of_its_own() {
        let task = |change: fn(&mut wire::ExternalTask)| {
            at_fault(|record| record.tasks.iter_mut().for_each(change))
        };
        let fault = Some("tasks[0].solvers_max");
        assert_eq!(task(|task| task.solvers_max = 0), None);
        assert_eq!(task(|task| task.solvers_max = 2).as_deref(), fault);
        let racing = |solvers_max| {
            let mut task = good().tasks.remove(0);
            task.set_mode(wire::TaskMode::Racing);
            task.solvers_max = solvers_max;
            parse_task(task).map(|task| task.mode.solvers_max())
        };
        assert_eq!((racing(2), racing(10)), (Ok(2), Ok(10)));
        for bad in [-1, 0, 1, 11] {
            assert_eq!(racing(bad).unwrap_err().field, "solvers_max", "{bad}");
        }
        let mode = task(|task| task.set_mode(wire::TaskMode::Unspecified));
        assert_eq!(mode.as_deref(), Some("tasks[0].mode"));
        let counted = task(|task| task.revision = 2);
        assert_eq!(counted.as_deref(), Some("tasks[0].revision"));
    }

    #[test]
    fn pictures_and_ranges_are_not_the_demanders_to_write_into_the_record() {
        let figures = at_fault(|record| record.figures.push(wire::Figure::default()));
        assert_eq!(figures.as_deref(), Some("figures"));
        let range =
            at_fault(|record| record.investment_range = Some(wire::InvestmentRange::default()));
        assert_eq!(range.as_deref(), Some("investment_range"));
    }

    #[test]
    fn two_tasks_of_one_demand_have_two_ids() {
        let good = wire::PublicRecord::from(&crate::domain::demand::tests::record());
        let again = |task_id: &str| {
            let mut record = good.clone();
            let mut second = record.tasks[0].clone();
            second.task_id = task_id.to_owned();
            record.tasks.push(second);
            Record::try_from(record)
        };
        assert!(again(&TaskId(uuid::Uuid::from_u128(8)).to_string()).is_ok());
        let fault = again(&good.tasks[0].task_id).unwrap_err();
        assert_eq!(fault.field, "tasks[1].task_id");
    }
}
