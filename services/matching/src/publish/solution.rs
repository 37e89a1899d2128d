//! What others hear of a solution and its solver's questions: the hub, and the demand's home.

use proto::{
    matching::v1 as wire,
    message::{Audience, Message},
};
use regulation::SolutionId;
use time::OffsetDateTime;

use crate::{
    domain::{
        Case, Filed, Stage,
        words::{DialogueEvent, QuestionEvent, RegistrationEvent, SolutionEvent},
    },
    dossier::{Dossier, Salt},
};

/// A question goes to the hub without who asks it. [Art. 11]
pub(crate) fn question(id: &str, event: &QuestionEvent) -> Vec<Message> {
    let QuestionEvent::Asked(posed) = event else {
        return Vec::new();
    };
    let asked = wire::QuestionAsked {
        question_id: id.to_owned(),
        blind_id: posed.blind_id.to_string(),
        text: posed.text.to_string(),
    };
    vec![Message::share(Audience::HUB, id, &asked)]
}

/// A registration goes to the hub, for the demander alone. [Art. 11]
pub(crate) fn registration(id: &str, filed: &Filed, event: &RegistrationEvent) -> Vec<Message> {
    let withdrawn = match event {
        RegistrationEvent::Filed(_) => false,
        RegistrationEvent::Withdrawn => true,
        RegistrationEvent::Concluded { .. } => return Vec::new(),
    };
    let told = wire::RegistrationFiled {
        registration_id: id.to_owned(),
        blind_id: filed.blind_id.to_string(),
        meeting_id: filed.meeting.to_string(),
        unit_id: filed.unit.to_string(),
        withdrawn,
    };
    vec![Message::share(Audience::HUB, id, &told)]
}

/// What happened to a solution at its home.
pub(crate) fn solution(id: &str, case: &Case, event: &SolutionEvent) -> Vec<Message> {
    let blind_id = case.blind_id.to_string();
    match event {
        SolutionEvent::Submitted { at, salt } | SolutionEvent::Resubmitted { at, salt, .. } => {
            let Ok(solution_id) = id.parse::<SolutionId>() else {
                return Vec::new();
            };
            let dossier = dossier(solution_id, case, *at, *salt);
            let submitted = wire::SolutionSubmitted {
                solution: Some((&dossier).into()),
            };
            // Under the seal's own name: whose it is nobody sees. [Art. 11]
            let seal = dossier.seal();
            let sealed = wire::SolutionSealed {
                seal: seal.as_bytes().to_vec(),
            };
            vec![
                Message::share(Audience::All, seal, &sealed),
                Message::share(Audience::HUB, id, &submitted),
            ]
        }
        SolutionEvent::Dialogue(event) => dialogue(id, case, event),
        SolutionEvent::Withdrawn | SolutionEvent::IntentWithdrawn(_) => {
            let withdrawn = wire::SolutionWithdrawn {
                solution_id: id.to_owned(),
                blind_id,
            };
            let mut told = vec![Message::share(Audience::HUB, id, &withdrawn)];
            told.extend(taken_back(id, case, event));
            told.extend(followed(id, case, wire::SolutionFate::TakenBack));
            told
        }
        SolutionEvent::Selected(_) => followed(id, case, wire::SolutionFate::Selected).into(),
        SolutionEvent::Lapsed(_) => followed(id, case, wire::SolutionFate::Lapsed).into(),
        SolutionEvent::IntentConfirmed => {
            let (Some(to), Stage::Intent(word)) = (case.counterpart, &case.stage) else {
                return Vec::new();
            };
            let confirmed = wire::IntentConfirmed {
                solution_id: id.to_owned(),
                blind_id,
                task_ids: word.tasks.iter().map(ToString::to_string).collect(),
                posting_id: to.posting.to_string(),
            };
            let mut told = vec![Message::share(Audience::One(to.home), id, &confirmed)];
            told.extend(followed(id, case, wire::SolutionFate::Confirmed));
            told
        }
        SolutionEvent::Drafted { .. }
        | SolutionEvent::Rewritten(_)
        | SolutionEvent::Discarded
        | SolutionEvent::FedBack
        | SolutionEvent::CounterpartKnown(_)
        | SolutionEvent::Shortlisted(_)
        | SolutionEvent::Declined(_)
        | SolutionEvent::Narrowed(_)
        | SolutionEvent::TaskRevised(_) => Vec::new(),
    }
}

/// Who had the solver's word hears why it is taken back.
fn taken_back(id: &str, case: &Case, event: &SolutionEvent) -> Option<Message> {
    let (Some(to), SolutionEvent::IntentWithdrawn(reason)) = (case.counterpart, event) else {
        return None;
    };
    let taken_back = wire::IntentTakenBack {
        solution_id: id.to_owned(),
        posting_id: to.posting.to_string(),
        reason: reason.to_string(),
    };
    Some(Message::share(Audience::One(to.home), id, &taken_back))
}

/// For the delivery record of who holds it, here and on the hub: neither which demand nor whose.
fn followed(id: &str, case: &Case, fate: wire::SolutionFate) -> [Message; 2] {
    let event = wire::SolutionFollowed {
        solution_id: id.to_owned(),
        holder_unit_id: case.holder.to_string(),
        fate: fate.into(),
    };
    [
        Message::node(id, &event),
        Message::share(Audience::HUB, id, &event),
    ]
}

/// What is handed over of a solution: no contact, no undertakings, no people.
pub(crate) fn dossier(
    id: SolutionId,
    case: &Case,
    submitted_at: OffsetDateTime,
    salt: Salt,
) -> Dossier {
    let content = &case.content;
    let mut team = content.team.clone();
    team.insert(case.holder);
    Dossier {
        id,
        blind_id: case.blind_id,
        tasks: content.tasks.clone(),
        holder: case.holder,
        team,
        approach: content.approach.clone(),
        evidence: content.evidence.clone(),
        price: content.price,
        months: content.months,
        channel: content.channel,
        submitted_at,
        revision: case.revision,
        salt,
    }
}

/// What the demand's home hears of a dialogue.
fn dialogue(id: &str, case: &Case, event: &DialogueEvent) -> Vec<Message> {
    let (
        Some(to),
        DialogueEvent::Answered {
            meeting,
            accepted,
            note,
        },
    ) = (case.counterpart, event)
    else {
        return Vec::new();
    };
    let answered = wire::MeetingAnswered {
        posting_id: to.posting.to_string(),
        solution_id: id.to_owned(),
        meeting_id: meeting.to_string(),
        accepted: *accepted,
        note: note.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    vec![Message::share(Audience::One(to.home), id, &answered)]
}
