//! PostgreSQL: a commit is sent whole and answered in one round trip.

mod at_once;
mod commit;
mod connection;
mod connections;
mod errors;
mod journal;
mod migrations;
mod notify;
mod one_sync;
mod prepared;
mod socket;
mod statements;
mod values;

use crate::engine::{Dialect, Engine, Failure, PoolStatus};
use crate::journal::store::JournalStore;
use crate::migrations::Applied;
use crate::plan::Plan;
use crate::{Migration, OpenError, Row, Settings, Statement, Wakeup};
use async_trait::async_trait;
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use connections::Connections;
pub(crate) use connections::configure;
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Connections for readers and upkeep, apart from those of requests: a full pool must not stop delivery.
const BACKGROUND: usize = 3;

/// The PostgreSQL engine.
pub(crate) struct Postgres {
    requests: Connections,
    background: Connections,
    notifier: parking_lot::Mutex<Option<DropGuard>>,
}

impl Postgres {
    /// Prepares connections; none is opened before it is needed.
    pub fn open(config: Config, settings: &Settings, wakeup: &Arc<Wakeup>) -> Result<Self, OpenError> {
        let requests = Connections::new(config.clone(), settings.pool_size, settings)?;
        let background = Connections::new(config.clone(), BACKGROUND, settings)?;
        let stop = CancellationToken::new();
        if settings.notify {
            tokio::spawn(notify::run(config, wakeup.clone(), settings.poll_interval, stop.clone()));
        }
        Ok(Self { requests, background, notifier: parking_lot::Mutex::new(Some(stop.drop_guard())) })
    }
}

#[async_trait]
impl Engine for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn version(&self) -> Result<String, Error> {
        let statement = Statement::new("SELECT current_setting('server_version') AS version", Vec::new());
        let rows = self.background.fetch(&[statement], None).await?;
        let version: String = rows[0].first().map_or(Ok(String::new()), |row| row.get("version"))?;
        Ok(format!("PostgreSQL {version}"))
    }

    async fn commit(&self, plan: &Plan) -> Result<(), Failure> {
        commit::commit(&self.requests, plan).await
    }

    async fn fetch(
        &self,
        statements: &[Statement],
        deadline: Option<Deadline>,
    ) -> Result<Vec<Vec<Row>>, Error> {
        self.requests.fetch(statements, deadline).await
    }

    async fn maintain(&self, statements: &[Statement]) -> Result<Vec<u64>, Error> {
        commit::maintain(&self.background, statements).await
    }

    async fn migrate(&self, scope: &str, migration: &Migration, up: bool) -> Result<(), Error> {
        migrations::migrate(&self.background, scope, migration, up).await
    }

    async fn applied(&self, scope: &str) -> Result<Vec<Applied>, Error> {
        migrations::applied(&self.background, scope).await
    }

    fn journal(self: Arc<Self>) -> Arc<dyn JournalStore> {
        self
    }

    fn pool(&self) -> PoolStatus {
        self.requests.status()
    }

    async fn close(&self) {
        drop(self.notifier.lock().take());
        self.requests.close();
        self.background.close();
    }
}
