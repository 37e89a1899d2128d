//! A browser of one's own, spoken to over two pipes.

use std::{io, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::unix::pipe::{OpenOptions, Receiver, Sender},
    process::{Child, Command},
};

/// Nothing but the page: no updates, no profile of anybody.
const FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars \
    --remote-debugging-pipe";
/// How long one answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser with one page.
pub(crate) struct Browser {
    // Killed when dropped; the profile goes afterwards.
    _child: Child,
    _profile: TempDir,
    to: Sender,
    from: BufReader<Receiver>,
    session: Option<String>,
    last: u64,
    complaints: Vec<String>,
}

impl Browser {
    /// Starts one; none where there is none.
    pub(crate) async fn open() -> Option<Self> {
        let found = Command::new("chromium")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await;
        if found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return None;
        }
        let profile = TempDir::new().unwrap();
        let place = profile.path();
        let (to, from) = (place.join("to"), place.join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status().await;
        assert!(made.unwrap().success());
        // Both ends here first, so that opening them there does not wait.
        let sender = OpenOptions::new()
            .read_write(true)
            .open_sender(&to)
            .unwrap();
        let receiver = OpenOptions::new()
            .read_write(true)
            .open_receiver(&from)
            .unwrap();
        let script = format!("exec chromium {FLAGS} --user-data-dir=\"$1\" 3<\"$2\" 4>\"$3\"");
        let child = Command::new("sh")
            .args(["-c", &script, "sh"])
            .args([&place.join("profile"), &to, &from])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut browser = Self {
            _child: child,
            _profile: profile,
            to: sender,
            from: BufReader::new(receiver),
            session: None,
            last: 0,
            complaints: Vec::new(),
        };
        browser.attach().await;
        Some(browser)
    }

    async fn attach(&mut self) {
        let page = self
            .ask("Target.createTarget", json!({"url": "about:blank"}))
            .await;
        let attach = json!({"targetId": page["targetId"], "flatten": true});
        let session = self.ask("Target.attachToTarget", attach).await;
        self.session = session["sessionId"].as_str().map(ToOwned::to_owned);
        for domain in ["Page.enable", "Log.enable", "Runtime.enable"] {
            self.ask(domain, json!({})).await;
        }
    }

    /// Opens a page and waits until it has all it needs.
    pub(crate) async fn visit(&mut self, address: &str) {
        let asked = self.ask("Page.navigate", json!({"url": address})).await;
        assert!(asked["errorText"].is_null(), "{asked}");
        self.heard(|message| message["method"] == "Page.loadEventFired")
            .await;
    }

    /// What a script says of the page.
    pub(crate) async fn evaluate(&mut self, script: &str) -> Value {
        let ask = json!({"expression": script, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", ask).await;
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }

    /// The tabulator key, down and up.
    pub(crate) async fn press_tab(&mut self) {
        for kind in ["keyDown", "keyUp"] {
            let key =
                json!({"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9});
            self.ask("Input.dispatchKeyEvent", key).await;
        }
    }

    /// What the browser objected to since it was last asked.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.to.write_all(&bytes).await.unwrap();
        let answer = self.heard(|message| message["id"] == id).await;
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The next message of that kind; what the browser objects to on the way is kept.
    async fn heard(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut bytes = Vec::new();
            let read = self.from.read_until(0, &mut bytes);
            tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
            bytes.pop();
            let message: Value = serde_json::from_slice(&bytes).unwrap();
            if message["method"] == "Log.entryAdded" {
                let entry = &message["params"]["entry"];
                self.complaints
                    .push(format!("{} {}", entry["text"], entry["url"]));
            }
            if is_it(&message) {
                return message;
            }
        }
    }
}
