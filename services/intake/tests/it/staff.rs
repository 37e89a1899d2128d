//! Who acts for a unit, at intake's doors: registry's word, more than the token's.

use proto::{intake::v1 as wire, message::Message, registry::v1::UnitStaffRecorded};
use regulation::Region;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::house::{House, STAR, content, fresh};

async fn administered_by(house: &House, administrator: &str) {
    let told = UnitStaffRecorded {
        unit_id: STAR.to_string(),
        administrator: administrator.into(),
        delegates: vec![],
    };
    house
        .hear_from(Region::JS, Message::node(STAR, &told))
        .await;
}

#[tokio::test]
async fn who_has_handed_over_the_administration_is_refused_from_then_on() {
    let house = House::new().await;
    administered_by(&house, "member").await;
    let demand_id = house.draft(STAR, content()).await;
    administered_by(&house, "successor").await;
    let write = wire::CreateDemandRequest {
        request_id: fresh().to_string(),
        content: Some(content()),
    };
    let mut former = house.to_member(STAR);
    let refused = former.create_demand(write).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "registry.representative");
    let look = wire::GetDemandRequest { demand_id };
    let refused = former.get_demand(look).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
