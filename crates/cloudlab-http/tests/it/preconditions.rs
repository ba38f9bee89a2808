//! Entity tags.

use crate::gizmos::Deps;
use crate::support::{FIRST, JSON, Reply, ask, post, request, service};
use axum::Router;
use std::sync::Arc;

async fn with_gizmo() -> Router {
    let service = service(&Arc::new(Deps::default()));
    let reply = post(&service, "/v1/gizmos", r#"{"name":"a"}"#).await;
    assert_eq!((reply.header("etag"), reply.header("location")), ("\"1\"", FIRST));
    service
}

async fn show(service: &Router, known: &str) -> Reply {
    ask(service, request(&format!("GET {FIRST}"), &[("if-none-match", known)], "")).await
}

async fn change(service: &Router, versions: &str) -> Reply {
    ask(service, request(&format!("PATCH {FIRST}"), &[JSON, ("if-match", versions)], r#"{"note":"b"}"#)).await
}

#[tokio::test]
async fn a_known_version_is_not_sent_again() {
    let service = with_gizmo().await;
    for known in ["\"1\"", "W/\"1\"", "*", "\"7\", \"1\"", "\"7\",W/\"1\" , \"8\""] {
        let reply = show(&service, known).await;
        assert_eq!((reply.status.as_u16(), reply.header("etag")), (304, "\"1\""), "{known}");
        assert!(reply.body.is_empty());
    }
    let reply = show(&service, "\"2\"").await;
    assert_eq!((reply.status.as_u16(), reply.header("etag")), (200, "\"1\""));
}

#[tokio::test]
async fn a_change_needs_the_present_version() {
    let service = with_gizmo().await;
    let unconditional = ask(&service, request(&format!("PATCH {FIRST}"), &[JSON], r#"{"note":"b"}"#)).await;
    unconditional.assert_problem(428, "precondition_required");
    for stale in ["\"0\"", "W/\"1\"", "\"01\"", "\"x\"", "\"2\", W/\"1\""] {
        change(&service, stale).await.assert_problem(412, "stale_version");
    }
    for malformed in ["1", "", "\"1", "\"1\" \"2\"", "w/\"1\"", "*, \"1\"", "\"a b\""] {
        change(&service, malformed).await.assert_problem(400, "malformed_header");
    }
    assert_eq!(change(&service, "\"1\"").await.header("etag"), "\"2\"");
    assert_eq!(change(&service, "\"1\", \"2\"").await.header("etag"), "\"3\"");
    assert_eq!(change(&service, "*").await.header("etag"), "\"4\"");
}

#[tokio::test]
async fn a_list_may_be_spread_over_several_headers() {
    let service = with_gizmo().await;
    let headers = [JSON, ("if-match", "\"5\""), ("if-match", "\"1\"")];
    let reply = ask(&service, request(&format!("PATCH {FIRST}"), &headers, r#"{"note":"b"}"#)).await;
    assert_eq!(reply.status, 200);
}
