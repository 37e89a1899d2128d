//! What the hub tells of a forum: questions to the demand's home, everything else to all. [Art. 11]

use proto::{
    matching::v1 as wire,
    message::{Audience, Message},
};

use crate::domain::{
    BoxListing, QuestionId, SolutionBox,
    forum::{Event, Outcome, Waiting},
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
        Event::Concluded { .. } | Event::Announced { .. } => Vec::new(),
    }
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
