//! The small port behind which the native drivers stand.

use crate::journal::store::JournalStore;
use crate::migrations::Applied;
use crate::plan::Plan;
use crate::{Migration, Row, Statement};
use async_trait::async_trait;
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use std::sync::Arc;

/// The SQL that an engine speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// How a commit ended that did not succeed, in words for the retry loop.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// A deadlock or a serialization failure: the same commit may succeed at once.
    Again(String),
    /// The idempotency key exists: look at what is kept under it.
    KeyExists,
    /// As the error says.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A database engine: commits whole, reads, migrates.
#[async_trait]
pub(crate) trait Engine: Send + Sync {
    /// What it speaks.
    fn dialect(&self) -> Dialect;

    /// Name and version as the server itself reports them.
    async fn version(&self) -> Result<String, Error>;

    /// Writes the plan all or nothing. The caller runs this in a task that nobody cancels.
    async fn commit(&self, plan: &Plan) -> Result<(), Failure>;

    /// Reads in one round trip; each statement sees what was committed when it ran.
    async fn fetch(
        &self,
        statements: &[Statement],
        deadline: Option<Deadline>,
    ) -> Result<Vec<Vec<Row>>, Error>;

    /// Runs statements in one transaction, away from the connections of requests; answers rows changed by each.
    async fn maintain(&self, statements: &[Statement]) -> Result<Vec<u64>, Error>;

    /// Runs a script and records it as applied or as taken back, in one transaction, once across processes.
    async fn migrate(&self, scope: &str, migration: &Migration, up: bool) -> Result<(), Error>;

    /// The applied migrations of a scope, in the order of their numbers.
    async fn applied(&self, scope: &str) -> Result<Vec<Applied>, Error>;

    /// The journal's tables.
    fn journal(self: Arc<Self>) -> Arc<dyn JournalStore>;

    /// Connections in use and open.
    fn pool(&self) -> PoolStatus;

    /// Closes every connection.
    async fn close(&self);
}

/// How busy the connections of requests are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections that exist.
    pub open: usize,
    /// Connections that somebody uses now.
    pub used: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}
