//! Files that prove themselves: a stretch of a chain, a joint decision, a case.

use evidence::{
    CaseFact, CaseFile, ChainFile, DecisionFile, Digest, Envelope, SealedStretch, Verified,
};
use proto::{
    coordination::v1::{AssentGiven, DecisionChanged, DecisionInForce, DecisionOpened},
    exchange::v1 as wire,
    message::PublicEvent,
    node::v1 as node,
};
use regulation::Region;
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::{Request, Status, metadata::AsciiMetadataValue, transport::Channel};

use chassis::{Desk, status};
use node::admin_service_client::AdminServiceClient;

use crate::{
    border::Border,
    convert::{self, column, number},
    read,
};

/// Envelopes that one file has at most.
const ENVELOPES_MAX: usize = 2_000;
/// Seals of one case at most.
const SEALS_MAX: i64 = 100;
/// A journal's seals with their digests are long.
const ANSWER_BYTES_MAX: usize = 64 << 20;

fn file(name: String, content: &impl Serialize) -> Result<wire::ExportedFile, Status> {
    let content = serde_json::to_vec_pretty(content).map_err(|error| status::internal(&error))?;
    Ok(wire::ExportedFile {
        name,
        content,
        next: 0,
    })
}

/// A stretch of a chain, up to what fits into one answer.
pub(crate) async fn chain(
    border: &Border,
    region: Region,
    from: u64,
    to: u64,
) -> Result<wire::ExportedFile, Status> {
    let from = from.max(1);
    let to = if to == 0 { u64::MAX } else { to };
    let envelopes = read::stretch(border, region, from, to)
        .await
        .map_err(|error| status::unavailable(&error))?;
    if envelopes.is_empty() {
        return Err(status::not_found("信封"));
    }
    let next = from.saturating_add(envelopes.len() as u64);
    let more = read::stretch(border, region, next, next.min(to))
        .await
        .map_err(|error| status::unavailable(&error))?;
    let name = format!("chain-{region}-{from}-{}.json", next - 1);
    let mut file = file(name, &ChainFile { envelopes })?;
    if next <= to && !more.is_empty() {
        file.next = next;
    }
    Ok(file)
}

/// A joint decision: the hub's opening, its steps and its force, and every assent that is on file.
pub(crate) async fn decision(
    border: &Border,
    decision_id: String,
) -> Result<wire::ExportedFile, Status> {
    let found = decision_file(border, &decision_id)
        .await
        .map_err(|error| status::unavailable(&error))?;
    if found.envelopes.is_empty() || found.envelopes.len() > ENVELOPES_MAX {
        return Err(status::not_found("联合决策"));
    }
    file(format!("decision-{decision_id}.json"), &found)
}

/// What changed the members and their keys.
pub(crate) async fn membership(border: &Border) -> Result<wire::ExportedFile, Status> {
    let found = crate::membership::file(border).await.map_err(|error| {
        tracing::warn!(error = format!("{error:#}"), "no membership file");
        Status::unavailable("暂时无法导出，请稍后重试。")
    })?;
    file("membership.json".to_owned(), &found)
}

/// Everything that is on file of a joint decision.
pub(crate) async fn decision_file(
    border: &Border,
    decision_id: &str,
) -> Result<DecisionFile, sqlx::Error> {
    let kinds = [
        DecisionOpened::KIND,
        AssentGiven::KIND,
        DecisionChanged::KIND,
        DecisionInForce::KIND,
    ]
    .map(str::to_owned);
    let rows = sqlx::query_scalar!(
        r#"select envelope as "envelope!" from (
               select 0 as own, '' as region, number, envelope from said
               where kind = any($1) and audience = 'all'
               union all
               select 1, region, number, envelope from heard where kind = any($1)) filed
           order by own, region, number"#,
        kinds.as_slice(),
    )
    .fetch_all(&border.pool)
    .await?;
    let now = border.members.now();
    let mut envelopes = Vec::new();
    for row in rows {
        let envelope = convert::envelope(&row)?;
        let about = evidence::verify(&envelope, &now.ring)
            .is_ok_and(|verified| tells_of(&verified).as_deref() == Some(decision_id));
        if about {
            envelopes.push(envelope);
        }
    }
    Ok(DecisionFile {
        decision_id: decision_id.to_owned(),
        envelopes,
    })
}

/// The joint decision that an envelope is about.
fn tells_of(verified: &Verified<'_>) -> Option<String> {
    let assented = event::<AssentGiven>(verified)
        .filter(|assent| assent.document_kind == "decision")
        .map(|assent| assent.subject_id);
    assented
        .or_else(|| Some(event::<DecisionOpened>(verified)?.decision_id))
        .or_else(|| Some(event::<DecisionChanged>(verified)?.decision_id))
        .or_else(|| Some(event::<DecisionInForce>(verified)?.decision_id))
}

/// What an envelope for all says, if it is of this kind.
pub(crate) fn event<E: PublicEvent>(envelope: &Verified<'_>) -> Option<E> {
    let body = envelope.open(None).ok().flatten()?;
    (body.kind == E::KIND)
        .then(|| E::decode(body.data.as_slice()).ok())
        .flatten()
}

/// Which case, and in whose name it is asked for.
pub(crate) struct Case {
    pub(crate) service: String,
    pub(crate) kind: String,
    pub(crate) aggregate: String,
    /// The auditor's own token: nobody else may read a whole history.
    pub(crate) token: AsciiMetadataValue,
}

impl Case {
    fn asks<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request
            .metadata_mut()
            .insert("authorization", self.token.clone());
        request
    }
}

/// Everything that happened to one aggregate of this node, with what proves it.
pub(crate) async fn case(
    border: &Border,
    desk: &Desk,
    case: Case,
) -> Result<wire::ExportedFile, Status> {
    let mut client = AdminServiceClient::new(desk.bare_peer(&case.service)?)
        .max_decoding_message_size(ANSWER_BYTES_MAX);
    let request = node::ListFactsRequest {
        kind: case.kind.clone(),
        aggregate_id: case.aggregate.clone(),
    };
    let listed = client.list_facts(case.asks(request)).await?.into_inner();
    if listed.facts.is_empty() {
        return Err(status::not_found("事项"));
    }
    let facts = listed
        .facts
        .iter()
        .map(fact)
        .collect::<Result<Vec<_>, _>>()?;
    let heartbeat = vouching(border, &case.service, listed.last_seal)
        .await
        .map_err(|error| status::unavailable(&error))?;
    let mut envelopes = told(border, &case.aggregate)
        .await
        .map_err(|error| status::unavailable(&error))?;
    let mut sealed = None;
    if listed.last_seal > 0 {
        let to = heartbeat
            .as_ref()
            .map_or(listed.last_seal, |(seals, _)| *seals);
        let stretch = (listed.first_seal, to);
        sealed = sealed_stretch(&mut client, &case, stretch).await?;
    }
    envelopes.extend(heartbeat.map(|(_, envelope)| envelope));
    let name = format!("case-{}-{}.json", case.kind, case.aggregate);
    let case = CaseFile {
        region: border.region,
        exported_at: border.clock.now(),
        kind: case.kind,
        aggregate: case.aggregate,
        facts,
        sealed,
        envelopes,
    };
    file(name, &case)
}

fn fact(fact: &node::JournalFact) -> Result<CaseFact, Status> {
    Ok(CaseFact {
        version: number(fact.version),
        name: fact.name.clone(),
        payload: fact.payload.clone(),
        at: OffsetDateTime::parse(&fact.at, &Rfc3339).map_err(|error| status::internal(&error))?,
        actor: serde_json::from_str(&fact.actor).map_err(|error| status::internal(&error))?,
        policy: Some(fact.policy_version.clone()).filter(|version| !version.is_empty()),
        hash: digest(&fact.hash)?,
    })
}

fn digest(hex: &str) -> Result<Digest, Status> {
    hex.parse()
        .map_err(|error: evidence::NotADigest| status::internal(&error))
}

/// The first of our heartbeats that told of a seal over all of it, and of which seal it told.
async fn vouching(
    border: &Border,
    service: &str,
    last_seal: i64,
) -> Result<Option<(i64, Envelope)>, sqlx::Error> {
    if last_seal == 0 {
        return Ok(None);
    }
    let told = sqlx::query!(
        r#"select h.seals, s.envelope as "envelope!" from journal_head h join said s using (number)
           where h.region = $1 and h.service = $2 and h.seals between $3 and $4
           order by h.seals limit 1"#,
        border.region.as_str(),
        service,
        last_seal,
        last_seal + SEALS_MAX,
    )
    .fetch_optional(&border.pool)
    .await?;
    told.map(|row| Ok((row.seals, convert::envelope(&row.envelope)?)))
        .transpose()
}

/// What we said of it across the border, if that was for everybody.
async fn told(border: &Border, aggregate: &str) -> Result<Vec<Envelope>, sqlx::Error> {
    let limit = column(ENVELOPES_MAX as u64);
    let rows = sqlx::query_scalar!(
        r#"select envelope as "envelope!" from said where aggregate = $1 and audience = 'all'
           order by number limit $2"#,
        aggregate,
        limit,
    )
    .fetch_all(&border.pool)
    .await?;
    rows.iter().map(|row| convert::envelope(row)).collect()
}

async fn sealed_stretch(
    client: &mut AdminServiceClient<Channel>,
    case: &Case,
    (from, to): (i64, i64),
) -> Result<Option<SealedStretch>, Status> {
    // An old case whose facts lie far apart: its seals are left out, and the report says so.
    if to - from >= SEALS_MAX {
        return Ok(None);
    }
    let request = case.asks(node::ListSealsRequest { from, to });
    let seals = client.list_seals(request).await?.into_inner().seals;
    let previous = seals
        .first()
        .map(|seal| seal.previous.as_str())
        .filter(|hex| !hex.is_empty());
    let batch = |seal: &node::JournalSeal| seal.facts.iter().map(|hex| digest(hex)).collect();
    Ok(Some(SealedStretch {
        service: case.service.clone(),
        first: number(from),
        previous: previous.map(digest).transpose()?,
        batches: seals.iter().map(batch).collect::<Result<_, _>>()?,
    }))
}
