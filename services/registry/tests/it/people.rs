//! People: known to others by a key alone, registered by their own unit or an officer.

use proto::{message::Incoming, registry::v1 as wire};
use regulation::{Region, Role, UnitId};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::house::{House, fresh, staffed, stranger};

const NUMBER: &str = "11010519491231002X";

fn person(number: &str, unit_id: &str) -> wire::RegisterPersonRequest {
    wire::RegisterPersonRequest {
        request_id: fresh().to_string(),
        identity_number: number.into(),
        name: "王某某".into(),
        unit_id: unit_id.into(),
    }
}

#[tokio::test]
async fn a_unit_registers_its_own_person_who_has_the_same_key_whoever_asks() {
    let js = House::of(Region::JS).await;
    let unit = staffed(&js).await;
    let id: UnitId = unit.unit_id.parse().unwrap();
    let request = person(NUMBER, &unit.unit_id);
    let first = js.to_member(id).register_person(request.clone()).await;
    let first = first.unwrap().into_inner();
    assert_eq!(first.person_key.len(), 64);
    assert_eq!(first.unit_ids, std::slice::from_ref(&unit.unit_id));
    let repeated = js.to_member(id).register_person(request).await.unwrap();
    assert_eq!(repeated.into_inner(), first);
    let typed = person(&NUMBER.to_lowercase(), &unit.unit_id);
    let officer = js.to(Role::Officer).register_person(typed).await.unwrap();
    assert_eq!(officer.into_inner(), first);
    let other = js
        .to(Role::Officer)
        .register_person(person("E12345678", &unit.unit_id))
        .await;
    assert_ne!(other.unwrap().into_inner().person_key, first.person_key);

    let kept: Vec<String> = sqlx::query_scalar(
        "select payload::text from journal_fact union all select state::text from journal_state",
    )
    .fetch_all(js.desk.pool())
    .await
    .unwrap();
    assert!(!kept.iter().any(|text| text.contains(NUMBER)));
    let told = js.told().await;
    let of_units = |message: &Incoming| message.kind.starts_with("registry.unit.");
    assert!(told.iter().all(of_units));
}

#[tokio::test]
async fn nobody_registers_people_of_another_unit_or_under_another_name() {
    let js = House::of(Region::JS).await;
    let unit = staffed(&js).await;
    let stranger = stranger(&js).await;
    let refused = js
        .to_member(stranger)
        .register_person(person(NUMBER, &unit.unit_id))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "registry.own-people"
    );
    let unknown = js
        .to(Role::Officer)
        .register_person(person(NUMBER, &fresh().to_string()))
        .await;
    assert_eq!(unknown.unwrap_err().code(), Code::FailedPrecondition);
    let mut officer = js.to(Role::Officer);
    officer
        .register_person(person(NUMBER, &unit.unit_id))
        .await
        .unwrap();
    let renamed = wire::RegisterPersonRequest {
        name: "李某某".into(),
        ..person(NUMBER, &unit.unit_id)
    };
    let refused = officer.register_person(renamed).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    let slip = person("11010519491231020X", &unit.unit_id);
    let refused = officer.register_person(slip).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(!refused.message().contains("1949"), "{refused}");
    let mut auditor = js.to(Role::Auditor);
    let refused = auditor.register_person(person(NUMBER, &unit.unit_id)).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}
