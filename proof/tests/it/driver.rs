//! Clients that step probes, are refused, hang up, and ask again under the same key.

use crate::dice::Dice;
use crate::http::{Client, Reply};
use crate::ledger::{Intent, Ledger, Outcome};
use crate::process::Address;
use cloudlab_core::Uuid;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, JoinSet};

/// How long a client asks again before it gives up: longer than any fault lasts.
const PURSUE: Duration = Duration::from_secs(20);

/// What the clients do.
#[derive(Clone, Debug)]
pub struct Load {
    pub seed: u64,
    pub clients: usize,
    /// Until so many commits are acknowledged.
    pub commits: usize,
    pub probes: u64,
    /// In a hundred: commits over two probes, requests that ask to be refused, clients that hang up.
    pub pairs: u64,
    pub refusals: u64,
    pub hang_ups: u64,
    /// The longest thought between reading and writing.
    pub pause_ms: u64,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            seed: 1,
            clients: 8,
            commits: 400,
            probes: 64,
            pairs: 10,
            refusals: 10,
            hang_ups: 5,
            pause_ms: 3,
        }
    }
}

/// Clients at work.
pub struct Driver {
    clients: JoinSet<()>,
    /// The same clients: a set counts those that have ended until somebody joins them.
    running: Vec<AbortHandle>,
    done: Arc<AtomicUsize>,
}

struct Hand {
    load: Load,
    dice: Dice,
    doors: Vec<Client>,
    ledger: Arc<Ledger>,
    done: Arc<AtomicUsize>,
}

impl Driver {
    /// Starts the clients; each talks to every process by turns.
    pub fn start(load: &Load, addresses: &[Address], ledger: &Arc<Ledger>) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let mut dice = Dice::new(load.seed);
        let (mut clients, mut running) = (JoinSet::new(), Vec::new());
        for _ in 0..load.clients {
            let doors = addresses.iter().cloned().map(Client::new).collect();
            let (dice, ledger, done) = (dice.fork(), ledger.clone(), done.clone());
            let hand = Hand { load: load.clone(), dice, doors, ledger, done };
            running.push(clients.spawn(hand.work()));
        }
        Self { clients, running, done }
    }

    /// Whether so many commits are acknowledged.
    pub fn has_reached(&self, commits: usize) -> bool {
        self.done.load(Ordering::Relaxed) >= commits
    }

    /// Waits until so many commits are acknowledged.
    pub async fn reach(&self, commits: usize) {
        while !self.has_reached(commits) && self.running.iter().any(|client| !client.is_finished()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until every client is finished.
    pub async fn finish(mut self) {
        while let Some(ended) = self.clients.join_next().await {
            ended.expect("a client ends well");
        }
    }
}

impl Hand {
    async fn work(mut self) {
        while self.done.load(Ordering::Relaxed) < self.load.commits {
            let intent = self.intent();
            self.ledger.intend(&intent);
            let outcome = self.pursue(&intent).await;
            if matches!(outcome, Outcome::Acknowledged { .. }) {
                self.done.fetch_add(1, Ordering::Relaxed);
            }
            self.ledger.note(intent.mark, outcome);
        }
    }

    fn intent(&mut self) -> Intent {
        let Load { probes, pairs, refusals, pause_ms, .. } = self.load;
        let (first, second) = (self.dice.below(probes), self.dice.below(probes));
        let refuse = [Some("early"), Some("late"), Some("late")][self.dice.below(3) as usize];
        Intent {
            mark: self.dice.uuid(),
            probe: probe(first),
            with: (self.dice.percent(pairs) && first != second).then(|| probe(second)),
            events: if self.dice.percent(70) { 1 } else { 1 + self.dice.below(5) as i64 },
            keyed: self.dice.percent(70),
            refuse: refuse.filter(|_| self.dice.percent(refusals)),
            pause_ms: self.dice.below(pause_ms + 1),
        }
    }

    /// Asks until the outcome is known; without a key nobody may ask twice.
    async fn pursue(&mut self, intent: &Intent) -> Outcome {
        let request = intent.request();
        if self.dice.percent(self.load.hang_ups) {
            self.hang_up(&request).await;
            if self.dice.percent(50) {
                return Outcome::Unknown;
            }
        } else if let Some(outcome) = self.ask(&request).await {
            return outcome;
        }
        let until = Instant::now() + PURSUE;
        while intent.keyed && Instant::now() < until {
            if let Some(outcome) = self.ask(&request).await {
                return outcome;
            }
            tokio::time::sleep(Duration::from_millis(5 + self.dice.below(20))).await;
        }
        Outcome::Unknown
    }

    async fn ask(&mut self, request: &[u8]) -> Option<Outcome> {
        let door = self.dice.below(self.doors.len() as u64) as usize;
        understand(&self.doors[door].send(request).await.ok()?)
    }

    async fn hang_up(&mut self, request: &[u8]) {
        let octets = match self.dice.percent(80) {
            true => request.len(),
            false => self.dice.below(request.len() as u64) as usize,
        };
        let after = Duration::from_micros(self.dice.below(6_000));
        let door = self.dice.below(self.doors.len() as u64) as usize;
        // A process that is down cannot be hung up on.
        let _ = self.doors[door].hang_up(request, octets, after).await;
    }
}

/// What a reply to a step says; nothing when it leaves the outcome open.
pub fn understand(reply: &Reply) -> Option<Outcome> {
    match reply.status {
        200 => Some(Outcome::Acknowledged { value: reply.json()["value"].as_i64()? }),
        409 if reply.json()["code"] == "request_in_progress" => None,
        400..500 => Some(Outcome::Refused),
        _ => None,
    }
}

/// The probe of this number: the same in every scenario.
pub const fn probe(number: u64) -> Uuid {
    Uuid::from_u128(0xbeef_0000 + number as u128)
}

/// Sends one step and notes what became of it.
pub async fn step(client: &mut Client, ledger: &Ledger, intent: &Intent) -> Option<Outcome> {
    ledger.intend(intent);
    let outcome = understand(&client.send(&intent.request()).await.ok()?)?;
    ledger.note(intent.mark, outcome.clone());
    Some(outcome)
}
