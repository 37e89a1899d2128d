//! Who may call `project`.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
