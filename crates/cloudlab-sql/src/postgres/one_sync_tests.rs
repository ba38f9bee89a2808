use super::{OneSync, Together};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

/// A message of one kind with a body that does not matter.
fn message(kind: u8) -> Vec<u8> {
    vec![kind, 0, 0, 0, 6, b'x', b'y']
}

fn messages(kinds: &str) -> Vec<u8> {
    kinds.bytes().flat_map(message).collect()
}

fn kinds(mut bytes: &[u8]) -> String {
    let mut kinds = String::new();
    while let [kind, length @ ..] = bytes {
        kinds.push(char::from(*kind));
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]);
        bytes = &bytes[1 + length as usize..];
    }
    kinds
}

struct Pair {
    driver: OneSync<DuplexStream>,
    together: Together,
    server: DuplexStream,
}

impl Pair {
    /// A connection that is past its start.
    async fn connected() -> Self {
        let (client, mut server) = duplex(64 * 1024);
        let together = Together::default();
        let mut driver = OneSync::new(client, together.clone());
        driver.write_all(&[0, 0, 0, 8, 0, 3, 0, 0]).await.unwrap();
        driver.flush().await.unwrap();
        server.read_exact(&mut [0; 8]).await.unwrap();
        Self { driver, together, server }
    }

    async fn sends(&mut self, kinds: &str) {
        self.driver.write_all(&messages(kinds)).await.unwrap();
        self.driver.flush().await.unwrap();
    }

    async fn answers(&mut self, kinds: &str) {
        self.server.write_all(&messages(kinds)).await.unwrap();
    }

    async fn server_reads(&mut self) -> String {
        kinds(&everything(&mut self.server).await)
    }

    async fn driver_reads(&mut self) -> String {
        kinds(&everything(&mut self.driver).await)
    }
}

/// What can be read without waiting.
async fn everything(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Vec<u8> {
    let (mut all, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(Ok(read)) = timeout(Duration::ZERO, stream.read(&mut buffer)).await {
        if read == 0 {
            break;
        }
        all.extend_from_slice(&buffer[..read]);
    }
    all
}

#[tokio::test]
async fn a_batch_has_one_sync_at_its_end_and_every_request_its_answer() {
    let mut pair = Pair::connected().await;
    pair.together.announce(3);
    pair.sends("BESBESBES").await;
    assert_eq!(pair.server_reads().await, "BEBEBES");
    pair.answers("2C2DDC2CZ").await;
    assert_eq!(pair.driver_reads().await, "2CZ2DDCZ2CZ");
}

#[tokio::test]
async fn what_is_not_announced_passes_as_it_is() {
    let mut pair = Pair::connected().await;
    pair.answers("RSKZ").await;
    assert_eq!(pair.driver_reads().await, "RSKZ");
    pair.sends("PDSBESQBES").await;
    assert_eq!(pair.server_reads().await, "PDSBESQBES");
    pair.answers("1tTZ2CZCZ2EZ").await;
    assert_eq!(pair.driver_reads().await, "1tTZ2CZCZ2EZ");
}

#[tokio::test]
async fn a_batch_ends_with_its_last_statement() {
    let mut pair = Pair::connected().await;
    pair.together.announce(2);
    pair.sends("BESBESBESBES").await;
    assert_eq!(pair.server_reads().await, "BEBESBESBES");
    pair.answers("2C2CZ2CZ2CZ").await;
    assert_eq!(pair.driver_reads().await, "2CZ2CZ2CZ2CZ");
}

#[tokio::test]
async fn a_refusal_is_told_when_the_server_is_ready_again() {
    let mut pair = Pair::connected().await;
    pair.together.announce(4);
    pair.sends("BESBES").await;
    pair.answers("2C2E").await;
    assert_eq!(pair.driver_reads().await, "2CZ2");
    pair.sends("BESBES").await;
    assert_eq!(pair.driver_reads().await, "");
    pair.answers("Z").await;
    assert_eq!(pair.driver_reads().await, "EZEZEZ");
    pair.together.announce(2);
    pair.sends("BESBES").await;
    pair.answers("2C2E").await;
    assert_eq!(pair.driver_reads().await, "2CZ2", "of the last statement too");
    pair.answers("Z").await;
    assert_eq!(pair.driver_reads().await, "EZ");
    pair.sends("BES").await;
    pair.answers("2CZ").await;
    assert_eq!(pair.driver_reads().await, "2CZ");
}

#[tokio::test]
async fn a_commit_that_fails_at_the_sync_is_refused() {
    let mut pair = Pair::connected().await;
    pair.together.announce(2);
    pair.sends("BESBES").await;
    pair.answers("2C2CEZ").await;
    assert_eq!(pair.driver_reads().await, "2CZ2CEZ");
}

#[tokio::test]
async fn a_notice_within_a_batch_ends_no_request() {
    let mut pair = Pair::connected().await;
    pair.together.announce(2);
    pair.sends("BESBES").await;
    pair.answers("2NC2SACZ").await;
    assert_eq!(pair.driver_reads().await, "2NCZ2SACZ");
}

#[tokio::test]
async fn a_statement_that_is_closed_within_a_batch_does_not_cut_it() {
    let mut pair = Pair::connected().await;
    pair.together.announce(2);
    pair.sends("BESCSBES").await;
    assert_eq!(pair.server_reads().await, "BECBES");
    pair.answers("2C32CZ").await;
    assert_eq!(pair.driver_reads().await, "2CZ3Z2CZ");
}

#[tokio::test]
async fn nothing_else_is_sent_within_a_batch() {
    for other in ["Q", "PDS"] {
        let mut pair = Pair::connected().await;
        pair.together.announce(2);
        pair.sends("BES").await;
        let refused = pair.driver.write_all(&messages(other)).await;
        assert!(refused.is_err(), "{other} was sent");
        assert!(!pair.server_reads().await.contains('S'), "the batch was cut by {other}");
    }
}

#[tokio::test]
async fn messages_in_pieces_are_the_same_messages() {
    let mut pair = Pair::connected().await;
    pair.together.announce(2);
    for byte in messages("BESBES") {
        pair.driver.write_all(&[byte]).await.unwrap();
        pair.driver.flush().await.unwrap();
    }
    assert_eq!(pair.server_reads().await, "BEBES");
    let mut read = Vec::new();
    for byte in messages("2C2CZ") {
        pair.server.write_all(&[byte]).await.unwrap();
        read.extend(everything(&mut pair.driver).await);
    }
    assert_eq!(kinds(&read), "2CZ2CZ");
}

#[tokio::test]
async fn a_server_that_ends_in_a_refusal_is_heard_to_the_end() {
    let mut pair = Pair::connected().await;
    pair.together.announce(2);
    pair.sends("BESBES").await;
    pair.answers("2E").await;
    drop(std::mem::replace(&mut pair.server, duplex(1).0));
    assert_eq!(pair.driver_reads().await, "2E");
}
