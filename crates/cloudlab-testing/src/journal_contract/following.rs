//! A reader under observation.

use crate::eventually;
use cloudlab_core::{RecordedEvent, Uuid};
use cloudlab_sql::Database;
use cloudlab_sql::journal::{Ack, Reader, ReaderStatus, Sink, State};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than a reader needs for anything on a busy machine.
pub const SOON: Duration = Duration::from_secs(10);

/// What a sink does with an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Treatment {
    /// Acknowledges at once.
    #[default]
    Accept,
    /// Keeps the acknowledgement until [`Collector::release`].
    Hold,
    /// Drops the acknowledgement, as a broker does that is away.
    Refuse,
}

/// A sink that remembers what it was given, in order.
#[derive(Debug, Default)]
pub struct Collector {
    treatment: Mutex<Treatment>,
    accepted: Mutex<Vec<RecordedEvent>>,
    held: Mutex<Vec<(RecordedEvent, Ack)>>,
    refused: Mutex<usize>,
}

impl Sink for Collector {
    fn deliver(&self, event: RecordedEvent, ack: Ack) {
        match *self.treatment.lock() {
            Treatment::Accept => {
                self.accepted.lock().push(event);
                ack.done();
            }
            Treatment::Hold => self.held.lock().push((event, ack)),
            Treatment::Refuse => *self.refused.lock() += 1,
        }
    }
}

impl Collector {
    /// A sink that begins like this.
    #[must_use]
    pub fn that(treatment: Treatment) -> Arc<Self> {
        Arc::new(Self { treatment: Mutex::new(treatment), ..Self::default() })
    }

    /// Behaves like this from now on.
    pub fn treat(&self, treatment: Treatment) {
        *self.treatment.lock() = treatment;
    }

    /// Acknowledges what was held.
    pub fn release(&self) {
        for (event, ack) in self.held.lock().drain(..) {
            self.accepted.lock().push(event);
            ack.done();
        }
    }

    /// Drops what was held without an acknowledgement.
    pub fn drop_held(&self) {
        self.held.lock().clear();
    }

    /// How many events are held.
    #[must_use]
    pub fn holds(&self) -> usize {
        self.held.lock().len()
    }

    /// How many events were refused.
    #[must_use]
    pub fn refusals(&self) -> usize {
        *self.refused.lock()
    }

    /// What was acknowledged, in order.
    #[must_use]
    pub fn accepted(&self) -> Vec<RecordedEvent> {
        self.accepted.lock().clone()
    }

    /// How many events were acknowledged.
    #[must_use]
    pub fn count(&self) -> usize {
        self.accepted.lock().len()
    }

    /// Waits until this many events were acknowledged.
    pub async fn has(&self, count: usize) {
        let what = format!("{count} events are delivered");
        eventually(SOON, &what, async || self.count() >= count).await;
    }

    /// The order within every stream, repetitions aside: 1, 2, 3, without gaps.
    ///
    /// # Panics
    /// When an event came before its predecessor.
    pub fn assert_order(&self) {
        let mut heads: BTreeMap<(Uuid, Uuid), i64> = BTreeMap::new();
        for event in self.accepted.lock().iter() {
            let head = heads.entry((event.tenant.uuid(), event.stream)).or_default();
            assert!(event.sequence <= *head + 1, "{} came after {head} of {}", event.sequence, event.stream);
            *head = (*head).max(event.sequence);
        }
    }

    /// No event came twice.
    ///
    /// # Panics
    /// When one did.
    pub fn assert_no_repetition(&self) {
        let all = self.accepted.lock();
        let distinct: BTreeSet<Uuid> = all.iter().map(|event| event.event_id).collect();
        assert_eq!(distinct.len(), all.len(), "an event was delivered twice");
    }

    /// The identities of what was acknowledged.
    #[must_use]
    pub fn identities(&self) -> BTreeSet<Uuid> {
        self.accepted.lock().iter().map(|event| event.event_id).collect()
    }
}

/// A reader that runs.
pub struct Following {
    stop: CancellationToken,
    task: JoinHandle<()>,
    status: Arc<Mutex<ReaderStatus>>,
}

impl Following {
    /// Starts a reader of this name.
    #[must_use]
    pub fn start(database: &Database, name: &str, sink: &Arc<Collector>) -> Self {
        let reader = Reader::new(name, database.clone(), sink.clone());
        let (stop, status) = (CancellationToken::new(), reader.status());
        let task = tokio::spawn(reader.run(stop.clone()));
        Self { stop, task, status }
    }

    /// What it is doing.
    #[must_use]
    pub fn status(&self) -> ReaderStatus {
        self.status.lock().clone()
    }

    /// Waits until it reads.
    pub async fn reads(&self) {
        eventually(SOON, "the reader reads", async || self.status().state == State::Reading).await;
    }

    /// Stops it in an orderly way.
    pub async fn stop(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(SOON, self.task).await;
        assert!(ended.is_ok_and(|ended| ended.is_ok()), "the reader does not stop, or has panicked");
    }

    /// Ends it at once, as a crash does: it stores nothing and gives nothing up.
    pub async fn crash(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
