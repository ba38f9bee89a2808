use crate::{probe, probe_in};
use cloudlab_testing::service::{Home, Service, on_every_engine, wait_until};
use serde_json::{Value, json};
use std::time::Duration;

fn letters(service: &Service) -> Vec<Value> {
    service.operator("GET", "/dead-letters").send().is(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn an_event_that_keeps_failing_is_parked_after_the_attempts_that_are_set() {
    on_every_engine("chassis", &probe(), parks_what_keeps_failing);
}

fn parks_what_keeps_failing(home: &mut Home) {
    home.set("CLOUDLAB__CONSUMERS__MOST_ATTEMPTS", "3").set("CLOUDLAB__CONSUMERS__FIRST_PAUSE_MS", "1");
    let service = home.start();
    for mode in ["fine", "panic", "panic at once", "retry", "slow", "park", "nul", "fine"] {
        probe_in(&service, mode);
    }
    wait_until("six events are parked", Duration::from_secs(20), || letters(&service).len() == 6);
    let of = |mode: &str| {
        letters(&service).into_iter().find(|one| one["message"]["data"]["mode"] == mode).unwrap()
    };
    for mode in ["panic", "panic at once", "retry", "slow"] {
        assert_eq!(of(mode)["attempts"], 3, "{mode}");
    }
    assert_eq!(of("park")["attempts"], 1);
    assert_eq!(
        (&of("retry")["cause"], &of("nul")["cause"]),
        (&json!("on request"), &json!("a NUL: \u{fffd}"))
    );
    wait_until("the others are handled", Duration::from_secs(20), || {
        let metrics = service.operator("GET", "/metrics").send().text();
        metrics.contains("consumer_events_total{consumer=\"prober\",outcome=\"handled\"} 2")
            && metrics.contains("consumer_events_total{consumer=\"prober\",outcome=\"parked\"} 6")
            && metrics.contains("dead_letters_waiting 6")
    });
}
