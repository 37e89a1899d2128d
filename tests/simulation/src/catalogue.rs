//! The catalogue of published demands, as matching keeps it on every node to be read.

use std::collections::{BTreeMap, BTreeSet};

use matching::{domain::PublicNumber, notice::Notice};
use proto::{
    matching::v1::{CatalogueEntry, CatalogueEntryChanged, ListPublished, RoadshowAnnounced},
    message::Incoming,
};
use regulation::{BlindId, TaskId};

/// What is published, by blind id.
pub(crate) type Catalogue = BTreeMap<BlindId, Published>;

/// One published demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    /// Its public number.
    pub(crate) number: PublicNumber,
    /// Its tasks.
    pub(crate) tasks: BTreeSet<TaskId>,
    /// Whether it has not been withdrawn.
    pub(crate) open: bool,
}

/// What the message changes in the catalogue; nothing for most.
pub(crate) fn absorbed(message: &Incoming) -> Vec<(BlindId, Published)> {
    if let Ok(list) = read::<ListPublished>(message) {
        let entries = list.entries.iter();
        return entries.filter_map(|one| entry(one, true)).collect();
    }
    if let Ok(changed) = read::<CatalogueEntryChanged>(message) {
        let one = changed.entry.as_ref();
        return one
            .and_then(|one| entry(one, !changed.withdrawn))
            .into_iter()
            .collect();
    }
    Vec::new()
}

/// The roadshow that the message announces, with its demand, if it does.
pub(crate) fn roadshow(message: &Incoming) -> Option<(BlindId, Notice)> {
    let announced = read::<RoadshowAnnounced>(message).ok()?;
    let notice = Notice::try_from(announced.roadshow?).ok()?;
    Some((announced.blind_id.parse().ok()?, notice))
}

fn read<E: proto::message::PublicEvent>(message: &Incoming) -> Result<E, ()> {
    if message.is::<E>() {
        message.read().map_err(|_| ())
    } else {
        Err(())
    }
}

fn entry(entry: &CatalogueEntry, open: bool) -> Option<(BlindId, Published)> {
    let tasks = entry.record.iter().flat_map(|record| &record.tasks);
    let published = Published {
        number: entry.public_number.parse().ok()?,
        tasks: tasks.filter_map(|task| task.task_id.parse().ok()).collect(),
        open,
    };
    Some((entry.blind_id.parse().ok()?, published))
}
