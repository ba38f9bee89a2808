//! Bodies that come late, or not at all.

use crate::support::{JSON, Reply, ask, edged, get, request, settings};
use axum::Router;
use axum::body::Body;
use axum::routing::{get as on_get, post as on_post};
use bytes::Bytes;
use cloudlab_http::{Json, Settings};
use futures_util::stream::unfold;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// More than what may lie in memory without a place.
const LARGE: usize = 70 << 10;

/// A service with a single place.
fn narrow() -> Router {
    let take = async |Json(body): Json<Value>| body.to_string();
    let waits = async || tokio::time::sleep(Duration::from_secs(1)).await;
    let router = Router::new()
        .route("/v1/take", on_post(take))
        .route("/v1/waits", on_get(waits))
        .route("/v1/who", on_get(async || "me"));
    edged(router, Settings { max_in_flight: 1, max_body_bytes: 1 << 20, ..settings() })
}

/// Begins a request whose body is sent piece by piece.
fn begin(service: &Router) -> (UnboundedSender<&'static [u8]>, JoinHandle<Reply>) {
    let (pieces, coming) = unbounded_channel::<&'static [u8]>();
    let body = Body::from_stream(unfold(coming, async |mut coming| {
        let piece = coming.recv().await?;
        Some((Ok::<_, Infallible>(Bytes::from_static(piece)), coming))
    }));
    let service = service.clone();
    (pieces, tokio::spawn(async move { ask(&service, request("POST /v1/take", &[JSON], body)).await }))
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_awaited_keeps_nobody_out() {
    let service = narrow();
    let (pieces, reply) = begin(&service);
    pieces.send(b"[1,").unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&service, "/v1/who").await.status, 200);
    pieces.send(b"2]").unwrap();
    drop(pieces);
    let reply = reply.await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.json()), (200, json!([1, 2])));
    assert_eq!(get(&service, "/v1/who").await.status, 200, "the place was not given back");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_the_callers_timeout() {
    let service = narrow();
    let began = Instant::now();
    let (_pieces, reply) = begin(&service);
    let reply = reply.await.unwrap();
    let problem = reply.assert_problem(408, "body_timeout");
    assert!(problem["detail"].as_str().unwrap().contains("nothing was begun"), "{problem}");
    assert_eq!(reply.header("connection"), "close");
    assert!(began.elapsed() < settings().request_timeout, "it took {:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_large_body_holds_its_place_while_it_comes() {
    let service = narrow();
    let (pieces, _reply) = begin(&service);
    pieces.send(vec![b' '; LARGE].leak()).unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    get(&service, "/v1/who").await.assert_problem(503, "overloaded");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_comes_when_all_places_are_taken_is_refused() {
    for last in [&b"2]"[..], vec![b' '; LARGE].leak()] {
        let service = narrow();
        let (pieces, reply) = begin(&service);
        pieces.send(b"[1,").unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let running = tokio::spawn({
            let service = service.clone();
            async move { get(&service, "/v1/waits").await.status }
        });
        tokio::task::yield_now().await;
        pieces.send(last).unwrap();
        drop(pieces);
        reply.await.unwrap().assert_problem(503, "overloaded");
        assert_eq!(running.await.unwrap(), 200);
        assert_eq!(get(&service, "/v1/who").await.status, 200, "a place was lost");
    }
}
