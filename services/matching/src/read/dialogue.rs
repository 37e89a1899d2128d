//! What all were told of questions, roadshows, seals and names, and a unit's own questions.

use chassis::{Desk, status, stored};
use evidence::Digest;
use journal::Loaded;
use prost::Message as _;
use proto::{
    matching::v1 as wire,
    message::{Incoming, PublicEvent as _},
};
use regulation::{BlindId, Day, Region, UnitId};
use sqlx::{PgConnection, PgPool};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tonic::Status;

use crate::domain::{MeetingId, Question, QuestionId, Registration};

/// Notes what a message says to all. `react` has refused what is not readable.
pub(super) async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    match message.kind.as_str() {
        wire::SolutionSealed::KIND => match message.read::<wire::SolutionSealed>() {
            Ok(told) => seal(db, message, &told).await,
            Err(_) => Ok(()),
        },
        wire::QuestionAnswered::KIND => match message.read::<wire::QuestionAnswered>() {
            Ok(told) => answered(db, &told).await,
            Err(_) => Ok(()),
        },
        wire::RoadshowAnnounced::KIND => match message.read::<wire::RoadshowAnnounced>() {
            Ok(told) => announced(db, &told, Day::of(message.at)).await,
            Err(_) => Ok(()),
        },
        wire::DemanderNamed::KIND => match message.read::<wire::DemanderNamed>() {
            Ok(told) => named(db, &told, Day::of(message.at)).await,
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

async fn seal(
    db: &mut PgConnection,
    message: &Incoming,
    told: &wire::SolutionSealed,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into solution_seal (seal, region, at) values ($1, $2, $3) on conflict do nothing",
        told.seal,
        message.origin.as_str(),
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn answered(db: &mut PgConnection, told: &wire::QuestionAnswered) -> Result<(), sqlx::Error> {
    let (Ok(question), Ok(blind_id), Ok(on)) = (
        told.question_id.parse::<QuestionId>(),
        told.blind_id.parse::<BlindId>(),
        told.published_on.parse::<Day>(),
    ) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into catalogue_question (question_id, blind_id, question, answer, published_on)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        question.0,
        blind_id.0,
        told.question,
        told.answer,
        on.0,
    )
    .execute(&mut *db)
    .await?;
    touched(db, blind_id, on).await
}

async fn announced(
    db: &mut PgConnection,
    told: &wire::RoadshowAnnounced,
    on: Day,
) -> Result<(), sqlx::Error> {
    let Some(roadshow) = &told.roadshow else {
        return Ok(());
    };
    let (Ok(meeting), Ok(blind_id), Ok(starts_at)) = (
        roadshow.meeting_id.parse::<MeetingId>(),
        told.blind_id.parse::<BlindId>(),
        OffsetDateTime::parse(&roadshow.starts_at, &Rfc3339),
    ) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into catalogue_roadshow (meeting_id, blind_id, sequence, starts_at, roadshow)
         values ($1, $2, $3, $4, $5)
         on conflict (meeting_id) do update
         set sequence = excluded.sequence, starts_at = excluded.starts_at,
             roadshow = excluded.roadshow
         where catalogue_roadshow.sequence < excluded.sequence",
        meeting.0,
        blind_id.0,
        roadshow.sequence,
        starts_at,
        roadshow.encode_to_vec(),
    )
    .execute(&mut *db)
    .await?;
    touched(db, blind_id, on).await
}

async fn named(
    db: &mut PgConnection,
    told: &wire::DemanderNamed,
    on: Day,
) -> Result<(), sqlx::Error> {
    let (Ok(blind_id), Ok(unit)) = (
        told.blind_id.parse::<BlindId>(),
        told.demander_unit_id.parse::<UnitId>(),
    ) else {
        return Ok(());
    };
    sqlx::query!(
        "update catalogue set demander = $2 where blind_id = $1",
        blind_id.0,
        unit.0,
    )
    .execute(&mut *db)
    .await?;
    touched(db, blind_id, on).await
}

/// Notes on which day something changed that everybody was told.
pub(super) async fn touched(
    db: &mut PgConnection,
    blind_id: BlindId,
    on: Day,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update catalogue set updated_on = greatest(updated_on, $2) where blind_id = $1",
        blind_id.0,
        on.0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// When `region` told this seal to every node.
pub(crate) async fn sealed_at(
    desk: &Desk,
    seal: Digest,
    region: Region,
) -> Result<Option<OffsetDateTime>, Status> {
    sqlx::query_scalar!(
        "select at from solution_seal where seal = $1 and region = $2",
        seal.as_bytes().as_slice(),
        region.as_str(),
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// What solvers asked about a demand and were answered, the oldest first.
pub(crate) async fn answers(
    pool: &PgPool,
    blind_id: BlindId,
) -> Result<Vec<wire::PublicQuestion>, sqlx::Error> {
    let rows = sqlx::query!(
        "select question_id, question, answer, published_on from catalogue_question
         where blind_id = $1 order by published_on, question_id",
        blind_id.0,
    )
    .fetch_all(pool)
    .await?;
    let answers = rows.into_iter().map(|row| wire::PublicQuestion {
        question_id: row.question_id.to_string(),
        question: row.question,
        answer: row.answer,
        published_on: Day(row.published_on).to_string(),
    });
    Ok(answers.collect())
}

/// A demand's roadshows, the earliest first.
pub(crate) async fn roadshows(
    pool: &PgPool,
    blind_id: BlindId,
) -> Result<Vec<wire::Roadshow>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        "select roadshow from catalogue_roadshow where blind_id = $1
         order by starts_at, meeting_id",
        blind_id.0,
    )
    .fetch_all(pool)
    .await?;
    let decoded = rows.iter().map(|row| {
        wire::Roadshow::decode(row.as_slice()).map_err(|error| sqlx::Error::Decode(error.into()))
    });
    decoded.collect()
}

/// Up to `limit` questions after the id `after`: of one asker, or of all.
pub(crate) async fn questions(
    desk: &Desk,
    asker: Option<UnitId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Question>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'question' and id > $1
             and ($2::text is null or state ->> 'asker' = $2)
           order by id limit $3"#,
        after,
        asker.map(|unit| unit.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` registrations for roadshows after the id `after`: of one unit, or of all.
pub(crate) async fn registrations(
    desk: &Desk,
    unit: Option<UnitId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Registration>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'registration' and id > $1
             and ($2::text is null or state ->> 'unit' = $2)
           order by id limit $3"#,
        after,
        unit.map(|unit| unit.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` units whose digest is due on that day, each with the day since when.
pub(crate) async fn due_digests(
    pool: &PgPool,
    today: Day,
    limit: i64,
) -> Result<Vec<(UnitId, Day)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, (state ->> 'since')::date as "since!" from journal_state
           where kind = 'digest' and (state ->> 'every')::integer > 0
             and (state ->> 'since')::date + (state ->> 'every')::integer <= $1
           order by id limit $2"#,
        today.0,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let due = rows.into_iter().filter_map(|row| {
        let unit = row.id.parse().ok()?;
        Some((unit, Day(row.since)))
    });
    Ok(due.collect())
}
