//! A linked region sees what was decided, and its word is not needed for it: cut off, it neither
//! delays nor counts, and catches up by itself.

use std::{collections::BTreeSet, time::Duration};

use proto::{
    coordination::v1::{GetDecisionRequest, ListAssentsRequest, ListDecisionsRequest},
    matching::v1::ListCatalogueRequest,
    registry::v1::{RegisterUnitRequest, UnitKind},
};
use regulation::{Region, Role};
use scenarios::{Way, credit_code, request_id};
use testkit::eventually;

const PATIENCE: Duration = Duration::from_mins(1);
/// A unit of its own, registered while nobody hears it.
const ITS_UNIT: &str = "91440101JB0009001";

/// A region that is a member by its keys, and no full member by any policy version.
pub(crate) fn region() -> Region {
    "gd".parse().unwrap()
}

/// While it was cut off the decision came into force without it: it was neither asked nor counted,
/// nor waited for. It works on what is its own, and knows that it knows nothing newer.
pub(crate) async fn did_not_count(way: &Way<'_>, decision_id: &str) {
    let hub = way.as_role(Region::HUB, Role::Secretariat).unwrap();
    let request = GetDecisionRequest {
        decision_id: decision_id.to_owned(),
    };
    let mut coordination = hub.coordination().unwrap();
    let decision = coordination.get_decision(request).await.unwrap();
    let decision = decision.into_inner();
    let full: Vec<_> = way.regions().iter().map(Region::to_string).collect();
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(decision.members), sorted(full.clone()));
    assert_eq!(sorted(decision.assented), sorted(full));
    assert!(decision.not_heard.is_empty(), "{:?}", decision.not_heard);
    assert!(
        decision.words.iter().all(|word| word.region != "gd"),
        "{:?}",
        decision.words
    );

    let officer = way.as_role(region(), Role::Officer).unwrap();
    let mut coordination = officer.coordination().unwrap();
    let known = coordination.list_decisions(ListDecisionsRequest::default());
    let known = known.await.unwrap().into_inner().decisions;
    assert!(known.iter().all(|known| known.decision_id != decision_id));
    let request = RegisterUnitRequest {
        request_id: request_id(),
        credit_code: credit_code(ITS_UNIT).unwrap().to_string(),
        name: "广东联动研究院".to_owned(),
        kind: UnitKind::Institute.into(),
        division_code: "440106".to_owned(),
        fields: vec!["人工智能".to_owned()],
        ..Default::default()
    };
    let mut registry = officer.registry().unwrap();
    registry.register_unit(request).await.unwrap();
}

/// Healed, it has the list and the decision, was never asked for an assent, and the others know
/// what it did meanwhile.
pub(crate) async fn catches_up(way: &mut Way<'_>, decision_id: &str) {
    way.federation.heal(region()).unwrap();
    way.in_force_at(region(), decision_id).await.unwrap();
    way.in_the_catalogue_of(region()).await.unwrap();
    let officer = way.as_role(region(), Role::Officer).unwrap();
    let mut coordination = officer.coordination().unwrap();
    let assents = coordination.list_assents(ListAssentsRequest::default());
    assert_eq!(assents.await.unwrap().into_inner().assents, []);
    let mut matching = officer.matching().unwrap();
    let listed = matching.list_catalogue(ListCatalogueRequest::default());
    let listed = listed.await.unwrap().into_inner().items;
    let blind_ids = listed
        .into_iter()
        .filter_map(|item| Some(item.entry?.blind_id));
    let listed: BTreeSet<_> = blind_ids.collect();
    let published = way.published.iter().map(|one| one.blind_id.clone());
    assert_eq!(listed, published.collect());
    let unit = scenarios::unit_id(ITS_UNIT).unwrap().to_string();
    for at in way.regions() {
        knows(way, at, &unit).await;
    }
    way.verify().await.unwrap();
}

async fn knows(way: &Way<'_>, at: Region, unit_id: &str) {
    let officer = way.as_role(at, Role::Officer).unwrap();
    let look = async || {
        let request = proto::registry::v1::GetUnitRequest {
            unit_id: unit_id.to_owned(),
            identity: String::new(),
        };
        officer.registry().ok()?.get_unit(request).await.ok()
    };
    let what = format!("{at} to know the unit of the linked region");
    eventually(PATIENCE, look, &what).await.unwrap();
}
