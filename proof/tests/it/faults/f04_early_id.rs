//! F4: a transaction that began first commits last, in the same stream.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{Driver, Load, probe, step};
use crate::http::Client;
use crate::ledger::{Intent, Outcome};
use crate::place::Place;
use crate::suite::{on_postgres, on_sqlite};
use crate::wait::eventually;
use cloudlab_core::{TenantId, Uuid};
use std::sync::Arc;
use std::time::Duration;

const BOUND: Duration = Duration::from_secs(10);
const KEY: &str = "INSERT INTO idempotency (tenant_id, principal, operation, key, request_hash, status, headers, \
    body, at) VALUES ($1, 'anonymous', 'POST /v1/probes/{id}/steps', $2, '', 200, '[]', '', now())";
const STEP: &str = "WITH head AS (UPDATE stream_head SET version = version + 1 WHERE tenant_id = $1 AND stream = $2 \
    RETURNING version) INSERT INTO journal (tenant_id, event_id, aggregate, stream, sequence, what, version, public, \
    data, at, principal, request_id) SELECT $1, $3, 'probe', $2, version, 'stepped', 1, true, \
    json_build_object('id', $2, 'value', version, 'mark', $4::uuid), now(), 'stranger', 'stranger' FROM head";
const RAISE: &str =
    "UPDATE probes SET value = value + 1, version = version + 1 WHERE tenant_id = $1 AND id = $2";

#[test]
fn a_command_that_began_first_and_commits_last_comes_last() {
    on_postgres("F4", began_first);
}

#[test]
fn many_commits_to_one_stream_stay_in_order_on_postgres() {
    on_postgres("F4", one_stream);
}

#[test]
fn many_commits_to_one_stream_stay_in_order_on_sqlite() {
    on_sqlite("F4", one_stream);
}

/// Its key is its first row. Somebody else holds the same key open, so it has begun and waits, while others step.
async fn began_first(place: Arc<Place>) {
    let mut dice = Dice::new(4);
    let cluster = Cluster::start(place.clone(), 2, &[]);
    let mut client = Client::new(cluster.processes[1].address());
    let (stream, tenant) = (probe(0), TenantId::DEVELOPMENT.uuid());
    let first = Intent::new(dice.uuid(), stream);
    let other = place.raw().await;
    other.batch_execute("BEGIN").await.unwrap();
    other.execute(KEY, &[&tenant, &first.mark.to_string()]).await.unwrap();

    let (address, ledger, begun) = (cluster.processes[0].address(), cluster.ledger.clone(), first.clone());
    let waits = tokio::spawn(async move { step(&mut Client::new(address), &ledger, &begun).await });
    eventually(BOUND, "the command waits for its key", async || place.waiting_for_locks().await == 1).await;
    for _ in 0..3 {
        step(&mut client, &cluster.ledger, &Intent::new(dice.uuid(), stream)).await.expect("it goes past");
    }
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(waits.await.unwrap(), Some(Outcome::Acknowledged { value: 4 }), "it comes last");
    stranger_in_the_stream(&cluster, &mut client, &mut dice, stream).await;
    cluster.uphold().await;
}

/// A stranger has drawn its id in the very stream and is slow to commit: who comes behind waits for it.
async fn stranger_in_the_stream(cluster: &Cluster, client: &mut Client, dice: &mut Dice, stream: Uuid) {
    let tenant = TenantId::DEVELOPMENT.uuid();
    let (early, late) = (Intent::new(dice.uuid(), stream), Intent::new(dice.uuid(), stream));
    cluster.ledger.intend(&early);
    let other = cluster.place.raw().await;
    other.batch_execute("BEGIN").await.unwrap();
    other.execute(RAISE, &[&tenant, &stream]).await.unwrap();
    other.execute(STEP, &[&tenant, &stream, &dice.uuid(), &early.mark]).await.unwrap();
    let commits = async {
        let waits = async || cluster.place.waiting_for_locks().await == 1;
        eventually(BOUND, "the command waits for the stream", waits).await;
        other.batch_execute("COMMIT").await.unwrap();
        cluster.ledger.note(early.mark, Outcome::Acknowledged { value: 5 });
    };
    let (outcome, ()) = tokio::join!(step(client, &cluster.ledger, &late), commits);
    assert_eq!(outcome, Some(Outcome::Acknowledged { value: 6 }), "it comes behind the stranger");
}

async fn one_stream(place: Arc<Place>) {
    let cluster = Cluster::start(place, 2, &[]);
    let load = Load { seed: 4, clients: 12, commits: 150, probes: 2, pairs: 40, ..Load::default() };
    Driver::start(&load, &cluster.addresses(), &cluster.ledger).finish().await;
    cluster.uphold().await;
}
