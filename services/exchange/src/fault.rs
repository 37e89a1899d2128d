//! What is wrong at the border: kept with its evidence, counted, and shown to the operators.

use evidence::{Digest, EnvelopeFault};
use proto::exchange::v1::FaultKind;
use regulation::Region;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::convert::column;

/// Offending envelopes of one region that are kept at most; more are only counted.
const KEPT_MAX: i64 = 1_000;

/// Something wrong.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// Under whose name it came.
    pub(crate) region: Region,
    /// 0 where there is none.
    pub(crate) number: u64,
    /// For people, in Chinese.
    pub(crate) note: String,
    /// The offending bytes.
    pub(crate) envelope: Vec<u8>,
}

/// The kind's name as a row has it.
pub(crate) fn name(kind: FaultKind) -> String {
    let full = kind.as_str_name();
    full.strip_prefix("FAULT_KIND_")
        .unwrap_or(full)
        .to_lowercase()
}

/// The kind that a row names.
pub(crate) fn kind(name: &str) -> FaultKind {
    FaultKind::from_str_name(&format!("FAULT_KIND_{}", name.to_uppercase())).unwrap_or_default()
}

/// What sort of fault it is that an envelope does not verify.
pub(crate) fn of(fault: &EnvelopeFault) -> FaultKind {
    match fault {
        EnvelopeFault::Malformed(_)
        | EnvelopeFault::WrongNumber
        | EnvelopeFault::WrongPrevious { .. }
        | EnvelopeFault::TooLong { .. } => FaultKind::Malformed,
        EnvelopeFault::UnknownMember(_)
        | EnvelopeFault::UnknownKey { .. }
        | EnvelopeFault::KeyNotValidThen { .. }
        | EnvelopeFault::BadSignature { .. } => FaultKind::Forged,
        EnvelopeFault::DigestMismatch => FaultKind::Altered,
    }
}

/// Keeps a fault. The same again is only counted.
pub(crate) async fn record(
    db: &mut PgConnection,
    fault: &Fault,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let Fault {
        kind,
        region,
        number,
        note,
        envelope,
    } = fault;
    let kind = name(*kind);
    tracing::error!(kind, %region, number, note, "border fault");
    metrics::counter!("jiebang_exchange_faults_total", "kind" => kind.clone(), "region" => region.to_string())
        .increment(1);
    // What is known by its bytes alone may have been found in several ways.
    let known_by: &[u8] = if envelope.is_empty() {
        note.as_bytes()
    } else {
        envelope
    };
    let digest = Digest::of("jiebang.exchange.fault.v1", &[known_by]);
    sqlx::query!(
        "insert into fault (kind, region, number, digest, note, envelope, found_at)
         select $1, $2, $3, $4, $5, $6, $7
         where (select count(*) from fault where region = $2 and repaired_at is null) < $8
         on conflict (kind, region, number, digest)
         do update set times = fault.times + 1, repaired_at = null",
        kind,
        region.as_str(),
        column(*number),
        digest.as_ref(),
        note,
        envelope,
        now,
        KEPT_MAX,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that the missing stretches up to `number` have come.
pub(crate) async fn filled(
    db: &mut PgConnection,
    region: Region,
    number: u64,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update fault set repaired_at = $3
         where kind = 'gap' and region = $1 and number <= $2 and repaired_at is null",
        region.as_str(),
        column(number),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Tells the operators that nothing can be sent from `number` on, once: no key of this node signs at
/// `at`.
pub(crate) async fn keyless(
    db: &mut PgConnection,
    own: Region,
    number: u64,
    at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let told = sqlx::query_scalar!(
        r#"select exists (select from fault where kind = 'unsendable' and region = $1
                          and number = $2 and repaired_at is null) as "told!""#,
        own.as_str(),
        column(number),
    )
    .fetch_one(&mut *db)
    .await?;
    if told {
        return Ok(());
    }
    let note = format!(
        "第 {number} 号起的信封暂不能发出：{at} 没有本节点可用的签名密钥。密钥变更已生效的，请把新的\
         签名密钥放到 next_signing_key_file 所指的位置，随即自动重新签名发出；尚未成为成员的，待接入决策生效"
    );
    let fault = Fault {
        kind: FaultKind::Unsendable,
        region: own,
        number,
        note,
        envelope: Vec::new(),
    };
    record(db, &fault, now).await
}

/// Notes that there is a key for `number` now.
pub(crate) async fn signed(
    db: &mut PgConnection,
    own: Region,
    number: u64,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update fault set repaired_at = $3
         where kind = 'unsendable' and region = $1 and number = $2 and repaired_at is null",
        own.as_str(),
        column(number),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that one is none any more.
pub(crate) async fn repaired(
    db: &mut PgConnection,
    id: i64,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!("update fault set repaired_at = $2 where id = $1", id, now)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_that_is_read_back() {
        for value in 1..=11 {
            let known = FaultKind::try_from(value).unwrap();
            assert_eq!(kind(&name(known)), known);
        }
        assert!(
            FaultKind::try_from(12).is_err(),
            "a new kind: name it in the table's check too"
        );
    }
}
