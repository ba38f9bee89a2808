//! How soon the statistics, a read model behind a consumer, show a command: what the README promises.

use crate::load::Client;
use crate::process::{self, Process};
use crate::report::{self, Line};
use crate::{Fallible, Plan, b2, postgres};
use std::time::{Duration, Instant};

const LIMIT_MS: f64 = 50.0;
const PATIENCE: Duration = Duration::from_secs(5);

/// Measures on both engines.
pub async fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let scratch = postgres::scratch("freshness").await?;
    let mut lines = Vec::new();
    for (engine, url) in [("SQLite", None), ("PostgreSQL", Some(scratch.url()))] {
        let service = Process::service(url.as_deref(), &[])?;
        let mut taken = Vec::new();
        let mut client = Client::connect(service.address).await?;
        for number in 0..plan.rounds * 30 {
            taken.push(follow(&mut client, number as u64).await?.as_secs_f64() * 1_000.0);
        }
        taken.sort_by(f64::total_cmp);
        let (median, late) = (report::median(&taken), taken[taken.len() * 99 / 100]);
        lines.push(Line {
            bar: "S10",
            what: format!("reply of a create until the statistics show it, {engine}, asked without a pause"),
            limit: format!("{LIMIT_MS} ms"),
            ours: format!("p50 {median:.1} ms, p99 {late:.1} ms"),
            ratios: Vec::new(),
            met: Some(late <= LIMIT_MS),
            bar_asks: "p99 <= 50 ms",
        });
    }
    Ok(lines)
}

/// Creates one, and asks until it is counted.
async fn follow(client: &mut Client, number: u64) -> Fallible<Duration> {
    let mut out = Vec::new();
    b2::create("freshness")(number, &mut out);
    if client.send(&out).await? != 201 {
        return Err(format!("not created: {}", client.answer()).into());
    }
    let counted = format!("\"draft\":{}", number + 1);
    let replied = Instant::now();
    loop {
        client.send(b"GET /v1/acme-gizmos/statistics HTTP/1.1\r\nhost: bench\r\n\r\n").await?;
        let answer = client.answer();
        if process::has_field(&answer, &counted) {
            return Ok(replied.elapsed());
        }
        if replied.elapsed() > PATIENCE {
            return Err(format!("not counted after {PATIENCE:?}: {answer}").into());
        }
    }
}
