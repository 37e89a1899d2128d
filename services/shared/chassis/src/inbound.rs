//! Messages in: each applied exactly once, in its aggregate's order, or kept as a dead letter.

use std::{marker::PhantomData, sync::Arc};

use journal::{Absorb, Applied, JournalError};
use proto::{
    coordination::v1::DecisionInForce,
    message::{Audience, Incoming, Scope},
};
use regulation::Actor;
use sqlx::PgConnection;
use time::OffsetDateTime;
use tracing::{Instrument as _, Span, error, field, info_span, warn};

use crate::{desk::Desk, heard, policy, service::Service, staff, status, trace};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Applied now or before; acknowledge.
    Applied,
    /// Kept with its reason and shown to the operator; acknowledge.
    Dead,
    /// The database could not be reached: try again, and let nothing overtake it.
    Retry,
}

/// Applies messages for the service `S`.
pub struct Inbound<S> {
    desk: Desk,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Inbound<S> {
    /// Applies to what `desk` holds.
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            service: PhantomData,
        }
    }

    /// Applies one message. What this node itself said to another alone is not for its own services.
    pub async fn handle(&self, message: &Incoming) -> Outcome {
        if let Scope::Share(Audience::One(region)) = message.scope
            && region != self.desk.region
        {
            return Outcome::Applied;
        }
        let span = info_span!(
            "message",
            otel.name = format!("apply {}", message.kind),
            otel.kind = "consumer",
            messaging.system = "nats",
            messaging.message.id = %message.id,
            jiebang.origin = %message.origin,
            outcome = field::Empty,
        );
        trace::continue_trace(&span, message.traceparent.as_deref());
        async {
            let outcome = match self.apply(message).await {
                Ok(outcome) => outcome,
                Err(reason) => self.bury(message, &reason).await,
            };
            Span::current().record("outcome", field::debug(outcome));
            let kind = message.kind.clone();
            let label = format!("{outcome:?}").to_lowercase();
            metrics::counter!("jiebang_messages_total", "kind" => kind, "outcome" => label)
                .increment(1);
            outcome
        }
        .instrument(span)
        .await
    }

    /// `Err` is the reason for a dead letter.
    async fn apply(&self, message: &Incoming) -> Result<Outcome, String> {
        match self.desk.journal.held_back(message).await {
            Ok(false) => {}
            Ok(true) => {
                return Err("an earlier message of the same aggregate is a dead letter".into());
            }
            Err(error) => return Ok(retry(&error)),
        }
        let (context, _begun) = match self.desk.begin(Actor::system(self.desk.region)).await {
            Ok(begun) => begun,
            Err(error) => return Ok(retry(&error)),
        };
        let acts = S::react(message, &context).map_err(|error| error.to_string())?;
        let decision = policy::decision(message);
        let noted = Noted {
            heard: heard::until(message).map_err(|error| error.to_string())?,
            decision: decision.clone(),
            staff: staff::told(message, self.desk.region).map_err(|error| error.to_string())?,
            message: message.clone(),
        };
        // The future may live as long as the connection that it is given, so it owns what it needs.
        let noted = Arc::new(noted);
        let absorb: &Absorb<'_> = &move |db| {
            let noted = Arc::clone(&noted);
            Box::pin(async move { noted.absorb::<S>(db).await })
        };
        // What is written from here on belongs to this span, not to the sender's.
        let traced = Incoming {
            traceparent: trace::traceparent(),
            ..message.clone()
        };
        let applied = self
            .desk
            .journal
            .apply(&traced, &acts, Some(absorb), &context)
            .await;
        match applied {
            Ok(Applied::Now | Applied::Already) => {
                if let Some(decision) = &decision {
                    self.desk.policies.learn(decision).await;
                }
                Ok(Outcome::Applied)
            }
            Err(error @ (JournalError::Database(_) | JournalError::Busy { .. })) => {
                Ok(retry(&error))
            }
            Err(error) => Err(status::chain(&error)),
        }
    }

    async fn bury(&self, message: &Incoming, reason: &str) -> Outcome {
        error!(
            kind = message.kind,
            aggregate = message.aggregate,
            reason,
            "dead letter"
        );
        match self.desk.journal.dead_letter(message, reason).await {
            Ok(()) => Outcome::Dead,
            Err(error) => retry(&error),
        }
    }
}

/// What the process itself remembers of a message, besides its service.
struct Noted {
    message: Incoming,
    heard: Option<OffsetDateTime>,
    decision: Option<DecisionInForce>,
    staff: Option<staff::Told>,
}

impl Noted {
    async fn absorb<S: Service>(&self, db: &mut PgConnection) -> Result<(), sqlx::Error> {
        if let Some(until) = self.heard {
            heard::record(db, self.message.origin, until).await?;
        }
        if let Some(decision) = &self.decision {
            policy::record(db, decision).await?;
        }
        if let Some(staff) = &self.staff {
            staff::record(db, staff).await?;
        }
        S::absorb(db, &self.message).await
    }
}

fn retry(error: &dyn std::error::Error) -> Outcome {
    warn!(
        error = status::chain(error),
        "message not applied; trying again"
    );
    Outcome::Retry
}
