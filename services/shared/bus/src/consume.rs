//! The consumer loop: one message at a time, acknowledged when it is done.

use std::{pin::pin, time::Duration};

use async_nats::Message;
use proto::message::Incoming;
use tokio::time::{Instant, interval_at, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    Bus, Malformed,
    connection::Link,
    feed::Feed,
    letter,
    topology::{ACK_WAIT, EVENTS},
};

/// Messages of one request; each is handed out only when the one before is acknowledged.
const BATCH: usize = 256;
/// While a message is worked on, the server is told so this often.
const PROGRESS: Duration = Duration::from_secs(ACK_WAIT.as_secs() / 3);
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Why a message was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Not now (the database is away): try again; nothing overtakes it.
    Retry(String),
    /// Never; the handler has recorded it with this reason, so go on.
    Dead(String),
}

/// What is done with each message.
pub trait Handler: Send + Sync {
    /// Applies a message. It may come more than once.
    fn handle(&self, message: Incoming) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Records a message that is not one of ours. Unless overridden, it is only logged.
    fn malformed(&self, message: Malformed) -> impl Future<Output = Result<(), Failure>> + Send {
        async move { Err(Failure::Dead(message.to_string())) }
    }
}

impl<F, Done> Handler for F
where
    F: Fn(Incoming) -> Done + Send + Sync,
    Done: Future<Output = Result<(), Failure>> + Send,
{
    async fn handle(&self, message: Incoming) -> Result<(), Failure> {
        self(message).await
    }
}

/// A durable consumer of the node's stream. Made by [`Bus::hears`] and [`Bus::border`].
#[derive(Debug)]
pub struct Consumer {
    link: Link,
    name: String,
}

/// How the work on one message ended.
#[derive(Debug, PartialEq, Eq)]
enum Work {
    Done,
    Stopped,
}

impl Consumer {
    pub(crate) fn new(bus: Bus, name: &str) -> Self {
        Self {
            link: bus.link,
            name: name.to_owned(),
        }
    }

    /// Hands every message to `handler`, in the stream's order, until `stop`; the message under way
    /// then is finished.
    ///
    /// Delivered at least once: after a crash or a cut, the last ones come again.
    pub async fn run(&self, handler: impl Handler, stop: CancellationToken) {
        let mut feed = Feed::new(self.link.clone(), EVENTS, &self.name, BATCH);
        loop {
            let message = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                message = feed.next() => message,
            };
            if self.work(&handler, &message, &stop).await == Work::Stopped {
                return;
            }
        }
    }

    /// Works on one message until it is done, telling the server that it is being worked on.
    async fn work(
        &self,
        handler: &impl Handler,
        message: &Message,
        stop: &CancellationToken,
    ) -> Work {
        let mut work = pin!(self.attempt(handler, message, stop));
        let mut progress = interval_at(Instant::now() + PROGRESS, PROGRESS);
        let work = loop {
            tokio::select! {
                work = &mut work => break work,
                _ = progress.tick() => self.answer(message, "+WPI").await,
            }
        };
        match work {
            Work::Done => self.answer(message, "+ACK").await,
            Work::Stopped => self.answer(message, "-NAK").await,
        }
        work
    }

    async fn attempt(
        &self,
        handler: &impl Handler,
        message: &Message,
        stop: &CancellationToken,
    ) -> Work {
        let read = letter::read(message);
        let mut pause = PAUSE_MIN;
        loop {
            let result = match &read {
                Ok(incoming) => handler.handle(incoming.clone()).await,
                Err(malformed) => handler.malformed(malformed.clone()).await,
            };
            let reason = match result {
                Ok(()) => return Work::Done,
                Err(Failure::Dead(reason)) => {
                    self.count("jiebang_bus_dead_total");
                    tracing::error!(reason, subject = %message.subject, "dead letter");
                    return Work::Done;
                }
                Err(Failure::Retry(reason)) => reason,
            };
            self.count("jiebang_bus_retries_total");
            tracing::warn!(reason, subject = %message.subject, ?pause, "trying again");
            tokio::select! {
                () = stop.cancelled() => return Work::Stopped,
                () = sleep(pause) => pause = (pause * 2).min(PAUSE_MAX),
            }
        }
    }

    fn count(&self, counter: &'static str) {
        metrics::counter!(counter, "consumer" => self.name.clone()).increment(1);
    }

    /// Answers a delivery. If that gets lost, the message comes again.
    async fn answer(&self, message: &Message, answer: &'static str) {
        let Some(reply) = message.reply.clone() else {
            return;
        };
        if let Err(error) = self.link.client.publish(reply, answer.into()).await {
            tracing::warn!(%error, answer, "a delivery could not be answered");
        }
    }
}
