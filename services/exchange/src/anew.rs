//! Signing anew: what was said past the end of a key, before its end was known here, is believed
//! again under the key that followed.
//!
//! A signature is no part of what it signs: number, hash and time of an envelope stay, and so does
//! the chain. Who has the envelope already has it once.

use evidence::{Digest, Envelope, EnvelopeFault, KeyRing, Verified};
use prost::Message as _;
use regulation::Region;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    border::Border,
    convert::{self, column},
    fault,
};

/// When the key had ended, if that is all that speaks against an envelope.
fn ended(envelope: &Envelope, ring: &KeyRing) -> Option<OffsetDateTime> {
    match evidence::verify(envelope, ring) {
        Err(EnvelopeFault::KeyNotValidThen { at, .. }) => Some(at),
        _ => None,
    }
}

/// An envelope as it can be sent.
pub(crate) struct Spoken {
    /// The hub's stream takes a repeat of this for the same. Signed anew it is not the same: what
    /// was stored with the old signature was refused.
    pub(crate) id: Uuid,
    pub(crate) envelope: Vec<u8>,
}

impl Border {
    /// This node's envelope under a signature that the others believe, as far as the keys are known.
    ///
    /// # Errors
    /// When its key has ended and the one that followed is not here: the operators are told.
    pub(crate) async fn spoken(
        &self,
        number: i64,
        message: Uuid,
        bytes: Vec<u8>,
        anew: Option<Vec<u8>>,
    ) -> anyhow::Result<Spoken> {
        let now = self.members.now();
        let first = anew.is_none();
        let bytes = anew.unwrap_or(bytes);
        let envelope = convert::envelope(&bytes)?;
        let Some(at) = ended(&envelope, &now.ring) else {
            let id = if first {
                message
            } else {
                again(message, &envelope.key_id)
            };
            return Ok(Spoken {
                id,
                envelope: bytes,
            });
        };
        let Some((key, _)) = now.signs(at, at) else {
            self.members.reread()?;
            let mut db = self.pool.acquire().await?;
            fault::keyless(
                &mut db,
                self.region,
                convert::number(number),
                at,
                self.clock.now(),
            )
            .await?;
            anyhow::bail!("envelope {number} was signed with a key that had ended");
        };
        let envelope = evidence::sign_anew(&envelope, key);
        let bytes = envelope.encode_to_vec();
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "insert into sent_anew (number, envelope) values ($1, $2)
             on conflict (number) do update set envelope = excluded.envelope",
            number,
            bytes,
        )
        .execute(&mut *tx)
        .await?;
        fault::signed(
            &mut tx,
            self.region,
            convert::number(number),
            self.clock.now(),
        )
        .await?;
        tx.commit().await?;
        Ok(Spoken {
            id: again(message, &envelope.key_id),
            envelope: bytes,
        })
    }

    /// Keeps the signature by which an envelope that is on file is believed, where the one on file
    /// no longer is; what could not be delivered for that is delivered.
    pub(crate) async fn believe_anew(
        &self,
        db: &mut PgConnection,
        verified: &Verified<'_>,
        envelope: &Envelope,
    ) -> Result<(), sqlx::Error> {
        let (origin, number) = (verified.header.origin, column(verified.header.number));
        let filed = sqlx::query_scalar!(
            r#"select envelope as "envelope!" from heard where region = $1 and number = $2"#,
            origin.as_str(),
            number,
        )
        .fetch_one(&mut *db)
        .await?;
        if ended(&convert::envelope(&filed)?, &self.members.now().ring).is_none() {
            return Ok(());
        }
        sqlx::query!(
            "insert into received_anew (region, number, envelope) values ($1, $2, $3)
             on conflict (region, number) do update set envelope = excluded.envelope",
            origin.as_str(),
            number,
            envelope.encode_to_vec(),
        )
        .execute(&mut *db)
        .await?;
        self.address(db, verified).await?;
        self.outlived(db, origin, verified).await
    }

    /// A fault that was only an ended key is none any more once the same was believed.
    pub(crate) async fn outlived(
        &self,
        db: &mut PgConnection,
        origin: Region,
        verified: &Verified<'_>,
    ) -> Result<(), sqlx::Error> {
        let rows = sqlx::query!(
            "select id, envelope from fault
             where kind in ('forged', 'unreadable') and region = $1 and number = $2
               and repaired_at is null",
            origin.as_str(),
            column(verified.header.number),
        )
        .fetch_all(&mut *db)
        .await?;
        let now = self.members.now();
        for row in rows {
            let same = convert::envelope(&row.envelope).is_ok_and(|envelope| {
                evidence::hash(&envelope) == verified.hash && ended(&envelope, &now.ring).is_some()
            });
            if same {
                fault::repaired(db, row.id, self.clock.now()).await?;
            }
        }
        Ok(())
    }
}

/// A message's id under a later signature.
fn again(message: Uuid, key: &str) -> Uuid {
    convert::id(Digest::of(
        "jiebang.anew.v1",
        &[message.as_bytes(), key.as_bytes()],
    ))
}

/// What this node said past the end of its former key is to be sent again.
pub(crate) async fn send_again(
    db: &mut PgConnection,
    former_until: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into unpublished select number from sent where at >= $1 on conflict do nothing",
        former_until,
    )
    .execute(db)
    .await?;
    Ok(())
}
