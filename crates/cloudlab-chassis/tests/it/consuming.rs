use crate::{home, probe_in};
use cloudlab_testing::service::{Service, wait_until};
use serde_json::Value;
use std::time::Duration;

fn letters(service: &Service) -> Vec<Value> {
    service.operator("GET", "/dead-letters").send().is(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn an_event_that_keeps_failing_is_parked_after_the_attempts_that_are_set() {
    let mut home = home();
    home.set("CLOUDLAB__CONSUMERS__MOST_ATTEMPTS", "3").set("CLOUDLAB__CONSUMERS__FIRST_PAUSE_MS", "1");
    let service = home.start();
    for mode in ["fine", "panic", "retry", "park", "fine"] {
        probe_in(&service, mode);
    }
    wait_until("three events are parked", Duration::from_secs(20), || letters(&service).len() == 3);
    let of = |mode: &str| {
        letters(&service).into_iter().find(|one| one["message"]["data"]["mode"] == mode).unwrap()
    };
    assert_eq!((of("panic")["attempts"].as_i64(), of("retry")["attempts"].as_i64()), (Some(3), Some(3)));
    assert_eq!(of("park")["attempts"], 1);
    assert_eq!(of("retry")["cause"], "on request");
    wait_until("the others are handled", Duration::from_secs(20), || {
        let metrics = service.operator("GET", "/metrics").send().text();
        metrics.contains("consumer_events_total{consumer=\"prober\",outcome=\"handled\"} 2")
            && metrics.contains("consumer_events_total{consumer=\"prober\",outcome=\"parked\"} 3")
            && metrics.contains("dead_letters_waiting 3")
    });
}
