//! What an operator can set about a database.

use std::time::Duration;

/// Limits of a database's connections and of the journal's readers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Connections for requests.
    pub pool_size: usize,
    /// How long a connection may take to open.
    pub connect_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long the server lets a transaction of ours sit idle before it ends the session.
    pub idle_in_transaction_timeout: Duration,
    /// How long a reply is kept under its idempotency key.
    pub keep_replies: Duration,
    /// How long an inbox row is kept; longer than any broker redelivers.
    pub keep_inbox: Duration,
    /// How long delivered events stay in the journal; forever when unset.
    pub keep_events: Option<Duration>,
    /// How long a reader's lease lasts without renewal.
    pub lease: Duration,
    /// The longest time between two looks at the journal when nothing wakes the reader.
    pub poll_interval: Duration,
    /// Whether commits wake readers of other processes (LISTEN/NOTIFY on PostgreSQL).
    pub notify: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pool_size: 16,
            connect_timeout: Duration::from_secs(3),
            lock_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(10),
            keep_replies: Duration::from_secs(24 * 3600),
            keep_inbox: Duration::from_secs(14 * 24 * 3600),
            keep_events: Some(Duration::from_secs(7 * 24 * 3600)),
            lease: Duration::from_secs(5),
            poll_interval: Duration::from_millis(20),
            notify: true,
        }
    }
}

/// Why a database cannot be opened: a sentence for whoever wrote the URL. It never holds a password.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub(crate) String);
