//! A TCP proxy on loopback that breaks connections in the ways in which networks do.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What the proxy does with connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything on.
    Pass,
    /// Passes requests on and swallows the replies: the server acts and nobody hears of it.
    Mute,
    /// Swallows everything, of new connections too; nothing is ever closed.
    BlackHole,
    /// Has closed every connection, and closes new ones at once.
    Cut,
    /// The same, with a reset instead of an orderly end.
    Reset,
}

/// The order to every connection: how to behave, and up to which generation all must end.
#[derive(Clone, Copy)]
struct Order {
    mode: Mode,
    generation: u64,
}

/// A proxy to one server. A connection of which anything was swallowed stays dead, whatever mode comes later: the
/// stream has a hole, and a network that lost it does not bring it back.
pub struct FaultProxy {
    address: SocketAddr,
    orders: watch::Sender<Order>,
    accepted: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    _stop: DropGuard,
}

impl FaultProxy {
    /// Starts a proxy to `HOST:PORT`.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start(target: impl Into<String>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (orders, order) = watch::channel(Order { mode: Mode::Pass, generation: 0 });
        let (accepted, open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let stop = CancellationToken::new();
        let serve = serve(listener, target.into(), order, accepted.clone(), open.clone());
        let stopped = stop.clone();
        tokio::spawn(async move { stopped.run_until_cancelled(serve).await });
        Ok(Self { address, orders, accepted, open, _stop: stop.drop_guard() })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Behaves like this from now on.
    pub fn set(&self, mode: Mode) {
        self.orders.send_modify(|order| {
            order.mode = mode;
            order.generation += u64::from(matches!(mode, Mode::Cut | Mode::Reset));
        });
    }

    /// Closes every connection that exists; new ones are served as before.
    pub fn close_all(&self) {
        self.orders.send_modify(|order| order.generation += 1);
    }

    /// How many connections it has accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// How many connections are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

async fn serve(
    listener: TcpListener,
    target: String,
    order: watch::Receiver<Order>,
    accepted: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
) {
    while let Ok((client, _)) = listener.accept().await {
        accepted.fetch_add(1, Ordering::SeqCst);
        let (order, target, open) = (order.clone(), target.clone(), open.clone());
        tokio::spawn(async move {
            open.fetch_add(1, Ordering::SeqCst);
            // A connection that breaks is what this proxy is for.
            let _ = connect(client, &target, order).await;
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

async fn connect(client: TcpStream, target: &str, mut order: watch::Receiver<Order>) -> io::Result<()> {
    let Order { mode, generation } = *order.borrow_and_update();
    match mode {
        Mode::Cut => return Ok(()),
        Mode::Reset => return client.set_zero_linger(),
        Mode::Pass | Mode::Mute | Mode::BlackHole => {}
    }
    let server = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let dead = AtomicBool::new(false);
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let modes = order.clone();
    let requests = pump(&mut from_client, &mut to_server, &modes, Direction::Request, &dead);
    let replies = pump(&mut from_server, &mut to_client, &modes, Direction::Reply, &dead);
    // Either side's end is the end: leaving this function closes both sockets.
    let mode = tokio::select! {
        result = requests => return result,
        result = replies => return result,
        mode = ended(&mut order, generation) => mode,
    };
    if mode == Mode::Reset { to_client.as_ref().set_zero_linger() } else { Ok(()) }
}

/// Waits until connections of this generation must end; answers in which way.
async fn ended(order: &mut watch::Receiver<Order>, generation: u64) -> Mode {
    while order.changed().await.is_ok() {
        let now = *order.borrow();
        if now.generation != generation {
            return now.mode;
        }
    }
    Mode::Cut
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Request,
    Reply,
}

async fn pump(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    order: &watch::Receiver<Order>,
    direction: Direction,
    dead: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        let mode = order.borrow().mode;
        let heard = mode == Mode::Mute && direction == Direction::Request;
        if mode == Mode::BlackHole || (mode == Mode::Mute && !heard) {
            dead.store(true, Ordering::SeqCst);
        }
        let swallowed = dead.load(Ordering::SeqCst) && !heard;
        match read {
            // The end of a dead connection is swallowed as well.
            0 if swallowed => std::future::pending::<()>().await,
            0 => return Ok(()),
            _ if swallowed => {}
            read => to.write_all(&buffer[..read]).await?,
        }
    }
}
