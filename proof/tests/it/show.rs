//! All faults at once: two processes, sixteen clients, ten thousand commits, three kills.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{Driver, Load};
use crate::laws::Violation;
use crate::ledger::Outcome;
use crate::place::Place;
use crate::strangers::Crowd;
use crate::suite::{on_postgres, on_sqlite, say};
use std::sync::Arc;
use std::time::Instant;

#[test]
fn ten_thousand_commits_under_every_fault_leave_a_log_equal_to_the_journal_on_postgres() {
    on_postgres("show", |place| async move {
        let load = Load { clients: 16, commits: 10_000, probes: 200, ..Load::default() };
        let outcome = show(place, &load, 3, &[]).await;
        crate::laws::uphold(&outcome);
    });
}

#[test]
fn two_thousand_commits_with_kills_leave_a_log_equal_to_the_journal_on_sqlite() {
    on_sqlite("show", |place| async move {
        let load = Load { clients: 16, commits: 2_000, probes: 200, ..Load::default() };
        let outcome = show(place, &load, 3, &[]).await;
        crate::laws::uphold(&outcome);
    });
}

/// Drives the load while strangers come and go and the process that delivers is killed so many times; answers what
/// was broken.
pub async fn show(
    place: Arc<Place>,
    load: &Load,
    kills: usize,
    variables: &[(&str, &str)],
) -> Vec<Violation> {
    let started = Instant::now();
    let mut cluster = Cluster::start(place.clone(), 2, variables);
    let crowd = crowd(&cluster, &mut Dice::new(!load.seed)).await;
    let driver = Driver::start(load, &cluster.addresses(), &cluster.ledger);
    for kill in 1..=kills {
        driver.reach(load.commits * kill / (kills + 1)).await;
        let leader = cluster.leader().await;
        cluster.processes[leader].kill();
        cluster.processes[leader].start_again();
    }
    driver.finish().await;
    let strangers = match crowd {
        Some(crowd) => crowd.finish().await,
        None => 0,
    };
    let drove = started.elapsed();
    let broken = cluster.judge().await;
    let of = |outcome: &Outcome| cluster.ledger.count(|found| found == outcome);
    let (events, effects) = place.progress().await;
    say(&format!(
        "  {} acknowledged, {} refused, {} unknown, {strangers} strangers, {kills} kills: {events} events, {effects} effects, \
         {} violations, {drove:.1?} + {:.1?}",
        cluster.ledger.acknowledged(),
        of(&Outcome::Refused),
        of(&Outcome::Unknown),
        broken.len(),
        started.elapsed() - drove,
    ));
    broken
}

async fn crowd(cluster: &Cluster, dice: &mut Dice) -> Option<Crowd> {
    if !cluster.place.is_postgres() {
        return None;
    }
    let prepares = cluster.place.setting("max_prepared_transactions").await != "0";
    if !prepares {
        say("skipped: prepared transactions (max_prepared_transactions is 0)");
    }
    Some(Crowd::start(&cluster.place, &cluster.ledger, 4, prepares, dice))
}
