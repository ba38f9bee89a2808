//! What is forgotten, and when: kept replies, inbox rows, events that every reader is past.

use crate::{Database, Statement};
use cloudlab_core::Timestamp;
use cloudlab_core::store::Error;
use std::time::Duration;

/// Rows removed at once: few enough that no lock is held for long.
const BATCH: i64 = 5_000;

/// What one round of [`Database::forget_expired`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Replies past their time.
    pub replies: u64,
    /// Inbox rows past their time.
    pub inbox: u64,
    /// Events past their time that no reader needs.
    pub events: u64,
}

impl Database {
    /// Removes one batch of whatever is past its time. Events go only below the lowest gap of every registered
    /// reader, so nothing undelivered is ever pruned.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn forget_expired(&self) -> Result<Forgotten, Error> {
        let settings = self.settings();
        let replies = vec![self.before(settings.keep_replies).into()];
        let inbox = vec![self.before(settings.keep_inbox).into()];
        let removed = self
            .engine()
            .maintain(&[
                Statement::new("DELETE FROM idempotency WHERE at < $1", replies),
                Statement::new("DELETE FROM inbox WHERE at < $1", inbox),
            ])
            .await?;
        let events = match settings.keep_events {
            Some(keep) => self.journal().prune(self.before(keep), BATCH).await?,
            None => 0,
        };
        Ok(Forgotten { replies: removed[0], inbox: removed[1], events })
    }

    fn before(&self, keep: Duration) -> Timestamp {
        self.clock().now().plus_ms(-i64::try_from(keep.as_millis()).unwrap_or(i64::MAX))
    }
}
