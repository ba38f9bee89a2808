//! F13: one key, many requests at once, two processes.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::probe;
use crate::http::Client;
use crate::ledger::{Intent, Outcome};
use crate::place::Place;
use crate::suite::{on_postgres, on_sqlite};
use std::sync::Arc;
use tokio::task::JoinSet;

const AT_ONCE: usize = 64;
const KEYS: u64 = 4;

#[test]
fn sixty_four_requests_with_one_key_are_one_execution_on_postgres() {
    on_postgres("F13", one_key);
}

#[test]
fn sixty_four_requests_with_one_key_are_one_execution_on_sqlite() {
    on_sqlite("F13", one_key);
}

async fn one_key(place: Arc<Place>) {
    let mut dice = Dice::new(13);
    let cluster = Cluster::start(place, 2, &[]);
    for number in 0..KEYS {
        let mut intent = Intent::new(dice.uuid(), probe(number % 2));
        intent.pause_ms = 5 * number;
        intent.with = (number == 3).then(|| probe(9));
        cluster.ledger.intend(&intent);
        let mut requests = JoinSet::new();
        for at in 0..AT_ONCE {
            let mut client = Client::new(cluster.processes[at % 2].address());
            let request = intent.request();
            requests.spawn(async move { client.send(&request).await.expect("an answer") });
        }
        let replies = requests.join_all().await;
        let first = &replies[0];
        let value = first.json()["value"].as_i64().expect("a value");
        cluster.ledger.note(intent.mark, Outcome::Acknowledged { value });
        for reply in &replies {
            assert_eq!((reply.status, &reply.body), (200, &first.body), "{:?}", reply.json());
        }
        let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_some()).count();
        // Two processes that came to the same reply at the same time cannot tell whose it was.
        let firsts = AT_ONCE - replayed;
        assert!((1..=cluster.processes.len()).contains(&firsts), "{firsts} replies are no replays");
        another_body(&cluster, &intent).await;
    }
    cluster.uphold().await;
}

/// The same key for another request is refused by every process, and does nothing.
async fn another_body(cluster: &Cluster, intent: &Intent) {
    let mut other = intent.clone();
    other.events += 1;
    for process in &cluster.processes {
        let reply = Client::new(process.address()).send(&other.request()).await.expect("an answer");
        assert_eq!((reply.status, reply.json()["code"].as_str()), (422, Some("idempotency_key_reused")));
    }
}
