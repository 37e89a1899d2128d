//! The wires between the nodes, with the exchanges at their ends.

use std::time::Duration;

use federation::Federation;
use proto::exchange::v1::RegionState;
use regulation::Region;
use testkit::eventually;

const LONG: Duration = Duration::from_mins(1);

/// What `at` has on file of `origin`.
async fn heard(federation: &Federation, at: Region, origin: Region) -> RegionState {
    let members = federation.members_heard(at).await.unwrap();
    members
        .into_iter()
        .find(|state| state.region == origin.as_str())
        .unwrap()
}

/// Waits until `at` has that number of `origin` on file.
async fn hears(federation: &Federation, at: Region, origin: Region, number: u64) {
    let look = async || (heard(federation, at, origin).await.number >= number).then_some(());
    let what = format!("{at} to hear {origin} up to {number}");
    eventually(LONG, look, &what).await.unwrap();
}

#[tokio::test]
async fn a_region_that_is_cut_off_goes_on_alone_and_catches_up() {
    let federation = Federation::builder()
        .regions([Region::SH, Region::JS])
        .services(["registry", "exchange"])
        .boot()
        .await
        .unwrap();
    for at in federation.regions() {
        for origin in federation.regions() {
            hears(&federation, at, origin, 1).await;
        }
    }
    federation.wait_quiet(LONG).await.unwrap();
    for freeze in [false, true] {
        if freeze {
            federation.freeze(Region::JS).unwrap();
        } else {
            federation.cut(Region::JS).unwrap();
        }
        // What was under way arrives with the connection's last breath, or never.
        let said = heard(&federation, Region::JS, Region::JS).await.number;
        hears(&federation, Region::JS, Region::JS, said + 2).await;
        let waiting = heard(&federation, Region::JS, Region::JS).await;
        assert!(waiting.waiting > 0, "{waiting:?}");
        assert!(waiting.sent < waiting.number, "{waiting:?}");
        let at_hub = heard(&federation, Region::HUB, Region::JS).await;
        assert!(at_hub.number < waiting.number, "{at_hub:?}");
        assert_eq!((at_hub.received, at_hub.sent), (at_hub.number, 0));
        // Heartbeats of the others still arrive, and nobody waits for the one cut off.
        let number = heard(&federation, Region::SH, Region::SH).await.number;
        hears(&federation, Region::HUB, Region::SH, number + 1).await;
        federation.wait_quiet(LONG).await.unwrap();

        federation.heal(Region::JS).unwrap();
        hears(&federation, Region::HUB, Region::JS, waiting.number).await;
        hears(&federation, Region::JS, Region::SH, number).await;
        federation.wait_quiet(LONG).await.unwrap();
    }
    assert_eq!(federation.dead_letters().await.unwrap(), []);
    federation.shutdown().await.unwrap();
}
