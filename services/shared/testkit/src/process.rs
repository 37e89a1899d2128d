//! A server as a child process that never outlives this one.

use std::{
    fs::{self, File},
    io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{OnceLock, mpsc},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};

use crate::eventually;

/// How long a server may take to end when asked to.
const END: Duration = Duration::from_secs(20);

/// The account a program has to run as, because it refuses to be root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// The account of this name.
    pub(crate) fn named(name: &str) -> anyhow::Result<Self> {
        let all = fs::read_to_string("/etc/passwd")?;
        let fields = all
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.first() == Some(&name) && fields.len() > 3)
            .with_context(|| format!("no user {name}"))?;
        Ok(Self {
            uid: fields[2].parse()?,
            gid: fields[3].parse()?,
        })
    }
}

/// A command for `program` that gets `signal` as soon as its parent is gone.
pub(crate) fn command(program: &Path, account: Option<Account>, signal: &str) -> Command {
    let setpriv = Path::new("/usr/bin/setpriv");
    if !setpriv.exists() {
        let mut command = Command::new(program);
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid);
        }
        return command;
    }
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", signal]);
    if let Some(Account { uid, gid }) = account {
        command.args([
            "--reuid".to_owned(),
            uid.to_string(),
            "--regid".to_owned(),
            gid.to_string(),
            "--clear-groups".to_owned(),
        ]);
    }
    command.arg(program);
    command
}

/// A running child.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: &'static str,
}

impl Process {
    /// Starts it, with all it says appended to `log`.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        // Ctrl-C is for the tests; the servers end with them.
        command.process_group(0);
        let child = spawn(command).with_context(|| format!("starting {name}"))?;
        Ok(Self { child, name })
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Sends a signal by its short name.
    pub(crate) fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let kill = format!("kill -{signal} {}", self.child.id());
        if !Command::new("sh").args(["-c", &kill]).status()?.success() {
            bail!("{} can't be sent {signal}", self.name);
        }
        Ok(())
    }

    /// Asks it to end, and waits for that.
    pub(crate) async fn end(mut self, signal: &str) -> anyhow::Result<()> {
        if self.ended().is_none() {
            self.signal(signal)?;
        }
        let what = format!("{} to end after {signal}", self.name);
        eventually(END, async || self.ended(), &what)
            .await
            .map(drop)
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end from where nothing can be awaited; kills it if it does not.
    pub(crate) fn end_now(mut self, signal: &str) {
        let asked = self.signal(signal).is_ok();
        for _ in 0..500 {
            if !asked || self.ended().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        if let Err(error) = self.kill() {
            tracing::warn!(%error, "a server would not end");
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

/// The end of a server's log, for messages.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
