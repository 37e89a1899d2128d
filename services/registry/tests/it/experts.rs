//! Experts: taken in under a pseudonym, and never by a number that is kept.

use chassis::Outcome;
use proto::{
    common::v1::PageRequest,
    registry::v1::{self as wire, ExpertPooled},
};
use regulation::{Region, Role};
use tonic::Code;

use crate::house::{House, enterprise, fresh};

const NUMBER: &str = "11010519491231002X";

fn expert(number: &str, employer: &str) -> wire::RegisterExpertRequest {
    wire::RegisterExpertRequest {
        request_id: fresh().to_string(),
        identity_number: number.into(),
        name: "王某某".into(),
        employer_unit_id: employer.into(),
        origin: wire::ExpertOrigin::Invited.into(),
        fields: vec!["集成电路".into()],
        keywords: vec!["光刻胶".into()],
    }
}

async fn employer(house: &House) -> String {
    let unit = house
        .to(Role::Officer)
        .register_unit(enterprise("320500"))
        .await;
    unit.unwrap().into_inner().unit_id
}

#[tokio::test]
async fn the_hub_hears_of_an_expert_and_the_number_is_kept_nowhere() {
    let js = House::of(Region::JS).await;
    let employer = employer(&js).await;
    let request = expert(NUMBER, &employer);
    let mut officer = js.to(Role::Officer);
    let first = officer.register_expert(request.clone()).await.unwrap();
    let first = first.into_inner();
    assert_eq!(
        officer
            .register_expert(request.clone())
            .await
            .unwrap()
            .into_inner(),
        first
    );
    let typed = expert(&NUMBER.to_lowercase(), &employer);
    assert_eq!(
        officer.register_expert(typed).await.unwrap().into_inner(),
        first
    );
    let mut another = request;
    another.name = "李某某".into();
    let reused = officer.register_expert(another).await.unwrap_err();
    assert_eq!(reused.code(), Code::AlreadyExists, "{reused}");

    let told = js.told().await;
    let pooled: ExpertPooled = told.last().unwrap().read().unwrap();
    assert_eq!(pooled.expert.unwrap(), first);
    let kept: Vec<String> = sqlx::query_scalar(
        "select payload::text from journal_fact union all select state::text from journal_state",
    )
    .fetch_all(js.desk.pool())
    .await
    .unwrap();
    assert!(kept.iter().any(|text| text.contains("王某某")));
    assert!(!kept.iter().any(|text| text.contains(NUMBER)));
}

#[tokio::test]
async fn one_person_with_another_profile_is_no_second_expert() {
    let js = House::of(Region::JS).await;
    let employer = employer(&js).await;
    let mut officer = js.to(Role::Officer);
    officer
        .register_expert(expert(NUMBER, &employer))
        .await
        .unwrap();
    let mut other = expert(NUMBER, &employer);
    other.origin = wire::ExpertOrigin::NationalPool.into();
    let refused = officer.register_expert(other).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
}

#[tokio::test]
async fn an_expert_needs_a_right_number_and_a_known_employer() {
    let js = House::of(Region::JS).await;
    let mut officer = js.to(Role::Officer);
    let slip = expert("11010519491231020X", &employer(&js).await);
    let refused = officer.register_expert(slip).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(!refused.message().contains("1949"), "{refused}");
    let unknown = expert(NUMBER, &fresh().to_string());
    let refused = officer.register_expert(unknown).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
}

#[tokio::test]
async fn experts_are_listed_without_their_names() {
    let js = House::of(Region::JS).await;
    let employer = employer(&js).await;
    for number in [NUMBER, "E12345678"] {
        let request = expert(number, &employer);
        js.to(Role::Officer).register_expert(request).await.unwrap();
    }
    let page = |page_size, token: &str| wire::ListExpertsRequest {
        page: Some(PageRequest {
            page_size,
            page_token: token.into(),
        }),
    };
    let mut auditor = js.to(Role::Auditor);
    let first = auditor
        .list_experts(page(1, ""))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.experts.len(), 1);
    let second = auditor
        .list_experts(page(1, &first.next_page_token))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(second.experts.len(), 1);
    assert!(second.next_page_token.is_empty());
    let refused = js.to(Role::UnitMember).list_experts(page(1, "")).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn nobody_is_in_the_pool_of_two_nodes_and_the_later_one_learns_it() {
    let (js, sh, hub) = tokio::join!(
        House::of(Region::JS),
        House::of(Region::SH),
        House::of(Region::HUB)
    );
    let at_js = employer(&js).await;
    let mut officer = sh.to(Role::Officer);
    let at_sh = officer.register_unit(enterprise("310115")).await.unwrap();
    let at_sh = at_sh.into_inner().unit_id;
    let mut hosts = Vec::new();
    for (house, employer) in [(&js, &at_js), (&sh, &at_sh)] {
        let mut officer = house.to(Role::Officer);
        let hosted = officer.register_expert(expert(NUMBER, employer)).await;
        hosts.push(hosted.unwrap().into_inner());
        for message in house.told().await {
            if message.is_for(Region::HUB) {
                assert_eq!(hub.hear(&message).await, Outcome::Applied);
            }
        }
    }
    assert_eq!(hosts[0].expert_id, hosts[1].expert_id);
    let told = hub.told().await;
    let later: Vec<_> = told.iter().filter(|one| one.is_for(Region::SH)).collect();
    assert_eq!(later.len(), 1);
    assert_eq!(sh.hear(later[0]).await, Outcome::Applied);
    let listed = sh
        .to(Role::Officer)
        .list_experts(wire::ListExpertsRequest::default())
        .await;
    assert!(!listed.unwrap().into_inner().experts[0].active);
    let rest = wire::DeactivateExpertRequest {
        request_id: fresh().to_string(),
        expert_id: hosts[1].expert_id.clone(),
        reason: "退休".into(),
    };
    let refused = sh.to(Role::Officer).deactivate_expert(rest.clone()).await;
    assert_eq!(refused.unwrap_err().code(), Code::AlreadyExists);
    // Where they are hosted they can rest, and come back.
    let resting = js.to(Role::Officer).deactivate_expert(rest).await.unwrap();
    assert!(!resting.into_inner().active);
    let back = wire::ReactivateExpertRequest {
        request_id: fresh().to_string(),
        expert_id: hosts[0].expert_id.clone(),
    };
    let back = js.to(Role::Officer).reactivate_expert(back).await.unwrap();
    assert!(back.into_inner().active);
    // Only the hub says who hosts somebody, and each node only what it hosts itself.
    let mut forged = later[0].clone();
    (forged.id, forged.origin) = (fresh(), Region::ZJ);
    assert_eq!(sh.hear(&forged).await, Outcome::Dead);
    let pooled = js
        .told()
        .await
        .into_iter()
        .rfind(|one| one.is_for(Region::HUB));
    let mut forged = pooled.unwrap();
    (forged.id, forged.origin) = (fresh(), Region::ZJ);
    assert_eq!(hub.hear(&forged).await, Outcome::Dead);
}
