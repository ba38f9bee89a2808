//! F6: the owner of the lease is halted, sleeps past it, and goes on as if nothing had happened.

use crate::cluster::Cluster;
use crate::cursor;
use crate::dice::Dice;
use crate::driver::{Driver, Load, probe, step};
use crate::http::Client;
use crate::laws::{Violation, uphold};
use crate::ledger::Intent;
use crate::place::Place;
use crate::strangers::Stranger;
use crate::suite::{on_postgres, on_sqlite, say};
use crate::wait::{eventually, watch};
use std::sync::Arc;
use std::time::{Duration, Instant};

const LEASE: Duration = Duration::from_secs(1);
const BOUND: Duration = Duration::from_secs(15);

#[test]
fn a_halted_owner_is_replaced_within_two_leases_and_refused_when_it_goes_on() {
    on_postgres("F6", |place| async move { uphold(&owner_halted(place).await) });
}

#[test]
fn an_owner_halted_in_the_middle_of_a_look_cannot_move_the_cursor() {
    on_postgres("F6", |place| async move { uphold(&halted_in_a_look(place, &[]).await) });
}

#[test]
fn a_halted_owner_keeps_its_lease_and_goes_on_in_order_on_sqlite() {
    on_sqlite("F6", kept_on_sqlite);
}

/// Four processes under load; three times the owner is halted, replaced, and goes on.
async fn owner_halted(place: Arc<Place>) -> Vec<Violation> {
    let cluster = Cluster::start(place.clone(), 4, &[]);
    cluster.leader().await;
    cursor::watch(&place).await;
    let raw = place.raw().await;
    let mut slowest = Duration::ZERO;
    for seed in 0..3 {
        // What a process says of itself lags behind a change of owners, and the wrong one would be halted.
        let mut leader = None;
        eventually(BOUND, "somebody holds the lease", async || {
            let holder = cursor::holder(&raw).await;
            leader = cluster.processes.iter().position(|process| holder.as_deref() == Some(process.name()));
            leader.is_some()
        })
        .await;
        let leader = leader.unwrap();
        let load = Load { seed, commits: 150, hang_ups: 0, ..Load::default() };
        // The halted one must not be asked: it accepts and never answers.
        let mut addresses = cluster.addresses();
        addresses.remove(leader);
        let driver = Driver::start(&load, &addresses, &cluster.ledger);
        driver.reach(30).await;
        let before = cursor::owner(&raw).await;
        cluster.processes[leader].halt();
        let halted = Instant::now();
        eventually(BOUND, "another takes over", async || cursor::owner(&raw).await != before).await;
        slowest = slowest.max(halted.elapsed());
        driver.reach(100).await;
        cluster.processes[leader].go_on();
        driver.finish().await;
    }
    say(&format!("  the slowest takeover took {slowest:.1?} of the allowed {:.1?}", 2 * LEASE));
    assert!(slowest < 2 * LEASE, "a takeover took {slowest:?}");
    let mut broken = cluster.judge().await;
    broken.extend(cursor::judge(&place).await);
    broken
}

/// The worst moment: the owner has asked the journal for a page and sleeps before it hears the answer. What it then
/// stores is what it knew before it slept.
pub async fn halted_in_a_look(place: Arc<Place>, variables: &[(&str, &str)]) -> Vec<Violation> {
    let mut dice = Dice::new(6);
    let cluster = Cluster::start(place.clone(), 2, variables);
    let leader = cluster.leader().await;
    cursor::watch(&place).await;
    let raw = place.raw().await;
    let mut client = Client::new(cluster.processes[1 - leader].address());
    let mut steps = async |count: u64| {
        for _ in 0..count {
            let intent = Intent::new(dice.uuid(), probe(dice.below(4)));
            step(&mut client, &cluster.ledger, &intent).await.expect("it is acknowledged");
        }
    };
    steps(5).await;
    let before = cursor::owner(&raw).await;
    // Whoever looks at the journal waits here, and only the owner looks.
    let lock = place.raw().await;
    lock.batch_execute("BEGIN; LOCK TABLE journal IN ACCESS EXCLUSIVE MODE").await.unwrap();
    eventually(BOUND, "the owner is in a look", async || place.waiting_for_locks().await >= 1).await;
    cluster.processes[leader].halt();
    // The look finds this event, so that the owner has a new position to store when it goes on.
    let stranger = Stranger::step(lock, &cluster.ledger, &mut Dice::new(60)).await;
    stranger.commit(&cluster.ledger).await;
    eventually(BOUND, "another takes over", async || cursor::owner(&raw).await != before).await;
    steps(20).await;
    eventually(BOUND, "the new owner delivers", async || {
        let (events, effects) = place.progress().await;
        events == effects
    })
    .await;
    let seen = cluster.processes[leader].logged("\"journal reader\"");
    cluster.processes[leader].go_on();
    let woken = async || {
        cluster.processes[leader].logged("the lease has passed")
            + cluster.processes[leader].logged("refused: another process")
            > 0
            || cluster.processes[leader].logged("\"journal reader\"") > seen
    };
    eventually(BOUND, "the old owner notices", woken).await;
    let mut broken = cluster.judge().await;
    broken.extend(cursor::judge(&place).await);
    broken
}

/// There the lease is a lock of the operating system, which nobody takes from a living process.
async fn kept_on_sqlite(place: Arc<Place>) {
    let cluster = Cluster::start(place.clone(), 2, &[]);
    let leader = cluster.leader().await;
    let load = Load { seed: 6, commits: 150, hang_ups: 0, ..Load::default() };
    let mut addresses = cluster.addresses();
    addresses.remove(leader);
    let driver = Driver::start(&load, &addresses, &cluster.ledger);
    driver.reach(30).await;
    cluster.processes[leader].halt();
    // Halted in the middle of a write it holds the file, and nobody writes until it goes on.
    watch(2 * LEASE, async || driver.has_reached(100)).await;
    cluster.processes[leader].go_on();
    driver.finish().await;
    cluster.quiet().await;
    assert_eq!(cluster.leader().await, leader, "it still delivers");
    cluster.uphold().await;
}
