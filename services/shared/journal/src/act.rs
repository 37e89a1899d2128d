//! A command bound to one aggregate, with its types erased, so that one journal serves all kinds.

use std::{any::Any, borrow::Cow, fmt, sync::Arc};

use proto::message::Message;
use regulation::{Context, Refusal};
use time::OffsetDateTime;

use crate::Aggregate;

/// Where an aggregate stands, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// How many facts there are.
    pub version: i64,
    /// The state as JSON.
    pub state: String,
}

/// A fact that a decision gives out: what is written, before it has a place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The event's variant.
    pub name: String,
    /// The event as externally tagged JSON; this very text is hashed.
    pub payload: String,
}

/// Something that an aggregate's state says has to happen by itself.
#[derive(Debug, Clone)]
pub struct Armed {
    /// The alarm's name, unique within the aggregate.
    pub name: &'static str,
    /// When, by the domain's clock, to the microsecond.
    pub due: OffsetDateTime,
    /// What then.
    pub act: Act,
}

/// What a command comes to, before anything is written.
pub struct Decided {
    /// [`Aggregate::KIND`].
    pub kind: &'static str,
    /// The aggregate's id.
    pub id: String,
    /// The version on which this was decided; 0 where there was nothing.
    pub from_version: i64,
    /// What happened, in order; empty when it had been done already.
    pub facts: Vec<Fact>,
    /// The state after the facts, as JSON.
    pub state: String,
    /// What others hear of it.
    pub messages: Vec<Message>,
    /// Everything the new state says has to happen by itself.
    pub alarms: Vec<Armed>,
    /// Whether the state before had anything to happen by itself.
    pub had_alarms: bool,
    /// The typed [`Change`], for the projections.
    pub change: Box<dyn Any + Send + Sync>,
}

impl Decided {
    /// The version after the facts.
    pub fn version(&self) -> i64 {
        self.from_version + i64::try_from(self.facts.len()).unwrap_or(i64::MAX)
    }

    /// What is stored when the decision holds.
    pub fn stored(&self) -> Stored {
        Stored {
            version: self.version(),
            state: self.state.clone(),
        }
    }
}

/// What a projection gets to see of a decision.
#[derive(Debug, Clone)]
pub struct Change<A: Aggregate> {
    /// The aggregate's id.
    pub id: String,
    /// The version after the events.
    pub version: i64,
    /// What happened, in order; never empty in a projection.
    pub events: Vec<A::Event>,
    /// The state after the events.
    pub state: A,
    /// When, by the domain's clock.
    pub at: OffsetDateTime,
}

/// Where an aggregate stands, as a simulation holds it: the state itself, not its JSON.
#[derive(Clone)]
pub struct Held {
    version: i64,
    state: Arc<dyn Any + Send + Sync>,
}

impl Held {
    /// The state after so many facts.
    pub fn new<A: Aggregate>(version: i64, state: A) -> Self {
        Self {
            version,
            state: Arc::new(state),
        }
    }

    /// How many facts there are.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The state, if it is an `A`'s.
    pub fn state<A: Aggregate>(&self) -> Option<&A> {
        self.state.downcast_ref()
    }
}

/// What a command comes to in a simulation.
pub struct Turn {
    /// The state after the facts.
    pub held: Held,
    /// What others hear of it.
    pub messages: Vec<Message>,
    /// Everything the new state says has to happen by itself.
    pub alarms: Vec<Armed>,
    /// What happened, as a `Vec` of the aggregate's events.
    pub events: Box<dyn Any + Send + Sync>,
}

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Undecided {
    /// The answer is no.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// What is stored is not readable as this kind of aggregate: a defect, not the caller's fault.
    #[error("the stored {kind} {id} is unreadable: {source}")]
    Unreadable {
        /// [`Aggregate::KIND`].
        kind: &'static str,
        /// The aggregate's id.
        id: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// A command with its types erased.
trait Order: Send + Sync {
    fn decide(&self, stored: Option<&Stored>, context: &Context) -> Result<Decided, Undecided>;
    fn play(&self, held: Option<&Held>, context: &Context) -> Result<Option<Turn>, Undecided>;
}

struct Bound<A: Aggregate> {
    id: String,
    command: A::Command,
}

impl<A: Aggregate> Order for Bound<A> {
    fn decide(&self, stored: Option<&Stored>, context: &Context) -> Result<Decided, Undecided> {
        decide::<A>(&self.id, stored, self.command.clone(), context)
    }

    fn play(&self, held: Option<&Held>, context: &Context) -> Result<Option<Turn>, Undecided> {
        play::<A>(&self.id, held, self.command.clone(), context)
    }
}

/// A command bound to one aggregate.
#[derive(Clone)]
pub struct Act {
    kind: &'static str,
    id: String,
    order: Arc<dyn Order>,
    fold: fn(&[String]) -> serde_json::Result<String>,
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The command is left out: it may hold what no log may.
        f.debug_struct("Act")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Act {
    /// `command`, to be given to the `A` called `id`.
    pub fn new<A: Aggregate>(id: impl ToString, command: A::Command) -> Self {
        let id = id.to_string();
        let order = Arc::new(Bound::<A> {
            id: id.clone(),
            command,
        });
        Self {
            kind: A::KIND,
            id,
            order,
            fold: fold::<A>,
        }
    }

    /// [`Aggregate::KIND`] of the aggregate it is for.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The id of the aggregate it is for.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the command comes to if the aggregate stands as `stored`. Pure.
    ///
    /// # Errors
    /// The refusal, or [`Undecided::Unreadable`] where `stored` is no state of this kind.
    pub fn decide(&self, stored: Option<&Stored>, context: &Context) -> Result<Decided, Undecided> {
        self.order.decide(stored, context)
    }

    /// The same as [`Act::decide`] without JSON on the way, for simulations of very many
    /// decisions; nothing where it had been done already.
    ///
    /// # Errors
    /// The refusal, or [`Undecided::Unreadable`] where `held` is no state of this kind.
    pub fn play(&self, held: Option<&Held>, context: &Context) -> Result<Option<Turn>, Undecided> {
        self.order.play(held, context)
    }

    /// The state, as JSON, that follows from the facts' payloads.
    ///
    /// # Errors
    /// When a payload is no event of this kind.
    pub fn fold(&self, payloads: &[String]) -> serde_json::Result<String> {
        (self.fold)(payloads)
    }
}

/// The state of an `A`, as JSON, after the events in `payloads`.
pub(crate) fn fold<A: Aggregate>(payloads: &[String]) -> serde_json::Result<String> {
    let mut state = A::default();
    for payload in payloads {
        state.evolve(&serde_json::from_str(payload)?);
    }
    serde_json::to_string(&state)
}

/// Everything an `A` in this state says has to happen by itself.
pub(crate) fn alarms<A: Aggregate>(id: &str, state: &A) -> Vec<Armed> {
    state
        .alarms()
        .into_iter()
        .map(|alarm| Armed {
            name: alarm.name,
            due: micros(alarm.due),
            act: Act::new::<A>(id, alarm.command),
        })
        .collect()
}

/// What is stored keeps microseconds, so nothing finer may take part in a hash or a comparison.
pub(crate) fn micros(at: OffsetDateTime) -> OffsetDateTime {
    at.truncate_to_microsecond().to_offset(time::UtcOffset::UTC)
}

fn decide<A: Aggregate>(
    id: &str,
    stored: Option<&Stored>,
    command: A::Command,
    context: &Context,
) -> Result<Decided, Undecided> {
    let from_version = stored.map_or(0, |stored| stored.version);
    let state: A = match stored {
        Some(stored) => serde_json::from_str(&stored.state).map_err(unreadable::<A>(id))?,
        None => A::default(),
    };
    let had_alarms = !state.alarms().is_empty();
    let (change, messages) = turn::<A>(id, from_version, Cow::Owned(state), command, context)?;
    let facts = change.events.iter().map(fact);
    Ok(Decided {
        kind: A::KIND,
        id: id.to_owned(),
        from_version,
        facts: facts
            .collect::<serde_json::Result<_>>()
            .map_err(unreadable::<A>(id))?,
        state: serde_json::to_string(&change.state).map_err(unreadable::<A>(id))?,
        messages,
        alarms: alarms(id, &change.state),
        had_alarms,
        change: Box::new(change),
    })
}

fn play<A: Aggregate>(
    id: &str,
    held: Option<&Held>,
    command: A::Command,
    context: &Context,
) -> Result<Option<Turn>, Undecided> {
    let another = || serde::de::Error::custom("it is held as another kind");
    let state = match held {
        Some(held) => Cow::Borrowed(
            held.state::<A>()
                .ok_or_else(another)
                .map_err(unreadable::<A>(id))?,
        ),
        None => Cow::Owned(A::default()),
    };
    let from_version = held.map_or(0, Held::version);
    let (change, messages) = turn(id, from_version, state, command, context)?;
    if change.events.is_empty() {
        return Ok(None);
    }
    Ok(Some(Turn {
        messages,
        alarms: alarms(id, &change.state),
        held: Held::new(change.version, change.state),
        events: Box::new(change.events),
    }))
}

/// Decide, evolve, publish.
fn turn<A: Aggregate>(
    id: &str,
    from_version: i64,
    state: Cow<'_, A>,
    command: A::Command,
    context: &Context,
) -> Result<(Change<A>, Vec<Message>), Undecided> {
    let events = state
        .decide(command, context)
        .map_err(|rejection| Undecided::Refused(Box::new(rejection.into())))?;
    let mut state = state.into_owned();
    let mut messages = Vec::new();
    for event in &events {
        state.evolve(event);
        messages.extend(state.publish(id, event, context));
    }
    let change = Change {
        id: id.to_owned(),
        version: from_version + i64::try_from(events.len()).unwrap_or(i64::MAX),
        events,
        state,
        at: micros(context.now),
    };
    Ok((change, messages))
}

fn unreadable<A: Aggregate>(id: &str) -> impl Fn(serde_json::Error) -> Undecided {
    move |source| Undecided::Unreadable {
        kind: A::KIND,
        id: id.to_owned(),
        source,
    }
}

/// An event's JSON and its variant: the tag, which comes first in externally tagged JSON.
fn fact<E: serde::Serialize>(event: &E) -> serde_json::Result<Fact> {
    let payload = serde_json::to_string(event)?;
    let tag = payload.trim_start_matches('{').trim_start_matches('"');
    let name = tag.split('"').next().unwrap_or_default().to_owned();
    if name.is_empty() || tag.len() == payload.len() {
        return Err(serde::ser::Error::custom(
            "an event has to be an externally tagged enum",
        ));
    }
    Ok(Fact { name, payload })
}
