//! A load generator: connections that send one request after the other and count the answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a run of load gave.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Answers with a status below 400, a second.
    pub per_second: f64,
    /// Answers with another status.
    pub refused: u64,
}

/// Sends requests over so many connections for so long; `request` writes the n-th one into the buffer.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    request: impl Fn(u64, &mut Vec<u8>) + Send + Sync + 'static,
) -> Result<Outcome, std::io::Error> {
    let (request, sent) = (Arc::new(request), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let until = started + length;
    let clients = (0..connections).map(|_| {
        let (request, sent) = (request.clone(), sent.clone());
        tokio::spawn(async move { client(address, until, request.as_ref(), &sent).await })
    });
    let clients: Vec<_> = clients.collect();
    let (mut good, mut refused) = (0, 0);
    for client in clients {
        let (of_client, wrong) = client.await.map_err(std::io::Error::other)??;
        good += of_client;
        refused += wrong;
    }
    Ok(Outcome { per_second: good as f64 / started.elapsed().as_secs_f64(), refused })
}

async fn client(
    address: SocketAddr,
    until: Instant,
    request: &(impl Fn(u64, &mut Vec<u8>) + Send + Sync),
    sent: &AtomicU64,
) -> Result<(u64, u64), std::io::Error> {
    let mut client = Client::connect(address).await?;
    let mut out = Vec::with_capacity(1024);
    let (mut good, mut refused) = (0, 0);
    while Instant::now() < until {
        out.clear();
        request(sent.fetch_add(1, Ordering::Relaxed), &mut out);
        if client.send(&out).await? < 400 { good += 1 } else { refused += 1 }
    }
    Ok((good, refused))
}

/// One connection that waits for every answer.
pub struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Result<Self, std::io::Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(4096) })
    }

    /// Sends a request and reads its answer, which must have a length; gives the status.
    pub async fn send(&mut self, request: &[u8]) -> Result<u16, std::io::Error> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        loop {
            if let Some(head) = find(&self.answer, b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&self.answer[..head]).to_ascii_lowercase();
                let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
                let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
                if self.answer.len() >= head + 4 + length {
                    return text.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(malformed);
                }
            }
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The last answer, head and body.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(&self.answer).into_owned()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn malformed() -> std::io::Error {
    std::io::Error::other("the answer has no status")
}
