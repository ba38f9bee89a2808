use crate::{ROOT, embedded};
use serde_json::Value;
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

#[expect(clippy::disallowed_methods, reason = "a switch of the test, which no configuration file holds")]
fn is_update_wanted() -> bool {
    std::env::var("UPDATE_OPENAPI").is_ok()
}
