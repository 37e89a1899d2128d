//! 需求: from its first draft to what became of it.

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{BlindId, Context, Departure, Policy, Template, Text, UnitId, Verdict};
use serde::{Deserialize, Serialize};

use time::OffsetDateTime;

use super::{
    Attachment, Command, Content, Event, HandedIn, Judgement, Proposal, Refused, Rejection,
    Revision, Similar, decide,
};
use crate::publish;

/// A demand; nothing has happened to it before its first draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand(pub Option<Case>);

/// A demand that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Whose demand it is.
    pub demander: UnitId,
    /// Units under common control with the demander, as known at submission.
    pub affiliates: Vec<UnitId>,
    /// What it says.
    pub content: Content,
    /// The policy version it is taken under, and keeps: of the draft until it is handed in.
    pub policy: String,
    /// What is shown of its record, by that version.
    pub template: Template,
    /// Its departures from what holds in principle.
    pub departures: Vec<Departure>,
    /// Who declared that nothing in it is classified or export-controlled, when handing it in.
    pub declared_by: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339::option")]
    pub declared_at: Option<OffsetDateTime>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Earlier demands that were nearly the same when it was handed in.
    pub similar: Vec<Similar>,
    /// What became of it in each round.
    pub judgements: Vec<Judgement>,
    /// Its tasks as they were before each revision, with what was said then.
    pub revisions: Vec<Revision>,
    /// A revision that the posting has not answered yet.
    pub proposal: Option<Proposal>,
    /// Revisions that the posting did not take.
    pub refused: Vec<Refused>,
    /// Whether it was ever accepted, and so told to others, who then hear of its end too.
    pub told: bool,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a demand stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted,
    /// Given back for correction.
    Returned {
        /// Why.
        reason: Text,
    },
    /// Waits for, or is in, an evaluation.
    Accepted,
    /// Not on the list; handed in again, it may enter the next round.
    NotShortlisted,
    /// On the published list.
    Published {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
        /// Whether it is to be taken back.
        withdrawal: Withdrawal,
    },
    /// Taken back.
    Withdrawn {
        /// Why, if it had to be said.
        reason: Option<Text>,
    },
    /// Over without publication.
    Closed {
        /// Why.
        reason: Text,
    },
}

/// Whether a published demand is to be taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Withdrawal {
    /// Nobody wants it.
    #[default]
    Unasked,
    /// Somebody asked; a director has to decide.
    Asked {
        /// Why.
        reason: Text,
        /// Who.
        by: String,
    },
    /// A director did not let it happen, and why.
    Declined(Text),
}

impl Stage {
    /// Whether its demander may write in it.
    pub fn is_written(&self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Returned { .. } | Self::NotShortlisted
        )
    }

    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已提交",
            Self::Returned { .. } => "已退回",
            Self::Accepted => "已受理",
            Self::NotShortlisted => "未入清单",
            Self::Published { .. } => "已发布",
            Self::Withdrawn { .. } => "已撤回",
            Self::Closed { .. } => "已办结",
        }
    }
}

impl Aggregate for Demand {
    const KIND: &'static str = "demand";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Some(case) = &self.0 else {
            return match command {
                Command::Write(content) => decide::draft(content, context),
                _ => Err(Rejection::WrongStage {
                    stage: "不存在",
                    wanted: "办理",
                }),
            };
        };
        match command {
            Command::Write(content) => case.rewrite(content, context),
            Command::Submit(submission) => case.submit(*submission, context),
            Command::Return(reason) => case.give_back(reason),
            Command::ApproveDeparture(rule) => case.approve_departure(rule, context),
            Command::Accept(acceptance) => case.accept(*acceptance, context),
            Command::Withdraw(reason) => case.withdraw(reason, context),
            Command::DeclineWithdrawal(reason) => case.decline_withdrawal(reason),
            Command::Close(reason) => case.close(reason),
            Command::Attach(attachment) => case.attach(attachment, context),
            Command::Detach(digest) => case.detach(digest, context),
            Command::Revise(wanted) => case.revise(*wanted, context),
            Command::AnswerRevision(answer) => Ok(case.answer(answer)),
            Command::Judge(judgement) => case.judge(judgement),
            Command::Publish {
                blind_id,
                public_number,
            } => case.publish(blind_id, public_number),
        }
    }

    fn evolve(&mut self, event: &Event) {
        if let Event::Drafted {
            demander,
            content,
            policy,
        } = event
        {
            self.0 = Some(Case {
                demander: *demander,
                affiliates: Vec::new(),
                content: (**content).clone(),
                policy: policy.clone(),
                template: Template::FULL,
                departures: Vec::new(),
                declared_by: None,
                declared_at: None,
                attachments: Vec::new(),
                similar: Vec::new(),
                judgements: Vec::new(),
                revisions: Vec::new(),
                proposal: None,
                refused: Vec::new(),
                told: false,
                stage: Stage::Draft,
            });
        } else if let Some(case) = &mut self.0 {
            case.evolve(event);
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|case| publish::publish(id, case, event))
            .unwrap_or_default()
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        Vec::new()
    }

    fn taken_under(&self) -> Option<&str> {
        self.0.as_ref().map(|case| case.policy.as_str())
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        let case = self.0.as_ref();
        case.map_or_else(Vec::new, |case| {
            decide::verdicts(&case.content.record, policy)
        })
    }
}

impl Case {
    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Drafted { .. } | Event::FigureTold { .. } => {}
            Event::Rewritten(content) => self.content = (**content).clone(),
            Event::Attached(attachment) => self.attachments.push((**attachment).clone()),
            Event::Detached(digest) => self.attachments.retain(|one| one.digest != *digest),
            Event::Submitted(handed_in) => self.handed_in(handed_in),
            Event::DepartureApproved { rule, by } => {
                let wishes = self.departures.iter_mut();
                for wish in wishes.filter(|wish| wish.rule == *rule) {
                    *wish = wish.clone().approved(by);
                }
            }
            Event::Returned(reason) => {
                let reason = reason.clone();
                self.stage = Stage::Returned { reason };
            }
            Event::Accepted { .. } => {
                self.told = true;
                self.stage = Stage::Accepted;
            }
            Event::Judged(judgement) => {
                self.judgements.push(judgement.clone());
                // What is listed stays accepted until the hub publishes it.
                if !judgement.listed {
                    self.stage = Stage::NotShortlisted;
                }
            }
            Event::Published {
                blind_id,
                public_number,
            } => {
                self.stage = Stage::Published {
                    blind_id: *blind_id,
                    public_number: public_number.clone(),
                    withdrawal: Withdrawal::default(),
                };
            }
            Event::RevisionProposed(proposal) => self.proposal = Some((**proposal).clone()),
            Event::TaskRevised => self.revised(),
            Event::RevisionRefused(because) => self.not_revised(because),
            Event::WithdrawalAsked { reason, by } => self.set_withdrawal(Withdrawal::Asked {
                reason: reason.clone(),
                by: by.clone(),
            }),
            Event::WithdrawalDeclined(reason) => {
                self.set_withdrawal(Withdrawal::Declined(reason.clone()));
            }
            Event::Withdrawn(reason) => {
                let reason = reason.clone();
                self.proposal = None;
                self.stage = Stage::Withdrawn { reason };
            }
            Event::Closed(reason) => {
                let reason = reason.clone();
                self.stage = Stage::Closed { reason };
            }
        }
    }

    fn handed_in(&mut self, how: &HandedIn) {
        self.declared_by = Some(how.by.clone());
        self.declared_at = Some(how.at);
        self.policy.clone_from(&how.policy);
        self.template.clone_from(&how.template);
        self.affiliates.clone_from(&how.affiliates);
        self.departures.clone_from(&how.departures);
        self.similar.clone_from(&how.similar);
        self.stage = Stage::Submitted;
    }

    fn set_withdrawal(&mut self, now: Withdrawal) {
        if let Stage::Published { withdrawal, .. } = &mut self.stage {
            *withdrawal = now;
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
