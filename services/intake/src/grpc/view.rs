//! From the wire to what a demander writes, and back to what people see of a demand.

use chassis::status;
use journal::Loaded;
use proto::intake::v1 as wire;
use regulation::{Actor, SolutionId, Text};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::Status;

use crate::{
    domain::{
        Attachment, Case, Content, Demand, Earlier, Figure, Programme, Revise, Revision, Similar,
        Stage, Withdrawal, figure::FIGURES_MAX, rules,
    },
    told,
};

pub(super) fn content(content: Option<wire::DemandContent>) -> Result<Content, Status> {
    let content = content.ok_or_else(|| status::invalid("content", "请填写需求内容"))?;
    let programme = match content.programme() {
        wire::ProgrammeKind::Joint => Programme::Joint,
        wire::ProgrammeKind::Local => Programme::Local,
        wire::ProgrammeKind::Unspecified => {
            return Err(status::invalid(
                "content.programme",
                "请选择联合攻关或自主布局",
            ));
        }
    };
    let record = content
        .record
        .ok_or_else(|| status::invalid("content.record", "请填写发布内容"))?
        .try_into()
        .map_err(|error: crate::record::InvalidRecord| {
            status::invalid(&format!("content.record.{}", error.field), error.fault)
        })?;
    Ok(Content {
        record,
        programme,
        cross_region_reason: status::optional(
            "content.cross_region_reason",
            &content.cross_region_reason,
        )?,
        nothing_classified: content.nothing_classified,
        private_note: status::optional("content.private_note", &content.private_note)?,
        contact: status::optional("content.contact", &content.contact)?,
        duration_reason: status::optional("content.duration_reason", &content.duration_reason)?,
        milestones_reason: status::optional(
            "content.milestones_reason",
            &content.milestones_reason,
        )?,
        figures: figures(&content.figures)?,
    })
}

fn figures(chosen: &[wire::FigureChoice]) -> Result<Vec<Figure>, Status> {
    if chosen.len() > FIGURES_MAX {
        let most = format!("公开图片最多 {FIGURES_MAX} 张");
        return Err(status::invalid("content.figures", most));
    }
    let figures = chosen.iter().enumerate().map(|(at, choice)| {
        let field = |name: &str| format!("content.figures[{at}].{name}");
        let task = match choice.task_id.as_str() {
            "" => None,
            task => Some(status::parse(&field("task_id"), task)?),
        };
        Ok(Figure {
            digest: status::parse(&field("attachment_digest"), &choice.attachment_digest)?,
            caption: status::parse(&field("caption"), &choice.caption)?,
            task,
        })
    });
    figures.collect()
}

/// A revision as it was asked for; what others know of the task is added.
pub(super) fn revise(message: &wire::ReviseTaskRequest) -> Result<Revise, Status> {
    let task = message.task.clone();
    let mut task = task.ok_or_else(|| status::invalid("task", "请填写调整后的任务"))?;
    // The count is the system's.
    task.revision = 0;
    let task = crate::record::parse_task(task)
        .map_err(|error| status::invalid(&format!("task.{}", error.field), error.fault))?;
    let words = message.solver_words.iter().enumerate().map(|(at, word)| {
        let field = |name: &str| format!("solver_words[{at}].{name}");
        let solution: SolutionId = status::parse(&field("solution_id"), &word.solution_id)?;
        let digest = status::parse(&field("attachment_digest"), &word.attachment_digest)?;
        Ok((solution, digest))
    });
    Ok(Revise {
        task,
        reason: status::parse("reason", &message.reason)?,
        words: words.collect::<Result<_, Status>>()?,
        selected: None,
        names: Vec::new(),
    })
}

/// A demand as this caller sees it.
pub(super) fn view(demand: &Loaded<Demand>, actor: &Actor) -> wire::Demand {
    let Some(case) = &demand.state.0 else {
        return wire::Demand::default();
    };
    let mut view = wire::Demand {
        demand_id: demand.id.clone(),
        demander_unit_id: case.demander.to_string(),
        content: Some(view_content(case)),
        policy_version: case.policy.clone(),
        version: demand.version,
        warnings: warnings(case, actor),
        attachments: case.attachments.iter().map(attachment).collect(),
        departures: departures(case),
        judgements: judgements(case),
        revisions: case.revisions.iter().map(revision).collect(),
        declared_by: case.declared_by.clone().unwrap_or_default(),
        declared_at: case.declared_at.map(instant).unwrap_or_default(),
        public_record: Some(told::record(case)),
        pending_revision: case
            .proposal
            .as_ref()
            .map(|pending| proposed(&pending.revision, "")),
        refused_revisions: case
            .refused
            .iter()
            .map(|refused| proposed(&refused.revision, refused.because.as_str()))
            .collect(),
        ..Default::default()
    };
    let last = case.judgements.last().filter(|last| !last.listed);
    view.comments = last.map(|last| last.comments.clone()).unwrap_or_default();
    view.state = stage(&case.stage, &mut view).into();
    view
}

/// What a stage is called in the state document; nothing where none is asked for.
pub(super) fn stage_name(state: wire::DemandState) -> Option<&'static str> {
    Some(match state {
        wire::DemandState::Unspecified => return None,
        wire::DemandState::Draft => "Draft",
        wire::DemandState::Submitted => "Submitted",
        wire::DemandState::Returned => "Returned",
        wire::DemandState::Accepted => "Accepted",
        wire::DemandState::NotShortlisted => "NotShortlisted",
        wire::DemandState::Published => "Published",
        wire::DemandState::Withdrawn => "Withdrawn",
        wire::DemandState::Closed => "Closed",
    })
}

fn stage(stage: &Stage, view: &mut wire::Demand) -> wire::DemandState {
    match stage {
        Stage::Draft => wire::DemandState::Draft,
        Stage::Submitted => wire::DemandState::Submitted,
        Stage::Returned { reason } => {
            view.reason = reason.to_string();
            wire::DemandState::Returned
        }
        Stage::Accepted => wire::DemandState::Accepted,
        Stage::NotShortlisted => wire::DemandState::NotShortlisted,
        Stage::Published {
            blind_id,
            public_number,
            withdrawal,
        } => {
            view.blind_id = blind_id.to_string();
            view.public_number.clone_from(public_number);
            match withdrawal {
                Withdrawal::Unasked => {}
                Withdrawal::Asked { reason, .. } => view.withdrawal_asked = reason.to_string(),
                Withdrawal::Declined(reason) => view.reason = reason.to_string(),
            }
            wire::DemandState::Published
        }
        Stage::Withdrawn { reason } => {
            view.reason = reason.as_ref().map(ToString::to_string).unwrap_or_default();
            wire::DemandState::Withdrawn
        }
        Stage::Closed { reason } => {
            view.reason = reason.to_string();
            wire::DemandState::Closed
        }
    }
}

fn warnings(case: &Case, actor: &Actor) -> Vec<String> {
    let mut warnings = Vec::new();
    for wish in &case.departures {
        let rule = rules::IN_PRINCIPLE
            .iter()
            .find(|rule| rule.code == wish.rule);
        let sentence = rule.map(|rule| rule.sentence).unwrap_or_default();
        let approval = match &wish.approved_by {
            Some(_) => "已经审批",
            None => "待审批人审批",
        };
        warnings.push(format!("不符合“{sentence}”，已说明理由，{approval}。"));
    }
    let all = case.similar.iter();
    let told = all.filter(|one| actor.role.is_of_department() || one.may_be_told_to(actor.unit));
    warnings.extend(told.map(similar));
    warnings
}

fn similar(similar: &Similar) -> String {
    let earlier = match &similar.earlier {
        Earlier::Here { demand, .. } => format!("在先需求 {demand}"),
        Earlier::Published { public_number, .. } => format!("已发布需求 {public_number}"),
    };
    format!(
        "与{earlier}有 {}% 相近，请核对：{}",
        similar.percent,
        rules::NEAR_DUPLICATE.sentence
    )
}

/// A file, with its private name: for who sees the demand.
pub(super) fn attachment(attachment: &Attachment) -> wire::Attachment {
    wire::Attachment {
        digest: attachment.digest.to_string(),
        file_name: attachment.name.to_string(),
        media_type: attachment.kind.media_type().to_owned(),
        size_bytes: i64::try_from(attachment.bytes).unwrap_or(i64::MAX),
        uploaded_at: instant(attachment.at),
        metadata_removed: attachment.cleaned,
    }
}

fn departures(case: &Case) -> Vec<wire::DemandDeparture> {
    let wishes = case.departures.iter().map(|wish| {
        let rule = rules::IN_PRINCIPLE
            .iter()
            .find(|rule| rule.code == wish.rule);
        wire::DemandDeparture {
            rule: wish.rule.clone(),
            sentence: rule
                .map(|rule| rule.sentence)
                .unwrap_or_default()
                .to_owned(),
            reason: wish.reason.to_string(),
            approved_by: wish.approved_by.clone().unwrap_or_default(),
        }
    });
    wishes.collect()
}

fn judgements(case: &Case) -> Vec<wire::Judgement> {
    let all = case.judgements.iter().map(|one| wire::Judgement {
        round_id: one.round.map(|round| round.to_string()).unwrap_or_default(),
        listed: one.listed,
        place: i32::try_from(one.place).unwrap_or(i32::MAX),
        comments: one.comments.clone(),
    });
    all.collect()
}

fn proposed(revision: &Revision, refused_because: &str) -> wire::ProposedRevision {
    wire::ProposedRevision {
        task: Some((&revision.task).into()),
        reason: revision.reason.to_string(),
        proposed_at: instant(revision.at),
        solver_words: words(revision),
        refused_because: refused_because.to_owned(),
    }
}

fn words(revision: &Revision) -> Vec<wire::SolverWord> {
    let words = revision.words.iter();
    let words = words.map(|(solution, word)| wire::SolverWord {
        solution_id: solution.to_string(),
        attachment_digest: word.to_string(),
    });
    words.collect()
}

fn instant(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn revision(revision: &Revision) -> wire::TaskRevision {
    wire::TaskRevision {
        before: Some((&revision.task).into()),
        reason: revision.reason.to_string(),
        revised_at: instant(revision.at),
        solver_words: words(revision),
    }
}

fn view_content(case: &Case) -> wire::DemandContent {
    let content = &case.content;
    let text = |text: &Option<Text>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    let programme = match content.programme {
        Programme::Joint => wire::ProgrammeKind::Joint,
        Programme::Local => wire::ProgrammeKind::Local,
    };
    wire::DemandContent {
        record: Some((&content.record).into()),
        programme: programme.into(),
        cross_region_reason: text(&content.cross_region_reason),
        nothing_classified: content.nothing_classified,
        private_note: text(&content.private_note),
        contact: text(&content.contact),
        duration_reason: text(&content.duration_reason),
        milestones_reason: text(&content.milestones_reason),
        figures: content.figures.iter().map(choice).collect(),
    }
}

fn choice(figure: &Figure) -> wire::FigureChoice {
    wire::FigureChoice {
        attachment_digest: figure.digest.to_string(),
        caption: figure.caption.to_string(),
        task_id: figure.task.map(|task| task.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_of_a_near_duplicate_says_that_it_refuses_nothing() {
        let earlier = Earlier::Published {
            blind_id: uuid::Uuid::nil().into(),
            public_number: "2024-17".to_owned(),
        };
        let warning = similar(&Similar {
            percent: 77,
            earlier,
        });
        assert!(
            warning.contains("2024-17") && warning.contains("77%"),
            "{warning}"
        );
        let rule = rules::NEAR_DUPLICATE;
        assert_eq!(rule.strength, regulation::Strength::May);
        assert!(warning.ends_with(rule.sentence), "{warning}");
    }
}
