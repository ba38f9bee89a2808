//! What a running service does now and then: forgets what is past its time, and audits its own proofs.

use crate::measures;
use cloudlab_core::store::Error;
use cloudlab_sql::Database;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Often enough that a batch stays small.
const EVERY: Duration = Duration::from_secs(60);
const BETWEEN_BATCHES: Duration = Duration::from_millis(50);

/// Runs until it is stopped; a failure is reported and tried again next time.
pub(crate) async fn run(database: Database, reader: &'static str, stop: CancellationToken) {
    let mut reported = BTreeSet::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = forget(&database, &stop).await {
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

/// Batch after batch, with room for others between them, until nothing is left that is past its time.
async fn forget(database: &Database, stop: &CancellationToken) -> Result<(), Error> {
    while database.forget_expired().await?.is_full() && !stop.is_cancelled() {
        tokio::time::sleep(BETWEEN_BATCHES).await;
    }
    Ok(())
}

/// Counts them once each, as long as the process lives.
fn report(reader: &str, lost: &[i64]) {
    if lost.is_empty() {
        return;
    }
    tracing::error!(reader, ids = ?lost, "events appeared in ranges that were proven dead");
    metrics::counter!(measures::LOST_IDS).increment(lost.len() as u64);
}
