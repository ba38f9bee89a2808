//! One key, one execution.

use crate::gizmos::Deps;
use crate::support::{FIRST, JSON, Reply, ask, post, request, service};
use axum::Router;
use cloudlab_core::store;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, yield_now};

const CREATE: &str = r#"{"name":"a"}"#;

async fn create(service: &Router, key: &str, body: &'static str) -> Reply {
    ask(service, request("POST /v1/gizmos", &[JSON, ("idempotency-key", key)], body)).await
}

fn gated(refusals: VecDeque<store::Error>) -> Arc<Deps> {
    Arc::new(Deps { gate: Some(Semaphore::new(0)), refusals: Mutex::new(refusals), ..Deps::default() })
}

fn started(service: &Router, body: &'static str) -> JoinHandle<Reply> {
    let service = service.clone();
    tokio::spawn(async move { create(&service, "k", body).await })
}

/// Lets all tasks run until each waits for something.
async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_repetition_gets_the_first_reply_byte_for_byte() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    let first = create(&service, "k", CREATE).await;
    let again = create(&service, "k", CREATE).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("idempotency-replayed"), "");
    assert_eq!(again.header("idempotency-replayed"), "true");
    for name in ["location", "etag", "content-type"] {
        assert_eq!(first.header(name), again.header(name));
    }
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    assert_eq!(deps.gizmos.lock().len(), 1);
}

#[tokio::test]
async fn another_request_under_the_key_is_refused() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    create(&service, "k", CREATE).await;
    create(&service, "k", r#"{"name":"b"}"#).await.assert_problem(422, "idempotency_key_reused");
    let with_query = request("POST /v1/gizmos?x=1", &[JSON, ("idempotency-key", "k")], CREATE);
    ask(&service, with_query).await.assert_problem(422, "idempotency_key_reused");
    assert_eq!(create(&service, "other", CREATE).await.status, 201);
}

#[tokio::test]
async fn a_key_belongs_to_tenant_method_and_route_and_stands_for_path_and_precondition() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    create(&service, "k", CREATE).await;
    post(&service, "/v1/gizmos", CREATE).await;
    let key = ("idempotency-key", "k");
    let foreign = ("x-tenant-id", "2f1d8f7a-0000-4000-8000-000000000001");
    assert_eq!(ask(&service, request("POST /v1/gizmos", &[JSON, key, foreign], CREATE)).await.status, 201);
    let change = |if_match| {
        request(&format!("PATCH {FIRST}"), &[JSON, key, ("if-match", if_match)], r#"{"note":"x"}"#)
    };
    assert_eq!(ask(&service, change("\"1\"")).await.status, 200);
    ask(&service, change("\"2\"")).await.assert_problem(422, "idempotency_key_reused");
    assert_eq!(ask(&service, request(&format!("POST {FIRST}/archive"), &[key], "")).await.status, 200);
    let other = FIRST.replace("007", "008");
    let reply = ask(&service, request(&format!("POST {other}/archive"), &[key], "")).await;
    reply.assert_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_key_is_1_to_255_visible_characters() {
    let service = service(&Arc::new(Deps::default()));
    let longest = "k".repeat(255);
    assert_eq!(create(&service, &longest, CREATE).await.status, 201);
    let too_long = "k".repeat(256);
    for malformed in ["", "two words", "ключ", &too_long] {
        create(&service, malformed, CREATE).await.assert_problem(400, "malformed_header");
    }
    let twice = [JSON, ("idempotency-key", "a"), ("idempotency-key", "b")];
    ask(&service, request("POST /v1/gizmos", &twice, CREATE)).await.assert_problem(400, "malformed_header");
}

#[tokio::test]
async fn sixty_four_at_once_execute_once_and_get_one_reply() {
    let deps = gated(VecDeque::new());
    let service = service(&deps);
    let asked: Vec<_> = (0..64).map(|_| started(&service, CREATE)).collect();
    settle().await;
    assert_eq!(deps.runs.load(Ordering::SeqCst), 1, "more than one came to the store");
    deps.gate.as_ref().unwrap().add_permits(1);
    let mut replayed = 0;
    for reply in asked {
        let reply = reply.await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.header("location")), (201, FIRST));
        replayed += usize::from(reply.header("idempotency-replayed") == "true");
    }
    assert_eq!((replayed, deps.runs.load(Ordering::SeqCst)), (63, 1));
}

#[tokio::test]
async fn one_that_waits_with_another_body_is_refused_when_the_first_succeeds() {
    let deps = gated(VecDeque::new());
    let service = service(&deps);
    let first = started(&service, CREATE);
    settle().await;
    let other = started(&service, r#"{"name":"b"}"#);
    settle().await;
    deps.gate.as_ref().unwrap().add_permits(1);
    assert_eq!(first.await.unwrap().status, 201);
    other.await.unwrap().assert_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn when_the_first_fails_the_next_runs() {
    let deps = gated(VecDeque::from([store::Error::Unavailable("away".to_owned())]));
    let service = service(&deps);
    let first = started(&service, CREATE);
    settle().await;
    let next = started(&service, CREATE);
    settle().await;
    deps.gate.as_ref().unwrap().add_permits(2);
    first.await.unwrap().assert_problem(503, "unavailable");
    let next = next.await.unwrap();
    assert_eq!((next.status.as_u16(), next.header("idempotency-replayed")), (201, ""));
}

#[tokio::test]
async fn when_the_first_hangs_up_the_next_runs() {
    let deps = gated(VecDeque::new());
    let service = service(&deps);
    let first = started(&service, CREATE);
    settle().await;
    let next = started(&service, CREATE);
    settle().await;
    first.abort();
    assert!(first.await.is_err());
    settle().await;
    assert_eq!(deps.runs.load(Ordering::SeqCst), 2, "the key is still taken");
    deps.gate.as_ref().unwrap().add_permits(1);
    assert_eq!(next.await.unwrap().status, 201);
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_gives_up_at_its_deadline_and_says_why() {
    let deps = gated(VecDeque::new());
    let service = service(&deps);
    let first = started(&service, CREATE);
    settle().await;
    let waiting = create(&service, "k", CREATE).await;
    waiting.assert_problem(409, "request_in_progress");
    assert_eq!(waiting.header("retry-after"), "1");
    first.await.unwrap().assert_problem(504, "deadline_exceeded");
}

#[tokio::test]
async fn a_failed_attempt_is_not_kept() {
    let deps = Arc::new(Deps {
        refusals: Mutex::new(VecDeque::from([store::Error::Defect("bad".to_owned())])),
        ..Deps::default()
    });
    let service = service(&deps);
    create(&service, "k", CREATE).await.assert_problem(500, "internal");
    assert_eq!(create(&service, "k", CREATE).await.status, 201);
}
