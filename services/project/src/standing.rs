//! Whom credit records keep from contracts: asked when a contract is drawn up, when it is put before
//! its parties, and once more when the last of them has agreed, before it is signed. [Art. 20]

use std::{convert::Infallible, time::Duration};

use chassis::{Barred, Desk, Lifecycle, Subject};
use journal::Act;
use regulation::Actor;
use tonic::Status;
use tracing::warn;

use crate::{
    domain::{Case, Command, Established, Project},
    read,
};

/// How soon a contract that all have agreed to is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// Contracts that are looked at in one go.
const AT_ONCE: i64 = 50;

/// Those of its units and of the people who stand in its contract whom a credit record keeps from
/// contracts now.
pub(crate) async fn barred(
    desk: &Desk,
    case: &Case,
    purpose: &str,
) -> Result<Vec<(Subject, Barred)>, Status> {
    let Established { units, leader, .. } = &case.established;
    let people = units.values().flat_map(|unit| &unit.people);
    let people = people.chain([leader]).cloned().collect();
    let units = units.keys().copied().collect();
    let barred = desk.barred(purpose, &units, &people).await?;
    Ok(barred.into_iter().collect())
}

/// Runs until the process stops.
pub(crate) fn run(desk: &Desk, lifecycle: &Lifecycle) {
    let (desk, stop) = (desk.clone(), lifecycle.stopping());
    lifecycle.spawn("contracts", async move {
        while !stop.is_cancelled() {
            if let Err(error) = sign_agreed(&desk).await {
                warn!(%error, "no contract was signed; trying again");
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok::<_, Infallible>(())
    });
}

/// Signs what all parties have agreed to; one of whose units or people a credit record bars by now
/// comes to nothing instead.
///
/// # Errors
/// Registry or the database: what waits is tried again.
pub async fn sign_agreed(desk: &Desk) -> Result<(), Status> {
    for project in read::agreed(desk, AT_ONCE).await? {
        let Some(case) = project.state.case() else {
            continue;
        };
        let barred = barred(desk, case, "project.sign-contract").await?;
        let acts = [Act::new::<Project>(project.id, Command::Sign { barred })];
        let system = Actor::system(desk.region());
        desk.execute_all(system, &acts, None).await?;
    }
    Ok(())
}
