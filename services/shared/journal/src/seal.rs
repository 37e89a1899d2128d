//! Seals: one digest over each stretch of the whole journal, each over the one before, so that who
//! has heard a seal notices when anything under it changes.

use evidence::Digest;
use sqlx::PgConnection;

use crate::{Journal, JournalError, chain};

/// Key of the sealer's advisory lock ("sealer" in ASCII).
const SEALER: i64 = 0x7365_616c_6572;

/// The last seal: what is told to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many seals there are.
    pub seals: i64,
    /// The last one's digest; none as long as nothing is sealed.
    pub digest: Option<Digest>,
}

/// A stretch of positions within one epoch, and how far in it has been sealed.
struct Stretch {
    epoch: i32,
    from: i64,
    to: i64,
    /// Whether it is the present epoch, in which transactions may still be under way.
    open: bool,
}

/// Where the last seal ended.
struct Last {
    number: i64,
    epoch: i32,
    xid: String,
    position: i64,
    digest: Option<Digest>,
}

impl Journal {
    /// Seals all facts that are not sealed yet and that nothing still under way can precede. Says
    /// how many.
    ///
    /// # Errors
    /// The database; a database restored into another cluster that [`crate::migrate`] has not seen.
    pub async fn seal_new_facts(&self) -> Result<u64, JournalError> {
        let mut sealed = 0;
        loop {
            let mut tx = self.pool.begin().await?;
            sqlx::query!("select pg_advisory_xact_lock($1) as locked", SEALER)
                .fetch_one(&mut *tx)
                .await?;
            let count = self.seal_next(&mut tx).await?;
            tx.commit().await?;
            if count == 0 {
                return Ok(sealed);
            }
            sealed += count;
        }
    }

    /// The last seal.
    ///
    /// # Errors
    /// The database.
    pub async fn head(&self) -> Result<Head, JournalError> {
        let last = last(&mut *self.pool.acquire().await?).await?;
        Ok(Head {
            seals: last.number,
            digest: last.digest,
        })
    }

    async fn seal_next(&self, conn: &mut PgConnection) -> Result<u64, JournalError> {
        let last = last(conn).await?;
        for stretch in stretches(conn, last.epoch).await? {
            // A transaction number orders only within its epoch.
            let (xid, position) = if stretch.epoch == last.epoch {
                (last.xid.as_str(), last.position)
            } else {
                ("0", 0)
            };
            let facts = sqlx::query!(
                r#"select xid::text as "xid!", position, hash from journal_fact
                   where (xid, position) > ($1::text::xid8, $2)
                     and position >= $3 and position < $4
                     and (not $5 or xid < pg_snapshot_xmin(pg_current_snapshot()))
                   order by journal_fact.xid, position limit $6"#,
                xid,
                position,
                stretch.from,
                stretch.to,
                stretch.open,
                self.parts.config.facts_per_seal,
            )
            .fetch_all(&mut *conn)
            .await?;
            let Some(end) = facts.last() else { continue };
            let hashes = facts
                .iter()
                .map(|fact| Digest::try_from(fact.hash.as_slice()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| JournalError::unreadable("seal", "new", error))?;
            let digest = evidence::seal(last.digest, hashes);
            let count = facts.len();
            sqlx::query!(
                "insert into journal_seal
                    (number, epoch, last_xid, last_position, facts, previous, digest)
                 values ($1, $2, $3::text::xid8, $4, $5, $6, $7)",
                last.number + 1,
                stretch.epoch,
                end.xid,
                end.position,
                i64::try_from(count).unwrap_or(i64::MAX),
                last.digest.map(|digest| digest.0.to_vec()),
                digest.as_ref(),
            )
            .execute(&mut *conn)
            .await?;
            return Ok(u64::try_from(count).unwrap_or(u64::MAX));
        }
        Ok(0)
    }
}

async fn last(conn: &mut PgConnection) -> Result<Last, JournalError> {
    let row = sqlx::query!(
        r#"select number, epoch, last_xid::text as "last_xid!", last_position, digest
           from journal_seal order by number desc limit 1"#,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else {
        return Ok(Last {
            number: 0,
            epoch: 0,
            xid: "0".into(),
            position: 0,
            digest: None,
        });
    };
    let digest = chain::digest(Some(row.digest))
        .map_err(|error| JournalError::unreadable("seal", &row.number.to_string(), error))?;
    Ok(Last {
        number: row.number,
        epoch: row.epoch,
        xid: row.last_xid,
        position: row.last_position,
        digest,
    })
}

/// The epochs from `epoch` on, in order.
async fn stretches(conn: &mut PgConnection, epoch: i32) -> Result<Vec<Stretch>, JournalError> {
    let rows = sqlx::query!(
        r#"select number, from_position,
                  lead(from_position) over (order by number) as "next?",
                  cluster = (select system_identifier::text from pg_control_system()) as "here!"
           from journal_epoch order by number"#,
    )
    .fetch_all(conn)
    .await?;
    if !rows.last().is_some_and(|row| row.here) {
        return Err(JournalError::unreadable(
            "epoch",
            "last",
            "this database was restored into another cluster; run its migrations first",
        ));
    }
    Ok(rows
        .into_iter()
        .filter(|row| row.number >= epoch)
        .map(|row| Stretch {
            epoch: row.number,
            from: row.from_position,
            to: row.next.unwrap_or(i64::MAX),
            open: row.next.is_none(),
        })
        .collect())
}
