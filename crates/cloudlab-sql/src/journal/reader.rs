//! A reader: the one process that follows the journal under a name, and hands every event on once it is safe.

use crate::journal::store::{JournalStore, Lease};
use crate::journal::tail::Tail;
use crate::{Database, Wakeup};
use cloudlab_core::store::Error;
use cloudlab_core::{RecordedEvent, Uuid};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

/// Pause after a store that did not answer.
const RETRY: Duration = Duration::from_millis(250);

/// Where a reader's events go.
///
/// A sink that refuses an event must refuse the later ones of the same stream too, until it is given that event again:
/// else it would hold the later ones and get the earlier one behind them. The reader hands on nothing new until all
/// that was in flight is acknowledged or refused, so a refusal delays every stream; a sink that can wait should wait.
pub trait Sink: Send + Sync {
    /// Takes the next event; the calls come in order for every stream. The event counts as delivered when the
    /// acknowledgement is given, and is delivered again when it is dropped without.
    fn deliver(&self, event: RecordedEvent, ack: Ack);
}

/// The promise to say when an event is safe.
#[derive(Debug)]
pub struct Ack {
    id: i64,
    outcomes: Option<UnboundedSender<(i64, bool)>>,
}

impl Ack {
    pub(crate) const fn new(id: i64, outcomes: UnboundedSender<(i64, bool)>) -> Self {
        Self { id, outcomes: Some(outcomes) }
    }

    /// Says that the event is safe.
    pub fn done(mut self) {
        self.tell(true);
    }

    fn tell(&mut self, done: bool) {
        if let Some(outcomes) = self.outcomes.take() {
            // Nobody listens when the reader has lost its lease: the next owner delivers again.
            let _ = outcomes.send((self.id, done));
        }
    }
}

impl Drop for Ack {
    fn drop(&mut self) {
        self.tell(false);
    }
}

/// What a reader is doing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "cause")]
pub enum State {
    /// Another process reads under this name.
    Standby,
    /// This process reads.
    Reading,
    /// The store does not answer.
    Waiting(String),
    /// The journal is not the one that was read before: an operator must decide.
    Halted(String),
}

impl State {
    /// Every state's name.
    pub const NAMES: [&'static str; 4] = ["standby", "reading", "waiting", "halted"];

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Reading => "reading",
            Self::Waiting(_) => "waiting",
            Self::Halted(_) => "halted",
        }
    }
}

/// A reader as operators see it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ReaderStatus {
    /// Its name.
    pub reader: String,
    /// What it is doing.
    #[serde(flatten)]
    pub state: State,
    /// Ids that are drawn and not yet delivered: those above the position, and those that are open below it.
    pub lag: i64,
    /// Ranges of ids that were not visible yet.
    pub gaps: usize,
    /// Events handed on and not yet acknowledged.
    pub in_flight: usize,
    /// Ids that were proven never to come.
    pub dead_ids: i64,
    /// Ids above the position, when somebody last looked.
    #[serde(skip)]
    pub(crate) above: i64,
}

impl ReaderStatus {
    /// Notes how many ids are open below the position.
    pub(crate) fn count(&mut self, open: i64) {
        self.lag = self.above.saturating_add(open);
    }
}

/// Follows the journal under one name.
pub struct Reader {
    pub(crate) name: String,
    pub(crate) database: Database,
    pub(crate) store: Arc<dyn JournalStore>,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) status: Arc<Mutex<ReaderStatus>>,
    owner: Uuid,
}

impl Reader {
    /// A reader of the database's journal.
    #[must_use]
    pub fn new(name: &str, database: Database, sink: Arc<dyn Sink>) -> Self {
        let status = ReaderStatus {
            reader: name.to_owned(),
            state: State::Standby,
            lag: 0,
            gaps: 0,
            in_flight: 0,
            dead_ids: 0,
            above: 0,
        };
        let owner = database.ids().next();
        let store = database.journal();
        Self { name: name.to_owned(), database, store, sink, status: Arc::new(Mutex::new(status)), owner }
    }

    /// Where the reader's state can be seen while it runs.
    #[must_use]
    pub fn status(&self) -> Arc<Mutex<ReaderStatus>> {
        self.status.clone()
    }

    /// Reads until it is told to stop, whatever the store does meanwhile; then waits a little for what is in
    /// flight, stores the position and gives the lease up.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.turn(&stop).await {
                Ok(pause) => pause,
                Err(error) => {
                    self.set_state(State::Waiting(error.to_string()));
                    RETRY
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Takes the lease if it is free and reads as long as it is held; answers how long to pause before the next try.
    async fn turn(&self, stop: &CancellationToken) -> Result<Duration, Error> {
        self.store.register(&self.name).await?;
        let length = self.database.settings().lease;
        let Some(lease) = self.store.lease(&self.name, self.owner, length).await? else {
            self.set_state(State::Standby);
            return Ok(length / 5);
        };
        let row = self.store.load(&self.name).await?;
        let found = self.foreign_journal(&row.incarnation, row.position.high).await?;
        if let Some(cause) = row.halted.or(found) {
            self.halt(lease, cause, row.position.open.count()).await?;
            return Ok(length);
        }
        self.set_state(State::Reading);
        let outcome = Tail::new(self, lease, row.position).follow(stop).await;
        if stop.is_cancelled() {
            self.store.release(&self.name, lease).await?;
        }
        outcome.map(|()| RETRY)
    }

    /// Stops for good: what a journal that was exchanged says later, when its ids have come up to the position again,
    /// does not make the position right.
    pub(crate) async fn halt(&self, lease: Lease, cause: String, open: i64) -> Result<(), Error> {
        self.store.halt(&self.name, lease, &cause).await?;
        // Nothing is read under it, and on a file only its owner can give it up.
        self.store.release(&self.name, lease).await?;
        self.set_state(State::Halted(cause));
        self.status.lock().count(open);
        Ok(())
    }

    /// Why the journal cannot be the one that the position belongs to, if so.
    pub(crate) async fn foreign_journal(
        &self,
        incarnation: &str,
        high: i64,
    ) -> Result<Option<String>, Error> {
        let now = self.store.identity().await?;
        self.status.lock().above = (now.last_drawn - high).max(0);
        if now.incarnation != incarnation {
            let found = now.incarnation;
            return Ok(Some(format!("the journal is of incarnation {found}, the position of {incarnation}")));
        }
        if now.last_drawn < high {
            let drawn = now.last_drawn;
            return Ok(Some(format!("the journal ends at {drawn}, but {high} was delivered before")));
        }
        Ok(None)
    }

    pub(crate) fn set_state(&self, state: State) {
        let mut status = self.status.lock();
        if status.state == state {
            return;
        }
        match &state {
            State::Halted(cause) => tracing::error!(reader = self.name, cause, "journal reader halted"),
            State::Waiting(cause) => {
                tracing::warn!(reader = self.name, cause, "journal reader waits for the store")
            }
            _ => tracing::info!(reader = self.name, state = ?state, "journal reader"),
        }
        if state == State::Standby {
            // Another process knows.
            (status.above, status.lag, status.gaps, status.in_flight) = (0, 0, 0, 0);
        }
        status.state = state;
    }

    pub(crate) fn wakeup(&self) -> &Wakeup {
        self.database.wakeup()
    }

    pub(crate) async fn renew(&self, lease: Lease) -> Result<bool, Error> {
        let length = self.database.settings().lease;
        Ok(self.store.lease(&self.name, self.owner, length).await? == Some(lease))
    }
}
