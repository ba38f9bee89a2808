//! Whether the service can do its work: every dependency with its state.

use crate::service::Service;
use cloudlab_core::store::Error;
use cloudlab_messaging::Broker;
use cloudlab_sql::journal::{ReaderStatus, State};
use cloudlab_sql::{Database, Migration};
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a report is given again without another look: probes must not become load.
const FRESH: Duration = Duration::from_millis(500);
/// How long a schema that was complete is taken for granted. Somebody may take migrations back, or bring an older
/// database back, under a service that runs.
const COMPLETE: Duration = Duration::from_secs(5);
/// How long a dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a probe is told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// `ready`, `degraded` (ready, but an operator should look) or `not_ready`.
    pub status: &'static str,
    pub checks: BTreeMap<&'static str, Check>,
}

/// The state of one dependency.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    /// `up` or `down`.
    pub state: &'static str,
    /// Whether the service can work without it.
    pub needed: bool,
    pub detail: String,
}

/// Watches the dependencies of a running service.
pub(crate) struct Readiness {
    database: Database,
    broker: Arc<dyn Broker>,
    reader: Arc<Mutex<ReaderStatus>>,
    scope: &'static str,
    migrations: &'static [Migration],
    migrated: AtomicBool,
    /// When the schema was last found complete.
    looked: Mutex<Option<Instant>>,
    stopping: AtomicBool,
    last: tokio::sync::Mutex<Option<(Instant, Report)>>,
}

impl Readiness {
    pub fn new(
        service: &Service,
        database: Database,
        broker: Arc<dyn Broker>,
        reader: Arc<Mutex<ReaderStatus>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            database,
            broker,
            reader,
            scope: service.name,
            migrations: service.migrations,
            migrated: AtomicBool::new(false),
            looked: Mutex::new(None),
            stopping: AtomicBool::new(false),
            last: tokio::sync::Mutex::new(None),
        })
    }

    /// Says that the service takes no new work.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// The state now, or a moment ago.
    pub async fn report(&self) -> Report {
        let mut last = self.last.lock().await;
        if let Some((at, report)) = last.as_ref()
            && at.elapsed() < FRESH
            && !self.stopping.load(Ordering::Relaxed)
        {
            return report.clone();
        }
        let report = self.look().await;
        *last = Some((Instant::now(), report.clone()));
        report
    }

    async fn look(&self) -> Report {
        // At one time: a probe must hear of a database that hangs before its own patience ends.
        let (database, migrations, broker) = tokio::join!(self.database(), self.migrations(), self.broker());
        let mut checks =
            BTreeMap::from([("database", database), ("migrations", migrations), ("broker", broker)]);
        checks.insert("journal", self.journal());
        if self.stopping.load(Ordering::Relaxed) {
            let detail = "the service is stopping".to_owned();
            checks.insert("lifecycle", Check { state: "down", needed: true, detail });
        }
        let down =
            |needed: bool| checks.values().any(|check| check.state == "down" && check.needed == needed);
        let status = if down(true) {
            "not_ready"
        } else if down(false) {
            "degraded"
        } else {
            "ready"
        };
        Report { status, checks }
    }

    async fn database(&self) -> Check {
        match tokio::time::timeout(PATIENCE, self.database.version()).await {
            Ok(Ok(version)) => up(true, version),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database is not ready");
                down(true, "the database does not answer; the log says why")
            }
            Err(_) => down(true, "the database did not answer within a second"),
        }
    }

    /// Whether the schema was complete when it was last looked at.
    pub fn is_migrated(&self) -> bool {
        self.migrated.load(Ordering::Relaxed)
    }

    /// Looks whether the schema is complete, unless that was seen a moment ago.
    ///
    /// # Errors
    /// What is missing, or that nobody knows.
    pub async fn schema(&self) -> Result<(), String> {
        if self.looked.lock().is_some_and(|at| at.elapsed() < COMPLETE) {
            return Ok(());
        }
        let status = self.database.migration_status(self.scope, self.migrations);
        let all = match tokio::time::timeout(PATIENCE, status).await {
            Ok(Ok(all)) => all,
            Ok(Err(Error::Defect(cause))) => return Err(cause),
            // A database that is away has not lost its schema.
            _ if self.is_migrated() => return Ok(()),
            _ => return Err("unknown while the database does not answer".into()),
        };
        let pending = all.iter().filter(|one| !one.applied);
        let names: Vec<_> = pending.map(|one| format!("{}/{}", one.scope, one.name)).collect();
        self.migrated.store(names.is_empty(), Ordering::Relaxed);
        if names.is_empty() {
            *self.looked.lock() = Some(Instant::now());
            return Ok(());
        }
        *self.looked.lock() = None;
        Err(format!(
            "pending: {}; run `{} migrate up` or set database.migrate = true",
            names.join(", "),
            self.scope
        ))
    }

    async fn migrations(&self) -> Check {
        self.schema().await.map_or_else(|reason| down(true, reason), |()| up(true, "applied"))
    }

    fn journal(&self) -> Check {
        if !self.is_migrated() {
            return down(false, "the reader waits for the schema");
        }
        match &self.reader.lock().state {
            State::Reading => up(false, "this process delivers"),
            State::Standby => up(false, "another process delivers"),
            State::Waiting(_) => down(false, "the reader waits for the database; events stay in the journal"),
            State::Halted(_) => down(false, "the reader has halted: see /outbox and the runbook"),
        }
    }

    async fn broker(&self) -> Check {
        match tokio::time::timeout(PATIENCE, self.broker.check()).await {
            Ok(Ok(())) => up(false, self.broker.name()),
            _ => down(false, "the broker does not answer; events stay in the journal"),
        }
    }
}

fn up(needed: bool, detail: impl Into<String>) -> Check {
    Check { state: "up", needed, detail: detail.into() }
}

fn down(needed: bool, detail: impl Into<String>) -> Check {
    Check { state: "down", needed, detail: detail.into() }
}
