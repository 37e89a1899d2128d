use axum::routing::get;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::Notify,
};

use super::*;

/// Longest that anything here may take.
const SOON: Duration = Duration::from_secs(10);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

struct Serving {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

async fn serving(routes: Router, header_max: Duration, connections_max: usize) -> Serving {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let server = Server {
        routes,
        header_max,
        connections_max,
    };
    let (mut tasks, stopping) = (JoinSet::new(), stop.clone());
    tasks.spawn(async move { server.run(&listener, &stopping).await });
    Serving {
        address,
        stop,
        tasks,
    }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// What comes until the other side closes.
async fn all_of(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let read = tokio::time::timeout(SOON, stream.read_to_end(&mut all));
    // A connection that is cut off may also be reset.
    let _ = read.await.expect("the connection to be closed");
    String::from_utf8(all).unwrap()
}

#[tokio::test]
async fn a_client_that_sends_half_a_header_or_nothing_is_cut_off() {
    let serving = serving(hello(), Duration::from_millis(100), 9).await;
    for part in [&b""[..], b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        let mut client = TcpStream::connect(serving.address).await.unwrap();
        client.write_all(part).await.unwrap();
        let got = all_of(&mut client).await;
        assert!(!got.contains("hello"), "{got}");
    }
    // So is one that keeps its connection after a request and says no more.
    let mut client = TcpStream::connect(serving.address).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    assert!(all_of(&mut client).await.ends_with("hello"));
}

#[tokio::test]
async fn more_connections_than_there_may_be_wait_for_an_end() {
    let serving = serving(hello(), SOON * 2, 1).await;
    let first = TcpStream::connect(serving.address).await.unwrap();
    let mut second = TcpStream::connect(serving.address).await.unwrap();
    second.write_all(REQUEST).await.unwrap();
    let mut some = [0; 9];
    let early = tokio::time::timeout(Duration::from_millis(200), second.read(&mut some)).await;
    assert!(early.is_err(), "the first still has the only place");
    drop(first);
    let read = tokio::time::timeout(SOON, second.read_exact(&mut some)).await;
    read.expect("an answer").unwrap();
    assert_eq!(&some, b"HTTP/1.1 ");
}

#[tokio::test]
async fn a_request_under_way_is_answered_when_the_process_stops() {
    let (begun, go) = (
        std::sync::Arc::new(Notify::new()),
        std::sync::Arc::new(Notify::new()),
    );
    let (told, wait) = (begun.clone(), go.clone());
    let slow = get(move || {
        let (told, wait) = (told.clone(), wait.clone());
        async move {
            told.notify_one();
            wait.notified().await;
            "done"
        }
    });
    let serving = serving(Router::new().route("/", slow), SOON, 9).await;
    let mut client = TcpStream::connect(serving.address).await.unwrap();
    client.write_all(REQUEST).await.unwrap();
    begun.notified().await;
    serving.stop.cancel();
    go.notify_one();
    assert!(all_of(&mut client).await.ends_with("done"));
    let mut tasks = serving.tasks;
    let ended = tokio::time::timeout(SOON, tasks.join_next()).await;
    ended.expect("the server to end").unwrap().unwrap();
    assert!(TcpStream::connect(serving.address).await.is_err());
}
