//! What a running service does now and then: forgets what is past its time, and audits its own proofs.

use cloudlab_sql::Database;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Often enough that a batch stays small.
const EVERY: Duration = Duration::from_secs(60);

/// Runs until it is stopped; a failure is reported and tried again next time.
pub(crate) async fn run(database: Database, reader: &'static str, stop: CancellationToken) {
    let mut reported = BTreeSet::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = database.forget_expired().await {
            tracing::warn!(%error, "upkeep could not remove what is past its time");
        }
        match database.audit_dead_gaps(reader).await {
            Ok(mut found) => {
                found.retain(|id| reported.insert(*id));
                report(reader, &found);
            }
            Err(error) => tracing::warn!(%error, "upkeep could not audit the journal"),
        }
    }
}

/// Counts them once each, as long as the process lives.
fn report(reader: &str, lost: &[i64]) {
    if lost.is_empty() {
        return;
    }
    tracing::error!(reader, ids = ?lost, "events appeared in ranges that were proven dead");
    metrics::counter!("journal_lost_ids_total").increment(lost.len() as u64);
}
