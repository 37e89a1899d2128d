//! Recomputes what is on file of a region's chain.

use evidence::{ChainCheck, Verdict};
use proto::exchange::v1 as wire;
use regulation::Region;

use crate::{border::Border, convert, read};

/// Envelopes of a chain are on file as they were, each its origin's word and in its place.
pub(crate) async fn chain(
    border: &Border,
    region: Region,
) -> Result<wire::VerifyChainResponse, sqlx::Error> {
    let mut check = ChainCheck::new(region, None);
    let mut envelopes = 0;
    let mut faults = Vec::new();
    'chain: loop {
        let stretch = read::stretch(border, region, check.next().number(), u64::MAX).await?;
        if stretch.is_empty() {
            break;
        }
        for envelope in &stretch {
            let place = check.next().number();
            let fault = match evidence::verify(envelope, &border.members.now().ring) {
                Err(fault) => evidence::explain(&fault),
                Ok(verified) => match check.judge(&verified, None) {
                    Verdict::Next(head) => {
                        check.advance(head);
                        envelopes += 1;
                        continue;
                    }
                    verdict => evidence::explain_verdict(&verdict),
                },
            };
            faults.push(format!("第 {place} 号：{fault}"));
            break 'chain;
        }
    }
    if faults.is_empty() {
        faults.extend(wrong_hash(border, region).await?);
    }
    Ok(wire::VerifyChainResponse {
        envelopes,
        head: check
            .head()
            .map(|head| head.hash.to_string())
            .unwrap_or_default(),
        faults,
    })
}

/// The first row whose hash is not its envelope's: what is answered to others from the rows.
async fn wrong_hash(border: &Border, region: Region) -> Result<Option<String>, sqlx::Error> {
    let mut after = 0;
    loop {
        let rows = sqlx::query!(
            r#"select number as "number!", hash as "hash!", envelope as "envelope!" from (
                   select number, hash, envelope from sent where $1 = $2
                   union all
                   select number, hash, envelope from received where region = $2) filed
               where number > $3 order by number limit 200"#,
            border.region.as_str(),
            region.as_str(),
            after,
        )
        .fetch_all(&border.pool)
        .await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        after = last.number;
        for row in &rows {
            let envelope = convert::envelope(&row.envelope)?;
            if evidence::hash(&envelope).as_ref() != row.hash {
                return Ok(Some(format!("第 {} 号：登记的摘要与信封不符", row.number)));
            }
        }
    }
}
