//! What a posting's dialogue tells: the hub what all may know, one solver what is for it. [Art. 10]

use proto::{
    matching::v1 as wire,
    message::{Audience, Message},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    domain::{
        MeetingId, QuestionId,
        posting::{
            Call,
            disclosure::{self, Audience as Told},
            meetings::{self, Meeting, MeetingStanding},
            questions::{self, InquiryStanding},
            registrants::Registrants,
        },
    },
    notice::Notice,
};

pub(super) fn question(call: &Call, event: &questions::Event) -> Vec<Message> {
    use questions::Event;
    match event {
        Event::Released { question, .. } => {
            let known = call.questions.get(question).map(|one| &one.standing);
            match known {
                Some(InquiryStanding::Released { answer }) => {
                    released(call, *question, answer.to_string())
                }
                _ => Vec::new(),
            }
        }
        Event::Withheld { question, .. } => released(call, *question, String::new()),
        Event::Asked(..) | Event::Answered { .. } | Event::Returned(..) => Vec::new(),
    }
}

fn released(call: &Call, question: QuestionId, answer: String) -> Vec<Message> {
    let blind_id = call.listing.blind_id.to_string();
    let released = wire::AnswerReleased {
        blind_id: blind_id.clone(),
        question_id: question.to_string(),
        answer,
    };
    vec![Message::share(Audience::HUB, blind_id, &released)]
}

pub(super) fn meeting(posting_id: &str, call: &Call, event: &meetings::Event) -> Vec<Message> {
    use meetings::Event;
    let id = match event {
        Event::Arranged(meeting, _)
        | Event::Released { meeting, .. }
        | Event::Cancelled(meeting, _)
        | Event::Minuted { meeting, .. } => *meeting,
        Event::Registered(meeting, registrants) => {
            return vec![registrants_of(call, *meeting, registrants)];
        }
        Event::GivenBack(..) | Event::Answered { .. } => return Vec::new(),
    };
    let Some(meeting) = call.meetings.get(&id) else {
        return Vec::new();
    };
    match meeting.with {
        Some(_) => one_to_one(posting_id, call, id, meeting),
        None => roadshow(call, id, meeting),
    }
}

/// Who comes and who waits, to the hub, which tells each: for the reason that somebody of the
/// demander's own house waits, there is no word.
fn registrants_of(call: &Call, meeting: MeetingId, registrants: &Registrants) -> Message {
    let blind_id = call.listing.blind_id.to_string();
    let those = |admitted: bool| {
        let some = registrants
            .iter()
            .filter(|(_, one)| one.admitted == admitted);
        some.map(|(id, _)| id.to_string()).collect()
    };
    let decided = wire::RegistrationsDecided {
        blind_id: blind_id.clone(),
        meeting_id: meeting.to_string(),
        admitted_registration_ids: those(true),
        waiting_registration_ids: those(false),
    };
    Message::share(Audience::HUB, blind_id, &decided)
}

fn roadshow(call: &Call, id: MeetingId, meeting: &Meeting) -> Vec<Message> {
    let (cancelled, minutes) = match &meeting.standing {
        MeetingStanding::Arranged(_) => (false, None),
        MeetingStanding::Held(minutes) => (false, Some(minutes.clone())),
        // What was never announced is not called off either.
        MeetingStanding::Cancelled(_) if meeting.sequence > 1 => (true, None),
        _ => return Vec::new(),
    };
    let notice = Notice {
        meeting: id,
        slot: meeting.slot.clone(),
        sequence: meeting.sequence,
        cancelled,
        minutes,
        registering: meeting.registering,
    };
    let blind_id = call.listing.blind_id.to_string();
    let released = wire::RoadshowReleased {
        blind_id: blind_id.clone(),
        roadshow: Some((&notice).into()),
    };
    vec![Message::share(Audience::HUB, blind_id, &released)]
}

fn one_to_one(posting_id: &str, call: &Call, id: MeetingId, meeting: &Meeting) -> Vec<Message> {
    let received = meeting.with.and_then(|with| call.received.get(&with));
    let Some(received) = received else {
        return Vec::new();
    };
    let (cancelled, minutes) = match &meeting.standing {
        MeetingStanding::Cancelled(reason) => (reason.to_string(), String::new()),
        MeetingStanding::Held(minutes) => (String::new(), minutes.to_string()),
        _ => Default::default(),
    };
    let solution = received.dossier.id;
    let told = wire::MeetingTold {
        posting_id: posting_id.to_owned(),
        solution_id: solution.to_string(),
        meeting_id: id.to_string(),
        starts_at: rfc3339(meeting.slot.starts_at()),
        ends_at: rfc3339(meeting.slot.ends_at()),
        venue: meeting.slot.venue.to_string(),
        agenda: meeting.slot.agenda.to_string(),
        sequence: i32::try_from(meeting.sequence).unwrap_or(i32::MAX),
        cancelled,
        minutes,
    };
    vec![Message::share(
        Audience::One(received.region),
        solution,
        &told,
    )]
}

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// Who demands: to the one solver's node, sealed to it, or to the hub for all.
pub(super) fn disclosure(posting_id: &str, call: &Call, event: &disclosure::Event) -> Vec<Message> {
    let disclosure::Event::Disclosed(disclosure) = event else {
        return Vec::new();
    };
    let demander_unit_id = call.owner.demander.to_string();
    match disclosure.to {
        Told::Solver {
            solution, region, ..
        } => {
            let disclosed = wire::DemanderDisclosed {
                posting_id: posting_id.to_owned(),
                solution_id: solution.to_string(),
                demander_unit_id,
            };
            vec![Message::share(Audience::One(region), solution, &disclosed)]
        }
        Told::All => {
            let blind_id = call.listing.blind_id.to_string();
            let approved = wire::NamingApproved {
                blind_id: blind_id.clone(),
                demander_unit_id,
            };
            vec![Message::share(Audience::HUB, blind_id, &approved)]
        }
    }
}
