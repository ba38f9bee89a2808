//! All that is wrong with the shape of a body, at once and within bounds.

use crate::support::{JSON, Reply, ask, edged, request, settings};
use axum::Router;
use axum::routing::post;
use cloudlab_core::{Invalid, words};
use cloudlab_http::{FieldError, FieldErrors, Json, Problem, Settings, codes};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

words! {
    pub enum Colour {
        Red = "red",
        Blue = "blue",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    items: Vec<Item>,
    #[serde(default)]
    labels: BTreeMap<String, u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    name: String,
    #[serde(rename = "size")]
    _size: u8,
    #[serde(rename = "colour")]
    _colour: Colour,
    #[serde(default, rename = "place")]
    _place: Option<(f64, f64)>,
    #[serde(default, rename = "wrapping")]
    _wrapping: Option<Wrapping>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wrapping {
    Box {
        #[serde(rename = "width")]
        _width: u8,
    },
}

const GOOD: &str = r#"{"name":"ok","size":1,"colour":"red"}"#;

fn batches() -> Router {
    let take = async |Json(batch): Json<Batch>| -> Result<String, Problem> {
        let mut fields = FieldErrors::new();
        let names =
            fields.each("/items", &batch.items, 1..=3, |item, fields| fields.take("/name", name(&item.name)));
        Ok(format!("{} {}", fields.finish(names)?.join(","), batch.labels.len()))
    };
    edged(Router::new().route("/v1/batches", post(take)), Settings { max_body_bytes: 1 << 20, ..settings() })
}

fn name(text: &str) -> Result<String, Invalid> {
    if text.is_empty() { Err(Invalid::new("too_short", "It is empty.")) } else { Ok(text.to_owned()) }
}

async fn send(body: impl Into<String>) -> Reply {
    ask(&batches(), request("POST /v1/batches", &[JSON], body.into())).await
}

async fn refused(body: impl Into<String>) -> Value {
    send(body).await.assert_problem(422, "invalid_fields")
}

/// What is wrong where, as `/items/0/name required`.
fn told(problem: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| format!("{} {}", text(&error["pointer"]), text(&error["code"]))).collect()
}

#[tokio::test]
async fn a_good_batch_is_taken() {
    let reply = send(format!(r#"{{"items":[{GOOD},{GOOD}],"labels":{{"a":1}}}}"#)).await;
    assert_eq!(reply.text(), "ok,ok 1");
    let all =
        r#"{"items":[{"name":"ok","size":1,"colour":"red","place":[1,2.5],"wrapping":{"box":{"width":1}}}]}"#;
    assert_eq!(send(all).await.text(), "ok 0");
}

#[tokio::test]
async fn everything_wrong_with_one_object_is_told() {
    let problem = refused(r#"{"size":1,"colour":2,"items":7,"labels":{"a":1,"b":"x","c":-1}}"#).await;
    assert_eq!(
        told(&problem),
        [
            "/size unknown_field",
            "/colour unknown_field",
            "/items wrong_type",
            "/labels/b wrong_type",
            "/labels/c invalid_value"
        ]
    );
    assert_eq!(told(&refused("{}").await), ["/items required"]);
    assert_eq!(told(&refused("[]").await), [" wrong_type"]);
}

#[tokio::test]
async fn everything_wrong_with_every_element_is_told() {
    let body = format!(
        r#"{{"items":[{{}},{GOOD},{{"name":7,"x":1}},7,{{"colour":"green","size":300}},{{"colour":"red"}}],"y":null}}"#
    );
    assert_eq!(
        told(&refused(body).await),
        [
            "/y unknown_field",
            "/items/0/name required",
            "/items/0/size required",
            "/items/0/colour required",
            "/items/2/x unknown_field",
            "/items/2/name wrong_type",
            "/items/2/size required",
            "/items/2/colour required",
            "/items/3 wrong_type",
            "/items/4/colour invalid_value",
            "/items/4/size invalid_value",
            "/items/4/name required",
            "/items/5/name required",
            "/items/5/size required",
        ]
    );
}

#[tokio::test]
async fn what_stands_inside_tuples_and_variants_is_told_once() {
    let item = |more: &str| format!(r#"{{"name":"ok","size":1,"colour":"red",{more}}}"#);
    let body = [
        item(r#""place":["x",true]"#),
        item(r#""place":[1]"#),
        item(r#""wrapping":{"box":{"width":"x","height":1}}"#),
        item(r#""wrapping":{"bag":1}"#),
        item(r#""wrapping":{"box":{}}"#),
        item(r#""wrapping":[]"#),
    ];
    assert_eq!(
        told(&refused(format!(r#"{{"items":[{}]}}"#, body.join(","))).await),
        [
            "/items/0/place/0 wrong_type",
            "/items/0/place/1 wrong_type",
            "/items/1/place wrong_type",
            "/items/2/wrapping/box/height unknown_field",
            "/items/2/wrapping/box/width wrong_type",
            "/items/3/wrapping invalid_value",
            "/items/4/wrapping/box/width required",
            "/items/5/wrapping wrong_type",
        ]
    );
}

#[tokio::test]
async fn rules_are_checked_only_while_the_number_of_items_is_right() {
    let item = GOOD.replace("ok", "");
    let problem = refused(format!(r#"{{"items":[{GOOD},{item},{item}]}}"#)).await;
    assert_eq!(told(&problem), ["/items/1/name too_short", "/items/2/name too_short"]);
    assert_eq!(told(&refused(r#"{"items":[]}"#).await), ["/items wrong_count"]);
    let problem = refused(format!(r#"{{"items":[{}]}}"#, vec![item; 20_000].join(","))).await;
    assert_eq!(told(&problem), ["/items wrong_count"]);
    assert_eq!(problem["errors"][0]["detail"], "The list has 20000 items; from 1 to 3 are allowed.");
}

#[tokio::test]
async fn a_hundred_errors_are_told_and_that_there_are_more() {
    for element in ["{}", "7", r#"{"x":1}"#] {
        let reply = send(format!(r#"{{"items":[{}]}}"#, vec![element; 100_000].join(","))).await;
        let problem = reply.assert_problem(422, "invalid_fields");
        assert_eq!(told(&problem).len(), 100);
        assert!(problem["detail"].as_str().unwrap().contains("there may be more"), "{}", problem["detail"]);
        assert!(reply.body.len() < 20_000, "{} bytes", reply.body.len());
    }
    let detail = refused(r#"{"items":7}"#).await["detail"].to_string();
    assert!(!detail.contains("there may be more"), "{detail}");
}

#[tokio::test]
async fn a_long_good_part_is_not_read_again_for_every_error() {
    let body =
        format!(r#"{{"labels":{{}},"items":[{},{}]}}"#, vec![GOOD; 26_000].join(","), ["{}"; 200].join(","));
    let problem = refused(body).await;
    assert!((1..100).contains(&told(&problem).len()), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("there may be more"), "{}", problem["detail"]);
}

#[tokio::test]
async fn a_problem_shows_a_hundred_errors_and_how_many_there_are() {
    let wrong = |number: usize| {
        let errors =
            (0..number).map(|n| FieldError::new(format!("/{n}"), Invalid::new("wrong", "It is wrong.")));
        Problem::new(&codes::INVALID_FIELDS).detail("They are wrong.").errors(errors)
    };
    let router = Router::new()
        .route("/v1/many", post(async move || wrong(250)))
        .route("/v1/few", post(async move || wrong(100)));
    let service = edged(router, settings());
    let many = ask(&service, request("POST /v1/many", &[], "")).await.json();
    assert_eq!((told(&many).len(), &many["errors"][99]["pointer"]), (100, &"/99".into()));
    assert_eq!(many["detail"], "They are wrong. Errors lists the first 100 of 250.");
    let few = ask(&service, request("POST /v1/few", &[], "")).await.json();
    assert_eq!((told(&few).len(), &few["detail"]), (100, &"They are wrong.".into()));
}

#[tokio::test]
async fn what_the_caller_sent_is_quoted_up_to_a_length() {
    let long = "ü".repeat(100_000);
    let problem = refused(format!(r#"{{"items":[],"{long}":1}}"#)).await;
    let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
    assert_eq!((pointer.chars().count(), pointer.ends_with("ü…")), (200, true), "{pointer}");
    let wrong = format!(r#"{{"items":[{{"name":"a","size":1,"colour":"{long}"}}]}}"#);
    for body in
        [wrong, format!(r#"{{"{long}":1,"{long}":2}}"#), format!(r#"{{"items":[],"labels":"{long}"}}"#)]
    {
        let reply = send(body).await;
        assert!(reply.status.is_client_error() && reply.body.len() < 2_000, "{}", reply.text());
    }
}
