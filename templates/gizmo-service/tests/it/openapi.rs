use crate::{ROOT, embedded};
use serde_json::{Value, json};
use std::fs;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// `openapi.json` is for those who build against the service without running it. After a change of the API:
/// `UPDATE_OPENAPI=1 cargo test openapi`.
#[test]
fn the_committed_openapi_document_is_the_one_that_is_served() {
    let service = embedded().start();
    let served = service.get("/openapi.json").is(200).json();
    if is_update_wanted() {
        fs::write(COMMITTED, serde_json::to_string_pretty(&served).unwrap() + "\n").unwrap();
    }
    let committed: Value =
        serde_json::from_str(&fs::read_to_string(COMMITTED).unwrap_or_default()).unwrap_or_default();
    assert!(
        committed == served,
        "openapi.json is stale: run `UPDATE_OPENAPI=1 cargo test openapi` and commit it"
    );
}

#[test]
fn every_operation_of_the_document_exists() {
    let service = embedded().start();
    let served = service.get("/openapi.json").is(200).json();
    let paths = served["paths"].as_object().unwrap();
    assert!(paths.contains_key(ROOT));
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace("{id}", "0190b5a0-0000-7000-8000-000000000000");
            let reply = service.request(&method.to_uppercase(), &path).send();
            assert!(reply.status != 405 && reply.json()["code"] != "route_not_found", "{method} {path}");
        }
    }
}

#[test]
fn the_document_has_what_openapi_requires_and_what_a_client_needs() {
    let service = embedded().start();
    let served = service.get("/openapi.json").is(200).json();
    let operations = served["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
    });
    for (path, method, operation) in operations {
        let place = format!("{method} {path}");
        for (status, reply) in operation["responses"].as_object().unwrap() {
            assert!(reply["description"].as_str().is_some_and(|text| !text.is_empty()), "{place} {status}");
        }
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["schema"].is_object(), "{place} {parameter}");
            assert!(parameter["in"] != "path" || parameter["required"] == true, "{place} {parameter}");
        }
        let content = &operation["requestBody"]["content"];
        let is_action = path.contains("}/");
        let takes_body = ["post", "patch"].contains(&method.as_str()) && !is_action;
        assert_eq!(content["application/json"].is_object(), takes_body, "{place}");
        assert_eq!(content["application/merge-patch+json"].is_object(), method == "patch", "{place}");
        assert_eq!(operation["responses"]["404"].is_object(), path.contains('{'), "{place}");
    }
    let revision = &served["components"]["schemas"]["AcmeGizmoRevision"]["properties"];
    assert_eq!(
        (&revision["name"]["type"], &revision["description"]["type"]),
        (&json!("string"), &json!("string"))
    );
    let list = &served["paths"][ROOT]["get"]["parameters"];
    assert_eq!(list[0]["schema"]["enum"], json!(["draft", "active", "archived"]));
    assert_eq!(list[1]["schema"]["enum"], json!(["created_at", "-created_at", "name", "-name"]));
}

#[expect(clippy::disallowed_methods, reason = "a switch of the test, which no configuration file holds")]
fn is_update_wanted() -> bool {
    std::env::var("UPDATE_OPENAPI").is_ok()
}
