//! What people get to see. A solver's views have no field for the demander or its region.

mod dialogue;

use chassis::status;
use journal::Loaded;
use prost::Message as _;
use proto::{common::v1 as common, intake::v1::PublicRecord, matching::v1 as wire};
use regulation::{Actor, Role, SolutionId, Text};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::Status;

use crate::{
    domain::{
        Case, FeedbackRound, Posting, PublishedList, Solution, SolutionBox, Stage, Word,
        posting::{Call, Received, Standing, reserve::Reserve},
    },
    publish,
    read::CatalogueRow,
};

pub(super) use dialogue::{disclosure, question, registration};

pub(super) fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn text(text: Option<&Text>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

fn strings<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<String> {
    all.into_iter().map(|one| one.to_string()).collect()
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

pub(super) fn list(loaded: &Loaded<PublishedList>) -> wire::PublishedList {
    let Some(list) = &loaded.state.0 else {
        return wire::PublishedList::default();
    };
    let publication = list.publication.as_ref();
    let terms = publication.map(|publication| &publication.terms);
    wire::PublishedList {
        decision_id: loaded.id.clone(),
        document_number: list.document_number.clone(),
        year: i32::from(list.year),
        demands: count(list.demands.len()),
        published: publication.is_some(),
        published_on: publication.map(|p| p.on.to_string()).unwrap_or_default(),
        call_until: terms
            .map(|terms| terms.call_until.to_string())
            .unwrap_or_default(),
        entries: list
            .entries()
            .map(|(entry, _, _)| (&entry).into())
            .collect(),
    }
}

pub(super) fn feedback(loaded: &Loaded<FeedbackRound>) -> wire::FeedbackRound {
    let Some(given) = &loaded.state.0 else {
        return wire::FeedbackRound::default();
    };
    let without = given.without.as_ref();
    wire::FeedbackRound {
        feedback_id: loaded.id.clone(),
        cut_off: rfc3339(given.cut_off),
        blind_ids: strings(&given.demands),
        without_regions: strings(without.into_iter().flat_map(|waiver| &waiver.regions)),
        without_reason: text(without.map(|waiver| &waiver.reason)),
        given_by: given.by.clone(),
        given_at: rfc3339(given.at),
    }
}

pub(super) fn solution_box(loaded: &Loaded<SolutionBox>) -> wire::SolutionBox {
    let (waiting, fed_back) = loaded.state.counts();
    let listed = loaded.state.listing.as_ref();
    wire::SolutionBox {
        blind_id: loaded.id.clone(),
        public_number: listed
            .map(|l| l.entry.number.to_string())
            .unwrap_or_default(),
        waiting: count(waiting),
        fed_back: count(fed_back),
        closed: loaded.state.closed,
    }
}

pub(crate) fn catalogue(row: &CatalogueRow) -> Result<wire::CatalogueItem, Status> {
    let record = PublicRecord::decode(row.record.as_slice());
    let record = record.map_err(|error| status::internal(&error))?;
    let state = match row.pool.as_deref() {
        _ if row.withdrawn => wire::CatalogueState::Withdrawn,
        Some("matched") => wire::CatalogueState::Matched,
        Some("partly_matched") => wire::CatalogueState::PartlyMatched,
        _ => wire::CatalogueState::Open,
    };
    Ok(wire::CatalogueItem {
        entry: Some(wire::CatalogueEntry {
            blind_id: row.blind_id.to_string(),
            public_number: row.public_number.clone(),
            record: Some(record),
        }),
        state: state.into(),
        published_on: regulation::Day(row.published_on).to_string(),
        call_until: regulation::Day(row.call_until).to_string(),
        document_number: row.document_number.clone(),
        matched_task_ids: strings(&row.matched_tasks),
        updated_on: regulation::Day(row.updated_on).to_string(),
        demander_unit_id: row
            .demander
            .map(|unit| unit.to_string())
            .unwrap_or_default(),
        ..Default::default()
    })
}

/// A solution, to its own unit or its region's department. Who demands, if that was disclosed to the
/// solver, is for that solver and the auditor alone. [Art. 10]
pub(super) fn solution(loaded: &Loaded<Solution>, reader: &Actor) -> wire::Solution {
    let Some(case) = &loaded.state.0 else {
        return wire::Solution::default();
    };
    let (state, reason, word) = stage(&case.stage);
    let may_know = reader.unit == Some(case.holder) || reader.role == Role::Auditor;
    let demander = case.demander.filter(|_| may_know);
    // Who was told may read the name in what the demander writes, and nobody beside.
    let legible = may_know || case.demander.is_none();
    let seal = loaded.id.parse().ok().and_then(|id| {
        let (at, salt) = (case.submitted_at?, case.salt?);
        Some(publish::dossier(id, case, at, salt).seal().to_string())
    });
    wire::Solution {
        solution_id: loaded.id.clone(),
        blind_id: case.blind_id.to_string(),
        public_number: case.number.to_string(),
        holder_unit_id: case.holder.to_string(),
        state: state.into(),
        content: Some(content(case)),
        reason: text(reason.filter(|_| legible)),
        selected_task_ids: strings(word.into_iter().flat_map(|word| &word.tasks)),
        submitted_at: case.submitted_at.map(rfc3339).unwrap_or_default(),
        version: loaded.version,
        revision: case.revision,
        revised_task_ids: strings(&case.revised),
        answer_until: word
            .and_then(|word| word.answer_until)
            .map(|day| day.to_string())
            .unwrap_or_default(),
        seal: seal.unwrap_or_default(),
        meetings: dialogue::invitations(loaded.id.as_str(), case, legible),
        demander_unit_id: demander.map(|unit| unit.to_string()).unwrap_or_default(),
        feedback: None,
    }
}

fn stage(stage: &Stage) -> (wire::SolutionState, Option<&Text>, Option<&Word>) {
    match stage {
        Stage::Draft => (wire::SolutionState::Draft, None, None),
        Stage::Submitted => (wire::SolutionState::Submitted, None, None),
        Stage::FedBack => (wire::SolutionState::FedBack, None, None),
        Stage::Shortlisted(reason) => (wire::SolutionState::Shortlisted, Some(reason), None),
        Stage::Declined(reason) => (wire::SolutionState::Declined, Some(reason), None),
        Stage::Selected(word) => (
            wire::SolutionState::Selected,
            Some(&word.reason),
            Some(word),
        ),
        Stage::Intent(word) => (wire::SolutionState::Intent, Some(&word.reason), Some(word)),
        Stage::Lapsed(reason) => (wire::SolutionState::Lapsed, Some(reason), None),
        Stage::Withdrawn => (wire::SolutionState::Withdrawn, None, None),
    }
}

fn content(case: &Case) -> wire::SolutionContent {
    let content = &case.content;
    wire::SolutionContent {
        task_ids: strings(&content.tasks),
        team_unit_ids: strings(&content.team),
        approach: content.approach.to_string(),
        evidence: text(content.evidence.as_ref()),
        price: Some(common::Money {
            fen: content.price.fen(),
        }),
        months: content.months,
        channel: wire::Channel::from(content.channel).into(),
        committed: content.committed,
        secrecy: content.secrecy,
        contact: text(content.contact.as_ref()),
    }
}

pub(super) fn posting(loaded: &Loaded<Posting>) -> wire::Posting {
    let Some(call) = loaded.state.call() else {
        return wire::Posting::default();
    };
    let (owner, listing) = (&call.owner, &call.listing);
    let (stage, supplement, returned) = reserve(call);
    let status = call
        .pool_status()
        .map(wire::ReserveStatus::from)
        .unwrap_or_default();
    wire::Posting {
        posting_id: loaded.id.clone(),
        demand_id: owner.demand.to_string(),
        demander_unit_id: owner.demander.to_string(),
        blind_id: listing.blind_id.to_string(),
        public_number: listing.number.to_string(),
        title: owner.record.title.to_string(),
        published_on: listing.published_on.to_string(),
        call_until: listing.terms.call_until.to_string(),
        closed: matches!(loaded.state, Posting::Closed(_)),
        tasks: owner
            .record
            .tasks
            .iter()
            .map(|task| posting_task(call, task))
            .collect(),
        received: count(call.received.len()),
        unopened: count(call.unopened()),
        reserve_stage: stage.into(),
        reserve_status: status.into(),
        supplement: text(supplement),
        returned_reason: text(returned),
        version: loaded.version,
        undisposed: count(call.undisposed()),
        questions: dialogue::inquiries(call),
        meetings: dialogue::meetings(call),
        naming: call.naming.as_ref().map(dialogue::naming),
        named: call.is_named(),
        other_situation: text(situation(call)),
        feedback: None,
    }
}

fn posting_task(call: &Call, task: &crate::record::Task) -> wire::PostingTask {
    let picks = call.picks.get(&task.id);
    let with = |agreed: bool| {
        let picks = picks
            .into_iter()
            .flatten()
            .filter(|(_, pick)| pick.is_agreed() == agreed);
        strings(picks.map(|(id, _)| id))
    };
    wire::PostingTask {
        task: Some(task.into()),
        asked_solution_ids: with(false),
        agreed_solution_ids: with(true),
    }
}

fn reserve(call: &Call) -> (wire::ReserveStage, Option<&Text>, Option<&Text>) {
    match &call.reserve {
        Reserve::Outside { returned } => (wire::ReserveStage::Outside, None, returned.as_ref()),
        Reserve::Proposed { supplement, .. } => {
            (wire::ReserveStage::Proposed, Some(supplement), None)
        }
        Reserve::InPool { supplement, .. } if call.upgrade_waits() => {
            (wire::ReserveStage::UpgradeProposed, Some(supplement), None)
        }
        Reserve::InPool { supplement, .. } => (wire::ReserveStage::InPool, Some(supplement), None),
    }
}

fn situation(call: &Call) -> Option<&Text> {
    match &call.reserve {
        Reserve::Outside { .. } => None,
        Reserve::Proposed { situation, .. } | Reserve::InPool { situation, .. } => {
            situation.as_ref()
        }
    }
}

/// What the demander sees of a solution: its content only once it was opened.
pub(super) fn received(call: &Call, id: SolutionId, one: &Received) -> wire::ReceivedSolution {
    let (state, reason, opened) = match &one.standing {
        Standing::Unopened => (wire::ReceivedState::Unopened, None, false),
        Standing::Opened => (wire::ReceivedState::Opened, None, true),
        Standing::Shortlisted(reason) => (wire::ReceivedState::Shortlisted, Some(reason), true),
        Standing::Declined(reason) => (wire::ReceivedState::Declined, Some(reason), true),
        Standing::Affiliate { .. } => (wire::ReceivedState::Affiliate, None, false),
        Standing::Lapsed(reason) => (wire::ReceivedState::Lapsed, Some(reason), true),
        Standing::Closed => (wire::ReceivedState::Lapsed, None, false),
        Standing::Withdrawn => (wire::ReceivedState::Withdrawn, None, false),
    };
    wire::ReceivedSolution {
        solution_id: id.to_string(),
        state: state.into(),
        reason: text(reason),
        solution: opened.then(|| (&one.dossier).into()),
        cut_off: rfc3339(one.cut_off),
        selected_task_ids: strings(call.selected(id, false)),
        agreed_task_ids: strings(call.selected(id, true)),
    }
}
