//! F2: the process is killed in the middle of a command, and the client asks again under the same key.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{probe, understand};
use crate::http::{Client, Reply};
use crate::ledger::{Intent, Outcome};
use crate::place::Place;
use crate::suite::{on_postgres, on_sqlite, say};
use std::sync::Arc;
use std::time::Duration;

const ROUNDS: u64 = 12;

#[test]
fn a_command_whose_process_was_killed_happens_once_under_its_key_on_postgres() {
    on_postgres("F2", command_killed);
}

#[test]
fn a_command_whose_process_was_killed_happens_once_under_its_key_on_sqlite() {
    on_sqlite("F2", command_killed);
}

async fn command_killed(place: Arc<Place>) {
    let mut dice = Dice::new(2);
    let mut cluster = Cluster::start(place, 1, &[]);
    let mut before_the_kill = 0;
    for round in 0..ROUNDS {
        let mut intent = Intent::new(dice.uuid(), probe(round % 3));
        intent.events = 2;
        intent.pause_ms = dice.below(4);
        cluster.ledger.intend(&intent);
        let first = killed_in(&mut cluster, &intent, Duration::from_micros(dice.below(12_000))).await;
        cluster.processes[0].start_again();
        let replies = [again(&cluster, &intent).await, again(&cluster, &intent).await];
        let replayed = |reply: &Reply| reply.header("idempotency-replayed") == Some("true");
        assert!(replayed(&replies[1]), "the second retry is a replay");
        assert_eq!(replies[0].body, replies[1].body, "the original reply, octet by octet");
        if let Some(first) = &first {
            assert!(replayed(&replies[0]), "what was acknowledged is not executed again");
            assert_eq!(first.body, replies[0].body, "the original reply, octet by octet");
        }
        before_the_kill += usize::from(replayed(&replies[0]));
        let value = replies[0].json()["value"].as_i64().expect("a value");
        cluster.ledger.note(intent.mark, Outcome::Acknowledged { value });
    }
    say(&format!("  {before_the_kill} of {ROUNDS} commands had happened when their process was killed"));
    cluster.uphold().await;
}

/// Sends the command and kills the process after a moment; answers the reply if it was faster.
async fn killed_in(cluster: &mut Cluster, intent: &Intent, after: Duration) -> Option<Reply> {
    let (address, request) = (cluster.processes[0].address(), intent.request());
    let sent = tokio::spawn(async move { Client::new(address).send(&request).await.ok() });
    tokio::time::sleep(after).await;
    cluster.processes[0].kill();
    sent.await.unwrap().filter(|reply| reply.status == 200)
}

async fn again(cluster: &Cluster, intent: &Intent) -> Reply {
    let mut client = Client::new(cluster.processes[0].address());
    for _ in 0..50 {
        let reply = client.send(&intent.request()).await.expect("the process runs again");
        if understand(&reply).is_some() {
            assert_eq!(reply.status, 200, "{:?}", reply.json());
            return reply;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the command never ends");
}
