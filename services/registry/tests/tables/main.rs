//! tmp
#![expect(clippy::unwrap_used, reason = "tmp")]
#[path = "../it/exports.rs"]
mod exports;
#[path = "../it/house.rs"]
mod house;
#[path = "../it/tables.rs"]
mod tables;
#[path = "../it/tables_bad.rs"]
mod tables_bad;
#[path = "../it/upload.rs"]
mod upload;
