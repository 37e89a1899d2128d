//! What an application answers to its lead.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use regulation::{Context, Day, Role, Text, Title, UnitId};
use time::OffsetDateTime;

use super::{Case, Command, Creation, Event, Frozen, Recall, Seat, Stage};
use crate::{
    domain::{
        Document, Fault, Package, Rejection, Section, Terms,
        check::{Ground, Known, UnitFacts, Whose, check},
        package::{Content, Member, Solver, UNITS_MAX, UnitRole, content_changes},
    },
    record,
};

/// Why an application ends with its demand, as its lead reads it.
const DEMAND_WITHDRAWN: &str = "对应的需求已由需求方撤回，课题关闭，申报随之撤回";

/// Begins an application: what can be known at once to be in vain is refused at once.
pub(super) fn create(creation: Box<Creation>, context: &Context) -> Result<Vec<Event>, Rejection> {
    of_unit(creation.lead, context)?;
    let Some(policy) = &context.policy else {
        return Err(Rejection::NoPolicy);
    };
    let terms = Terms::of(policy);
    let (registered, guide) = (creation.facts.registered, &creation.guide);
    let unit = creation.lead;
    if let Some(by) = creation.facts.barred.clone() {
        return Err(Fault::Barred { unit, by }.into());
    }
    if !registered.active {
        return Err(Fault::NotRegistered(creation.lead).into());
    }
    if registered.guest || !terms.members.contains(&registered.region) {
        return Err(Fault::LeadOutside {
            region: registered.region,
            guest: registered.guest,
        }
        .into());
    }
    let day = Day::of(context.now);
    if !guide.is_open(day) {
        let (from, until) = (guide.from, guide.until);
        return Err(Fault::OutsideWindow { from, until, day }.into());
    }
    if guide.topic(creation.topic.topic).is_none() {
        return Err(Fault::UnknownTopic.into());
    }
    if creation.topic.blind_id.is_some() {
        if creation.known.pool.standing().is_none() {
            return Err(Fault::NotInPool(creation.known.pool.clone()).into());
        }
        if demander(&creation.known) != Some(creation.lead) {
            return Err(Fault::LeadNotDemander.into());
        }
    }
    Ok(vec![Event::Created { creation, terms }])
}

fn demander(known: &Known) -> Option<UnitId> {
    match &known.whose {
        Whose::Here(Some(owner)) => Some(owner.demander),
        Whose::Here(None) | Whose::Signed => None,
    }
}

pub(super) fn of_unit(unit: UnitId, context: &Context) -> Result<(), Rejection> {
    let actor = &context.actor;
    if actor.role == Role::UnitMember && actor.unit == Some(unit) {
        Ok(())
    } else {
        Err(Rejection::NotOwn)
    }
}

impl Case {
    pub(super) fn decide(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create(creation) if creation.id == self.id => Ok(vec![]),
            Command::Create(_) => Err(self.not_now("再次创建")),
            Command::Write(content) => self.write(content, context),
            Command::Put {
                unit,
                facts,
                role,
                subtask,
                interfaces,
            } => self.put(unit, facts, (role, subtask, interfaces), context),
            Command::Remove(unit) => self.remove(unit, context),
            Command::ApproveDeparture { months, reason } => self.approve(months, reason, context),
            Command::ReceivePart { unit, part, origin } => self.receive(unit, part, origin),
            Command::Freeze(known) => self.freeze(&known, context),
            Command::Revise => self.revise(context),
            Command::Answer(answer) => self.answer(*answer),
            Command::Submit { digest, known } => self.submit(digest, &known, context),
            Command::Acknowledge(receipt) => self.acknowledge(receipt),
            Command::Conclude { version, outcome } => Ok(self.conclude(version, outcome)),
            Command::Judge {
                established,
                judgement,
            } => self.judge(established, judgement),
            Command::Withdraw(reason) => self.withdraw(reason, context),
            Command::CloseTopic => Ok(self.close_topic()),
            Command::MissDeadline => Ok(self.miss_deadline(context)),
            Command::Appeal(grounds) => self.appeal(grounds, context),
            Command::EndAppeal => Ok(self.end_appeal(context)),
            Command::DecideAppeal {
                version,
                granted,
                reason,
            } => Ok(self.appeal_decided(version, granted, reason)),
        }
    }

    /// The lead writes: in a draft everything, in a correction what was asked for. [Art. 14]
    fn editable(&self, context: &Context, wanted: &'static str) -> Result<(), Rejection> {
        of_unit(self.lead, context)?;
        match &self.stage {
            Stage::CorrectionOpen(correction) if context.now > correction.deadline.end() => {
                Err(Rejection::Late(correction.deadline))
            }
            Stage::Draft | Stage::CorrectionOpen(_) => Ok(()),
            _ => Err(self.not_now(wanted)),
        }
    }

    fn open(&self, section: Section) -> Result<(), Rejection> {
        match self.stage.correction() {
            Some(correction) if !correction.open().contains(&section) => {
                Err(Rejection::Closed(section))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, content: Box<Content>, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.editable(context, "修改")?;
        let changed = content_changes(&self.content, &content);
        if changed.is_empty() {
            return Ok(vec![]);
        }
        for section in changed {
            self.open(section)?;
        }
        Ok(vec![Event::Written(content)])
    }

    fn put(
        &self,
        unit: UnitId,
        facts: UnitFacts,
        (role, subtask, interfaces): (UnitRole, Option<Title>, Option<Text>),
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.editable(context, "调整承担单位")?;
        self.open(Section::Units)?;
        if (role == UnitRole::Lead) != (unit == self.lead) {
            return Err(Rejection::LeadIsFixed);
        }
        if let Some(by) = facts.barred {
            return Err(Fault::Barred { unit, by }.into());
        }
        let before = self.seats.get(&unit);
        if !facts.registered.active {
            return Err(Fault::NotRegistered(unit).into());
        }
        if before.is_none() && self.seats.len() >= UNITS_MAX {
            return Err(Rejection::TooManyUnits);
        }
        let seat = Seat {
            role,
            region: facts.registered.region,
            guest: facts.registered.guest,
            branch_of: facts.registered.branch_of,
            subtask,
            interfaces,
            latest: before.and_then(|seat| seat.latest.clone()),
            refusal: None,
        };
        if before == Some(&seat) {
            return Ok(vec![]);
        }
        let seat = Box::new(seat);
        Ok(vec![Event::UnitPut { unit, seat }])
    }

    fn remove(&self, unit: UnitId, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.editable(context, "调整承担单位")?;
        self.open(Section::Units)?;
        if unit == self.lead {
            return Err(Rejection::LeadIsFixed);
        }
        if !self.seats.contains_key(&unit) {
            return Err(Rejection::NotAUnit(unit));
        }
        Ok(vec![Event::LeftOut(unit), Event::UnitRemoved(unit)])
    }

    /// Everything that would keep the package from being frozen now.
    pub fn faults_today(&self, known: &Known, now: OffsetDateTime) -> Vec<Fault> {
        self.faults(&self.assemble(known), known, now)
    }

    /// The package as it would be frozen now.
    pub(super) fn assemble(&self, known: &Known) -> Package {
        let correction = self.stage.correction();
        // In a correction that is not about parts, those that were examined stay. [Art. 14]
        let kept = correction
            .filter(|correction| !correction.open().contains(&Section::Parts))
            .map(|correction| &correction.before.units);
        let units = self.seats.iter().map(|(unit, seat)| {
            let before = kept.and_then(|units| units.get(unit));
            let member = Member {
                role: seat.role,
                region: seat.region,
                guest: seat.guest,
                branch_of: seat.branch_of,
                subtask: seat.subtask.clone(),
                interfaces: seat.interfaces.clone(),
                part: match before {
                    Some(before) => before.part.clone(),
                    None => seat.latest.clone(),
                },
            };
            (*unit, member)
        });
        Package {
            application: self.id,
            version: self.version() + 1,
            topic: self.topic.clone(),
            lead: self.lead,
            units: units.collect::<BTreeMap<_, _>>(),
            content: self.content.clone(),
            solvers: solvers(known),
            departure: self.approved_departure(),
            policy: self.terms.policy.clone(),
        }
    }

    pub(super) fn faults(
        &self,
        package: &Package,
        known: &Known,
        now: OffsetDateTime,
    ) -> Vec<Fault> {
        let open = self.stage.correction().map(|correction| {
            let open = correction.open();
            (&*correction.before, open)
        });
        let ground = Ground {
            guide: &self.guide,
            terms: &self.terms,
            known,
            day: Day::of(now),
            correction: open.as_ref().map(|(before, open)| (*before, open)),
        };
        check(package, &ground)
    }

    fn freeze(&self, known: &Known, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.editable(context, "提请各单位同意")?;
        let package = self.assemble(known);
        if let Some(fault) = self.faults(&package, known, context.now).into_iter().next() {
            return Err(fault.into());
        }
        let document =
            Document::new(record::package_bytes(&package)).map_err(|_| Rejection::TooLong)?;
        Ok(vec![Event::Frozen(Box::new(Frozen { package, document }))])
    }

    /// Everything is looked at again: between freezing and handing in, days have passed.
    fn submit(
        &self,
        digest: Digest,
        known: &Known,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        of_unit(self.lead, context)?;
        let Stage::AwaitingAssents { given, correction } = &self.stage else {
            return Err(self.not_now("提交"));
        };
        let Some(frozen) = &self.frozen else {
            return Err(self.not_now("提交"));
        };
        if let Some(correction) = correction
            && context.now > correction.deadline.end()
        {
            return Err(Rejection::Late(correction.deadline));
        }
        let expected = frozen.document.digest();
        if digest != expected {
            let given = digest;
            return Err(Rejection::AnotherDigest { expected, given });
        }
        let units = frozen.package.units.keys();
        let missing: Vec<_> = units
            .filter(|unit| !given.contains_key(unit))
            .copied()
            .collect();
        if !missing.is_empty() {
            return Err(Rejection::AssentsMissing(missing));
        }
        if let Some(fault) = self
            .faults(&frozen.package, known, context.now)
            .into_iter()
            .next()
        {
            return Err(fault.into());
        }
        Ok(vec![Event::Submitted { at: context.now }])
    }

    fn withdraw(&self, reason: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        of_unit(self.lead, context)?;
        match &self.stage {
            Stage::Withdrawn { .. } => Ok(vec![]),
            stage if stage.is_decided() => Err(self.not_now("撤回")),
            _ => Ok(vec![Event::Withdrawn {
                reason,
                recall: self.recall(None),
            }]),
        }
    }

    /// The demand was withdrawn: what was applied for from it goes with it. What is decided stays.
    /// [Art. 12]
    fn close_topic(&self) -> Vec<Event> {
        match DEMAND_WITHDRAWN.parse() {
            Ok(reason) if !self.stage.is_decided() => vec![Event::Withdrawn {
                reason,
                recall: self.recall(None),
            }],
            _ => vec![],
        }
    }

    pub(super) fn not_now(&self, wanted: &'static str) -> Rejection {
        Rejection::wrong("申报", self.stage.name(), wanted)
    }

    /// Whose word is not needed any more; `but` has just answered.
    pub(super) fn recall(&self, but: Option<UnitId>) -> Recall {
        let (Stage::AwaitingAssents { given, .. }, Some(frozen)) = (&self.stage, &self.frozen)
        else {
            return Recall::default();
        };
        let units = frozen.package.units.iter();
        let waiting = units
            .filter(|(unit, _)| !given.contains_key(unit) && but != Some(**unit))
            .map(|(unit, member)| (*unit, member.region));
        Recall {
            version: frozen.package.version,
            waiting: waiting.collect(),
        }
    }
}

/// Whom the entry of the pool names as selected, where it is at home here.
fn solvers(known: &Known) -> BTreeSet<Solver> {
    match &known.whose {
        Whose::Here(Some(owner)) => owner.solvers.clone(),
        _ => BTreeSet::new(),
    }
}
