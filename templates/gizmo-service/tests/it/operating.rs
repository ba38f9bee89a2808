use crate::{ROOT, create, embedded, until_statistics, with_home, with_service};
use cloudlab_testing::service::{Service, wait_until};
use serde_json::Value;
use std::time::Duration;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Waits for a line of the log.
#[track_caller]
fn until_logged(service: &Service, what: &str, is_it: impl Fn(&Value) -> bool) {
    wait_until(what, Duration::from_secs(20), || service.log().iter().any(&is_it));
}

#[test]
fn health_names_every_dependency_with_its_state() {
    with_service(|service| {
        for ask in [Service::request, Service::operator] {
            let live = ask(service, "GET", "/health/live").send().is(200).json();
            assert_eq!(live["status"], "live");
            let ready = ask(service, "GET", "/health/ready").send().is(200).json();
            assert_eq!(ready["status"], "ready", "{ready}");
            for name in ["database", "migrations", "journal", "broker"] {
                assert_eq!(ready["checks"][name]["state"], "up", "{ready}");
                assert!(ready["checks"][name]["needed"].is_boolean(), "{ready}");
            }
        }
    });
}

#[test]
fn metrics_tell_of_requests_connections_journal_and_consumers() {
    with_service(|service| {
        let id = create(service, "measured")["id"].as_str().unwrap().to_owned();
        let unknown = "0190b5a0-0000-7000-8000-000000000000";
        service.get(&format!("{ROOT}/{id}")).is(200);
        service.get(&format!("{ROOT}/{unknown}")).is(404);
        until_statistics(service, 1, 0, 0);
        let metrics = || service.operator("GET", "/metrics").send().is(200).text();
        wait_until("the journal is empty", Duration::from_secs(10), || {
            metrics().contains("journal_lag{reader=\"publisher\"} 0")
        });
        let text = metrics();
        for sample in [
            "http_requests_total{",
            "http_request_duration_seconds_bucket{",
            "http_requests_in_flight ",
            "database_connections_open ",
            "database_connections_used ",
            "database_requests_waiting ",
            "journal_gaps{",
            "consumer_events_total{consumer=\"statistics\",outcome=\"handled\"} 1",
            "consumer_delay_seconds_bucket{",
            "dead_letters_waiting 0",
        ] {
            assert!(text.contains(sample), "{sample} is missing in:\n{text}");
        }
        // An identity as a label would be a new series for each request.
        assert!(text.contains(ROOT) && !text.contains(&id) && !text.contains(unknown), "{text}");
    });
}

#[test]
fn operators_see_the_configuration_and_the_outbox() {
    with_service(|service| {
        create(service, "published");
        until_statistics(service, 1, 0, 0);
        let config = service.operator("GET", "/config").send().is(200).json();
        let entries = config.as_array().unwrap();
        assert!(entries.iter().any(|entry| entry["key"] == "database.url"), "{config}");
        wait_until("the outbox is empty", Duration::from_secs(10), || {
            let outbox = service.operator("GET", "/outbox").send().is(200).json();
            let publisher = &outbox["readers"][0];
            (&publisher["reader"], &publisher["lag"]) == (&"publisher".into(), &0.into())
        });
        for limit in ["0", "1001", "x"] {
            let letters = service.operator("GET", &format!("/dead-letters?limit={limit}")).send();
            letters.is_problem(400, "malformed_query");
        }
        service.operator("GET", ROOT).send().is_problem(404, "route_not_found");
        service.get("/metrics").is_problem(404, "route_not_found");
    });
}

#[test]
fn the_documents_are_served_without_a_network() {
    let service = embedded().start();
    assert!(service.get("/docs").is(200).text().contains("gizmo-service"));
    assert!(service.get("/docs/errors").is(200).text().contains("name_taken"));
    let problem = service.get("/nowhere").is_problem(404, "route_not_found");
    let page = problem["type"].as_str().unwrap();
    service.get(page).is(200);
}

#[test]
fn the_log_tells_of_requests_in_the_trace_of_their_caller() {
    let mut home = embedded();
    home.set("CLOUDLAB__HTTP__ACCESS_LOG", "true");
    let service = home.start();
    let traced =
        service.request("GET", ROOT).header("traceparent", &format!("00-{TRACE}-b7ad6b7169203331-01"));
    traced.header("x-request-id", "r-1").send().is(200);
    until_logged(&service, "the request is logged", |line| {
        line["trace_id"] == TRACE
            && line["request_id"] == "r-1"
            && line["route"] == ROOT
            && line["status"] == 200
    });
    let broken = service.request("GET", ROOT).header("traceparent", "00-00-00-00");
    broken.send().is(200);
}

#[test]
fn an_event_carries_the_trace_of_the_request_that_caused_it() {
    with_home(|home| {
        let service = home.start();
        let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
        let traced = service.request("POST", ROOT).header("traceparent", &traceparent);
        traced.json(&serde_json::json!({ "name": "traced" })).send().is(201);
        let sql = format!("SELECT count(*) AS number FROM journal WHERE trace = '{traceparent}'");
        assert_eq!(home.number(&sql), 1);
    });
}

#[test]
fn the_log_level_changes_while_the_service_runs_and_a_wrong_file_changes_nothing() {
    let home = embedded();
    home.write("service.toml", "[log]\nlevel = \"info\"\n");
    let service = home.start();
    home.write("service.toml", "[log]\nlevel = \"info,cloudlab_http=debug\"\n");
    until_logged(&service, "the level has changed", |line| line["message"] == "the log level has changed");
    service.request("GET", ROOT).header("x-request-id", "seen").send().is(200);
    until_logged(&service, "a request is logged", |line| {
        line["request_id"] == "seen" && line["level"] == "DEBUG"
    });

    home.write("service.toml", "[log]\nlevel = \"shout\"\n");
    until_logged(&service, "the wrong file is reported", |line| {
        line["level"] == "ERROR" && line["error"].as_str().unwrap_or_default().contains("service.toml:2")
    });
    service.get(ROOT).is(200);
}
