//! A case of the node, taken away by an auditor.

use std::convert::Infallible;

use chassis::clock::{Ids, wall_now};
use evidence::{CaseFile, Conclusion, verify_case};
use journal::{Act, Aggregate, JournalBuilder};
use proto::{exchange::v1::ExportCaseRequest, message::Message};
use regulation::{Actor, Context, Refusal, Region, Role};
use serde::{Deserialize, Serialize};
use tonic::Code;

use crate::world::{World, until};

/// Something that happens to a service's aggregate.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tally(i64);

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Event {
    Added(i64),
}

struct Never(Infallible);

impl From<Never> for Refusal {
    fn from(never: Never) -> Self {
        match never.0 {}
    }
}

impl Aggregate for Tally {
    const KIND: &'static str = "tally";
    type Command = i64;
    type Event = Event;
    type Rejection = Never;

    fn decide(&self, amount: i64, _: &Context) -> Result<Vec<Event>, Never> {
        Ok(vec![Event::Added(amount)])
    }

    fn evolve(&mut self, Event::Added(amount): &Event) {
        self.0 += amount;
    }

    fn publish(&self, _: &str, _: &Event, _: &Context) -> Vec<Message> {
        Vec::new()
    }
}

fn context(region: Region) -> Context {
    Context {
        now: wall_now(),
        actor: Actor::person("li", Role::Officer, region),
        node: region,
        policy: None,
        heard: std::collections::BTreeMap::new(),
    }
}

#[tokio::test]
async fn an_auditor_takes_a_whole_case_away_and_it_proves_itself() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    // The exchange's own journal stands for that of the service `intake`, at the same address.
    let js = world.node(Region::JS).await;
    let journal = JournalBuilder::new(|| Ids.random::<uuid::Uuid>())
        .aggregate::<Tally>()
        .build(js.database.pool().clone());
    for (id, amount) in [("one", 1), ("other", 2), ("one", 3), ("one", 4)] {
        let act = Act::new::<Tally>(id, amount);
        journal
            .execute(&act, &context(Region::JS), None, None)
            .await
            .unwrap();
        journal.seal_new_facts().await.unwrap();
    }
    let export = || ExportCaseRequest {
        service: "intake".into(),
        kind: "tally".into(),
        aggregate_id: "one".into(),
    };
    let case = async || {
        let request = js.asks(Role::Auditor, export());
        let file = js
            .door()
            .await
            .export_case(request)
            .await
            .unwrap()
            .into_inner();
        serde_json::from_slice::<CaseFile>(&file.content).unwrap()
    };
    let proved = until("a heartbeat that vouches for it", async || {
        let case = case().await;
        let report = verify_case(&case, &world.ring);
        (report.conclusion() == Conclusion::Holds).then_some(case)
    })
    .await;
    assert_eq!(proved.facts.len(), 3);

    let mut changed = proved.clone();
    changed.facts[1].payload = r#"{"Added":30}"#.into();
    assert_eq!(
        verify_case(&changed, &world.ring).conclusion(),
        Conclusion::Broken
    );

    let request = js.asks(Role::Operator, export());
    let status = js.door().await.export_case(request).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    let nothing = ExportCaseRequest {
        aggregate_id: "none".into(),
        ..export()
    };
    let status = js
        .door()
        .await
        .export_case(js.asks(Role::Auditor, nothing))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}
