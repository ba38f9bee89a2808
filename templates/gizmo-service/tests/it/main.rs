//! The service as its callers and operators have it: the real binary in a process of its own, asked over HTTP, on
//! SQLite and on every server whose URL is set.
#![allow(clippy::unwrap_used, reason = "a test that fails should fail at once and say where")]

mod bad_input;
mod creating;
mod events_and_statistics;
mod idempotency;
mod keeping_promises;
mod lifecycle;
mod listing;
mod openapi;
mod operating;
mod outages;
mod production;
mod revising;
mod starting;
mod surviving_kill;
mod tenant_isolation;
mod true_documents;

use cloudlab_testing::service::{Home, Service, on_every_engine, wait_until};
use serde_json::{Value, json};
use std::time::Duration;

const BINARY: &str = env!("CARGO_BIN_EXE_gizmo-service");
const ROOT: &str = "/v1/acme-gizmos";

/// Runs a test against a service of its own, on every engine.
fn with_service(test: impl Fn(&Service)) {
    with_home(|home| test(&home.start()));
}

/// Runs a test that starts and stops the service itself, on every engine, with the service's own configuration.
fn with_home(test: impl Fn(&mut Home)) {
    on_every_engine(env!("CARGO_PKG_NAME"), BINARY, |home| {
        home.write("service.toml", include_str!("../../service.toml"));
        home.write("service.production.toml", include_str!("../../service.production.toml"));
        test(home);
    });
}

/// For what has nothing to do with the engine: on SQLite only.
fn embedded() -> Home {
    Home::sqlite(env!("CARGO_PKG_NAME"), BINARY)
}

/// Creates one of this name; answers its body.
#[track_caller]
fn create(service: &Service, name: &str) -> Value {
    service.post(ROOT, &json!({ "name": name })).is(201).json()
}

/// The path of one that was created.
fn path_of(made: &Value) -> String {
    format!("{ROOT}/{}", made["id"].as_str().unwrap())
}

/// Does something to one, such as `activate`.
#[track_caller]
fn act(service: &Service, made: &Value, action: &str) -> Value {
    service.request("POST", &format!("{}/{action}", path_of(made))).send().is(200).json()
}

/// The names of a list, in its order.
fn names_of(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

/// Waits until the statistics, which follow events, say this.
#[track_caller]
fn until_statistics(service: &Service, draft: i64, active: i64, archived: i64) {
    let wanted = json!({ "draft": draft, "active": active, "archived": archived });
    wait_until(&format!("the statistics are {wanted}"), Duration::from_secs(10), || {
        service.get(&format!("{ROOT}/statistics")).json() == wanted
    });
}
