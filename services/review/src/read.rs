//! What is projected in the transaction of a decision.

mod list;

use journal::Change;
use regulation::Refusal;
use sqlx::PgConnection;

pub(crate) use list::{
    affiliates, batch, candidates, ceilings, draw_record, evaluators, held, sheets, warning,
    withdrawn,
};

use crate::domain::{
    Candidate, CandidateEvent, Evaluated, ReviewRound, RoundEvent, Sheet, SheetEvent, Unit, rules,
};

/// Keeps the list of candidates.
pub(crate) async fn candidate(
    db: &mut PgConnection,
    change: &Change<Candidate>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        match event {
            CandidateEvent::Passed { entry, at } => {
                let package = &entry.package;
                sqlx::query!(
                    "insert into candidate
                         (application_id, region, title, field, lead_unit_id, version, passed_at)
                     values ($1, $2, $3, $4, $5, $6, $7)
                     on conflict (application_id) do update set title = excluded.title,
                         field = excluded.field, lead_unit_id = excluded.lead_unit_id,
                         version = excluded.version, passed_at = excluded.passed_at",
                    change.id,
                    entry.region.as_str(),
                    package.title().as_str(),
                    package.field().as_str(),
                    package.lead().to_string(),
                    package.version(),
                    at,
                )
                .execute(&mut *db)
                .await?;
            }
            CandidateEvent::Stood { .. } => {}
            CandidateEvent::Withdrawn { .. } => {
                sqlx::query!(
                    "update candidate set withdrawn = true where application_id = $1",
                    change.id
                )
                .execute(&mut *db)
                .await?;
            }
        }
    }
    Ok(())
}

/// Keeps the rounds of a year, which round took which application, and what came of it.
pub(crate) async fn round(
    db: &mut PgConnection,
    change: &Change<ReviewRound>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        match event {
            RoundEvent::Opened(gathering) => opened(db, change, &gathering.setup).await?,
            RoundEvent::Adopted { .. } => adopted(db, change).await?,
            RoundEvent::Returned { .. } => returned(db, change).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn opened(
    db: &mut PgConnection,
    change: &Change<ReviewRound>,
    setup: &crate::domain::Setup,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into review_round (round_id, held_in, sequence) values ($1, $2, $3)",
        change.id,
        setup.held_in,
        i32::try_from(setup.sequence).unwrap_or(i32::MAX),
    )
    .execute(&mut *db)
    .await?;
    let applications: Vec<_> = setup.batch.keys().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into round_application (round_id, application_id, taken_at, outcome)
         select $1, application, $3, 'taken' from unnest($2::text[]) as application",
        change.id,
        &applications,
        change.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn adopted(db: &mut PgConnection, change: &Change<ReviewRound>) -> Result<(), sqlx::Error> {
    let Some(proposal) = change.state.proposal() else {
        return Ok(());
    };
    let those = |established: bool| -> Vec<String> {
        let ranked = proposal.ranking.standings.keys();
        ranked
            .filter(|id| proposal.support(**id).is_some() == established)
            .map(ToString::to_string)
            .collect()
    };
    sqlx::query!(
        "update round_application
         set outcome = case when application_id = any($2) then 'established'
             when application_id = any($3) then 'not_established' else 'given_back' end
         where round_id = $1",
        change.id,
        &those(true),
        &those(false),
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn returned(db: &mut PgConnection, change: &Change<ReviewRound>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update round_application set outcome = 'given_back' where round_id = $1",
        change.id
    )
    .execute(&mut *db)
    .await?;
    // Whoever was asked for a sheet has been at work: the round was held.
    sqlx::query!(
        "update review_round set held = exists (
             select from journal_fact f
             where f.kind = 'review_round' and f.id = $1 and f.name = 'drawn'
         ) where round_id = $1",
        change.id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Two rounds wanted the same application.
pub(crate) fn taken() -> Refusal {
    Refusal::new(
        rules::ONE_ROUND,
        "有申报刚被另一轮次纳入，或已作出结论",
        "请刷新后重新开启轮次",
    )
}

/// Two rounds were opened at the same moment.
pub(crate) fn opened_at_once() -> Refusal {
    Refusal::new(
        regulation::rules::REVIEW_ROUNDS_PER_YEAR,
        "另一轮次刚刚开启，本年度轮次数已变化",
        "请刷新后重新开启轮次",
    )
}

/// Keeps by whom each published demand was judged.
pub(crate) async fn evaluated(
    db: &mut PgConnection,
    change: &Change<Evaluated>,
) -> Result<(), sqlx::Error> {
    let Some(blind) = change.state.blind else {
        return Ok(());
    };
    let people: Vec<_> = change
        .state
        .people
        .iter()
        .map(ToString::to_string)
        .collect();
    sqlx::query!(
        "insert into evaluator (blind_id, person_key)
         select $1, person from unnest($2::text[]) as person on conflict do nothing",
        blind.to_string(),
        &people,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps who is affiliated with whom.
pub(crate) async fn unit(db: &mut PgConnection, change: &Change<Unit>) -> Result<(), sqlx::Error> {
    let Unit::Recorded { affiliates, .. } = &change.state else {
        return Ok(());
    };
    sqlx::query!("delete from affiliation where unit_id = $1", change.id)
        .execute(&mut *db)
        .await?;
    let affiliates: Vec<_> = affiliates.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into affiliation (unit_id, affiliate_id)
         select $1, affiliate from unnest($2::text[]) as affiliate",
        change.id,
        &affiliates,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps whose sheets there are.
pub(crate) async fn sheet(
    db: &mut PgConnection,
    change: &Change<Sheet>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        if let SheetEvent::Invited(invitation) = event {
            sqlx::query!(
                "insert into sheet_of (sheet_id, expert_id) values ($1, $2)",
                change.id,
                invitation.expert.to_string(),
            )
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(())
}
