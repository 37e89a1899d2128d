//! What services ask of units: standing and names, each look-up recorded. [Art. 20]

use chassis::Outcome;
use proto::{
    message::Message,
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
    // The hub makes no records.
    assert_eq!(tell(Region::HUB, "2026-09-02").await, Outcome::Dead);
    assert!(!barred().await);
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
