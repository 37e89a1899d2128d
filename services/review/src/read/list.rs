//! The lists and facts that doors read.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, status};
use regulation::{
    ApplicationId, BlindId, ExpertId, Field, GuideId, Money, PersonKey, ReviewRoundId, UnitId,
};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use tonic::Status;

use crate::domain::{Candidate, Entry, Guide, ReviewRound, Sheet};

/// Applications that one round takes at most; the others wait for the next.
const BATCH_MAX: i64 = 500;

/// A row of the list of candidates.
pub(crate) struct CandidateRow {
    pub(crate) application_id: String,
    pub(crate) region: String,
    pub(crate) title: String,
    pub(crate) field: String,
    pub(crate) lead_unit_id: String,
    pub(crate) version: i32,
    pub(crate) passed_at: OffsetDateTime,
    pub(crate) withdrawn: bool,
    pub(crate) round_id: Option<String>,
}

/// Candidates in the order of their ids: all, or those that no round has.
pub(crate) async fn candidates(
    desk: &Desk,
    free_only: bool,
    after: &str,
    limit: i64,
) -> Result<Vec<CandidateRow>, Status> {
    sqlx::query_as!(
        CandidateRow,
        r#"select application_id as "application_id!", region as "region!", title as "title!",
                  field as "field!", lead_unit_id as "lead_unit_id!", version as "version!",
                  passed_at as "passed_at!", withdrawn as "withdrawn!", round_id
           from candidate_standing
           where application_id > $1 and (free or not $2) order by application_id limit $3"#,
        after,
        free_only,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// What to tell people while applications wait in a year without a round. [Art. 15]
pub(crate) async fn warning(desk: &Desk, year: i32) -> Result<Option<String>, Status> {
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "count!" from candidate_standing
           where free and not exists (select from review_round where held_in = $1 and held)"#,
        year,
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok((waiting > 0).then(|| {
        format!("{year}年尚未组织评审，有{waiting}项申报等待评审；原则上每年评审1至2次。")
    }))
}

/// The applications of these fields that no round has, the oldest first.
pub(crate) async fn batch(
    desk: &Desk,
    fields: &BTreeSet<Field>,
) -> Result<BTreeMap<ApplicationId, Entry>, Status> {
    let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
    let states = sqlx::query_scalar!(
        r#"select s.state::text as "state!" from candidate_standing c
           join journal_state s on s.kind = 'candidate' and s.id = c.application_id
           where c.free and c.field = any($1) order by c.passed_at, c.application_id limit $2"#,
        &fields,
        BATCH_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let mut batch = BTreeMap::new();
    for state in states {
        if let Candidate::Passed { entry, .. } = state_of(&state)? {
            batch.insert(entry.package.application(), *entry);
        }
    }
    Ok(batch)
}

/// The ceilings of the guides that the batch was applied for under, as far as they are known here.
pub(crate) async fn ceilings(
    desk: &Desk,
    batch: &BTreeMap<ApplicationId, Entry>,
) -> Result<BTreeMap<GuideId, Option<Money>>, Status> {
    let guides: BTreeSet<_> = batch.values().map(|entry| entry.package.guide()).collect();
    let mut ceilings = BTreeMap::new();
    for guide in guides {
        let loaded = desk.journal().load::<Guide>(guide).await;
        let loaded = loaded.map_err(status::journal)?;
        if let Some(Guide::Published { ceiling }) = loaded.map(|loaded| loaded.state) {
            ceilings.insert(guide, ceiling);
        }
    }
    Ok(ceilings)
}

/// How many rounds of a year were held, and how many opened.
pub(crate) async fn held(desk: &Desk, year: i32) -> Result<(u32, u32), Status> {
    let row = sqlx::query!(
        r#"select count(*) filter (where held) as "held!", coalesce(max(sequence), 0) as "opened!"
           from review_round where held_in = $1"#,
        year,
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let number = |number: i64| u32::try_from(number).map_err(|error| status::internal(&error));
    Ok((number(row.held)?, number(row.opened.into())?))
}

/// The applications of a round that were taken back.
pub(crate) async fn withdrawn(
    desk: &Desk,
    round: ReviewRoundId,
) -> Result<BTreeSet<ApplicationId>, Status> {
    let ids = sqlx::query_scalar!(
        "select application_id from round_application join candidate using (application_id)
         where round_id = $1 and withdrawn",
        round.to_string(),
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    ids.iter()
        .map(|id| id.parse().map_err(|error| status::internal(&error)))
        .collect()
}

/// For each unit that applies in the round, the units affiliated with it, whichever of the two says
/// so.
pub(crate) async fn affiliates(
    desk: &Desk,
    round: &ReviewRound,
) -> Result<BTreeMap<UnitId, BTreeSet<UnitId>>, Status> {
    let batch = round.setup().map(|setup| &setup.batch);
    let entries = batch.into_iter().flat_map(BTreeMap::values);
    let units: BTreeSet<_> = entries
        .flat_map(|entry| entry.package.units())
        .map(ToString::to_string)
        .collect();
    let units: Vec<_> = units.into_iter().collect();
    let rows = sqlx::query!(
        r#"select unit_id as "unit!", affiliate_id as "affiliate!" from affiliation
           where unit_id = any($1)
           union select affiliate_id, unit_id from affiliation where affiliate_id = any($1)"#,
        &units,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let mut affiliates: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
    for row in rows {
        let unit = row.unit.parse().map_err(|error| status::internal(&error))?;
        let other = row.affiliate.parse();
        let other = other.map_err(|error| status::internal(&error))?;
        affiliates.entry(unit).or_default().insert(other);
    }
    Ok(affiliates)
}

/// By whom the published demands were judged that the round's applications answer.
pub(crate) async fn evaluators(
    desk: &Desk,
    round: &ReviewRound,
) -> Result<BTreeMap<BlindId, BTreeSet<PersonKey>>, Status> {
    let batch = round.setup().map(|setup| &setup.batch);
    let entries = batch.into_iter().flat_map(BTreeMap::values);
    let demands = entries.filter_map(|entry| entry.package.demand());
    let demands: Vec<_> = demands.map(|demand| demand.to_string()).collect();
    let rows = sqlx::query!(
        "select blind_id, person_key from evaluator where blind_id = any($1)",
        &demands,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let mut evaluators: BTreeMap<BlindId, BTreeSet<PersonKey>> = BTreeMap::new();
    for row in rows {
        let demand = row.blind_id.parse();
        let demand = demand.map_err(|error| status::internal(&error))?;
        let person = row.person_key.parse();
        let person = person.map_err(|error| status::internal(&error))?;
        evaluators.entry(demand).or_default().insert(person);
    }
    Ok(evaluators)
}

/// The record of a round's draw, as it was written when the pool was frozen and when it was drawn;
/// `followed` is who followed since, as JSON.
pub(crate) async fn draw_record(
    desk: &Desk,
    round: ReviewRoundId,
    followed: &str,
) -> Result<String, Status> {
    let record = sqlx::query_scalar!(
        r#"select jsonb_build_object(
                      'input', f.payload::jsonb -> 'frozen' -> 'input',
                      'randomness', d.payload::jsonb -> 'drawn' -> 'randomness',
                      'draw', d.payload::jsonb -> 'drawn' -> 'draw',
                      'followed', $2::text::jsonb
                  )::text as "record!"
           from journal_fact f
           join journal_fact d on d.kind = f.kind and d.id = f.id and d.name = 'drawn'
           where f.kind = 'review_round' and f.id = $1 and f.name = 'frozen'"#,
        round.to_string(),
        followed,
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    record.ok_or_else(|| status::not_found("抽取记录"))
}

/// Sheets in the order of their ids: one expert's, or all of the node.
pub(crate) async fn sheets(
    desk: &Desk,
    expert: Option<ExpertId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Sheet>, Status> {
    let states = sqlx::query_scalar!(
        r#"select s.state::text as "state!" from sheet_of b
           join journal_state s on s.kind = 'sheet' and s.id = b.sheet_id
           where b.sheet_id > $1 and ($2::text is null or b.expert_id = $2)
           order by b.sheet_id limit $3"#,
        after,
        expert.map(|expert| expert.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    states.iter().map(|state| state_of(state)).collect()
}

fn state_of<T: DeserializeOwned>(state: &str) -> Result<T, Status> {
    serde_json::from_str(state).map_err(|error| status::internal(&error))
}
