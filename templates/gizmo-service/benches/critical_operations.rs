//! How long the critical operations take: the domain's decisions in memory, then creating and reading over HTTP against
//! the real binary on SQLite, where a commit is on the disk before the reply.
//!
//! A program of its own and no framework: what a disk and a socket do follows no narrow distribution, and a framework
//! would be built by every `cargo test`, too. Each request opens a connection, which is part of the time.
//! `cargo bench` measures; without `--bench`, as `cargo test --benches` starts it, everything runs once.
#![allow(clippy::unwrap_used, reason = "a bench that fails should fail at once and say where")]

use cloudlab_core::{Id, Timestamp, Uuid};
use cloudlab_testing::service::{Home, Service};
use gizmo_service::domain::{AcmeGizmo, Description, Name};
use serde_json::json;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

const ROOT: &str = "/v1/acme-gizmos";

fn main() {
    let rounds = if std::env::args().any(|word| word == "--bench") { 500 } else { 1 };
    print_times("decide, 1000 times", 1, rounds, |_, _| decide_1000_times());
    let home = Home::sqlite(env!("CARGO_PKG_NAME"), env!("CARGO_BIN_EXE_gizmo-service"));
    let service = home.start();
    let path = create(&service, "the one that is read");
    for at_once in [1, 16] {
        print_times("read", at_once, rounds, |_, _| drop(service.get(&path).is(200)));
        print_times("create", at_once, rounds, |nth, round| {
            create(&service, &format!("{round} of {nth} of {at_once}"));
        });
    }
}

/// A single decision is shorter than a look at the clock.
fn decide_1000_times() {
    for second in 0..1000 {
        let (id, now) = (Id::new(Uuid::from_u128(7)), Timestamp::from_micros(second));
        let name = Name::parse(black_box("a name")).unwrap();
        let (mut acme_gizmo, created) = AcmeGizmo::create(id, name, Description::default(), now);
        let _ = black_box((acme_gizmo.activate(now), created));
    }
}

/// Creates one; answers its path.
fn create(service: &Service, name: &str) -> String {
    let reply = service.post(ROOT, &json!({ "name": name })).is(201);
    reply.header("location").unwrap().to_owned()
}

/// Runs an operation in so many threads, in each one time after the other; prints how many ended in a second and how long
/// one took.
fn print_times(what: &str, at_once: usize, rounds: usize, operation: impl Fn(usize, usize) + Sync) {
    let operation = &operation;
    let begun = Instant::now();
    let mut times: Vec<Duration> = thread::scope(|threads| {
        let start =
            |nth| threads.spawn(move || (0..rounds).map(|round| timed(|| operation(nth, round))).collect());
        let started: Vec<thread::ScopedJoinHandle<Vec<Duration>>> = (0..at_once).map(start).collect();
        started.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let per_second = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |percent| times[(times.len() - 1) * percent / 100];
    println!(
        "{what:20} {at_once:2} at once  {per_second:8.0}/s  median {:8.1?}  95th {:8.1?}  longest {:8.1?}",
        at(50),
        at(95),
        at(100)
    );
}

fn timed(operation: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    operation();
    begun.elapsed()
}
