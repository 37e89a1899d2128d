//! Outbound, first half: each message that is to cross gets its place in this node's chain, once.

use std::sync::Arc;

use bus::{Failure, Handler, Malformed};
use chassis::Lifecycle;
use evidence::{Body, Envelope, Head, Outbound, Place, Verified, WrapFault};
use prost::Message as _;
use proto::{
    coordination::v1::DecisionInForce,
    exchange::v1::FaultKind,
    message::{Audience, Incoming, PublicEvent as _, Scope, subject},
};
use rand::{SeedableRng as _, rngs::StdRng};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    border::Border,
    convert::{column, digest, number},
    fault::{self, Fault},
    heartbeat,
};

/// Key of the advisory lock under which numbers are given ("number" in ASCII).
const NUMBERING: i64 = 0x6e75_6d62_6572;

pub(crate) async fn start(border: &Arc<Border>, lifecycle: &Lifecycle) -> anyhow::Result<()> {
    let consumer = border.bus.border().await?;
    let (handler, stop) = (Numbering(Arc::clone(border)), lifecycle.stopping());
    lifecycle.spawn("numbering", async move {
        consumer.run(handler, stop).await;
        Ok::<_, std::convert::Infallible>(())
    });
    Ok(())
}

struct Numbering(Arc<Border>);

/// Why a message has no number.
#[derive(Debug, thiserror::Error)]
enum Unnumbered {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The configuration is at fault, and everything waits until it is mended.
    #[error(transparent)]
    Key(WrapFault),
    /// No key of this node signs at that time, as the others know them: it is no member yet, or
    /// the key that follows is not here.
    #[error("no key of this node signs at {at}")]
    NoKey { at: OffsetDateTime },
    /// The message is at fault.
    #[error("cannot cross: {0}")]
    Unsendable(String),
}

impl Handler for Numbering {
    async fn handle(&self, message: Incoming) -> Result<(), Failure> {
        let numbered = async {
            match self.0.number(&message).await {
                Err(Unnumbered::Unsendable(why)) => {
                    let note = format!("{}（{}）不能出境：{why}", message.kind, message.id);
                    self.0.unsendable(note).await?;
                    Err(Unnumbered::Unsendable(why))
                }
                other => other,
            }
        };
        numbered.await.map_err(|error| match error {
            Unnumbered::Unsendable(_) => Failure::Dead(error.to_string()),
            Unnumbered::Database(_) | Unnumbered::Key(_) | Unnumbered::NoKey { .. } => {
                Failure::Retry(chassis::status::chain(&error))
            }
        })
    }

    async fn malformed(&self, message: Malformed) -> Result<(), Failure> {
        let note = format!("{} 上的消息无法读取：{}", message.subject, message.reason);
        match self.0.unsendable(note).await {
            Ok(()) => Err(Failure::Dead(message.to_string())),
            Err(error) => Err(Failure::Retry(error.to_string())),
        }
    }
}

impl Border {
    /// Gives a message the next number, unless it has one: one transaction.
    async fn number(&self, message: &Incoming) -> Result<(), Unnumbered> {
        let Scope::Share(audience) = message.scope else {
            return Err(Unnumbered::Unsendable("不是共享消息".to_owned()));
        };
        let mut tx = self.pool.begin().await?;
        sqlx::query!("select pg_advisory_xact_lock($1) as locked", NUMBERING)
            .fetch_one(&mut *tx)
            .await?;
        if has_number(&mut tx, message).await? {
            return Ok(());
        }
        let body = body(message)?;
        let last = last(&mut tx).await?;
        let place = last.map_or(Place::FIRST, |head| Place::after(head.number, head.hash));
        let envelope = match self.wrap(message, audience, &body, place, last) {
            Err(Unnumbered::NoKey { at }) => {
                fault::keyless(&mut tx, self.region, place.number(), at, self.clock.now()).await?;
                tx.commit().await?;
                return Err(Unnumbered::NoKey { at });
            }
            wrapped => wrapped?,
        };
        // What the others would not believe is not said.
        let verified = evidence::verify(&envelope, &self.members.now().ring).map_err(|fault| {
            Unnumbered::Unsendable(format!("生成的信封有误：{}", evidence::explain(&fault)))
        })?;
        file(&mut tx, &envelope, &verified, message, place).await?;
        fault::signed(&mut tx, self.region, place.number(), self.clock.now()).await?;
        heartbeat::note(
            &mut tx,
            self.region,
            place.number(),
            &body,
            self.clock.now(),
        )
        .await?;
        tx.commit().await?;
        self.numbered.notify_one();
        if message.kind == DecisionInForce::KIND {
            self.decided.notify_one();
        }
        Ok(())
    }

    fn wrap(
        &self,
        message: &Incoming,
        audience: Audience,
        body: &Body,
        place: Place,
        last: Option<Head>,
    ) -> Result<Envelope, Unnumbered> {
        let now = self.members.now();
        // The services' messages interleave, so one may be a little older than the one before:
        // the chain's time stays, and the body tells the message's own.
        let at = last.map_or(message.at, |last| last.at.max(message.at));
        let Some((key, at)) = now.signs(at, self.clock.now()) else {
            // The next one may have been put there since.
            if let Err(error) = self.members.reread() {
                tracing::warn!(error = format!("{error:#}"), "the keys can't be read");
            }
            return Err(Unnumbered::NoKey { at });
        };
        let draft = Outbound {
            origin: self.region,
            audience,
            at,
            body: body.clone(),
        };
        let mut random = StdRng::from_seed(self.ids.bytes());
        draft
            .wrap(place, key, &now.ring, &mut random)
            .map_err(|fault| match fault {
                WrapFault::NotOurKey { .. } => Unnumbered::Key(fault),
                WrapFault::UnknownAudience(region) => {
                    Unnumbered::Unsendable(format!("收件方“{}”不在成员名册中", region.name()))
                }
                WrapFault::TooLong { bytes } => {
                    Unnumbered::Unsendable(format!("正文 {bytes} 字节，超过上限"))
                }
                WrapFault::Unsealable(region) => {
                    Unnumbered::Unsendable(format!("无法用{}的密钥加密", region.name()))
                }
            })
    }

    /// Without the message itself, which may be nobody's business but its audience's.
    async fn unsendable(&self, note: String) -> Result<(), sqlx::Error> {
        let fault = Fault {
            kind: FaultKind::Unsendable,
            region: self.region,
            number: 0,
            note,
            envelope: Vec::new(),
        };
        fault::record(&mut *self.pool.acquire().await?, &fault, self.clock.now()).await
    }
}

fn body(message: &Incoming) -> Result<Body, Unnumbered> {
    let event = proto::events::EVENTS
        .iter()
        .find(|event| event.kind == message.kind)
        .ok_or_else(|| Unnumbered::Unsendable("事件目录中没有这种消息".to_owned()))?;
    Ok(Body {
        id: message.id,
        kind: message.kind.clone(),
        subject: subject(message.scope, message.origin, &message.kind),
        aggregate: message.aggregate.clone(),
        schema: event.schema.to_owned(),
        traceparent: message.traceparent.clone(),
        at: message.at,
        data: message.body.clone(),
    })
}

async fn has_number(db: &mut PgConnection, message: &Incoming) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from sent where message_id = $1) as "known!""#,
        message.id
    )
    .fetch_one(db)
    .await
}

/// The end of this node's chain.
pub(crate) async fn last(db: &mut PgConnection) -> Result<Option<Head>, sqlx::Error> {
    sqlx::query!("select number, hash, at from sent order by number desc limit 1")
        .fetch_optional(db)
        .await?
        .map(|row| {
            Ok(Head {
                number: number(row.number),
                hash: digest(&row.hash)?,
                at: row.at,
            })
        })
        .transpose()
}

async fn file(
    db: &mut PgConnection,
    envelope: &Envelope,
    verified: &Verified<'_>,
    message: &Incoming,
    place: Place,
) -> Result<(), Unnumbered> {
    let previous = place.previous().map(|digest| digest.as_bytes().to_vec());
    sqlx::query!(
        "with numbered as (
             insert into sent (number, previous, hash, at, audience, message_id, kind, aggregate, envelope)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning number)
         insert into unpublished select number from numbered",
        column(place.number()),
        previous,
        verified.hash.as_ref(),
        verified.header.at,
        verified.header.audience.to_string(),
        message.id,
        message.kind,
        message.aggregate,
        envelope.encode_to_vec(),
    )
    .execute(db)
    .await?;
    Ok(())
}
