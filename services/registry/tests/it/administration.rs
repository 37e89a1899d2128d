//! Who acts for a unit and which units belong together, over the doors.

use proto::{message::Scope, registry::v1 as wire};
use regulation::{Region, Role, UnitId};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    house::{House, enterprise, fresh, registered, staffed, standing, stranger},
    upload::Upload,
};

fn appoint(unit_id: &str) -> wire::AppointAdministratorRequest {
    wire::AppointAdministratorRequest {
        request_id: fresh().to_string(),
        unit_id: unit_id.into(),
        administrator: "wang".into(),
    }
}

fn declare(unit_id: &str, affiliate: &str) -> wire::DeclareAffiliateRequest {
    wire::DeclareAffiliateRequest {
        request_id: fresh().to_string(),
        unit_id: unit_id.into(),
        affiliate_unit_id: affiliate.into(),
    }
}

fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// What another node told it.
async fn hears(house: &House, other: &House) {
    for message in other.told().await {
        if message.is_for(house.desk.region()) {
            house.hear(&message).await;
        }
    }
}

#[tokio::test]
async fn only_the_administrator_and_delegates_act_and_it_passes_by_both_sides_word() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await.unit_id;
    let id: UnitId = unit.parse().unwrap();
    let other = fresh().to_string();
    let unnamed = js
        .to_member(id)
        .declare_affiliate(declare(&unit, &other))
        .await;
    assert_eq!(reason(&unnamed.unwrap_err()), "registry.representative");
    let mut officer = js.to(Role::Officer);
    officer.appoint_administrator(appoint(&unit)).await.unwrap();
    let refused = js
        .to_member(id)
        .declare_affiliate(declare(&unit, &other))
        .await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.representative");
    let person = wire::RegisterPersonRequest {
        request_id: fresh().to_string(),
        identity_number: "E12345678".into(),
        name: "王某某".into(),
        unit_id: unit.clone(),
    };
    let refused = js.to_member(id).register_person(person).await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.representative");

    let delegate = wire::NameDelegateRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        delegate: "member".into(),
        until: "2024-10-01".into(),
    };
    let mut wang = js.to_named_member(id, "wang");
    wang.name_delegate(delegate).await.unwrap();
    js.to_member(id)
        .declare_affiliate(declare(&unit, &other))
        .await
        .unwrap();
    let offer = wire::OfferHandoverRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        to: "li".into(),
    };
    let offered = wang.offer_handover(offer).await.unwrap().into_inner();
    assert_eq!((&*offered.offered_to, offered.delegates.len()), ("li", 1));
    let accept = wire::AcceptHandoverRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
    };
    let refused = wang.accept_handover(accept.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "registry.handover");
    let mut li = js.to_named_member(id, "li");
    let passed = li.accept_handover(accept).await.unwrap().into_inner();
    assert_eq!((&*passed.administrator, passed.delegates.len()), ("li", 0));
}

#[tokio::test]
async fn a_director_replaces_an_administrator_and_no_account_leaves_home() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await.unit_id;
    js.to(Role::Officer)
        .appoint_administrator(appoint(&unit))
        .await
        .unwrap();
    let replaced = js
        .to(Role::Director)
        .replace_administrator(wire::ReplaceAdministratorRequest {
            request_id: fresh().to_string(),
            unit_id: unit.clone(),
            administrator: "zhao".into(),
            reason: "原管理员失联".into(),
        })
        .await;
    assert_eq!(replaced.unwrap().into_inner().administrator, "zhao");
    let asked = wire::GetAdministrationRequest {
        unit_id: unit.clone(),
    };
    let stranger = js
        .to_member(UnitId(fresh()))
        .get_administration(asked.clone())
        .await;
    assert_eq!(stranger.unwrap_err().code(), Code::NotFound);
    let id: UnitId = unit.parse().unwrap();
    let mut former = js.to_named_member(id, "wang");
    let refused = former.get_administration(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    // Accounts stay home; there every service hears who acts now.
    let mut staff = Vec::new();
    for message in js.told().await {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        let named = text.contains("wang") || text.contains("zhao");
        assert!(!named || message.scope == Scope::Node, "{}", message.kind);
        if message.is::<wire::UnitStaffRecorded>() {
            staff.push(message.read::<wire::UnitStaffRecorded>().unwrap());
        }
    }
    let told: Vec<_> = staff.iter().map(|staff| &*staff.administrator).collect();
    assert_eq!(told, ["wang", "zhao"]);
    assert!(staff.iter().all(|staff| staff.unit_id == unit));
}

#[tokio::test]
async fn both_units_are_affiliated_whichever_says_so_on_every_node() {
    let (js, sh) = tokio::join!(House::of(Region::JS), House::of(Region::SH));
    let unit = staffed(&js).await.unit_id;
    let id: UnitId = unit.parse().unwrap();
    let of_sh = sh
        .to(Role::Officer)
        .register_unit(enterprise("310115"))
        .await
        .unwrap()
        .into_inner()
        .unit_id;
    js.to_member(id)
        .declare_affiliate(declare(&unit, &of_sh))
        .await
        .unwrap();
    let refused = js
        .to_member(stranger(&js).await)
        .declare_affiliate(declare(&unit, &of_sh))
        .await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.affiliate");
    for (from, to) in [(&js, &sh), (&sh, &js)] {
        hears(to, from).await;
    }
    let affiliates = async |house: &House, unit: &str| {
        let asked = wire::ListAffiliatesRequest {
            unit_id: unit.into(),
        };
        let answer = house.to(Role::Officer).list_affiliates(asked).await;
        answer.unwrap().into_inner().affiliates
    };
    for house in [&js, &sh] {
        for (asked, other, here) in [(&unit, &of_sh, true), (&of_sh, &unit, false)] {
            let found = affiliates(house, asked).await;
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].unit_id, *other);
            assert_eq!((found[0].said_here, found[0].said_there), (here, !here));
            let known = house
                .to(Role::Service)
                .get_unit_standing(standing(asked))
                .await;
            let known = known.unwrap().into_inner().unit.unwrap();
            assert_eq!(known.affiliate_unit_ids, std::slice::from_ref(other));
        }
    }
    let remove = wire::RemoveAffiliateRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        affiliate_unit_id: of_sh.clone(),
        reason: "股权已转让".into(),
    };
    let own = js.to_member(id).remove_affiliate(remove.clone()).await;
    assert_eq!(own.unwrap_err().code(), Code::PermissionDenied);
    js.to(Role::Officer).remove_affiliate(remove).await.unwrap();
    hears(&sh, &js).await;
    assert_eq!(affiliates(&sh, &of_sh).await, []);
}

#[tokio::test]
async fn who_does_not_act_for_a_unit_is_refused_at_every_door_of_its_people() {
    let js = House::of(Region::JS).await;
    let unit = staffed(&js).await.unit_id;
    let id: UnitId = unit.parse().unwrap();
    let mut registry = js.to_named_member(id, "former");
    let mut tables = js.tables_of_named_member(id, "former");
    let mut credit = js.credit_of_member(id, "former");
    let affiliates = wire::ListAffiliatesRequest {
        unit_id: unit.clone(),
    };
    let profile = wire::GetProfileRequest {
        unit_id: unit.clone(),
    };
    let update = wire::UpdateProfileRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        ..Default::default()
    };
    let effects = wire::ListCreditEffectsRequest {
        unit_id: unit.clone(),
        purpose: "own".into(),
        ..Default::default()
    };
    let appeal = wire::AppealCreditRecordRequest {
        request_id: fresh().to_string(),
        record_id: fresh().to_string(),
        grounds: "发票可查".into(),
    };
    let upload = Upload::of(wire::Table::ProfileItems, "统一社会信用代码\n");
    let refused = [
        registry.list_affiliates(affiliates).await.err(),
        tables.get_profile(profile).await.err(),
        tables.update_profile(update).await.err(),
        upload.told(tables.clone()).await.err(),
        credit
            .list_credit_notices(wire::ListCreditNoticesRequest::default())
            .await
            .err(),
        credit.list_credit_effects(effects).await.err(),
        credit.appeal_credit_record(appeal).await.err(),
    ];
    for (at, status) in refused.into_iter().enumerate() {
        let status = status.unwrap_or_else(|| panic!("door {at} let them in"));
        assert_eq!(reason(&status), "registry.representative", "door {at}");
    }
}

#[tokio::test]
async fn who_is_offered_a_unit_sees_it_and_who_lapsed_or_is_of_another_is_not_shown() {
    let js = House::of(Region::JS).await;
    let unit = staffed(&js).await.unit_id;
    let id: UnitId = unit.parse().unwrap();
    let mut member = js.to_member(id);
    let delegate = wire::NameDelegateRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        delegate: "zhao".into(),
        until: "2024-10-01".into(),
    };
    member.name_delegate(delegate).await.unwrap();
    let offer = wire::OfferHandoverRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        to: "li".into(),
    };
    member.offer_handover(offer).await.unwrap();
    let asked = wire::GetAdministrationRequest {
        unit_id: unit.clone(),
    };
    let mut li = js.to_named_member(id, "li");
    let seen = li.get_administration(asked.clone()).await.unwrap();
    assert_eq!(seen.into_inner().delegates.len(), 1);
    js.set_clock(time::macros::datetime!(2024-10-02 09:00 +8));
    let seen = li.get_administration(asked).await.unwrap();
    assert_eq!(seen.into_inner().delegates, []);
    let affiliates = wire::ListAffiliatesRequest { unit_id: unit };
    let other = js.to_member(stranger(&js).await);
    let refused = { other }.list_affiliates(affiliates).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let unknown = wire::GetAdministrationRequest {
        unit_id: fresh().to_string(),
    };
    let refused = js.to(Role::Officer).get_administration(unknown).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn nobody_is_named_for_a_unit_out_of_use_or_that_counts_elsewhere() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await.unit_id;
    let deactivate = wire::DeactivateUnitRequest {
        request_id: fresh().to_string(),
        unit_id: unit.clone(),
        reason: "已注销".into(),
    };
    let mut director = js.to(Role::Director);
    director.deactivate_unit(deactivate).await.unwrap();
    let refused = js
        .to(Role::Officer)
        .appoint_administrator(appoint(&unit))
        .await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.registered");

    let guest = || wire::RegisterUnitRequest {
        name: "北京某公司".into(),
        ..enterprise("110108")
    };
    let sh = House::of(Region::SH).await;
    let first = sh.to(Role::Officer).register_unit(guest()).await;
    let first = first.unwrap().into_inner().unit_id;
    let later = js.to(Role::Officer).register_unit(guest()).await;
    assert_eq!(later.unwrap().into_inner().unit_id, first);
    hears(&js, &sh).await;
    let refused = js
        .to(Role::Officer)
        .appoint_administrator(appoint(&first))
        .await;
    assert_eq!(reason(&refused.unwrap_err()), "registry.registered");
}
