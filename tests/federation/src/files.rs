//! Files of the federation's directory; those with secrets are for their owner only.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::Context as _;

/// Makes a directory into which others can't look.
pub(crate) fn private_directory(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))?;
    Ok(())
}

/// Writes a file that only its owner can read.
pub(crate) fn secret(path: &Path, text: &str) -> anyhow::Result<()> {
    write(path, text, 0o600)
}

/// Writes a file that everybody can read, whole or not at all.
pub(crate) fn public(path: &Path, text: &str) -> anyhow::Result<()> {
    write(path, text, 0o644)
}

fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let draft = path.with_added_extension("new");
    let written = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&draft)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&draft, path)
    };
    written().with_context(|| format!("writing {}", path.display()))
}
