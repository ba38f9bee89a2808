//! The form of a problem.

use crate::support::{ask, edged, request, settings};
use axum::Router;
use axum::routing::get;
use cloudlab_core::Invalid;
use cloudlab_http::{FieldError, Problem, codes};
use serde_json::json;
use std::collections::HashSet;

#[tokio::test]
async fn a_problem_has_all_its_parts_in_order() {
    let wrong = async || {
        Problem::new(&codes::INVALID_FIELDS)
            .detail("One field is wrong.")
            .errors([FieldError::new("/name", Invalid::new("too_long", "At most 100 characters."))])
            .cause("the operator's words")
            .retry_after(3)
    };
    let service = edged(Router::new().route("/v1/wrong", get(wrong)), settings());
    let reply = ask(&service, request("GET /v1/wrong?secret=1", &[("x-request-id", "r-1")], "")).await;
    assert_eq!(reply.header("retry-after"), "3");
    let text =
        r#"{"type":"/docs/errors/invalid_fields","title":"Fields of the body break a rule","status":422,"#
            .to_owned()
            + r#""code":"invalid_fields","detail":"One field is wrong.","instance":"/v1/wrong","request_id":"r-1","#
            + r#""errors":[{"pointer":"/name","code":"too_long","detail":"At most 100 characters."}]}"#;
    assert_eq!(reply.text(), text);
}

#[tokio::test]
async fn a_problem_without_a_detail_says_where_it_is_explained() {
    let service =
        edged(Router::new().route("/v1/p", get(async || Problem::new(&codes::CONFLICT))), settings());
    let reply = ask(&service, request("GET /v1/p", &[("x-request-id", "r")], "")).await;
    assert_eq!(
        reply.json(),
        json!({"type": "/docs/errors/conflict", "title": "The request contradicts the present state", "status": 409,
            "code": "conflict", "detail": "The request contradicts the present state. See /docs/errors/conflict.",
            "instance": "/v1/p", "request_id": "r"})
    );
}

#[test]
fn every_code_is_once_there_with_its_page() {
    let mut seen = HashSet::new();
    for code in codes::ALL {
        assert!(seen.insert(code.code), "{} stands twice", code.code);
        assert!(code.page.starts_with(&format!("# {}\n", code.code)), "{} has another page", code.code);
        assert!(
            code.page.contains(&format!("**Status:** {}", code.status)),
            "{}: the page has another status",
            code.code
        );
        assert_eq!(code.status().as_u16(), code.status);
    }
}

#[test]
fn the_pages_are_those_of_the_repository() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    // A generated service carries this crate alone.
    if !docs.is_dir() {
        return;
    }
    for code in codes::ALL {
        if let Ok(page) = std::fs::read_to_string(docs.join(format!("{}.md", code.code))) {
            assert_eq!(page, code.page, "docs/errors/{}.md differs from pages/", code.code);
        }
    }
}
