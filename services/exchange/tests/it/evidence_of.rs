//! What an auditor gets: chains that are recomputed, compared and exported.

use bus::Outgoing;
use chassis::clock::wall_now;
use evidence::{ChainFile, Conclusion, DecisionFile, Digest, Place, verify_chain, verify_decision};
use prost::Message as _;
use proto::{
    coordination::v1::{
        AssentGiven, DecisionChanged, DecisionInForce, DecisionOpened, DecisionState, Party,
    },
    exchange::v1::{
        CompareHeadsRequest, ExportChainRequest, ExportDecisionRequest, FaultKind,
        RedeliverEnvelopeRequest, VerifyChainRequest,
    },
    message::{Audience, PublicEvent},
};
use regulation::{Day, Region, Role};
use time::format_description::well_known::Rfc3339;
use tonic::Code;
use uuid::Uuid;

use crate::{
    node::Node,
    world::{World, until},
};

async fn tells<E: PublicEvent>(node: &Node, event: &E) {
    let digest = Digest::of("id", &[&event.encode_to_vec()]);
    let message = Outgoing {
        id: Uuid::from_slice(&digest.as_bytes()[..16]).unwrap(),
        kind: E::KIND.to_owned(),
        schema: E::SCHEMA.to_owned(),
        body: event.encode_to_vec(),
        ..node.message(1, Audience::All)
    };
    let bus = node.bus("coordination").await;
    bus.ensure_stream().await.unwrap();
    bus.publish(&message).await.unwrap();
}

/// Two decisions are opened by the hub, and the members' directors and the hub bring the first into
/// force.
async fn decided(hub: &Node, members: [&Node; 2], document: &[u8]) {
    let document = document.to_vec();
    let digest = Digest::of_document(&document).to_string();
    let opened = DecisionOpened {
        decision_id: "d-1".into(),
        title: "清单".into(),
        document: document.clone(),
        digest: digest.clone(),
        members: vec!["js".into(), "zj".into()],
        ..DecisionOpened::default()
    };
    tells(hub, &opened).await;
    let other = DecisionOpened {
        decision_id: "d-2".into(),
        ..opened
    };
    tells(hub, &other).await;
    for node in members {
        let assent = AssentGiven {
            document_kind: "decision".into(),
            subject_id: "d-1".into(),
            digest: digest.clone(),
            party: Some(Party {
                region: node.region.to_string(),
                unit_id: String::new(),
            }),
            person: "wang".into(),
            role: "director".into(),
            ..AssentGiven::default()
        };
        tells(node, &assent).await;
    }
    in_force(hub, document, digest).await;
}

/// The publicity period of the first decision is over.
async fn in_force(hub: &Node, document: Vec<u8>, digest: String) {
    let last_day = Day::of(wall_now()).minus_days(1).to_string();
    let shown = DecisionChanged {
        decision_id: "d-1".into(),
        digest: digest.clone(),
        state: DecisionState::Publicity.into(),
        document_number: "1号".into(),
        publicity_until: last_day.clone(),
        ..DecisionChanged::default()
    };
    tells(hub, &shown).await;
    let in_force = DecisionInForce {
        decision_id: "d-1".into(),
        document,
        digest,
        document_number: "1号".into(),
        assented: vec!["js".into(), "zj".into()],
        in_force_at: Day::of(wall_now()).start().format(&Rfc3339).unwrap(),
        publicity_until: last_day,
        ..DecisionInForce::default()
    };
    tells(hub, &in_force).await;
}

#[tokio::test]
async fn a_joint_decision_is_exported_with_every_members_word_and_proves_itself() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let (js, zj) = (world.node(Region::JS).await, world.node(Region::ZJ).await);
    let document = b"the list";
    decided(&hub, [&js, &zj], document).await;
    let decision = "select count(*) from received where kind like 'coordination.%'";
    until("all words", async || {
        (js.count(decision).await == 5).then_some(())
    })
    .await;
    let request = js.asks(
        Role::Auditor,
        ExportDecisionRequest {
            decision_id: "d-1".into(),
        },
    );
    let file = js
        .door()
        .await
        .export_decision(request)
        .await
        .unwrap()
        .into_inner();
    let file: DecisionFile = serde_json::from_slice(&file.content).unwrap();
    let report = verify_decision(&file, Some(document.as_slice()), &world.ring);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");

    let request = js.asks(
        Role::Auditor,
        ExportDecisionRequest {
            decision_id: "d-3".into(),
        },
    );
    let status = js.door().await.export_decision(request).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn a_chain_is_recomputed_and_exported_and_a_changed_row_is_found() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let (js, zj) = (world.node(Region::JS).await, world.node(Region::ZJ).await);
    let at_zj = zj.listen().await;
    js.say(1..=10, Audience::All).await;
    at_zj.hear(Region::JS, 1..=10).await;
    for node in [&js, &zj] {
        let request = node.asks(
            Role::Auditor,
            VerifyChainRequest {
                region: "js".into(),
            },
        );
        let report = node
            .door()
            .await
            .verify_chain(request)
            .await
            .unwrap()
            .into_inner();
        assert!(
            report.faults.is_empty() && report.envelopes >= 10,
            "{report:?}"
        );
    }
    let export = ExportChainRequest {
        region: "js".into(),
        from: 2,
        to: 9,
    };
    let request = zj.asks(Role::Auditor, export.clone());
    let file = zj
        .door()
        .await
        .export_chain(request)
        .await
        .unwrap()
        .into_inner();
    let file: ChainFile = serde_json::from_slice(&file.content).unwrap();
    assert_eq!(file.envelopes.len(), 8);
    let report = verify_chain(&file.envelopes, &world.ring);
    assert_eq!(report.conclusion(), Conclusion::Holds, "{report}");
    let request = zj.asks(Role::Officer, export);
    let status = zj.door().await.export_chain(request).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_filed_envelope_can_be_changed_by_nobody_and_if_it_was_all_the_same_it_is_found() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let (js, zj) = (world.node(Region::JS).await, world.node(Region::ZJ).await);
    let at_zj = zj.listen().await;
    js.say(1..=10, Audience::All).await;
    at_zj.hear(Region::JS, 1..=10).await;
    let change = "update received set envelope = set_byte(envelope, length(envelope) - 1, 0)
                  where region = 'js' and number = 5";
    let refused = sqlx::query(change)
        .execute(zj.database.pool())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    let forced = format!("alter table received disable trigger append_only; {change}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(forced))
        .execute(zj.database.pool())
        .await
        .unwrap();
    let request = zj.asks(
        Role::Auditor,
        VerifyChainRequest {
            region: "js".into(),
        },
    );
    let report = zj
        .door()
        .await
        .verify_chain(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(report.envelopes, 4);
    assert!(report.faults[0].contains("第 5 号"), "{report:?}");
}

#[tokio::test]
async fn members_that_were_told_different_histories_find_out() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let zj = world.rogue(Region::ZJ).await;
    let told_all = zj.envelope(&world, Place::FIRST, 1);
    zj.send(&told_all).await;
    for node in [&hub, &js] {
        until("it to be filed", async || {
            (node.sees(Region::ZJ).await.number == 1).then_some(())
        })
        .await;
    }
    let compare = async || {
        let request = js.asks(Role::Auditor, CompareHeadsRequest {});
        let answer = js
            .door()
            .await
            .compare_heads(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.unreachable, ["zj"]);
        answer
            .chains
            .into_iter()
            .find(|chain| chain.origin == "zj")
            .unwrap()
    };
    let chain = compare().await;
    assert!(
        chain.agreed && chain.number == 1 && chain.views.len() == 2,
        "{chain:?}"
    );

    // As if the hub had been handed another first envelope.
    let told_hub = zj.envelope(&world, Place::FIRST, 2);
    let forced = "alter table received disable trigger append_only";
    sqlx::query(forced)
        .execute(hub.database.pool())
        .await
        .unwrap();
    sqlx::query("update received set envelope = $1, hash = $2 where region = 'zj'")
        .bind(told_hub.encode_to_vec())
        .bind(evidence::hash(&told_hub).as_ref())
        .execute(hub.database.pool())
        .await
        .unwrap();
    let chain = compare().await;
    assert!(!chain.agreed, "{chain:?}");
    let faults = js.faults(Region::ZJ).await;
    assert_eq!(
        faults[0].kind(),
        FaultKind::Fork,
        "with the other envelope as evidence"
    );
    assert_eq!(faults[0].envelope, told_hub.encode_to_vec());
    assert!(
        faults[0]
            .found_at
            .as_ref()
            .and_then(evidence::from_timestamp)
            <= Some(wall_now())
    );
}

#[tokio::test]
async fn an_envelope_is_given_to_the_nodes_services_again_when_an_operator_asks() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    js.say([1], Audience::One(Region::ZJ)).await;
    js.say([2], Audience::HUB).await;
    let at_hub = hub.listen().await;
    at_hub.hear(Region::JS, [2]).await;
    let number = "select number from received where region = 'js' and audience = 'hub'";
    let number = u64::try_from(hub.count(number).await).unwrap();
    let again = |number| RedeliverEnvelopeRequest {
        request_id: Uuid::from_u128(1).to_string(),
        region: "js".into(),
        number,
    };
    let request = hub.asks(Role::Operator, again(number));
    hub.door().await.redeliver_envelope(request).await.unwrap();
    hub.at_rest().await;
    let sealed = "select number from received where region = 'js' and audience = 'zj'";
    let sealed = u64::try_from(hub.count(sealed).await).unwrap();
    let request = hub.asks(Role::Operator, again(sealed));
    let status = hub
        .door()
        .await
        .redeliver_envelope(request)
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::NotFound, "not addressed to the hub");
}
