//! One connection: its socket, its driver, and the statements that are prepared on it.

use crate::postgres::one_sync::{OneSync, Together};
use futures_util::TryStreamExt;
use parking_lot::Mutex;
use socket2::{SockRef, TcpKeepalive};
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio_postgres::config::Host;
use tokio_postgres::types::BorrowToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

/// After how long a connection is probed that says nothing, how often, and how many probes may go unanswered.
pub(super) const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
pub(super) const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
pub(super) const KEEPALIVE_RETRIES: u32 = 3;

const DEFAULT_PORT: u16 = 5432;

/// A connection to the server.
pub(super) struct Connection {
    client: Client,
    together: Together,
    statements: Mutex<HashMap<String, Statement>>,
    driver: JoinHandle<()>,
    severed: AtomicBool,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("no way to the server: {0}")]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
}

impl Connection {
    /// Connects to the first of the configured hosts that answers.
    pub async fn open(config: &Config) -> Result<Self, ConnectError> {
        let together = Together::default();
        let socket = OneSync::new(connect(config).await?, together.clone());
        let (client, driver) = config.connect_raw(socket, NoTls).await?;
        let driver = tokio::spawn(async move {
            // Whoever waits for an answer is told why there is none.
            let _ = driver.await;
        });
        Ok(Self { client, together, statements: Mutex::default(), driver, severed: AtomicBool::new(false) })
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
        let known = self.statements.lock().get(sql).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let prepared = self.client.prepare(sql).await?;
        self.statements.lock().insert(sql.to_owned(), prepared.clone());
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

type Socket = Box<dyn ReadWrite>;

trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for S {}

async fn connect(config: &Config) -> io::Result<Socket> {
    let (ports, addresses) = (config.get_ports(), config.get_hostaddrs());
    let mut outcome = Err(io::Error::new(io::ErrorKind::InvalidInput, "the URL names no host"));
    for (at, host) in config.get_hosts().iter().enumerate() {
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
        outcome = match (host, addresses.get(at)) {
            (Host::Unix(folder), _) => unix(folder, port).await,
            (Host::Tcp(_), Some(address)) => tcp((*address, port), config).await,
            (Host::Tcp(name), None) => tcp((name.as_str(), port), config).await,
        };
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

async fn unix(folder: &Path, port: u16) -> io::Result<Socket> {
    Ok(Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?))
}

async fn tcp(address: impl tokio::net::ToSocketAddrs, config: &Config) -> io::Result<Socket> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_IDLE).with_interval(KEEPALIVE_INTERVAL);
    socket.set_tcp_keepalive(&keepalive.with_retries(KEEPALIVE_RETRIES))?;
    // How long what was sent may stay unacknowledged.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(config.get_tcp_user_timeout().copied())?;
    Ok(Box::new(stream))
}
