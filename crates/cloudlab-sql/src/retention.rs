//! What is forgotten, and when: kept replies, inbox rows, events that every reader is past.

use crate::{Database, Statement};
use cloudlab_core::store::Error;

/// Rows removed at once: few enough that no lock is held for long.
const BATCH: u64 = 5_000;

const FORGET_REPLIES: &str = "DELETE FROM idempotency WHERE (tenant_id, principal, operation, key) IN \
    (SELECT tenant_id, principal, operation, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT $2)";

const FORGET_INBOX: &str = "DELETE FROM inbox WHERE (tenant_id, consumer, event_id) IN \
    (SELECT tenant_id, consumer, event_id FROM inbox WHERE at < $1 ORDER BY at LIMIT $2)";

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

impl Forgotten {
    /// Whether more may be left: something filled its batch.
    #[must_use]
    pub fn is_full(&self) -> bool {
        [self.replies, self.inbox, self.events].contains(&BATCH)
    }
}

impl Database {
    /// Removes one batch of whatever is past its time. Events go only below the lowest gap of every registered
    /// reader, so nothing undelivered is ever pruned.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn forget_expired(&self) -> Result<Forgotten, Error> {
        let settings = self.settings();
        let limit = BATCH as i64;
        let replies = vec![self.before(settings.keep_replies).into(), limit.into()];
        let inbox = vec![self.before(settings.keep_inbox).into(), limit.into()];
        let removed = self
            .engine()
            .maintain(&[Statement::new(FORGET_REPLIES, replies), Statement::new(FORGET_INBOX, inbox)])
            .await?;
        let events = match settings.keep_events {
            Some(keep) => self.journal().prune(self.before(keep), limit).await?,
            None => 0,
        };
        Ok(Forgotten { replies: removed[0], inbox: removed[1], events })
    }

    /// Ids that a reader had proven dead and that have rows all the same. There must be none, ever.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn audit_dead_gaps(&self, reader: &str) -> Result<Vec<i64>, Error> {
        self.journal().audit(reader).await
    }
}
