//! What happened to one demand can be followed over every node it touched, at the hub, and without
//! a word of what was said there.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use regulation::Region;
use scenarios::{DemandRef, Way};
use serde::Deserialize;
use testkit::eventually;

const PATIENCE: Duration = Duration::from_mins(1);

/// What the Jaeger UI asks for.
#[derive(Deserialize)]
struct Traces {
    data: Vec<Trace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trace {
    spans: Vec<Span>,
    processes: BTreeMap<String, Process>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    #[serde(rename = "spanID")]
    id: String,
    #[serde(rename = "processID")]
    process: String,
    operation_name: String,
    tags: Vec<serde_json::Value>,
    logs: Vec<serde_json::Value>,
    references: Option<Vec<Reference>>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "spanID")]
    span: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Process {
    service_name: String,
}

impl Trace {
    /// Where a span happened: node and service.
    fn place(&self, span: &Span) -> (Region, &str) {
        let (region, service) = self.processes[&span.process]
            .service_name
            .split_once('-')
            .unwrap();
        (region.parse().unwrap(), service)
    }

    fn regions(&self) -> BTreeSet<Region> {
        self.spans.iter().map(|span| self.place(span).0).collect()
    }

    /// Spans whose cause is not in the trace.
    fn beginnings(&self) -> Vec<&Span> {
        let known: BTreeSet<_> = self.spans.iter().map(|span| span.id.as_str()).collect();
        let caused = |span: &&Span| {
            let causes = span.references.iter().flatten();
            let mut causes = causes.map(|cause| cause.span.as_str());
            causes.any(|cause| known.contains(cause))
        };
        self.spans.iter().filter(|span| !caused(span)).collect()
    }
}

/// The trace of a demand's acceptance leads from its home to the hub, and that of its publication
/// from the hub to every node, the demander's among them.
pub(crate) async fn one_demand_is_followed_over_all_nodes(way: &Way<'_>) {
    let demand = way
        .demands
        .iter()
        .find(|demand| way.published(&demand.key).is_ok())
        .unwrap();
    let home = demand.region;
    let accepted = trace_of(way, (home, "intake"), &demand.id, "Accepted").await;
    let accepted = at_the_hub(way, &accepted, &BTreeSet::from([home, Region::HUB])).await;
    assert_eq!(accepted.regions(), BTreeSet::from([home, Region::HUB]));

    let posting = posting_of(way, demand).await;
    let published = trace_of(way, (home, "matching"), &posting, "Listed").await;
    let all: BTreeSet<_> = way.federation.regions().collect();
    assert!(all.len() >= 3);
    let published = at_the_hub(way, &published, &all).await;
    for trace in [&accepted, &published] {
        let beginnings = trace.beginnings();
        let names: Vec<_> = beginnings.iter().map(|s| &s.operation_name).collect();
        assert_eq!(beginnings.len(), 1, "one act, and what followed: {names:?}");
        for span in &trace.spans {
            let (region, service) = trace.place(span);
            let told = span.tags.len() + span.logs.len();
            let what = &span.operation_name;
            assert!(
                region.is_hub() || told == 0,
                "{region} tells the hub more of {what} by {service} than that it was"
            );
        }
    }
}

/// The trace in which a thing happened to an aggregate.
async fn trace_of(way: &Way<'_>, (at, service): (Region, &str), id: &str, fact: &str) -> String {
    let pool = way.federation.sql(at, service).await.unwrap();
    let trace = sqlx::query_scalar("select trace from journal_fact where id = $1 and name = $2");
    let trace = trace.bind(id).bind(fact).fetch_one(&pool).await;
    let trace: String = trace.unwrap_or_else(|error| panic!("{fact} of {id}: {error}"));
    trace.split('-').nth(1).unwrap().to_owned()
}

/// The id of a published demand's posting, at its home.
async fn posting_of(way: &Way<'_>, demand: &DemandRef) -> String {
    let pool = way.federation.sql(demand.region, "matching").await.unwrap();
    let sql = "select id from journal_state where kind = 'posting' and state::text like $1";
    let blind = &way.published(&demand.key).unwrap().blind_id;
    let found = sqlx::query_scalar(sql).bind(format!("%{blind}%"));
    found.fetch_one(&pool).await.unwrap()
}

/// The trace as the hub's pages show it, once there is something of all these regions.
async fn at_the_hub(way: &Way<'_>, id: &str, regions: &BTreeSet<Region>) -> Trace {
    let mut seen = BTreeSet::new();
    let look = async || {
        let path = format!("/api/traces/{id}");
        let text = way.federation.traces(Region::HUB, &path).await.ok()?;
        let mut traces: Traces = serde_json::from_str(&text).unwrap();
        let trace = traces.data.pop()?;
        seen = trace.regions();
        (seen.is_superset(regions) && trace.beginnings().len() == 1).then_some(trace)
    };
    let what = format!("trace {id} of {regions:?} at the hub");
    let found = eventually(PATIENCE, look, &what).await;
    found.unwrap_or_else(|error| panic!("{error:#}: {seen:?}"))
}
