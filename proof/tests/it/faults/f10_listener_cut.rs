//! F10: the connection that hears notifications is cut, and nobody says so.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{probe, step};
use crate::http::{Client, ask_admin};
use crate::ledger::Intent;
use crate::listener_proxy::ListenerProxy;
use crate::place::Place;
use crate::process::Setup;
use crate::suite::{on_postgres, say};
use crate::wait::eventually;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The polling interval and a second.
const ALLOWED: Duration = Duration::from_millis(1_020);
/// Longer than the listening connection needs to notice, so that both times are covered: before and after.
const WATCHED: Duration = Duration::from_secs(5);
const BOUND: Duration = Duration::from_secs(15);

#[test]
fn a_listener_that_is_cut_without_a_sign_delays_delivery_by_less_than_a_second() {
    on_postgres("F10", listener_cut);
}

async fn listener_cut(place: Arc<Place>) {
    let mut dice = Dice::new(10);
    let url = place.url_of("deaf");
    let server = url.split('@').nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    let proxy = ListenerProxy::start(server.clone()).await;
    let deaf = Setup::new("deaf", &url.replace(&server, &proxy.address.to_string()));
    let mut cluster = Cluster::of(place.clone(), vec![deaf]);
    assert_eq!(cluster.leader().await, 0);
    cluster.processes.extend(Cluster::of(place.clone(), vec![Setup::new("b", &place.url_of("b"))]).processes);
    // Only the other process commits, so its commits reach the one that delivers by notification or not at all.
    let mut client = Client::new(cluster.processes[1].address());
    eventually(BOUND, "it listens through the proxy", async || proxy.listeners() > 0).await;
    let outbox = async || ask_admin(&cluster.processes[0].address(), "/outbox").await;
    let is_notified = async |yes: bool| outbox().await.is_ok_and(|reply| reply.json()["notified"] == yes);
    eventually(BOUND, "notifications reach it", async || is_notified(true).await).await;
    let before = slowest(&cluster, &mut client, &mut dice, Duration::from_secs(1)).await;
    proxy.cut();
    let after = slowest(&cluster, &mut client, &mut dice, WATCHED).await;
    eventually(BOUND, "the cut is noticed", async || is_notified(false).await).await;
    say(&format!(
        "  the slowest delivery: {before:.1?} with notifications, {after:.1?} without; {ALLOWED:?} allowed"
    ));
    assert!(after < ALLOWED, "a delivery took {after:?}");
    cluster.uphold().await;
}

/// Steps and waits for the effect, again and again; answers the longest wait.
async fn slowest(cluster: &Cluster, client: &mut Client, dice: &mut Dice, watched: Duration) -> Duration {
    let until = Instant::now() + watched;
    let mut slowest = Duration::ZERO;
    while Instant::now() < until {
        let intent = Intent::new(dice.uuid(), probe(dice.below(4)));
        step(client, &cluster.ledger, &intent).await.expect("it is acknowledged");
        let done = async || {
            let (events, effects) = cluster.place.progress().await;
            events == effects
        };
        slowest = slowest.max(eventually(BOUND, "it is delivered", done).await);
    }
    slowest
}
