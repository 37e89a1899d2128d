//! What is kept of the regions' work for the delivery records and the figures: units, applications,
//! projects, from where money comes. [Art. 2, 3, 19]

use std::collections::BTreeMap;

use proto::{
    application::v1::{
        ApplicationPackage, ApplicationSubmitted, ApplicationWithdrawn, ExaminationFollowed,
        ExaminationOutcome, UnitRole,
    },
    coordination::v1::DeliveryFactKind,
    fund::v1::AllocationRecorded,
    matching::v1::SolutionFollowed,
    message::{Incoming, PublicEvent},
    project::v1::{ProjectActivated, ProjectWithdrawn},
    registry::v1::UnitRecorded,
    review::v1::{EstablishmentEntry, ProjectEstablished},
};
use regulation::{Day, PersonKey};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::undertaking;

type Kept = Result<(), sqlx::Error>;

pub(super) async fn told(db: &mut PgConnection, message: &Incoming) -> Kept {
    match message.kind.as_str() {
        UnitRecorded::KIND => unit(db, message).await,
        ApplicationSubmitted::KIND => submitted(db, message).await,
        ApplicationWithdrawn::KIND => withdrawn(db, message).await,
        ExaminationFollowed::KIND => examined(db, message).await,
        ProjectEstablished::KIND => established(db, message).await,
        ProjectActivated::KIND => signed(db, message).await,
        ProjectWithdrawn::KIND => taken_back(db, message).await,
        AllocationRecorded::KIND => sources(db, message).await,
        SolutionFollowed::KIND => followed(db, message).await,
        _ => Ok(()),
    }
}

async fn unit(db: &mut PgConnection, message: &Incoming) -> Kept {
    let told = message.read::<UnitRecorded>().ok();
    let Some(unit) = told.and_then(|told| told.unit) else {
        return Ok(());
    };
    let Ok(id) = Uuid::try_parse(&unit.unit_id) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into unit (id, name, kind, size, region) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set name = excluded.name, kind = excluded.kind,
             size = excluded.size where unit.region = excluded.region",
        id,
        unit.name,
        unit.kind,
        unit.size,
        message.origin.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Whom a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Unit(Uuid),
    Person(PersonKey),
}

/// A fact of whoever it is about.
struct Fact<'a> {
    kind: DeliveryFactKind,
    case: &'a str,
    title: &'a str,
    role: &'a str,
}

async fn note(
    db: &mut PgConnection,
    message: &Incoming,
    subject: &Subject,
    fact: &Fact<'_>,
) -> Kept {
    let (unit, person) = match subject {
        Subject::Unit(unit) => (Some(*unit), None),
        Subject::Person(key) => (None, Some(key.to_string())),
    };
    // What is told again of a case, as of a corrected application, is no second fact.
    sqlx::query!(
        "insert into delivery (unit_id, person_key, kind, case_id, title, role, at)
         select $1, $2, $3, $4, $5, $6, $7 where not exists (
             select from delivery where kind = $3 and case_id = $4
                 and unit_id is not distinct from $1 and person_key is not distinct from $2)
         on conflict do nothing",
        unit,
        person,
        i32::from(fact.kind),
        fact.case,
        fact.title,
        fact.role,
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

const LEAD: &str = "牵头单位";
const LEADER: &str = "项目负责人";

async fn submitted(db: &mut PgConnection, message: &Incoming) -> Kept {
    let told = message.read::<ApplicationSubmitted>().ok();
    let Some(package) = told.and_then(|told| told.package) else {
        return Ok(());
    };
    let Ok(lead) = Uuid::try_parse(&package.lead_unit_id) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into application (id, region, title, lead_unit, leader_key)
         values ($1, $2, $3, $4, $5)
         on conflict (id) do update set title = excluded.title, leader_key = excluded.leader_key
         where application.region = excluded.region",
        package.application_id,
        message.origin.as_str(),
        package.title,
        lead,
        package.leader_person_key,
    )
    .execute(&mut *db)
    .await?;
    let id = package.application_id;
    of_application(db, message, &id, DeliveryFactKind::ApplicationSubmitted).await
}

/// A fact of an application is its lead's and its leader's, by the word of its home or of the hub.
async fn of_application(
    db: &mut PgConnection,
    message: &Incoming,
    id: &str,
    kind: DeliveryFactKind,
) -> Kept {
    let known = sqlx::query!(
        "select title, lead_unit, leader_key from application
         where id = $1 and $2 in (region, 'hub')",
        id,
        message.origin.as_str(),
    )
    .fetch_optional(&mut *db)
    .await?;
    let Some(known) = known else { return Ok(()) };
    let fact = |role| Fact {
        kind,
        case: id,
        title: &known.title,
        role,
    };
    note(db, message, &Subject::Unit(known.lead_unit), &fact(LEAD)).await?;
    if let Ok(leader) = known.leader_key.parse() {
        note(db, message, &Subject::Person(leader), &fact(LEADER)).await?;
    }
    Ok(())
}

async fn withdrawn(db: &mut PgConnection, message: &Incoming) -> Kept {
    let Ok(told) = message.read::<ApplicationWithdrawn>() else {
        return Ok(());
    };
    let kind = DeliveryFactKind::ApplicationWithdrawn;
    of_application(db, message, &told.application_id, kind).await
}

async fn examined(db: &mut PgConnection, message: &Incoming) -> Kept {
    let Ok(told) = message.read::<ExaminationFollowed>() else {
        return Ok(());
    };
    if told.outcome() != ExaminationOutcome::NotAccepted {
        return Ok(());
    }
    let kind = DeliveryFactKind::ApplicationNotAccepted;
    of_application(db, message, &told.application_id, kind).await
}

async fn established(db: &mut PgConnection, message: &Incoming) -> Kept {
    let told = message.read::<ProjectEstablished>().ok();
    let Some(ProjectEstablished {
        entry: Some(entry),
        package: Some(package),
        ..
    }) = told
    else {
        return Ok(());
    };
    let money = |money: Option<proto::common::v1::Money>| money.unwrap_or_default().fen;
    sqlx::query!(
        "insert into project (id, title, field, region, year, investment, support, established_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing",
        entry.project_id,
        entry.title,
        entry.field,
        entry.region,
        Day::of(message.at).year(),
        money(package.investment),
        money(entry.support),
        message.at,
    )
    .execute(&mut *db)
    .await?;
    for unit in &package.units {
        let Ok(id) = Uuid::try_parse(&unit.unit_id) else {
            continue;
        };
        sqlx::query!(
            "insert into project_unit (project_id, unit_id, region, guest) values ($1, $2, $3, $4)
             on conflict do nothing",
            entry.project_id,
            id,
            unit.region,
            unit.guest,
        )
        .execute(&mut *db)
        .await?;
    }
    for (subject, role) in takes_part(&entry, &package) {
        let fact = Fact {
            kind: DeliveryFactKind::ProjectEstablished,
            case: &entry.project_id,
            title: &entry.title,
            role,
        };
        note(db, message, &subject, &fact).await?;
    }
    Ok(())
}

/// The units and the people of a project, each by the most that it is in it.
fn takes_part(
    entry: &EstablishmentEntry,
    package: &ApplicationPackage,
) -> BTreeMap<Subject, &'static str> {
    let mut parts = BTreeMap::new();
    for unit in &package.units {
        if let Ok(id) = Uuid::try_parse(&unit.unit_id) {
            let role = match unit.role() {
                _ if unit.unit_id == entry.lead_unit_id => LEAD,
                UnitRole::Lead => LEAD,
                UnitRole::Subtask => "子课题承担单位",
                UnitRole::Participant | UnitRole::Unspecified => "参与单位",
            };
            parts.insert(Subject::Unit(id), role);
        }
    }
    let others = package.parts.iter().flat_map(|part| &part.person_keys);
    let people = others
        .map(|key| (key, "参与人员"))
        .chain(
            package
                .core_team_person_keys
                .iter()
                .map(|key| (key, "核心团队")),
        )
        .chain([(&package.leader_person_key, LEADER)]);
    for (key, role) in people {
        if let Ok(key) = key.parse() {
            parts.insert(Subject::Person(key), role);
        }
    }
    parts
}

async fn signed(db: &mut PgConnection, message: &Incoming) -> Kept {
    let Ok(told) = message.read::<ProjectActivated>() else {
        return Ok(());
    };
    sqlx::query!(
        "insert into contract_signed (project_id, region, signed_at) values ($1, $2, $3)
         on conflict do nothing",
        told.project_id,
        message.origin.as_str(),
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn taken_back(db: &mut PgConnection, message: &Incoming) -> Kept {
    let Ok(told) = message.read::<ProjectWithdrawn>() else {
        return Ok(());
    };
    sqlx::query!(
        "insert into project_withdrawn (project_id, region, withdrawn_at) values ($1, $2, $3)
         on conflict do nothing",
        told.project_id,
        message.origin.as_str(),
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn sources(db: &mut PgConnection, message: &Incoming) -> Kept {
    let Ok(told) = message.read::<AllocationRecorded>() else {
        return Ok(());
    };
    for source in &told.sources {
        sqlx::query!(
            "insert into allocation_source (region, allocation_id, project_id, source, year, fen)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (region, allocation_id, source, year)
             do update set fen = allocation_source.fen + excluded.fen",
            message.origin.as_str(),
            told.allocation_id,
            told.project_id,
            source.source,
            source.year,
            source.amount.unwrap_or_default().fen,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// What became of a solution. A unit's record is its own home's to tell.
async fn followed(db: &mut PgConnection, message: &Incoming) -> Kept {
    let Ok(told) = message.read::<SolutionFollowed>() else {
        return Ok(());
    };
    let Ok(unit) = Uuid::try_parse(&told.holder_unit_id) else {
        return Ok(());
    };
    let last = sqlx::query_scalar!(
        "select kind from delivery where case_id = $1 and unit_id = $2 order by id desc limit 1",
        told.solution_id,
        unit,
    )
    .fetch_optional(&mut *db)
    .await?;
    let last = last.and_then(|kind| DeliveryFactKind::try_from(kind).ok());
    let Some(fact) = undertaking::fact(last, told.fate()) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into delivery (unit_id, kind, case_id, at)
         select $1, $2, $3, $4
         where not exists (select from unit where id = $1 and region <> $5)
         on conflict do nothing",
        unit,
        i32::from(fact),
        told.solution_id,
        message.at,
        message.origin.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}
