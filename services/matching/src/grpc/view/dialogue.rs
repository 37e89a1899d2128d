//! Questions, meetings and disclosures as people see them.

use journal::Loaded;
use proto::matching::v1 as wire;

use super::{rfc3339, text};
use crate::domain::{
    Case, Filed, InvitationStanding, MeetingId, Question, QuestionId, RegistrationStanding, Reply,
    Slot,
    posting::{
        Call,
        disclosure::{Audience, Disclosure, Naming},
        meetings::{Meeting, MeetingStanding},
        questions::{Inquiry, InquiryStanding},
    },
};

/// A question, to its own unit.
pub(in crate::grpc) fn question(loaded: &Loaded<Question>) -> wire::Question {
    let Some(posed) = &loaded.state.0 else {
        return wire::Question::default();
    };
    let (state, answer) = match &posed.outcome {
        None => (wire::QuestionState::Open, None),
        Some(Reply::Answered(answer)) => (wire::QuestionState::Released, Some(answer)),
        Some(Reply::Withheld) => (wire::QuestionState::Withheld, None),
    };
    wire::Question {
        question_id: loaded.id.clone(),
        blind_id: posed.blind_id.to_string(),
        text: posed.text.to_string(),
        state: state.into(),
        answer: text(answer),
        asked_at: rfc3339(posed.at),
    }
}

pub(super) fn inquiries(call: &Call) -> Vec<wire::PostingQuestion> {
    let all = call.questions.iter();
    all.map(|(id, inquiry)| posting_question(*id, inquiry))
        .collect()
}

fn posting_question(id: QuestionId, inquiry: &Inquiry) -> wire::PostingQuestion {
    let (state, answer, reason) = match &inquiry.standing {
        InquiryStanding::Open { returned } => (wire::QuestionState::Open, None, returned.as_ref()),
        InquiryStanding::Answered { answer, .. } => {
            (wire::QuestionState::Answered, Some(answer), None)
        }
        InquiryStanding::Released { answer } => (wire::QuestionState::Released, Some(answer), None),
        InquiryStanding::Withheld(reason) => (wire::QuestionState::Withheld, None, Some(reason)),
    };
    wire::PostingQuestion {
        question_id: id.to_string(),
        state: state.into(),
        question: inquiry.text.to_string(),
        answer: text(answer),
        reason: text(reason),
    }
}

fn meeting(id: MeetingId, slot: &Slot, sequence: u32) -> wire::Meeting {
    wire::Meeting {
        meeting_id: id.to_string(),
        starts_at: rfc3339(slot.starts_at()),
        ends_at: rfc3339(slot.ends_at()),
        venue: slot.venue.to_string(),
        agenda: slot.agenda.to_string(),
        sequence: i32::try_from(sequence).unwrap_or(i32::MAX),
        ..Default::default()
    }
}

pub(super) fn meetings(call: &Call) -> Vec<wire::Meeting> {
    let all = call.meetings.iter();
    all.map(|(id, one)| of_posting(*id, one)).collect()
}

fn of_posting(id: MeetingId, one: &Meeting) -> wire::Meeting {
    let (state, minutes, note) = match &one.standing {
        MeetingStanding::Proposed => (wire::MeetingState::Proposed, None, None),
        MeetingStanding::Invited => (wire::MeetingState::Invited, None, None),
        MeetingStanding::Arranged(note) => (wire::MeetingState::Arranged, None, note.as_ref()),
        MeetingStanding::Declined(note) => (wire::MeetingState::Declined, None, note.as_ref()),
        MeetingStanding::Minuted(minutes) => (wire::MeetingState::Proposed, Some(minutes), None),
        MeetingStanding::Held(minutes) => (wire::MeetingState::Held, Some(minutes), None),
        MeetingStanding::Cancelled(reason) => (wire::MeetingState::Cancelled, None, Some(reason)),
    };
    wire::Meeting {
        solution_id: one.with.map(|with| with.to_string()).unwrap_or_default(),
        state: state.into(),
        minutes: text(minutes),
        note: text(note),
        capacity: one.registering.map_or(0, |terms| {
            i32::try_from(terms.capacity.get()).unwrap_or(i32::MAX)
        }),
        register_until: one
            .registering
            .map(|terms| terms.until.to_string())
            .unwrap_or_default(),
        registrants: registrants(one),
        ..meeting(id, &one.slot, one.sequence)
    }
}

/// In the order of the registrations.
fn registrants(meeting: &Meeting) -> Vec<wire::Registrant> {
    let mut all: Vec<_> = meeting.registrants.iter().collect();
    all.sort_by_key(|(id, one)| (one.registered.at, **id));
    let shown = all.into_iter().map(|(id, one)| {
        let state = if one.admitted {
            wire::RegistrationState::Admitted
        } else {
            wire::RegistrationState::Waiting
        };
        wire::Registrant {
            registration_id: id.to_string(),
            unit_id: one.registered.unit.to_string(),
            state: state.into(),
            filed_at: rfc3339(one.registered.at),
            affiliate: one.affiliate,
        }
    });
    shown.collect()
}

/// A unit's registration, to its own people; `over`: it does not take place.
pub(in crate::grpc) fn registration(id: &str, filed: &Filed, over: bool) -> wire::Registration {
    let state = match filed.standing {
        RegistrationStanding::Withdrawn => wire::RegistrationState::Withdrawn,
        _ if over => wire::RegistrationState::Cancelled,
        RegistrationStanding::Filed => wire::RegistrationState::Filed,
        RegistrationStanding::Admitted => wire::RegistrationState::Admitted,
        RegistrationStanding::Waiting => wire::RegistrationState::Waiting,
    };
    wire::Registration {
        registration_id: id.to_owned(),
        blind_id: filed.blind_id.to_string(),
        meeting_id: filed.meeting.to_string(),
        unit_id: filed.unit.to_string(),
        state: state.into(),
        filed_at: rfc3339(filed.at),
        ..Default::default()
    }
}

/// A solution's one-to-ones, with the minutes if they are `legible` to whoever reads.
pub(super) fn invitations(solution_id: &str, case: &Case, legible: bool) -> Vec<wire::Meeting> {
    let all = case.meetings.iter().map(|(id, one)| {
        let (state, minutes, note) = match &one.standing {
            InvitationStanding::Invited => (wire::MeetingState::Invited, None, None),
            InvitationStanding::Accepted(note) => {
                (wire::MeetingState::Arranged, None, note.as_ref())
            }
            InvitationStanding::Declined(note) => {
                (wire::MeetingState::Declined, None, note.as_ref())
            }
            InvitationStanding::Cancelled(reason) => {
                (wire::MeetingState::Cancelled, None, Some(reason))
            }
            InvitationStanding::Held(minutes) => (wire::MeetingState::Held, Some(minutes), None),
        };
        wire::Meeting {
            solution_id: solution_id.to_owned(),
            state: state.into(),
            minutes: text(minutes.filter(|_| legible)),
            note: text(note),
            ..meeting(*id, &one.slot, one.sequence)
        }
    });
    all.collect()
}

pub(super) fn naming(naming: &Naming) -> wire::NamingProposal {
    wire::NamingProposal {
        solution_id: match naming.to {
            Audience::All => String::new(),
            Audience::Solver { solution, .. } => solution.to_string(),
        },
        reason: naming.departure.reason.to_string(),
    }
}

pub(in crate::grpc) fn disclosure(told: &Disclosure) -> wire::Disclosure {
    let (solution_id, unit_id, region) = match told.to {
        Audience::All => Default::default(),
        Audience::Solver {
            solution,
            unit,
            region,
        } => (solution.to_string(), unit.to_string(), region.to_string()),
    };
    wire::Disclosure {
        solution_id,
        unit_id,
        region,
        meeting_id: told.meeting.map(|id| id.to_string()).unwrap_or_default(),
        told_at: rfc3339(told.at),
        word: told.word.to_string(),
        given_by: told.given_by.clone(),
        approved_by: told.approved_by.clone().unwrap_or_default(),
    }
}
