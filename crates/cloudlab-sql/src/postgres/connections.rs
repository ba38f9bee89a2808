//! Pooled connections, each with its limits, none reused before every answer of its last batch was read.

use crate::engine::{Failure, PoolStatus};
use crate::postgres::{errors, values};
use crate::{OpenError, Row, Settings, Statement};
use cloudlab_core::Deadline;
use cloudlab_core::store::Error;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Timeouts};
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

/// Beyond the server's own limits, so that a server which no longer answers is noticed as well.
const MARGIN: Duration = Duration::from_secs(1);

/// A pool.
pub(super) struct Connections {
    pool: Pool,
    /// How long a batch may take before its connection counts as lost.
    patience: Duration,
    connect_timeout: Duration,
}

/// A connection on loan. It goes back to the pool only when [`Loan::returned`] says that nothing of it is unread;
/// dropped in the middle of anything, it is closed.
pub(super) struct Loan {
    connection: Option<Object>,
    clean: bool,
}

/// Reads the URL and adds the limits that every connection of ours has.
pub(super) fn configure(url: &str, settings: &Settings) -> Result<Config, OpenError> {
    // The driver's message may quote the URL, and with it the password.
    let mut config: Config = url.parse().map_err(|_| {
        OpenError("the PostgreSQL URL cannot be read: write postgres://USER:PASSWORD@HOST:PORT/NAME".into())
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        let sentence = "TLS to PostgreSQL is not built yet: remove sslmode=require and use a private network";
        return Err(OpenError(sentence.into()));
    }
    let limits = format!(
        "-c lock_timeout={} -c statement_timeout={} -c idle_in_transaction_session_timeout={}",
        settings.lock_timeout.as_millis(),
        settings.statement_timeout.as_millis(),
        settings.idle_in_transaction_timeout.as_millis(),
    );
    let options = config.get_options().map_or_else(|| limits.clone(), |given| format!("{limits} {given}"));
    config
        .options(options)
        .connect_timeout(settings.connect_timeout)
        .tcp_user_timeout(settings.statement_timeout + settings.lock_timeout)
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(2))
        .keepalives_retries(3);
    if config.get_application_name().is_none() {
        config.application_name("cloudlab");
    }
    Ok(config)
}

impl Connections {
    /// A pool of up to `size` connections.
    pub fn new(config: Config, size: usize, settings: &Settings) -> Result<Self, OpenError> {
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let timeouts = Timeouts { create: Some(settings.connect_timeout), ..Timeouts::default() };
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager))
            .max_size(size)
            .timeouts(timeouts)
            .runtime(deadpool_postgres::Runtime::Tokio1)
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
        Ok(Loan { connection: Some(connection), clean: false })
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
            match self.read(loan, deadline, async |client| read(client, statements).await).await {
                Err(Failure::Again(_)) if stale > 0 => stale -= 1,
                outcome => return outcome.map_err(errors::plain),
            }
        }
    }

    /// Reads one statement whose parameters are columns of many rows.
    pub async fn fetch_many(&self, sql: &str, params: &[values::Param]) -> Result<Vec<Row>, Error> {
        let loan = self.loan(None).await?;
        let read = async |client: &Object| {
            let prepared = client.prepare_cached(sql).await.map_err(|error| errors::failure(&error))?;
            let rows = client.query_raw(&prepared, params).await.map_err(|error| errors::failure(&error))?;
            values::rows(&prepared, rows).await
        };
        self.read(loan, None, read).await.map_err(errors::plain)
    }

    /// Reads within the time that there is. The connection goes back when the server has answered and said nothing
    /// against the connection itself.
    async fn read<T>(
        &self,
        loan: Loan,
        deadline: Option<Deadline>,
        read: impl AsyncFnOnce(&Object) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let left = deadline.map_or(self.patience, |deadline| deadline.left().min(self.patience));
        let Ok(outcome) = tokio::time::timeout(left, read(loan.client()?)).await else {
            let passed = deadline.is_some_and(|deadline| deadline.left().is_zero());
            let unavailable = || Error::Unavailable("the server did not answer".into());
            return Err(if passed { Error::Deadline } else { unavailable() }.into());
        };
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
        self.clean = true;
    }

    /// The connection.
    pub fn client(&self) -> Result<&Object, Error> {
        self.connection.as_ref().ok_or_else(|| Error::Defect("a returned connection was used".into()))
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.clean
            && !crate::sabotage::on("reuse_unread")
        {
            drop(Object::take(connection));
        }
    }
}

async fn read(client: &Object, statements: &[Statement]) -> Result<Vec<Vec<Row>>, Failure> {
    let failure = |error: tokio_postgres::Error| errors::failure(&error);
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in statements {
        prepared.push(client.prepare_cached(&statement.sql).await.map_err(failure)?);
    }
    let queries = statements.iter().zip(&prepared).map(|(statement, prepared)| async move {
        let params = statement.values.iter().map(values::One);
        let rows = client.query_raw(prepared, params).await.map_err(failure)?;
        values::rows(prepared, rows).await
    });
    // All are polled once before any is waited for, so they leave together.
    join_all(queries).await.into_iter().collect()
}

/// The names of a statement's columns.
pub(super) fn columns(statement: &tokio_postgres::Statement) -> Arc<[String]> {
    statement.columns().iter().map(|column| column.name().to_owned()).collect()
}
