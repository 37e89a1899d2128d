//! Whole tables in: good rows go in, bad ones are reported, and the same again changes nothing.

use encoding_rs::GB18030;
use proto::registry::v1::{self as wire, ExpertPooled, UnitRecorded};
use regulation::{Region, Role};
use tonic::Code;

use crate::{
    house::{House, code, enterprise, fresh, registered},
    upload::{Upload, counts, refused, taken_in},
};

const HEADER: &str = "姓名,身份证号,单位统一社会信用代码,来源,专业领域,关键词";

fn line(number: &str) -> String {
    let employer = code("320500");
    format!("王某某,{number},{employer},部门邀请,集成电路；人工智能,光刻胶")
}

/// A table of as many good experts.
fn experts(count: usize) -> String {
    let rows = (0..count).map(|nth| line(&format!("E{nth:08}")));
    let all: Vec<String> = [HEADER.to_owned()].into_iter().chain(rows).collect();
    all.join("\r\n")
}

async fn house() -> House {
    let js = House::of(Region::JS).await;
    registered(&js).await;
    js
}

async fn pooled(house: &House) -> Vec<wire::PooledExpert> {
    let told = house.told().await;
    let pooled = told.iter().filter_map(|message| {
        let pooled: ExpertPooled = message.read().ok()?;
        pooled.expert
    });
    pooled.collect()
}

#[tokio::test]
async fn thousands_of_experts_go_in_and_the_same_file_again_changes_nothing() {
    let js = house().await;
    let table = experts(3_000);
    let progress = taken_in(&js, &Upload::experts(&table)).await;
    assert!(progress.len() > 3, "{}", progress.len());
    let read: Vec<i64> = progress.iter().map(|told| told.rows_read).collect();
    assert!(read.is_sorted(), "{read:?}");
    assert_eq!(counts(&progress), [3_000, 3_000, 0, 0, 0]);
    let told = js.told().await.len();
    let again = taken_in(&js, &Upload::experts(&table)).await;
    assert_eq!(counts(&again), [3_000, 0, 0, 3_000, 0]);
    assert_eq!(js.told().await.len(), told);
    let kept: Vec<String> = sqlx::query_scalar(
        "select payload::text from journal_fact union all select state::text from journal_state",
    )
    .fetch_all(js.desk.pool())
    .await
    .unwrap();
    assert!(!kept.iter().any(|text| text.contains("E00000001")));
}

#[tokio::test]
async fn a_row_of_a_table_is_the_same_expert_as_one_by_the_single_door() {
    let js = house().await;
    taken_in(&js, &Upload::experts(&experts(1))).await;
    let by_table = pooled(&js).await.remove(0);
    let request = wire::RegisterExpertRequest {
        request_id: fresh().to_string(),
        identity_number: "E00000000".into(),
        name: "王某某".into(),
        employer_unit_id: by_table.employer_unit_id.clone(),
        origin: wire::ExpertOrigin::Invited.into(),
        fields: vec!["集成电路".into(), "人工智能".into()],
        keywords: vec!["光刻胶".into()],
    };
    let single = js.to(Role::Officer).register_expert(request).await.unwrap();
    assert_eq!(single.into_inner(), by_table);
}

/// Rows of every kind of badness, each with the column and the code that it is to be reported by;
/// without a code: good.
fn good_and_bad() -> [(String, &'static str, &'static str); 14] {
    let employer = code("320500").to_string();
    let stranger = code("320600").to_string();
    [
        (line("E00000000"), "", ""),
        (
            line("11010519491231020X"),
            "身份证号",
            "table.identity-check",
        ),
        (line("1.10105E+17"), "身份证号", "table.identity-form"),
        (line(""), "身份证号", "table.empty"),
        (line("E00000000"), "", "registry.table-once"),
        (
            line("E00000001").replace(&employer, &stranger),
            "",
            "registry.expert-employer",
        ),
        (
            line("E00000002").replace(&employer, &format!("{}0", &employer[..17])),
            "单位统一社会信用代码",
            "table.credit-code-check",
        ),
        (
            line("E00000003").replace("王某某", "王\u{200b}某"),
            "姓名",
            "table.invisible",
        ),
        (
            line("E00000004").replace("王某某", &"长".repeat(3_000)),
            "姓名",
            "table.too-long",
        ),
        (
            line("E00000005").replace("部门邀请", "朋友介绍"),
            "来源",
            "table.one-of",
        ),
        (
            line("E00000006").replace("人工智能", &"域".repeat(33)),
            "专业领域",
            "table.too-long",
        ),
        (
            line("E00000007").replace("光刻胶", &"、词".repeat(101)),
            "关键词",
            "table.too-many",
        ),
        (
            format!("{},多出来的", line("E00000008")),
            "",
            "table.outside",
        ),
        (line("E00000009"), "", ""),
    ]
}

#[tokio::test]
async fn every_bad_row_is_reported_with_its_line_its_column_and_without_what_is_in_it() {
    let js = house().await;
    let employer = code("320500").to_string();
    let rows = good_and_bad();
    let table: Vec<&str> = [HEADER]
        .into_iter()
        .chain(rows.iter().map(|(row, _, _)| row.as_str()))
        .collect();
    let progress = taken_in(&js, &Upload::experts(&table.join("\n"))).await;
    let wanted: Vec<_> = (2..)
        .zip(&rows)
        .filter(|(_, (_, _, code))| !code.is_empty())
        .map(|(line, (_, column, code))| (line, *column, *code))
        .collect();
    let reported: Vec<&wire::RejectedRow> = progress
        .iter()
        .flat_map(|told| &told.rejected_rows)
        .collect();
    let seen: Vec<_> = reported
        .iter()
        .map(|row| (row.line, row.column.as_str(), row.code.as_str()))
        .collect();
    assert_eq!(seen, wanted);
    let rejected = i64::try_from(wanted.len()).unwrap();
    assert_eq!(counts(&progress), [14, 2, 0, 0, rejected]);
    for row in reported {
        for private in [
            "E0000",
            "1949",
            "1.10105",
            "王",
            "朋友",
            "多出来",
            &employer,
        ] {
            assert!(!row.message.contains(private), "{row:?}");
        }
        assert!(row.message.contains('请') || row.message.contains('应') || !row.column.is_empty());
    }
    assert_eq!(pooled(&js).await.len() / 2, 2);
}

#[tokio::test]
async fn a_changed_row_is_refused_or_replaces_what_is_there_as_is_asked() {
    let js = house().await;
    taken_in(&js, &Upload::experts(&experts(3))).await;
    let changed = experts(3).replace("部门邀请", "国家科技专家库");
    let refused = taken_in(&js, &Upload::experts(&changed)).await;
    assert_eq!(counts(&refused), [3, 0, 0, 0, 3]);
    assert_eq!(refused[0].rejected_rows[0].code, "registry.one-expert");
    let replacing = Upload {
        replace: true,
        ..Upload::experts(&changed)
    };
    assert_eq!(counts(&taken_in(&js, &replacing).await), [3, 0, 3, 0, 0]);
    let last = pooled(&js).await.pop().unwrap();
    assert_eq!(last.origin(), wire::ExpertOrigin::NationalPool);
    assert_eq!(
        counts(&taken_in(&js, &Upload::experts(&changed)).await),
        [3, 0, 0, 3, 0]
    );
}

#[tokio::test]
async fn gb18030_and_workbooks_are_the_same_table() {
    let js = house().await;
    let table = experts(2);
    taken_in(&js, &Upload::experts(&table)).await;
    let gb = Upload {
        file: GB18030.encode(&table).0.into_owned(),
        ..Upload::experts("")
    };
    assert_eq!(counts(&taken_in(&js, &gb).await), [2, 0, 0, 2, 0]);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(table.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let workbook = Upload {
        file: book.save_to_buffer().unwrap(),
        ..Upload::experts("")
    };
    assert_eq!(counts(&taken_in(&js, &workbook).await), [2, 0, 0, 2, 0]);
}

#[tokio::test]
async fn what_broke_off_is_in_as_far_as_it_came_and_is_completed_when_done_again() {
    let js = house().await;
    let table = Upload::experts(&experts(4_000));
    let mut answers = table.send(js.tables(Role::Officer)).await.unwrap();
    let first = answers.message().await.unwrap().unwrap();
    assert!(!first.finished);
    drop(answers);
    // What was being written when the caller left is written to its end.
    let written = async || {
        let count: i64 =
            sqlx::query_scalar("select count(*) from journal_state where kind = 'expert'")
                .fetch_one(js.desk.pool())
                .await
                .unwrap();
        (count >= first.accepted).then_some(count)
    };
    let limit = std::time::Duration::from_secs(20);
    let some = testkit::eventually(limit, written, "what was told to be in")
        .await
        .unwrap();
    assert!(some < 4_000, "it did not break off");
    // Under the same name, as somebody does whose connection was cut.
    let again = taken_in(&js, &table).await;
    let [read, accepted, replaced, unchanged, rejected] = counts(&again);
    assert_eq!((read, replaced, rejected), (4_000, 0, 0));
    assert!(unchanged >= first.accepted && accepted > 0, "{again:?}");
    assert_eq!(pooled(&js).await.len() / 2, 4_000);
}

#[tokio::test]
async fn a_repeat_gets_the_first_counts_and_another_file_under_its_name_is_refused() {
    let js = house().await;
    let table = Upload::experts(&experts(5));
    let first = taken_in(&js, &table).await;
    let again = taken_in(&js, &table).await;
    assert_eq!(counts(&again), counts(&first));
    assert!(again.last().unwrap().finished);
    let other = Upload {
        file: experts(6).into_bytes(),
        ..table
    };
    assert_eq!(refused(&js, &other).await.code(), Code::AlreadyExists);
    assert_eq!(pooled(&js).await.len() / 2, 5);
}

#[tokio::test]
async fn units_go_in_where_they_sit_and_keep_what_a_table_does_not_say() {
    let js = House::of(Region::JS).await;
    let request = wire::RegisterUnitRequest {
        affiliate_unit_ids: vec![fresh().to_string()],
        ..enterprise("320500")
    };
    let mut officer = js.to(Role::Officer);
    let before = officer.register_unit(request).await.unwrap().into_inner();
    let mut table = "单位类型,统一社会信用代码,单位名称,简称,领域,关键词,行政区划码\n".to_owned();
    for row in [
        format!(
            "企业,{},江苏星河微电子科技有限公司,银汉芯,集成电路,光刻胶；掩膜,",
            code("320500")
        ),
        format!("高校,{},南京某大学,,人工智能,,320102", code("320100")),
        format!("企业,{},上海某公司,,,,", code("310115")),
        "科研院所,DE|Amtsgericht München|HRB 1,Institut,,,,".to_owned(),
        "公司,DE|Amtsgericht München|HRB 2,Institut,,,,".to_owned(),
        format!("企业,{},苏州某公司,,,,32050", code("320501")),
        "企业,DE|Amtsgericht München|HRB 3,Institut,,,,320500".to_owned(),
        format!("高校,{},苏州某大学,,,,", code("320500")),
    ] {
        table.push_str(&row);
        table.push('\n');
    }
    let upload = Upload {
        replace: true,
        ..Upload::of(wire::Table::Units, &table)
    };
    let progress = taken_in(&js, &upload).await;
    assert_eq!(counts(&progress), [8, 2, 1, 0, 5]);
    let codes: Vec<&str> = progress[0]
        .rejected_rows
        .iter()
        .map(|row| row.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "registry.seat",
            "table.one-of",
            "table.division",
            "table.guest",
            "registry.table-once"
        ]
    );
    let told = js.told().await;
    let units: Vec<wire::Unit> = told
        .iter()
        .filter_map(|message| message.read::<UnitRecorded>().ok()?.unit)
        .collect();
    let after = units
        .iter()
        .rfind(|unit| unit.unit_id == before.unit_id)
        .unwrap();
    assert_eq!(after.keywords, ["光刻胶", "掩膜"]);
    assert_eq!(after.affiliate_unit_ids, before.affiliate_unit_ids);
    assert!(
        units
            .iter()
            .any(|unit| unit.guest && unit.division_code.is_empty())
    );
    let plain = Upload {
        replace: false,
        ..Upload::of(wire::Table::Units, &table)
    };
    assert_eq!(counts(&taken_in(&js, &plain).await), [8, 0, 0, 3, 5]);
    let renamed = table.replace("南京某大学", "南京另一大学");
    let renamed = Upload::of(wire::Table::Units, &renamed);
    assert_eq!(counts(&taken_in(&js, &renamed).await), [8, 0, 0, 2, 6]);
}

#[tokio::test]
async fn a_units_size_and_whose_branch_it_is_are_read_and_kept_where_a_table_has_no_such_column() {
    let js = House::of(Region::JS).await;
    let (whole, branch) = (code("320500"), code("320600"));
    let head = "统一社会信用代码,单位名称,单位类型,企业规模,所属法人统一社会信用代码\n";
    let table = format!(
        "{head}{branch},江苏某分公司,企业,小型,{whole}\n{whole},江苏某公司,企业,巨型,\n\
         {whole},江苏某大学,高校,大型,\n{whole},江苏某公司,企业,大型,{whole}\n"
    );
    let progress = taken_in(&js, &Upload::of(wire::Table::Units, &table)).await;
    assert_eq!(counts(&progress), [4, 1, 0, 0, 3]);
    let faults: Vec<_> = progress[0]
        .rejected_rows
        .iter()
        .map(|row| (row.line, &*row.column, &*row.code))
        .collect();
    assert_eq!(
        faults,
        [
            (3, "企业规模", "table.one-of"),
            (4, "企业规模", "table.size"),
            (5, "所属法人统一社会信用代码", "table.branch"),
        ]
    );
    let without = format!("统一社会信用代码,单位名称,单位类型\n{branch},江苏某分公司,企业\n");
    let again = Upload {
        replace: true,
        ..Upload::of(wire::Table::Units, &without)
    };
    assert_eq!(counts(&taken_in(&js, &again).await), [1, 0, 0, 1, 0]);
    let told = js.told().await;
    let unit = told.last().unwrap().read::<UnitRecorded>().unwrap();
    let unit = unit.unit.unwrap();
    assert_eq!(unit.size(), wire::UnitSize::Small);
    let whole = regulation::UnitIdentity::CreditCode(whole).unit_id();
    assert_eq!(unit.branch_of_unit_id, whole.to_string());
}
