//! A near-duplicate is shown side by side to who may see it, and refuses nothing.

use intake::domain::{Earlier, Similar};
use proto::intake::v1 as wire;
use regulation::Role;

use super::house::{House, MOON, STAR, content, fresh};

fn reworded() -> wire::DemandContent {
    let mut content = content();
    let record = content.record.as_mut().unwrap();
    record.title = "光刻胶树脂国产化".into();
    record.mission =
        "突破高端光刻胶用树脂合成工艺，实现分子量分布的精确控制与批次稳定，并完成中试".into();
    content
}

fn unlike() -> wire::DemandContent {
    let mut content = content();
    let record = content.record.as_mut().unwrap();
    record.title = "车规级功率模块".into();
    record.mission = "研制碳化硅功率模块，解决银烧结互连可靠性与大面积封装的热应力问题".into();
    record.tasks[0].title = "封装可靠性".into();
    record.tasks[0].content = "银烧结层孔隙演化与寿命模型".into();
    record.tasks[0].indicators = "功率循环十万次无失效".into();
    content
}

fn ask(id: &str) -> wire::ListSimilarDemandsRequest {
    wire::ListSimilarDemandsRequest {
        demand_id: id.to_owned(),
    }
}

#[tokio::test]
async fn the_department_sees_both_texts_and_another_company_not_that_there_is_one() {
    let house = House::new().await;
    let first = house.draft(STAR, content()).await;
    house.submit(STAR, &first, vec![]).await;
    let other = house.draft(STAR, unlike()).await;
    house.submit(STAR, &other, vec![]).await;
    // Nobody handed this one in.
    house.draft(STAR, content()).await;
    let second = house.draft(MOON, reworded()).await;
    let seen = house
        .to(Role::Officer)
        .list_similar_demands(ask(&second))
        .await
        .unwrap();
    let seen = seen.into_inner();
    let found: Vec<_> = seen
        .similar
        .iter()
        .map(|one| one.demand_id.as_str())
        .collect();
    assert_eq!(found, [first.as_str()]);
    let mission = &seen.similar[0].texts[1];
    assert_eq!(mission.part, "攻关任务");
    assert_eq!(mission.here, reworded().record.unwrap().mission);
    assert_eq!(mission.there, content().record.unwrap().mission);
    assert!(
        mission
            .shared
            .iter()
            .any(|part| part.contains("分子量分布的精确控制"))
    );
    assert!(!seen.incomplete.is_empty(), "the catalogue could be asked");
    let member = house
        .to_member(MOON)
        .list_similar_demands(ask(&second))
        .await
        .unwrap();
    assert_eq!(member.into_inner().similar, []);
    let stranger = house
        .to_member(STAR)
        .list_similar_demands(ask(&second))
        .await;
    assert_eq!(stranger.unwrap_err().code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn a_demander_is_warned_of_its_own_earlier_demand() {
    let house = House::new().await;
    let first = house.draft(STAR, content()).await;
    house.submit(STAR, &first, vec![]).await;
    let second = house.draft(STAR, reworded()).await;
    let seen = house
        .to_member(STAR)
        .list_similar_demands(ask(&second))
        .await
        .unwrap();
    assert_eq!(seen.into_inner().similar[0].demand_id, first);
}

#[tokio::test]
async fn what_was_alike_when_it_was_handed_in_warns_the_officer_and_keeps_nobody_from_accepting() {
    let house = House::new().await;
    let id = house.draft(MOON, reworded()).await;
    let similar = Similar {
        percent: 77,
        earlier: Earlier::Here {
            demand: fresh().into(),
            demander: STAR,
        },
    };
    house.submit(MOON, &id, vec![similar]).await;
    let officer = house.get(Role::Officer, &id).await;
    assert!(
        officer.warnings[0].contains("77%"),
        "{:?}",
        officer.warnings
    );
    let request = wire::GetDemandRequest {
        demand_id: id.clone(),
    };
    let member = house
        .to_member(MOON)
        .get_demand(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(member.warnings, Vec::<String>::new());
    let accepted = house.accept(&id).await.unwrap();
    assert_eq!(accepted.state(), wire::DemandState::Accepted);
}
