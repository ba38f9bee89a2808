//! Bodies, good and bad.

use crate::gizmos::Deps;
use crate::support::{FIRST, JSON, ask, edged, post, request, service, settings};
use axum::Router;
use axum::body::Body;
use axum::routing::post as on_post;
use bytes::Bytes;
use cloudlab_http::{Json, Problem};
use http_body::Frame;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::slice::Chunks;
use std::sync::Arc;
use std::task::{Context, Poll};

#[derive(Deserialize)]
struct Order {
    #[serde(rename = "a/b~c")]
    _odd: Option<u8>,
    #[serde(default)]
    lines: Vec<Line>,
    #[serde(default)]
    labels: BTreeMap<String, Value>,
    #[serde(default)]
    _kind: Option<Kind>,
}

#[derive(Deserialize)]
struct Line {
    product: String,
    #[serde(default)]
    count: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Gift,
}

fn orders() -> Router {
    let take = async |Json(order): Json<Order>| -> Result<String, Problem> {
        let lines: Vec<_> =
            order.lines.iter().map(|line| format!("{}x{}", line.count, line.product)).collect();
        Ok(format!("{} {}", lines.join(","), order.labels.len()))
    };
    edged(Router::new().route("/v1/orders", on_post(take)), settings())
}

async fn errors(body: &'static str) -> Value {
    post(&orders(), "/v1/orders", body).await.assert_problem(422, "invalid_fields")["errors"].clone()
}

#[tokio::test]
async fn a_good_body_is_taken() {
    let body = r#"{"lines":[{"product":"tea","count":2}],"labels":{"a":1,"b":null}}"#;
    assert_eq!(post(&orders(), "/v1/orders", body).await.text(), "2xtea 2");
}

#[tokio::test]
async fn wrong_fields_are_pointed_at() {
    let pointer_and_code = |errors: Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors.as_array().unwrap().iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect()
    };
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    for (body, expected) in [
        (r#"{"lines":[{"product":"tea"},{"count":1}]}"#, one("/lines/1/product", "required")),
        (r#"{"lines":[{"product":7}]}"#, one("/lines/0/product", "wrong_type")),
        (r#"{"lines":[{"product":"tea","count":300}]}"#, one("/lines/0/count", "invalid_value")),
        (r#"{"lines":[{"product":"tea","cuont":1}]}"#, one("/lines/0/cuont", "unknown_field")),
        (r#"{"a/b~c":"x"}"#, one("/a~1b~0c", "wrong_type")),
        (r#"{"_kind":"stolen"}"#, one("/_kind", "invalid_value")),
        (r#"{"x/y":1}"#, one("/x~1y", "unknown_field")),
        (r"[1]", one("", "wrong_type")),
        (r#"{"lines":[["tea",2]]}"#, one("/lines/0", "wrong_type")),
        (r#"{"lines":{"0":1}}"#, one("/lines", "wrong_type")),
        (r#""text""#, one("", "wrong_type")),
    ] {
        assert_eq!(pointer_and_code(errors(body).await), expected, "{body}");
    }
}

#[tokio::test]
async fn all_unknown_fields_are_named_at_once_and_a_detail_is_a_sentence() {
    let errors = errors(r#"{"one":1,"two":{"three":3}}"#).await;
    assert_eq!(
        errors[0],
        json!({"pointer": "/one", "code": "unknown_field",
        "detail": "There is no such field. Remove it, or correct its name."})
    );
    assert_eq!(errors[1]["pointer"], "/two");
}

#[tokio::test]
async fn a_type_that_denies_unknown_fields_itself_points_the_same_way() {
    let deps = Arc::new(Deps::default());
    let reply =
        ask(&service(&deps), request(&format!("POST {FIRST}/archive"), &[JSON], r#"{"force":true}"#)).await;
    let problem = reply.assert_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/force");
    assert_eq!(problem["errors"][0]["code"], "unknown_field");
}

#[tokio::test]
async fn malformed_json_is_a_400_with_its_place() {
    for (body, place) in [
        ("{\"lines\": [\n  {]}", "line 2 column 4"),
        ("{", "line 1 column 1"),
        ("{} {}", "line 1 column 4"),
        (r#"{"unknown":1,"#, "line 1 column 13"),
    ] {
        let problem = post(&orders(), "/v1/orders", body).await.assert_problem(400, "malformed_body");
        assert!(problem["detail"].as_str().unwrap().contains(place), "{body}: {}", problem["detail"]);
    }
    post(&orders(), "/v1/orders", "").await.assert_problem(400, "malformed_body");
    let deep: &'static str = "[".repeat(500).leak();
    post(&orders(), "/v1/orders", deep).await.assert_problem(400, "malformed_body");
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused_at_any_depth() {
    for body in [
        r#"{"labels":{},"labels":{}}"#,
        r#"{"labels":{"a":1,"a":2}}"#,
        r#"{"labels":{"a":1,"\u0061":2}}"#,
        r#"{"labels":{"deep":[{"x":1,"x":1}]}}"#,
    ] {
        let problem = post(&orders(), "/v1/orders", body).await.assert_problem(400, "malformed_body");
        assert!(problem["detail"].as_str().unwrap().contains("stands twice"), "{body}");
    }
    let many: String = (0..40).map(|n| format!("\"k{n}\":1,")).collect();
    let twice: &'static str = format!("{{\"labels\":{{{many}\"k39\":2}}}}").leak();
    post(&orders(), "/v1/orders", twice).await.assert_problem(400, "malformed_body");
    let once: &'static str = format!("{{\"labels\":{{{many}\"k40\":2}}}}").leak();
    assert_eq!(post(&orders(), "/v1/orders", once).await.text(), " 41");
}

#[tokio::test]
async fn wrong_utf8_is_a_400() {
    let body = Body::from(&b"{\"labels\":{\"a\":\"\xff\"}}"[..]);
    let problem = ask(&orders(), request("POST /v1/orders", &[JSON], body)).await;
    let detail = problem.assert_problem(400, "malformed_body")["detail"].to_string();
    assert!(detail.contains("byte 17"), "{detail}");
}

#[tokio::test]
async fn only_json_is_read_and_a_merge_patch_where_it_is_meant() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    for good in ["application/json", "Application/JSON; charset=\"UTF-8\"", "application/json;version=1"] {
        let reply =
            ask(&service, request("POST /v1/gizmos", &[("content-type", good)], r#"{"name":"a"}"#)).await;
        assert_eq!(reply.status, 201, "{good}");
    }
    for bad in [
        "text/plain",
        "application/jsonp",
        "application/json; charset=latin1",
        "application/merge-patch+json",
        "",
    ] {
        let reply =
            ask(&service, request("POST /v1/gizmos", &[("content-type", bad)], r#"{"name":"a"}"#)).await;
        reply.assert_problem(415, "unsupported_media_type");
    }
    ask(&service, request("POST /v1/gizmos", &[], "{}")).await.assert_problem(415, "unsupported_media_type");
    let patch = [("content-type", "application/merge-patch+json"), ("if-match", "\"1\"")];
    let reply = ask(&service, request(&format!("PATCH {FIRST}"), &patch, r#"{"name":"b"}"#)).await;
    assert_eq!((reply.status.as_u16(), reply.json()["name"].as_str()), (200, Some("b")));
}

#[tokio::test]
async fn null_does_not_pass_for_a_missing_field() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    post(&service, "/v1/gizmos", r#"{"name":"a"}"#).await;
    let reply =
        ask(&service, request(&format!("PATCH {FIRST}"), &[JSON, ("if-match", "*")], r#"{"name":null}"#))
            .await;
    let problem = reply.assert_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/name");
}

#[tokio::test]
async fn broken_rules_of_several_fields_are_reported_together() {
    let deps = Arc::new(Deps::default());
    let reply = post(&service(&deps), "/v1/gizmos", r#"{"name":"  ","note":"too long"}"#).await;
    let problem = reply.assert_problem(422, "invalid_fields");
    assert_eq!(
        problem["errors"],
        json!([
            {"pointer": "/name", "code": "too_short", "detail": "A name has at least one character."},
            {"pointer": "/note", "code": "too_long", "detail": "A note has at most 5 characters."}
        ])
    );
}

#[tokio::test]
async fn an_action_may_have_an_empty_body() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    post(&service, "/v1/gizmos", r#"{"name":"a"}"#).await;
    post(&service, "/v1/gizmos", r#"{"name":"b"}"#).await;
    assert_eq!(ask(&service, request(&format!("POST {FIRST}/archive"), &[], "")).await.status, 200);
    let second = FIRST.replace("007", "008");
    assert_eq!(ask(&service, request(&format!("POST {second}/archive"), &[JSON], "{}")).await.status, 200);
    ask(&service, request(&format!("POST {second}/archive"), &[], "{}"))
        .await
        .assert_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn an_empty_body_may_have_any_content_type() {
    let deps = Arc::new(Deps::default());
    let service = service(&deps);
    post(&service, "/v1/gizmos", r#"{"name":"a"}"#).await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let archive = format!("POST {FIRST}/archive");
    ask(&service, request(&archive, &[form], "a=b")).await.assert_problem(415, "unsupported_media_type");
    let in_pieces = ask(&service, request(&archive, &[form], in_pieces("a=b, and so on"))).await;
    in_pieces.assert_problem(415, "unsupported_media_type");
    assert_eq!(ask(&service, request(&archive, &[form], "")).await.status, 200);
    ask(&service, request("POST /v1/gizmos", &[form], "")).await.assert_problem(400, "malformed_body");
}

#[tokio::test]
async fn a_content_type_that_stands_twice_is_refused_and_a_missing_one_of_a_patch_names_merge_patches() {
    let service = service(&Arc::new(Deps::default()));
    let twice = [JSON, ("content-type", "text/plain")];
    let reply = ask(&service, request("POST /v1/gizmos", &twice, r#"{"name":"a"}"#)).await;
    let detail = reply.assert_problem(400, "malformed_header")["detail"].to_string();
    assert!(detail.contains("Content-Type"), "{detail}");
    let reply = ask(&service, request(&format!("PATCH {FIRST}"), &[("if-match", "*")], "{}")).await;
    let detail = reply.assert_problem(415, "unsupported_media_type")["detail"].to_string();
    assert!(detail.contains("application/merge-patch+json"), "{detail}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_however_it_comes() {
    let whole: &'static str = format!("{{\"labels\":{{\"a\":\"{}\"}}}}", "x".repeat(981)).leak();
    assert_eq!(whole.len(), 1_000);
    assert_eq!(post(&orders(), "/v1/orders", whole).await.status, 200);
    let over: &'static str = format!("{whole} ").leak();
    post(&orders(), "/v1/orders", over).await.assert_problem(413, "body_too_large");
    for body in [whole, over] {
        let reply = ask(&orders(), request("POST /v1/orders", &[JSON], in_pieces(body))).await;
        assert_eq!(reply.status.as_u16(), if body == whole { 200 } else { 413 });
    }
}

/// A body of unknown length that comes in pieces of seven bytes.
fn in_pieces(body: &'static str) -> Body {
    Body::new(Pieces(body.as_bytes().chunks(7)))
}

struct Pieces(Chunks<'static, u8>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|piece| Ok(Frame::data(Bytes::from_static(piece)))))
    }
}
