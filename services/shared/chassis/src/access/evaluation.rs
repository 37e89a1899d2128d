//! Who may call `evaluation`.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
