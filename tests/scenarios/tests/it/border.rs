//! What is not a region's own unaltered word in its place is refused or repaired by every other
//! node, and shown to its operators; it changes nothing.

use std::time::Duration;

use evidence::Envelope;
use prost::Message as _;
use proto::{
    exchange::v1::{BorderFault, CompareHeadsRequest, FaultKind, ListFaultsRequest},
    registry::v1::{GetUnitRequest, RegisterUnitRequest, UnitKind},
};
use regulation::{Region, Role};
use scenarios::{Way, credit_code, request_id};
use sqlx::PgPool;
use testkit::eventually;
use uuid::Uuid;

use crate::common::facts;

const PATIENCE: Duration = Duration::from_mins(1);
/// In whose name something false is said.
const USURPED: Region = Region::ZJ;
/// Whose words are said again in that name.
const OTHER: Region = Region::JS;

/// Says under the name of 浙江, with its own key to the hub, what its exchange never would; then
/// loses a message of its between node and hub.
pub(crate) async fn nothing_false_passes_and_nothing_lost_stays_lost(way: &Way<'_>) {
    way.quiet().await.unwrap();
    let before = facts(way.federation).await;
    let usurped = way.federation.usurp(USURPED).await.unwrap();
    let said = last_said(way, USURPED).await;
    let honest = Envelope::decode(said.as_slice()).unwrap();
    let mut forged = honest.clone();
    forged.signature[0] ^= 1;
    let mut altered = honest.clone();
    *altered.body.last_mut().unwrap() ^= 1;
    let replayed = last_said(way, OTHER).await;
    let false_words = [
        forged.encode_to_vec(),
        altered.encode_to_vec(),
        replayed,
        b"no envelope".to_vec(),
        // Its own last word once more is nothing new, and no fault.
        said,
    ];
    for (nth, envelope) in (1..).zip(false_words) {
        let stored = usurped.publish(Uuid::from_u128(nth), envelope).await;
        stored.unwrap();
    }
    let expected = [
        FaultKind::Forged,
        FaultKind::Altered,
        FaultKind::Replayed,
        FaultKind::Malformed,
    ];
    for at in receivers(way) {
        shown(way, at, &expected).await;
    }
    way.quiet().await.unwrap();
    assert_eq!(
        facts(way.federation).await,
        before,
        "something false was applied"
    );
    lost_on_the_way(way).await;
    agreed(way).await;
}

fn receivers(way: &Way<'_>) -> Vec<Region> {
    way.federation
        .regions()
        .filter(|region| *region != USURPED)
        .collect()
}

/// What the hub has on file of what a region last said of a unit, as it crossed.
async fn last_said(way: &Way<'_>, region: Region) -> Vec<u8> {
    let sql = "select envelope from received
               where region = $1 and kind like 'registry.%' order by number desc limit 1";
    let said = sqlx::query_scalar(sql).bind(region.as_str());
    said.fetch_one(&border(way, Region::HUB).await)
        .await
        .unwrap()
}

async fn border(way: &Way<'_>, at: Region) -> PgPool {
    way.federation.sql(at, "exchange").await.unwrap()
}

/// What a node's operator is shown of the usurped region.
async fn faults(way: &Way<'_>, at: Region) -> anyhow::Result<Vec<BorderFault>> {
    let mut exchange = way.as_role(at, Role::Operator)?.exchange()?;
    let request = ListFaultsRequest {
        region: USURPED.to_string(),
        repaired: true,
        page: None,
    };
    Ok(exchange.list_faults(request).await?.into_inner().faults)
}

/// Waits until the node shows faults of exactly these kinds, with their evidence.
async fn shown(way: &Way<'_>, at: Region, kinds: &[FaultKind]) {
    let look = async || {
        let faults = faults(way, at).await.ok()?;
        let every = kinds
            .iter()
            .all(|kind| faults.iter().any(|fault| fault.kind() == *kind));
        every.then_some(faults)
    };
    let what = format!("{kinds:?} of {USURPED} at {at}");
    let faults = eventually(PATIENCE, look, &what).await.unwrap();
    assert_eq!(faults.len(), kinds.len(), "{at}: {faults:#?}");
    for fault in &faults {
        let evident = !fault.envelope.is_empty() && !fault.note.is_empty();
        assert!(evident && fault.repaired_at.is_none(), "{at}: {fault:#?}");
    }
    let heard = way.federation.members_heard(at).await.unwrap();
    let state = heard.iter().find(|state| state.region == USURPED.as_str());
    assert_eq!(state.unwrap().faults, kinds.len() as u64, "{at}");
}

/// A unit is registered while the line is cut, and its message is lost before it reached the hub:
/// the others miss it, ask for it, and know the unit.
async fn lost_on_the_way(way: &Way<'_>) {
    way.federation.cut(USURPED).unwrap();
    let own = border(way, USURPED).await;
    waiting(&own, 2).await;
    let request = RegisterUnitRequest {
        request_id: request_id(),
        credit_code: credit_code("91330106JB0009001").unwrap().to_string(),
        name: "浙江失而复得研究院".to_owned(),
        kind: UnitKind::Institute.into(),
        division_code: "330106".to_owned(),
        fields: vec!["人工智能".to_owned()],
        ..Default::default()
    };
    let officer = way.as_role(USURPED, Role::Officer).unwrap();
    let registered = officer.registry().unwrap().register_unit(request).await;
    let unit_id = registered.unwrap().into_inner().unit_id;
    let lost = "delete from unpublished where number =
                    (select number from sent where aggregate = $1 order by number limit 1)";
    let look = async || {
        let lost = sqlx::query(lost)
            .bind(&unit_id)
            .execute(&own)
            .await
            .unwrap();
        (lost.rows_affected() == 1).then_some(())
    };
    eventually(PATIENCE, look, "the unit's message to be numbered")
        .await
        .unwrap();
    way.federation.heal(USURPED).unwrap();
    for at in receivers(way) {
        repaired(way, at, &unit_id).await;
    }
}

/// Waits until so many envelopes wait for the hub: the first may be on its way all the same.
async fn waiting(own: &PgPool, envelopes: i64) {
    let look = async || {
        let waiting: i64 = sqlx::query_scalar("select count(*) from unpublished")
            .fetch_one(own)
            .await
            .unwrap();
        (waiting >= envelopes).then_some(())
    };
    eventually(PATIENCE, look, "envelopes to wait")
        .await
        .unwrap();
}

async fn repaired(way: &Way<'_>, at: Region, unit_id: &str) {
    let officer = if at.is_hub() {
        Role::Secretariat
    } else {
        Role::Officer
    };
    let session = way.as_role(at, officer).unwrap();
    let look = async || {
        let request = GetUnitRequest {
            unit_id: unit_id.to_owned(),
            identity: String::new(),
        };
        session.registry().ok()?.get_unit(request).await.ok()?;
        let faults = faults(way, at).await.ok()?;
        let gap = faults.iter().find(|fault| fault.kind() == FaultKind::Gap)?;
        gap.repaired_at.map(drop)
    };
    let what = format!("{at} to ask for what it missed, and to show it");
    eventually(PATIENCE, look, &what).await.unwrap();
}

/// In the end all hold the same envelopes.
async fn agreed(way: &Way<'_>) {
    way.quiet().await.unwrap();
    let auditor = way.as_role(OTHER, Role::Auditor).unwrap();
    let look = async || {
        let mut exchange = auditor.exchange().ok()?;
        let compared = exchange.compare_heads(CompareHeadsRequest {}).await;
        let compared = compared.ok()?.into_inner();
        let all = compared.unreachable.is_empty() && compared.chains.iter().all(|c| c.agreed);
        all.then_some(())
    };
    eventually(PATIENCE, look, "all to agree").await.unwrap();
}
