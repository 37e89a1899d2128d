//! Inbound: an envelope is believed, filed, held back or kept as a fault.

use std::sync::atomic::Ordering;

use evidence::{ChainCheck, Envelope, Head, Verdict, Verified};
use prost::Message as _;
use proto::{
    coordination::v1::DecisionInForce,
    exchange::v1::{EnvelopeHeader, FaultKind},
    message::{Audience, PublicEvent as _},
};
use regulation::Region;
use sqlx::PgConnection;

use crate::{
    border::Border,
    convert::{self, column, digest},
    fault::{self, Fault},
    heartbeat,
};

/// Early envelopes of one region that are held back at most; the rest is fetched when its turn comes.
const EARLY_MAX: i64 = 10_000;
/// First half of the advisory locks under which one region's envelopes are filed ("file" in ASCII).
const FILING: i32 = 0x6669_6c65;

/// What became of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filed {
    /// It is on file, and what it had held back too.
    Now,
    /// It had been on file.
    Before,
    /// Something before it is missing.
    Early,
    /// It is a fault.
    Refused,
}

impl Border {
    /// Files an envelope that came under the name of `under`.
    pub(crate) async fn file(&self, under: Region, bytes: &[u8]) -> Result<Filed, sqlx::Error> {
        let filed = match self.believe(under, bytes) {
            Ok(envelope) => self.place(under, envelope).await?,
            Err(fault) => {
                let mut db = self.pool.acquire().await?;
                fault::record(&mut db, &fault, self.clock.now()).await?;
                Filed::Refused
            }
        };
        let outcome = format!("{filed:?}").to_lowercase();
        metrics::counter!("jiebang_exchange_received_total",
            "region" => under.to_string(), "outcome" => outcome)
        .increment(1);
        Ok(filed)
    }

    /// Whether it is what it claims to be, and comes under its own origin's name.
    fn believe(&self, under: Region, bytes: &[u8]) -> Result<Envelope, Fault> {
        let fault = |kind, number, note: String| Fault {
            kind,
            region: under,
            number,
            note,
            envelope: bytes.to_vec(),
        };
        let envelope = Envelope::decode(bytes)
            .map_err(|_| fault(FaultKind::Malformed, 0, "无法读取的信封".to_owned()))?;
        match evidence::verify(&envelope, &self.members.now().ring) {
            Err(wrong) => {
                let claimed = EnvelopeHeader::decode(envelope.header.as_slice());
                let number = claimed.map(|header| header.number).unwrap_or_default();
                Err(fault(fault::of(&wrong), number, evidence::explain(&wrong)))
            }
            Ok(verified) if verified.header.origin != under => {
                let note = format!(
                    "{}的信封，却以{}的名义发来",
                    verified.header.origin.name(),
                    under.name()
                );
                Err(fault(FaultKind::Replayed, verified.header.number, note))
            }
            Ok(_) => Ok(envelope),
        }
    }

    /// Puts it into its origin's chain, with those that waited for it: one transaction.
    async fn place(&self, origin: Region, envelope: Envelope) -> Result<Filed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "select pg_advisory_xact_lock($1, hashtext($2)) as locked",
            FILING,
            origin.as_str()
        )
        .fetch_one(&mut *tx)
        .await?;
        let before = head(&mut tx, origin).await?;
        let mut check = ChainCheck::new(origin, before);
        let filed = self.judge(&mut tx, &mut check, &envelope).await?;
        if filed == Filed::Now {
            while let Some(next) = waiting(&mut tx, origin, check.next().number()).await? {
                if self.judge(&mut tx, &mut check, &next).await? != Filed::Now {
                    break;
                }
            }
            self.settle(&mut tx, origin, &check).await?;
        }
        tx.commit().await?;
        match filed {
            Filed::Now | Filed::Before => self.filed.notify_one(),
            Filed::Early => self.missing.notify_one(),
            Filed::Refused => {}
        }
        Ok(filed)
    }

    async fn judge(
        &self,
        db: &mut PgConnection,
        check: &mut ChainCheck,
        envelope: &Envelope,
    ) -> Result<Filed, sqlx::Error> {
        // Verified before; a key that was taken off the list since then is no longer believed.
        let Ok(verified) = evidence::verify(envelope, &self.members.now().ring) else {
            return Ok(Filed::Refused);
        };
        let known = on_file(db, &verified).await?;
        let verdict = check.judge(&verified, known);
        match &verdict {
            Verdict::Next(head) => {
                self.append(db, &verified, envelope).await?;
                check.advance(*head);
                Ok(Filed::Now)
            }
            Verdict::AlreadySeen => {
                self.believe_anew(db, &verified, envelope).await?;
                Ok(Filed::Before)
            }
            Verdict::Gap { from, .. } => {
                hold_back(db, &verified, envelope).await?;
                let note = format!("第 {from} 号起有信封缺失，后到的暂存，正向来源地索取");
                self.fault(db, FaultKind::Gap, *from, note, &verified, &[])
                    .await?;
                Ok(Filed::Early)
            }
            Verdict::Fork { .. } | Verdict::Backdated { .. } | Verdict::Foreign => {
                let kind = match verdict {
                    Verdict::Backdated { .. } => FaultKind::Backdated,
                    _ => FaultKind::Fork,
                };
                let (number, bytes) = (verified.header.number, envelope.encode_to_vec());
                let note = evidence::explain_verdict(&verdict);
                self.fault(db, kind, number, note, &verified, &bytes)
                    .await?;
                Ok(Filed::Refused)
            }
        }
    }

    async fn append(
        &self,
        db: &mut PgConnection,
        verified: &Verified<'_>,
        envelope: &Envelope,
    ) -> Result<(), sqlx::Error> {
        let header = &verified.header;
        let clear = verified.open(None).unwrap_or_default();
        sqlx::query!(
            "insert into received (region, number, previous, hash, at, audience, kind, aggregate,
                                   envelope, vouched)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                     (select until from heartbeat where region = $1))",
            header.origin.as_str(),
            column(header.number),
            header.previous.map(|digest| digest.as_bytes().to_vec()),
            verified.hash.as_ref(),
            header.at,
            header.audience.to_string(),
            clear.as_ref().map(|body| body.kind.as_str()),
            clear.as_ref().map(|body| body.aggregate.as_str()),
            envelope.encode_to_vec(),
        )
        .execute(&mut *db)
        .await?;
        self.address(db, verified).await?;
        self.outlived(db, header.origin, verified).await?;
        if let Some(body) = clear {
            if body.kind == DecisionInForce::KIND {
                self.news.store(true, Ordering::Release);
            }
            heartbeat::note(db, header.origin, header.number, &body, self.clock.now()).await?;
        }
        Ok(())
    }

    /// What is addressed to this node waits for its services.
    pub(crate) async fn address(
        &self,
        db: &mut PgConnection,
        verified: &Verified<'_>,
    ) -> Result<(), sqlx::Error> {
        let header = &verified.header;
        if header.audience != Audience::All && header.audience != Audience::One(self.region) {
            return Ok(());
        }
        sqlx::query!(
            "insert into undelivered (region, number) values ($1, $2) on conflict do nothing",
            header.origin.as_str(),
            column(header.number),
        )
        .execute(db)
        .await?;
        Ok(())
    }

    async fn fault(
        &self,
        db: &mut PgConnection,
        kind: FaultKind,
        number: u64,
        note: String,
        verified: &Verified<'_>,
        envelope: &[u8],
    ) -> Result<(), sqlx::Error> {
        let region = verified.header.origin;
        let fault = Fault {
            kind,
            region,
            number,
            note,
            envelope: envelope.to_vec(),
        };
        fault::record(db, &fault, self.clock.now()).await
    }

    /// Once something was filed: what is behind the head needs no holding back, and no longer lacks.
    async fn settle(
        &self,
        db: &mut PgConnection,
        origin: Region,
        check: &ChainCheck,
    ) -> Result<(), sqlx::Error> {
        let next = check.next().number();
        sqlx::query!(
            "delete from early where region = $1 and number < $2",
            origin.as_str(),
            column(next),
        )
        .execute(&mut *db)
        .await?;
        fault::filled(db, origin, next - 1, self.clock.now()).await
    }
}

/// The end of a region's chain as far as it is on file.
pub(crate) async fn head(
    db: &mut PgConnection,
    origin: Region,
) -> Result<Option<Head>, sqlx::Error> {
    sqlx::query!(
        "select number, hash, at from received where region = $1 order by number desc limit 1",
        origin.as_str()
    )
    .fetch_optional(db)
    .await?
    .map(|row| {
        Ok(Head {
            number: convert::number(row.number),
            hash: digest(&row.hash)?,
            at: row.at,
        })
    })
    .transpose()
}

async fn on_file(
    db: &mut PgConnection,
    verified: &Verified<'_>,
) -> Result<Option<evidence::Digest>, sqlx::Error> {
    sqlx::query_scalar!(
        "select hash from received where region = $1 and number = $2",
        verified.header.origin.as_str(),
        column(verified.header.number),
    )
    .fetch_optional(db)
    .await?
    .map(|hash| digest(&hash))
    .transpose()
}

async fn hold_back(
    db: &mut PgConnection,
    verified: &Verified<'_>,
    envelope: &Envelope,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into early (region, number, hash, envelope)
         select $1, $2, $3, $4 where (select count(*) from early where region = $1) < $5
         on conflict do nothing",
        verified.header.origin.as_str(),
        column(verified.header.number),
        verified.hash.as_ref(),
        envelope.encode_to_vec(),
        EARLY_MAX,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes out an envelope that was held back and whose turn has come.
async fn waiting(
    db: &mut PgConnection,
    origin: Region,
    number: u64,
) -> Result<Option<Envelope>, sqlx::Error> {
    sqlx::query_scalar!(
        "delete from early where (region, number, hash) =
             (select region, number, hash from early where region = $1 and number = $2
              order by hash limit 1)
         returning envelope",
        origin.as_str(),
        column(number),
    )
    .fetch_optional(db)
    .await?
    .map(|bytes| convert::envelope(&bytes))
    .transpose()
}
