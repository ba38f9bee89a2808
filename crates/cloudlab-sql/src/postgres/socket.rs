//! Ways to the server: hosts in their written order, each with its share of the time.

use futures_util::future::BoxFuture;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// After how long a connection is probed that says nothing, how often, and how many probes may go unanswered.
pub(super) const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
pub(super) const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(2);
pub(super) const KEEPALIVE_RETRIES: u32 = 3;

const DEFAULT_PORT: u16 = 5432;

/// The bytes to the server and back.
pub(super) type Socket = Box<dyn ReadWrite>;

pub(super) trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for S {}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("no way to the server: {0}")]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
}

/// Where one server listens.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

/// The first of these with which the attempt succeeds, in their order, and otherwise the last error. Each has an equal
/// share of the time that is left: one that swallows everything leaves the others theirs.
pub(super) async fn first<'a, T, R>(
    all: Vec<T>,
    until: Instant,
    attempt: impl Fn(T, Instant) -> BoxFuture<'a, Result<R, ConnectError>>,
) -> Result<R, ConnectError> {
    let mut outcome = Err(failed(io::ErrorKind::InvalidInput, "the URL names no host"));
    let mut left = u32::try_from(all.len()).unwrap_or(u32::MAX);
    for one in all {
        let share = until.saturating_duration_since(Instant::now()) / left;
        let until = Instant::now() + share;
        let late = || Err(failed(io::ErrorKind::TimedOut, "the server did not answer in time"));
        outcome = timeout_at(until, attempt(one, until)).await.unwrap_or_else(|_| late());
        if outcome.is_ok() {
            break;
        }
        left -= 1;
    }
    outcome
}

fn failed(kind: io::ErrorKind, why: &str) -> ConnectError {
    io::Error::new(kind, why).into()
}

/// One of the configured hosts.
pub(super) enum Server {
    At(Place),
    Named(String, u16),
}

impl Server {
    /// The configured hosts, in their written order.
    pub fn all(config: &Config) -> Vec<Self> {
        let (ports, addresses) = (config.get_ports(), config.get_hostaddrs());
        let server = |(at, host): (usize, &Host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
            match (host, addresses.get(at)) {
                (Host::Unix(folder), _) => Self::At(Place::Unix(folder.join(format!(".s.PGSQL.{port}")))),
                (Host::Tcp(_), Some(address)) => Self::At(Place::Tcp((*address, port).into())),
                (Host::Tcp(name), None) => Self::Named(name.clone(), port),
            }
        };
        config.get_hosts().iter().enumerate().map(server).collect()
    }

    /// Every place that its name stands for.
    pub async fn places(self) -> io::Result<Vec<Place>> {
        match self {
            Self::At(place) => Ok(vec![place]),
            Self::Named(name, port) => Ok(lookup_host((name, port)).await?.map(Place::Tcp).collect()),
        }
    }
}

impl Place {
    /// A socket to it. `silence` is how long what was sent may stay unacknowledged.
    pub async fn connect(&self, silence: Option<Duration>) -> io::Result<Socket> {
        let address = match self {
            Self::Unix(path) => return Ok(Box::new(UnixStream::connect(path).await?)),
            Self::Tcp(address) => address,
        };
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_IDLE).with_interval(KEEPALIVE_INTERVAL);
        socket.set_tcp_keepalive(&keepalive.with_retries(KEEPALIVE_RETRIES))?;
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(silence)?;
        #[cfg(not(target_os = "linux"))]
        let _ = silence;
        Ok(Box::new(stream))
    }
}
