//! Whole tables out: recorded, without identity numbers, to those entitled alone.

use proto::registry::v1 as wire;
use regulation::{Region, Role};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    house::{House, code, enterprise, fresh, registered},
    upload::{Upload, counts, taken_in},
};

const NUMBER: &str = "11010519491231002X";

async fn given(
    house: &House,
    role: Role,
    request: wire::ExportTableRequest,
) -> Result<(Vec<u8>, i64), Status> {
    let answers = house.tables(role).export_table(request).await?;
    let mut answers = answers.into_inner();
    let (mut file, mut rows) = (Vec::new(), 0);
    while let Some(chunk) = answers.message().await? {
        file.extend(chunk.data);
        rows = chunk.rows;
    }
    Ok((file, rows))
}

fn ask(table: wire::Table, format: wire::TableFormat) -> wire::ExportTableRequest {
    wire::ExportTableRequest {
        request_id: fresh().to_string(),
        table: table.into(),
        format: format.into(),
    }
}

async fn with_experts(rows: &[&str]) -> House {
    let js = House::of(Region::JS).await;
    registered(&js).await;
    add(&js, rows).await;
    js
}

async fn add(js: &House, rows: &[&str]) {
    let mut table = "姓名,身份证号,单位统一社会信用代码,来源\n".to_owned();
    for row in rows {
        table.extend([row, ",", code("320500").as_str(), ",部门邀请\n"]);
    }
    let told = taken_in(js, &Upload::experts(&table)).await;
    assert_eq!(told.last().unwrap().rejected, 0, "{told:?}");
}

#[tokio::test]
async fn experts_go_out_without_their_numbers_and_it_is_known_who_took_them() {
    let js = with_experts(&[&format!("王某某,{NUMBER}"), "=HYPERLINK(1),E00000001"]).await;
    let csv = ask(wire::Table::Experts, wire::TableFormat::Csv);
    let (file, rows) = given(&js, Role::Director, csv.clone()).await.unwrap();
    assert_eq!(rows, 2);
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("王某某"));
    assert!(text.contains("江苏星河微电子科技有限公司") && text.contains("部门邀请"));
    assert!(text.contains("\"'=HYPERLINK(1)\""), "{text}");
    assert!(!text.contains(NUMBER) && !text.contains("E00000001"));
    let keys: Vec<String> = sqlx::query_scalar(
        "select state -> 'profile' ->> 'person' from journal_state where kind = 'expert'",
    )
    .fetch_all(js.desk.pool())
    .await
    .unwrap();
    assert!(
        keys.iter().all(|key| !text.contains(key.as_str())),
        "{keys:?}"
    );

    let facts: Vec<(String, String)> = sqlx::query_as(
        "select actor ->> 'person', payload::text from journal_fact
         where kind = 'transfer' and name = 'Exported'",
    )
    .fetch_all(js.desk.pool())
    .await
    .unwrap();
    let [(who, what)] = &facts[..] else {
        panic!("{facts:?}");
    };
    assert_eq!(who, "director");
    let digest = evidence::Digest::of_document(&file).to_string();
    assert!(
        what.contains(&digest) && what.contains("\"rows\":2"),
        "{what}"
    );
    assert!(what.contains("experts"), "{what}");

    // The same request is the same file, not another one that nobody has noted.
    assert_eq!(
        given(&js, Role::Director, csv.clone()).await.unwrap().0,
        file
    );
    add(&js, &["李某某,E00000002"]).await;
    let status = given(&js, Role::Director, csv).await.unwrap_err();
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "registry.export-recorded"
    );
}

#[tokio::test]
async fn nothing_goes_out_to_those_not_of_the_department() {
    let js = with_experts(&["王某某,E00000001"]).await;
    for role in [
        Role::UnitMember,
        Role::Secretariat,
        Role::Expert,
        Role::Service,
    ] {
        let request = ask(wire::Table::Experts, wire::TableFormat::Csv);
        let status = given(&js, role, request).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied, "{role:?}");
    }
    for role in [Role::Officer, Role::Auditor] {
        let request = ask(wire::Table::Units, wire::TableFormat::Xlsx);
        assert!(given(&js, role, request).await.is_ok(), "{role:?}");
    }
    let unsaid = ask(wire::Table::Unspecified, wire::TableFormat::Csv);
    let status = given(&js, Role::Officer, unsaid).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn only_units_of_this_node_go_out_and_their_short_names_stay() {
    let js = House::of(Region::JS).await;
    registered(&js).await;
    let sh = House::of(Region::SH).await;
    let mut elsewhere = enterprise("310115");
    elsewhere.name = "上海某公司".into();
    sh.to(Role::Officer).register_unit(elsewhere).await.unwrap();
    for message in sh.told().await {
        js.hear(&message).await;
    }
    let csv = ask(wire::Table::Units, wire::TableFormat::Csv);
    let (file, rows) = given(&js, Role::Auditor, csv).await.unwrap();
    let text = String::from_utf8(file).unwrap();
    assert_eq!(rows, 1, "{text}");
    assert!(
        text.contains("江苏星河微电子科技有限公司,企业,,320500"),
        "{text}"
    );
    assert!(!text.contains("上海") && !text.contains("银汉芯"), "{text}");
}

#[tokio::test]
async fn items_go_out_as_they_can_come_in_again() {
    let js = House::of(Region::JS).await;
    registered(&js).await;
    let table = format!(
        "统一社会信用代码,类别,成果名称,年份,关键词,摘要\n{0},专利,-一种光刻胶,2021,光刻胶；树脂,\"摘要,\n\"\"引号\"\"\"\n{0},项目,某项目,2020,,\n",
        code("320500"),
    );
    let upload = Upload::of(wire::Table::ProfileItems, &table);
    assert_eq!(counts(&taken_in(&js, &upload).await), [2, 2, 0, 0, 0]);
    for format in [wire::TableFormat::Csv, wire::TableFormat::Xlsx] {
        let request = ask(wire::Table::ProfileItems, format);
        let (file, rows) = given(&js, Role::Officer, request).await.unwrap();
        assert_eq!(rows, 2);
        let again = Upload {
            file,
            ..Upload::of(wire::Table::ProfileItems, "")
        };
        assert_eq!(counts(&taken_in(&js, &again).await), [2, 0, 0, 2, 0]);
    }
}

#[tokio::test]
async fn units_go_out_as_they_can_come_in_again_and_what_stays_home_is_kept() {
    let js = House::of(Region::JS).await;
    let small = wire::RegisterUnitRequest {
        size: wire::UnitSize::Small.into(),
        branch_of_unit_id: crate::house::fresh().to_string(),
        ..enterprise("320500")
    };
    js.to(Role::Officer).register_unit(small).await.unwrap();
    let before = js.told().await.len();
    for format in [wire::TableFormat::Csv, wire::TableFormat::Xlsx] {
        let request = ask(wire::Table::Units, format);
        let (file, rows) = given(&js, Role::Officer, request).await.unwrap();
        assert_eq!(rows, 1);
        for replace in [false, true] {
            let again = Upload {
                file: file.clone(),
                replace,
                ..Upload::of(wire::Table::Units, "")
            };
            assert_eq!(counts(&taken_in(&js, &again).await), [1, 0, 0, 1, 0]);
        }
    }
    assert_eq!(js.told().await.len(), before, "something was told");
}

#[tokio::test]
async fn what_a_table_has_no_column_for_stays_and_an_empty_cell_empties_it() {
    let js = House::of(Region::JS).await;
    let name = registered(&js).await.name;
    let head = "统一社会信用代码,单位名称,单位类型";
    let row = format!("{},{name},企业", code("320500"));
    for (columns, cells, wanted) in [("", "", [0, 1]), (",领域,关键词", ",,", [1, 0])] {
        let file = format!("{head}{columns}\n{row}{cells}\n");
        let table = Upload {
            replace: true,
            ..Upload::of(wire::Table::Units, &file)
        };
        let [_, _, replaced, unchanged, _] = counts(&taken_in(&js, &table).await);
        assert_eq!([replaced, unchanged], wanted, "{columns}");
    }
}
