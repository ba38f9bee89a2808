//! The server on real sockets: keep-alive, callers who send too much or too slowly, and the end.

use crate::support::{edged, settings};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use bytes::Bytes;
use cloudlab_http::{Json, Limits, Server, Settings, Tenancy};
use http_body::Frame;
use serde::Deserialize;
use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

const SOON: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Text {
    text: String,
}

struct Service {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<usize>,
    /// Says that a slow request has begun.
    begun: Arc<Notify>,
    /// Lets one slow request end.
    end: Arc<Notify>,
    pieces: mpsc::UnboundedSender<&'static str>,
}

impl Service {
    async fn start(limits: Limits) -> Self {
        let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (pieces, stream) = mpsc::unbounded_channel();
        let router = router(&begun, &end, stream);
        let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0)), limits).await.unwrap();
        let address = server.local_addr();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.serve(router, async {
            let _ = stopped.await;
        }));
        Self { address, stop: Some(stop), served, begun, end, pieces }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn stop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }
}

fn router(begun: &Arc<Notify>, end: &Arc<Notify>, stream: mpsc::UnboundedReceiver<&'static str>) -> Router {
    let (begun, end) = (Arc::clone(begun), Arc::clone(end));
    let slow = async move || {
        begun.notify_one();
        end.notified().await;
        "slow"
    };
    let pieces = Arc::new(parking_lot::Mutex::new(Some(Pieces(stream))));
    let streamed = move || ready(Body::new(pieces.lock().take().unwrap()));
    let router = Router::new()
        .route("/v1/hello", get(async || "hello"))
        .route("/v1/slow", get(slow))
        .route("/v1/stream", get(streamed))
        .route("/v1/text", post(async |Json(text): Json<Text>| text.text.len().to_string()));
    edged(router, Settings { max_body_bytes: 1 << 20, tenancy: Tenancy::Development, ..settings() })
}

struct Pieces(mpsc::UnboundedReceiver<&'static str>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0
            .poll_recv(cx)
            .map(|piece| piece.map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
    }
}

/// What comes until the server closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    tokio::time::timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("an end").expect("no reset");
    String::from_utf8(bytes).unwrap()
}

/// What comes until the text has come.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).contains(text) {
        let mut byte = [0];
        let read = tokio::time::timeout(SOON, stream.read(&mut byte)).await.expect("more").unwrap();
        assert!(read == 1, "closed after {:?}", String::from_utf8_lossy(&bytes));
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

const HELLO: &str = "GET /v1/hello HTTP/1.1\r\nhost: x\r\n\r\n";
const SLOW: &str = "GET /v1/slow HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    let service = Service::start(Limits::default()).await;
    let mut stream = service.connect().await;
    for _ in 0..3 {
        send(&mut stream, HELLO).await;
        let reply = until(&mut stream, "hello").await;
        assert!(reply.starts_with("HTTP/1.1 200 OK") && reply.contains("x-request-id: "), "{reply}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_named_with_its_setting() {
    let service = Service::start(Limits::default()).await;
    let limits = Limits { setting: "admin.address", ..Limits::default() };
    let error = Server::bind(service.address, limits).await.unwrap_err().to_string();
    assert!(error.contains(&service.address.to_string()) && error.contains("admin.address"), "{error}");
}

#[tokio::test]
async fn a_caller_who_sends_too_much_can_read_the_reply() {
    let service = Service::start(Limits::default()).await;
    let piece = "x".repeat(1 << 20);
    for chunked in [false, true] {
        let mut stream = service.connect().await;
        let framing = if chunked { "transfer-encoding: chunked" } else { "content-length: 8388608" };
        let head = format!(
            "POST /v1/text HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{framing}\r\n\r\n"
        );
        send(&mut stream, &head).await;
        for _ in 0..8 {
            if chunked {
                send(&mut stream, &format!("{:x}\r\n{piece}\r\n", piece.len())).await;
            } else {
                send(&mut stream, &piece).await;
            }
        }
        let reply = rest(&mut stream).await;
        assert!(reply.starts_with("HTTP/1.1 413") && reply.contains("connection: close"), "{reply}");
        assert!(reply.contains(r#""code":"body_too_large""#), "{reply}");
    }
}

#[tokio::test]
async fn a_caller_whose_body_nobody_reads_can_read_the_reply() {
    let service = Service::start(Limits::default()).await;
    let piece = "x".repeat(1 << 20);
    for (line, status) in [("POST /nowhere", "404"), ("PUT /v1/hello", "405"), ("POST /v1/text", "415")] {
        let mut stream = service.connect().await;
        send(
            &mut stream,
            &format!(
                "{line} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 8388608\r\n\r\n"
            ),
        )
        .await;
        for _ in 0..8 {
            send(&mut stream, &piece).await;
        }
        let reply = rest(&mut stream).await;
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{reply}");
    }
}

#[tokio::test]
async fn one_who_waits_for_100_continue_is_told_before_it_sends() {
    let service = Service::start(Limits::default()).await;
    let head = |length: usize| {
        format!(
            "POST /v1/text HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    let mut too_much = service.connect().await;
    send(&mut too_much, &head(2 << 20)).await;
    let reply = until(&mut too_much, "body_too_large").await;
    assert!(reply.starts_with("HTTP/1.1 413"), "{reply}");
    let mut good = service.connect().await;
    let body = r#"{"text":"four"}"#;
    send(&mut good, &head(body.len())).await;
    assert!(until(&mut good, "\r\n\r\n").await.starts_with("HTTP/1.1 100"));
    send(&mut good, body).await;
    assert!(until(&mut good, "\r\n\r\n4").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_small_body_that_nobody_reads_does_not_cost_the_connection() {
    let service = Service::start(Limits::default()).await;
    let mut stream = service.connect().await;
    send(&mut stream, "POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n12345").await;
    assert!(until(&mut stream, "route_not_found").await.starts_with("HTTP/1.1 404"));
    until(&mut stream, "}").await;
    send(&mut stream, HELLO).await;
    assert!(until(&mut stream, "hello").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let service = Service::start(Limits { max_header_bytes: 8 << 10, ..Limits::default() }).await;
    let mut stream = service.connect().await;
    send(
        &mut stream,
        &format!("GET /v1/hello HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(9 << 10)),
    )
    .await;
    assert!(until(&mut stream, "\r\n").await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn one_who_never_completes_a_head_is_cut_off() {
    let service =
        Service::start(Limits { idle_timeout: Duration::from_millis(50), ..Limits::default() }).await;
    let mut silent = service.connect().await;
    assert_eq!(rest(&mut silent).await, "");
    let mut dripping = service.connect().await;
    let mut written = 0;
    // One byte at a time, faster than the timeout: bytes of a head are no progress.
    while tokio::time::timeout(Duration::from_millis(10), dripping.read(&mut [0])).await.is_err() {
        written += usize::from(dripping.write_all(b"x").await.is_ok());
        assert!(written < 1_000, "it may drip for ever");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_working_or_streaming_one_is_not() {
    let service =
        Service::start(Limits { idle_timeout: Duration::from_millis(50), ..Limits::default() }).await;
    let mut working = service.connect().await;
    let mut streaming = service.connect().await;
    send(&mut working, SLOW).await;
    send(&mut streaming, "GET /v1/stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    until(&mut streaming, "\r\n\r\n").await;
    let mut idle = service.connect().await;
    send(&mut idle, HELLO).await;
    // By the time the idle one is closed, more than one timeout has passed for the others, too.
    assert!(rest(&mut idle).await.ends_with("hello"));
    let mut silent = service.connect().await;
    assert_eq!(rest(&mut silent).await, "");
    service.end.notify_one();
    assert!(until(&mut working, "slow").await.starts_with("HTTP/1.1 200"));
    service.pieces.send("late").unwrap();
    until(&mut streaming, "late").await;
}

#[tokio::test]
async fn a_shutdown_finishes_what_runs_and_closes_what_is_idle() {
    let mut service = Service::start(Limits::default()).await;
    let mut idle = service.connect().await;
    send(&mut idle, HELLO).await;
    until(&mut idle, "hello").await;
    let mut running = service.connect().await;
    send(&mut running, SLOW).await;
    service.begun.notified().await;
    service.stop();
    assert_eq!(rest(&mut idle).await, "");
    assert!(TcpStream::connect(service.address).await.is_err(), "a new connection is taken");
    service.end.notify_one();
    let reply = rest(&mut running).await;
    assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("slow"), "{reply}");
    assert!(reply.contains("connection: close"), "{reply}");
    assert_eq!(service.served.await.unwrap(), 0);
}

#[tokio::test]
async fn what_runs_longer_than_the_drain_limit_is_broken_off() {
    let mut service =
        Service::start(Limits { drain_timeout: Duration::from_millis(50), ..Limits::default() }).await;
    let mut running = service.connect().await;
    send(&mut running, SLOW).await;
    service.begun.notified().await;
    service.stop();
    assert_eq!(service.served.await.unwrap(), 1);
    let mut bytes = Vec::new();
    let _ = running.read_to_end(&mut bytes).await;
    assert!(bytes.is_empty());
}

#[tokio::test]
async fn whoever_was_connected_before_the_shutdown_is_answered() {
    let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0)), Limits::default()).await.unwrap();
    let mut waiting = TcpStream::connect(server.local_addr()).await.unwrap();
    send(&mut waiting, HELLO).await;
    waiting.writable().await.unwrap();
    let router = edged(Router::new().route("/v1/hello", get(async || "hello")), settings());
    let served = tokio::spawn(server.serve(router, ready(())));
    assert!(rest(&mut waiting).await.ends_with("hello"));
    assert_eq!(served.await.unwrap(), 0);
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let service = Service::start(Limits { max_connections: 1, ..Limits::default() }).await;
    let mut first = service.connect().await;
    send(&mut first, SLOW).await;
    service.begun.notified().await;
    let mut second = service.connect().await;
    send(&mut second, HELLO).await;
    let early = tokio::time::timeout(Duration::from_millis(20), second.read(&mut [0])).await;
    assert!(early.is_err(), "the second was served beside the first");
    service.end.notify_one();
    until(&mut first, "slow").await;
    drop(first);
    assert!(until(&mut second, "hello").await.starts_with("HTTP/1.1 200"));
}
