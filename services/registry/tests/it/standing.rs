//! What services ask of units: standing and names, each look-up recorded. [Art. 20]

use chassis::Outcome;
use proto::{
    message::{Audience, Message},
    registry::v1::{self as wire, CreditRecordEffective},
};
use regulation::{Region, Role};
use time::Duration;
use tonic::Code;

use crate::house::{House, START, code, fresh, heard, registered, standing};

#[tokio::test]
async fn a_credit_record_bars_until_its_last_day_or_until_it_ends() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let id = fresh().to_string();
    let record = |until: &str| {
        let event = CreditRecordEffective {
            record_id: id.clone(),
            unit_id: unit.unit_id.clone(),
            person_key: String::new(),
            barring: true,
            until: until.into(),
            ..CreditRecordEffective::default()
        };
        Message::node(&id, &event)
    };
    let barred = async || {
        let asked = standing(&unit.unit_id);
        let answer = js.to(Role::Service).get_unit_standing(asked).await;
        answer.unwrap().into_inner().barred
    };
    let tell = async |origin, until: &str| js.hear(&heard(origin, record(until), START)).await;

    assert_eq!(tell(Region::SH, "2024-09-02").await, Outcome::Applied);
    assert!(barred().await);
    // Another node can't end what this one has told.
    assert_eq!(tell(Region::ZJ, "").await, Outcome::Applied);
    assert!(barred().await);
    let offset = js.desk.clock().offset_ms();
    let tomorrow = i64::try_from(Duration::DAY.whole_milliseconds()).unwrap();
    js.desk.clock().set_offset_ms(offset + tomorrow).unwrap();
    assert!(!barred().await);
    assert_eq!(tell(Region::SH, "2026-09-02").await, Outcome::Applied);
    assert!(barred().await);
    assert_eq!(tell(Region::SH, "").await, Outcome::Applied);
    assert!(!barred().await);
    assert_eq!(tell(Region::SH, "soon").await, Outcome::Dead);
    // Neither the hub nor a linked region makes records.
    for origin in [Region::HUB, "gd".parse().unwrap()] {
        assert_eq!(tell(origin, "2026-09-02").await, Outcome::Dead, "{origin}");
    }
    assert!(!barred().await);
}

#[tokio::test]
async fn nobody_is_told_of_a_record_by_who_makes_none() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let notified = || wire::CreditRecordNotified {
        record_id: fresh().to_string(),
        unit_id: unit.unit_id.clone(),
        notified_on: "2024-09-02".into(),
        appeal_until: "2024-10-02".into(),
        ..wire::CreditRecordNotified::default()
    };
    for (origin, outcome) in [
        (Region::SH, Outcome::Applied),
        (Region::HUB, Outcome::Dead),
        ("gd".parse().unwrap(), Outcome::Dead),
    ] {
        let told = notified();
        let message = Message::share(Audience::One(Region::JS), &told.record_id, &told);
        let message = heard(origin, message, START);
        assert_eq!(js.hear(&message).await, outcome, "{origin}");
    }
}

#[tokio::test]
async fn every_look_up_is_recorded_also_of_what_is_unknown() {
    let js = House::of(Region::JS).await;
    let unit = registered(&js).await;
    let unknown = fresh().to_string();
    let mut intake = js.to_person("intake", Role::Service);
    intake
        .get_unit_standing(standing(&unit.unit_id))
        .await
        .unwrap();
    intake
        .get_unit_standing(standing(&unknown))
        .await
        .unwrap_err();
    let names = intake
        .get_unit_names(wire::GetUnitNamesRequest {
            unit_id: unit.unit_id.clone(),
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        names.names,
        [
            "江苏星河微电子科技有限公司",
            "银汉芯",
            code("320500").as_str()
        ]
    );
    let recorded: Vec<(String, String, String)> =
        sqlx::query_as("select person, what, purpose from lookup order by seq")
            .fetch_all(js.desk.pool())
            .await
            .unwrap();
    let row = |what: &str, purpose: &str| ("intake".into(), what.into(), purpose.into());
    assert_eq!(
        recorded,
        [
            row("standing", "intake.submit"),
            row("standing", "intake.submit"),
            row("names", "leak-check"),
        ]
    );
    let mut nameless = standing(&unit.unit_id);
    nameless.purpose = String::new();
    let refused = intake.get_unit_standing(nameless).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_names_of_another_nodes_unit_are_not_known() {
    let (js, sh) = tokio::join!(House::of(Region::JS), House::of(Region::SH));
    let unit = registered(&js).await;
    assert_eq!(sh.hear(&js.told().await[0]).await, Outcome::Applied);
    let asked = wire::GetUnitNamesRequest {
        unit_id: unit.unit_id,
    };
    let refused = sh.to(Role::Service).get_unit_names(asked).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
}
