//! Who may call `application`.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
