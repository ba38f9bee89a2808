//! B3: what an event costs a commit, with fifty idle listeners on the server, and what waking readers costs.

use crate::process::Process;
use crate::report::{self, Line};
use crate::{Fallible, Plan, b2, load, postgres};
use cloudlab_chassis::{SystemClock, SystemIds};
use cloudlab_core::{Commit, Ids, Principal, RequestContext, Store, TenantId, Write, event};
use cloudlab_sql::{Database, Settings};
use cloudlab_testing::ServerDatabase;
use futures_util::future::try_join_all;
use std::sync::Arc;
use std::time::{Duration, Instant};

event! {
    /// Something happened.
    pub struct Happened("thing", "happened") {
        /// In words.
        pub note: String,
    }
}

/// The context of a bench's commits.
pub fn context() -> RequestContext {
    RequestContext::new(TenantId::DEVELOPMENT, Principal::anonymous(), "bench")
}

/// A database of the engine with the journal and a table for a bench.
pub async fn open(url: &str, notify: bool) -> Fallible<Database> {
    let settings = Settings { notify, pool_size: 32, ..Settings::default() };
    let database = Database::open(url, settings, Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    database.migrate_up("bench", &[]).await?;
    Ok(database)
}

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS things (tenant_id uuid, id uuid, note text, PRIMARY KEY (tenant_id, id))";

async fn rate(database: &Database, length: Duration, with_event: bool) -> Fallible<f64> {
    let started = Instant::now();
    let client = |_| async {
        let mut commits = 0_u32;
        while started.elapsed() < length {
            let id = SystemIds.next();
            let mut commit =
                Commit::new(&context()).write(Write::insert("things", [("id", id.into())]).set("note", "x"));
            if with_event {
                commit = commit.publish(Happened { id, note: "x".into() });
            }
            database.commit(commit).await?;
            commits += 1;
        }
        Ok::<_, cloudlab_core::store::Error>(commits)
    };
    let commits: u32 = try_join_all((0..32).map(client)).await?.into_iter().sum();
    Ok(f64::from(commits) / started.elapsed().as_secs_f64())
}

/// Measures.
pub async fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let scratch = postgres::scratch("outbox").await?;
    let (quiet, waking) = (open(&scratch.url(), false).await?, open(&scratch.url(), true).await?);
    postgres::execute(&scratch, TABLE).await?;
    let _listeners = listeners(&scratch, 50).await?;
    let sides = [(&quiet, false), (&quiet, true), (&waking, true)];
    let measure = async |side: usize, length| rate(sides[side].0, length, sides[side].1).await;
    let scripts = ["commit_without_event.sql", "commit_with_event.sql"];
    let (floor, rates) = load::beside_scripts(plan, &scratch.url(), scripts, measure).await?;
    quiet.close().await;
    waking.close().await;
    let commands = commands(plan).await?;
    Ok(lines(&floor, &rates, &commands))
}

/// The same command with its event and without; nobody delivers meanwhile.
async fn commands(plan: &Plan) -> Fallible<[Vec<f64>; 2]> {
    let (with, without) = (postgres::scratch("tax").await?, postgres::scratch("no_tax").await?);
    let _listeners = listeners(&with, 50).await?;
    let services = [
        Process::service(Some(&without.url()), &[("CLOUDLAB_SABOTAGE", "no_events")])?,
        Process::service(Some(&with.url()), &[])?,
    ];
    for scratch in [&with, &without] {
        postgres::execute(scratch, b2::NOT_DELIVERED).await?;
    }
    let measure = async |side: usize, length| b2::commands(&services[side], length).await;
    load::in_sliced_rounds(plan, plan.seconds(), measure).await
}

fn lines(
    [floor_without, floor_with]: &[Vec<f64>; 2],
    [without, with, waking]: &[Vec<f64>; 3],
    [untaxed, taxed]: &[Vec<f64>; 2],
) -> Vec<Line> {
    let line = |what: &str, limit: &[f64], ours: &[f64], least: Option<f64>, bar_asks| {
        let rate = |rates: &[f64]| format!("{:.0}/s", report::median(rates));
        let ratios = report::ratios(ours, limit);
        let met = least.map(|least| report::median(&ratios) >= least);
        Line { bar: "B3", what: what.into(), limit: rate(limit), ours: rate(ours), met, ratios, bar_asks }
    };
    let (floor, ours) = (added(floor_without, floor_with), added(without, with));
    vec![
        line(
            "commit of one row with an event beside one without, 32 clients, 50 idle listeners",
            without,
            with,
            Some(0.85),
            ">= 0.85",
        ),
        line("the same rows by pgbench, all under one Sync", floor_without, floor_with, None, "–"),
        Line {
            bar: "B3",
            what: "what the event adds to a commit, beside what its rows add by pgbench".into(),
            limit: format!("{:.0} µs", report::median(&floor)),
            ours: format!("{:.0} µs", report::median(&ours)),
            ratios: report::ratios(&ours, &floor),
            met: None,
            bar_asks: "–",
        },
        line(
            "create over HTTP with idempotency key and event beside one without event, NOTIFY included, events not delivered",
            untaxed,
            taxed,
            None,
            "–",
        ),
        line(
            "commit of one row and an event with NOTIFY beside without",
            with,
            waking,
            Some(0.95),
            ">= 0.95",
        ),
    ]
}

/// By how many microseconds of the whole machine one commit costs more than the other.
fn added(without: &[f64], with: &[f64]) -> Vec<f64> {
    with.iter().zip(without).map(|(with, without)| 1e6 / with - 1e6 / without).collect()
}

async fn listeners(database: &ServerDatabase, count: usize) -> Fallible<Vec<tokio_postgres::Client>> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let client = database.connect().await?;
        client.batch_execute("LISTEN cloudlab_journal").await?;
        clients.push(client);
    }
    Ok(clients)
}
