//! The journal's tables, as a reader uses them; one implementation an engine.

use crate::journal::{Position, Ranges};
use async_trait::async_trait;
use cloudlab_core::store::Error;
use cloudlab_core::{RecordedEvent, Timestamp, Uuid};
use std::collections::BTreeSet;
use std::time::Duration;

/// What a reader holds while it is the only one: its fencing token grows with every owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub owner: Uuid,
    pub fence: i64,
}

/// One look at the journal: rows ascending by id.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub rows: Vec<(i64, RecordedEvent)>,
}

/// How the journal's own identity and end look now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Changes when a server is replaced by another history (failover, restore).
    pub incarnation: String,
    /// The highest id that was ever drawn.
    pub last_drawn: i64,
}

/// A reader as its row shows it.
#[derive(Clone, Debug)]
pub(crate) struct ReaderRow {
    pub position: Position,
    pub incarnation: String,
    /// Why it stopped, until an operator has decided.
    pub halted: Option<String>,
}

#[async_trait]
pub(crate) trait JournalStore: Send + Sync {
    /// Registers the reader at the prune mark when it is new.
    async fn register(&self, reader: &str) -> Result<(), Error>;

    /// Takes or renews the lease; nothing when somebody else holds it.
    async fn lease(&self, reader: &str, owner: Uuid, length: Duration) -> Result<Option<Lease>, Error>;

    /// Gives the lease up.
    async fn release(&self, reader: &str, lease: Lease) -> Result<(), Error>;

    /// The reader's stored state.
    async fn load(&self, reader: &str) -> Result<ReaderRow, Error>;

    /// Stores the position; [`Error::Stale`] when the lease has passed to another owner.
    async fn save(&self, reader: &str, lease: Lease, position: &Position) -> Result<(), Error>;

    /// Notes why the reader has stopped, so that no process goes on before an operator has decided.
    async fn halt(&self, reader: &str, lease: Lease, cause: &str) -> Result<(), Error>;

    /// Up to `limit` rows inside the ranges and up to `limit` rows above `high`; in one snapshot where several write.
    async fn poll(&self, open: &Ranges, high: i64, limit: i64) -> Result<Page, Error>;

    /// The transactions that may hold an id which nobody sees yet.
    async fn writers(&self) -> Result<BTreeSet<String>, Error>;

    /// What tells this journal from another.
    async fn identity(&self) -> Result<Identity, Error>;

    /// Remembers ranges that were proven dead, for the auditor.
    async fn bury(&self, reader: &str, dead: &Ranges, at: Timestamp) -> Result<(), Error>;

    /// Ids that were buried and have rows all the same: there must be none, ever.
    async fn audit(&self, reader: &str) -> Result<Vec<i64>, Error>;

    /// Removes up to `limit` events recorded before the instant that every reader is past; none while a reader is
    /// halted, since its position may say nothing about this journal.
    async fn prune(&self, before: Timestamp, limit: i64) -> Result<u64, Error>;
}
