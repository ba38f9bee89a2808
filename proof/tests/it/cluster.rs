//! Several processes of one service over one database, with the ledger of what was asked of them.

use crate::http::ask_admin;
use crate::laws::{self, Violation, violation};
use crate::ledger::Ledger;
use crate::place::Place;
use crate::process::{Address, Process, Setup};
use crate::wait::watch;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long delivery may take to come to rest after the last fault has healed.
const QUIET: Duration = Duration::from_secs(30);
/// At rest this long with something undelivered means that it will never be delivered.
const LOST: Duration = Duration::from_secs(2);

pub struct Cluster {
    pub place: Arc<Place>,
    pub ledger: Arc<Ledger>,
    pub processes: Vec<Process>,
}

/// What a process says of its reader.
#[derive(Debug)]
struct Outbox {
    reading: bool,
    at_rest: bool,
    text: String,
}

impl Cluster {
    /// Starts so many processes, each with these variables.
    pub fn start(place: Arc<Place>, count: usize, variables: &[(&str, &str)]) -> Self {
        let setups = ["a", "b", "c", "d"].into_iter().take(count).map(|name| {
            let setup = Setup::new(name, &place.url_of(name));
            variables.iter().fold(setup, |setup, (name, value)| setup.with(name, value))
        });
        Self::of(place.clone(), setups.collect())
    }

    /// Starts these processes.
    pub fn of(place: Arc<Place>, setups: Vec<Setup>) -> Self {
        let processes = setups.into_iter().map(Process::start).collect();
        Self { place, ledger: Arc::default(), processes }
    }

    pub fn addresses(&self) -> Vec<Address> {
        self.processes.iter().map(Process::address).collect()
    }

    /// The process that delivers, once there is one.
    pub async fn leader(&self) -> usize {
        let until = Instant::now() + QUIET;
        while Instant::now() < until {
            // One that was just refused says for a moment that it reads, beside the one that does.
            if let [leader] = self.readers().await[..] {
                return leader;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("nobody delivers");
    }

    async fn readers(&self) -> Vec<usize> {
        let mut readers = Vec::new();
        for (at, process) in self.processes.iter().enumerate() {
            if outbox(&process.address()).await.is_some_and(|outbox| outbox.reading) {
                readers.push(at);
            }
        }
        readers
    }

    /// Waits until everything is delivered, or until it is plain that something never will be.
    pub async fn quiet(&self) {
        let until = Instant::now() + QUIET;
        let mut idle_since = Instant::now();
        let mut last = (0, 0);
        while Instant::now() < until {
            let progress = self.place.progress().await;
            let rest = self.rests().await;
            if progress != last || !rest {
                idle_since = Instant::now();
            }
            last = progress;
            let done = progress.0 == progress.1;
            if rest
                && (done && idle_since.elapsed() > Duration::from_millis(100) || idle_since.elapsed() > LOST)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let states: Vec<_> = self.outboxes().await.into_iter().map(|outbox| outbox.text).collect();
        panic!("not at rest after {QUIET:?}: {last:?} events and effects\n{}", states.join("\n"));
    }

    async fn outboxes(&self) -> Vec<Outbox> {
        let mut found = Vec::new();
        for process in self.processes.iter().filter(|process| process.is_running()) {
            found.extend(outbox(&process.address()).await);
        }
        found
    }

    /// Whether one process delivers and has nothing left to deliver.
    async fn rests(&self) -> bool {
        let outboxes = self.outboxes().await;
        let mut reading = outboxes.iter().filter(|outbox| outbox.reading);
        reading.next().is_some_and(|outbox| outbox.at_rest) && reading.next().is_none()
    }

    /// Waits for quiet and holds the ledger against the database.
    pub async fn judge(&self) -> Vec<Violation> {
        self.quiet().await;
        let mut broken = laws::judge(&self.ledger, &self.place.rows().await);
        for process in self.processes.iter().filter(|process| process.is_running()) {
            broken.extend(busy_pool(process).await);
        }
        broken
    }

    /// Waits for quiet and fails when a law is broken.
    pub async fn uphold(&self) {
        laws::uphold(&self.judge().await);
    }
}

async fn outbox(address: &Address) -> Option<Outbox> {
    let reply = ask_admin(address, "/outbox").await.ok()?.json();
    let reader = &reply["readers"][0];
    let zero = |name: &str| reader[name] == 0;
    Some(Outbox {
        reading: reader["state"] == "reading",
        at_rest: zero("lag") && zero("gaps") && zero("in_flight"),
        text: reply.to_string(),
    })
}

/// What a process counts under a name.
pub async fn metric(address: &Address, name: &str) -> Option<f64> {
    let text = String::from_utf8(ask_admin(address, "/metrics").await.ok()?.body).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// L8: connections that nobody gives back. A look at the journal uses one for a moment, so one look proves nothing.
async fn busy_pool(process: &Process) -> Option<Violation> {
    let (address, name) = (process.address(), process.name());
    let mut busy = 0.0;
    watch(LOST, async || {
        let used = metric(&address, "database_connections_used").await.unwrap_or(f64::NAN);
        busy = used + metric(&address, "database_requests_waiting").await.unwrap_or(f64::NAN);
        busy == 0.0
    })
    .await;
    (busy != 0.0).then(|| violation("L8", format!("{name}: {busy} connections are never given back")))
}
