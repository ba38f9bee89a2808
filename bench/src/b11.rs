//! B11: what a service costs while it does nothing, and how soon it is ready.

use crate::process::Process;
use crate::report::{self, Line};
use crate::{Fallible, Plan, postgres};
use std::time::Duration;

/// Measures.
pub async fn run(plan: &Plan) -> Fallible<Vec<Line>> {
    let scratch = postgres::scratch("idle").await?;
    let url = scratch.url();
    let mut lines = Vec::new();
    for (engine, database) in [("SQLite", None), ("PostgreSQL", Some(url.as_str()))] {
        let (mut idle, mut ready, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let (service, minimal) = (Process::service(database, &[])?, Process::form("bare", &[])?);
            // Idle means that what the start needed has been given back.
            tokio::time::sleep(Duration::from_secs(2)).await;
            idle.push(service.resident_mb()?);
            bare.push(minimal.resident_mb()?);
            ready.push(service.ready_after.as_secs_f64());
        }
        lines.push(Line {
            bar: "B11",
            what: format!("idle memory on {engine}, beside bare axum"),
            limit: format!("{:.1} MB", report::median(&bare)),
            ours: format!("{:.1} MB", report::median(&idle)),
            met: Some(report::median(&idle) <= 25.0),
            ratios: report::ratios(&idle, &bare),
            bar_asks: "<= 25 MB",
        });
        lines.push(Line {
            bar: "B11",
            what: format!("start of the process to ready on {engine}, migrations included the first time"),
            limit: String::from("–"),
            ours: format!("{:.3} s", report::median(&ready)),
            met: Some(report::median(&ready) <= 1.0),
            ratios: Vec::new(),
            bar_asks: "<= 1 s",
        });
    }
    Ok(lines)
}
