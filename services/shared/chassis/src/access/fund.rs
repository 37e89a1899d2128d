//! Who may call `fund`.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
