//! What is projected in the transaction of a decision, and the lists read from it.

mod home;

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, status};
use journal::Change;
use regulation::{Day, DemandId, EvaluationRoundId, ExpertId, Field, Refusal};
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use time::OffsetDateTime;
use tonic::Status;

use crate::domain::{
    Ballot, BallotEvent, Candidate, CandidateEvent, Entry, EvaluationRound, RoundEvent, rules,
};

pub(crate) use home::{place_taken, pre_review, pre_reviews};

/// Demands that one round takes at most; the others wait for the next.
const BATCH_MAX: i64 = 1_000;

/// Keeps the list of candidates.
pub(crate) async fn candidate(
    db: &mut PgConnection,
    change: &Change<Candidate>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        match event {
            CandidateEvent::Accepted { entry, at } => {
                sqlx::query!(
                    "insert into candidate (demand_id, region, title, field, accepted_at)
                     values ($1, $2, $3, $4, $5)
                     on conflict (demand_id) do update set title = excluded.title,
                         field = excluded.field, accepted_at = excluded.accepted_at",
                    change.id,
                    entry.region.as_str(),
                    entry.record.title().as_str(),
                    entry.record.field().as_str(),
                    at,
                )
                .execute(&mut *db)
                .await?;
            }
            CandidateEvent::Recommended(word) => {
                sqlx::query!(
                    "update candidate set recommended_at = $2, place = $3 where demand_id = $1",
                    change.id,
                    word.as_ref().map(|word| word.at),
                    word.as_ref()
                        .and_then(|word| i32::try_from(word.place).ok()),
                )
                .execute(&mut *db)
                .await?;
            }
            // Listed once it was accepted.
            CandidateEvent::Announced { .. } => {}
            CandidateEvent::Withdrawn { .. } => {
                sqlx::query!(
                    "update candidate set withdrawn = true where demand_id = $1",
                    change.id
                )
                .execute(&mut *db)
                .await?;
            }
        }
    }
    Ok(())
}

/// Keeps which round took which demand, and what came of it.
pub(crate) async fn round(
    db: &mut PgConnection,
    change: &Change<EvaluationRound>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        match event {
            RoundEvent::Opened(gathering) => {
                let batch = &gathering.setup.batch;
                let demands: Vec<_> = batch.keys().map(ToString::to_string).collect();
                sqlx::query!(
                    "insert into round_demand (round_id, demand_id, taken_at, outcome)
                     select $1, demand, $3, 'taken' from unnest($2::text[]) as demand",
                    change.id,
                    &demands,
                    change.at,
                )
                .execute(&mut *db)
                .await?;
            }
            RoundEvent::Adopted { .. } => adopted(db, change).await?,
            RoundEvent::Returned { .. } => {
                sqlx::query!(
                    "update round_demand set outcome = 'given_back' where round_id = $1",
                    change.id
                )
                .execute(&mut *db)
                .await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn adopted(
    db: &mut PgConnection,
    change: &Change<EvaluationRound>,
) -> Result<(), sqlx::Error> {
    let Some(proposal) = change.state.proposal() else {
        return Ok(());
    };
    let those = |listed: bool| -> Vec<String> {
        let standings = proposal.standings.values().filter(|s| s.listed == listed);
        standings
            .map(|standing| standing.demand.to_string())
            .collect()
    };
    sqlx::query!(
        "update round_demand set outcome = case when demand_id = any($2) then 'listed'
             when demand_id = any($3) then 'not_listed' else 'given_back' end
         where round_id = $1",
        change.id,
        &those(true),
        &those(false),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Two rounds wanted the same demand.
pub(crate) fn taken() -> Refusal {
    Refusal::new(
        rules::BATCH,
        "有需求刚被另一轮次纳入，或已列入清单",
        "请刷新后重新开启轮次",
    )
}

/// Keeps whose ballots there are.
pub(crate) async fn ballot(
    db: &mut PgConnection,
    change: &Change<Ballot>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        if let BallotEvent::Invited(invitation) = event {
            sqlx::query!(
                "insert into ballot_of (ballot_id, expert_id) values ($1, $2)",
                change.id,
                invitation.expert.to_string(),
            )
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(())
}

/// A row of the list of candidates.
pub(crate) struct CandidateRow {
    pub(crate) demand_id: String,
    pub(crate) region: String,
    pub(crate) title: String,
    pub(crate) field: String,
    pub(crate) accepted_at: OffsetDateTime,
    pub(crate) withdrawn: bool,
    pub(crate) recommended_at: Option<OffsetDateTime>,
    pub(crate) place: Option<i32>,
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
        r#"select demand_id as "demand_id!", region as "region!", title as "title!",
                  field as "field!", accepted_at as "accepted_at!", withdrawn as "withdrawn!",
                  recommended_at, place, round_id
           from candidate_standing
           where demand_id > $1 and (free or not $2) order by demand_id limit $3"#,
        after,
        free_only,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// The demands of these fields that are recommended, by the cut-off if there is one, and that no
/// round has; the oldest first.
pub(crate) async fn batch(
    desk: &Desk,
    fields: &BTreeSet<Field>,
    cut_off: Option<Day>,
) -> Result<BTreeMap<DemandId, Entry>, Status> {
    let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
    let states = sqlx::query_scalar!(
        r#"select s.state::text as "state!" from candidate_standing c
           join journal_state s on s.kind = 'candidate' and s.id = c.demand_id
           where c.free and c.field = any($1)
             and ($3::timestamptz is null or c.recommended_at <= $3)
           order by c.accepted_at, c.demand_id limit $2"#,
        &fields,
        BATCH_MAX,
        cut_off.map(Day::end),
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let mut batch = BTreeMap::new();
    for state in states {
        if let Candidate::Accepted { entry, .. } = state_of(&state)? {
            batch.insert(entry.demand, *entry);
        }
    }
    Ok(batch)
}

/// The demands of a round that their homes took back.
pub(crate) async fn withdrawn(
    desk: &Desk,
    round: EvaluationRoundId,
) -> Result<BTreeSet<DemandId>, Status> {
    let ids = sqlx::query_scalar!(
        "select demand_id from round_demand join candidate using (demand_id)
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

/// Ballots in the order of their ids: one expert's, or all of the node.
pub(crate) async fn ballots(
    desk: &Desk,
    expert: Option<ExpertId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Ballot>, Status> {
    let states = sqlx::query_scalar!(
        r#"select s.state::text as "state!" from ballot_of b
           join journal_state s on s.kind = 'ballot' and s.id = b.ballot_id
           where b.ballot_id > $1 and ($2::text is null or b.expert_id = $2)
           order by b.ballot_id limit $3"#,
        after,
        expert.map(|expert| expert.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    states.iter().map(|state| state_of(state)).collect()
}

/// The record of a round's draw, as it was written when the pool was frozen and when it was drawn;
/// `followed` is who followed since, as JSON.
pub(crate) async fn draw_record(
    desk: &Desk,
    round: EvaluationRoundId,
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
           where f.kind = 'evaluation_round' and f.id = $1 and f.name = 'frozen'"#,
        round.to_string(),
        followed,
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    record.ok_or_else(|| status::not_found("抽取记录"))
}

fn state_of<T: DeserializeOwned>(state: &str) -> Result<T, Status> {
    serde_json::from_str(state).map_err(|error| status::internal(&error))
}
