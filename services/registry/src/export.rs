//! Tables given out: to whom, when and how many rows is noted before the first byte leaves.

use std::collections::BTreeSet;

use chassis::{Desk, status};
use evidence::Digest;
use futures::{SinkExt as _, channel::mpsc};
use journal::{Aggregate, Loaded, Request as JournalRequest};
use proto::registry::v1 as wire;
use regulation::{Actor, Refusal, UnitId};
use rust_xlsxwriter::XlsxError;
use tonic::Status;
use uuid::Uuid;

use crate::{
    domain::{
        Capability, Expert, rules,
        transfer::{Command, Table, Transfer},
    },
    import::{ORIGINS, items, units},
    read,
    table::{Format, ROWS_MAX, Sheet, word},
};

/// Rows that are read at once.
const PAGE: i64 = 1_000;
/// Rows of a workbook at most: it is put together in memory, cell by cell.
const WORKBOOK_ROWS_MAX: u64 = 200_000;
/// Bytes of a message.
const CHUNK: usize = 64 << 10;

const EXPERTS: [&str; 7] = [
    "专家编号",
    "姓名",
    "单位统一社会信用代码",
    "单位名称",
    "来源",
    "专业领域",
    "关键词",
];
const UNITS: [&str; 10] = [
    units::IDENTITY,
    units::NAME,
    units::KIND,
    units::SIZE,
    units::DIVISION,
    units::FIELDS,
    units::KEYWORDS,
    units::BACKBONE,
    units::REGISTERED_AS,
    units::ACTIVITY,
];
/// Those of an import: what goes out can come in again.
const ITEMS: [&str; 6] = [
    items::UNIT,
    items::KIND,
    items::TITLE,
    items::YEAR,
    items::KEYWORDS,
    items::SUMMARY,
];

/// An export by somebody.
pub(crate) struct Export {
    pub(crate) desk: Desk,
    pub(crate) actor: Actor,
    pub(crate) table: Table,
    pub(crate) format: Format,
}

/// Where the file goes.
pub(crate) type Chunks = mpsc::Sender<Result<wire::TableChunk, Status>>;

/// A table that is being written out.
struct Out {
    sheet: Sheet,
    rows: u64,
    max: u64,
}

impl Export {
    /// Writes the table, notes it and sends it. Ends where nobody listens any more.
    ///
    /// # Errors
    /// Where it is too large, or the request stands for another file.
    pub(crate) async fn run(
        &self,
        request: &JournalRequest,
        mut chunks: Chunks,
    ) -> Result<(), Status> {
        let out = self.written().await?;
        let rows = out.rows;
        let packed = tokio::task::spawn_blocking(move || out.sheet.finish()).await;
        let file = packed
            .map_err(|error| status::internal(&error))?
            .map_err(|error| status::internal(&error))?;
        self.noted(&file, rows, request).await?;
        for chunk in file.chunks(CHUNK) {
            let chunk = wire::TableChunk {
                data: chunk.to_vec(),
                rows: i64::try_from(rows).unwrap_or(i64::MAX),
            };
            let gone = chunks.send(Ok(chunk)).await;
            gone.map_err(|_| Status::cancelled("调用方已断开。"))?;
        }
        Ok(())
    }

    /// Notes the export. One request is one file: what is noted must be what was given out.
    async fn noted(&self, file: &[u8], rows: u64, request: &JournalRequest) -> Result<(), Status> {
        let digest = Digest::of_document(file);
        let command = Command::Export {
            table: self.table,
            file: digest,
            rows,
        };
        let id = self.desk.ids().next::<Uuid>();
        let noted = self
            .desk
            .execute::<Transfer>(self.actor.clone(), id, command, request)
            .await?;
        match noted.state {
            Transfer::Export { file, .. } if file == digest => Ok(()),
            _ => Err(status::refused(&Refusal::new(
                rules::EXPORT_RECORDED,
                "此请求编号已用于导出另一份内容",
                "请换用新的请求编号重新导出",
            ))),
        }
    }

    async fn written(&self) -> Result<Out, Status> {
        match self.table {
            Table::Experts => self.experts().await,
            Table::Units => self.units().await,
            Table::ProfileItems => self.items().await,
        }
    }

    async fn experts(&self) -> Result<Out, Status> {
        let mut out = Out::new(self.format, &EXPERTS)?;
        let mut after = String::new();
        loop {
            let page = self.page::<Expert>(&after).await?;
            let hosted = || {
                page.iter()
                    .filter_map(|one| Some((&one.id, one.state.0.as_ref()?)))
            };
            let employers: BTreeSet<UnitId> = hosted()
                .map(|(_, hosted)| hosted.profile.employer)
                .collect();
            let employers = read::known(&self.desk, &employers).await?;
            for (id, hosted) in hosted() {
                let profile = &hosted.profile;
                let employer = employers.get(&profile.employer);
                out.row(&[
                    id.clone(),
                    profile.name.to_string(),
                    employer
                        .map(|unit| unit.identity.clone())
                        .unwrap_or_default(),
                    employer.map(|unit| unit.name.clone()).unwrap_or_default(),
                    word(ORIGINS, &profile.origin).to_owned(),
                    joined(&profile.fields),
                    joined(&profile.keywords),
                ])?;
            }
            match page.last() {
                Some(last) => after.clone_from(&last.id),
                None => return Ok(out),
            }
        }
    }

    async fn units(&self) -> Result<Out, Status> {
        let mut out = Out::new(self.format, &UNITS)?;
        let mut after = None;
        loop {
            let region = Some(self.desk.region());
            let page = read::list(&self.desk, region, after, PAGE).await?;
            for unit in &page {
                out.row(&[
                    unit.identity.clone(),
                    unit.name.clone(),
                    kind(unit.kind()).to_owned(),
                    size(unit.size()).to_owned(),
                    unit.division_code.clone(),
                    joined(&unit.fields),
                    joined(&unit.keywords),
                    joined(&unit.backbone_fields),
                    if unit.guest { "来宾" } else { "本地" }.to_owned(),
                    if unit.active { "在用" } else { "停用" }.to_owned(),
                ])?;
            }
            match page.last() {
                Some(last) => after = Some(status::parse("unit_id", &last.unit_id)?),
                None => return Ok(out),
            }
        }
    }

    async fn items(&self) -> Result<Out, Status> {
        let mut out = Out::new(self.format, &ITEMS)?;
        let mut after = String::new();
        loop {
            let page = self.page::<Capability>(&after).await?;
            let ids = page.iter().filter_map(|one| one.id.parse().ok());
            let known = read::known(&self.desk, &ids.collect()).await?;
            for one in &page {
                let kept = one.state.0.iter();
                let unit = one.id.parse().ok().and_then(|id: UnitId| known.get(&id));
                for item in kept.flat_map(|kept| kept.content.items()) {
                    let summary = item.summary.as_ref().map(ToString::to_string);
                    out.row(&[
                        unit.map(|unit| unit.identity.clone()).unwrap_or_default(),
                        word(items::KINDS, &item.name.kind).to_owned(),
                        item.name.title.to_string(),
                        i32::from(item.name.year).to_string(),
                        joined(&item.keywords),
                        summary.unwrap_or_default(),
                    ])?;
                }
            }
            match page.last() {
                Some(last) => after.clone_from(&last.id),
                None => return Ok(out),
            }
        }
    }

    async fn page<A: Aggregate>(&self, after: &str) -> Result<Vec<Loaded<A>>, Status> {
        let page = self.desk.journal().list::<A>(Some(after), PAGE).await;
        page.map_err(status::journal)
    }
}

impl Out {
    fn new(format: Format, header: &[&str]) -> Result<Self, Status> {
        Ok(Self {
            sheet: Sheet::new(format, header).map_err(unwritten)?,
            rows: 0,
            max: match format {
                Format::Csv => ROWS_MAX,
                Format::Xlsx => WORKBOOK_ROWS_MAX,
            },
        })
    }

    fn row(&mut self, cells: &[String]) -> Result<(), Status> {
        self.rows += 1;
        if self.rows > self.max {
            return Err(status::refused(&Refusal::new(
                rules::TABLE_SIZE,
                format!("导出的内容超过 {} 行", self.max),
                format!("请改用 CSV 格式（最多 {ROWS_MAX} 行），或联系运维人员从数据库导出"),
            )));
        }
        self.sheet.row(cells).map_err(unwritten)
    }
}

fn kind(told: wire::UnitKind) -> &'static str {
    let found = units::KINDS.iter().find(|(_, kind)| told == (*kind).into());
    found.map_or("", |(word, _)| word)
}

fn size(told: wire::UnitSize) -> &'static str {
    let found = units::SIZES.iter().find(|(_, size)| told == (*size).into());
    found.map_or("", |(word, _)| word)
}

fn unwritten(error: XlsxError) -> Status {
    status::internal(&error)
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    texts.join("；")
}
