//! Units in a table. [Art. 8]

use std::collections::BTreeSet;

use async_trait::async_trait;
use chassis::Desk;
use journal::Act;
use regulation::UnitIdentity;
use tonic::Status;
use uuid::Uuid;

use super::{Rows, Step};
use crate::{
    domain::{
        Division, Unit,
        unit::{Command, Details, Kind, Part, Profile, Size},
    },
    grpc::LIST_MAX,
    identity,
    table::{Column, Fault, Record, Words},
};

pub(crate) const IDENTITY: &str = "统一社会信用代码";
pub(crate) const NAME: &str = "单位名称";
const SHORT_NAMES: &str = "简称";
pub(crate) const KIND: &str = "单位类型";
pub(crate) const SIZE: &str = "企业规模";
pub(crate) const BRANCH_OF: &str = "所属法人统一社会信用代码";
pub(crate) const BACKBONE: &str = "骨干企业领域";
pub(crate) const REGISTERED_AS: &str = "登记类型";
pub(crate) const ACTIVITY: &str = "状态";
pub(crate) const DIVISION: &str = "行政区划码";
pub(crate) const FIELDS: &str = "领域";
pub(crate) const KEYWORDS: &str = "关键词";

const COLUMNS: &[Column] = &[
    Column::required(IDENTITY, &["单位统一社会信用代码"]),
    Column::required(NAME, &["名称"]),
    Column::required(KIND, &["类型"]),
    Column::optional(BRANCH_OF, &["总部统一社会信用代码"]),
    Column::optional(SIZE, &["规模"]),
    Column::optional(SHORT_NAMES, &["简称和品牌"]),
    Column::optional(DIVISION, &["行政区划代码", "所在地"]),
    Column::optional(FIELDS, &["专业领域"]),
    Column::optional(KEYWORDS, &[]),
    // Given out to be read by people; what they say is the registry's to decide.
    Column::optional(BACKBONE, &[]),
    Column::optional(REGISTERED_AS, &[]),
    Column::optional(ACTIVITY, &[]),
];

pub(crate) const KINDS: Words<Kind> = &[
    ("企业", Kind::Enterprise),
    ("高校", Kind::University),
    ("科研院所", Kind::Institute),
    ("医疗机构", Kind::Hospital),
    ("其他", Kind::Other),
];

pub(crate) const SIZES: Words<Size> = &[
    ("大型", Size::Large),
    ("中型", Size::Medium),
    ("小型", Size::Small),
    ("微型", Size::Micro),
];

/// Columns that a table may leave out: what is here already stays then.
const PARTS: &[(&str, Part)] = &[
    (SHORT_NAMES, Part::ShortNames),
    (SIZE, Part::Size),
    (BRANCH_OF, Part::BranchOf),
    (FIELDS, Part::Fields),
    (KEYWORDS, Part::Keywords),
];

/// A row, and of what it says nothing.
pub(crate) struct Row {
    details: Details,
    unsaid: BTreeSet<Part>,
}

/// Reads units, for the node where they sit.
pub(crate) struct Units {
    /// Whether another profile of the same unit is replaced.
    pub(crate) replace: bool,
}

#[async_trait]
impl Rows for Units {
    type Row = Row;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn read(&self, record: &Record) -> Result<Row, Fault> {
        let identity: identity::Written = record.value(IDENTITY)?;
        let branch_of = if record.text(BRANCH_OF)?.is_empty() {
            None
        } else {
            let whole: identity::Written = record.value(BRANCH_OF)?;
            Some(whole.0.unit_id())
        };
        if branch_of == Some(identity.0.unit_id()) {
            let fault = "分支机构不能以本单位为总部";
            return Err(Fault::new(BRANCH_OF, "table.branch", fault));
        }
        let kind = record.one_of(KIND, KINDS)?;
        let size = match record.text(SIZE)? {
            "" => None,
            _ => Some(record.one_of(SIZE, SIZES)?),
        };
        if size.is_some() && kind != Kind::Enterprise {
            return Err(Fault::new(SIZE, "table.size", "只有企业填写规模"));
        }
        let parts = PARTS.iter().filter(|(column, _)| !record.says(column));
        let unsaid = parts.map(|(_, part)| *part).collect();
        let details = Details {
            seat: seat(record, &identity.0)?,
            profile: Profile {
                name: record.value(NAME)?,
                short_names: record.list(SHORT_NAMES, LIST_MAX)?,
                kind,
                size,
                branch_of,
                affiliates: [].into(),
                fields: record.list(FIELDS, LIST_MAX)?,
                keywords: record.list(KEYWORDS, LIST_MAX)?,
            },
            identity: identity.0,
        };
        Ok(Row { details, unsaid })
    }

    fn once(&self, row: &Row) -> Option<Uuid> {
        Some(row.details.identity.unit_id().0)
    }

    async fn steps(&self, _: &Desk, rows: Vec<(u64, Row)>) -> Result<Vec<Step>, Status> {
        let step = |(line, row): (u64, Row)| {
            let id = row.details.identity.unit_id();
            let command = Command::Import {
                details: Box::new(row.details),
                replace: self.replace,
                unsaid: row.unsaid,
            };
            Step {
                lines: vec![line],
                act: Act::new::<Unit>(id, command),
            }
        };
        Ok(rows.into_iter().map(step).collect())
    }
}

/// Where the unit sits: as the table says, else as its code does; nowhere here for one abroad.
fn seat(record: &Record, identity: &UnitIdentity) -> Result<Option<Division>, Fault> {
    let given = !record.text(DIVISION)?.is_empty();
    match identity {
        UnitIdentity::Guest(_) if given => Err(Fault::new(
            DIVISION,
            "table.guest",
            "境外单位没有行政区划码",
        )),
        UnitIdentity::Guest(_) => Ok(None),
        UnitIdentity::CreditCode(_) if given => record.value(DIVISION).map(Some),
        UnitIdentity::CreditCode(code) => Division::of(code)
            .map(Some)
            .map_err(|error| Fault::new(DIVISION, "table.division", error.to_string())),
    }
}
