//! F12: clients hang up in the middle of their requests.

use crate::cluster::{Cluster, metric};
use crate::dice::Dice;
use crate::driver::{Driver, Load, probe};
use crate::http::Client;
use crate::laws::{Violation, uphold};
use crate::ledger::{Intent, Outcome};
use crate::place::Place;
use crate::suite::{on_postgres, on_sqlite};
use crate::wait::eventually;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const CLIENTS: usize = 1_000;
const AT_ONCE: usize = 16;
const BOUND: Duration = Duration::from_secs(10);

#[test]
fn a_thousand_clients_that_hang_up_leave_nothing_half_done_on_postgres() {
    on_postgres("F12", |place| async move { uphold(&hang_ups(place, CLIENTS, &[]).await) });
}

#[test]
fn a_thousand_clients_that_hang_up_leave_nothing_half_done_on_sqlite() {
    on_sqlite("F12", |place| async move { uphold(&hang_ups(place, CLIENTS, &[]).await) });
}

#[test]
fn a_commit_that_has_begun_is_finished_though_its_client_hangs_up() {
    on_postgres("F12", |place| async move { uphold(&begun(place, &[]).await) });
}

/// So many clients send a part of a request, or all of it, and leave; afterwards the service works as before.
pub async fn hang_ups(place: Arc<Place>, clients: usize, variables: &[(&str, &str)]) -> Vec<Violation> {
    let mut dice = Dice::new(12);
    let cluster = Cluster::start(place, 2, variables);
    let mut crowd = JoinSet::new();
    for at in 0..clients {
        if crowd.len() == AT_ONCE {
            crowd.join_next().await;
        }
        let mut intent = Intent::new(dice.uuid(), probe(dice.below(40)));
        intent.keyed = dice.percent(50);
        intent.with = dice.percent(20).then(|| probe(40 + dice.below(4)));
        intent.pause_ms = dice.below(4);
        cluster.ledger.intend(&intent);
        let request = intent.request();
        let octets = if dice.percent(80) { request.len() } else { dice.below(request.len() as u64) as usize };
        let after = Duration::from_micros(dice.below(25_000));
        let mut client = Client::new(cluster.processes[at % 2].address());
        crowd.spawn(async move { client.hang_up(&request, octets, after).await });
    }
    crowd.join_all().await;
    let load = Load { seed: 12, clients: 32, commits: 100, hang_ups: 0, ..Load::default() };
    Driver::start(&load, &cluster.addresses(), &cluster.ledger).finish().await;
    cluster.judge().await
}

/// Each commit waits for a row that somebody holds; its client leaves; then the row is let go.
pub async fn begun(place: Arc<Place>, variables: &[(&str, &str)]) -> Vec<Violation> {
    let mut dice = Dice::new(120);
    let cluster = Cluster::start(place.clone(), 1, variables);
    let address = cluster.processes[0].address();
    let stream = probe(0);
    let mut client = Client::new(address.clone());
    crate::driver::step(&mut client, &cluster.ledger, &Intent::new(dice.uuid(), stream))
        .await
        .expect("the first");
    let holder = place.raw().await;
    for keyed in [true, false, true] {
        holder.batch_execute("BEGIN; SELECT 1 FROM probes FOR UPDATE").await.unwrap();
        let mut intent = Intent::new(dice.uuid(), stream);
        intent.keyed = keyed;
        cluster.ledger.intend(&intent);
        let (address, request) = (address.clone(), intent.request());
        let sent = tokio::spawn(async move { Client::new(address).send(&request).await });
        eventually(BOUND, "the commit waits", async || place.waiting_for_locks().await == 1).await;
        cluster.ledger.note(intent.mark, Outcome::Begun);
        sent.abort();
        let left =
            async || metric(&cluster.processes[0].address(), "http_requests_in_flight").await == Some(0.0);
        eventually(BOUND, "the service has noticed that its client left", left).await;
        holder.batch_execute("ROLLBACK").await.unwrap();
        eventually(BOUND, "the row is free", async || place.waiting_for_locks().await == 0).await;
    }
    cluster.judge().await
}
