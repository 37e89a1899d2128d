//! The door in and out for whole tables, and for the profiles of units.

use std::{future::Future, pin::Pin, sync::Arc};

use chassis::{Admitted, Desk, admit, admit_stream, status};
use futures::{FutureExt as _, SinkExt as _, Stream, StreamExt as _, channel::mpsc, stream};
use proto::registry::v1::{self as wire, import_service_server::ImportService};
use regulation::{Actor, Refusal, RefusalKind, Role, UnitId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Code, Request, Response, Status, Streaming};

use super::{acts, list};
use crate::{
    Settings,
    domain::{
        Capability,
        capability::{Change, Command, Content},
        item::{Item, ItemKind, Name, Year},
        rules,
        transfer::Table,
    },
    export::Export,
    import::{Experts, Import, Items, Progress, Rows, Units, Upload},
    publish, read, secret,
    table::Format,
};

/// Tables that go in or out at the same time: each has its file in memory.
const AT_ONCE: usize = 2;

/// Serves `ImportService`.
pub(crate) struct Tables {
    desk: Desk,
    settings: Settings,
    free: Arc<Semaphore>,
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Tables {
    pub(crate) fn new(desk: Desk, settings: Settings) -> Self {
        Self {
            desk,
            settings,
            free: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Status> {
        Arc::clone(&self.free).try_acquire_owned().map_err(|_| {
            status::info(
                Code::ResourceExhausted,
                "registry.tables-busy",
                format!("同时进行的导入导出最多 {AT_ONCE} 项，请稍后用同一请求编号重试。"),
            )
        })
    }

    /// Takes the rest of the file in, and then its rows.
    fn take_in<R: Rows>(
        &self,
        ask: Ask,
        rows: R,
    ) -> Result<Response<Answers<wire::ImportProgress>>, Status> {
        let place = self.place()?;
        let import = Import {
            desk: self.desk.clone(),
            actor: ask.actor,
            rows: Arc::new(rows),
            table: ask.table,
            replace: ask.first.replace,
        };
        let work = async move |progress: Progress| {
            let _place = place;
            let file = ask.upload.whole().await?;
            let stands_for = wire::ImportTableRequest {
                chunk: file.digest.as_bytes().to_vec(),
                ..ask.first
            };
            let asked = Admitted::of(import.actor.clone(), stands_for);
            let request = asked.request(&asked.message.request_id)?;
            import.run(file, &request, progress).await
        };
        Ok(Response::new(answered(work)))
    }
}

/// What somebody asks for who brings a table.
struct Ask {
    actor: Actor,
    table: Table,
    first: wire::ImportTableRequest,
    upload: Upload,
}

impl Ask {
    async fn read(request: Request<Streaming<wire::ImportTableRequest>>) -> Result<Self, Status> {
        let (actor, mut rest) = admit_stream(request)?;
        let mut first = rest.message().await?.unwrap_or_default();
        // Looked at now, so that nobody sends a whole file for nothing.
        let asked = Admitted::of(actor, first.clone());
        asked.request(&first.request_id)?;
        let table = table(first.table())?;
        let upload = Upload::begin(&mut first, rest)?;
        Ok(Self {
            actor: asked.actor,
            table,
            first,
            upload,
        })
    }

    fn by_officer(self) -> Result<Self, Status> {
        if self.actor.role == Role::Officer {
            return Ok(self);
        }
        let refusal = Refusal::new(
            rules::TABLE_OWN,
            "单位账号只能导入本单位的成果",
            "请由所在地经办人导入",
        );
        Err(status::refused(&refusal.kind(RefusalKind::Forbidden)))
    }
}

/// What `work` tells, and its failure at the end. It goes on only while somebody listens.
fn answered<T, F>(work: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F) -> Answers<T>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let (mut failed, told) = mpsc::channel(1);
    let working = work(failed.clone());
    let end = async move {
        if let Err(status) = working.await {
            // Nobody listens: nobody needs to know.
            failed.send(Err(status)).await.ok();
        }
    };
    let end = end.into_stream().filter_map(|()| async { None });
    Box::pin(stream::select(told, end))
}

#[tonic::async_trait]
impl ImportService for Tables {
    type ImportTableStream = Answers<wire::ImportProgress>;
    type ExportTableStream = Answers<wire::TableChunk>;

    async fn import_table(
        &self,
        request: Request<Streaming<wire::ImportTableRequest>>,
    ) -> Result<Response<Self::ImportTableStream>, Status> {
        let ask = Ask::read(request).await?;
        acts(&self.desk, &ask.actor).await?;
        let replace = ask.first.replace;
        match ask.table {
            Table::Experts => {
                let secret = secret::read(&self.settings.person_key_file)
                    .map_err(|error| status::internal(&error))?;
                self.take_in(ask.by_officer()?, Experts { secret, replace })
            }
            Table::Units => self.take_in(ask.by_officer()?, Units { replace }),
            Table::ProfileItems => self.take_in(ask, Items),
        }
    }

    async fn export_table(
        &self,
        request: Request<wire::ExportTableRequest>,
    ) -> Result<Response<Self::ExportTableStream>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let export = Export {
            desk: self.desk.clone(),
            table: table(asked.message.table())?,
            format: format(asked.message.format())?,
            actor: asked.actor,
        };
        let place = self.place()?;
        let work = async move |chunks| {
            let _place = place;
            export.run(&request, chunks).await
        };
        Ok(Response::new(answered(work)))
    }

    async fn update_profile(
        &self,
        request: Request<wire::UpdateProfileRequest>,
    ) -> Result<Response<wire::Profile>, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        let content = content(&asked.message)?;
        acts(&self.desk, &asked.actor).await?;
        let command = Command {
            unit,
            unit_here: read::here(&self.desk, [unit].iter()).await?.contains(&unit),
            change: Change::Replace(Box::new(content)),
        };
        let done = self
            .desk
            .execute::<Capability>(asked.actor, unit, command, &request)
            .await?;
        Ok(Response::new(view(&done.id, &done.state, &self.desk)))
    }

    async fn get_profile(
        &self,
        request: Request<wire::GetProfileRequest>,
    ) -> Result<Response<wire::Profile>, Status> {
        let asked = admit(request)?;
        let unit: UnitId = status::parse("unit_id", &asked.message.unit_id)?;
        acts(&self.desk, &asked.actor).await?;
        let kept = self.desk.load::<Capability>("单位能力画像", unit).await?;
        Ok(Response::new(view(&kept.id, &kept.state, &self.desk)))
    }
}

fn view(id: &str, profile: &Capability, desk: &Desk) -> wire::Profile {
    match &profile.0 {
        Some(kept) => publish::capability(id, kept),
        // Nothing was said where there was nothing.
        None => wire::Profile {
            unit_id: id.to_owned(),
            region: desk.region().to_string(),
            ..Default::default()
        },
    }
}

fn table(table: wire::Table) -> Result<Table, Status> {
    match table {
        wire::Table::Experts => Ok(Table::Experts),
        wire::Table::Units => Ok(Table::Units),
        wire::Table::ProfileItems => Ok(Table::ProfileItems),
        wire::Table::Unspecified => Err(status::invalid("table", "请选择专家、单位或单位成果")),
    }
}

fn format(format: wire::TableFormat) -> Result<Format, Status> {
    match format {
        wire::TableFormat::Csv => Ok(Format::Csv),
        wire::TableFormat::Xlsx => Ok(Format::Xlsx),
        wire::TableFormat::Unspecified => Err(status::invalid("format", "请选择 CSV 或 XLSX")),
    }
}

fn content(message: &wire::UpdateProfileRequest) -> Result<Content, Status> {
    // Looked at before each is parsed; the rule has its say on what is left of them.
    if message.items.len() > 2 * Content::ITEMS_MAX {
        let limit = format!("最多 {} 项", Content::ITEMS_MAX);
        return Err(status::invalid("items", limit));
    }
    let items: Result<Vec<Item>, Status> = message
        .items
        .iter()
        .enumerate()
        .map(|(at, told)| item(&format!("items[{at}]"), told))
        .collect();
    Ok(Content::new(
        list("fields", &message.fields)?,
        list("keywords", &message.keywords)?,
        items?,
    ))
}

fn item(at: &str, told: &wire::ProfileItem) -> Result<Item, Status> {
    if told.keywords.len() > Item::KEYWORDS_MAX {
        let limit = format!("最多 {} 项", Item::KEYWORDS_MAX);
        return Err(status::invalid(&format!("{at}.keywords"), limit));
    }
    Ok(Item {
        name: Name {
            kind: match told.kind() {
                wire::ProfileItemKind::Project => ItemKind::Project,
                wire::ProfileItemKind::Patent => ItemKind::Patent,
                wire::ProfileItemKind::Paper => ItemKind::Paper,
                wire::ProfileItemKind::Unspecified => {
                    let choose = "请选择项目、专利或论文";
                    return Err(status::invalid(&format!("{at}.kind"), choose));
                }
            },
            year: Year::try_from(told.year)
                .map_err(|error| status::invalid(&format!("{at}.year"), error))?,
            title: status::parse(&format!("{at}.title"), &told.title)?,
        },
        keywords: list(&format!("{at}.keywords"), &told.keywords)?,
        summary: status::optional(&format!("{at}.abstract"), &told.r#abstract)?,
    })
}
