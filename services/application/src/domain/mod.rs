//! Guides, applications with their parts, examinations, and their rules. Pure.

pub mod application;
pub mod check;
mod document;
pub mod examination;
pub mod guide;
pub mod item;
pub mod known_unit;
pub mod package;
pub mod part;
pub mod pool_entry;
pub mod published_guide;
mod rejection;
pub mod rules;
mod terms;

pub use application::Application;
pub use check::{Fault, Post, check};
pub use document::{Document, InvalidDocument};
pub use examination::Examination;
pub use guide::Guide;
pub use item::{Item, Section};
pub use known_unit::KnownUnit;
pub use package::Package;
pub use part::Part;
pub use pool_entry::PoolEntry;
pub use published_guide::PublishedGuide;
pub use rejection::Rejection;
pub use terms::Terms;

use regulation::{ApplicationId, AssentId, PartId, UnitId};
use uuid::{Uuid, uuid};

/// Under which the ids of parts and assents are made. Never changes.
const NAMESPACE: Uuid = uuid!("3d6e9a0c-5b57-5a58-9c0e-70b1e3f3a4d2");

/// A unit has one part in an application, wherever it is asked for.
pub fn part_of(application: ApplicationId, unit: UnitId) -> PartId {
    Uuid::new_v5(&NAMESPACE, format!("part/{application}/{unit}").as_bytes()).into()
}

/// A unit is asked once for each version of a package.
pub fn assent_to(application: ApplicationId, version: u32, unit: UnitId) -> AssentId {
    let name = format!("assent/{application}/{version}/{unit}");
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).into()
}
