//! What others are told of a demand: its record, simplified as its field's template says. [Art. 10]

use proto::{common::v1 as common, intake::v1 as wire};
use regulation::{Money, Template};

use crate::{
    domain::{Attachment, Case, figure::Figure},
    record::{Record, Task},
};

/// The record as it leaves the demand's home.
pub(crate) fn record(case: &Case) -> wire::PublicRecord {
    let mut told = simplified(&case.content.record, &case.template);
    let figures = case.content.figures.iter();
    told.figures = figures
        .filter_map(|figure| Some(reference(figure, case.attachment(&figure.digest)?)))
        .collect();
    told
}

/// A record as the template shows it.
pub(crate) fn simplified(record: &Record, template: &Template) -> wire::PublicRecord {
    let mut told = wire::PublicRecord::from(record);
    told.mission = template.mission.of(&told.mission);
    told.tasks = record.tasks.iter().map(|one| task(one, template)).collect();
    if !template.milestones {
        told.milestones.clear();
    }
    if let Some(range) = template.investment.range_of(record.investment) {
        let money = |amount: Money| common::Money { fen: amount.fen() };
        told.planned_investment = Some(money(range.from));
        told.investment_range = Some(wire::InvestmentRange {
            from: Some(money(range.from)),
            below: range.below.map(money),
        });
    }
    told
}

/// One task as the template shows it.
pub(crate) fn task(task: &Task, template: &Template) -> wire::ExternalTask {
    let told = wire::ExternalTask::from(task);
    wire::ExternalTask {
        content: template.content.of(&told.content),
        indicators: template.indicators.of(&told.indicators),
        ..told
    }
}

/// The parts of a record that a template does not show as they are, in Chinese.
pub(crate) fn left_out(record: &Record, template: &Template) -> Vec<&'static str> {
    let (full, told) = (
        wire::PublicRecord::from(record),
        simplified(record, template),
    );
    let parts = [
        ("攻关任务", full.mission != told.mission),
        ("对外揭榜任务", full.tasks != told.tasks),
        ("项目预计投入", told.investment_range.is_some()),
        ("里程碑", full.milestones != told.milestones),
    ];
    let parts = parts.into_iter().filter(|(_, differs)| *differs);
    parts.map(|(part, _)| part).collect()
}

fn reference(figure: &Figure, file: &Attachment) -> wire::Figure {
    wire::Figure {
        digest: figure.digest.to_string(),
        media_type: file.kind.media_type().to_owned(),
        size_bytes: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        caption: figure.caption.to_string(),
        task_id: figure.task.map(|task| task.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use regulation::{Amount, Shown};

    use super::*;
    use crate::domain::demand::tests::record;

    fn long() -> Record {
        let mut long = record();
        long.mission = "突破高端光刻胶用树脂的合成工艺。"
            .repeat(4)
            .parse()
            .unwrap();
        long.tasks[0].content = "窄".repeat(50).parse().unwrap();
        long.tasks[0].indicators = "宽".repeat(50).parse().unwrap();
        long.milestones = vec!["中试".parse().unwrap()];
        long
    }

    #[test]
    fn each_part_is_shown_as_its_template_says_and_no_other() {
        let full = wire::PublicRecord::from(&long());
        assert_eq!(simplified(&long(), &Template::FULL), full);
        assert_eq!(left_out(&long(), &Template::FULL), [""; 0]);
        let with = |change: fn(&mut Template)| {
            let mut template = Template::FULL;
            change(&mut template);
            (simplified(&long(), &template), left_out(&long(), &template))
        };
        let (told, parts) = with(|template| template.mission = Shown::Cut(40));
        assert_eq!(told.mission.matches('。').count(), 1, "{}", told.mission);
        assert!(told.mission.ends_with("……"), "{}", told.mission);
        assert_eq!((parts, told.tasks), (vec!["攻关任务"], full.tasks.clone()));
        let (told, parts) = with(|template| template.content = Shown::Cut(20));
        assert_eq!(told.tasks[0].content.matches('窄').count(), 20);
        assert_eq!(told.tasks[0].indicators, full.tasks[0].indicators);
        assert_eq!(parts, ["对外揭榜任务"]);
        let (told, parts) = with(|template| template.indicators = Shown::Cut(20));
        assert_eq!(told.tasks[0].indicators.matches('宽').count(), 20);
        assert_eq!(told.tasks[0].content, full.tasks[0].content);
        assert_eq!(parts, ["对外揭榜任务"]);
        let (told, parts) = with(|template| template.milestones = false);
        assert_eq!((told.milestones.len(), parts), (0, vec!["里程碑"]));
    }

    #[test]
    fn of_an_investment_that_is_shown_as_a_range_nobody_can_tell_the_amount() {
        let bounds = [1_000_000_000, 5_000_000_000].map(|fen| Money::from_fen(fen).unwrap());
        let template = Template {
            investment: Amount::Ranges(bounds.to_vec()),
            ..Template::FULL
        };
        let told = simplified(&long(), &template);
        let money = |fen| Some(common::Money { fen });
        assert_eq!(told.planned_investment, money(1_000_000_000));
        let range = told.investment_range.unwrap();
        assert_eq!(
            (range.from, range.below),
            (money(1_000_000_000), money(5_000_000_000))
        );
        assert_eq!(left_out(&long(), &template), ["项目预计投入"]);
    }
}
