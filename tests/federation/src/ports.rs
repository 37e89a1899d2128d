//! Ports that no other federation of this machine takes meanwhile.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::bail;

/// Below the range from which the system takes ports for outgoing connections, so that a port
/// stays free while its server is down.
const FIRST: u16 = 15_000;
const BLOCK: u16 = 250;
const BLOCKS: u16 = 68;

/// Hands out ports of 127.0.0.1 from blocks of its own. A block is taken by listening on its
/// first port, which the system undoes however this process ends.
#[derive(Debug)]
pub(crate) struct Ports {
    guards: Vec<TcpListener>,
    next: u16,
    end: u16,
}

impl Ports {
    pub(crate) fn new() -> Self {
        Self {
            guards: Vec::new(),
            next: 0,
            end: 0,
        }
    }

    /// An address that is free now and is not given out again.
    ///
    /// # Errors
    /// When all blocks are taken.
    pub(crate) fn next(&mut self) -> anyhow::Result<SocketAddr> {
        loop {
            if self.next == self.end {
                self.reserve()?;
            }
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.next));
            self.next += 1;
            if TcpListener::bind(address).is_ok() {
                return Ok(address);
            }
        }
    }

    fn reserve(&mut self) -> anyhow::Result<()> {
        // Two that start together begin their search at different places.
        let offset = u16::try_from(std::process::id() % u32::from(BLOCKS))?;
        for block in 0..BLOCKS {
            let first = FIRST + (block + offset) % BLOCKS * BLOCK;
            if let Ok(guard) = TcpListener::bind((Ipv4Addr::LOCALHOST, first)) {
                self.guards.push(guard);
                (self.next, self.end) = (first + 1, first + BLOCK);
                return Ok(());
            }
        }
        bail!("every block of ports is taken: are {BLOCKS} federations running?")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn two_federations_never_get_the_same_port() {
        let (mut one, mut two) = (Ports::new(), Ports::new());
        let ports: BTreeSet<_> = (0..2 * usize::from(BLOCK))
            .flat_map(|_| [one.next().unwrap(), two.next().unwrap()])
            .collect();
        assert_eq!(ports.len(), 4 * usize::from(BLOCK));
    }
}
