//! Units: registered, qualified, looked up, heard from elsewhere.

use chassis::Outcome;
use proto::{
    message::Message,
    registry::v1::{self as wire, UnitRecorded},
};
use regulation::{Region, Role, UnitIdentity};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::house::{House, START, code, enterprise, fresh, heard, registered, standing};

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

fn propose(unit_id: &str) -> wire::ProposeBackboneRequest {
    wire::ProposeBackboneRequest {
        request_id: fresh().to_string(),
        unit_id: unit_id.into(),
        field: "集成电路".into(),
    }
}

fn confirm(unit_id: &str) -> wire::ConfirmBackboneRequest {
    wire::ConfirmBackboneRequest {
        request_id: fresh().to_string(),
        unit_id: unit_id.into(),
        field: "集成电路".into(),
    }
}

#[tokio::test]
async fn a_company_becomes_a_backbone_enterprise_and_another_node_knows() {
    let (js, sh) = tokio::join!(House::of(Region::JS), House::of(Region::SH));
    let unit = registered(&js).await;
    assert!(unit.active && !unit.guest && unit.backbone_fields.is_empty());
    js.to(Role::Officer)
        .propose_backbone(propose(&unit.unit_id))
        .await
        .unwrap();
    let confirmed = js
        .to(Role::Director)
        .confirm_backbone(confirm(&unit.unit_id))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(confirmed.backbone_fields, ["集成电路"]);

    let told = js.told().await;
    assert_eq!(told.len(), 2);
    for message in &told {
        assert_eq!(sh.hear(message).await, Outcome::Applied);
        assert_eq!(js.hear(message).await, Outcome::Applied);
        assert!(!String::from_utf8_lossy(&message.body).contains("银汉芯"));
    }
    for house in [&js, &sh] {
        let known = house
            .to(Role::Service)
            .get_unit_standing(standing(&unit.unit_id))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(known.unit, Some(confirmed.clone()));
        assert!(!known.barred);
        let by_identity = wire::GetUnitRequest {
            unit_id: String::new(),
            identity: code("320500").to_string(),
        };
        let found = house.to(Role::Officer).get_unit(by_identity).await.unwrap();
        assert_eq!(found.into_inner(), confirmed);
    }
}

#[tokio::test]
async fn an_own_units_late_message_does_not_bring_its_past_back() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let first = js.told().await.remove(0);
    let offset = js.desk.clock().offset_ms();
    js.desk.clock().set_offset_ms(offset + 1_000).unwrap();
    let deactivate = wire::DeactivateUnitRequest {
        request_id: fresh().to_string(),
        unit_id: unit.unit_id.clone(),
        reason: "已注销".into(),
    };
    js.to(Role::Director)
        .deactivate_unit(deactivate)
        .await
        .unwrap();
    assert_eq!(js.hear(&first).await, Outcome::Applied);
    let now = js
        .to(Role::Service)
        .get_unit_standing(standing(&unit.unit_id))
        .await
        .unwrap();
    assert!(!now.into_inner().unit.unwrap().active);
}

#[tokio::test]
async fn a_second_unit_with_one_code_is_refused_here_and_elsewhere() {
    let (js, sh) = tokio::join!(House::of(Region::JS), House::of(Region::SH));
    let guest = enterprise("110108");
    let first = js.to(Role::Officer).register_unit(guest.clone()).await;
    let first = first.unwrap().into_inner();
    assert!(first.guest);
    let same = js
        .to_person("another", Role::Officer)
        .register_unit(wire::RegisterUnitRequest {
            request_id: fresh().to_string(),
            ..guest.clone()
        })
        .await;
    assert_eq!(same.unwrap().into_inner(), first);
    let mut other = enterprise("110108");
    other.name = "另一家公司".into();
    let refused = js.to(Role::Officer).register_unit(other).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    assert_eq!(reason(&refused), "registry.one-unit");

    assert_eq!(sh.hear(&js.told().await[0]).await, Outcome::Applied);
    let refused = sh.to(Role::Officer).register_unit(guest).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    assert!(refused.message().contains("江苏"), "{}", refused.message());
}

#[tokio::test]
async fn of_two_registrations_of_one_guest_every_node_knows_the_earliest_and_shows_both() {
    let (js, sh, hub) = tokio::join!(
        House::of(Region::JS),
        House::of(Region::SH),
        House::of(Region::HUB)
    );
    let offset = sh.desk.clock().offset_ms();
    sh.desk.clock().set_offset_ms(offset + 60_000).unwrap();
    for house in [&js, &sh] {
        let guest = enterprise("110108");
        house.to(Role::Officer).register_unit(guest).await.unwrap();
    }
    let (of_js, of_sh) = (js.told().await.remove(0), sh.told().await.remove(0));
    // In whatever order they come.
    for (house, messages) in [
        (&js, vec![&of_sh]),
        (&sh, vec![&of_js]),
        (&hub, vec![&of_sh, &of_js]),
    ] {
        for message in messages {
            assert_eq!(house.hear(message).await, Outcome::Applied);
        }
        let role = match house.desk.region() {
            Region::HUB => Role::Secretariat,
            _ => Role::Officer,
        };
        let known = house
            .to(role)
            .list_units(wire::ListUnitsRequest::default())
            .await;
        assert_eq!(known.unwrap().into_inner().units[0].region, "js");
        let doubles = house
            .to(role)
            .list_double_registrations(wire::ListDoubleRegistrationsRequest::default())
            .await;
        let doubles = doubles.unwrap().into_inner().units;
        assert_eq!(doubles.len(), 1);
        let shown: Vec<_> = doubles[0]
            .registrations
            .iter()
            .map(|one| (one.region.as_str(), one.counts))
            .collect();
        assert_eq!(shown, [("js", true), ("sh", false)]);
    }
    let unit_id = known_id(&js).await;
    let deactivate = wire::DeactivateUnitRequest {
        request_id: fresh().to_string(),
        unit_id: unit_id.clone(),
        reason: "已注销".into(),
    };
    let refused = sh
        .to(Role::Officer)
        .declare_affiliate(wire::DeclareAffiliateRequest {
            request_id: fresh().to_string(),
            unit_id,
            affiliate_unit_id: fresh().to_string(),
        })
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "registry.earliest-registration");
    let there = js.to(Role::Director).deactivate_unit(deactivate).await;
    assert!(!there.unwrap().into_inner().active);
}

async fn known_id(house: &House) -> String {
    let known = house
        .to(Role::Officer)
        .list_units(wire::ListUnitsRequest::default())
        .await;
    known.unwrap().into_inner().units.remove(0).unit_id
}

#[tokio::test]
async fn a_region_speaks_for_its_own_units_only() {
    let sh = House::of(Region::SH).await;
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let identity: UnitIdentity = code("330100").into();
    let other = wire::Unit {
        unit_id: identity.unit_id().to_string(),
        ..unit.clone()
    };
    for (origin, unit) in [(Region::ZJ, unit), (Region::JS, other)] {
        let event = UnitRecorded {
            unit: Some(unit.clone()),
        };
        let message = Message::node(&unit.unit_id, &event);
        let message = heard(origin, message, START);
        assert_eq!(sh.hear(&message).await, Outcome::Dead);
        let asked = sh
            .to(Role::Service)
            .get_unit_standing(standing(&unit.unit_id))
            .await;
        assert_eq!(asked.unwrap_err().code(), Code::NotFound);
    }
}

#[tokio::test]
async fn a_slip_in_the_code_and_a_second_identity_are_refused_at_the_door() {
    let js = House::of(Region::JS).await;
    let mut slip = enterprise("320500");
    slip.credit_code = slip.credit_code.replace("ABCDE", "ABCDF");
    let mut two = enterprise("320500");
    two.guest_country = "DE".into();
    let mut none = enterprise("320500");
    none.credit_code.clear();
    let mut own = enterprise("320500");
    own.affiliate_unit_ids = vec![UnitIdentity::from(code("320500")).unit_id().to_string()];
    for bad in [slip, two, none, own] {
        let refused = js.to(Role::Officer).register_unit(bad).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    }
}

#[tokio::test]
async fn a_unit_is_registered_by_an_officer_and_looked_up_by_a_service_only() {
    let js = House::of(Region::JS).await;
    for role in [Role::Director, Role::UnitMember, Role::Service] {
        let refused = js.to(role).register_unit(enterprise("320500")).await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    }
    let refused = js
        .to(Role::Officer)
        .get_unit_standing(standing(&fresh().to_string()))
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn units_are_listed_page_by_page_and_by_region() {
    let (js, sh) = tokio::join!(House::of(Region::JS), House::of(Region::SH));
    for division in ["320500", "320100", "110108"] {
        let request = enterprise(division);
        js.to(Role::Officer).register_unit(request).await.unwrap();
    }
    let request = enterprise("310115");
    sh.to(Role::Officer).register_unit(request).await.unwrap();
    assert_eq!(js.hear(&sh.told().await[0]).await, Outcome::Applied);

    let mut officer = js.to(Role::Officer);
    let mut list = async |region: &str, size: i32| {
        let (mut all, mut token) = (Vec::new(), String::new());
        loop {
            let request = wire::ListUnitsRequest {
                page: Some(proto::common::v1::PageRequest {
                    page_size: size,
                    page_token: token,
                }),
                region: region.into(),
            };
            let answer = officer.list_units(request).await.unwrap().into_inner();
            all.extend(answer.units.into_iter().map(|unit| unit.unit_id));
            token = answer.next_page_token;
            if token.is_empty() {
                return all;
            }
        }
    };
    let all = list("", 50).await;
    assert_eq!(all.len(), 4);
    assert_eq!(list("", 1).await, all);
    assert_eq!(list("js", 2).await.len(), 3);
    assert_eq!(list("sh", 2).await.len(), 1);
}

#[tokio::test]
async fn a_proposal_waits_in_the_list_until_it_is_confirmed() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let waiting = async || {
        let request = wire::ListBackboneProposalsRequest::default();
        let answer = js.to(Role::Director).list_backbone_proposals(request).await;
        answer.unwrap().into_inner().proposals
    };
    assert_eq!(waiting().await, []);
    let request = propose(&unit.unit_id);
    let answer = js.to(Role::Officer).propose_backbone(request).await;
    assert!(answer.unwrap().into_inner().backbone_fields.is_empty());
    let proposal = wire::BackboneProposal {
        unit: Some(unit.clone()),
        field: "集成电路".into(),
        proposed_by: "officer".into(),
    };
    assert_eq!(waiting().await, [proposal]);
    let same = js
        .to_person("officer", Role::Director)
        .confirm_backbone(confirm(&unit.unit_id))
        .await
        .unwrap_err();
    assert_eq!(same.code(), Code::PermissionDenied);
    assert_eq!(reason(&same), "registry.two-people");
    let request = confirm(&unit.unit_id);
    js.to(Role::Director)
        .confirm_backbone(request)
        .await
        .unwrap();
    assert_eq!(waiting().await, []);
}

#[tokio::test]
async fn a_unit_is_renamed_taken_out_of_use_and_back_and_all_hear_each_change() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let renamed = wire::UpdateUnitRequest {
        request_id: fresh().to_string(),
        unit_id: unit.unit_id.clone(),
        name: "江苏星河半导体有限公司".into(),
        kind: wire::UnitKind::Enterprise.into(),
        ..Default::default()
    };
    js.to(Role::Officer).update_unit(renamed).await.unwrap();
    let out = wire::DeactivateUnitRequest {
        request_id: fresh().to_string(),
        unit_id: unit.unit_id.clone(),
        reason: "停产整顿".into(),
    };
    js.to(Role::Director).deactivate_unit(out).await.unwrap();
    let refused = js
        .to(Role::Officer)
        .propose_backbone(propose(&unit.unit_id))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "registry.active");
    let back = wire::ReactivateUnitRequest {
        request_id: fresh().to_string(),
        unit_id: unit.unit_id.clone(),
    };
    js.to(Role::Director).reactivate_unit(back).await.unwrap();
    let told = js.told().await;
    let told: Vec<_> = told
        .iter()
        .map(|message| message.read::<UnitRecorded>().unwrap().unit.unwrap())
        .map(|unit| (unit.name, unit.active))
        .collect();
    let (old, new) = (unit.name, "江苏星河半导体有限公司".to_owned());
    assert_eq!(
        told,
        [
            (old, true),
            (new.clone(), true),
            (new.clone(), false),
            (new, true)
        ]
    );
    assert!(told.iter().all(|(name, _)| !name.contains("整顿")));
}

#[tokio::test]
async fn only_an_enterprise_has_a_size_and_no_unit_is_its_own_branch() {
    let js = House::of(Region::JS).await;
    let university = wire::RegisterUnitRequest {
        kind: wire::UnitKind::University.into(),
        size: wire::UnitSize::Large.into(),
        ..enterprise("320500")
    };
    let own = regulation::UnitIdentity::CreditCode(code("320500")).unit_id();
    let branch = wire::RegisterUnitRequest {
        branch_of_unit_id: own.to_string(),
        ..enterprise("320500")
    };
    for bad in [university, branch] {
        let refused = js.to(Role::Officer).register_unit(bad).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    }
}
