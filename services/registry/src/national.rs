//! The connector to the national record of research integrity: hands over what is queued, and takes
//! the answers in. A node that has none keeps its queue, in sight of the department. [Art. 20]

mod folder;

use std::time::Duration;

use async_trait::async_trait;
use chassis::{Desk, Lifecycle, Subject};
use evidence::Digest;
use journal::{Act, Loaded};
use regulation::Actor;
use serde::Serialize;
use tonic::Status;
use tracing::{info, warn};

pub use folder::{Folder, Settings};

use crate::{
    domain::credit::{
        Ended, Filing, Misconduct, RecordId,
        filing::{Answer, Command, Kept},
    },
    read,
};

/// How often it is looked for what is to be handed over, and for answers.
const PERIOD: Duration = Duration::from_secs(10);
/// Filings that are handed over at once.
const AT_ONCE: i64 = 100;

/// What the national record is told of one record: whom it is about, what kind and how long. Never
/// the evidence, the case, an account or a name of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The record's id.
    pub record: String,
    /// How often it was filed: the last number counts.
    pub number: u32,
    /// The department's node.
    pub region: String,
    /// Credit code or guest identity of the unit, where it is about one.
    pub unit: Option<String>,
    /// The person's key, where it is about one.
    pub person: Option<String>,
    /// What they did.
    pub misconduct: Misconduct,
    /// The first day of its effect, ISO date.
    pub from: String,
    /// The last day, ISO date; none where it ended before.
    pub until: Option<String>,
    /// How it ended, once it has.
    pub ended: Option<Ended>,
}

/// An answer that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// To the filing of which record.
    pub record: RecordId,
    /// Of which number.
    pub number: u32,
    /// Of which document.
    pub digest: Digest,
    /// What.
    pub answer: Answer,
    /// By what the connector knows the answer.
    pub place: String,
}

/// Something that carries filings to the national record and answers back. Each may happen again
/// after a crash: handing over the same document twice has to be the same as once.
#[async_trait]
pub trait NationalRecord: Send + Sync + 'static {
    /// Hands the document over and says what it was.
    ///
    /// # Errors
    /// Whatever keeps it from it; it is tried again.
    async fn hand_over(&self, document: &Document) -> anyhow::Result<Digest>;

    /// The answers that wait.
    ///
    /// # Errors
    /// Whatever keeps it from reading them.
    async fn answers(&self) -> anyhow::Result<Vec<Answered>>;

    /// The answer was noted, or belongs to nothing that was handed over.
    ///
    /// # Errors
    /// Whatever keeps it from putting it away; it comes again and changes nothing.
    async fn put_away(&self, answer: &Answered, noted: bool) -> anyhow::Result<()>;
}

/// Runs until the process stops.
pub(crate) fn run(record: impl NationalRecord, desk: &Desk, lifecycle: &Lifecycle) {
    let (desk, stop) = (desk.clone(), lifecycle.stopping());
    lifecycle.spawn("national record", async move {
        while !stop.is_cancelled() {
            if let Err(error) = pass(&record, &desk).await {
                warn!(error = format!("{error:#}"), "nothing filed; trying again");
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

/// Hands over what is queued, and takes in what was answered.
///
/// # Errors
/// The connector or the database: what was done stays done, the rest is tried again.
pub async fn pass(record: &impl NationalRecord, desk: &Desk) -> anyhow::Result<()> {
    let queued = read::credit::filings(desk, Some("queued"), "", AT_ONCE).await?;
    for filing in &queued {
        let Some(kept) = filing.state.0.as_deref() else {
            continue;
        };
        let document = document(desk, filing, kept).await?;
        let digest = record.hand_over(&document).await?;
        let number = kept.number;
        give(desk, &filing.id, Command::HandOver { number, digest }).await?;
        info!(record = filing.id, number, "filed in the national record");
    }
    for answered in record.answers().await? {
        let command = Command::Answer {
            number: answered.number,
            digest: answered.digest,
            answer: answered.answer.clone(),
        };
        let noted = give(desk, &answered.record, command).await;
        if let Err(status) = &noted {
            // Refused it stays refused; anything else is tried again.
            if !matches!(
                status.code(),
                tonic::Code::FailedPrecondition | tonic::Code::NotFound
            ) {
                return Err(status.clone().into());
            }
            warn!(
                place = answered.place,
                reason = status.message(),
                "an answer that belongs to nothing that was handed over"
            );
        }
        record.put_away(&answered, noted.is_ok()).await?;
    }
    Ok(())
}

async fn give(desk: &Desk, id: impl ToString, command: Command) -> Result<(), Status> {
    let actor = Actor::system(desk.region());
    let act = Act::new::<Filing>(id, command);
    desk.execute_all(actor, &[act], None).await?;
    Ok(())
}

async fn document(desk: &Desk, filing: &Loaded<Filing>, kept: &Kept) -> anyhow::Result<Document> {
    let standing = &kept.standing;
    let (unit, person) = match &standing.subject {
        // A unit that no node knows any more is filed by its id.
        Subject::Unit(unit) => {
            let known = read::unit(desk, *unit).await?;
            let identity = known.map_or_else(|| unit.to_string(), |known| known.identity);
            (Some(identity), None)
        }
        Subject::Person(person) => (None, Some(person.to_string())),
    };
    Ok(Document {
        record: filing.id.clone(),
        number: kept.number,
        region: desk.region().to_string(),
        unit,
        person,
        misconduct: standing.misconduct,
        from: standing.from.to_string(),
        until: standing.until.map(|day| day.to_string()),
        ended: standing.ended,
    })
}
