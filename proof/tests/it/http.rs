//! HTTP/1.1 in its smallest form: a connection that is kept, one request at a time, and the art of hanging up.

use crate::process::Address;
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any deadline of the service: whoever waits longer sees a hang.
const PATIENCE: Duration = Duration::from_secs(15);

/// A client of one process, wherever that process listens at the moment.
pub struct Client {
    address: Address,
    connection: Option<TcpStream>,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let of_name =
            |line: &&str| line.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name));
        self.head.lines().find(of_name)?.split_once(':').map(|(_, value)| value.trim())
    }
}

/// A GET as it travels.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: proof\r\n\r\n").into_bytes()
}

/// A POST of JSON as it travels, under a key or without.
pub fn post(path: &str, key: Option<&str>, body: &str) -> Vec<u8> {
    let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: proof\r\ncontent-type: application/json\r\n{key}");
    format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()
}

impl Client {
    pub const fn new(address: Address) -> Self {
        Self { address, connection: None }
    }

    /// Sends a request and reads its reply; an error says nothing about what the service did.
    pub async fn send(&mut self, request: &[u8]) -> Result<Reply> {
        let outcome = timeout(PATIENCE, self.exchange(request)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Error::new(ErrorKind::TimedOut, "the service hangs")));
        if outcome.is_err() {
            self.connection = None;
        }
        outcome
    }

    /// Sends so many octets of a request, waits a while and hangs up.
    pub async fn hang_up(&mut self, request: &[u8], octets: usize, after: Duration) -> Result<()> {
        let mut connection = self.connect().await?;
        connection.write_all(&request[..octets.min(request.len())]).await?;
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        Ok(())
    }

    async fn connect(&mut self) -> Result<TcpStream> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let address = self.address.public().ok_or_else(|| Error::from(ErrorKind::ConnectionRefused))?;
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        Ok(connection)
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Reply> {
        let mut connection = self.connect().await?;
        connection.write_all(request).await?;
        let reply = read(&mut connection).await?;
        if reply.header("connection").is_none_or(|value| value != "close") {
            self.connection = Some(connection);
        }
        Ok(reply)
    }
}

/// One request over a connection of its own, to the operators' address.
pub async fn ask_admin(address: &Address, path: &str) -> Result<Reply> {
    let address = address.admin().ok_or_else(|| Error::from(ErrorKind::ConnectionRefused))?;
    let ask = async {
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(&get(path)).await?;
        read(&mut connection).await
    };
    timeout(PATIENCE, ask).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

async fn read(connection: &mut TcpStream) -> Result<Reply> {
    let mut found = Vec::with_capacity(512);
    loop {
        if let Some(end) = found.windows(4).position(|octets| octets == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&found[..end]).into_owned();
            return finish(connection, head, found.split_off(end + 4)).await;
        }
        if connection.read_buf(&mut found).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
}

async fn finish(connection: &mut TcpStream, head: String, mut body: Vec<u8>) -> Result<Reply> {
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| Error::from(ErrorKind::InvalidData))?;
    let mut reply = Reply { status, head, body: Vec::new() };
    let length = reply.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    while body.len() < length {
        if connection.read_buf(&mut body).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    reply.body = body;
    Ok(reply)
}
