//! Where a test's servers live: a directory that goes away, a port that is free.

use std::{
    collections::HashSet,
    fs,
    hash::{BuildHasher, RandomState},
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{Mutex, Once, PoisonError},
};

use anyhow::{Context, bail};

const PREFIX: &str = "jiebang-test-";

/// A directory of this process, removed when dropped. What a killed process left is removed by the
/// next one.
#[derive(Debug)]
pub struct Place(PathBuf);

impl Place {
    /// Makes one.
    ///
    /// # Errors
    /// When the system's directory for temporary files can't be written.
    pub fn new() -> anyhow::Result<Self> {
        static SWEPT: Once = Once::new();
        let parent = std::env::temp_dir();
        SWEPT.call_once(|| sweep(&parent));
        let dir = parent.join(format!(
            "{PREFIX}{}-{:08x}",
            std::process::id(),
            random() & 0xffff_ffff
        ));
        fs::create_dir(&dir).with_context(|| format!("making {}", dir.display()))?;
        Ok(Self(dir))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(dir = %self.0.display(), %error, "left behind");
        }
    }
}

/// Removes the places of processes that are no more.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        let Some(owner) = owner.and_then(|pid| pid.parse::<u32>().ok()) else {
            continue;
        };
        if Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{owner}")).exists() {
            // Somebody else may be sweeping too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A TCP port on 127.0.0.1 that is free now and was not given out before by this process.
///
/// It lies below the range from which the system takes ports for outgoing connections, so that it
/// stays free while its server is down.
///
/// # Errors
/// When none of many tried is free.
pub fn free_port() -> anyhow::Result<u16> {
    static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_default();
    for _ in 0..1_000 {
        let port = 15_000 + u16::try_from(random() % 17_000)?;
        if !given.contains(&port) && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            given.insert(port);
            return Ok(port);
        }
    }
    bail!("no free port")
}

/// Something that no other process has thought of.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_away_and_so_do_those_of_dead_processes() {
        let place = Place::new().unwrap();
        let path = place.path().to_owned();
        assert!(path.is_dir());
        drop(place);
        assert!(!path.exists());

        let parent = std::env::temp_dir();
        // Above the largest process id.
        let dead = parent.join(format!("{PREFIX}{}-0", u32::MAX));
        fs::create_dir_all(&dead).unwrap();
        let alive = Place::new().unwrap();
        sweep(&parent);
        assert!(!dead.exists() && alive.path().exists());
    }

    #[test]
    fn ports_are_given_out_once() {
        let ports: HashSet<_> = (0..100).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.len(), 100);
    }
}
