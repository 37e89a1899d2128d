//! Assents of units to applications and contracts, at their home.

use chassis::Outcome;
use evidence::Digest;
use proto::{
    application::v1::ApplicationAssentRequested,
    coordination::v1::{self as wire, AssentGiven, AssentState},
    message::{Audience, Message, Scope},
};
use regulation::{Actor, Region, Role, UnitId};
use tonic::Code;
use uuid::Uuid;

use crate::federation::{Federation, START, fresh, said};

fn asked(unit: u128, assent: u128) -> Message {
    let document = b"package".to_vec();
    let request = wire::AssentRequest {
        assent_id: Uuid::from_u128(assent).to_string(),
        document_kind: "application".to_owned(),
        subject_id: Uuid::from_u128(9).to_string(),
        title: "高端光刻胶联合攻关申报书".to_owned(),
        digest: Digest::of_document(&document).to_string(),
        document,
        party: Some(wire::Party {
            region: "js".to_owned(),
            unit_id: Uuid::from_u128(unit).to_string(),
        }),
    };
    let event = ApplicationAssentRequested {
        request: Some(request),
    };
    Message::share(Audience::One(Region::JS), "application", &event)
}

fn member_of(unit: u128) -> Actor {
    let unit = Some(UnitId(Uuid::from_u128(unit)));
    Actor {
        unit,
        ..Actor::person("member", Role::UnitMember, Region::JS)
    }
}

/// The id here of what `asker` asked for under an id of its own.
fn kept(asker: Region, asked_as: u128) -> String {
    let asked_as = Uuid::from_u128(asked_as).into();
    coordination::domain::assent_asked_by(asker, asked_as).to_string()
}

#[tokio::test]
async fn two_regions_may_ask_under_one_id_and_each_is_told_its_own() {
    let all = Federation::of(&[Region::SH, Region::ZJ, Region::JS]).await;
    for (asker, unit) in [(Region::ZJ, 4), (Region::SH, 3)] {
        let message = said(asker, START, asked(unit, 100));
        assert_eq!(all.hear(Region::JS, &message).await, Outcome::Applied);
    }
    let give = wire::GiveAssentRequest {
        request_id: fresh(),
        assent_id: kept(Region::SH, 100),
        digest: Digest::of_document(b"package").to_string(),
    };
    let mut member = all.to_actor(member_of(3));
    member.give_assent(give).await.unwrap();
    let crossed = all.carry().await;
    assert_eq!(crossed.len(), 1);
    assert_eq!(crossed[0].scope, Scope::Share(Audience::One(Region::SH)));
    let told: AssentGiven = crossed[0].read().unwrap();
    assert_eq!(told.assent_id, Uuid::from_u128(100).to_string());
}

#[tokio::test]
async fn a_unit_sees_and_gives_its_own_assent_and_who_asked_is_told() {
    let all = Federation::of(&[Region::SH, Region::JS]).await;
    for (unit, assent) in [(3, 100), (4, 101)] {
        let message = said(Region::SH, START, asked(unit, assent));
        assert_eq!(all.hear(Region::JS, &message).await, Outcome::Applied);
    }
    let mut member = all.to_actor(member_of(3));
    let listed = member
        .list_assents(wire::ListAssentsRequest::default())
        .await
        .unwrap();
    let listed = listed.into_inner().assents;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].assent_id, kept(Region::SH, 100));
    assert!(listed[0].document.is_empty());

    let other = wire::GetAssentRequest {
        assent_id: kept(Region::SH, 101),
    };
    assert_eq!(
        member.get_assent(other).await.unwrap_err().code(),
        Code::NotFound
    );
    let own = wire::GetAssentRequest {
        assent_id: listed[0].assent_id.clone(),
    };
    let own = member.get_assent(own).await.unwrap().into_inner();
    assert_eq!(own.document, b"package");

    let give = wire::GiveAssentRequest {
        request_id: fresh(),
        assent_id: own.assent_id.clone(),
        digest: own.digest.clone(),
    };
    let given = member.give_assent(give.clone()).await.unwrap().into_inner();
    assert_eq!(
        (given.state(), given.signed_by.as_str()),
        (AssentState::Given, "member")
    );
    let repeat = member.give_assent(give).await.unwrap().into_inner();
    assert_eq!(repeat, given);
    let crossed = all.carry().await;
    assert_eq!(crossed.len(), 1);
    assert_eq!(crossed[0].scope, Scope::Share(Audience::One(Region::SH)));
    let told: AssentGiven = crossed[0].read().unwrap();
    assert_eq!(
        (told.assent_id.as_str(), told.document_kind.as_str()),
        (Uuid::from_u128(100).to_string().as_str(), "application")
    );
}

#[tokio::test]
async fn a_department_does_not_sign_for_a_unit_and_lists_go_on_from_page_to_page() {
    let all = Federation::of(&[Region::JS]).await;
    for assent in 100..103 {
        let message = said(Region::SH, START, asked(3, assent));
        assert_eq!(all.hear(Region::JS, &message).await, Outcome::Applied);
    }
    let mut director = all.to(Region::JS, Role::Director);
    let give = wire::GiveAssentRequest {
        request_id: fresh(),
        assent_id: kept(Region::SH, 100),
        digest: Digest::of_document(b"package").to_string(),
    };
    let refused = director.give_assent(give).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut seen = Vec::new();
    let mut page_token = String::new();
    loop {
        let page = proto::common::v1::PageRequest {
            page_size: 2,
            page_token,
        };
        let asked = wire::ListAssentsRequest {
            page: Some(page),
            state: 0,
        };
        let answer = director.list_assents(asked).await.unwrap().into_inner();
        seen.extend(answer.assents.into_iter().map(|assent| assent.assent_id));
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let newest_first = [102, 101, 100].map(|id| kept(Region::SH, id));
    assert_eq!(seen, newest_first);
}
