//! B5: from the start of a commit to its handler at 500 a second, beside the shortest way that PostgreSQL has: insert
//! and notify in one transaction, hear it on another connection, read the row.

use crate::b3::{Happened, context, open};
use crate::report::{self, Line};
use crate::{Fallible, Plan, load, postgres};
use cloudlab_chassis::SystemIds;
use cloudlab_core::{Commit, Ids, RecordedEvent, Store};
use cloudlab_sql::Database;
use cloudlab_sql::journal::{Ack, Reader, Sink};
use futures_util::StreamExt;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{AsyncMessage, NoTls};
use tokio_util::sync::CancellationToken;

const PER_SECOND: u32 = 500;

type Starts = Arc<Mutex<HashMap<uuid::Uuid, Instant>>>;
type Taken = Arc<Mutex<Vec<Duration>>>;

/// Measures.
pub async fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let scratch = postgres::scratch("latency").await?;
    let database = open(&scratch.url(), true).await?;
    postgres::execute(&scratch, "CREATE TABLE raw (id uuid PRIMARY KEY, note text)").await?;
    let stop = CancellationToken::new();
    let (starts, taken) = (Starts::default(), Taken::default());
    let sink = Arc::new(Handled { starts: starts.clone(), taken: taken.clone() });
    let reading = tokio::spawn(Reader::new("bench", database.clone(), sink).run(stop.clone()));
    let measure = async |side: usize, length| match side {
        0 => raw_trip(&scratch.url(), length).await,
        _ => commit_trip(&database, length, &starts, &taken).await,
    };
    let [raw, ours] = load::in_rounds(plan, measure).await?;
    stop.cancel();
    reading.await?;
    database.close().await;
    Ok([(0, "p50", 2.0, "<= 2.00"), (1, "p99", 3.0, "<= 3.00")]
        .map(|(at, name, bar, bar_asks)| {
            let pick = |all: &[[f64; 2]]| all.iter().map(|one| one[at]).collect::<Vec<_>>();
            let ratios = report::ratios(&pick(&ours), &pick(&raw));
            Line {
                bar: "B5",
                what: format!(
                    "start of a commit to its handler at 500/s, {name}, beside insert + NOTIFY + read"
                ),
                limit: format!("{:.2} ms", report::median(&pick(&raw))),
                ours: format!("{:.2} ms", report::median(&pick(&ours))),
                met: Some(report::median(&ratios) <= bar),
                ratios,
                bar_asks,
            }
        })
        .into())
}

struct Handled {
    starts: Starts,
    taken: Taken,
}

impl Sink for Handled {
    fn deliver(&self, event: RecordedEvent, ack: Ack) {
        if let Some(start) = self.starts.lock().remove(&event.stream) {
            self.taken.lock().push(start.elapsed());
        }
        ack.done();
    }
}

/// Starts work at a steady pace, whether the work before is done or not.
async fn paced<F: Future<Output = ()> + Send + 'static>(length: Duration, mut work: impl FnMut() -> F) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    let started = Instant::now();
    while started.elapsed() < length {
        ticks.tick().await;
        tokio::spawn(work());
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
}

async fn commit_trip(
    database: &Database,
    length: Duration,
    starts: &Starts,
    taken: &Taken,
) -> Fallible<[f64; 2]> {
    taken.lock().clear();
    paced(length, || {
        let (database, starts) = (database.clone(), starts.clone());
        async move {
            let id = SystemIds.next();
            starts.lock().insert(id, Instant::now());
            let commit = Commit::new(&context()).publish(Happened { id, note: "x".into() });
            if let Err(error) = database.commit(commit).await {
                eprintln!("a commit failed: {error}");
            }
        }
    })
    .await;
    percentiles(&taken.lock())
}

async fn raw_trip(url: &str, length: Duration) -> Fallible<[f64; 2]> {
    let (writer, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let writer = Arc::new(writer);
    let (reader, mut connection) = tokio_postgres::connect(url, NoTls).await?;
    let (heard, mut hears) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut messages = futures_util::stream::poll_fn(|context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(notification) = message {
                let _ = heard.send(notification.payload().to_owned());
            }
        }
    });
    reader.batch_execute("LISTEN raw").await?;
    let read = reader.prepare("SELECT note FROM raw WHERE id = $1::text::uuid").await?;
    let (starts, taken) = (Starts::default(), Taken::default());
    let listening = tokio::spawn({
        let (starts, taken) = (starts.clone(), taken.clone());
        async move {
            while let Some(id) = hears.recv().await {
                let row = reader.query(&read, &[&id]).await;
                let start = id.parse().ok().and_then(|id| starts.lock().remove(&id));
                if let (Ok(_), Some(start)) = (row, start) {
                    taken.lock().push(start.elapsed());
                }
            }
        }
    });
    paced(length, || {
        let (writer, starts) = (writer.clone(), starts.clone());
        async move {
            let id = SystemIds.next();
            starts.lock().insert(id, Instant::now());
            let sql = format!("INSERT INTO raw VALUES ('{id}', 'x'); NOTIFY raw, '{id}'");
            if let Err(error) = writer.batch_execute(&sql).await {
                eprintln!("a notification failed: {error}");
            }
        }
    })
    .await;
    listening.abort();
    percentiles(&taken.lock())
}

fn percentiles(taken: &[Duration]) -> Fallible<[f64; 2]> {
    let mut sorted = taken.to_vec();
    sorted.sort();
    let at = |part: usize| sorted.get(sorted.len() * part / 100).map(|taken| taken.as_secs_f64() * 1_000.0);
    let found = at(50).zip(at(99)).ok_or("nothing arrived")?;
    Ok([found.0, found.1])
}
