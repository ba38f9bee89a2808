//! A load generator: connections that send one request after the other and count the answers.

use crate::{Fallible, Plan, postgres, report};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a run of load gave.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Answers with a status below 400.
    pub good: u64,
    /// The same a second.
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
    Ok(Outcome { good, per_second: good as f64 / started.elapsed().as_secs_f64(), refused })
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

/// Measures the sides of a round in so many slices, so that all meet the same noise; the mean rate of each.
async fn in_slices<const SIDES: usize>(
    plan: &Plan,
    round: usize,
    slices: u32,
    mut measure: impl AsyncFnMut(usize, Duration) -> Fallible<f64>,
) -> Fallible<[f64; SIDES]> {
    let mut rates = [0.0; SIDES];
    for slice in 0..slices {
        for side in report::turns(SIDES, round * slices as usize + slice as usize) {
            rates[side] += measure(side, plan.length / slices).await? / f64::from(slices);
        }
    }
    Ok(rates)
}

/// Measures in every round two scripts of pgbench and the sides of a service; the rates of the scripts come first. A
/// session of pgbench needs its time to be warm, so the scripts have no slices.
pub async fn beside_scripts<const SIDES: usize>(
    plan: &Plan,
    url: &str,
    scripts: [&str; 2],
    mut measure: impl AsyncFnMut(usize, Duration) -> Fallible<f64>,
) -> Fallible<([Vec<f64>; 2], [Vec<f64>; SIDES])> {
    let limits = Path::new(env!("CARGO_MANIFEST_DIR")).join("limits");
    let seconds = plan.seconds().into();
    let (mut limit, mut ours) = ([const { Vec::new() }; 2], [const { Vec::new() }; SIDES]);
    for round in 0..plan.rounds {
        for turn in report::turns(3, round) {
            match scripts.get(turn) {
                Some(script) => limit[turn].push(postgres::pgbench(url, &limits.join(script), seconds)?),
                None => add(&mut ours, in_slices(plan, round, plan.seconds(), &mut measure).await?),
            }
        }
    }
    Ok((limit, ours))
}

/// Measures the sides in every round, in so many slices.
pub async fn in_sliced_rounds<const SIDES: usize>(
    plan: &Plan,
    slices: u32,
    mut measure: impl AsyncFnMut(usize, Duration) -> Fallible<f64>,
) -> Fallible<[Vec<f64>; SIDES]> {
    let mut rates = [const { Vec::new() }; SIDES];
    for round in 0..plan.rounds {
        add(&mut rates, in_slices(plan, round, slices, &mut measure).await?);
    }
    Ok(rates)
}

/// Measures the sides in every round, one after the other, each another time first.
pub async fn in_rounds<const SIDES: usize, T>(
    plan: &Plan,
    mut measure: impl AsyncFnMut(usize, Duration) -> Fallible<T>,
) -> Fallible<[Vec<T>; SIDES]> {
    let mut found = [const { Vec::new() }; SIDES];
    for round in 0..plan.rounds {
        for side in report::turns(SIDES, round) {
            found[side].push(measure(side, plan.length).await?);
        }
    }
    Ok(found)
}

/// Adds the rates of a round to those of each side.
fn add<const SIDES: usize>(all: &mut [Vec<f64>; SIDES], round: [f64; SIDES]) {
    all.iter_mut().zip(round).for_each(|(rates, rate)| rates.push(rate));
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
            if let Some((status, length)) = head(&self.answer)?
                && self.answer.len() >= length
            {
                return Ok(status);
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

/// The status, and the length of head and body together, once the head is there. It shares the cores with what it
/// measures, so it must not cost more for a longer head.
fn head(answer: &[u8]) -> Result<Option<(u16, usize)>, std::io::Error> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(answer).map_err(std::io::Error::other)? else {
        return Ok(None);
    };
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
    Ok(Some((response.code.unwrap_or_default(), head + length.unwrap_or(0usize))))
}
