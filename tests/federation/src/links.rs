//! The wires between the nodes: every connection that crosses a border goes through one of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use regulation::Region;
use testkit::Link;

/// What a wire leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// The hub's NATS, with the stream of envelopes.
    Share,
    /// The hub's telemetry, where the outlines of traces go.
    Traces,
    /// A region's inbound port, where the others ask.
    Inbound,
}

/// Who connects to what of whom.
type Wire = (Region, Region, End);

/// All wires, and the regions that are cut off now.
#[derive(Debug, Default)]
pub(crate) struct Links {
    wires: BTreeMap<Wire, Link>,
    cut: Mutex<BTreeSet<Region>>,
    frozen: Mutex<BTreeSet<Region>>,
}

impl Links {
    /// Lays a wire from `from` to what listens at `target` in `to`.
    pub(crate) async fn lay(
        &mut self,
        from: Region,
        to: Region,
        end: End,
        target: SocketAddr,
    ) -> anyhow::Result<()> {
        self.wires.insert((from, to, end), Link::to(target).await?);
        Ok(())
    }

    /// Where `from` finds that end of `to`.
    pub(crate) fn address(&self, from: Region, to: Region, end: End) -> Option<SocketAddr> {
        self.wires.get(&(from, to, end)).map(Link::address)
    }

    /// Cuts every wire of the region.
    pub(crate) fn cut(&self, region: Region) {
        lock(&self.cut).insert(region);
        self.apply();
    }

    /// Every wire of the region stays connected, and nothing comes through.
    pub(crate) fn freeze(&self, region: Region) {
        lock(&self.frozen).insert(region);
        self.apply();
    }

    /// Undoes both. A wire whose other region is still cut stays so.
    pub(crate) fn heal(&self, region: Region) {
        lock(&self.cut).remove(&region);
        lock(&self.frozen).remove(&region);
        self.apply();
    }

    /// Holds everything on the region's wires back for so long, one way.
    pub(crate) fn delay(&self, region: Region, one_way: Duration) {
        for ((from, to, _), link) in &self.wires {
            if *from == region || *to == region {
                link.delay(one_way);
            }
        }
    }

    /// The regions that are cut off or frozen.
    pub(crate) fn severed(&self) -> BTreeSet<Region> {
        &*lock(&self.cut) | &*lock(&self.frozen)
    }

    fn apply(&self) {
        let (cut, frozen) = (lock(&self.cut), lock(&self.frozen));
        for ((from, to, _), link) in &self.wires {
            if cut.contains(from) || cut.contains(to) {
                link.cut();
            } else if frozen.contains(from) || frozen.contains(to) {
                link.freeze();
            } else {
                link.heal();
            }
        }
    }
}

fn lock(regions: &Mutex<BTreeSet<Region>>) -> std::sync::MutexGuard<'_, BTreeSet<Region>> {
    regions.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    async fn passes(address: SocketAddr, listener: &TcpListener) -> bool {
        let attempt = async {
            let mut stream = TcpStream::connect(address).await?;
            let (mut accepted, _) = listener.accept().await?;
            accepted.write_all(b"!").await?;
            stream.read_u8().await
        };
        tokio::time::timeout(Duration::from_millis(200), attempt)
            .await
            .is_ok_and(|r| r.is_ok())
    }

    #[tokio::test]
    async fn a_wire_between_two_cut_regions_heals_with_the_second() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut links = Links::default();
        let target = listener.local_addr().unwrap();
        links
            .lay(Region::SH, Region::JS, End::Inbound, target)
            .await
            .unwrap();
        let address = links.address(Region::SH, Region::JS, End::Inbound).unwrap();
        assert!(passes(address, &listener).await);
        links.cut(Region::SH);
        links.cut(Region::JS);
        links.heal(Region::SH);
        assert!(!passes(address, &listener).await);
        assert_eq!(links.severed(), BTreeSet::from([Region::JS]));
        links.heal(Region::JS);
        assert!(passes(address, &listener).await);
    }
}
