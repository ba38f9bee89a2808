use crate::{ROOT, act, create, path_of, until_statistics, with_home};
use cloudlab_testing::service::{Request, Service, wait_until};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What one writer was told before the service was gone, and what it sent last without an answer.
struct Told {
    acknowledged: Vec<Value>,
    unanswered: Request,
}

fn write(service: &Service, writer: usize, count: &AtomicUsize) -> Told {
    let mut acknowledged = Vec::new();
    loop {
        let key = format!("{writer}-{}", acknowledged.len());
        let request = service.request("POST", ROOT).header("idempotency-key", &key);
        let request = request.json(&json!({ "name": key }));
        match request.try_send() {
            Ok(reply) if reply.status == 201 => acknowledged.push(reply.json()),
            _ => return Told { acknowledged, unanswered: request },
        }
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Lets four writers write until the service is brought down.
fn write_until(service: &Service, down: impl FnOnce()) -> Vec<Told> {
    let count = &AtomicUsize::new(0);
    thread::scope(|threads| {
        let writers: Vec<_> =
            (0..4).map(|writer| threads.spawn(move || write(service, writer, count))).collect();
        wait_until("enough is written", Duration::from_secs(30), || count.load(Ordering::Relaxed) >= 40);
        down();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

/// Everything acknowledged is there, what was unanswered can be repeated, and the statistics count each once.
fn nothing_is_lost(service: &Service, told: &[Told]) {
    let mut number = 0;
    for writer in told {
        for made in &writer.acknowledged {
            assert_eq!(service.get(&path_of(made)).is(200).json(), *made);
        }
        let repeated = writer.unanswered.to(service.public).send().is(201).json();
        assert_eq!(service.get(&path_of(&repeated)).is(200).json(), repeated);
        number += i64::try_from(writer.acknowledged.len()).unwrap() + 1;
    }
    until_statistics(service, number, 0, 0);
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    with_home(|home| {
        let service = home.start();
        let told = write_until(&service, || service.kill());
        let begun = Instant::now();
        let service = home.start();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        nothing_is_lost(&service, &told);
    });
}

#[test]
fn a_terminated_process_finishes_what_it_has_begun_and_exits_with_0() {
    with_home(|home| {
        let service = home.start();
        let told = write_until(&service, || service.terminate());
        let begun = Instant::now();
        let ended = service.end();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert!(ended.output.contains("\"stopped\""), "{}", ended.output);
        nothing_is_lost(&home.start(), &told);
    });
}

#[test]
fn steps_and_their_events_survive_a_kill_right_after_them() {
    with_home(|home| {
        for round in 1..=3 {
            let service = home.start();
            let made = create(&service, &format!("round {round}"));
            act(&service, &made, "activate");
            service.kill();
            let service = home.start();
            assert_eq!(service.get(&path_of(&made)).is(200).json()["status"], "active");
            until_statistics(&service, 0, round, 0);
        }
    });
}
