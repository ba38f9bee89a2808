use crate::{home, probe, probe_in};
use cloudlab_testing::service::{Home, Service, wait_until};
use cloudlab_testing::{FaultProxy, Mode, must};
use serde_json::json;
use std::io::{self, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const TENANT: &str = "0190b5a0-0000-7000-8000-00000000000a";
const BOUND: Duration = Duration::from_secs(20);

/// A URL at which nothing listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("postgres://app:hush@{}/app", listener.local_addr().unwrap())
}

/// What a service says whose database is away: it lives, it is not ready, and it lets nobody wait.
fn is_away(service: &Service) {
    service.get("/health/live").is(200);
    let ready = service.get("/health/ready").is(503).json();
    assert_eq!(ready["checks"]["database"]["state"], "down", "{ready}");
    let begun = Instant::now();
    let probe = service.request("POST", "/v1/probes").header("x-tenant-id", TENANT);
    let refused = probe.json(&json!({ "mode": "fine" })).send();
    refused.is_problem(503, "unavailable");
    assert!(refused.header("retry-after").is_some());
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[test]
fn a_service_whose_database_is_away_starts_says_so_and_stops() {
    let mut home = home();
    home.set("CLOUDLAB__PROFILE", "production").set("CLOUDLAB__DATABASE__URL", &nowhere());
    let service = home.launch();
    is_away(&service);
    let begun = Instant::now();
    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!ended.output.contains("hush"), "{}", ended.output);
    let waits = ended.output.lines().filter(|line| line.contains("\"WARN\"")).count();
    assert!((1..10).contains(&waits), "{}", ended.output);
}

#[test]
fn a_command_whose_database_is_away_fails_with_a_sentence() {
    let mut home = home();
    home.set("CLOUDLAB__DATABASE__URL", &nowhere());
    let failed = home.run(&["migrate", "up"]);
    assert_eq!(failed.code, Some(1));
    assert!(
        failed.errors.starts_with("error: ") && failed.errors.contains("database.url"),
        "{}",
        failed.errors
    );
    assert!(!failed.errors.contains("hush"), "{}", failed.errors);
}

#[test]
fn a_service_works_as_soon_as_its_database_is_there_and_again_after_it_was_away() {
    let Some(mut home) = Home::postgres("chassis", &probe()) else {
        // Past the test harness, which would keep what a passing test prints.
        let skipped = "skipped: chassis with a PostgreSQL that comes and goes (TEST_POSTGRES_URL is not set)";
        return must("write to standard error", writeln!(io::stderr(), "{skipped}"));
    };
    let runtime = must("a runtime", tokio::runtime::Runtime::new());
    let server = home.url().split('/').nth(2).unwrap().rsplit('@').next().unwrap().to_owned();
    let proxy = must("a proxy", runtime.block_on(FaultProxy::start(server.clone())));
    proxy.set(Mode::Cut);
    let url = home.url().replace(&server, &proxy.address().to_string());
    home.set("CLOUDLAB__PROFILE", "production").set("CLOUDLAB__DATABASE__URL", &url);
    let service = home.launch();
    is_away(&service);

    proxy.set(Mode::Pass);
    assert_eq!(home.run(&["migrate", "up"]).code, Some(0));
    let ready = || service.get("/health/ready").status == 200;
    wait_until("the service is ready", BOUND, ready);
    let works = || {
        let probe = service.request("POST", "/v1/probes").header("x-tenant-id", TENANT);
        probe.json(&json!({ "mode": "fine" })).send().status == 200
    };
    wait_until("the service works", BOUND, works);

    proxy.set(Mode::Cut);
    wait_until("the service is not ready", BOUND, || !ready());
    is_away(&service);
    proxy.set(Mode::Pass);
    wait_until("the service is ready again", BOUND, ready);
    wait_until("the service works again", BOUND, works);
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn a_service_in_development_needs_no_database_to_be_set() {
    let mut home = home();
    home.unset("CLOUDLAB__DATABASE__URL");
    let service = home.start();
    probe_in(&service, "fine");
    assert!(home.folder().join("data/probe-service.db").exists());
}
