//! The checklist 清单 at a glance: figures and their age, whose word is missing since when, reports
//! that come due, what is out of order. [Art. 6, 11, 19]

use std::collections::BTreeMap;

use chassis::Desk;
use proto::{
    common::v1::Money,
    coordination::v1 as wire,
    exchange::v1::{
        ListRegionsRequest, RegionState, exchange_service_client::ExchangeServiceClient,
    },
};
use regulation::{Policy, Region};
use time::{Duration, OffsetDateTime};
use tonic::Status;

use super::{decisions::BORDER, knowledge};
use crate::{
    domain::{
        decision::{JointDecision, Stage},
        reports,
    },
    read::{
        self,
        overview::{FiguresRow, UnderwayRow},
    },
    words,
};

/// A region of which nothing has been heard for so long is said to be silent.
const SILENT_AFTER: Duration = Duration::hours(1);
/// A word that is missing for so long is said to be late. Nothing follows from it.
const LATE_AFTER: Duration = Duration::days(10);

/// Everything at a glance, as far as this node knows.
pub(super) async fn overview(desk: &Desk) -> Result<wire::ChecklistOverview, Status> {
    let now = desk.clock().now();
    let border = border(desk).await;
    let waiting = waiting(desk, now).await?;
    let regions = regions(desk, border.as_ref()).await?;
    let mut alarms: Vec<_> = regions.iter().filter_map(silent).collect();
    alarms.extend(regions.iter().filter_map(faulty));
    alarms.extend(waiting.iter().flat_map(late));
    let assents = assents(desk, now).await?;
    alarms.extend(assents.iter().filter_map(|one| unanswered(one, desk)));
    Ok(wire::ChecklistOverview {
        at: words::instant(now),
        regions,
        waiting,
        reports: reports(desk, now).await?,
        alarms,
        border_unknown: border.is_none(),
        assents,
    })
}

/// The regions as the border hears them; none where it does not answer.
async fn border(desk: &Desk) -> Option<BTreeMap<String, RegionState>> {
    if !desk.peers().any(|peer| peer == BORDER) {
        return None;
    }
    let mut client = ExchangeServiceClient::new(desk.peer(BORDER).ok()?);
    match client.list_regions(ListRegionsRequest {}).await {
        Ok(answer) => {
            let states = answer.into_inner().regions.into_iter();
            Some(states.map(|state| (state.region.clone(), state)).collect())
        }
        Err(status) => {
            let (code, message) = (status.code(), status.message());
            tracing::warn!(
                ?code,
                message,
                "the border does not say how the regions are heard"
            );
            None
        }
    }
}

async fn regions(
    desk: &Desk,
    border: Option<&BTreeMap<String, RegionState>>,
) -> Result<Vec<wire::RegionOverview>, Status> {
    let told: BTreeMap<String, FiguresRow> = read::overview::figures(desk)
        .await?
        .into_iter()
        .map(|row| (row.region.clone(), row))
        .collect();
    let known = knowledge::federation(desk).await?.regions;
    let view = |region: wire::RegionStatus| {
        let figures = told.get(&region.region);
        let state = border.and_then(|states| states.get(&region.region));
        let count = |of: fn(&FiguresRow) -> i64| figures.map_or(0, of);
        wire::RegionOverview {
            last_number: state.map_or(0, |state| state.number),
            heartbeat_age_seconds: state.map_or(-1, |state| state.heartbeat_age_seconds),
            faults: state.map_or(0, |state| state.faults),
            demands: count(|row| row.demands),
            withdrawn_demands: count(|row| row.withdrawn_demands),
            projects: count(|row| row.projects),
            reserve: count(|row| row.reserve),
            applications: count(|row| row.applications),
            withdrawn_projects: count(|row| row.withdrawn_projects),
            withdrawn_applications: count(|row| row.withdrawn_applications),
            allocated: Some(Money {
                fen: count(|row| row.allocated),
            }),
            paid: Some(Money {
                fen: count(|row| row.paid),
            }),
            region: region.region,
            name: region.name,
            member: region.member,
            heard_until: region.heard_until,
            age_seconds: region.age_seconds,
        }
    };
    Ok(known.into_iter().map(view).collect())
}

async fn waiting(desk: &Desk, now: OffsetDateTime) -> Result<Vec<wire::DecisionWaiting>, Status> {
    let mut waiting = Vec::new();
    for row in read::overview::underway(desk).await? {
        let awaited = awaited(desk, &row, now).await?;
        waiting.push(wire::DecisionWaiting {
            decision_id: row.id.to_string(),
            kind: row.kind,
            title: row.title,
            state: row.state,
            awaited,
        });
    }
    Ok(waiting)
}

async fn awaited(
    desk: &Desk,
    row: &UnderwayRow,
    now: OffsetDateTime,
) -> Result<Vec<wire::Awaited>, Status> {
    let since = |region: &str, who: String, since: OffsetDateTime| wire::Awaited {
        region: region.to_owned(),
        who,
        since: words::instant(since),
        days: (now - since).whole_days().max(0),
    };
    let state = wire::DecisionState::try_from(row.state).unwrap_or_default();
    let opened = row.opened_at.unwrap_or(row.changed_at);
    Ok(match state {
        wire::DecisionState::Open => {
            let missing = row.members.iter().filter(|one| !row.assented.contains(one));
            let named = missing.map(|one| {
                let name = one.parse::<Region>();
                let name = name.map_or_else(|_| one.clone(), |region| region.name().to_owned());
                since(one, format!("{name}科技厅（委）"), opened)
            });
            named.collect()
        }
        wire::DecisionState::Assented => {
            vec![since("", "批准人".to_owned(), row.changed_at)]
        }
        wire::DecisionState::Publicity if desk.region().is_hub() => {
            let loaded = desk.load::<JointDecision>("联合决策", row.id).await?;
            in_public(&loaded.state, since)
        }
        _ => Vec::new(),
    })
}

/// For whom the end of a publicity period waits: objections that nobody has judged, and members
/// that have not been heard past it.
fn in_public(
    decision: &JointDecision,
    since: impl Fn(&str, String, OffsetDateTime) -> wire::Awaited,
) -> Vec<wire::Awaited> {
    let Some(decision) = decision.opened() else {
        return Vec::new();
    };
    let Stage::Publicity { period, .. } = &decision.stage else {
        return Vec::new();
    };
    let pending = decision.objections.values();
    let pending = pending.filter(|objection| objection.judgement.is_none());
    let mut awaited: Vec<_> = pending
        .map(|objection| {
            let who = "推进组秘书处或工作专班（处理异议）".to_owned();
            since("", who, objection.filed_at)
        })
        .collect();
    let silent = period.awaited();
    awaited.extend(silent.map(|(region, who)| since(region.as_str(), who, period.until.end())));
    awaited
}

async fn assents(desk: &Desk, now: OffsetDateTime) -> Result<Vec<wire::AssentWaiting>, Status> {
    let rows = read::overview::assents(desk).await?;
    let waiting = rows.into_iter().map(|row| wire::AssentWaiting {
        assent_id: row.id.to_string(),
        document_kind: row.document_kind,
        title: row.title,
        unit_id: row.unit_id.map(|unit| unit.to_string()).unwrap_or_default(),
        prepared: row.state == i32::from(wire::AssentState::Prepared),
        since: words::instant(row.asked_at),
        days: (now - row.asked_at).whole_days().max(0),
    });
    Ok(waiting.collect())
}

/// When the next yearly report of every project comes due, by the policy in force, or else the last
/// one that was. Whether one was handed in is told to nobody.
async fn reports(desk: &Desk, now: OffsetDateTime) -> Result<Vec<wire::ReportDue>, Status> {
    let policies = desk.policies();
    let policy: Option<std::sync::Arc<Policy>> = match policies.at(now).await {
        Some(policy) => Some(policy),
        None => match policies.in_force().await.last() {
            Some(version) => policies.by_version(version).await,
            None => None,
        },
    };
    let Some(policy) = policy else {
        return Ok(Vec::new());
    };
    let mut due = Vec::new();
    for row in read::overview::projects(desk).await? {
        let (Ok(starts_on), Ok(ends_on)) = (row.starts_on.parse(), row.ends_on.parse()) else {
            continue;
        };
        let today = regulation::Day::of(now);
        if let Some(next) = reports::next(&policy, starts_on, ends_on, today) {
            due.push(wire::ReportDue {
                project_id: row.id,
                region: row.region,
                title: row.title,
                period_ends_on: next.period_ends_on.to_string(),
                due_on: next.due_on.to_string(),
            });
        }
    }
    due.sort_by(|a, b| (&a.due_on, &a.project_id).cmp(&(&b.due_on, &b.project_id)));
    Ok(due)
}

fn silent(region: &wire::RegionOverview) -> Option<wire::ChecklistAlarm> {
    let never = region.age_seconds < 0;
    let silent = never || region.age_seconds > SILENT_AFTER.whole_seconds();
    silent.then(|| wire::ChecklistAlarm {
        code: "region-silent".to_owned(),
        text: if never {
            format!("尚未收到{}的任何消息", region.name)
        } else {
            format!("{}节点已失联，以下数据截至其最后一次消息", region.name)
        },
        region: region.region.clone(),
        since: region.heard_until.clone(),
    })
}

fn faulty(region: &wire::RegionOverview) -> Option<wire::ChecklistAlarm> {
    (region.faults > 0).then(|| wire::ChecklistAlarm {
        code: "border-faults".to_owned(),
        text: format!(
            "{}的信封有 {} 项未处理的异常，请运维人员查看",
            region.name, region.faults
        ),
        region: region.region.clone(),
        since: String::new(),
    })
}

fn late(decision: &wire::DecisionWaiting) -> Vec<wire::ChecklistAlarm> {
    let title = &decision.title;
    let awaited = decision.awaited.iter();
    let late = awaited.filter(|one| one.days >= LATE_AFTER.whole_days());
    late.map(|one| wire::ChecklistAlarm {
        code: "word-missing".to_owned(),
        text: format!("“{title}”等待{}已 {} 日", one.who, one.days),
        region: one.region.clone(),
        since: one.since.clone(),
    })
    .collect()
}

/// What this node's own people have not answered for long. Nothing follows from it.
fn unanswered(assent: &wire::AssentWaiting, desk: &Desk) -> Option<wire::ChecklistAlarm> {
    (assent.days >= LATE_AFTER.whole_days()).then(|| wire::ChecklistAlarm {
        code: "assent-waiting".to_owned(),
        text: format!("“{}”待本地区表态已 {} 日", assent.title, assent.days),
        region: desk.region().to_string(),
        since: assent.since.clone(),
    })
}
