//! The public record of a published demand, as this service keeps it. [Art. 10]

use std::{fmt::Display, num::NonZeroU32};

use evidence::Digest;
use proto::{common::v1 as common, intake::v1 as wire};
use regulation::{Field, Money, TaskId, Text, Title};
use serde::{Deserialize, Serialize};

/// How a task's solvers are organised. [Art. 5]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 揭榜挂帅: one solver.
    Challenge,
    /// 赛马制: so many in parallel.
    Racing(NonZeroU32),
}

impl Mode {
    /// How many solvers may be selected at most.
    pub fn solvers_max(self) -> usize {
        match self {
            Self::Challenge => 1,
            Self::Racing(n) => usize::try_from(n.get()).unwrap_or(usize::MAX),
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
    pub revision: i32,
}

/// What is published of a demand: an allow-list without a field for the demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 攻关名称
    pub title: Title,
    /// 领域
    pub field: Field,
    /// 攻关任务
    pub mission: Text,
    /// The scenario goals by their numbers, so that those of a newer version get through.
    pub goals: Vec<i32>,
    /// What outside solvers are asked for.
    pub tasks: Vec<Task>,
    /// 项目预计投入
    pub investment: Money,
    /// How long it takes.
    pub months: i32,
    /// Steps, where the field allows them.
    pub milestones: Vec<Title>,
    /// Pictures.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// Where the investment is told as a range only.
    #[serde(default)]
    pub investment_range: Option<InvestmentRange>,
}

/// A picture of a demand, by its digest alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Of its content.
    pub digest: Digest,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// Of its content, in bytes.
    pub size: i64,
    /// What it shows.
    pub caption: String,
    /// The task that it illustrates; none: the whole demand.
    pub task: Option<TaskId>,
}

/// A range in which the investment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvestmentRange {
    /// Included.
    pub from: Money,
    /// Excluded; none: without an end.
    pub below: Option<Money>,
}

impl Record {
    /// The task with this id.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }
}

/// A record or task that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct InvalidRecord {
    field: &'static str,
    fault: String,
}

fn at<E: Display>(field: &'static str) -> impl Fn(E) -> InvalidRecord {
    move |fault| InvalidRecord {
        field,
        fault: fault.to_string(),
    }
}

fn money(field: &'static str, amount: Option<common::Money>) -> Result<Money, InvalidRecord> {
    let fen = amount.ok_or("missing").map_err(at(field))?.fen;
    Money::from_fen(fen).map_err(at(field))
}

impl TryFrom<wire::PublicRecord> for Record {
    type Error = InvalidRecord;

    fn try_from(record: wire::PublicRecord) -> Result<Self, InvalidRecord> {
        let milestones = record
            .milestones
            .iter()
            .map(|text| text.parse().map_err(at("milestones")));
        Ok(Self {
            title: record.title.parse().map_err(at("title"))?,
            field: record.field.parse().map_err(at("field"))?,
            mission: record.mission.parse().map_err(at("mission"))?,
            goals: record.goals,
            tasks: record
                .tasks
                .into_iter()
                .map(Task::try_from)
                .collect::<Result<_, _>>()?,
            investment: money("planned_investment", record.planned_investment)?,
            months: record.months,
            milestones: milestones.collect::<Result<_, _>>()?,
            figures: record
                .figures
                .into_iter()
                .map(Figure::try_from)
                .collect::<Result<_, _>>()?,
            investment_range: record
                .investment_range
                .map(InvestmentRange::try_from)
                .transpose()?,
        })
    }
}

impl TryFrom<wire::Figure> for Figure {
    type Error = InvalidRecord;

    fn try_from(figure: wire::Figure) -> Result<Self, InvalidRecord> {
        let task = Some(&figure.task_id).filter(|task| !task.is_empty());
        let task = task.map(|task| task.parse().map_err(at("figures.task_id")));
        Ok(Self {
            digest: figure.digest.parse().map_err(at("figures.digest"))?,
            task: task.transpose()?,
            media_type: figure.media_type,
            size: figure.size_bytes,
            caption: figure.caption,
        })
    }
}

impl TryFrom<wire::InvestmentRange> for InvestmentRange {
    type Error = InvalidRecord;

    fn try_from(range: wire::InvestmentRange) -> Result<Self, InvalidRecord> {
        let below = range.below.map(|_| money("investment_range", range.below));
        Ok(Self {
            from: money("investment_range", range.from)?,
            below: below.transpose()?,
        })
    }
}

impl TryFrom<wire::ExternalTask> for Task {
    type Error = InvalidRecord;

    fn try_from(task: wire::ExternalTask) -> Result<Self, InvalidRecord> {
        let mode = match task.mode() {
            wire::TaskMode::Challenge => Mode::Challenge,
            wire::TaskMode::Racing => {
                let n = u32::try_from(task.solvers_max)
                    .ok()
                    .and_then(NonZeroU32::new);
                Mode::Racing(n.ok_or("not positive").map_err(at("tasks.solvers_max"))?)
            }
            // Guessing how many may be selected would be worse than not reading it.
            wire::TaskMode::Unspecified => return Err(at("tasks.mode")("unknown")),
        };
        Ok(Self {
            id: task.task_id.parse().map_err(at("tasks.task_id"))?,
            title: task.title.parse().map_err(at("tasks.title"))?,
            content: task.content.parse().map_err(at("tasks.content"))?,
            indicators: task.indicators.parse().map_err(at("tasks.indicators"))?,
            offered: money("tasks.offered_funds", task.offered_funds)?,
            mode,
            revision: task.revision,
        })
    }
}

impl From<&Record> for wire::PublicRecord {
    fn from(record: &Record) -> Self {
        Self {
            title: record.title.to_string(),
            field: record.field.to_string(),
            mission: record.mission.to_string(),
            goals: record.goals.clone(),
            tasks: record.tasks.iter().map(Into::into).collect(),
            planned_investment: Some(common::Money {
                fen: record.investment.fen(),
            }),
            months: record.months,
            milestones: record.milestones.iter().map(ToString::to_string).collect(),
            figures: record.figures.iter().map(Into::into).collect(),
            investment_range: record.investment_range.as_ref().map(Into::into),
        }
    }
}

impl From<&Figure> for wire::Figure {
    fn from(figure: &Figure) -> Self {
        Self {
            digest: figure.digest.to_string(),
            media_type: figure.media_type.clone(),
            size_bytes: figure.size,
            caption: figure.caption.clone(),
            task_id: figure.task.map(|task| task.to_string()).unwrap_or_default(),
        }
    }
}

impl From<&InvestmentRange> for wire::InvestmentRange {
    fn from(range: &InvestmentRange) -> Self {
        let money = |amount: Money| common::Money { fen: amount.fen() };
        Self {
            from: Some(money(range.from)),
            below: range.below.map(money),
        }
    }
}

impl From<&Task> for wire::ExternalTask {
    fn from(task: &Task) -> Self {
        let mode = match task.mode {
            Mode::Challenge => wire::TaskMode::Challenge,
            Mode::Racing(_) => wire::TaskMode::Racing,
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
            solvers_max: i32::try_from(task.mode.solvers_max()).unwrap_or(i32::MAX),
            revision: task.revision,
        }
    }
}
