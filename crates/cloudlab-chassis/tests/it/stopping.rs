use crate::{home, probe_in};
use cloudlab_testing::service::{Request, Service, wait_until};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

const BOUND: Duration = Duration::from_secs(10);

/// Waits until a request is being handled.
fn until_in_flight(service: &Service) {
    wait_until("the request is in flight", BOUND, || {
        service.operator("GET", "/metrics").send().text().contains("http_requests_in_flight 1")
    });
}

/// Tells it to stop, and waits until it takes no more requests.
fn terminate_and_close(service: &Service) {
    service.terminate();
    wait_until("no more requests are taken", BOUND, || {
        service.request("GET", "/v1/slow?ms=0").try_send().is_err()
    });
}

#[test]
fn a_request_in_flight_is_finished_before_the_process_ends() {
    let service = home().start();
    let slow = service.request("GET", "/v1/slow?ms=700");
    let reply = thread::scope(|threads| {
        let reply = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        terminate_and_close(&service);
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

/// The state of the service on one of its addresses, if it still answers there.
fn readiness(request: &Request) -> Option<String> {
    let ready = request.try_send().ok()?;
    let state = ready.json()["checks"]["lifecycle"]["detail"].as_str().unwrap_or_default().to_owned();
    (ready.status == 503).then_some(state)
}

#[test]
fn readiness_says_so_for_a_time_in_which_both_addresses_work_as_before() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__STOP_DELAY_SECONDS", "3").set("CLOUDLAB__HTTP__DRAIN_SECONDS", "2");
    let service = home.start();
    let begun = Instant::now();
    service.terminate();
    for request in [service.request("GET", "/health/ready"), service.operator("GET", "/health/ready")] {
        wait_until("readiness says that it is stopping", BOUND, || {
            readiness(&request).is_some_and(|detail| detail.contains("stopping"))
        });
    }
    service.get("/v1/slow?ms=0").is(200);
    probe_in(&service, "fine");
    wait_until("consumers work, and operators see it", BOUND, || {
        service.operator("GET", "/metrics").send().text().contains("outcome=\"handled\"} 1")
    });
    let ended = service.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let took = begun.elapsed();
    assert!((Duration::from_secs(3)..Duration::from_secs(7)).contains(&took), "{took:?}");
}

#[test]
fn the_delay_and_the_drain_limit_are_all_that_stopping_takes() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__STOP_DELAY_SECONDS", "3").set("CLOUDLAB__HTTP__DRAIN_SECONDS", "2");
    home.set("CLOUDLAB__HTTP__TIMEOUT_MS", "60000");
    let service = home.start();
    probe_in(&service, "stuck");
    let slow = service.request("GET", "/v1/slow?ms=50000");
    thread::scope(|threads| {
        let reply = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        let begun = Instant::now();
        assert_eq!(service.stop().code, Some(0));
        let took = begun.elapsed();
        assert!((Duration::from_secs(5)..Duration::from_millis(7_500)).contains(&took), "{took:?}");
        assert!(reply.join().unwrap().is_err());
    });
}

#[test]
fn operators_are_answered_until_the_last_request_is() {
    let service = home().start();
    let slow = service.request("GET", "/v1/slow?ms=1500");
    let ready = service.operator("GET", "/health/ready");
    thread::scope(|threads| {
        let reply = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        terminate_and_close(&service);
        assert!(readiness(&ready).is_some_and(|detail| detail.contains("stopping")));
        let metrics = service.operator("GET", "/metrics").send().is(200).text();
        assert!(metrics.contains("http_requests_in_flight 1"), "{metrics}");
        assert_eq!(reply.join().unwrap().unwrap().status, 200);
    });
    assert_eq!(service.end().code, Some(0));
}

#[test]
fn a_second_signal_ends_the_process_at_once_with_the_code_that_a_shell_would_give_it() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__TIMEOUT_MS", "60000").set("CLOUDLAB__HTTP__STOP_DELAY_SECONDS", "60");
    let service = home.start();
    let slow = service.request("GET", "/v1/slow?ms=50000");
    thread::scope(|threads| {
        let reply = threads.spawn(|| slow.try_send());
        until_in_flight(&service);
        let begun = Instant::now();
        // The first ones are echoes of each other, as `timeout` makes them.
        wait_until("the process has ended", BOUND, || {
            service.terminate();
            service.request("GET", "/health/live").try_send().is_err()
        });
        let ended = service.end();
        assert_eq!(ended.code, Some(128 + 15), "{ended:?}");
        assert!(begun.elapsed() > Duration::from_millis(200), "{:?}", begun.elapsed());
        assert!(ended.output.contains("\"exit_code\":143"), "{}", ended.output);
        assert!(reply.join().unwrap().is_err());
    });
}

#[test]
fn an_idle_connection_is_kept_as_long_as_the_setting_says() {
    let mut home = home();
    home.set("CLOUDLAB__HTTP__KEEP_ALIVE_SECONDS", "2");
    let service = home.start();
    for address in [service.public, service.admin] {
        let mut stream = TcpStream::connect(address).unwrap();
        let begun = Instant::now();
        stream.set_read_timeout(Some(BOUND)).unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
        assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}
