//! Pooled connections, each with its limits, none reused before every answer of its last batch was read.

use crate::engine::{Failure, PoolStatus};
use crate::postgres::at_once::{Answer, at_once};
use crate::postgres::connection::Connection;
use crate::postgres::socket::{ConnectError, KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_RETRIES};
use crate::postgres::{errors, values};
use crate::{OpenError, Row, Settings, Statement};
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use deadpool::managed::{Manager, Metrics, Object, Pool, RecycleError, RecycleResult};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

/// Beyond the server's own limits, so that a server which no longer answers is noticed as well.
const MARGIN: Duration = Duration::from_secs(1);

/// A pool.
pub(super) struct Connections {
    pool: Pool<Opener>,
    /// How long a batch may take before its connection counts as lost.
    patience: Duration,
    connect_timeout: Duration,
}

/// A connection on loan. It goes back to the pool only when [`Loan::returned`] says that nothing of it is unread;
/// dropped in the middle of anything, it is closed.
pub(super) struct Loan {
    connection: Option<Object<Opener>>,
    state: State,
}

/// What is known about a connection on loan.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Every answer was read.
    Clean,
    /// The server reads for the borrower, and may well go on when the borrower has left.
    Reading,
    /// Something may be open or unread.
    Unread,
}

/// Opens the connections of a pool.
struct Opener {
    config: Config,
    within: Duration,
}

impl Manager for Opener {
    type Type = Connection;
    type Error = ConnectError;

    async fn create(&self) -> Result<Connection, ConnectError> {
        Connection::open(&self.config, self.within).await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<ConnectError> {
        if !connection.is_usable() {
            return Err(RecycleError::message("it has ended"));
        }
        Ok(())
    }
}

/// Reads the URL and adds the limits that every connection of ours has.
pub(crate) fn configure(url: &str, settings: &Settings) -> Result<Config, OpenError> {
    // The driver's message may quote the URL, and with it the password.
    let mut config: Config = url.parse().map_err(|_| {
        OpenError("the PostgreSQL URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/NAME".into())
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        let sentence = "TLS to PostgreSQL is not built yet: remove sslmode=require and use a private network";
        return Err(OpenError(sentence.into()));
    }
    if config.get_target_session_attrs() != TargetSessionAttrs::Any {
        let sentence = "target_session_attrs is not built yet: name the primary alone in the PostgreSQL URL";
        return Err(OpenError(sentence.into()));
    }
    // A commit is one batch, and so one transaction without a BEGIN that could name its isolation. A server that waits
    // for the rest of a batch is not "idle in transaction": only its probes end a session whose other end is gone.
    let limits = format!(
        "-c lock_timeout={} -c statement_timeout={} -c idle_in_transaction_session_timeout={} \
         -c default_transaction_isolation=read\\ committed \
         -c tcp_keepalives_idle={} -c tcp_keepalives_interval={} -c tcp_keepalives_count={KEEPALIVE_RETRIES}",
        settings.lock_timeout.as_millis(),
        settings.statement_timeout.as_millis(),
        settings.idle_in_transaction_timeout.as_millis(),
        KEEPALIVE_IDLE.as_secs(),
        KEEPALIVE_INTERVAL.as_secs(),
    );
    // What opens a connection of the driver's own (`notify.rs`) must come to its last host within the time as well.
    let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(u32::MAX).max(1);
    let options = config.get_options().map_or_else(|| limits.clone(), |given| format!("{limits} {given}"));
    config
        .options(options)
        .connect_timeout(settings.connect_timeout / hosts)
        .tcp_user_timeout(settings.statement_timeout + settings.lock_timeout)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .keepalives_retries(KEEPALIVE_RETRIES);
    if config.get_application_name().is_none() {
        config.application_name("cloudlab");
    }
    Ok(config)
}

impl Connections {
    /// A pool of up to `size` connections.
    pub fn new(config: Config, size: usize, settings: &Settings) -> Result<Self, OpenError> {
        let pool = Pool::builder(Opener { config, within: settings.connect_timeout })
            .max_size(size)
            .build()
            .map_err(|error| OpenError(format!("the pool cannot be built: {error}")))?;
        let patience = settings.statement_timeout + settings.lock_timeout + MARGIN;
        Ok(Self { pool, patience, connect_timeout: settings.connect_timeout })
    }

    /// A connection, as soon as one is free or opened.
    pub async fn loan(&self, deadline: Option<Deadline>) -> Result<Loan, Error> {
        let most = self.patience.max(self.connect_timeout);
        let left = deadline.map_or(most, |deadline| deadline.left().min(most));
        let connection = match tokio::time::timeout(left, self.pool.get()).await {
            Ok(connection) => connection.map_err(errors::pool)?,
            Err(_) if deadline.is_some_and(|deadline| deadline.left().is_zero()) => {
                return Err(Error::Deadline);
            }
            Err(_) => return Err(Error::Unavailable("no connection became free in time".into())),
        };
        Ok(Loan { connection: Some(connection), state: State::Unread })
    }

    /// Reads in one round trip, once the statements are prepared on the connection.
    pub async fn fetch(
        &self,
        statements: &[Statement],
        deadline: Option<Deadline>,
    ) -> Result<Vec<Vec<Row>>, Error> {
        // A schema change makes the plans of every open connection wrong; each is closed as it is met.
        let mut stale = self.pool.status().max_size;
        loop {
            let loan = self.loan(deadline).await?;
            match self.read(loan, deadline, async |connection| read(connection, statements).await).await {
                Err(Failure::Again(_)) if stale > 0 => stale -= 1,
                outcome => return outcome.map_err(errors::plain),
            }
        }
    }

    /// Reads one statement whose parameters are columns of many rows.
    pub async fn fetch_many(&self, sql: &str, params: &[values::Param]) -> Result<Vec<Row>, Error> {
        let loan = self.loan(None).await?;
        let read = async |connection: &Connection| {
            let prepared = connection.prepare(sql).await.map_err(|error| errors::failure(&error))?;
            let rows = connection.query(&prepared, params).await;
            values::rows(&prepared, &rows.map_err(|error| errors::failure(&error))?)
        };
        self.read(loan, None, read).await.map_err(errors::plain)
    }

    /// Reads within the time that there is. The connection goes back when the server has answered and said nothing
    /// against the connection itself.
    async fn read<T>(
        &self,
        mut loan: Loan,
        deadline: Option<Deadline>,
        read: impl AsyncFnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let left = deadline.map_or(self.patience, |deadline| deadline.left().min(self.patience));
        loan.state = State::Reading;
        let Ok(outcome) = tokio::time::timeout(left, read(loan.connection()?)).await else {
            let passed = deadline.is_some_and(|deadline| deadline.left().is_zero());
            let unavailable = || Error::Unavailable("the server did not answer".into());
            return Err(if passed { Error::Deadline } else { unavailable() }.into());
        };
        loan.state = State::Unread;
        if !matches!(
            outcome,
            Err(Failure::Again(_) | Failure::Error(Error::Unknown(_) | Error::Unavailable(_)))
        ) {
            loan.returned();
        }
        outcome
    }

    /// How long a batch may take.
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// How busy it is.
    pub fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        let used = status.size.saturating_sub(status.available);
        PoolStatus { open: status.size, used, waiting: status.waiting }
    }

    /// Closes every connection.
    pub fn close(&self) {
        self.pool.close();
    }
}

impl Loan {
    /// Gives the connection back: every answer of it has been read.
    pub fn returned(mut self) {
        self.state = State::Clean;
    }

    /// The connection.
    pub fn connection(&self) -> Result<&Connection, Error> {
        self.connection.as_deref().ok_or_else(|| Error::Defect("a returned connection was used".into()))
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if self.state == State::Clean || crate::sabotage::on("reuse_unread") {
            return;
        }
        if self.state == State::Reading
            && let Ok(runtime) = Handle::try_current()
        {
            // It keeps its place in the pool meanwhile: callers who hang up while a table is locked would otherwise have
            // more sessions on the server than the pool has connections, and in the end all that there are.
            let loan = Self { connection: Some(connection), state: State::Unread };
            runtime.spawn(async move {
                if let Ok(connection) = loan.connection() {
                    connection.abandon().await;
                }
            });
            return;
        }
        Object::take(connection).sever();
    }
}

async fn read(connection: &Connection, statements: &[Statement]) -> Result<Vec<Vec<Row>>, Failure> {
    let failure = |error: tokio_postgres::Error| errors::failure(&error);
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in statements {
        prepared.push(connection.prepare(&statement.sql).await.map_err(failure)?);
    }
    let reads = statements.iter().zip(&prepared).map(|(statement, prepared)| -> Answer<'_, _> {
        let params = statement.values.iter().map(values::One);
        Box::pin(connection.query(prepared, params))
    });
    connection.announce_batch(statements.len());
    let results = at_once(reads.collect()).await.map_err(|error| {
        // The server waits for the rest of an incomplete batch.
        connection.sever();
        failure(error)
    })?;
    let rows = |(prepared, rows): (_, Result<Vec<_>, _>)| values::rows(prepared, &rows.map_err(failure)?);
    prepared.iter().zip(results).map(rows).collect()
}

/// The names of a statement's columns.
pub(super) fn columns(statement: &tokio_postgres::Statement) -> Arc<[String]> {
    statement.columns().iter().map(|column| column.name().to_owned()).collect()
}
