//! What is heard of questions, meetings and disclosures.

use std::collections::BTreeMap;

use evidence::Digest;
use journal::Act;
use proto::{
    matching::v1 as wire,
    message::{PublicEvent as _, Unreadable},
};
use regulation::{BlindId, PostingId, SolutionId, TaskId, UnitId};

use super::{Acts, Heard, box_act, posting_act};
use crate::{
    domain::{
        Counterpart, MeetingId, Posting, Question, QuestionId, Registration, RegistrationId, Reply,
        Solution, Telling,
        forum::{self, sign_up},
        posting::{self, meetings, questions, registrants::Registered},
        words::{
            BoxCommand, DialogueCommand, QuestionCommand, RegistrationCommand, SolutionCommand,
        },
    },
    notice::{self, Notice},
};

impl Heard<'_> {
    /// What everybody is told, and keeps without deciding anything.
    pub(super) fn told_to_all(&self) -> Acts {
        match self.message.kind.as_str() {
            // Any node says it of what was handed in there.
            wire::SolutionSealed::KIND => {
                let told: wire::SolutionSealed = self.message.read()?;
                let seal = Digest::try_from(told.seal.as_slice());
                seal.map_err(|error| self.message.unreadable(error))?;
            }
            wire::RoadshowAnnounced::KIND => {
                let told: wire::RoadshowAnnounced = self.of_hub()?;
                self.parse::<BlindId>(&told.blind_id)?;
                self.convert::<_, Notice>(told.roadshow)?;
            }
            _ => {
                let told: wire::DemanderNamed = self.of_hub()?;
                self.parse::<BlindId>(&told.blind_id)?;
                self.parse::<UnitId>(&told.demander_unit_id)?;
            }
        }
        Ok(Vec::new())
    }

    pub(super) fn forum(&self) -> Acts {
        let origin = self.message.origin;
        let (blind_id, command) = match self.message.kind.as_str() {
            wire::QuestionAsked::KIND => {
                let told: wire::QuestionAsked = self.message.read()?;
                let (question, text) = (self.parse(&told.question_id)?, self.parse(&told.text)?);
                (told.blind_id, BoxCommand::Ask(question, text, origin))
            }
            wire::AnswerReleased::KIND => {
                let told: wire::AnswerReleased = self.message.read()?;
                let outcome = if told.answer.is_empty() {
                    forum::Outcome::Withheld
                } else {
                    forum::Outcome::Answered(self.parse(&told.answer)?)
                };
                let command = forum::Command::Answer(self.parse(&told.question_id)?, outcome);
                (told.blind_id, BoxCommand::Forum(command, origin))
            }
            wire::RoadshowReleased::KIND => {
                let told: wire::RoadshowReleased = self.message.read()?;
                let notice = Box::new(self.convert(told.roadshow)?);
                let command = forum::Command::Announce(notice);
                (told.blind_id, BoxCommand::Forum(command, origin))
            }
            wire::RegistrationFiled::KIND => {
                let told: wire::RegistrationFiled = self.message.read()?;
                let command = sign_up::Command::File {
                    meeting: self.parse(&told.meeting_id)?,
                    registration: self.parse(&told.registration_id)?,
                    registered: Registered {
                        unit: self.parse(&told.unit_id)?,
                        region: origin,
                        at: self.message.at,
                    },
                    withdrawn: told.withdrawn,
                };
                (told.blind_id, BoxCommand::SignUp(command))
            }
            wire::RegistrationsDecided::KIND => self.admission()?,
            wire::NamingApproved::KIND => {
                let told: wire::NamingApproved = self.message.read()?;
                let command = forum::Command::Name(self.parse(&told.demander_unit_id)?);
                (told.blind_id, BoxCommand::Forum(command, origin))
            }
            _ => return Ok(Vec::new()),
        };
        Ok(box_act(self.parse(&blind_id)?, command))
    }

    fn admission(&self) -> Result<(String, BoxCommand), Unreadable> {
        let told: wire::RegistrationsDecided = self.message.read()?;
        let mut answers = BTreeMap::new();
        for (ids, admitted) in [
            (&told.admitted_registration_ids, true),
            (&told.waiting_registration_ids, false),
        ] {
            for id in ids {
                answers.insert(self.parse(id)?, admitted);
            }
        }
        let command = sign_up::Command::Admit {
            meeting: self.parse(&told.meeting_id)?,
            answers,
        };
        let command = forum::Command::SignUp(command);
        Ok((
            told.blind_id,
            BoxCommand::Forum(command, self.message.origin),
        ))
    }

    fn registrations(&self) -> Acts {
        let told: wire::RegistrationsForwarded = self.of_hub()?;
        let all = told.registrations.iter().map(|one| {
            let registered = Registered {
                unit: self.parse(&one.unit_id)?,
                region: self.parse(&one.region)?,
                at: self.instant(&one.filed_at)?,
            };
            Ok((self.parse(&one.registration_id)?, registered))
        });
        let all = all.collect::<Result<_, Unreadable>>()?;
        let command = meetings::Command::Register(self.parse(&told.meeting_id)?, all);
        let demand = self.parse(&told.demand_id)?;
        Ok(posting_act(demand, posting::Command::Meeting(command)))
    }

    pub(super) fn dialogue(&self) -> Acts {
        match self.message.kind.as_str() {
            wire::QuestionForwarded::KIND => {
                let told: wire::QuestionForwarded = self.of_hub()?;
                let (question, text) = (self.parse(&told.question_id)?, self.parse(&told.text)?);
                let command = questions::Command::Forward(question, text);
                let demand = self.parse(&told.demand_id)?;
                Ok(posting_act(demand, posting::Command::Question(command)))
            }
            wire::QuestionAnswered::KIND => {
                let told: wire::QuestionAnswered = self.of_hub()?;
                self.parse::<BlindId>(&told.blind_id)?;
                self.parse::<regulation::Day>(&told.published_on)?;
                let reply = Reply::Answered(self.parse(&told.answer)?);
                self.reply(&told.question_id, reply)
            }
            wire::QuestionWithheld::KIND => {
                let told: wire::QuestionWithheld = self.of_hub()?;
                self.reply(&told.question_id, Reply::Withheld)
            }
            wire::MeetingAnswered::KIND => {
                let told: wire::MeetingAnswered = self.message.read()?;
                let note = notice::said("note", &told.note);
                let command = meetings::Command::Answer {
                    meeting: self.parse(&told.meeting_id)?,
                    solution: self.parse(&told.solution_id)?,
                    region: self.message.origin,
                    accepted: told.accepted,
                    note: note.map_err(|error| self.message.unreadable(error))?,
                };
                let id: PostingId = self.parse(&told.posting_id)?;
                let command = posting::Command::Meeting(command);
                Ok(vec![Act::new::<Posting>(id, command)])
            }
            wire::SolutionTaskRevised::KIND => {
                let told: wire::SolutionTaskRevised = self.of_hub()?;
                let task: TaskId = self.parse(&told.task_id)?;
                let id: SolutionId = self.parse(&told.solution_id)?;
                let command = SolutionCommand::NoteRevised(task);
                Ok(vec![Act::new::<Solution>(id, command)])
            }
            wire::RegistrationsForwarded::KIND => self.registrations(),
            wire::RegistrationTold::KIND => {
                let told: wire::RegistrationTold = self.of_hub()?;
                let id: RegistrationId = self.parse(&told.registration_id)?;
                let command = RegistrationCommand::Conclude {
                    admitted: told.admitted,
                };
                Ok(vec![Act::new::<Registration>(id, command)])
            }
            wire::MeetingTold::KIND => self.meeting(),
            wire::DemanderDisclosed::KIND => {
                let told: wire::DemanderDisclosed = self.message.read()?;
                let unit = self.parse(&told.demander_unit_id)?;
                let from = self.counterpart(&told.posting_id)?;
                self.talk(&told.solution_id, DialogueCommand::Learn(from, unit))
            }
            _ => Ok(Vec::new()),
        }
    }

    fn reply(&self, question: &str, reply: Reply) -> Acts {
        let id: QuestionId = self.parse(question)?;
        let command = QuestionCommand::Conclude(reply);
        Ok(vec![Act::new::<Question>(id, command)])
    }

    fn meeting(&self) -> Acts {
        let told: wire::MeetingTold = self.message.read()?;
        let unreadable = |error| self.message.unreadable(error);
        let slot = notice::slot(&told.starts_at, &told.ends_at, &told.venue, &told.agenda);
        let telling = Telling {
            slot: slot.map_err(unreadable)?,
            sequence: notice::sequence(told.sequence).map_err(unreadable)?,
            cancelled: notice::said("cancelled", &told.cancelled).map_err(unreadable)?,
            minutes: notice::said("minutes", &told.minutes).map_err(unreadable)?,
        };
        let from = self.counterpart(&told.posting_id)?;
        let meeting: MeetingId = self.parse(&told.meeting_id)?;
        let command = DialogueCommand::Tell(from, meeting, Box::new(telling));
        self.talk(&told.solution_id, command)
    }

    fn counterpart(&self, posting: &str) -> Result<Counterpart, Unreadable> {
        Ok(Counterpart {
            home: self.message.origin,
            posting: self.parse(posting)?,
        })
    }

    fn talk(&self, solution: &str, command: DialogueCommand) -> Acts {
        let id: SolutionId = self.parse(solution)?;
        let command = SolutionCommand::Dialogue(command);
        Ok(vec![Act::new::<Solution>(id, command)])
    }
}
