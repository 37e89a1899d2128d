//! What an application is after something happened to it.

use std::collections::BTreeMap;

use regulation::{Text, UnitId};

use super::{Case, Correction, Creation, Event, Outcome, Seat, Stage};
use crate::domain::{Terms, package::UnitRole};

pub(super) fn begun(creation: &Creation, terms: &Terms) -> Case {
    let registered = creation.facts.registered;
    let seat = Seat {
        role: UnitRole::Lead,
        region: registered.region,
        guest: registered.guest,
        branch_of: registered.branch_of,
        subtask: None,
        interfaces: None,
        latest: None,
        refusal: None,
    };
    Case {
        id: creation.id,
        lead: creation.lead,
        topic: creation.topic.clone(),
        guide: creation.guide.clone(),
        terms: terms.clone(),
        content: creation.content.clone(),
        seats: BTreeMap::from([(creation.lead, seat)]),
        approval: None,
        frozen: None,
        told: false,
        receipt: None,
        appeal: None,
        stage: Stage::Draft,
    }
}

impl Case {
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::Created { .. } | Event::LeftOut(_) => {}
            Event::Written(content) => self.content = (**content).clone(),
            Event::UnitPut { unit, seat } => {
                self.seats.insert(*unit, (**seat).clone());
            }
            Event::UnitRemoved(unit) => {
                self.seats.remove(unit);
            }
            Event::DepartureApproved(approval) => self.approval = Some(approval.clone()),
            Event::PartReceived { unit, part } => {
                if let Some(seat) = self.seats.get_mut(unit) {
                    seat.latest = Some((**part).clone());
                }
            }
            Event::Frozen(frozen) => {
                let correction = self.stage.correction().cloned();
                for seat in self.seats.values_mut() {
                    seat.refusal = None;
                }
                self.frozen = Some((**frozen).clone());
                self.stage = Stage::AwaitingAssents {
                    given: BTreeMap::new(),
                    correction,
                };
            }
            Event::Agreed { unit, hand } => {
                if let Stage::AwaitingAssents { given, .. } = &mut self.stage {
                    given.insert(*unit, hand.clone());
                }
            }
            Event::Revised(_) => self.write_again(),
            Event::Declined { unit, reason, .. } => self.declined(*unit, reason),
            other => self.submitted_or_later(other),
        }
    }

    fn submitted_or_later(&mut self, event: &Event) {
        match event {
            Event::Submitted { at } => {
                self.told = true;
                self.stage = Stage::Submitted { at: *at };
            }
            Event::Acknowledged => {
                if let Stage::Submitted { at } = self.stage {
                    self.stage = Stage::InExamination { at };
                }
            }
            Event::Receipted(receipt) => self.receipt = Some(receipt.clone()),
            Event::Concluded(outcome) => self.concluded(outcome),
            Event::Appealed { .. } | Event::AppealEnded | Event::AppealDecided { .. } => {
                self.appealed(event);
            }
            Event::Judged {
                established,
                judgement,
            } => {
                self.stage = if *established {
                    Stage::Established(judgement.clone())
                } else {
                    Stage::NotEstablished(judgement.clone())
                };
            }
            Event::Withdrawn { reason, .. } => {
                self.stage = Stage::Withdrawn {
                    reason: reason.clone(),
                };
            }
            Event::DeadlineMissed { deadline, .. } => {
                self.stage = Stage::MissedDeadline {
                    deadline: *deadline,
                };
            }
            _ => {}
        }
    }

    fn write_again(&mut self) {
        self.stage = match self.stage.correction() {
            Some(correction) => Stage::CorrectionOpen(correction.clone()),
            None => Stage::Draft,
        };
    }

    fn declined(&mut self, unit: UnitId, reason: &Text) {
        if let Some(seat) = self.seats.get_mut(&unit) {
            seat.refusal = Some(reason.clone());
        }
        self.write_again();
    }

    fn concluded(&mut self, outcome: &Outcome) {
        self.stage = match (outcome, &self.frozen) {
            (Outcome::Passed, _) => Stage::InReview,
            (
                Outcome::Correct {
                    items,
                    deadline,
                    provisional,
                    reason,
                },
                Some(frozen),
            ) => Stage::CorrectionOpen(Correction {
                items: items.clone(),
                deadline: *deadline,
                provisional: *provisional,
                reason: reason.clone(),
                before: Box::new(frozen.package.clone()),
            }),
            (
                Outcome::NotAccepted {
                    reason,
                    items,
                    appeal_until,
                },
                _,
            ) => Stage::NotAccepted {
                reason: reason.clone(),
                items: items.clone(),
                appeal_until: *appeal_until,
            },
            // Nothing is examined that was not frozen.
            (Outcome::Correct { .. }, None) => return,
        };
    }
}
