//! The one idea: decide and evolve are pure functions; everything else is the journal's.

use proto::message::Message;
use regulation::{Context, Policy, Refusal, Verdict};
use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

/// A thing with a state that only changes by facts, and facts that only come from commands.
pub trait Aggregate:
    Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Name of this kind of aggregate, `snake_case`, unique within the service.
    const KIND: &'static str;
    /// What can be asked of it.
    type Command: Clone + Send + Sync + 'static;
    /// What can have happened to it: small private facts, kept for ever.
    type Event: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    /// Why it may say no.
    type Rejection: Into<Refusal>;

    /// What happens if `command` is given now. No events: it has been done already.
    ///
    /// # Errors
    /// The rule that forbids it.
    fn decide(
        &self,
        command: Self::Command,
        context: &Context,
    ) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// The state after `event`.
    fn evolve(&mut self, event: &Self::Event);

    /// The only door out: what others hear of `event`; `self` is the state after it.
    fn publish(&self, id: &str, event: &Self::Event, context: &Context) -> Vec<Message>;

    /// What has to happen by itself from this state on, and when. Derived from the state, so that
    /// a timer can neither be forgotten nor fire for what is over.
    fn alarms(&self) -> Vec<Alarm<Self::Command>> {
        Vec::new()
    }

    /// The policy version that it was taken under and keeps, if it is a case that a policy judges.
    fn taken_under(&self) -> Option<&str> {
        None
    }

    /// What the numbers of `policy` say of the case as it stands: the same rules in the same order
    /// under every version, so that two versions can be compared.
    fn verdicts(&self, _policy: &Policy) -> Vec<Verdict> {
        Vec::new()
    }
}

/// A command that falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm<C> {
    /// Its name, unique within the aggregate.
    pub name: &'static str,
    /// When, by the domain's clock.
    pub due: OffsetDateTime,
    /// What to do then, as [`regulation::Role::System`].
    pub command: C,
}
