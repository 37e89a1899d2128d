//! What the hub tells of a forum: questions to the demand's home, everything else to all. [Art. 11]

use proto::{
    matching::v1 as wire,
    message::{Audience, Message},
};

use super::rfc3339;
use crate::domain::{
    BoxListing, MeetingId, QuestionId, SolutionBox,
    forum::{
        Event, Outcome, Waiting,
        sign_up::{self, SignUp},
    },
};

pub(super) fn forum(
    blind_id: &str,
    state: &SolutionBox,
    listed: &BoxListing,
    event: &Event,
) -> Vec<Message> {
    match event {
        Event::Asked { question, text, .. } => {
            let forwarded = wire::QuestionForwarded {
                demand_id: listed.demand.to_string(),
                question_id: question.to_string(),
                text: text.to_string(),
            };
            let to = Audience::One(listed.home);
            vec![Message::share(to, listed.demand, &forwarded)]
        }
        Event::Named(unit) => {
            let named = wire::DemanderNamed {
                blind_id: blind_id.to_owned(),
                demander_unit_id: unit.to_string(),
            };
            vec![Message::share(Audience::All, blind_id, &named)]
        }
        Event::Told(waiting) => told(blind_id, state, waiting),
        Event::SignUp(event) => sign_up(state, listed, event),
        Event::Concluded { .. } | Event::Announced { .. } => Vec::new(),
    }
}

/// Registrations go to the demand's home once they are closed, and whenever they change after that.
fn sign_up(state: &SolutionBox, listed: &BoxListing, event: &sign_up::Event) -> Vec<Message> {
    use sign_up::Event;
    let (meeting, told) = match event {
        Event::Filed(meeting, ..) | Event::Dropped(meeting, _) | Event::Forwarded(meeting) => {
            (meeting, None)
        }
        Event::Told(meeting, told) => (meeting, Some(told)),
        Event::Waits { .. } => return Vec::new(),
    };
    let Some(known) = state.forum.sign_ups.get(meeting) else {
        return Vec::new();
    };
    match told {
        Some(told) => sign_up::homes(known, told)
            .into_iter()
            .map(|(region, registration, admitted)| {
                let registration_id = registration.to_string();
                let told = wire::RegistrationTold {
                    registration_id,
                    admitted,
                };
                Message::share(Audience::One(region), registration, &told)
            })
            .collect(),
        None if known.forwarded => vec![forwarded(listed, *meeting, known)],
        None => Vec::new(),
    }
}

fn forwarded(listed: &BoxListing, meeting: MeetingId, known: &SignUp) -> Message {
    let registrations = known.filed.iter().map(|(id, filed)| wire::RegisteredUnit {
        registration_id: id.to_string(),
        unit_id: filed.unit.to_string(),
        region: filed.region.to_string(),
        filed_at: rfc3339(filed.at),
    });
    let forwarded = wire::RegistrationsForwarded {
        demand_id: listed.demand.to_string(),
        meeting_id: meeting.to_string(),
        registrations: registrations.collect(),
    };
    Message::share(Audience::One(listed.home), listed.demand, &forwarded)
}

fn told(blind_id: &str, state: &SolutionBox, waiting: &Waiting) -> Vec<Message> {
    let questions = waiting.questions.iter();
    let questions = questions.filter_map(|question| outcome(blind_id, state, *question, waiting));
    let roadshows = waiting.roadshows.iter().filter_map(|meeting| {
        let notice = state.forum.roadshows.get(meeting)?;
        let announced = wire::RoadshowAnnounced {
            blind_id: blind_id.to_owned(),
            roadshow: Some(notice.into()),
        };
        Some(Message::share(Audience::All, blind_id, &announced))
    });
    questions.chain(roadshows).collect()
}

fn outcome(
    blind_id: &str,
    state: &SolutionBox,
    question: QuestionId,
    waiting: &Waiting,
) -> Option<Message> {
    let asked = state.forum.questions.get(&question)?;
    let question_id = question.to_string();
    Some(match asked.outcome.as_ref()? {
        Outcome::Answered(answer) => {
            let answered = wire::QuestionAnswered {
                blind_id: blind_id.to_owned(),
                question_id,
                question: asked.text.to_string(),
                answer: answer.to_string(),
                published_on: waiting.day.to_string(),
            };
            Message::share(Audience::All, blind_id, &answered)
        }
        Outcome::Withheld => {
            let withheld = wire::QuestionWithheld { question_id };
            Message::share(Audience::One(asked.region), question, &withheld)
        }
    })
}
