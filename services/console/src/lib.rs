//! 控制台: the node's pages for people, in Chinese, made on the server.
//!
//! The console keeps nothing. Every page asks the node's services when it is asked for, and shows
//! what they say. A folder a page: its module asks, the modules below it are pure functions from
//! the answers to markup. [`site`] has the table of pages; what is for the public is asked of the
//! services in nobody's name, so that a page can't show more than the public may see.
//!
//! Pages of a role will stand beside these: their part of the table behind the login, asked in the
//! name of who is logged in.

mod assets;
pub mod catalogue;
pub mod decisions;
pub mod draws;
mod fault;
mod guard;
mod home;
mod node;
mod page;
pub mod policy;
mod regions;
mod site;
pub mod status;
mod words;

use std::{net::SocketAddr, time::Duration};

use chassis::{Policies, Process, client::Peers, http};
use serde::{Deserialize, Serialize};

pub use crate::{
    node::{Away, Node, Peer},
    page::Place,
    site::site,
};

/// What the console alone is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the pages are, as plain HTTP: TLS ends in front of it.
    pub listen: SocketAddr,
    /// Whether `/status` answers whoever asks. It shows what every member may know, and the times
    /// at which regions speak are not for the public: only where the members alone reach this
    /// address. [Art. 10]
    #[serde(default)]
    pub status_without_login: bool,
    /// After so many seconds without its heartbeat a region is shown as behind.
    #[serde(default = "default_late_after_seconds")]
    pub late_after_seconds: u64,
}

fn default_late_after_seconds() -> u64 {
    180
}

/// Serves the pages.
///
/// # Errors
/// When the configuration has no address for a service that the pages ask, or its own is taken.
pub async fn start(process: Process<Settings>) -> anyhow::Result<()> {
    let Process {
        config,
        lifecycle,
        ready,
    } = process;
    let policies = Policies::load(&config.policy_directory, config.region, None).await?;
    let peers = Peers::read("console", &config)?;
    let mut node = Node::new(config.region, &peers, policies.versions().await)?;
    let settings = config.settings;
    if settings.status_without_login {
        node = node.showing_status(Duration::from_secs(settings.late_after_seconds));
    }
    http::serve(&lifecycle, "pages", settings.listen, site(node)).await?;
    ready.set(true);
    Ok(())
}
