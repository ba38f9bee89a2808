//! SQLite: one writer thread that commits in groups, a few readers, write-ahead log, durable before the answer.

mod commit;
mod errors;
mod journal;
mod lease;
mod migrations;
mod readers;
mod values;
mod writer;

use crate::engine::{Dialect, Engine, Failure, PoolStatus};
use crate::journal::store::JournalStore;
use crate::migrations::Applied;
use crate::plan::Plan;
use crate::{Migration, OpenError, Row, Settings, Statement};
use async_trait::async_trait;
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use lease::Leases;
use readers::Readers;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writer::Writer;

/// The SQLite engine.
pub(crate) struct Sqlite {
    writer: Writer,
    readers: Readers,
    leases: Leases,
    path: PathBuf,
}

impl Sqlite {
    /// Opens or creates the file, with its folder.
    pub async fn open(path: &Path, settings: &Settings) -> Result<Self, OpenError> {
        let cannot =
            |error: &dyn std::fmt::Display| OpenError(format!("cannot open {}: {error}", path.display()));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| cannot(&error))?;
        }
        let writer = Writer::open(path).await.map_err(|error| cannot(&error))?;
        let readers = Readers::open(path, settings.statement_timeout).map_err(|error| cannot(&error))?;
        Ok(Self { writer, readers, leases: Leases::beside(path), path: path.to_owned() })
    }
}

/// The file that a URL names behind its scheme.
pub(crate) fn path(path: &str) -> Result<PathBuf, OpenError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(":memory:") {
        let sentence = "a SQLite URL names a file, such as sqlite:data/service.db; memory is not durable";
        return Err(OpenError(sentence.into()));
    }
    Ok(PathBuf::from(path))
}

#[async_trait]
impl Engine for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn version(&self) -> Result<String, Error> {
        // An open file can be read after it was moved or deleted, and everything written to it is lost at the end.
        if !self.path.exists() {
            return Err(Error::Unavailable(format!("the file {} is gone", self.path.display())));
        }
        let look = Statement::new("SELECT count(*) AS tables FROM sqlite_schema", Vec::new());
        self.readers.fetch(vec![look], None).await?;
        Ok(format!("SQLite {}", rusqlite::version()))
    }

    async fn commit(&self, plan: &Plan) -> Result<(), Failure> {
        let steps = commit::steps(plan);
        self.writer.run(plan.deadline, move |connection| commit::apply(connection, &steps)).await
    }

    async fn fetch(
        &self,
        statements: &[Statement],
        deadline: Option<Deadline>,
    ) -> Result<Vec<Vec<Row>>, Error> {
        self.readers.fetch(statements.to_vec(), deadline).await
    }

    async fn maintain(&self, statements: &[Statement]) -> Result<Vec<u64>, Error> {
        let statements = statements.to_vec();
        let work = move |connection: &rusqlite::Connection| {
            let run = |statement: &Statement| commit::execute(connection, &statement.sql, &statement.values);
            statements.iter().map(run).collect()
        };
        self.writer.run(None, work).await.map_err(errors::plain)
    }

    async fn migrate(&self, scope: &str, migration: &Migration, up: bool) -> Result<(), Error> {
        migrations::migrate(&self.writer, scope, migration, up).await
    }

    async fn applied(&self, scope: &str) -> Result<Vec<Applied>, Error> {
        migrations::applied(&self.writer, scope).await
    }

    fn journal(self: Arc<Self>) -> Arc<dyn JournalStore> {
        self
    }

    fn pool(&self) -> PoolStatus {
        self.readers.status()
    }

    async fn close(&self) {
        self.writer.close().await;
    }
}
