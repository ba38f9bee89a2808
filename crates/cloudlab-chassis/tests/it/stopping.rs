use crate::{home, probe_in};
use cloudlab_testing::service::{Service, wait_until};
use std::thread;
use std::time::{Duration, Instant};

const BOUND: Duration = Duration::from_secs(10);

/// Waits until a request is being handled.
fn until_in_flight(service: &Service) {
    wait_until("the request is in flight", BOUND, || {
        service.operator("GET", "/metrics").send().text().contains("http_requests_in_flight 1")
    });
}

#[test]
fn a_request_in_flight_is_finished_before_the_process_ends() {
    let service = home().start();
    let slow = service.request("GET", "/v1/slow?ms=700");
    let reply = thread::scope(|threads| {
        let reply = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        service.terminate();
        wait_until("no more requests are taken", BOUND, || {
            service.request("GET", "/v1/slow?ms=0").try_send().is_err()
        });
        reply.join().unwrap()
    });
    assert_eq!(reply.unwrap().status, 200);
    assert_eq!(service.end().code, Some(0));
}

#[test]
fn a_request_that_takes_too_long_is_broken_off_within_the_drain_limit() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__DRAIN_SECONDS", "2").set("CLOUDLAB__HTTP__TIMEOUT_MS", "60000");
    let service = home.start();
    let slow = service.request("GET", "/v1/slow?ms=50000");
    thread::scope(|threads| {
        let reply = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        let begun = Instant::now();
        let ended = service.stop();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
        assert!(reply.join().unwrap().is_err());
    });
}

#[test]
fn a_consumer_that_never_ends_holds_up_the_end_no_longer_than_the_drain_limit() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__DRAIN_SECONDS", "2");
    let service = home.start();
    probe_in(&service, "stuck");
    wait_until("the event is in flight", BOUND, || {
        service.operator("GET", "/outbox").send().json()["readers"][0]["in_flight"] == 1
    });
    let begun = Instant::now();
    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert!(ended.output.contains("their events come again"), "{}", ended.output);
}

#[test]
fn a_handler_that_panics_is_an_error_of_its_request_only_and_tells_nothing_of_the_inside() {
    let service = home().start();
    for _ in 0..3 {
        let problem = service.get("/v1/panic").is_problem(500, "internal");
        assert!(!problem.to_string().contains("secret"), "{problem}");
    }
    service.get("/v1/slow?ms=0").is(200);
    wait_until("the log tells the cause", BOUND, || {
        let lines = service.log();
        lines.iter().any(|line| line["level"] == "ERROR" && line.to_string().contains("with a secret"))
    });
}

#[test]
fn a_request_that_passes_its_deadline_is_answered_with_504() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__TIMEOUT_MS", "200");
    let service = home.start();
    service.get("/v1/slow?ms=30000").is_problem(504, "deadline_exceeded");
}

#[test]
fn requests_above_the_limit_are_refused_and_health_still_answers() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__MOST_IN_FLIGHT", "1");
    let service = home.start();
    let slow = service.request("GET", "/v1/slow?ms=60000");
    thread::scope(|threads| {
        let first = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        let refused = service.get("/v1/slow?ms=0");
        refused.is_problem(503, "overloaded");
        assert!(refused.header("retry-after").is_some());
        service.get("/health/ready").is(200);
        service.kill();
        assert!(first.join().unwrap().is_err());
    });
}
