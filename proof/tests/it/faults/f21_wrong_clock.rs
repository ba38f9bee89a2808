//! F21: processes whose clocks are off by an hour, in both directions.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{Driver, Load, probe};
use crate::http::Client;
use crate::ledger::{Intent, Outcome};
use crate::place::Place;
use crate::process::Setup;
use crate::suite::{on_postgres, on_sqlite};
use std::sync::Arc;

#[test]
fn clocks_that_are_an_hour_off_break_neither_order_nor_leases_on_postgres() {
    on_postgres("F21", wrong_clock);
}

#[test]
fn clocks_that_are_an_hour_off_break_neither_order_nor_leases_on_sqlite() {
    on_sqlite("F21", wrong_clock);
}

async fn wrong_clock(place: Arc<Place>) {
    let setup =
        |name, seconds| Setup::new(name, &place.url_of(name)).with("PROOF_CLOCK_OFFSET_SECONDS", seconds);
    let setups = vec![setup("ahead", "3600"), setup("behind", "-3600"), setup("right", "0")];
    let mut cluster = Cluster::of(place.clone(), setups);
    for seed in 0..3 {
        let load = Load { seed, commits: 80, ..Load::default() };
        let driver = Driver::start(&load, &cluster.addresses(), &cluster.ledger);
        driver.reach(30).await;
        let leader = cluster.leader().await;
        cluster.processes[leader].kill();
        let next = cluster.leader().await;
        assert_ne!(next, leader, "another takes over");
        driver.finish().await;
        cluster.processes[leader].start_again();
    }
    one_key_everywhere(&cluster).await;
    let span = place.seconds_between_events().await;
    assert!((7_100..7_300).contains(&span), "the clocks were two hours apart, the events {span} s");
    cluster.uphold().await;
}

/// A reply that one process kept an hour ago or in an hour is given by every other.
async fn one_key_everywhere(cluster: &Cluster) {
    let mut dice = Dice::new(21);
    for process in &cluster.processes {
        let intent = Intent::new(dice.uuid(), probe(0));
        cluster.ledger.intend(&intent);
        let first = Client::new(process.address()).send(&intent.request()).await.expect("an answer");
        let value = first.json()["value"].as_i64().expect("a value");
        cluster.ledger.note(intent.mark, Outcome::Acknowledged { value });
        for other in &cluster.processes {
            let again = Client::new(other.address()).send(&intent.request()).await.expect("an answer");
            assert_eq!((again.status, &again.body), (200, &first.body));
            assert!(again.header("idempotency-replayed").is_some());
        }
    }
}
