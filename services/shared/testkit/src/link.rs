//! A TCP link that can be cut, frozen and slowed.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// Chunks under way in one direction of a connection.
const IN_FLIGHT: usize = 256;
const CHUNK: usize = 16 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Connections stay, and nothing comes through: a peer that vanished without a word.
    Frozen,
    /// Connections are closed, new ones too.
    Cut,
}

/// Listens on a port of 127.0.0.1 and passes everything on to a target, as long as it is told to.
/// Ends when dropped.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    state: watch::Sender<State>,
    delay: watch::Sender<Duration>,
    _tasks: JoinSet<()>,
}

#[derive(Clone)]
struct Weather {
    state: watch::Receiver<State>,
    delay: watch::Receiver<Duration>,
}

impl Link {
    /// A link to `target`, open and without delay.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn to(target: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (state, state_seen) = watch::channel(State::Open);
        let (delay, delay_seen) = watch::channel(Duration::ZERO);
        let mut tasks = JoinSet::new();
        let weather = Weather {
            state: state_seen,
            delay: delay_seen,
        };
        tasks.spawn(accept(listener, target, weather));
        Ok(Self {
            address,
            state,
            delay,
            _tasks: tasks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Port where it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Closes every connection, and new ones as they come.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Half-open: connections stay, new ones are accepted, and nothing comes through.
    pub fn freeze(&self) {
        self.state.send_replace(State::Frozen);
    }

    /// Undoes [`Link::cut`] and [`Link::freeze`]; what was frozen goes through now.
    pub fn heal(&self) {
        self.state.send_replace(State::Open);
    }

    /// Holds everything back for so long, one way.
    pub fn delay(&self, one_way: Duration) {
        self.delay.send_replace(one_way);
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, weather: Weather) {
    let mut connections = JoinSet::new();
    while let Ok((from, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        if *weather.state.borrow() != State::Cut {
            connections.spawn(connect(from, target, weather.clone()));
        }
    }
}

async fn connect(from: TcpStream, target: SocketAddr, weather: Weather) {
    let mut state = weather.state.clone();
    let carried = async {
        let to = TcpStream::connect(target).await.ok()?;
        // Small messages must not wait for one another.
        from.set_nodelay(true).and(to.set_nodelay(true)).ok()?;
        let ((from_read, from_write), (to_read, to_write)) = (from.into_split(), to.into_split());
        tokio::join!(
            carry(from_read, to_write, weather.clone()),
            carry(to_read, from_write, weather.clone())
        );
        Some(())
    };
    tokio::select! {
        _ = carried => {}
        _ = state.wait_for(|state| *state == State::Cut) => {}
    }
}

/// Carries one direction, until its end.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, weather: Weather) {
    let (queue, mut queued) = mpsc::channel::<(Instant, Vec<u8>)>(IN_FLIGHT);
    let Weather { mut state, delay } = weather;
    let read = async move {
        loop {
            let mut chunk = vec![0; CHUNK];
            let Ok(length @ 1..) = from.read(&mut chunk).await else {
                return;
            };
            chunk.truncate(length);
            let due = Instant::now() + *delay.borrow();
            if queue.send((due, chunk)).await.is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((due, chunk)) = queued.recv().await {
            sleep_until(due).await;
            if state.wait_for(|state| *state == State::Open).await.is_err()
                || to.write_all(&chunk).await.is_err()
            {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// A server that says back what it hears.
    async fn echo() -> (SocketAddr, JoinSet<()>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                connections.spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        (address, tasks)
    }

    async fn ask(stream: &mut TcpStream) -> std::io::Result<[u8; 4]> {
        let mut answer = [0; 4];
        stream.write_all(b"ping").await?;
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn a_cut_link_carries_nothing_until_healed() {
        let (target, _server) = echo().await;
        let link = Link::to(target).await.unwrap();
        let mut stream = TcpStream::connect(link.address()).await.unwrap();
        assert_eq!(&ask(&mut stream).await.unwrap(), b"ping");
        link.cut();
        assert!(ask(&mut stream).await.is_err());
        let mut stream = TcpStream::connect(link.address()).await.unwrap();
        assert!(ask(&mut stream).await.is_err());
        link.heal();
        let mut stream = TcpStream::connect(link.address()).await.unwrap();
        assert_eq!(&ask(&mut stream).await.unwrap(), b"ping");
    }

    #[tokio::test]
    async fn a_frozen_link_keeps_its_connections_and_gives_everything_later() {
        let (target, _server) = echo().await;
        let link = Link::to(target).await.unwrap();
        let mut stream = TcpStream::connect(link.address()).await.unwrap();
        ask(&mut stream).await.unwrap();
        link.freeze();
        let patience = Duration::from_millis(50);
        assert!(
            tokio::time::timeout(patience, ask(&mut stream))
                .await
                .is_err()
        );
        link.heal();
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"ping");
    }

    #[tokio::test]
    async fn a_slow_link_takes_its_time_both_ways() {
        let (target, _server) = echo().await;
        let link = Link::to(target).await.unwrap();
        link.delay(Duration::from_millis(40));
        let mut stream = TcpStream::connect(link.address()).await.unwrap();
        let start = Instant::now();
        ask(&mut stream).await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(80));
    }
}
