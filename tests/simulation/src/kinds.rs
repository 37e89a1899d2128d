//! The aggregates of the five services with their types erased, for what looks at all of them alike.

use std::{any::Any, collections::BTreeMap, sync::LazyLock};

use journal::{Aggregate, Held};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    service::Name,
    variants::{WITHIN, variants},
};

/// One kind of aggregate.
pub(crate) struct Kind {
    /// [`Aggregate::KIND`].
    pub(crate) name: &'static str,
    /// All variants of its facts.
    pub(crate) facts: Vec<String>,
    /// All variants of its state, and of what stands in it under a name.
    pub(crate) states: Vec<(Option<&'static str>, Vec<String>)>,
    taken_under: fn(&Held) -> Option<&str>,
    write_state: fn(&Held, &mut Vec<u8>),
    write_facts: fn(&(dyn Any + Send + Sync), &mut Vec<u8>),
}

impl Kind {
    fn new<A: Aggregate>() -> Self {
        Self {
            name: A::KIND,
            facts: variants::<A::Event>(),
            states: vec![(None, variants::<A>())],
            taken_under: |held| held.state::<A>()?.taken_under(),
            write_state: |held, out| write(held.state::<A>(), out),
            write_facts: |facts, out| write(facts.downcast_ref::<Vec<A::Event>>(), out),
        }
    }

    /// Also counts the variants of an `E`, which stands in the state under that name.
    fn with<E: DeserializeOwned>(mut self, under: &'static str) -> Self {
        self.states.push((Some(under), variants::<E>()));
        self
    }

    /// [`Aggregate::taken_under`].
    pub(crate) fn taken_under<'a>(&self, held: &'a Held) -> Option<&'a str> {
        (self.taken_under)(held)
    }

    /// Adds the state document.
    pub(crate) fn write_state(&self, held: &Held, out: &mut Vec<u8>) {
        (self.write_state)(held, out);
    }

    /// Adds the facts, as a list.
    pub(crate) fn write_facts(&self, facts: &(dyn Any + Send + Sync), out: &mut Vec<u8>) {
        (self.write_facts)(facts, out);
    }

    /// The variants of facts.
    pub(crate) fn facts_of(&self, facts: &(dyn Any + Send + Sync)) -> Vec<String> {
        let mut text = Vec::new();
        self.write_facts(facts, &mut text);
        let all: Vec<Value> = serde_json::from_slice(&text).unwrap_or_default();
        let spelled = all.iter().filter_map(|fact| spelled(fact, &self.facts));
        spelled.collect()
    }

    /// The variants of a state, each with the name under which it stands.
    pub(crate) fn states_of(&self, held: &Held) -> Vec<(Option<&'static str>, String)> {
        let mut text = Vec::new();
        self.write_state(held, &mut text);
        let state: Value = serde_json::from_slice(&text).unwrap_or_default();
        let mut all = Vec::new();
        for (under, known) in &self.states {
            let mut found = Vec::new();
            match under {
                None => found.push(&state),
                Some(name) => find(&state, name, &mut found),
            }
            let variants = found.into_iter().filter_map(|value| spelled(value, known));
            all.extend(variants.map(|variant| (*under, variant)));
        }
        all
    }
}

/// By service and name.
pub(crate) static KINDS: LazyLock<BTreeMap<(Name, &'static str), Kind>> = LazyLock::new(|| {
    let all = [
        (Name::Registry, registry()),
        (Name::Intake, intake()),
        (Name::Evaluation, evaluation()),
        (Name::Coordination, coordination()),
        (Name::Matching, matching()),
    ];
    let kinds = all.into_iter().flat_map(|(service, kinds)| {
        kinds
            .into_iter()
            .map(move |kind| ((service, kind.name), kind))
    });
    kinds.collect()
});

fn registry() -> Vec<Kind> {
    use registry::domain::{
        Administration, Capability, CreditNotice, CreditRecord, Expert, ExpertHome, Person,
        Transfer, Unit, credit, unit::Backbone,
    };
    vec![
        Kind::new::<Unit>().with::<Backbone>("backbone"),
        Kind::new::<CreditRecord>().with::<credit::Stage>("stage"),
        Kind::new::<CreditNotice>().with::<credit::Outcome>("outcome"),
        Kind::new::<credit::Filing>(),
        Kind::new::<Administration>(),
        Kind::new::<Expert>(),
        Kind::new::<ExpertHome>(),
        Kind::new::<Person>(),
        Kind::new::<Capability>(),
        Kind::new::<Transfer>(),
    ]
}

fn intake() -> Vec<Kind> {
    use intake::domain::{Demand, Programme, ShownFigure, Stage, Withdrawal};
    let demand = Kind::new::<Demand>()
        .with::<Stage>("stage")
        .with::<Withdrawal>("withdrawal")
        .with::<Programme>("programme");
    vec![demand, Kind::new::<ShownFigure>()]
}

fn evaluation() -> Vec<Kind> {
    use evaluation::domain::{
        Ballot, Candidate, EvaluationRound, Expert, PreReview, Screening, SeatState, SeedKeeping,
    };
    vec![
        Kind::new::<EvaluationRound>().with::<SeatState>("state"),
        Kind::new::<Expert>(),
        Kind::new::<draws::Duty>(),
        Kind::new::<Screening>(),
        Kind::new::<SeedKeeping>(),
        Kind::new::<PreReview>(),
        Kind::new::<Candidate>(),
        Kind::new::<Ballot>(),
    ]
}

fn coordination() -> Vec<Kind> {
    use coordination::domain::{
        assent::{self, Assent},
        decision::{self, JointDecision},
        objection::Objection,
    };
    vec![
        Kind::new::<JointDecision>().with::<decision::Stage>("stage"),
        Kind::new::<Assent>().with::<assent::Stage>("stage"),
        Kind::new::<Objection>(),
    ]
}

fn matching() -> Vec<Kind> {
    use matching::domain::{
        FeedbackRound, InvitationStanding, Posting, PublishedList, Question, Registration,
        RegistrationStanding, Solution, SolutionBox, Stage, Waits,
        digest::Digest,
        posting::{
            Standing, meetings::MeetingStanding, questions::InquiryStanding, reserve::Reserve,
        },
    };
    vec![
        Kind::new::<Posting>()
            .with::<Standing>("standing")
            .with::<MeetingStanding>("standing")
            .with::<InquiryStanding>("standing")
            .with::<Reserve>("reserve"),
        Kind::new::<Solution>()
            .with::<Stage>("stage")
            .with::<InvitationStanding>("standing"),
        Kind::new::<SolutionBox>().with::<Waits>("waits"),
        Kind::new::<PublishedList>(),
        Kind::new::<FeedbackRound>(),
        Kind::new::<Question>(),
        Kind::new::<Registration>().with::<RegistrationStanding>("standing"),
        Kind::new::<Digest>(),
    ]
}

fn write(what: Option<&impl Serialize>, out: &mut Vec<u8>) {
    let before = out.len();
    let written = what.map(|what| serde_json::to_writer(&mut *out, what));
    if !matches!(written, Some(Ok(()))) {
        out.truncate(before);
    }
}

/// All that stands under this name, anywhere within; where it is a map or a list, each of that.
fn find<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == name {
                    found.push(member);
                    found.extend(member.as_object().into_iter().flat_map(|all| all.values()));
                }
                find(member, name, found);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| find(one, name, found)),
        _ => {}
    }
}

/// The variant that a value is, among those that are known.
fn spelled(value: &Value, known: &[String]) -> Option<String> {
    let tag = |value: &Value| match value {
        Value::String(name) => Some((name.clone(), Value::Null)),
        Value::Object(members) if members.len() == 1 => members
            .iter()
            .next()
            .map(|(name, inner)| (name.clone(), inner.clone())),
        _ => None,
    };
    let (outer, inner) = tag(value)?;
    if known.contains(&outer) {
        return Some(outer);
    }
    let (inner, _) = tag(&inner)?;
    Some(format!("{outer}{WITHIN}{inner}")).filter(|both| known.contains(both))
}
