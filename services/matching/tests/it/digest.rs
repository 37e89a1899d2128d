//! What is new for a unit, told every so many days.

use matching::recommend::keep_up;
use proto::{intake::v1::TaskRevised, matching::v1 as wire, message::Message};
use regulation::Role;
use tonic::Code;

use crate::{
    nodes::{DEMANDER, Nodes, SOLVER, demand, fresh, record},
    recommend::{CHEMISTS, Reader, profile, tell, unit},
};

async fn subscribe(reader: &Reader<'_>, every_days: i32) -> Result<String, tonic::Status> {
    let request = wire::SubscribeDigestRequest {
        request_id: fresh(),
        every_days,
    };
    let mut member = reader.to(Role::UnitMember, Some(CHEMISTS));
    let subscribed = member.subscribe_digest(request).await?.into_inner();
    assert_eq!(subscribed.unit_id, CHEMISTS.to_string());
    Ok(subscribed.next_on)
}

async fn digests(reader: &Reader<'_>) -> Vec<Vec<(String, bool)>> {
    keep_up(&reader.node.desk, &reader.settings.shelf)
        .await
        .unwrap();
    let mut member = reader.to(Role::UnitMember, Some(CHEMISTS));
    let listed = member.list_digests(wire::ListDigestsRequest::default());
    let listed = listed.await.unwrap().into_inner().digests;
    let entries = |digest: wire::Digest| {
        let entries = digest.entries.into_iter().map(|entry| {
            assert!(entry.reason.contains("与之相符"), "{}", entry.reason);
            let record = entry.item.unwrap().entry.unwrap().record.unwrap();
            (record.title, entry.fresh)
        });
        entries.collect()
    };
    listed.into_iter().map(entries).collect()
}

fn resin(title: &str) -> proto::intake::v1::PublicRecord {
    record(title, "集成电路")
}

async fn revise(nodes: &Nodes) {
    let mut task = resin("光刻胶树脂").tasks.remove(0);
    (task.revision, task.indicators) = (2, "分散度不高于 1.1".into());
    let revised = TaskRevised {
        demand_id: demand(1).to_string(),
        task: Some(task),
        number: 1,
        ..Default::default()
    };
    let home = nodes.home.desk.region();
    nodes
        .home
        .hear_from(home, Message::node(demand(1), &revised))
        .await;
    nodes.settle().await;
}

#[tokio::test]
async fn a_digest_names_what_fits_and_is_new_or_changed_since_the_last_and_each_once() {
    let nodes = Nodes::start().await;
    let zj = nodes.solver.desk.region();
    let chemists = unit(CHEMISTS, "化学所", zj);
    tell(
        &nodes.solver,
        &chemists,
        &profile(CHEMISTS, zj, &["光刻胶树脂的合成"]),
    )
    .await;
    nodes.publish(&[(demand(9), resin("早已公布的树脂"))]).await;
    nodes.pass(1);
    let reader = Reader::of(&nodes.solver).await;
    let next = subscribe(&reader, 7).await.unwrap();
    assert_eq!(next, "2024-10-16");
    let fits = [(demand(1), resin("光刻胶树脂"))];
    nodes.publish(&fits).await;
    let other = proto::intake::v1::PublicRecord {
        mission: "降低功耗".into(),
        tasks: vec![],
        ..record("推理芯片", "人工智能")
    };
    nodes.publish(&[(demand(2), other)]).await;
    assert!(digests(&reader).await.is_empty(), "not due");
    nodes.pass(7);
    let told = digests(&reader).await;
    assert_eq!(told, [vec![("光刻胶树脂".to_owned(), true)]]);
    assert_eq!(digests(&reader).await.len(), 1, "once");
    nodes.pass(7);
    assert_eq!(digests(&reader).await.len(), 1, "nothing is new");
    revise(&nodes).await;
    nodes.pass(7);
    let told = digests(&reader).await;
    assert_eq!(told[0], [("光刻胶树脂".to_owned(), false)], "changed");
    subscribe(&reader, 0).await.unwrap();
    nodes.publish(&[(demand(3), resin("新的树脂"))]).await;
    nodes.pass(14);
    assert_eq!(digests(&reader).await.len(), 2, "ended");
    subscribe(&reader, 1).await.unwrap();
    nodes.pass(2);
    assert_eq!(digests(&reader).await.len(), 2, "new from then on");
}

#[tokio::test]
async fn digests_are_the_units_own_and_not_rarer_than_a_month() {
    let nodes = Nodes::start().await;
    let reader = Reader::of(&nodes.solver).await;
    for days in [-1, 32] {
        let refused = subscribe(&reader, days).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    subscribe(&reader, 31).await.unwrap();
    for role in [Role::Expert, Role::Officer, Role::Auditor] {
        let mut someone = reader.to(role, Some(SOLVER));
        let listed = someone
            .list_digests(wire::ListDigestsRequest::default())
            .await;
        assert_eq!(listed.unwrap_err().code(), Code::PermissionDenied);
        let request = wire::SubscribeDigestRequest::default();
        let subscribed = someone.subscribe_digest(request).await;
        assert_eq!(subscribed.unwrap_err().code(), Code::PermissionDenied);
    }
    let mut others = reader.to(Role::UnitMember, Some(SOLVER));
    let theirs = others.list_digests(wire::ListDigestsRequest::default());
    let theirs = theirs.await.unwrap().into_inner().subscription.unwrap();
    assert_eq!((theirs.every_days, theirs.next_on.as_str()), (0, ""));
}

#[tokio::test]
async fn a_digest_names_ten_of_the_new_however_well_the_old_fit_and_none_of_the_units_own() {
    let nodes = Nodes::start().await;
    let home = nodes.home.desk.region();
    for id in [CHEMISTS, DEMANDER] {
        let says = profile(id, home, &["光刻胶树脂的合成"]);
        tell(&nodes.home, &unit(id, "某单位", home), &says).await;
    }
    let titled = |n: u128| (demand(n), resin("光刻胶树脂的合成"));
    nodes
        .publish(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(titled))
        .await;
    nodes.pass(1);
    let reader = Reader::of(&nodes.home).await;
    subscribe(&reader, 1).await.unwrap();
    let mut demander = reader.to(Role::UnitMember, Some(DEMANDER));
    let request = wire::SubscribeDigestRequest {
        request_id: fresh(),
        every_days: 1,
    };
    demander.subscribe_digest(request).await.unwrap();
    let fresh = |n: u128| (demand(n), resin("光刻胶"));
    nodes
        .publish(&[21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32].map(fresh))
        .await;
    nodes.pass(1);
    let told = digests(&reader).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].len(), 10);
    let own = demander
        .list_digests(wire::ListDigestsRequest::default())
        .await;
    assert!(
        own.unwrap().into_inner().digests.is_empty(),
        "all are its own"
    );
}
