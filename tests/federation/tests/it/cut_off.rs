//! A member's keys change while it is cut off, and what it says meanwhile is past the end of the key
//! that it still has.

use std::path::PathBuf;

use federation::Federation;
use proto::{
    coordination::v1::{DecisionState, EndPublicityRequest},
    exchange::v1::{BorderFault, FaultKind, VerifyChainRequest},
};
use regulation::{Region, Role};
use testkit::{Place as Folder, eventually};
use time::Duration as Days;

use crate::{
    admission::{exchange, faults, hears, knows, knows_unit, number, policies, signs_with, unit},
    joint::{LONG, MEMBERS, approved, asks, coordination, fresh, in_state, opened},
};

#[tokio::test]
async fn what_is_said_past_the_end_of_a_key_by_who_did_not_hear_of_it_is_signed_anew_and_not_lost()
{
    let folder = Folder::new().unwrap();
    policies(folder.path());
    let federation = Federation::builder()
        .regions(MEMBERS)
        .services(["registry", "coordination", "exchange"])
        .policies(folder.path())
        .clock_starts("2024-09-02T01:00:00Z")
        .boot()
        .await
        .unwrap();
    let now = federation.now();
    let until = now + Days::days(2);
    let next = federation.next_keys(Region::ZJ, now, until).unwrap();
    let key = next.signing.id().to_string();
    let decision = opened(&federation, &next).await;
    let id = approved(&federation, decision, "长三角办〔2024〕13号").await;
    in_state(&federation, Region::ZJ, &id, DecisionState::Publicity).await;

    federation.cut(Region::ZJ).unwrap();
    goes_on_without(&federation, &id).await;
    federation.advance(5).await.unwrap();
    let unit = unit(&federation, Region::ZJ).await;
    let said = says_more(&federation).await;

    // Nobody has put the next key there yet: then nothing is sent, and the operators are told.
    let file = next_key_file(&federation);
    let away = file.with_extension("away");
    std::fs::rename(&file, &away).unwrap();
    federation.heal(Region::ZJ).unwrap();
    let told = async || {
        let told = faults(&federation, Region::ZJ).await;
        told.into_iter()
            .find(|one| one.kind() == FaultKind::Unsendable)
    };
    let told: BorderFault = eventually(LONG, told, "浙江's operators to be told")
        .await
        .unwrap();
    assert!(told.note.contains("next_signing_key_file"), "{}", told.note);
    assert!(number(&federation, Region::SH, Region::ZJ).await < said);

    std::fs::rename(&away, &file).unwrap();
    for at in federation.regions() {
        knows(&federation, at, Region::ZJ, |zj| zj.signing.len() == 2).await;
        hears(&federation, at, Region::ZJ, said + 1).await;
    }
    knows_unit(&federation, Region::SH, &unit).await;
    signs_with(&federation, &key).await;
    nothing_is_lost_or_twice(&federation).await;
    federation.shutdown().await.unwrap();
}

/// The hub ends the publicity period by name and with a reason; the decision is in force without
/// the one that is cut off having heard of it.
async fn goes_on_without(federation: &Federation, id: &str) {
    federation.advance(20).await.unwrap();
    let end = async || {
        let end = EndPublicityRequest {
            request_id: fresh(),
            decision_id: id.to_owned(),
            reason: "浙江节点线路中断，已电话确认无异议".to_owned(),
        };
        let request = asks(federation, Region::HUB, Role::Secretariat, end);
        let mut hub = coordination(federation, Region::HUB);
        hub.end_publicity(request).await.ok()
    };
    eventually(LONG, end, "the publicity period to be ended")
        .await
        .unwrap();
    for at in [Region::HUB, Region::SH] {
        in_state(federation, at, id, DecisionState::InForce).await;
        knows(federation, at, Region::ZJ, |zj| zj.signing.len() == 2).await;
    }
}

/// Waits until the one cut off has said something past the end of its key; gives the last number.
async fn says_more(federation: &Federation) -> u64 {
    let border = federation.sql(Region::ZJ, "exchange").await.unwrap();
    let look = async || {
        let unit = "select number from sent where kind = 'registry.unit.recorded'";
        let number: Option<i64> = sqlx::query_scalar(unit)
            .fetch_optional(&border)
            .await
            .ok()?;
        number
    };
    eventually(LONG, look, "浙江 to number what it said")
        .await
        .unwrap();
    number(federation, Region::ZJ, Region::ZJ).await
}

fn next_key_file(federation: &Federation) -> PathBuf {
    let first = federation.first_signing_key(Region::ZJ).unwrap();
    first.with_file_name("next-signing.pem")
}

async fn nothing_is_lost_or_twice(federation: &Federation) {
    federation.wait_quiet(LONG).await.unwrap();
    for at in federation.regions() {
        let verify = VerifyChainRequest {
            region: Region::ZJ.to_string(),
        };
        let request = asks(federation, at, Role::Auditor, verify);
        let report = exchange(federation, at).verify_chain(request).await;
        let report = report.unwrap().into_inner();
        assert_eq!(report.faults, Vec::<String>::new(), "at {at}");
        assert_eq!(faults(federation, at).await, [], "at {at}");
    }
    let count = async |at, sql: &'static str| {
        let border = federation.sql(at, "exchange").await.unwrap();
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&border).await.unwrap();
        count
    };
    let anew = count(Region::ZJ, "select count(*) from sent_anew").await;
    assert!(anew > 0, "there was something to sign anew");
    let twice = "select count(*) - 1 from sent where kind = 'registry.unit.recorded'";
    assert_eq!(count(Region::ZJ, twice).await, 0, "one number");
    for at in [Region::HUB, Region::SH] {
        let gaps = "select max(number) - count(*) from received where region = 'zj'";
        assert_eq!(count(at, gaps).await, 0, "at {at}");
        let heard = "select count(*) from received where region = 'zj'
                     and kind = 'registry.unit.recorded'";
        assert_eq!(count(at, heard).await, 1, "at {at}");
    }
    assert_eq!(federation.dead_letters().await.unwrap(), []);
}
