//! 答疑: what solvers ask about a posting, and what all of them are answered alike. [Art. 10, 11]

use regulation::{Context, Text};
use serde::{Deserialize, Serialize};

use super::{Call, call::department};
use crate::domain::{QuestionId, anonymous::anonymous, dialogue::Rejection};

/// A question as the demander has it: nothing says who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// What is asked.
    pub text: Text,
    /// Where it stands.
    pub standing: InquiryStanding,
}

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InquiryStanding {
    /// It waits for the demander.
    Open {
        /// Why the department gave the last answer back.
        returned: Option<Text>,
    },
    /// It waits for the department.
    Answered {
        /// What the demander answers.
        answer: Text,
        /// Who wrote it.
        by: String,
    },
    /// All solvers are told.
    Released {
        /// What the demander answers.
        answer: Text,
    },
    /// Nobody is told anything of it.
    Withheld(Text),
}

/// What the department does with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// All solvers are told.
    Publish,
    /// The demander is to answer anew.
    Return(Text),
    /// Nobody is told anything of it.
    Withhold(Text),
}

/// What can be asked of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The hub forwards one.
    Forward(QuestionId, Text),
    /// Answer it.
    Answer {
        /// Which.
        question: QuestionId,
        /// With what.
        answer: Text,
        /// By what the demander could be recognised.
        names: Vec<String>,
    },
    /// Let the answer out, or not.
    Release(QuestionId, Release),
}

/// What happened to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked.
    Asked(QuestionId, Text),
    /// The demander answered.
    Answered {
        /// Which.
        question: QuestionId,
        /// With what.
        answer: Text,
        /// Who.
        by: String,
    },
    /// The department gave the answer back.
    Returned(QuestionId, Text),
    /// The department released the answer.
    Released {
        /// Which.
        question: QuestionId,
        /// Who.
        by: String,
    },
    /// The department withheld the question.
    Withheld {
        /// Which.
        question: QuestionId,
        /// Why; stays here.
        reason: Text,
        /// Who.
        by: String,
    },
}

impl Call {
    pub(super) fn question(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, crate::domain::Rejection> {
        match command {
            Command::Forward(question, text) => {
                let known = self.questions.contains_key(&question);
                Ok(if known {
                    vec![]
                } else {
                    vec![Event::Asked(question, text)]
                })
            }
            Command::Answer {
                question,
                answer,
                names,
            } => {
                self.own(context)?;
                Ok(self.answer(question, answer, &names, context)?)
            }
            Command::Release(question, release) => {
                department(context)?;
                Ok(self.release(question, release, context)?)
            }
        }
    }

    fn inquiry(&self, question: QuestionId) -> Result<&Inquiry, Rejection> {
        let known = self.questions.get(&question);
        known.ok_or(Rejection::UnknownQuestion)
    }

    fn answer(
        &self,
        question: QuestionId,
        answer: Text,
        names: &[String],
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let inquiry = self.inquiry(question)?;
        match &inquiry.standing {
            InquiryStanding::Answered { answer: before, .. } if *before == answer => {
                return Ok(vec![]);
            }
            InquiryStanding::Open { .. } | InquiryStanding::Answered { .. } => {}
            _ => return Err(Rejection::QuestionOver),
        }
        // A question that guesses the demander would be confirmed by its publication.
        anonymous(
            &[answer.as_str(), inquiry.text.as_str()],
            &self.known_by(names),
        )?;
        let by = context.actor.person.clone();
        Ok(vec![Event::Answered {
            question,
            answer,
            by,
        }])
    }

    fn release(
        &self,
        question: QuestionId,
        release: Release,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let by = context.actor.person.clone();
        match (&self.inquiry(question)?.standing, release) {
            (InquiryStanding::Released { .. }, Release::Publish)
            | (InquiryStanding::Withheld(_), Release::Withhold(_)) => Ok(vec![]),
            (InquiryStanding::Released { .. } | InquiryStanding::Withheld(_), _) => {
                Err(Rejection::QuestionOver)
            }
            (_, Release::Withhold(reason)) => Ok(vec![Event::Withheld {
                question,
                reason,
                by,
            }]),
            (InquiryStanding::Open { .. }, _) => Err(Rejection::NotAnswered),
            (InquiryStanding::Answered { .. }, Release::Return(reason)) => {
                Ok(vec![Event::Returned(question, reason)])
            }
            (InquiryStanding::Answered { by: author, .. }, Release::Publish) if *author == by => {
                Err(Rejection::OwnRelease)
            }
            (InquiryStanding::Answered { .. }, Release::Publish) => {
                Ok(vec![Event::Released { question, by }])
            }
        }
    }

    pub(super) fn asked(&mut self, event: &Event) {
        let (question, standing) = match event {
            Event::Asked(question, text) => {
                let text = text.clone();
                let standing = InquiryStanding::Open { returned: None };
                self.questions.insert(*question, Inquiry { text, standing });
                return;
            }
            Event::Answered {
                question,
                answer,
                by,
            } => {
                let (answer, by) = (answer.clone(), by.clone());
                (question, InquiryStanding::Answered { answer, by })
            }
            Event::Returned(question, reason) => {
                let returned = Some(reason.clone());
                (question, InquiryStanding::Open { returned })
            }
            Event::Released { question, .. } => {
                let known = self.questions.get(question).map(|one| &one.standing);
                let Some(InquiryStanding::Answered { answer, .. }) = known else {
                    return;
                };
                let answer = answer.clone();
                (question, InquiryStanding::Released { answer })
            }
            Event::Withheld {
                question, reason, ..
            } => (question, InquiryStanding::Withheld(reason.clone())),
        };
        if let Some(inquiry) = self.questions.get_mut(question) {
            inquiry.standing = standing;
        }
    }
}
