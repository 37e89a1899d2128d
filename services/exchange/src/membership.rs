//! Members and keys change by joint decision: taken from the hub's word that one is in force, and
//! believed only when every member's own word proves it. No restart. [Art. 21]

use std::sync::Arc;

use chassis::Lifecycle;
use evidence::{
    DecisionFile, KeyRing, MembershipDocument, MembershipFile, Proven, Standing, prove_decision,
    timestamp,
};
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    exchange::v1::{self as wire, FaultKind},
    message::PublicEvent as _,
};
use regulation::Region;
use sqlx::PgPool;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{
    anew,
    border::{self, Border},
    convert::{self, column, number},
    export,
    fault::{self, Fault},
    members::Change,
};

pub(crate) fn start(border: &Arc<Border>, lifecycle: &Lifecycle) {
    border::passes(
        lifecycle,
        "membership",
        border,
        |border| &border.decided,
        pass,
    );
}

/// The changes that were proven before.
pub(crate) async fn proven(pool: &PgPool) -> anyhow::Result<Vec<Change>> {
    let rows = sqlx::query!(
        "select number, decision_id, document_number, document, in_force_at
         from membership order by number"
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Change {
                number: number(row.number),
                decision_id: row.decision_id,
                document_number: row.document_number,
                document: MembershipDocument::read(&row.document)?,
                in_force_at: row.in_force_at,
            })
        })
        .collect()
}

async fn pass(border: Arc<Border>, _stop: CancellationToken) -> anyhow::Result<bool> {
    border.learn().await.map(|()| false)
}

/// A decision that the hub says is in force.
struct Claim {
    number: u64,
    /// What it says, if it is on a member.
    told: Option<DecisionInForce>,
    at: OffsetDateTime,
    envelope: Vec<u8>,
}

impl Border {
    /// Takes in what has taken force since the last time. One at a time, so that each is proven
    /// under the keys that those before it gave.
    pub(crate) async fn learn(&self) -> anyhow::Result<()> {
        let mut looked = self.looked.lock().await;
        let mut settled = true;
        for claim in self.claims(*looked).await? {
            if let Some(told) = &claim.told {
                settled &= self.settle_claim(&claim, told).await?;
            }
            if settled {
                *looked = claim.number;
            }
        }
        Ok(())
    }

    /// Takes a decision in, if it is proven; false if it has to be looked at again.
    async fn settle_claim(&self, claim: &Claim, told: &DecisionInForce) -> anyhow::Result<bool> {
        let file = export::decision_file(self, &told.decision_id).await?;
        let taken = match prove_decision(&file, &self.members.now().ring) {
            Ok(proven) => self.take(claim, told, &proven).await?,
            Err(report) => Err(format!("不能证明：{report}")),
        };
        match taken {
            Ok(region) => {
                self.believed_again(claim, region).await?;
                Ok(true)
            }
            // What is missing may still be on its way, until everybody was heard past it.
            Err(note) if self.all_heard(claim.at).await? => {
                let fault = Fault {
                    kind: FaultKind::Membership,
                    region: Region::HUB,
                    number: claim.number,
                    note: format!("联合决策 {}：{note}", told.decision_id),
                    envelope: claim.envelope.clone(),
                };
                let mut db = self.pool.acquire().await?;
                fault::record(&mut db, &fault, self.clock.now()).await?;
                Ok(true)
            }
            Err(_) => Ok(false),
        }
    }

    /// What the hub has told to be in force after its envelope `looked`, in the order of its chain.
    async fn claims(&self, looked: u64) -> anyhow::Result<Vec<Claim>> {
        let rows = sqlx::query!(
            r#"select number as "number!", envelope as "envelope!" from (
                   select number, envelope from said where kind = $1 and $2 = 'hub'
                   union all
                   select number, envelope from heard where kind = $1 and region = 'hub') told
               where number > $3 and number not in (select number from membership)
               order by number"#,
            DecisionInForce::KIND,
            self.region.as_str(),
            column(looked),
        )
        .fetch_all(&self.pool)
        .await?;
        let now = self.members.now();
        let mut claims = Vec::new();
        for row in rows {
            let envelope = convert::envelope(&row.envelope)?;
            let Ok(verified) = evidence::verify(&envelope, &now.ring) else {
                continue;
            };
            let told = export::event::<DecisionInForce>(&verified);
            claims.push(Claim {
                number: number(row.number),
                told: told.filter(|told| told.kind() == DecisionKind::Admission),
                at: verified.header.at,
                envelope: row.envelope,
            });
        }
        Ok(claims)
    }

    /// Takes a proven decision in: who it is about is a member with these keys from now on.
    async fn take(
        &self,
        claim: &Claim,
        told: &DecisionInForce,
        proven: &Proven,
    ) -> anyhow::Result<Result<Region, String>> {
        let document = match MembershipDocument::read(&proven.document) {
            Ok(document) => document,
            Err(fault) => return Ok(Err(fault.to_string())),
        };
        let region = document.region;
        if region.as_str() != proven.subject_id || proven.number != claim.number {
            return Ok(Err("决策的事项与文件中的地区不一致".to_owned()));
        }
        let ring = match self.members.would(&document, proven.in_force_at) {
            Ok(ring) => ring,
            Err(note) => return Ok(Err(note)),
        };
        let sending = self.sending.lock().await;
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "insert into membership (number, decision_id, region, document_number, document,
                                     in_force_at)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            column(claim.number),
            told.decision_id,
            region.as_str(),
            proven.document_number,
            proven.document,
            proven.in_force_at,
        )
        .execute(&mut *tx)
        .await?;
        if region == self.region
            && let Some(end) = newly_ended(&self.members.now().ring, &ring, region)
        {
            anew::send_again(&mut tx, end).await?;
        }
        tx.commit().await?;
        tracing::info!(%region, decision = told.decision_id, "a member by joint decision");
        self.peers.reached(region, &document.address);
        self.members.change(Change {
            number: claim.number,
            decision_id: told.decision_id.clone(),
            document_number: proven.document_number.clone(),
            document,
            in_force_at: proven.in_force_at,
        })?;
        drop(sending);
        self.numbered.notify_one();
        self.provisioned.notify_one();
        Ok(Ok(region))
    }

    /// What a member said under its new keys before they were known here is looked at again, and a
    /// fault that was only the want of proof is none any more.
    async fn believed_again(&self, claim: &Claim, region: Region) -> anyhow::Result<()> {
        let now = self.clock.now();
        sqlx::query!(
            "update fault set repaired_at = $2
             where kind = 'membership' and number = $1 and repaired_at is null",
            column(claim.number),
            now,
        )
        .execute(&self.pool)
        .await?;
        let rows = sqlx::query!(
            "select id, envelope from fault
             where kind = 'forged' and region = $1 and repaired_at is null order by number",
            region.as_str(),
        )
        .fetch_all(&self.pool)
        .await?;
        for row in rows {
            let believed = convert::envelope(&row.envelope).is_ok_and(|envelope| {
                evidence::verify(&envelope, &self.members.now().ring).is_ok()
            });
            if !believed {
                continue;
            }
            self.file(region, &row.envelope).await?;
            fault::repaired(&mut *self.pool.acquire().await?, row.id, now).await?;
        }
        Ok(())
    }

    /// Whether every full member has been heard past an instant.
    async fn all_heard(&self, until: OffsetDateTime) -> Result<bool, sqlx::Error> {
        let heard: Vec<String> =
            sqlx::query_scalar!("select region from heartbeat where until >= $1", until)
                .fetch_all(&self.pool)
                .await?;
        let now = self.members.now();
        let mut full = now
            .ring
            .members()
            .filter(|one| one.standing == Standing::Full);
        Ok(full.all(|one| heard.iter().any(|region| region == one.region.as_str())))
    }
}

/// When a region's key ends that `after` has another behind, and `before` had not.
fn newly_ended(before: &KeyRing, after: &KeyRing, region: Region) -> Option<OffsetDateTime> {
    let (before, after) = (before.member(region)?, after.member(region)?);
    let former = before.signing.len().checked_sub(1)?;
    (after.signing.len() > before.signing.len())
        .then(|| after.signing.get(former)?.valid_until)
        .flatten()
}

/// What stands against a document as it would be put to a decision now.
pub(crate) fn against(border: &Border, document: &[u8]) -> Vec<String> {
    let checked = MembershipDocument::read(document)
        .map_err(|fault| fault.to_string())
        .and_then(|document| border.members.would(&document, border.clock.now()));
    checked.err().into_iter().collect()
}

/// The decisions by which the keys are checked over time.
pub(crate) async fn file(border: &Border) -> anyhow::Result<MembershipFile> {
    let mut decisions: Vec<DecisionFile> = Vec::new();
    for change in &border.members.now().changes {
        decisions.push(export::decision_file(border, &change.decision_id).await?);
    }
    Ok(MembershipFile { decisions })
}

/// All members with their keys.
pub(crate) fn list(border: &Border) -> Vec<wire::BorderMember> {
    let now = border.members.now();
    let key = |dated: &evidence::DatedKey| wire::MemberKey {
        key: dated.key.to_string(),
        key_id: dated.key.id().to_string(),
        valid_from: Some(timestamp(dated.valid_from)),
        valid_until: dated.valid_until.map(timestamp),
    };
    let member = |member: &evidence::MemberKeys| {
        let mut changes = now.changes.iter().rev();
        let last = changes.find(|change| change.document.region == member.region);
        wire::BorderMember {
            region: member.region.to_string(),
            standing: match member.standing {
                Standing::Full => wire::MemberStanding::Full,
                Standing::Linked => wire::MemberStanding::Linked,
                Standing::Hub => wire::MemberStanding::Hub,
            }
            .into(),
            sealing: member.sealing.to_string(),
            signing: member.signing.iter().map(key).collect(),
            decision_id: last.map(|one| one.decision_id.clone()).unwrap_or_default(),
            document_number: last
                .map(|one| one.document_number.clone())
                .unwrap_or_default(),
            in_force_at: last.map(|one| timestamp(one.in_force_at)),
            nkey: last
                .map(|one| one.document.nkey.clone())
                .unwrap_or_default(),
            address: last
                .map(|one| one.document.address.clone())
                .unwrap_or_default(),
        }
    };
    now.ring.members().map(member).collect()
}
