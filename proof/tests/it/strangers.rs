//! Others who write to the same tables by SQL of their own, take their time, and do not always commit.

use crate::dice::Dice;
use crate::ledger::{Intent, Ledger, Outcome};
use crate::place::Place;
use cloudlab_core::{TenantId, Uuid};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_postgres::Client;

const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0";
const ROWS: &str = "WITH head AS (INSERT INTO stream_head (tenant_id, stream, version) VALUES ($1, $2, 1)), \
    probe AS (INSERT INTO probes (tenant_id, id, value, version) VALUES ($1, $2, 1, 1)) \
    INSERT INTO journal (tenant_id, event_id, aggregate, stream, sequence, what, version, public, data, at, \
    principal, request_id) VALUES ($1, $3, 'probe', $2, 1, 'stepped', 1, true, \
    json_build_object('id', $2, 'value', 1, 'mark', $4::uuid), now(), 'stranger', 'stranger') RETURNING id";

/// A transaction with an event in it that nobody else can see yet.
pub struct Stranger {
    client: Client,
    pub mark: Uuid,
    pub id: i64,
}

impl Stranger {
    /// Begins, steps a probe of its own, and stays open.
    pub async fn begin(place: &Place, ledger: &Ledger, dice: &mut Dice) -> Self {
        let client = place.raw().await;
        client.batch_execute(BEGIN).await.unwrap();
        Self::step(client, ledger, dice).await
    }

    /// The same in a transaction that has begun.
    pub async fn step(client: Client, ledger: &Ledger, dice: &mut Dice) -> Self {
        let intent = Intent::new(dice.uuid(), dice.uuid());
        ledger.intend(&intent);
        let tenant = TenantId::DEVELOPMENT.uuid();
        let row =
            client.query_one(ROWS, &[&tenant, &intent.probe, &dice.uuid(), &intent.mark]).await.unwrap();
        Self { client, mark: intent.mark, id: row.get(0) }
    }

    pub async fn commit(self, ledger: &Ledger) -> Client {
        self.client.batch_execute("COMMIT").await.unwrap();
        ledger.note(self.mark, Outcome::Acknowledged { value: 1 });
        self.client
    }

    pub async fn roll_back(self, ledger: &Ledger) -> Client {
        self.client.batch_execute("ROLLBACK").await.unwrap();
        ledger.note(self.mark, Outcome::Refused);
        self.client
    }

    /// Prepares it, so that it belongs to no session any more; answers its name.
    pub async fn prepare(&self) -> String {
        let name = format!("proof_{}", self.mark.simple());
        self.client.batch_execute(&format!("PREPARE TRANSACTION '{name}'")).await.unwrap();
        name
    }

    pub async fn commit_prepared(self, ledger: &Ledger, name: &str) -> Client {
        self.client.batch_execute(&format!("COMMIT PREPARED '{name}'")).await.unwrap();
        ledger.note(self.mark, Outcome::Acknowledged { value: 1 });
        self.client
    }

    /// The same from another session: its own has ended with the server.
    pub async fn commit_prepared_later(mut self, place: &Place, ledger: &Ledger, name: &str) {
        self.client = place.raw().await;
        self.commit_prepared(ledger, name).await;
    }

    pub async fn roll_back_prepared(self, ledger: &Ledger, name: &str) -> Client {
        self.client.batch_execute(&format!("ROLLBACK PREPARED '{name}'")).await.unwrap();
        ledger.note(self.mark, Outcome::Refused);
        self.client
    }
}

/// Several strangers who come and go until they are told to stop.
pub struct Crowd {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<usize>,
}

impl Crowd {
    /// So many at a time; some of their transactions are prepared if the server allows it.
    pub fn start(
        place: &Arc<Place>,
        ledger: &Arc<Ledger>,
        count: usize,
        prepares: bool,
        dice: &mut Dice,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let (place, ledger, stop, dice) = (place.clone(), ledger.clone(), stop.clone(), dice.fork());
            tasks.spawn(async move { come_and_go(&place, &ledger, &stop, dice, prepares).await });
        }
        Self { stop, tasks }
    }

    /// Lets each finish what it has begun; answers how many transactions there were.
    pub async fn finish(mut self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = 0;
        while let Some(ended) = self.tasks.join_next().await {
            all += ended.expect("a stranger ends well");
        }
        all
    }
}

async fn come_and_go(
    place: &Place,
    ledger: &Ledger,
    stop: &AtomicBool,
    mut dice: Dice,
    prepares: bool,
) -> usize {
    let mut client = place.raw().await;
    let mut all = 0;
    while !stop.load(Ordering::Relaxed) {
        all += 1;
        client.batch_execute(BEGIN).await.unwrap();
        let stranger = Stranger::step(client, ledger, &mut dice).await;
        tokio::time::sleep(Duration::from_millis(dice.below(150))).await;
        // Prepared in the middle of a reader's proof, a transaction changes its name before it ends.
        let prepared = if prepares && dice.percent(40) { Some(stranger.prepare().await) } else { None };
        if prepared.is_some() {
            tokio::time::sleep(Duration::from_millis(dice.below(250))).await;
        }
        let commits = dice.percent(60);
        client = match (prepared, commits) {
            (None, true) => stranger.commit(ledger).await,
            (None, false) => stranger.roll_back(ledger).await,
            (Some(name), true) => stranger.commit_prepared(ledger, &name).await,
            (Some(name), false) => stranger.roll_back_prepared(ledger, &name).await,
        };
    }
    all
}
