//! F3: a transaction with a lower id stays open while higher ids commit.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{probe, step};
use crate::http::{Client, ask_admin};
use crate::laws::{Violation, uphold};
use crate::ledger::{Intent, Outcome};
use crate::place::Place;
use crate::strangers::Stranger;
use crate::suite::{on_postgres, say};
use crate::wait::{eventually, watch};
use std::sync::Arc;
use std::time::Duration;

const OTHERS: i64 = 40;
const BOUND: Duration = Duration::from_secs(10);
/// Long enough for a reader to prove something, several times.
const WHILE: Duration = Duration::from_millis(400);
/// A delivery that waited for the open transaction would take as long as that is open.
const UNDELAYED: Duration = Duration::from_secs(2);

#[test]
fn a_transaction_that_commits_late_is_not_skipped_and_holds_up_nobody() {
    on_postgres("F3", late_commit);
}

#[test]
fn a_transaction_that_is_prepared_while_it_is_waited_for_is_not_skipped() {
    on_postgres("F3", |place| async move { uphold(&prepared_in_a_proof(place).await) });
}

/// Prepared, a transaction belongs to no session any more, and may go by another name.
async fn prepared_in_a_proof(place: Arc<Place>) -> Vec<Violation> {
    if place.setting("max_prepared_transactions").await == "0" {
        say("skipped: a prepared transaction (max_prepared_transactions is 0)");
        return Vec::new();
    }
    let mut dice = Dice::new(33);
    let cluster = Cluster::start(place.clone(), 1, &[]);
    let mut client = Client::new(cluster.processes[0].address());
    cluster.leader().await;
    let stranger = Stranger::begin(&place, &cluster.ledger, &mut dice).await;
    step(&mut client, &cluster.ledger, &Intent::new(dice.uuid(), probe(0))).await.expect("it goes past");
    let reader = async |name: &str| {
        let reply = ask_admin(&cluster.processes[0].address(), "/outbox").await.expect("an answer");
        reply.json()["readers"][0][name].as_i64().expect("a number")
    };
    eventually(BOUND, "the gap is noticed", async || reader("gaps").await == 1).await;
    watch(WHILE, async || reader("gaps").await == 0).await;
    assert_eq!(reader("gaps").await, 1, "the reader waits for the stranger");
    let name = stranger.prepare().await;
    watch(WHILE, async || reader("dead_ids").await > 0).await;
    stranger.commit_prepared(&cluster.ledger, &name).await;
    cluster.judge().await
}

async fn late_commit(place: Arc<Place>) {
    let mut dice = Dice::new(3);
    let cluster = Cluster::start(place.clone(), 2, &[]);
    let mut client = Client::new(cluster.processes[0].address());
    cluster.leader().await;
    let prepares = place.setting("max_prepared_transactions").await != "0";
    if !prepares {
        say("skipped: a prepared transaction (max_prepared_transactions is 0)");
    }
    let early = Stranger::begin(&place, &cluster.ledger, &mut dice).await;
    let doomed = Stranger::begin(&place, &cluster.ledger, &mut dice).await;
    let prepared = Stranger::begin(&place, &cluster.ledger, &mut dice).await;
    let name = if prepares { Some(prepared.prepare().await) } else { None };

    let mut slowest = Duration::ZERO;
    for number in 1..=OTHERS {
        let intent = Intent::new(dice.uuid(), probe(dice.below(5)));
        let outcome = step(&mut client, &cluster.ledger, &intent).await;
        assert!(matches!(outcome, Some(Outcome::Acknowledged { .. })), "{outcome:?}");
        let delivered = async || place.progress().await.1 == number;
        slowest = slowest.max(eventually(UNDELAYED, "an event behind an open transaction", delivered).await);
    }
    let lowest = place.rows().await.events[0].id;
    assert!(early.id < lowest && doomed.id < lowest && prepared.id < lowest, "they drew their ids first");

    early.commit(&cluster.ledger).await;
    eventually(BOUND, "the early id is delivered", async || place.progress().await.1 == OTHERS + 1).await;
    doomed.roll_back(&cluster.ledger).await;
    match name {
        Some(name) => drop(prepared.commit_prepared(&cluster.ledger, &name).await),
        None => drop(prepared.commit(&cluster.ledger).await),
    }
    eventually(BOUND, "the prepared one is delivered", async || place.progress().await.1 == OTHERS + 2).await;
    say(&format!("  the slowest delivery behind open transactions took {slowest:.1?}"));
    cluster.uphold().await;
}
