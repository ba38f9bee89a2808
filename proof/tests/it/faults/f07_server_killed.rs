//! F7: PostgreSQL is killed and recovers, several times, under load.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::driver::{Driver, Load, probe};
use crate::http::{Client, get};
use crate::ledger::Intent;
use crate::place::Place;
use crate::postgres_server::Server;
use crate::strangers::Stranger;
use crate::suite::{run, say};
use crate::wait::eventually;
use std::sync::Arc;
use std::time::{Duration, Instant};

const KILLS: usize = 10;
/// How long after the server answers the service may take to be ready.
const READY: Duration = Duration::from_secs(5);
/// A command that finds no server is answered well before its own deadline.
const REFUSED: Duration = Duration::from_secs(5);
const BOUND: Duration = Duration::from_secs(30);

#[test]
fn a_killed_server_costs_no_acknowledged_commit_and_no_client_hangs() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = match runtime.block_on(Server::start()) {
        Ok(server) => Arc::new(server),
        Err(why) => return say(&format!("skipped: F7 on PostgreSQL ({why})")),
    };
    let url = server.url();
    run("F7", async move { Place::postgres(&url).await }, |place| server_killed(place, server.clone()));
}

async fn server_killed(place: Arc<Place>, server: Arc<Server>) {
    let cluster = Cluster::start(place.clone(), 2, &[]);
    let mut dice = Dice::new(7);
    // It survives the server, and goes by another name afterwards.
    let prepared = Stranger::begin(&place, &cluster.ledger, &mut dice).await;
    let name = prepared.prepare().await;
    let (mut slowest_refusal, mut slowest_ready) = (Duration::ZERO, Duration::ZERO);
    for kill in 1..=KILLS {
        let load = Load { seed: dice.next(), commits: 150, ..Load::default() };
        let driver = Driver::start(&load, &cluster.addresses(), &cluster.ledger);
        driver.reach(50).await;
        server.kill();
        slowest_refusal = slowest_refusal.max(refusals(&cluster, &mut dice).await);
        server.start_again().await;
        for process in &cluster.processes {
            let mut client = Client::new(process.address());
            let ready =
                async || client.send(&get("/health/ready")).await.is_ok_and(|reply| reply.status == 200);
            slowest_ready =
                slowest_ready.max(eventually(BOUND, &format!("ready after kill {kill}"), ready).await);
        }
        driver.finish().await;
    }
    prepared.commit_prepared_later(&place, &cluster.ledger, &name).await;
    say(&format!(
        "  {KILLS} kills: {} acknowledged; the slowest refusal took {slowest_refusal:.1?}, being ready again {slowest_ready:.1?}",
        cluster.ledger.acknowledged()
    ));
    assert!(slowest_refusal < REFUSED, "a command hung for {slowest_refusal:?}");
    assert!(slowest_ready < READY, "not ready for {slowest_ready:?}");
    cluster.uphold().await;
}

/// While the server is away every command is answered 503, at once; answers the longest time that one took.
async fn refusals(cluster: &Cluster, dice: &mut Dice) -> Duration {
    let mut slowest = Duration::ZERO;
    for at in 0..6 {
        let mut intent = Intent::new(dice.uuid(), probe(dice.below(8)));
        intent.keyed = at < 4;
        cluster.ledger.intend(&intent);
        let asked = Instant::now();
        let mut client = Client::new(cluster.processes[at % 2].address());
        let reply = client.send(&intent.request()).await.expect("an answer");
        slowest = slowest.max(asked.elapsed());
        assert_eq!(reply.status, 503, "{:?}", reply.json());
        assert!(reply.header("retry-after").is_some(), "it says when to ask again");
    }
    slowest
}
