//! What an examination answers.

use std::collections::BTreeMap;

use evidence::Digest;
use regulation::{Calendar, Context, Day, Region, Role, Text};

use super::{Event, Exam, Findings, LOOK_AGAIN, Received, Record, Stage, Verdict, Wanted};
use crate::domain::{
    Fault, Item, Rejection,
    check::{Ground, check},
    examination::Command,
    item::open_for,
};

/// The first package of an application: its home is its lead's, for good.
pub(super) fn first(origin: Region, received: Box<Received>) -> Result<Vec<Event>, Rejection> {
    let region = home(&received)?;
    if region != origin {
        let home = region;
        return Err(Rejection::OtherHome { home, origin });
    }
    Ok(vec![Event::Received { region, received }])
}

fn home(received: &Received) -> Result<Region, Rejection> {
    let package = &received.package;
    package
        .home()
        .ok_or_else(|| Fault::OneLead(package.lead).into())
}

impl Exam {
    pub(super) fn decide(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Receive { origin, received } => self.receive(origin, received),
            Command::Record(findings) => self.record(&findings, context),
            Command::Conclude {
                digest,
                outcome,
                reason,
            } => self.conclude(digest, outcome, reason, context),
            Command::Expire => Ok(self.expire(context)),
            Command::Close(reason) => self.close(reason, context),
            Command::Withdraw { origin } => {
                self.said_by_home(origin)?;
                Ok(match self.stage {
                    Stage::NotAccepted { .. } | Stage::Withdrawn => vec![],
                    _ => vec![Event::Withdrawn],
                })
            }
            Command::Appeal {
                origin,
                version,
                at,
                grounds,
            } => self.appeal((origin, at), version, grounds),
            Command::DecideAppeal { granted, reason } => {
                self.decide_appeal(granted, reason, context)
            }
        }
    }

    pub(super) fn said_by_home(&self, origin: Region) -> Result<(), Rejection> {
        if origin == self.region {
            Ok(())
        } else {
            let home = self.region;
            Err(Rejection::OtherHome { home, origin })
        }
    }

    /// A package again: a repeat, or the answer to a correction, judged by its signed time.
    fn receive(&self, origin: Region, received: Box<Received>) -> Result<Vec<Event>, Rejection> {
        self.said_by_home(origin)?;
        let (now, before) = (&received.package, &self.received.package);
        if now.version <= before.version {
            let same = received.document == self.received.document;
            let known = now.version < before.version || same;
            return if known {
                Ok(vec![])
            } else {
                Err(self.not_now("改换已提交的申报书"))
            };
        }
        let Stage::CorrectionRequested { deadline, .. } = &self.stage else {
            return Err(self.not_now("再次提交"));
        };
        if received.at > deadline.end() {
            return Err(Rejection::Late(*deadline));
        }
        if home(&received)? != self.region || now.lead != before.lead || now.topic != before.topic {
            return Err(Fault::LeadNotDemander.into());
        }
        Ok(vec![Event::Received {
            region: self.region,
            received,
        }])
    }

    fn record(&self, findings: &Findings, context: &Context) -> Result<Vec<Event>, Rejection> {
        agency(context)?;
        if !matches!(self.stage, Stage::Pending | Stage::Examined(_)) {
            return Err(self.not_now("记录审查意见"));
        }
        self.same(findings.digest)?;
        let machine = self.machine(findings);
        let mut verdicts = BTreeMap::new();
        for item in Item::ALL {
            let faults = machine.get(item).cloned().unwrap_or_default();
            let (passed, note) = match findings.verdicts.get(item) {
                Some((false, None)) => return Err(Rejection::NoReason),
                Some((passed, note)) => (*passed, note.clone()),
                None => (faults.is_empty(), None),
            };
            let verdict = Verdict {
                machine: faults,
                passed,
                note,
            };
            verdicts.insert(*item, verdict);
        }
        let record = Record {
            verdicts,
            terms: findings.terms.clone(),
            by: context.actor.person.clone(),
        };
        if matches!(&self.stage, Stage::Examined(before) if *before == record) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Recorded(record)])
    }

    /// What the machine finds wrong with each item.
    pub fn machine(&self, findings: &Findings) -> BTreeMap<Item, Vec<String>> {
        let package = &self.received.package;
        let Some(guide) = &findings.guide else {
            let fault = Fault::UnknownTopic;
            return BTreeMap::from([(fault.item(), vec![fault.refusal().message])]);
        };
        let open = self.before.as_ref().map(|(before, items)| {
            let open = open_for(items.keys().copied());
            (&**before, open)
        });
        let ground = Ground {
            guide,
            terms: &findings.terms,
            known: &findings.known,
            day: Day::of(self.received.at),
            correction: open.as_ref().map(|(before, open)| (*before, open)),
        };
        let mut found: BTreeMap<Item, Vec<String>> = BTreeMap::new();
        for fault in check(package, &ground) {
            let said = fault.refusal().message;
            found.entry(fault.item()).or_default().push(said);
        }
        found
    }

    fn conclude(
        &self,
        digest: Digest,
        outcome: Wanted,
        reason: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        agency(context)?;
        let Stage::Examined(record) = &self.stage else {
            return Err(self.not_now("作出结论"));
        };
        self.same(digest)?;
        let by = context.actor.person.clone();
        if record.by == by {
            return Err(Rejection::SamePerson);
        }
        let failed = record.failed();
        match outcome {
            Wanted::Passed if failed.is_empty() => Ok(vec![Event::Passed { by }]),
            _ if failed.is_empty() => Err(Rejection::OutcomeDoesNotFollow { failed: 0 }),
            Wanted::Passed => Err(Rejection::OutcomeDoesNotFollow {
                failed: failed.len(),
            }),
            Wanted::NotAccepted => {
                // Once to an application, for as long as a correction would have had.
                let days = record.terms.correction_days;
                let last = Calendar::in_use().nth_workday_after(Day::of(context.now), days);
                Ok(vec![Event::NotAccepted {
                    items: failed,
                    reason: reason.ok_or(Rejection::NoReason)?,
                    by,
                    recorded_by: record.by.clone(),
                    appeal_until: self.appeal.is_none().then_some(last.day),
                }])
            }
            Wanted::Correction => {
                let reason = reason.ok_or(Rejection::NoReason)?;
                self.ask_for_correction(record, &failed, (reason, by), context)
            }
        }
    }

    fn ask_for_correction(
        &self,
        record: &Record,
        failed: &BTreeMap<Item, String>,
        (reason, by): (Text, String),
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let terms = &record.terms;
        if self.corrections >= terms.correction_rounds_max {
            let most = terms.correction_rounds_max;
            return Err(Rejection::NoCorrectionLeft { most });
        }
        if failed.keys().any(|item| item.sections().is_empty()) {
            return Err(Rejection::NotCorrectable);
        }
        let today = Day::of(context.now);
        let deadline = Calendar::in_use().nth_workday_after(today, terms.correction_days);
        Ok(vec![Event::CorrectionRequested {
            deadline: deadline.day,
            provisional: deadline.beyond_table,
            reason,
            by,
        }])
    }

    /// Missed is what did not come from a home that was heard past the deadline.
    fn expire(&self, context: &Context) -> Vec<Event> {
        let Stage::CorrectionRequested {
            record, deadline, ..
        } = &self.stage
        else {
            return vec![];
        };
        let end = deadline.end();
        if context.now <= end {
            return vec![];
        }
        if context.heard.get(&self.region).is_none_or(|at| *at <= end) {
            let look_at = context.now + LOOK_AGAIN;
            return vec![Event::ExpiryHeld { look_at }];
        }
        let Ok(reason) = format!("补正期限 {deadline} 已过，未收到补正材料").parse()
        else {
            return vec![];
        };
        vec![missed(record, reason, context)]
    }

    fn close(&self, reason: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        agency(context)?;
        let Stage::CorrectionRequested {
            record, deadline, ..
        } = &self.stage
        else {
            return Err(self.not_now("结束补正"));
        };
        if context.now <= deadline.end() {
            return Err(Rejection::NotOver(*deadline));
        }
        Ok(vec![missed(record, reason, context)])
    }

    fn same(&self, given: Digest) -> Result<(), Rejection> {
        let expected = self.received.document.digest();
        if given == expected {
            Ok(())
        } else {
            Err(Rejection::AnotherDigest { expected, given })
        }
    }

    pub(super) fn not_now(&self, wanted: &'static str) -> Rejection {
        Rejection::wrong("形式审查", self.stage.name(), wanted)
    }
}

/// What is not handed in in time is not accepted, without appeal. [Art. 14]
fn missed(record: &Record, reason: Text, context: &Context) -> Event {
    Event::NotAccepted {
        items: record.failed(),
        reason,
        by: context.actor.person.clone(),
        recorded_by: record.by.clone(),
        appeal_until: None,
    }
}

pub(super) fn agency(context: &Context) -> Result<(), Rejection> {
    if context.actor.role == Role::Agency {
        Ok(())
    } else {
        Err(Rejection::NotOwn)
    }
}
