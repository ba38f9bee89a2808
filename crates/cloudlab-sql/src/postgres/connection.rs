//! One connection: its socket, its driver, and the statements that are prepared on it.

use crate::postgres::one_sync::{OneSync, Together};
use crate::postgres::prepared::Prepared;
use crate::postgres::socket::{ConnectError, Place, Server, first};
use futures_util::TryStreamExt;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::types::BorrowToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

/// How long a statement that nobody waits for has to end by itself before it is cancelled, and how long it takes until
/// the server is asked again: a request to cancel that is faster than the statement hits nothing.
const CANCEL_EVERY: Duration = Duration::from_millis(20);
/// How long a server may take to cancel. One that cannot be reached, or a statement that does not listen, may take
/// longer and keeps its session until `statement_timeout`; the pool does not wait for it.
const CANCEL_WITHIN: Duration = Duration::from_secs(1);

/// A connection to the server.
pub(super) struct Connection {
    client: Client,
    together: Together,
    prepared: Mutex<Prepared>,
    driver: JoinHandle<()>,
    severed: AtomicBool,
    place: Place,
}

impl Connection {
    /// Connects to the first of the configured hosts that answers, within this time.
    pub async fn open(config: &Config, within: Duration) -> Result<Self, ConnectError> {
        let until = Instant::now() + within;
        first(Server::all(config), until, |server, until| Box::pin(Self::to(server, until, config))).await
    }

    async fn to(server: Server, until: Instant, config: &Config) -> Result<Self, ConnectError> {
        first(server.places().await?, until, |place, _| Box::pin(Self::at(place, config))).await
    }

    async fn at(place: Place, config: &Config) -> Result<Self, ConnectError> {
        let together = Together::default();
        let socket = place.connect(config.get_tcp_user_timeout().copied()).await?;
        let socket = OneSync::new(socket, together.clone());
        let (client, driver) = config.connect_raw(socket, NoTls).await?;
        let driver = tokio::spawn(async move {
            // Whoever waits for an answer is told why there is none.
            let _ = driver.await;
        });
        let (prepared, severed) = (Mutex::default(), AtomicBool::new(false));
        Ok(Self { client, together, prepared, driver, severed, place })
    }

    /// The driver's side of it.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The next so many executed statements are one transaction, with one answer from the server: all of them are
    /// sent, or the connection is severed.
    pub fn announce_batch(&self, statements: usize) {
        if !crate::sabotage::on("split_batch") {
            self.together.announce(statements);
        }
    }

    /// The statement, prepared once on this connection.
    pub async fn prepare(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.prepared.lock().get(sql);
        if let Some(known) = known {
            return Ok(known);
        }
        let prepared = self.client.prepare(sql).await?;
        self.prepared.lock().keep(sql, prepared.clone());
        Ok(prepared)
    }

    /// The rows of a prepared statement.
    pub async fn query<P: BorrowToSql>(
        &self,
        statement: &Statement,
        params: impl IntoIterator<Item = P, IntoIter: ExactSizeIterator>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query_raw(statement, params).await?.try_collect().await
    }

    /// Ends what the server still does for somebody who has left. Closing the socket would not: the server looks at it
    /// only when the statement has ended, and waits for locks meanwhile.
    pub async fn abandon(&self) {
        let cancel = async {
            loop {
                sleep(CANCEL_EVERY).await;
                // A server that refuses this is asked again, and is not waited for longer than for any other.
                let _ = self.cancel().await;
            }
        };
        let ended = async {
            tokio::select! {
                // An empty query is answered when all that came before it was.
                _ = self.client.batch_execute("") => {}
                () = cancel => {}
            }
        };
        let _ = timeout(CANCEL_WITHIN, ended).await;
    }

    async fn cancel(&self) -> Result<(), ConnectError> {
        let socket = self.place.connect(None).await?;
        Ok(self.client.cancel_token().cancel_query_raw(socket, NoTls).await?)
    }

    /// Cuts it off: what has not left by now never does, and the server rolls back what is open.
    pub fn sever(&self) {
        self.severed.store(true, Ordering::Release);
        self.driver.abort();
    }

    /// Whether it may be used again.
    pub fn is_usable(&self) -> bool {
        !self.severed.load(Ordering::Acquire) && !self.client.is_closed()
    }
}
