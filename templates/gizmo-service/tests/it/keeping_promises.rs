//! What the API answers is what `openapi.json` promises: every kind of reply, field by field.

use crate::{ROOT, act, create, path_of, until_statistics, with_service};
use cloudlab_testing::service::Reply;
use serde_json::{Value, json};

/// What is wrong with a value under a schema, as far as the document uses JSON Schema. A field that is not promised is wrong,
/// too: clients could come to rely on it.
fn faults(openapi: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    if let Some(path) = schema["$ref"].as_str() {
        return faults(openapi, openapi.pointer(&path[1..]).unwrap(), value, place);
    }
    let mut found = Vec::new();
    let types = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    if !types.iter().any(|wanted| wanted.is_null() || is_of(value, wanted)) {
        found.push(format!("{place}: {value} is not of type {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        found.push(format!("{place}: {value} is not one of {}", schema["enum"]));
    }
    for alternatives in ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()) {
        if !alternatives.iter().any(|one| faults(openapi, one, value, place).is_empty()) {
            found.push(format!("{place}: {value} is none of {alternatives:?}"));
        }
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{place}: {name} is missing"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(promised) => found.extend(faults(openapi, promised, inner, &format!("{place}/{name}"))),
            None if schema["properties"].is_object() => {
                found.push(format!("{place}: {name} is not promised"))
            }
            None => {}
        }
    }
    for (nth, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(faults(openapi, &schema["items"], item, &format!("{place}/{nth}")));
    }
    found
}

fn is_of(value: &Value, wanted: &Value) -> bool {
    match wanted.as_str().unwrap() {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// The reply is one that the document has for this operation.
#[track_caller]
fn keeps(reply: &Reply, method: &str, path: &str) {
    let openapi: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    let promised = &openapi["paths"][path][method]["responses"][reply.status.to_string()];
    assert!(promised.is_object(), "{method} {path} {} is not promised", reply.status);
    let media = reply.header("content-type").unwrap_or_default();
    let schema = &promised["content"][media]["schema"];
    assert_eq!(schema.is_object(), !reply.body.is_empty(), "{method} {path} {} {media}", reply.status);
    let found = faults(&openapi, schema, &reply.json(), "");
    assert!(found.is_empty(), "{method} {path} {}: {found:#?}", reply.status);
}

#[test]
fn replies_keep_what_the_document_promises() {
    with_service(|service| {
        let one = format!("{ROOT}/{{id}}");
        let (made, other) = (create(service, "promised"), create(service, "other"));
        let (path, missing) = (path_of(&made), format!("{ROOT}/{}", "0190b5a0-0000-7000-8000-000000000000"));
        let patch =
            |tag, body: &Value| service.request("PATCH", &path).header("if-match", tag).json(body).send();
        keeps(&service.post(ROOT, &json!({ "name": "new" })), "post", ROOT);
        keeps(&service.post(ROOT, &json!({ "name": "new" })), "post", ROOT);
        keeps(&service.post(ROOT, &json!({ "name": "", "colour": 1 })), "post", ROOT);
        keeps(&service.get(&path), "get", &one);
        keeps(&service.get(&missing), "get", &one);
        keeps(&service.get(&format!("{ROOT}?limit=1")), "get", ROOT);
        keeps(&service.get(&format!("{ROOT}?limit=0")), "get", ROOT);
        keeps(&patch("\"1\"", &json!({ "description": "told" })), "patch", &one);
        keeps(&patch("\"1\"", &json!({ "description": "late" })), "patch", &one);
        keeps(&service.request("PATCH", &path).json(&json!({})).send(), "patch", &one);
        for action in ["activate", "archive"] {
            let step = || service.request("POST", &format!("{path}/{action}")).send();
            let of_action = format!("{one}/{action}");
            keeps(&step(), "post", &of_action);
            keeps(&step(), "post", &of_action);
        }
        let batch = format!("{ROOT}:batch");
        keeps(&service.post(&batch, &json!({ "items": [{ "name": "a" }, { "name": "b" }] })), "post", &batch);
        keeps(&service.post(&batch, &json!({ "items": [{ "name": "c" }, {}] })), "post", &batch);
        act(service, &other, "archive");
        until_statistics(service, 3, 0, 2);
        keeps(&service.get(&format!("{ROOT}/statistics")), "get", &format!("{ROOT}/statistics"));
    });
}

#[test]
fn a_broken_promise_is_noticed() {
    let schema = json!({ "required": ["id"], "properties": { "id": { "type": "string" }, "next": { "type": ["string", "null"] },
        "list": { "type": "array", "items": { "enum": ["a"] } } } });
    let is_right = |value: &Value| faults(&Value::Null, &schema, value, "").is_empty();
    assert!(is_right(&json!({ "id": "1", "next": null, "list": ["a"] })));
    for wrong in
        [json!({}), json!({ "id": 1 }), json!({ "id": "1", "more": 1 }), json!({ "id": "1", "list": ["b"] })]
    {
        assert!(!is_right(&wrong), "{wrong}");
    }
}
