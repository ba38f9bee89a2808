//! The chassis as operators see it, by a service that misbehaves on request (`examples/probe.rs`), and the limits that
//! the blank service must keep.
#![allow(clippy::unwrap_used, reason = "a test that fails should fail at once and say where")]

mod blank_service;
mod consuming;
mod database_away;
mod metrics;
mod output;
mod own_settings;
mod stopping;

use cloudlab_testing::service::{Home, Service};
use serde_json::json;

/// A home of the misbehaving service. Cargo builds it before these tests and puts it beside their folder.
fn home() -> Home {
    Home::sqlite("chassis", &probe())
}

fn probe() -> String {
    let tests = std::env::current_exe().unwrap();
    let probe = tests.parent().unwrap().parent().unwrap().join("examples").join("probe");
    assert!(probe.exists(), "{} is missing: run the tests of the whole package", probe.display());
    probe.display().to_string()
}

/// Publishes an event that the consumer handles in this mode.
#[track_caller]
fn probe_in(service: &Service, mode: &str) {
    service.post("/v1/probes", &json!({ "mode": mode })).is(200);
}
