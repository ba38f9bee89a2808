//! B2 and B14: commands over HTTP, beside what the database does without us.

use crate::process::Process;
use crate::report::{self, Line};
use crate::{Fallible, Plan, load, postgres};
use std::path::Path;
use std::time::{Duration, Instant};

/// Requests that create one aggregate each.
pub fn create(run: &str) -> impl Fn(u64, &mut Vec<u8>) + Send + Sync + 'static {
    let run = run.to_owned();
    move |number, out| {
        use std::io::Write;
        let body = format!("{{\"name\":\"parcel {run} {number}\",\"description\":\"\"}}");
        // To write into a vector never fails.
        let _ = write!(
            out,
            "POST /v1/acme-gizmos HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
             idempotency-key: {run}-{number}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
    }
}

/// Creates a second over HTTP by 32 clients.
pub async fn commands(process: &Process, length: Duration) -> Fallible<f64> {
    Ok(create_for(process, length).await?.per_second)
}

async fn create_for(process: &Process, length: Duration) -> Fallible<load::Outcome> {
    let run = uuid::Uuid::new_v4().simple().to_string();
    let outcome = load::run(process.address, 32, length, create(&run)).await?;
    if outcome.refused > 0 {
        return Err(format!("{} commands were refused", outcome.refused).into());
    }
    Ok(outcome)
}

/// The same until every event is delivered and counted, so that nothing is left to whoever has the next turn.
async fn delivered(process: &Process, length: Duration, drafts: &mut u64) -> Fallible<f64> {
    let started = Instant::now();
    let created = create_for(process, length).await?.good;
    *drafts += created;
    process.counts(*drafts).await?;
    Ok(created as f64 / started.elapsed().as_secs_f64())
}

/// Gives the publisher's lease to nobody that runs, so that only commits are measured.
pub const NOT_DELIVERED: &str = "UPDATE journal_reader SET owner = '00000000-0000-0000-0000-000000000001', \
    fence = fence + 1, lease_until = now() + interval '1 day'";

/// Measures commands on PostgreSQL.
pub async fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let limit_database = postgres::scratch("limit").await?;
    postgres::execute(&limit_database, include_str!("../limits/schema.sql")).await?;
    let (ours_database, slow_database) = (postgres::scratch("ours").await?, postgres::scratch("slow").await?);
    let whole_database = postgres::scratch("whole").await?;
    let ours = Process::service(Some(&ours_database.url()), &[])?;
    let slow = Process::service(Some(&slow_database.url()), &[("CLOUDLAB_SABOTAGE", "one_by_one")])?;
    let whole = Process::service(Some(&whole_database.url()), &[])?;
    for database in [&ours_database, &slow_database] {
        postgres::execute(database, NOT_DELIVERED).await?;
    }
    let mut drafts = 0;
    let measure = async |side: usize, length| match side {
        0 => commands(&ours, length).await,
        1 => commands(&slow, length).await,
        _ => delivered(&whole, length, &mut drafts).await,
    };
    let scripts = ["one_statement.sql", "statement_by_statement.sql"];
    let (limits, rates) = load::beside_scripts(plan, &limit_database.url(), scripts, measure).await?;
    Ok(lines(&limits, &rates))
}

fn lines([best, plain]: &[Vec<f64>; 2], [piped, stepped, delivering]: &[Vec<f64>; 3]) -> Vec<Line> {
    let create = "create over HTTP with idempotency key and event, 32 clients";
    let line = |what: String, limit: &[f64], ours: &[f64], least: Option<f64>, bar_asks| {
        let ratios = report::ratios(ours, limit);
        Line {
            bar: "B2",
            what: format!("{create}, {what}"),
            limit: rate(limit),
            ours: rate(ours),
            met: least.map(|least| report::median(&ratios) >= least),
            ratios,
            bar_asks,
        }
    };
    let statement = "beside pgbench's best single statement of the same rows";
    let delivered = format!("delivery and the statistics consumer included, {statement}");
    vec![
        line(format!("events not delivered meanwhile, {statement}"), best, piped, Some(0.60), ">= 0.60"),
        line("beside the same service, statement by statement".into(), stepped, piped, Some(1.7), ">= 1.70"),
        line("beside pgbench, statement by statement".into(), plain, piped, None, "–"),
        line(delivered, best, delivering, None, "–"),
    ]
}

fn rate(rates: &[f64]) -> String {
    format!("{:.0}/s", report::median(rates))
}

/// Measures commands on SQLite.
pub async fn run_sqlite(plan: &Plan) -> Fallible<Vec<Line>> {
    let service = Process::service(None, &[])?;
    let folder = tempfile::tempdir()?;
    let connection = sqlite_limit(&folder.path().join("limit.db"))?;
    let mut number = 0;
    let measure = async |side: usize, length| match side {
        0 => insert_batches(&connection, length, &mut number),
        _ => commands(&service, length).await,
    };
    let [limit, ours] = load::in_rounds(plan, measure).await?;
    let ratios = report::ratios(&ours, &limit);
    Ok(vec![Line {
        bar: "B14",
        what: "create over HTTP on SQLite (durable, group commit), 32 clients, beside the same rows inserted in \
            durable transactions of 32"
            .into(),
        limit: format!("{:.0}/s", report::median(&limit)),
        ours: format!("{:.0}/s", report::median(&ours)),
        met: Some(report::median(&ratios) >= 0.50),
        ratios,
        bar_asks: ">= 0.50",
    }])
}

fn sqlite_limit(path: &Path) -> Fallible<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(include_str!("../limits/sqlite.sql"))?;
    Ok(connection)
}

fn insert_batches(connection: &rusqlite::Connection, length: Duration, number: &mut i64) -> Fallible<f64> {
    let started = Instant::now();
    let mut inserted = 0;
    let statements = [
        "INSERT INTO idempotency VALUES (x'01', 'p', 'POST /v1/parcels', ?1, x'00', '{\"id\":\"x\",\"name\":\"p\"}', 0)",
        "INSERT INTO parcels VALUES (x'01', ?1, 'p', ?1, '', 'draft', 1, 0, 0)",
        "INSERT INTO stream_head VALUES (x'01', ?1, 1)",
        "INSERT INTO journal (tenant_id, event_id, stream, version, type, payload, at) \
         VALUES (x'01', ?1, ?1, 1, 'parcel.created.v1', '{\"name\":\"p\",\"description\":\"\"}', 0)",
    ];
    while started.elapsed() < length {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..32 {
            *number += 1;
            // The same spread as random identities have.
            let id = number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64).to_be_bytes();
            for statement in statements {
                connection.prepare_cached(statement)?.execute([id.as_slice()])?;
            }
            inserted += 1;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(f64::from(inserted) / started.elapsed().as_secs_f64())
}
