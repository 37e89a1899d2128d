//! What is kept to be read: decisions, assents, the checklist, who has been heard.

pub(crate) mod absorb;
mod checklist;
pub(crate) mod delivery;
pub(crate) mod figures;
pub(crate) mod overview;
pub(crate) mod project;
mod told;

use chassis::{Desk, status};
use proto::coordination::v1::{ChecklistKind, DecisionKind, DecisionState};
use regulation::{Region, UnitId};
use time::OffsetDateTime;
use tonic::Status;
use uuid::Uuid;

/// A decision as the hub told it.
#[derive(Debug, Clone)]
pub(crate) struct DecisionRow {
    pub(crate) seq: i64,
    pub(crate) id: Uuid,
    pub(crate) kind: i32,
    pub(crate) title: String,
    pub(crate) digest: String,
    pub(crate) subject_id: String,
    pub(crate) state: i32,
    pub(crate) members: Vec<String>,
    pub(crate) assented: Vec<String>,
    pub(crate) document_number: String,
    pub(crate) publicity_until: String,
    pub(crate) publicity_provisional: bool,
    pub(crate) reason: String,
    pub(crate) former: Option<Uuid>,
    pub(crate) policy_version: String,
    pub(crate) opened_at: Option<OffsetDateTime>,
    pub(crate) changed_at: OffsetDateTime,
    pub(crate) in_force_at: Option<OffsetDateTime>,
    pub(crate) version: i64,
}

/// Which decisions are asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// `Unspecified` for all.
    pub(crate) kind: DecisionKind,
    /// `Unspecified` for all.
    pub(crate) state: DecisionState,
    /// Empty for all.
    pub(crate) subject_id: String,
    /// Only what is or was shown to the public.
    pub(crate) public_only: bool,
}

/// The token of a page in the order of `seq`: the newest first.
pub(crate) fn before(token: &str) -> Result<i64, Status> {
    if token.is_empty() {
        Ok(i64::MAX)
    } else {
        status::parse("page.page_token", token)
    }
}

/// The token of a page in the order of `seq`: the oldest first.
fn after(token: &str) -> Result<i64, Status> {
    if token.is_empty() {
        Ok(0)
    } else {
        status::parse("page.page_token", token)
    }
}

/// Up to `limit` decisions from the newest on.
pub(crate) async fn decisions(
    desk: &Desk,
    wanted: &Wanted,
    token: &str,
    limit: i64,
) -> Result<Vec<DecisionRow>, Status> {
    sqlx::query_as!(
        DecisionRow,
        r#"select seq, id, kind, title, digest, subject_id, state, members, assented,
                  document_number, publicity_until, publicity_provisional, reason,
                  coalesce(former, (select f.id from decision f
                                    where f.kind = d.kind and f.subject_id = d.subject_id
                                      and f.seq < d.seq
                                    order by f.seq desc limit 1)) as "former?",
                  policy_version, opened_at, changed_at, in_force_at,
                  (select count(*) from decision v
                   where v.kind = d.kind and v.subject_id = d.subject_id
                     and v.seq <= d.seq) as "version!"
           from decision d
           where seq < $1 and ($2 = 0 or kind = $2) and ($3 = 0 or state = $3)
             and ($4 = '' or subject_id = $4) and (not $5 or publicity_until <> '' or state = 5)
           order by seq desc limit $6"#,
        before(token)?,
        i32::from(wanted.kind),
        i32::from(wanted.state),
        wanted.subject_id,
        wanted.public_only,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// A decision with its document, if this node has heard of it.
pub(crate) async fn decision(
    desk: &Desk,
    id: Uuid,
) -> Result<Option<(DecisionRow, Vec<u8>)>, Status> {
    let found = sqlx::query!("select seq, document from decision where id = $1", id)
        .fetch_optional(desk.pool())
        .await
        .map_err(|error| status::unavailable(&error))?;
    let Some(found) = found else { return Ok(None) };
    let any = Wanted {
        kind: DecisionKind::Unspecified,
        state: DecisionState::Unspecified,
        subject_id: String::new(),
        public_only: false,
    };
    let token = found.seq.saturating_add(1).to_string();
    let row = decisions(desk, &any, &token, 1).await?.pop();
    Ok(row.map(|row| (row, found.document.unwrap_or_default())))
}

/// An interpretation note in force.
#[derive(Debug, Clone)]
pub(crate) struct NoteRow {
    pub(crate) seq: i64,
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) subject_id: String,
    pub(crate) document: Option<Vec<u8>>,
    pub(crate) document_number: String,
    pub(crate) in_force_at: Option<OffsetDateTime>,
    pub(crate) superseded: bool,
}

/// Up to `limit` notes in force from the newest on; of one subject, or all.
pub(crate) async fn interpretations(
    desk: &Desk,
    subject: &str,
    token: &str,
    limit: i64,
) -> Result<Vec<NoteRow>, Status> {
    sqlx::query_as!(
        NoteRow,
        r#"select seq, id, title, subject_id, document, document_number, in_force_at,
                  exists (select from decision n
                          where n.kind = d.kind and n.state = d.state
                            and n.subject_id = d.subject_id and n.seq > d.seq) as "superseded!"
           from decision d
           where kind = $1 and state = $2 and seq < $3 and ($4 = '' or subject_id = $4)
           order by seq desc limit $5"#,
        i32::from(DecisionKind::Interpretation),
        i32::from(DecisionState::InForce),
        before(token)?,
        subject,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// An assent of this node, without its document.
#[derive(Debug, Clone)]
pub(crate) struct AssentRow {
    pub(crate) seq: i64,
    pub(crate) id: Uuid,
    pub(crate) state: i32,
    pub(crate) document_kind: String,
    pub(crate) subject_id: String,
    pub(crate) title: String,
    pub(crate) digest: String,
    pub(crate) unit_id: Option<Uuid>,
    pub(crate) asked_by: String,
    pub(crate) asked_at: OffsetDateTime,
}

/// Up to `limit` assents from the newest on: of one unit, or of all parties here.
pub(crate) async fn assents(
    desk: &Desk,
    unit: Option<UnitId>,
    state: i32,
    token: &str,
    limit: i64,
) -> Result<Vec<AssentRow>, Status> {
    sqlx::query_as!(
        AssentRow,
        "select seq, id, state, document_kind, subject_id, title, digest, unit_id, asked_by,
                asked_at
         from assent
         where seq < $1 and ($2::uuid is null or unit_id = $2) and ($3 = 0 or state = $3)
         order by seq desc limit $4",
        before(token)?,
        unit.map(Uuid::from),
        state,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// A line of the checklist.
#[derive(Debug, Clone)]
pub(crate) struct ChecklistRow {
    pub(crate) seq: i64,
    pub(crate) kind: i32,
    pub(crate) region: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) project_id: String,
    pub(crate) fen: Option<i64>,
    pub(crate) withdrawn: bool,
    pub(crate) said_at: OffsetDateTime,
    pub(crate) standing: String,
}

/// Up to `limit` lines of the checklist, from the oldest on.
pub(crate) async fn checklist(
    desk: &Desk,
    kind: ChecklistKind,
    region: Option<Region>,
    token: &str,
    limit: i64,
) -> Result<Vec<ChecklistRow>, Status> {
    sqlx::query_as!(
        ChecklistRow,
        "select seq, kind, region, id, title, project_id, fen, withdrawn, said_at, standing
         from checklist
         where seq > $1 and ($2 = 0 or kind = $2) and ($3::text is null or region = $3)
         order by seq limit $4",
        after(token)?,
        i32::from(kind),
        region.map(|region| region.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// Up to when each region has been heard here.
pub(crate) async fn heard(desk: &Desk) -> Result<Vec<(Region, OffsetDateTime)>, Status> {
    let rows = sqlx::query!("select region, until from chassis_heard order by region")
        .fetch_all(desk.pool())
        .await
        .map_err(|error| status::unavailable(&error))?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.region.parse().ok()?, row.until)))
        .collect())
}
