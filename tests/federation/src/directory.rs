//! The one directory in which everything of a federation lies.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use testkit::Place;

/// A directory that goes away with this value, unless it is to be kept.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    keep: bool,
    place: Option<Place>,
}

impl Directory {
    /// Makes `given`, or one for temporary files.
    pub(crate) fn new(given: Option<PathBuf>, keep: bool) -> anyhow::Result<Self> {
        let given = given.or_else(|| keep.then(kept));
        let Some(path) = given else {
            let place = Place::new()?;
            return Ok(Self {
                path: place.path().to_owned(),
                keep,
                place: Some(place),
            });
        };
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        let path = path.canonicalize()?;
        let empty = fs::read_dir(&path)?.next().is_none();
        ensure!(empty, "{} is not empty", path.display());
        Ok(Self {
            path,
            keep,
            place: None,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Where a federation lies that is to be looked at later.
fn kept() -> PathBuf {
    std::env::temp_dir().join(format!("jiebang-federation-{}", std::process::id()))
}

impl Drop for Directory {
    fn drop(&mut self) {
        if self.keep || self.place.is_some() {
            return;
        }
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(directory = %self.path.display(), %error, "left behind");
        }
    }
}
