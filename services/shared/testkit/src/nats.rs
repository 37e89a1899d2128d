//! A NATS server as a child process.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{io::AsyncReadExt, net::TcpStream};

use crate::{
    Place,
    database::given,
    eventually, free_port,
    process::{Process, command, tail},
};

/// Address of a NATS server for the tests to use; then they can't end it.
const GIVEN: &str = "JIEBANG_TEST_NATS";
const START: Duration = Duration::from_secs(30);

/// Where a server is to live: what its configuration has to name.
#[derive(Debug, Clone)]
pub struct Site {
    /// Port to listen on, at 127.0.0.1.
    pub port: u16,
    /// Directory for its store and other files.
    pub dir: PathBuf,
}

impl Site {
    /// `JetStream`, and everybody may do everything.
    fn open(&self) -> String {
        format!(
            "listen: \"127.0.0.1:{}\"\njetstream {{ store_dir: \"{}\" }}\n",
            self.port,
            self.dir.join("jetstream").display()
        )
    }
}

/// A server on 127.0.0.1. Ends when dropped, and takes its directory with it unless that was given.
#[derive(Debug)]
pub struct Nats {
    url: String,
    site: Site,
    process: Option<Process>,
    place: Option<Place>,
}

impl Nats {
    /// Starts one with `JetStream`, open to everybody; or takes the one named by `JIEBANG_TEST_NATS`.
    ///
    /// # Errors
    /// When there is no `nats-server`, or it does not start; the message has the end of its log.
    pub async fn start() -> anyhow::Result<Self> {
        match given(GIVEN) {
            Some(url) => Ok(Self {
                url,
                site: Site {
                    port: 0,
                    dir: PathBuf::new(),
                },
                process: None,
                place: None,
            }),
            None => Self::with_config(Site::open).await,
        }
    }

    /// Starts one with the configuration that `config` writes for its site.
    ///
    /// # Errors
    /// As for [`Nats::start`].
    pub async fn with_config(mut config: impl FnMut(&Site) -> String) -> anyhow::Result<Self> {
        let place = Place::new()?;
        let mut last = None;
        for _ in 0..3 {
            let site = Site {
                port: free_port()?,
                dir: place.path().to_owned(),
            };
            let text = config(&site);
            match Self::start_in(site, &text).await {
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

    /// Starts one at a given site, where an earlier one may have left its data.
    ///
    /// # Errors
    /// As for [`Nats::start`].
    pub async fn start_in(site: Site, config: &str) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&site.dir)?;
        std::fs::write(site.dir.join("server.conf"), config)?;
        let url = format!("nats://127.0.0.1:{}", site.port);
        let mut started = Self {
            url,
            site,
            process: None,
            place: None,
        };
        started.run().await?;
        Ok(started)
    }

    /// Checks a configuration as the server itself reads it.
    ///
    /// # Errors
    /// What the server does not like.
    pub fn check_config(config: &str) -> anyhow::Result<()> {
        let place = Place::new()?;
        let file = place.path().join("server.conf");
        std::fs::write(&file, config)?;
        let output = Command::new(program()?)
            .arg("-t")
            .arg("-c")
            .arg(file)
            .output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    /// `nats://…`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it lives.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Ends it in good order.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        match self.process.take() {
            Some(process) => process.end("TERM").await,
            None => Ok(()),
        }
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// When it does not run, or the system refuses.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process
            .take()
            .context("not our server, or ended")?
            .kill()
    }

    /// Starts it again (ending it first if it runs), on the same port and data.
    ///
    /// # Errors
    /// As for [`Nats::start`].
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        self.run().await
    }

    /// Freezes it: connections stay, nothing answers.
    ///
    /// # Errors
    /// When it does not run.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on after [`Nats::freeze`].
    ///
    /// # Errors
    /// When it does not run.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.signal("CONT")
    }

    /// Makes it read its configuration again, which may have been rewritten.
    ///
    /// # Errors
    /// When it does not run.
    pub fn reload(&self, config: &str) -> anyhow::Result<()> {
        std::fs::write(self.site.dir.join("server.conf"), config)?;
        self.signal("HUP")
    }

    fn signal(&self, signal: &str) -> anyhow::Result<()> {
        self.process
            .as_ref()
            .context("not our server, or ended")?
            .signal(signal)
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        let mut command = command(program()?, None, "KILL");
        command.arg("-c").arg(self.site.dir.join("server.conf"));
        let log = self.site.dir.join("server.log");
        let mut process = Process::start("nats-server", command, &log)?;
        let port = self.site.port;
        let ready = async || match process.ended() {
            Some(status) => Some(Err(status)),
            None => greets(port).await.then_some(Ok(())),
        };
        match eventually(START, ready, "nats-server to answer").await {
            Ok(Ok(())) => {}
            failed => bail!("nats-server did not start ({failed:?}):\n{}", tail(&log)),
        }
        self.process = Some(process);
        Ok(())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            // A frozen one hears nothing else.
            let _ = process.kill();
        }
        drop(self.place.take());
    }
}

/// Whether a NATS server answers there.
async fn greets(port: u16) -> bool {
    let mut greeting = [0; 5];
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else {
        return false;
    };
    stream.read_exact(&mut greeting).await.is_ok() && &greeting == b"INFO "
}

/// A `nats-server` of 2.10 or newer: on the PATH, else where `scripts/setup` puts it.
fn program() -> anyhow::Result<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM
        .get_or_init(|| {
            let path = env::var_os("PATH").unwrap_or_default();
            let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/tools");
            env::split_paths(&path)
                .chain([tools])
                .map(|dir| dir.join("nats-server"))
                .find(|program| is_new_enough(program))
        })
        .as_deref()
        .context("no nats-server of 2.10 or newer: run scripts/setup")
}

fn is_new_enough(program: &Path) -> bool {
    let Ok(output) = Command::new(program).arg("--version").output() else {
        return false;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let Some((_, version)) = text.trim().rsplit_once('v') else {
        return false;
    };
    let mut parts = version
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    (parts.next(), parts.next()) >= (Some(2), Some(10))
}

#[cfg(test)]
mod tests {
    use async_nats::jetstream::{self, stream};

    use super::*;

    #[tokio::test]
    async fn what_is_stored_survives_a_kill() {
        let mut nats = Nats::with_config(Site::open).await.unwrap();
        let stream = stream::Config {
            name: "KEPT".into(),
            ..Default::default()
        };
        let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
        context.create_stream(stream).await.unwrap();
        context
            .publish("KEPT", "one".into())
            .await
            .unwrap()
            .await
            .unwrap();
        nats.kill().unwrap();
        assert!(async_nats::connect(nats.url()).await.is_err());
        nats.restart().await.unwrap();
        let context = jetstream::new(async_nats::connect(nats.url()).await.unwrap());
        let mut kept = context.get_stream("KEPT").await.unwrap();
        assert_eq!(kept.info().await.unwrap().state.messages, 1);
        let dir = nats.site().dir.clone();
        drop(nats);
        assert!(!dir.exists());
    }

    #[tokio::test]
    async fn a_server_that_does_not_start_says_why() {
        let error = Nats::with_config(|_| "listen: nonsense".into())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("nonsense"), "{error}");
        assert!(Nats::check_config("listen: nonsense").is_err());
        Nats::check_config("port: 4222").unwrap();
    }
}
