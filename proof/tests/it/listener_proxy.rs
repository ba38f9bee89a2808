//! A proxy to PostgreSQL that can cut the listening connection, and only that one, without a sign.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What only the listening connection ever sends.
const LISTEN: &[u8] = b"LISTEN cloudlab_journal";

/// A proxy on loopback.
#[derive(Clone, Debug)]
pub struct ListenerProxy {
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
    listeners: Arc<AtomicUsize>,
}

impl ListenerProxy {
    /// Starts it before `HOST:PORT`.
    pub async fn start(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy =
            Self { address: listener.local_addr().unwrap(), cut: Arc::default(), listeners: Arc::default() };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (proxy, target) = (serving.clone(), target.clone());
                tokio::spawn(async move { proxy.connect(client, &target).await });
            }
        });
        proxy
    }

    /// From now on nothing comes through any listening connection, old or new, and none is closed.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// How many connections have listened.
    pub fn listeners(&self) -> usize {
        self.listeners.load(Ordering::SeqCst)
    }

    async fn connect(&self, client: TcpStream, target: &str) {
        let Ok(server) = TcpStream::connect(target).await else { return };
        // Without these the proxy would add delays of its own.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let listens = AtomicBool::new(false);
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let requests = async {
            let mut octets = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = from_client.read(&mut octets).await {
                if octets[..count].windows(LISTEN.len()).any(|window| window == LISTEN) {
                    listens.store(true, Ordering::SeqCst);
                    self.listeners.fetch_add(1, Ordering::SeqCst);
                }
                if !self.swallows(&listens) && to_server.write_all(&octets[..count]).await.is_err() {
                    return;
                }
            }
        };
        let replies = async {
            let mut octets = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = from_server.read(&mut octets).await {
                if !self.swallows(&listens) && to_client.write_all(&octets[..count]).await.is_err() {
                    return;
                }
            }
        };
        // Either side's end is the end of both.
        tokio::select! {
            () = requests => {}
            () = replies => {}
        }
    }

    fn swallows(&self, listens: &AtomicBool) -> bool {
        self.cut.load(Ordering::SeqCst) && listens.load(Ordering::SeqCst)
    }
}
