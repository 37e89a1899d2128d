//! Delivery records and the programme in figures, as they are asked for. [Art. 2, 3, 19]

use chassis::{Desk, Page, admit, status};
use proto::{
    common::v1::Money,
    coordination::v1::{self as wire, delivery_service_server::DeliveryService},
    fund::v1::FundSource,
};
use regulation::{Role, Title};
use tonic::{Request, Response, Status};

use super::knowledge;
use crate::{
    read::{
        delivery::{self, Whose},
        figures::{self, Chosen, ProjectFigures},
    },
    words,
};

/// Serves `DeliveryService`.
pub(crate) struct Door {
    desk: Desk,
}

impl Door {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }
}

/// Whose record is meant: a unit's or a person's, one of the two.
fn whose(unit: &str, person: &str) -> Result<Whose, Status> {
    match (unit, person) {
        ("", "") => Err(status::invalid("unit_id", "请填写单位编号或人员代号")),
        (unit, "") => Ok(Whose::Unit(status::parse("unit_id", unit)?)),
        ("", person) => Ok(Whose::Person(status::parse("person_key", person)?)),
        _ => Err(status::invalid("person_key", "单位编号和人员代号只填一项")),
    }
}

#[tonic::async_trait]
impl DeliveryService for Door {
    async fn get_delivery_record(
        &self,
        request: Request<wire::GetDeliveryRecordRequest>,
    ) -> Result<Response<wire::DeliveryRecord>, Status> {
        let asked = admit(request)?;
        let message = &asked.message;
        let whose = whose(&message.unit_id, &message.person_key)?;
        let purpose: Title = status::parse("purpose", &message.purpose)?;
        let own = asked.actor.unit.map(Whose::Unit);
        if asked.actor.role == Role::UnitMember && own.as_ref() != Some(&whose) {
            return Err(status::not_found("履约记录"));
        }
        let page = Page::from(message.page.clone());
        let skipped: i64 = match page.after.as_str() {
            "" => 0,
            token => status::parse("page.page_token", token)?,
        };
        delivery::look_up(&self.desk, &asked.actor, &whose, purpose.as_str()).await?;
        Ok(Response::new(
            record(&self.desk, &whose, &page, skipped.max(0)).await?,
        ))
    }

    async fn list_delivery_lookups(
        &self,
        request: Request<wire::ListDeliveryLookupsRequest>,
    ) -> Result<Response<wire::ListDeliveryLookupsResponse>, Status> {
        let asked = admit(request)?.message;
        let whose = match (asked.unit_id.as_str(), asked.person_key.as_str()) {
            ("", "") => None,
            (unit, person) => Some(whose(unit, person)?),
        };
        let page = Page::from(asked.page);
        let mut rows =
            delivery::lookups(&self.desk, whose.as_ref(), &page.after, page.limit()).await?;
        let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
        let lookups = rows.into_iter().map(|row| wire::DeliveryLookup {
            at: words::instant(row.at),
            person: row.person,
            role: row.role,
            unit_id: row.unit_id.map(|id| id.to_string()).unwrap_or_default(),
            person_key: row.person_key.unwrap_or_default(),
            purpose: row.purpose,
        });
        Ok(Response::new(wire::ListDeliveryLookupsResponse {
            lookups: lookups.collect(),
            next_page_token,
        }))
    }

    async fn get_indicators(
        &self,
        request: Request<wire::GetIndicatorsRequest>,
    ) -> Result<Response<wire::Indicators>, Status> {
        let asked = admit(request)?.message;
        let chosen = Chosen {
            year: asked.year,
            region: status::optional("region", &asked.region)?,
            field: asked.field,
        };
        Ok(Response::new(indicators(&self.desk, &chosen).await?))
    }
}

async fn record(
    desk: &Desk,
    whose: &Whose,
    page: &Page,
    skipped: i64,
) -> Result<wire::DeliveryRecord, Status> {
    let mut rows = delivery::facts(desk, whose, skipped, page.limit()).await?;
    let more = page.cut(&mut rows, |_| String::from("more"));
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let facts = rows.into_iter().map(|row| wire::DeliveryFact {
        kind: row.kind,
        case_id: row.case_id,
        title: row.title,
        role: row.role,
        at: words::instant(row.at),
    });
    let counts = delivery::counts(desk, whose).await?.into_iter();
    let mut record = wire::DeliveryRecord {
        facts: facts.collect(),
        counts: counts
            .map(|(kind, count)| wire::DeliveryCount { kind, count })
            .collect(),
        known: knowledge::federation(desk).await?.regions,
        ..wire::DeliveryRecord::default()
    };
    if !more.is_empty() {
        record.next_page_token = skipped.saturating_add(shown).to_string();
    }
    match whose {
        Whose::Unit(unit) => {
            record.unit_id = unit.to_string();
            (record.name, record.region) = delivery::unit(desk, *unit).await?.unwrap_or_default();
        }
        Whose::Person(key) => record.person_key = key.to_string(),
    }
    Ok(record)
}

/// The regulation's sources, in its order. [Art. 3]
const SOURCES: [(FundSource, &str, &str); 4] = [
    (FundSource::Central, "central", "中央引导地方"),
    (FundSource::Provincial, "provincial", "省级"),
    (FundSource::Municipal, "municipal", "地市"),
    (FundSource::County, "county", "区县"),
];

async fn indicators(desk: &Desk, chosen: &Chosen) -> Result<wire::Indicators, Status> {
    let projects = figures::projects(desk, chosen).await?;
    let units = figures::units(desk, chosen).await?;
    let spread = figures::spread(desk, chosen).await?;
    let across = |wanted: fn(i64) -> bool| {
        let some = spread.iter().filter(|(regions, _)| wanted(*regions));
        some.map(|(_, projects)| projects).sum()
    };
    let ties = figures::ties(desk, chosen).await?.into_iter();
    let mut answer = wire::Indicators {
        at: words::instant(desk.clock().now()),
        projects: projects.projects,
        under_contract: projects.under_contract,
        withdrawn_projects: figures::withdrawn(desk, chosen).await?,
        investment: Some(money(projects.investment)),
        support: Some(money(projects.support)),
        units: units.units,
        enterprises: units.enterprises,
        small_and_medium: units.small_and_medium,
        projects_with_small_and_medium: units.projects_with_small_and_medium,
        units_unknown: units.unknown,
        projects_of_two_regions: across(|regions| regions == 2),
        projects_of_three_regions: across(|regions| regions == 3),
        projects_of_more_regions: across(|regions| regions > 3),
        ties: ties
            .map(|tie| wire::RegionTie {
                region_a: tie.region_a,
                region_b: tie.region_b,
                projects: tie.projects,
            })
            .collect(),
        known: knowledge::federation(desk).await?.regions,
        ..wire::Indicators::default()
    };
    // Nobody else is told of it: there nothing is not the same as none.
    if desk.region().is_hub() {
        with_money(desk, chosen, &projects, &mut answer).await?;
    }
    Ok(answer)
}

fn money(fen: i64) -> Money {
    Money { fen }
}

async fn with_money(
    desk: &Desk,
    chosen: &Chosen,
    projects: &ProjectFigures,
    answer: &mut wire::Indicators,
) -> Result<(), Status> {
    let sources = sources(desk, chosen).await?;
    let of = |source: &wire::SourceFigure| source.allocated.unwrap_or_default().fen;
    let told: i64 = sources.iter().map(of).sum();
    let lower = ["municipal", "county"];
    let lower = sources
        .iter()
        .filter(|one| lower.contains(&one.source.as_str()));
    answer.co_funding = Some(money(lower.map(of).sum()));
    answer.co_funded_projects = figures::co_funded(desk, chosen).await?;
    answer.allocated = Some(money(projects.allocated));
    answer.paid = Some(money(projects.paid));
    answer.source_unknown = Some(money(projects.allocated.saturating_sub(told)));
    answer.sources = sources;
    Ok(())
}

/// Every source of the regulation with what comes from it, and its share of all whose source was
/// told.
async fn sources(desk: &Desk, chosen: &Chosen) -> Result<Vec<wire::SourceFigure>, Status> {
    let rows = figures::sources(desk, chosen).await?;
    let total: i128 = rows.iter().map(|row| i128::from(row.allocated)).sum();
    let figure = |(source, code, name): (FundSource, &str, &str)| {
        let row = rows.iter().find(|row| row.source == i32::from(source));
        let allocated = row.map_or(0, |row| row.allocated);
        let share = (i128::from(allocated) * 10_000).checked_div(total);
        wire::SourceFigure {
            source: code.to_owned(),
            name: name.to_owned(),
            allocated: Some(Money { fen: allocated }),
            basis_points: share
                .and_then(|share| i32::try_from(share).ok())
                .unwrap_or_default(),
            projects: row.map_or(0, |row| row.projects),
        }
    };
    Ok(SOURCES.map(figure).into())
}
