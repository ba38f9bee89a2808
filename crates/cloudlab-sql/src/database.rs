//! A database as a service sees it: reads, and commits that are written whole.

use crate::engine::{Engine, Failure, PoolStatus};
use crate::journal::store::JournalStore;
use crate::plan::{Kept, Plan};
use crate::{Dialect, OpenError, Row, Settings, Statement, Wakeup, sabotage, sqlite};
use cloudlab_core::store::Error;
use cloudlab_core::{
    Clock, Commit, Deadline, Idempotency, Ids, Reply, RequestContext, Store, TenantId, Timestamp, async_trait,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout_at;
use tokio_util::task::TaskTracker;

/// Times that a commit is repeated after a deadlock or a serialization failure.
const MOST_REPEATS: u32 = 8;

/// How long a repeatable commit with an unknown outcome is pursued when its caller named no deadline.
const PURSUE: Duration = Duration::from_secs(10);

/// A database: an engine, the clock and identities that commits take, and the wake-up of the journal's readers.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    settings: Settings,
    wakeup: Arc<Wakeup>,
    tasks: TaskTracker,
}

impl Database {
    /// Opens the database that the URL names: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`. A server
    /// that is away is no error: commits and reads say so until it is back.
    ///
    /// # Errors
    /// When the URL cannot be understood, or the SQLite file cannot be opened.
    pub async fn open(
        url: &str,
        settings: Settings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, OpenError> {
        let wakeup = Arc::new(Wakeup::default());
        let engine = connect(url, &settings, &wakeup).await?;
        let tasks = TaskTracker::new();
        Ok(Self { inner: Arc::new(Inner { engine, clock, ids, settings, wakeup, tasks }) })
    }

    /// Whether [`Database::open`] would understand the URL; nothing is opened.
    ///
    /// # Errors
    /// A sentence that says what is allowed; it never holds a password.
    pub fn check_url(url: &str) -> Result<(), OpenError> {
        target(url, &Settings::default()).map(drop)
    }

    /// The SQL that it speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.inner.engine.dialect()
    }

    /// Name and version as the server reports them.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn version(&self) -> Result<String, Error> {
        self.inner.engine.version().await
    }

    /// Reads what a decision needs. In the same round trip it looks whether the request was executed before under
    /// its idempotency key, so that a repeated "cancel" gets its reply and not "already cancelled".
    ///
    /// # Errors
    /// [`Error::Replayed`] and [`Error::KeyReused`] for a used key, else as [`Error`] says.
    pub async fn load(&self, ctx: &RequestContext, statement: Statement) -> Result<Vec<Row>, Error> {
        let Some(idempotency) = ctx.idempotency().filter(|_| !sabotage::on("late_idempotency")) else {
            return self.fetch(ctx, statement).await;
        };
        let kept = self.kept_by(ctx.tenant(), ctx.principal().as_str(), idempotency);
        // The key is looked at last: whoever has seen the effect of the first request then sees its reply as well.
        let mut results = self.inner.engine.fetch(&[statement, kept], ctx.deadline()).await?.into_iter();
        let (rows, kept) = (results.next().unwrap_or_default(), results.next().unwrap_or_default());
        match kept.first() {
            Some(row) => Err(replayed(row, idempotency)),
            None => Ok(rows),
        }
    }

    /// Reads, without a look at the idempotency key: for queries.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub async fn fetch(&self, ctx: &RequestContext, statement: Statement) -> Result<Vec<Row>, Error> {
        let mut results = self.inner.engine.fetch(&[statement], ctx.deadline()).await?;
        Ok(results.pop().unwrap_or_default())
    }

    /// The wake-up that commits ring.
    #[must_use]
    pub fn wakeup(&self) -> &Arc<Wakeup> {
        &self.inner.wakeup
    }

    /// How busy the connections are.
    #[must_use]
    pub fn pool(&self) -> PoolStatus {
        self.inner.engine.pool()
    }

    /// Waits for the commits that are under way, then closes every connection.
    pub async fn close(&self) {
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        self.inner.engine.close().await;
    }

    pub(crate) fn engine(&self) -> &dyn Engine {
        self.inner.engine.as_ref()
    }

    pub(crate) fn journal(&self) -> Arc<dyn JournalStore> {
        self.inner.engine.clone().journal()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    pub(crate) fn ids(&self) -> &dyn Ids {
        self.inner.ids.as_ref()
    }

    fn kept_by(&self, tenant: TenantId, principal: &str, idempotency: &Idempotency) -> Statement {
        Statement::new(
            "SELECT request_hash, status, headers, body FROM idempotency \
             WHERE tenant_id = $1 AND principal = $2 AND operation = $3 AND key = $4 AND at > $5",
            vec![
                tenant.into(),
                principal.into(),
                idempotency.operation.as_ref().into(),
                idempotency.key.as_ref().into(),
                self.expired().into(),
            ],
        )
    }

    /// Replies kept before this instant are as good as gone.
    fn expired(&self) -> Timestamp {
        self.before(self.inner.settings.keep_replies)
    }

    /// The instant this long ago, 1970 at the earliest: no engine can compare with the beginning of time.
    pub(crate) fn before(&self, keep: Duration) -> Timestamp {
        let keep_ms = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        self.inner.clock.now().plus_ms(-keep_ms).max(Timestamp::from_micros(0))
    }

    /// Runs the plan until it has an outcome: repeats what a repetition makes right, and nothing else.
    async fn pursue(&self, plan: Plan, deadline: Option<Deadline>) -> Result<(), Error> {
        let until = deadline.map_or_else(|| Instant::now() + PURSUE, Deadline::instant);
        // Once the outcome of a try is unknown, a server that is away proves nothing about it.
        let mut unknown = None;
        let mut repeats = 0;
        loop {
            repeats += 1;
            let (error, most) = match self.attempt(&plan, unknown.is_some()).await {
                Attempt::Over(outcome) => return outcome,
                Attempt::Raced(error) => (error, MOST_REPEATS),
                Attempt::Waits => (Error::InProgress, MOST_REPEATS * 4),
                Attempt::Failed(error) => {
                    let lost = matches!(error, Error::Unknown(_));
                    let repeatable = plan.is_repeatable() || sabotage::on("blind_retry");
                    if !repeatable || !(lost || (unknown.is_some() && error.is_outage())) {
                        return Err(error);
                    }
                    if lost {
                        unknown = Some(error.clone());
                    }
                    (error, MOST_REPEATS * 4)
                }
            };
            if Instant::now() >= until || repeats > most {
                return Err(unknown.unwrap_or(error));
            }
            tokio::time::sleep(self.backoff(repeats)).await;
        }
    }

    /// `maybe_done`: whether an earlier try may have succeeded unseen.
    async fn attempt(&self, plan: &Plan, maybe_done: bool) -> Attempt {
        match self.inner.engine.commit(plan).await {
            Ok(()) => Attempt::Over(Ok(())),
            Err(Failure::Again(cause)) => Attempt::Raced(Error::Unavailable(cause)),
            Err(Failure::Error(error)) => Attempt::Failed(error),
            Err(Failure::KeyExists) => match self.reply_of(plan, maybe_done).await {
                Ok(Some(outcome)) => Attempt::Over(outcome),
                Ok(None) => Attempt::Waits,
                Err(error) => Attempt::Failed(error),
            },
        }
    }

    /// What is kept under the plan's key: our own reply when an earlier try had succeeded unseen, somebody else's,
    /// or nothing when it has expired meanwhile, which is then cleared away.
    async fn reply_of(&self, plan: &Plan, maybe_done: bool) -> Result<Option<Result<(), Error>>, Error> {
        let Some(kept) = &plan.kept else { return Ok(None) };
        let statement = self.kept_by(plan.tenant, plan.principal.as_str(), &kept.idempotency);
        let rows = self.inner.engine.fetch(&[statement], None).await?.pop().unwrap_or_default();
        let Some(row) = rows.first() else {
            self.inner.engine.maintain(&[forget(plan, kept, self.expired())]).await?;
            return Ok(None);
        };
        Ok(Some(match replayed(row, &kept.idempotency) {
            Error::Replayed(reply) if maybe_done && reply == kept.reply => Ok(()),
            error => Err(error),
        }))
    }

    /// A pause that grows and is never the same for two that ran into each other.
    fn backoff(&self, repeats: u32) -> Duration {
        let noise = self.inner.ids.next().as_u128() as u64 % 1_000;
        let most_us = 1_000_u64 << repeats.min(7);
        Duration::from_micros(500 + most_us * noise / 1_000)
    }
}

/// How one try of a commit ended.
enum Attempt {
    /// The commit has its outcome.
    Over(Result<(), Error>),
    /// It ran into another one: the same may succeed at once.
    Raced(Error),
    /// Somebody else executes the same key.
    Waits,
    /// As the error says.
    Failed(Error),
}

#[async_trait]
impl Store for Database {
    async fn commit(&self, commit: Commit) -> Result<(), Error> {
        let inner = &self.inner;
        let deadline = commit.deadline();
        let plan = Plan::new(commit, inner.ids.as_ref(), inner.clock.now())?;
        let rings = !plan.events.is_empty();
        let database = self.clone();
        // A task of its own: a caller that hangs up drops this future, and must not cut a transaction in two.
        let work = async move {
            let outcome = database.pursue(plan, deadline).await;
            if rings && outcome.is_ok() {
                database.inner.wakeup.committed();
            }
            outcome
        };
        if sabotage::on("no_own_task") {
            return work.await;
        }
        let task = inner.tasks.spawn(work);
        let outcome = match deadline {
            Some(deadline) => {
                timeout_at(deadline.instant().into(), task).await.map_err(|_| Error::Deadline)?
            }
            None => task.await,
        };
        outcome.unwrap_or_else(|panic| Err(Error::Defect(format!("the commit's task ended: {panic}"))))
    }
}

/// What a URL names.
enum Target {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(Box<tokio_postgres::Config>),
}

fn target(url: &str, settings: &Settings) -> Result<Target, OpenError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        return sqlite::path(path).map(Target::File);
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        #[cfg(feature = "postgres")]
        return crate::postgres::configure(url, settings).map(Box::new).map(Target::Postgres);
        #[cfg(not(feature = "postgres"))]
        return Err(OpenError(
            "this build has no PostgreSQL driver: add the feature `postgres` to cloudlab-chassis in Cargo.toml".into(),
        ));
    }
    let _ = settings;
    let scheme = url.split(':').next().unwrap_or_default();
    Err(OpenError(format!(
        "`{scheme}:` names no database engine: use sqlite:PATH or postgres://USER@HOST/NAME"
    )))
}

async fn connect(url: &str, settings: &Settings, wakeup: &Arc<Wakeup>) -> Result<Arc<dyn Engine>, OpenError> {
    let _ = wakeup;
    Ok(match target(url, settings)? {
        Target::File(path) => Arc::new(sqlite::Sqlite::open(&path, settings).await?),
        #[cfg(feature = "postgres")]
        Target::Postgres(config) => Arc::new(crate::postgres::Postgres::open(*config, settings, wakeup)?),
    })
}

fn replayed(row: &Row, idempotency: &Idempotency) -> Error {
    kept_reply(row, idempotency).map_or_else(|error| error, Error::Replayed)
}

fn kept_reply(row: &Row, idempotency: &Idempotency) -> Result<Reply, Error> {
    let hash: Vec<u8> = row.get("request_hash")?;
    if hash != idempotency.request_hash {
        return Err(Error::KeyReused);
    }
    let headers: String = row.get("headers")?;
    let headers = serde_json::from_str(&headers).map_err(|error| Error::Defect(error.to_string()))?;
    let body: Vec<u8> = row.get("body")?;
    Ok(Reply { status: row.get("status")?, headers, body: body.into() })
}

fn forget(plan: &Plan, kept: &Kept, expired: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM idempotency WHERE tenant_id = $1 AND principal = $2 AND operation = $3 AND key = $4 AND at <= $5",
        vec![
            plan.tenant.into(),
            plan.principal.as_str().into(),
            kept.idempotency.operation.as_ref().into(),
            kept.idempotency.key.as_ref().into(),
            expired.into(),
        ],
    )
}
