//! A private `PostgreSQL` cluster as a child process.

use std::{
    env,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use sqlx::{Connection, PgConnection, migrate::Migrator};

use crate::{
    Place, Server, free_port,
    process::{Account, Process, command, tail},
};

/// How long a start may take; after a kill it recovers first.
const START: Duration = Duration::from_mins(1);

/// What a commit is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It survives a power cut, as in production.
    Full,
    /// It survives the death of the server's process only; for tests, about ten times as quick.
    Fast,
}

/// A cluster with superuser `postgres`, trusted over loopback. Ends when dropped, and takes its
/// directory with it unless that was given.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    bin: PathBuf,
    home: PathBuf,
    port: u16,
    durability: Durability,
    process: Option<Process>,
    account: Option<Account>,
    place: Option<Place>,
}

impl Postgres {
    /// Starts one in a directory of its own.
    ///
    /// # Errors
    /// When `PostgreSQL` is not installed or does not start; the message has the end of its log.
    pub async fn start(durability: Durability) -> anyhow::Result<Self> {
        let place = Place::new()?;
        let home = place.path().to_owned();
        let mut last = None;
        for _ in 0..3 {
            match Self::start_in(&home, free_port()?, durability).await {
                Ok(mut started) => {
                    started.place = Some(place);
                    return Ok(started);
                }
                // Somebody else may have taken the port.
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("not tried")?)
    }

    /// Starts one in `home`, where an earlier one may have left its data.
    ///
    /// # Errors
    /// As for [`Postgres::start`].
    pub async fn start_in(home: &Path, port: u16, durability: Durability) -> anyhow::Result<Self> {
        let bin = programs()?;
        std::fs::create_dir_all(home)?;
        let account = match std::fs::metadata("/proc/self")?.uid() {
            0 => Some(Account::named("postgres")?),
            _ => None,
        };
        if let Some(Account { uid, gid }) = account {
            chown(home, Some(uid), Some(gid))?;
        }
        let server = Server::new(&format!("postgres://postgres@127.0.0.1:{port}/postgres"))?;
        let home = home.to_owned();
        let mut started = Self {
            server,
            bin,
            home,
            port,
            durability,
            process: None,
            account,
            place: None,
        };
        started.initialise()?;
        started.run().await?;
        Ok(started)
    }

    /// The server, for what needs no more than its address.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Address of one of its databases, as superuser.
    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// Port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database, if it is not there, and migrates it.
    ///
    /// # Errors
    /// When the name is not lower-case letters, digits and `_`, or a migration fails.
    pub async fn create_database(
        &self,
        name: &str,
        migrator: Option<&Migrator>,
    ) -> anyhow::Result<()> {
        self.server.create_database(name, migrator).await
    }

    /// Ends it in good order.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        match self.process.take() {
            Some(process) => process.end("INT").await,
            None => Ok(()),
        }
    }

    /// `kill -9`: what was not committed is lost, its clients get no farewell.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process.take().map_or(Ok(()), Process::kill)
    }

    /// Starts it again (ending it first if it runs), on the same port and data.
    ///
    /// # Errors
    /// As for [`Postgres::start`].
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        self.run().await
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn log(&self) -> PathBuf {
        self.home.join("server.log")
    }

    fn initialise(&self) -> anyhow::Result<()> {
        if self.data().join("PG_VERSION").exists() {
            return Ok(());
        }
        let mut initdb = command(&self.bin.join("initdb"), self.account, "KILL");
        initdb
            .current_dir(&self.home)
            .arg("-D")
            .arg(self.data())
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ]);
        let output = initdb.output()?;
        if !output.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    fn command(&self) -> Command {
        // At the parent's death it ends at once, but cleans up behind it.
        let mut command = command(&self.bin.join("postgres"), self.account, "QUIT");
        command.current_dir(&self.home).arg("-D").arg(self.data());
        let mut set = |setting: String| {
            command.arg("-c").arg(setting);
        };
        set("listen_addresses=127.0.0.1".into());
        set(format!("port={}", self.port));
        // The path of a socket is limited to 107 bytes.
        let socket = if self.home.as_os_str().len() < 80 {
            self.home.as_path()
        } else {
            "".as_ref()
        };
        set(format!("unix_socket_directories={}", socket.display()));
        set("max_connections=300".into());
        // In files rather than in /dev/shm, where a killed server would leave it.
        set("dynamic_shared_memory_type=mmap".into());
        // One call instead of an fsync for each of a thousand files before recovery.
        set("recovery_init_sync_method=syncfs".into());
        if self.durability == Durability::Fast {
            for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
                set(format!("{setting}=off"));
            }
        }
        command
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        let mut process = Process::start("postgres", self.command(), &self.log())?;
        let url = self.url("postgres");
        loop {
            if let Ok(connection) = PgConnection::connect(&url).await {
                let _ = connection.close().await;
                self.process = Some(process);
                return Ok(());
            }
            if process.ended().is_some() {
                // The last backends of a killed server are about to notice.
                let orphans = tail(&self.log()).contains("still in use");
                if !orphans || start.elapsed() > START {
                    bail!("PostgreSQL did not start:\n{}", tail(&self.log()));
                }
                process = Process::start("postgres", self.command(), &self.log())?;
            }
            if start.elapsed() > START {
                process.end_now("QUIT");
                bail!("PostgreSQL does not answer:\n{}", tail(&self.log()));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.end_now("QUIT");
        }
        drop(self.place.take());
    }
}

/// Directory of the newest `PostgreSQL`'s programs.
fn programs() -> anyhow::Result<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = packaged
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path(),
            ))
        })
        .max()
        .map(|(_, path)| path.join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    newest
        .into_iter()
        .chain(env::split_paths(&path))
        .find(|dir| dir.join("initdb").exists() && dir.join("postgres").exists())
        .context("no PostgreSQL server here: run scripts/setup")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn query(url: &str, sql: &'static str) -> anyhow::Result<Option<i32>> {
        let mut connection = PgConnection::connect(url).await?;
        Ok(sqlx::query_scalar(sql)
            .fetch_optional(&mut connection)
            .await?)
    }

    #[tokio::test]
    async fn what_is_committed_survives_a_kill() {
        let mut postgres = Postgres::start(Durability::Full).await.unwrap();
        postgres.create_database("one", None).await.unwrap();
        let url = postgres.url("one");
        query(&url, "create table kept as select 7 as number")
            .await
            .unwrap();
        postgres.kill().unwrap();
        assert!(query(&url, "select 1").await.is_err());
        postgres.restart().await.unwrap();
        assert_eq!(
            query(&url, "select number from kept").await.unwrap(),
            Some(7)
        );
        let home = postgres.home.clone();
        drop(postgres);
        assert!(!home.exists());
    }

    #[tokio::test]
    async fn a_given_directory_keeps_its_data() {
        let place = Place::new().unwrap();
        let port = free_port().unwrap();
        for expected in [None, Some(1)] {
            let postgres = Postgres::start_in(place.path(), port, Durability::Fast)
                .await
                .unwrap();
            postgres.create_database("kept", None).await.unwrap();
            let url = postgres.url("kept");
            query(&url, "create table if not exists marks (mark int)")
                .await
                .unwrap();
            assert_eq!(
                query(&url, "select mark from marks").await.unwrap(),
                expected
            );
            query(&url, "insert into marks values (1)").await.unwrap();
            let mut postgres = postgres;
            postgres.stop().await.unwrap();
        }
    }
}
