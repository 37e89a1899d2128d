//! A service as a child process that never outlives this one.

use std::{
    fs::{self, File},
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{OnceLock, mpsc},
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use testkit::eventually;

/// How long a process may take to end when asked to: longer than its own limit for draining.
const END: Duration = Duration::from_secs(15);

/// A process that is started, killed and started again with the same command.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    log: PathBuf,
    child: Option<Child>,
}

impl Process {
    /// Describes it; it does not run yet.
    pub(crate) fn new(name: String, program: &Path, arguments: Vec<String>, log: PathBuf) -> Self {
        Self {
            name,
            program: program.to_owned(),
            arguments,
            log,
            child: None,
        }
    }

    /// Starts it, with all it says appended to its log.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        if self.running() {
            bail!("{} runs already", self.name);
        }
        let out = File::options().create(true).append(true).open(&self.log)?;
        // Should this process be killed, the system kills the child.
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(&self.program)
            .args(&self.arguments);
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        // Ctrl-C is for this process, which then ends its children in order.
        command.process_group(0);
        self.child = Some(spawn(command).with_context(|| format!("starting {}", self.name))?);
        Ok(())
    }

    /// Its id, while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// File with what it said.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Whether it was started and has not ended.
    pub(crate) fn running(&mut self) -> bool {
        self.child.is_some() && self.ended().is_none()
    }

    /// How it ended, if it was started and has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child
            .as_mut()
            .and_then(|child| child.try_wait().ok().flatten())
    }

    /// `kill -9`; nothing if it does not run.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Asks it to end and waits for that; kills it if it takes too long.
    ///
    /// # Errors
    /// When it had ended before, says that it failed, or had to be killed.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        if self.child.is_none() {
            return Ok(());
        }
        if let Some(status) = self.ended() {
            self.child = None;
            bail!(
                "{} had ended by itself ({status}):\n{}",
                self.name,
                self.tail()
            );
        }
        self.signal(Signal::TERM)?;
        let what = format!("{} to end", self.name);
        let ended = eventually(END, async || self.ended(), &what).await;
        self.kill()?;
        let status = ended?;
        // One that was asked before it could listen for signals ends by the signal itself.
        if !status.success() && status.signal() != Some(Signal::TERM.as_raw()) {
            bail!("{} ended with {status}:\n{}", self.name, self.tail());
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let child = self
            .child
            .as_ref()
            .with_context(|| format!("{} does not run", self.name))?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(kill_process(pid.context("no process id")?, signal)?)
    }

    /// The end of its log, for messages.
    pub(crate) fn tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.kill() {
            tracing::warn!(name = self.name, %error, "would not end");
        }
    }
}

/// Spawns from one thread that lives as long as this process: the signal at the parent's death is
/// really one at the death of the *thread* that spawned, and a test's thread ends with its test.
fn spawn(command: Command) -> anyhow::Result<Child> {
    type Job = (Command, mpsc::Sender<io::Result<Child>>);
    static SPAWNER: OnceLock<mpsc::Sender<Job>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (jobs, inbox) = mpsc::channel::<Job>();
        std::thread::spawn(move || {
            for (mut command, answer) in inbox {
                let _ = answer.send(command.spawn());
            }
        });
        jobs
    });
    let (answer, result) = mpsc::channel();
    spawner
        .send((command, answer))
        .map_err(|_| anyhow!("the spawning thread is gone"))?;
    Ok(result.recv()??)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(place: &testkit::Place) -> Process {
        let log = place.path().join("log");
        let arguments = vec!["-c".into(), "echo started; sleep 600".into()];
        Process::new("sleeper".into(), Path::new("/bin/sh"), arguments, log)
    }

    #[tokio::test]
    async fn a_process_is_killed_started_again_and_stopped() {
        let place = testkit::Place::new().unwrap();
        let mut process = sleeper(&place);
        process.start().unwrap();
        assert!(process.start().is_err(), "it runs already");
        let first = process.pid().unwrap();
        process.kill().unwrap();
        assert!(!process.running());
        process.start().unwrap();
        assert_ne!(process.pid(), Some(first));
        process.stop().await.unwrap();
        assert_eq!(process.pid(), None);
    }

    #[tokio::test]
    async fn a_process_that_ended_by_itself_says_why() {
        let place = testkit::Place::new().unwrap();
        let log = place.path().join("log");
        let arguments = vec!["-c".into(), "echo out of luck; exit 3".into()];
        let mut process = Process::new("unlucky".into(), Path::new("/bin/sh"), arguments, log);
        process.start().unwrap();
        let ended = eventually(END, async || process.ended(), "the end");
        assert_eq!(ended.await.unwrap().code(), Some(3));
        let error = process.stop().await.unwrap_err().to_string();
        assert!(error.contains("out of luck"), "{error}");
    }
}
