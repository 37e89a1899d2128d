//! An endless pull from a durable consumer that starts over whenever something may be lost.

use std::time::Duration;

use async_nats::{Message, StatusCode, Subscriber};
use futures::StreamExt;
use serde_json::json;

use crate::connection::{ANSWER, Link};

/// How long one request for messages stays open.
const EXPIRES: Duration = Duration::from_secs(30);
/// While there is nothing to deliver, the server says so this often.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Silence after which the request is taken for lost.
const SILENCE: Duration = Duration::from_secs(5);
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// The messages of one consumer.
///
/// Not the library's stream: after a reconnect that one asks for what is new while what was under
/// way waits to be given again, so a newer message would overtake an older.
#[derive(Debug)]
pub(crate) struct Feed {
    link: Link,
    stream: String,
    consumer: String,
    batch: usize,
    open: Option<Open>,
    pause: Duration,
}

#[derive(Debug)]
struct Open {
    messages: Subscriber,
    inbox: String,
    /// What the open request may still bring.
    left: usize,
    session: u64,
}

/// Why the open request is of no use any more.
enum Lost {
    Reconnected,
    Silent,
    Closed,
    Status(String),
}

impl Feed {
    pub(crate) fn new(link: Link, stream: &str, consumer: &str, batch: usize) -> Self {
        Self {
            link,
            stream: stream.to_owned(),
            consumer: consumer.to_owned(),
            batch,
            open: None,
            pause: PAUSE_MIN,
        }
    }

    /// The next message, however long it takes. Nothing is lost if this is not awaited to its end.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            if self.open.is_none() {
                match self.open().await {
                    Ok(open) => self.open = Some(open),
                    Err(error) => {
                        tracing::debug!(error, consumer = self.consumer, "cannot pull");
                        self.rest().await;
                        continue;
                    }
                }
            }
            match self.receive().await {
                Ok(message) => {
                    self.pause = PAUSE_MIN;
                    return message;
                }
                Err(Lost::Reconnected) => self.abandon().await,
                Err(lost) => {
                    let reason = match lost {
                        Lost::Status(status) => status,
                        Lost::Silent => "no heartbeat".to_owned(),
                        Lost::Closed | Lost::Reconnected => "closed".to_owned(),
                    };
                    tracing::info!(reason, consumer = self.consumer, "pulling anew");
                    self.abandon().await;
                    self.rest().await;
                }
            }
        }
    }

    /// Gives up the open request before another is made: dropping it would unsubscribe only later,
    /// and until then the server may go on delivering to it.
    async fn abandon(&mut self) {
        if let Some(mut open) = self.open.take()
            && let Err(error) = open.messages.unsubscribe().await
        {
            tracing::debug!(%error, consumer = self.consumer, "unsubscribing");
        }
    }

    async fn rest(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
    }

    async fn receive(&mut self) -> Result<Message, Lost> {
        let mut sessions = self.link.sessions.clone();
        loop {
            let Some(open) = self.open.as_mut() else {
                return Err(Lost::Closed);
            };
            let session = open.session;
            let message = tokio::select! {
                biased;
                _ = sessions.wait_for(|now| *now != session) => return Err(Lost::Reconnected),
                message = tokio::time::timeout(SILENCE, open.messages.next()) => {
                    message.map_err(|_| Lost::Silent)?.ok_or(Lost::Closed)?
                }
            };
            match message.status {
                None => {
                    open.left = open.left.saturating_sub(1);
                    if open.left == 0 {
                        self.request().await.map_err(Lost::Status)?;
                    }
                    return Ok(message);
                }
                Some(StatusCode::IDLE_HEARTBEAT) => {}
                Some(StatusCode::TIMEOUT | StatusCode::NOT_FOUND) => {
                    self.request().await.map_err(Lost::Status)?;
                }
                Some(status) => {
                    let what = message.description.unwrap_or_default();
                    return Err(Lost::Status(format!("{status} {what}")));
                }
            }
        }
    }

    async fn open(&mut self) -> Result<Open, String> {
        let session = *self.link.sessions.borrow();
        if !self.link.is_connected() {
            return Err("not connected".to_owned());
        }
        self.go_back().await;
        let inbox = self.link.client.new_inbox();
        let messages = self
            .link
            .client
            .subscribe(inbox.clone())
            .await
            .map_err(|error| error.to_string())?;
        let open = Open {
            messages,
            inbox,
            left: self.batch,
            session,
        };
        self.ask(&open.inbox).await?;
        Ok(open)
    }

    /// Asks for more on the open subscription.
    async fn request(&mut self) -> Result<(), String> {
        let Some(open) = self.open.as_mut() else {
            return Ok(());
        };
        open.left = self.batch;
        let inbox = open.inbox.clone();
        self.ask(&inbox).await
    }

    async fn ask(&self, inbox: &str) -> Result<(), String> {
        let request = json!({
            "batch": self.batch,
            "expires": nanoseconds(EXPIRES),
            "idle_heartbeat": nanoseconds(HEARTBEAT),
        });
        let subject = format!(
            "$JS.API.CONSUMER.MSG.NEXT.{}.{}",
            self.stream, self.consumer
        );
        let request = request.to_string().into();
        self.link
            .client
            .publish_with_reply(subject, inbox.to_owned(), request)
            .await
            .map_err(|error| error.to_string())
    }

    /// Asks to have everything unacknowledged again, and now. Servers before 2.14 can't: there it
    /// comes after the consumer's `ack_wait`.
    async fn go_back(&self) {
        if !self.link.client.is_server_compatible(2, 14, 0) {
            return;
        }
        let subject = format!("$JS.API.CONSUMER.RESET.{}.{}", self.stream, self.consumer);
        let answer = self.link.client.request(subject, "".into());
        match tokio::time::timeout(ANSWER, answer).await {
            Ok(Ok(answer)) if !answer.payload.windows(7).any(|part| part == b"\"error\"") => {}
            other => tracing::warn!(
                ?other,
                consumer = self.consumer,
                "the consumer can't go back"
            ),
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
