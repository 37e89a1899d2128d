//! The holiday table that the operator extends when the next year's is announced.

use std::path::Path;

use anyhow::Context as _;
use regulation::Calendar;

/// Puts the operator's table in use, for as long as the process lives.
///
/// # Errors
/// When the file can't be read or is no holiday table, with the line; or when one is in use.
pub(crate) fn install(file: &Path) -> anyhow::Result<()> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let table = Calendar::parse(&text).with_context(|| format!("{name} is no holiday table"))?;
    let installed = table.install();
    installed.map_err(|_| anyhow::anyhow!("a holiday table is in use already"))
}

#[cfg(test)]
mod tests {
    use regulation::Day;

    use super::*;

    #[test]
    fn the_operators_table_is_in_use_from_the_start_on_and_a_bad_one_keeps_the_node_from_starting()
    {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("holidays.csv");
        assert!(install(&file).is_err(), "there is none");
        std::fs::write(
            &file,
            "date,kind,name\n2027-01-01,off,元旦\n2027-01-02,perhaps,元旦\n",
        )
        .unwrap();
        let refused = format!("{:#}", install(&file).unwrap_err());
        assert!(refused.contains("line 3"), "{refused}");

        let new_year: Day = "2027-01-01".parse().unwrap();
        let due = |table: &Calendar| table.nth_workday_after("2026-12-31".parse().unwrap(), 1);
        assert!(
            due(Calendar::in_use()).beyond_table,
            "nobody knows 2027 yet"
        );
        std::fs::write(
            &file,
            "date,kind,name\n2026-12-31,work,\n2027-01-01,off,元旦\n",
        )
        .unwrap();
        install(&file).unwrap();
        let told = due(Calendar::in_use());
        assert!(!told.beyond_table && told.day > new_year);
        assert!(
            install(&file).is_err(),
            "one table for the life of a process"
        );
    }
}
