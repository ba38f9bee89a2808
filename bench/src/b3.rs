//! B3: what an event costs a commit, with fifty idle listeners on the server, and what waking readers costs.

use crate::Plan;
use crate::report::{self, Line};
use crate::servers::{self, Fallible, Scratch};
use cloudlab_chassis::{SystemClock, SystemIds};
use cloudlab_core::{Commit, Ids, Principal, RequestContext, Store, TenantId, Write, event};
use cloudlab_sql::{Database, Settings};
use futures_util::future::try_join_all;
use std::sync::Arc;
use std::time::Instant;

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

async fn rate(database: &Database, plan: &Plan, with_event: bool) -> Fallible<f64> {
    let started = Instant::now();
    let client = |_| async {
        let mut commits = 0_u32;
        while started.elapsed() < plan.length {
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
    let scratch = Scratch::create("outbox").await?;
    let (quiet, waking) = (open(&scratch.url(), false).await?, open(&scratch.url(), true).await?);
    servers::execute(&scratch.url(), TABLE).await?;
    let listeners = listeners(&scratch.url(), 50).await?;
    let (mut without, mut with, mut with_wakeup) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        without.push(rate(&quiet, plan, false).await?);
        with.push(rate(&quiet, plan, true).await?);
        with_wakeup.push(rate(&waking, plan, true).await?);
    }
    quiet.close().await;
    waking.close().await;
    drop(listeners);
    scratch.drop().await?;
    let (tax, wakeup) = (report::ratios(&with, &without), report::ratios(&with_wakeup, &with));
    let rate = |rates: &[f64]| format!("{:.0}/s", report::median(rates));
    Ok(vec![
        Line {
            bar: "B3",
            what: "commit of a row with an event beside one without, 32 clients, 50 idle listeners".into(),
            limit: rate(&without),
            ours: rate(&with),
            met: report::median(&tax) >= 0.85,
            ratios: tax,
            bar_asks: ">= 0.85",
        },
        Line {
            bar: "B3",
            what: "the same with NOTIFY beside without".into(),
            limit: rate(&with),
            ours: rate(&with_wakeup),
            met: report::median(&wakeup) >= 0.95,
            ratios: wakeup,
            bar_asks: ">= 0.95",
        },
    ])
}

async fn listeners(url: &str, count: usize) -> Fallible<Vec<tokio_postgres::Client>> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute("LISTEN cloudlab_journal").await?;
        clients.push(client);
    }
    Ok(clients)
}
