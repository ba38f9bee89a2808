//! What becomes of the errors of a use case.

use crate::gizmos::Deps;
use crate::support::{FIRST, JSON, Reply, ask, edged, get, post, request, service, settings};
use axum::Router;
use axum::routing::post as on_post;
use cloudlab_core::store;
use cloudlab_http::{Action, Answer, Command, Problem, command};
use parking_lot::Mutex;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const CREATE: &str = r#"{"name":"a"}"#;

fn stale() -> store::Error {
    store::Error::Stale { table: "gizmo".to_owned() }
}

async fn refused(refusals: impl IntoIterator<Item = store::Error>) -> (Reply, usize) {
    let deps = Arc::new(Deps { refusals: Mutex::new(refusals.into_iter().collect()), ..Deps::default() });
    let reply = post(&service(&deps), "/v1/gizmos", CREATE).await;
    (reply, deps.runs.load(Ordering::SeqCst))
}

#[tokio::test(start_paused = true)]
async fn a_lost_race_is_run_again_three_times() {
    let (reply, runs) = refused([stale(), stale(), stale()]).await;
    assert_eq!((reply.status.as_u16(), runs), (201, 4));
    let (reply, runs) = refused([stale(), stale(), stale(), stale()]).await;
    reply.assert_problem(409, "conflict");
    assert_eq!(runs, 4);
}

#[tokio::test(start_paused = true)]
async fn what_the_store_says_is_translated_and_its_words_are_kept_inside() {
    let secret = || "host=10.0.0.7".to_owned();
    for (error, status, code, retry_after) in [
        (store::Error::Unavailable(secret()), 503, "unavailable", "1"),
        (store::Error::Unknown(secret()), 503, "unavailable", "1"),
        (store::Error::Full(secret()), 503, "storage_full", "60"),
        (store::Error::Deadline, 504, "deadline_exceeded", ""),
        (store::Error::Defect(secret()), 500, "internal", ""),
        (store::Error::AlreadyHandled, 500, "internal", ""),
        (store::Error::KeyReused, 422, "idempotency_key_reused", ""),
    ] {
        let (reply, runs) = refused([error]).await;
        reply.assert_problem(status, code);
        assert_eq!((reply.header("retry-after"), runs), (retry_after, 1));
        assert!(!reply.text().contains("10.0.0.7"), "{}", reply.text());
    }
    let duplicate = store::Error::Duplicate { table: "gizmo".to_owned(), column: "name_key".to_owned() };
    refused([duplicate]).await.0.assert_problem(409, "name_taken");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_runs_elsewhere_is_waited_for_until_the_deadline() {
    let (reply, runs) = refused([store::Error::InProgress, store::Error::InProgress]).await;
    assert_eq!((reply.status.as_u16(), runs), (201, 3));
    let began = tokio::time::Instant::now();
    let (reply, _) = refused(std::iter::repeat_n(store::Error::InProgress, 10_000)).await;
    reply.assert_problem(409, "request_in_progress");
    assert_eq!(reply.header("retry-after"), "1");
    assert!((4_900..5_000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn errors_of_the_use_case_are_its_own_problems() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    post(&service, "/v1/gizmos", CREATE).await;
    let archive = || request(&format!("POST {FIRST}/archive"), &[], "");
    assert_eq!(ask(&service, archive()).await.json()["archived"], true);
    let again = ask(&service, archive()).await;
    again.assert_problem(409, "gizmo_is_archived");
    let foreign = [("x-tenant-id", "2f1d8f7a-0000-4000-8000-000000000001")];
    ask(&service, request(&format!("GET {FIRST}"), &foreign, "")).await.assert_problem(404, "not_found");
    assert_eq!(get(&service, FIRST).await.json()["version"], 2);
}

#[derive(Deserialize)]
struct Empty {}

#[tokio::test]
async fn two_commands_under_one_key_are_a_defect() {
    let twice = async |Command(ctx, _): Command<Empty>| -> Result<axum::response::Response, Problem> {
        let run = || command(&ctx, |n: &u8| Answer::ok(n), async |_| Ok::<u8, store::Error>(1));
        run().await?;
        run().await
    };
    let service = edged(Router::new().route("/v1/twice", on_post(twice)), settings());
    ask(&service, request("POST /v1/twice", &[JSON], "{}")).await.assert_problem(500, "internal");
}

#[tokio::test]
async fn a_use_case_that_keeps_another_value_than_it_returns_answers_as_it_will_again() {
    use cloudlab_core::{Commit, Store};
    let deps = Arc::new(Deps::default());
    let store = Arc::clone(&deps);
    let odd = async move |Action(ctx, _): Action| {
        command(
            &ctx,
            |n: &u8| Answer::ok(n),
            async |ctx| {
                store.commit(Commit::new(ctx).reply(&1_u8)).await?;
                Ok::<u8, store::Error>(2)
            },
        )
        .await
    };
    let service = edged(Router::new().route("/v1/odd", on_post(odd)), settings());
    for replayed in ["", "true"] {
        let reply = ask(&service, request("POST /v1/odd", &[("idempotency-key", "k")], "")).await;
        assert_eq!((reply.text().as_str(), reply.header("idempotency-replayed")), ("1", replayed));
    }
}
