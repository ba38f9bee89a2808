//! F1: the process that delivers is killed in the middle of it, again and again, and another takes over.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{Driver, Load};
use crate::laws::{Violation, uphold};
use crate::place::Place;
use crate::suite::{on_postgres, on_sqlite};
use crate::wait::eventually;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_killed_relay_loses_nothing_and_repeats_no_effect_on_postgres() {
    on_postgres("F1", |place| async move { uphold(&relay_killed(place, 1, 8, &[]).await) });
}

#[test]
fn a_killed_relay_loses_nothing_and_repeats_no_effect_on_sqlite() {
    on_sqlite("F1", |place| async move { uphold(&relay_killed(place, 2, 8, &[]).await) });
}

/// Kills whoever delivers so many times, each at another moment of a delivery.
pub async fn relay_killed(
    place: Arc<Place>,
    seed: u64,
    kills: usize,
    variables: &[(&str, &str)],
) -> Vec<Violation> {
    let mut dice = Dice::new(seed);
    let mut cluster = Cluster::start(place.clone(), 2, variables);
    for kill in 1..=kills {
        let load = Load { seed: dice.next(), commits: 60, hang_ups: 0, ..Load::default() };
        let driver = Driver::start(&load, &cluster.addresses(), &cluster.ledger);
        let leader = cluster.leader().await;
        let (_, before) = place.progress().await;
        let first = 1 + dice.below(20) as i64;
        let what = format!("delivery goes on before kill {kill}");
        eventually(Duration::from_secs(20), &what, async || place.progress().await.1 >= before + first).await;
        cluster.processes[leader].kill();
        cluster.processes[leader].start_again();
        driver.finish().await;
    }
    cluster.judge().await
}
