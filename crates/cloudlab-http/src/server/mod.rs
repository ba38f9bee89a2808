//! Listens, serves and drains.

mod connection;
mod io;
mod state;

use axum::Router;
use connection::Connection;
use std::future::{Future, poll_fn};
use std::io as std_io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// After an error of the listener, such as too few file handles, accepting pauses this long: the cause does not go
/// away by itself, and a loop without a pause would take a whole core from the requests that could end it.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long connections that were told to break off may take for it.
const ABORT: Duration = Duration::from_secs(1);

/// The limits of a listener and its connections.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many connections are open at once; more wait in the backlog of the system.
    pub max_connections: u32,
    /// The longest head of a request, in bytes; a longer one is answered with 431.
    pub max_header_bytes: usize,
    /// A connection that for this long neither completes the head of a request nor takes a byte of a reply is
    /// closed, at the latest after twice the time.
    pub idle_timeout: Duration,
    /// How long requests in flight may go on after the shutdown began.
    pub drain_timeout: Duration,
    /// The name of the setting that holds the address, for error messages.
    pub setting: &'static str,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_header_bytes: 32 << 10,
            idle_timeout: Duration::from_secs(75),
            drain_timeout: Duration::from_secs(20),
            setting: "http.address",
        }
    }
}

/// Why the listener could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}, as the setting {setting} says: {source}; set another address, or stop what uses it"
)]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// The setting that holds it.
    pub setting: &'static str,
    /// What the system said.
    #[source]
    pub source: std_io::Error,
}

/// An HTTP/1 server that has its address and waits for [`serve`](Server::serve).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    limits: Limits,
}

/// What open connections have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining,
    Aborting,
}

impl Server {
    /// Opens the listener. Callers that connect from now on wait until [`serve`](Server::serve).
    ///
    /// # Errors
    /// When the address is in use or not of this machine.
    pub async fn bind(address: SocketAddr, limits: Limits) -> Result<Self, BindError> {
        let setting = limits.setting;
        let failed = |source| BindError { address, setting, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, limits })
    }

    /// The address, with the port that the system chose when port 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` ends, then drains: no new connection, idle ones closed, requests in flight finished
    /// within the drain limit, the rest broken off. Returns how many connections were broken off.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) -> usize {
        let limits = self.limits.clone();
        let slots = Arc::new(Semaphore::new(limits.max_connections as usize));
        let (phase, watched) = watch::channel(Phase::Serving);
        let connection = Connection::new(router, &limits, watched);
        self.accept_until(shutdown, &slots, &connection).await;
        drain(&limits, &slots, &phase).await
    }

    async fn accept_until(
        self,
        shutdown: impl Future<Output = ()>,
        slots: &Arc<Semaphore>,
        connection: &Connection,
    ) {
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut shutdown => break,
                accepted = self.accept(slots) => accepted,
            };
            spawn(connection, accepted);
        }
        // Whoever was let in by the system before the shutdown would else see a reset.
        while let Some(accepted) = ready_now(self.accept(slots)).await {
            spawn(connection, accepted);
        }
    }

    async fn accept(&self, slots: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
        let permit = Arc::clone(slots).acquire_owned().await.ok()?;
        match self.listener.accept().await {
            Ok((stream, _)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection could not be set to send small replies at once");
                }
                Some((stream, permit))
            }
            Err(error) if is_of_one_connection(&error) => None,
            Err(error) => {
                tracing::warn!(%error, address = %self.address, "the listener cannot accept; raise the limit of open files if it is too low");
                sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }
}

fn spawn(connection: &Connection, accepted: Option<(TcpStream, OwnedSemaphorePermit)>) {
    if let Some((stream, permit)) = accepted {
        let connection = connection.clone();
        tokio::spawn(async move {
            connection.run(stream).await;
            drop(permit);
        });
    }
}

async fn ready_now<T>(future: impl Future<Output = Option<T>>) -> Option<Option<T>> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(Some(ready)) => Poll::Ready(Some(Some(ready))),
        Poll::Ready(None) | Poll::Pending => Poll::Ready(None),
    })
    .await
}

fn is_of_one_connection(error: &std_io::Error) -> bool {
    use std_io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// All slots are free when no connection is left.
async fn drain(limits: &Limits, slots: &Semaphore, phase: &watch::Sender<Phase>) -> usize {
    let all = limits.max_connections;
    phase.send_replace(Phase::Draining);
    if timeout(limits.drain_timeout, slots.acquire_many(all)).await.is_ok() {
        return 0;
    }
    let left = (all as usize).saturating_sub(slots.available_permits());
    tracing::warn!(
        connections = left,
        "the drain limit has passed; the requests that still run are broken off"
    );
    phase.send_replace(Phase::Aborting);
    let _ = timeout(ABORT, slots.acquire_many(all)).await;
    left
}
