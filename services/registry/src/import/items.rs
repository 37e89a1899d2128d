//! Projects, patents and papers of units' profiles in a table. [Art. 11]

use std::collections::BTreeMap;

use async_trait::async_trait;
use chassis::Desk;
use journal::{Act, Change as Changed, Decided};
use regulation::UnitId;
use tonic::Status;
use uuid::Uuid;

use super::{Rows, Step};
use crate::{
    domain::{
        Capability,
        capability::{Change, Command, Event},
        item::{Item, ItemKind, Name, Year},
        transfer::Counts,
    },
    identity, read,
    table::{Column, Fault, Record, Words},
};

pub(crate) const UNIT: &str = "统一社会信用代码";
pub(crate) const KIND: &str = "类别";
pub(crate) const TITLE: &str = "成果名称";
pub(crate) const YEAR: &str = "年份";
pub(crate) const KEYWORDS: &str = "关键词";
pub(crate) const SUMMARY: &str = "摘要";

const COLUMNS: &[Column] = &[
    Column::required(UNIT, &["单位统一社会信用代码"]),
    Column::required(KIND, &["成果类别"]),
    Column::required(TITLE, &["名称"]),
    Column::required(YEAR, &["年度"]),
    Column::optional(KEYWORDS, &[]),
    Column::optional(SUMMARY, &[]),
];

pub(crate) const KINDS: Words<ItemKind> = &[
    ("项目", ItemKind::Project),
    ("专利", ItemKind::Patent),
    ("论文", ItemKind::Paper),
];

/// Reads items of profiles: of units of this node.
pub(crate) struct Items;

#[async_trait]
impl Rows for Items {
    type Row = (UnitId, Item);

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn read(&self, record: &Record) -> Result<(UnitId, Item), Fault> {
        let unit: identity::Written = record.value(UNIT)?;
        let year = Year::try_from(record.integer(YEAR)?);
        let summary = record.text(SUMMARY)?;
        let item = Item {
            name: Name {
                kind: record.one_of(KIND, KINDS)?,
                year: year.map_err(|error| Fault::new(YEAR, "table.year", error.to_string()))?,
                title: record.value(TITLE)?,
            },
            keywords: record.list(KEYWORDS, Item::KEYWORDS_MAX)?,
            summary: if summary.is_empty() {
                None
            } else {
                Some(record.value(SUMMARY)?)
            },
        };
        Ok((unit.0.unit_id(), item))
    }

    fn once(&self, _: &(UnitId, Item)) -> Option<Uuid> {
        None
    }

    /// One step a unit: all hear of a profile as a whole.
    async fn steps(
        &self,
        desk: &Desk,
        rows: Vec<(u64, (UnitId, Item))>,
    ) -> Result<Vec<Step>, Status> {
        let mut units: BTreeMap<UnitId, (Vec<u64>, Vec<Item>)> = BTreeMap::new();
        for (line, (unit, item)) in rows {
            let (lines, items) = units.entry(unit).or_default();
            lines.push(line);
            items.push(item);
        }
        let here = read::here(desk, units.keys()).await?;
        let step = |(unit, (lines, items)): (UnitId, _)| {
            let command = Command {
                unit,
                unit_here: here.contains(&unit),
                change: Change::Add(items),
            };
            Step {
                lines,
                act: Act::new::<Capability>(unit, command),
            }
        };
        Ok(units.into_iter().map(step).collect())
    }

    fn counted(&self, step: &Step, decided: &Decided) -> Counts {
        let mut counts = Counts::default();
        let change = decided.change.downcast_ref::<Changed<Capability>>();
        for event in change.iter().flat_map(|change| &change.events) {
            if let Event::ItemsAdded { new, replaced, .. } = event {
                counts.accepted += new.len() as u64;
                counts.replaced += replaced.len() as u64;
            }
        }
        // Of those that are twice in the file one is enough.
        counts.unchanged = (step.lines.len() as u64).saturating_sub(counts.read());
        counts
    }
}
