//! What is no table, not all of one, or not the caller's to bring.

use proto::registry::v1 as wire;
use regulation::{Region, Role, UnitId};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    house::{House, code, fresh, staffed, stranger},
    upload::{Upload, counts, refused, taken_in},
};

const HEADER: &str = "姓名,身份证号,单位统一社会信用代码,来源\n";
const ITEMS: &str = "统一社会信用代码,类别,成果名称,年份,关键词,摘要\n";

fn reason(status: &tonic::Status) -> String {
    let info = status.get_details_error_info();
    info.map(|info| info.reason).unwrap_or_default()
}

async fn nothing_written(house: &House) {
    let facts: i64 = sqlx::query_scalar("select count(*) from journal_fact")
        .fetch_one(house.desk.pool())
        .await
        .unwrap();
    assert_eq!(facts, 0);
}

#[tokio::test]
async fn a_file_that_is_no_table_is_refused_as_a_whole_by_a_rule() {
    let js = House::of(Region::JS).await;
    for (file, rule, says) in [
        (
            "姓名,身份证号,来源,电话\n".into(),
            "registry.table-columns",
            "电话",
        ),
        (
            "姓名,身份证号\n张,1\n".into(),
            "registry.table-columns",
            "来源",
        ),
        (HEADER.to_owned(), "registry.table-size", "没有数据"),
        ("PK\u{3}\u{4}坏了".to_owned(), "registry.table-form", "损坏"),
    ] {
        let status = refused(&js, &Upload::experts(&file)).await;
        assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
        assert_eq!(reason(&status), rule);
        assert!(status.message().contains(says), "{status}");
        assert!(status.message().contains('请'), "{status}");
    }
    nothing_written(&js).await;
}

#[tokio::test]
async fn a_truncated_upload_and_one_of_another_size_are_refused_before_anything_is_in() {
    let js = House::of(Region::JS).await;
    let upload = Upload::experts(&format!(
        "{HEADER}王,E00000001,{},部门邀请\n",
        code("320500")
    ));
    let whole = upload.messages();
    let sent = async |messages: Vec<wire::ImportTableRequest>| {
        let mut client = js.tables(Role::Officer);
        let answers = client.import_table(futures::stream::iter(messages)).await;
        match answers {
            Ok(answers) => answers.into_inner().message().await.unwrap_err(),
            Err(status) => status,
        }
    };
    let cut = vec![whole[0].clone()];
    let mut short = whole.clone();
    short[1].chunk.pop();
    let mut long = whole.clone();
    long[1].chunk.push(b'x');
    let sized = |file_size| {
        vec![wire::ImportTableRequest {
            file_size,
            ..whole[0].clone()
        }]
    };
    let unnamed = vec![wire::ImportTableRequest {
        request_id: String::new(),
        ..whole[0].clone()
    }];
    let of_nothing = vec![wire::ImportTableRequest {
        table: wire::Table::Unspecified.into(),
        ..whole[0].clone()
    }];
    let huge = wire::ImportTableRequest {
        chunk: vec![0; (1 << 20) + 1],
        file_size: 2 << 20,
        ..whole[0].clone()
    };
    for messages in [
        vec![],
        cut,
        short,
        long.clone(),
        sized(0),
        sized(-1),
        sized((64 << 20) + 1),
        sized(i64::MAX),
        unnamed,
        of_nothing,
        vec![huge.clone()],
    ] {
        let status = sent(messages).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        assert_eq!(reason(&status), "chassis.invalid");
    }
    // Neither is more of it taken into memory than was said.
    for (messages, says) in [(long, "多于"), (vec![huge], "每条消息")] {
        let status = sent(messages).await;
        assert!(status.message().contains(says), "{status}");
    }
    nothing_written(&js).await;
}

#[tokio::test]
async fn no_more_files_are_in_memory_than_may_be() {
    let js = House::of(Region::JS).await;
    let client = js.tables(Role::Officer);
    let waiting = async || {
        let head = Upload::experts("x").messages().swap_remove(0);
        let open =
            futures::StreamExt::chain(futures::stream::iter([head]), futures::stream::pending());
        client.clone().import_table(open).await
    };
    let first = waiting().await.unwrap();
    let second = waiting().await.unwrap();
    let third = waiting().await.unwrap_err();
    assert_eq!(third.code(), Code::ResourceExhausted);
    assert_eq!(reason(&third), "registry.tables-busy");
    drop((first, second));
    assert!(waiting().await.is_ok());
}

#[tokio::test]
async fn a_unit_brings_its_own_items_and_no_others_and_no_experts() {
    let js = House::of(Region::JS).await;
    let own = staffed(&js).await;
    let id: UnitId = own.unit_id.parse().unwrap();
    let table = format!(
        "{ITEMS}{0},专利,一种光刻胶,2021,光刻胶；树脂,摘要\n{0},论文,光刻胶研究,二〇二一,,\n\
         {0},奖项,某奖,2021,,\n{0},项目,某项目,1066,,\n{1},项目,别家的项目,2022,,\n\
         {0},项目,某项目,2022,{2},\n",
        code("320500"),
        code("320600"),
        "；词".repeat(11),
    );
    let upload = Upload::of(wire::Table::ProfileItems, &table);
    let told = upload.told(js.tables_of_member(id)).await.unwrap();
    assert_eq!(counts(&told), [6, 1, 0, 0, 5]);
    let codes: Vec<(i64, &str)> = told[0]
        .rejected_rows
        .iter()
        .map(|row| (row.line, row.code.as_str()))
        .collect();
    assert_eq!(
        codes,
        [
            (3, "table.no-integer"),
            (4, "table.one-of"),
            (5, "table.year"),
            (6, "registry.own-profile"),
            (7, "table.too-many"),
        ]
    );
    // An officer may, for units of this node.
    let by_officer = taken_in(&js, &Upload::of(wire::Table::ProfileItems, &table)).await;
    assert_eq!(counts(&by_officer), [6, 0, 0, 1, 5]);
    let elsewhere = &by_officer[0].rejected_rows[3];
    assert_eq!(elsewhere.code, "registry.registered");
    for table in [wire::Table::Experts, wire::Table::Units] {
        let upload = Upload::of(table, HEADER);
        let status = upload.told(js.tables_of_member(id)).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied);
        assert_eq!(reason(&status), "registry.table-own");
    }
    for role in [Role::Director, Role::Auditor, Role::Secretariat] {
        let status = upload.told(js.tables(role)).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied, "{role:?}");
    }
}

fn item(title: &str) -> wire::ProfileItem {
    wire::ProfileItem {
        kind: wire::ProfileItemKind::Paper.into(),
        title: title.into(),
        year: 2022,
        keywords: vec!["光刻胶".into()],
        r#abstract: "摘要".into(),
    }
}

#[tokio::test]
async fn a_profile_is_told_to_all_whole_and_read_back() {
    let js = House::of(Region::JS).await;
    let own = staffed(&js).await;
    let id: UnitId = own.unit_id.parse().unwrap();
    let request = wire::UpdateProfileRequest {
        request_id: fresh().to_string(),
        unit_id: own.unit_id.clone(),
        fields: vec!["集成电路".into()],
        keywords: vec!["掩膜".into()],
        items: vec![item("乙"), item("甲")],
    };
    let mut member = js.tables_of_member(id);
    let kept = member
        .update_profile(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(kept.items.len(), 2);
    let repeated = member.update_profile(request.clone()).await.unwrap();
    assert_eq!(repeated.into_inner(), kept);
    let wanted = wire::GetProfileRequest {
        unit_id: own.unit_id.clone(),
    };
    let seen = js.tables(Role::Auditor).get_profile(wanted).await.unwrap();
    assert_eq!(seen.into_inner(), kept);
    let told = js.told().await;
    let last = told.last().unwrap();
    assert_eq!(last.kind, "registry.profile.recorded");
    let recorded: wire::ProfileRecorded = last.read().unwrap();
    assert_eq!(recorded.profile.unwrap(), kept);
    let again = wire::UpdateProfileRequest {
        request_id: fresh().to_string(),
        ..request
    };
    let stranger = js
        .tables_of_member(stranger(&js).await)
        .update_profile(again)
        .await;
    assert_eq!(reason(&stranger.unwrap_err()), "registry.own-profile");
    let nobodys = wire::UpdateProfileRequest {
        request_id: fresh().to_string(),
        unit_id: fresh().to_string(),
        ..Default::default()
    };
    let status = js
        .tables(Role::Officer)
        .update_profile(nobodys)
        .await
        .unwrap_err();
    assert_eq!(reason(&status), "registry.registered");
    let mut many = wire::UpdateProfileRequest {
        request_id: fresh().to_string(),
        unit_id: own.unit_id,
        items: (0..101).map(|nth| item(&format!("论文 {nth}"))).collect(),
        ..Default::default()
    };
    let status = js
        .tables(Role::Officer)
        .update_profile(many.clone())
        .await
        .unwrap_err();
    assert_eq!(reason(&status), "registry.profile-size");
    many.items[3].year = 0;
    let status = js
        .tables(Role::Officer)
        .update_profile(many)
        .await
        .unwrap_err();
    assert!(status.message().contains("items[3].year"), "{status}");
}

/// A workbook of so many experts, the last of whom stands in a row above the first.
fn out_of_order(count: u32) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let employer = code("320500").to_string();
    for (column, name) in (0..).zip(HEADER.trim().split(',')) {
        sheet.write_string(0, column, name).unwrap();
    }
    for row in 1..=count {
        let number = format!("E{row:08}");
        let cells = ["王某某", &number, &employer, "部门邀请"];
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let whole = std::io::Cursor::new(book.save_to_buffer().unwrap());
    let mut parts = zip::ZipArchive::new(whole).unwrap();
    let mut damaged = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for nth in 0..parts.len() {
        let mut part = parts.by_index(nth).unwrap();
        let mut text = std::io::read_to_string(&mut part).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.ends_with("sheet1.xml") {
            let last = count + 1;
            for column in ["", "A", "B", "C", "D"] {
                text = text.replace(
                    &format!("r=\"{column}{last}\""),
                    &format!("r=\"{column}1\""),
                );
            }
        }
        let options = zip::write::SimpleFileOptions::default();
        damaged.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut damaged, text.as_bytes()).unwrap();
    }
    damaged.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_file_that_turns_out_bad_after_its_first_rows_is_refused_and_not_done() {
    let js = House::of(Region::JS).await;
    crate::house::registered(&js).await;
    let upload = Upload {
        file: out_of_order(600),
        ..Upload::experts("")
    };
    let status = refused(&js, &upload).await;
    assert_eq!(reason(&status), "registry.table-form");
    // Under the same name it is no finished import either.
    let status = refused(&js, &upload).await;
    assert_eq!(reason(&status), "registry.table-form");
}
