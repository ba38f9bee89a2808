//! A reader at work: polls, hands on, collects acknowledgements, proves gaps dead, stores its position.

use crate::journal::proof::Proof;
use crate::journal::reader::{Ack, Reader, State};
use crate::journal::store::{Lease, Page};
use crate::journal::{Position, Ranges};
use crate::sabotage;
use cloudlab_core::RecordedEvent;
use cloudlab_core::store::Error;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// Rows of one look.
const PAGE: i64 = 500;
/// Events handed on and not acknowledged at one time.
const MOST_IN_FLIGHT: usize = 5_000;
/// Open ranges at one time; beyond, only gaps are looked at until some close.
const MOST_GAPS: usize = 10_000;
/// How often the position is stored at the most: deliveries since then are repeated after a crash.
const SAVE_EVERY: Duration = Duration::from_millis(50);
/// How often a proof takes a step: the look at the server's locks is not free.
const PROVE_EVERY: Duration = Duration::from_millis(50);
/// A page of at least this many rows means load: a short wait then makes the next page fuller.
const BUSY: usize = 64;
const GATHER: Duration = Duration::from_millis(2);
/// The first look after a gap; doubled up to the poll interval.
const FIRST_GAP_WAIT: Duration = Duration::from_millis(1);
/// The first pause before a refused event is offered again; doubled up to a few poll intervals, so that a broker
/// which is away does not become load on the database.
const FIRST_REFUSAL_WAIT: Duration = Duration::from_millis(5);
const MOST_REFUSAL_INTERVALS: u32 = 5;
/// How long a stopping reader waits for acknowledgements.
const LAST_ACKS: Duration = Duration::from_secs(5);

/// The id of an event, and whether it is safe now.
type Outcome = (i64, bool);

/// The state of one reign of a reader, gone when the lease is.
pub(crate) struct Tail<'a> {
    reader: &'a Reader,
    lease: Lease,
    high: i64,
    missing: Ranges,
    in_flight: BTreeSet<i64>,
    refused: bool,
    /// Whether the last look left nothing above the position.
    caught_up: bool,
    refusal_wait: Duration,
    proof: Proof,
    saved: Position,
    saved_at: Instant,
    renewed_at: Instant,
    proved_at: Instant,
    gap_wait: Duration,
    outcomes: (UnboundedSender<Outcome>, UnboundedReceiver<Outcome>),
}

impl<'a> Tail<'a> {
    pub fn new(reader: &'a Reader, lease: Lease, position: Position) -> Self {
        let now = Instant::now();
        Self {
            reader,
            lease,
            high: position.high,
            missing: position.open.clone(),
            in_flight: BTreeSet::new(),
            refused: false,
            caught_up: false,
            refusal_wait: FIRST_REFUSAL_WAIT,
            proof: Proof::Idle,
            saved: position,
            saved_at: now,
            renewed_at: now,
            proved_at: now,
            gap_wait: FIRST_GAP_WAIT,
            outcomes: unbounded_channel(),
        }
    }

    /// Reads until the lease is lost, the store fails or it is told to stop.
    pub async fn follow(mut self, stop: &CancellationToken) -> Result<(), Error> {
        while !stop.is_cancelled() {
            // Before the look: a commit between the look and the wait must not be missed.
            let reader = self.reader;
            let ring = reader.wakeup().next();
            tokio::pin!(ring);
            if !self.keep_lease().await? {
                return Ok(());
            }
            let rows = self.look().await?;
            self.prove().await?;
            if self.save_is_due(rows) && !self.save().await? {
                return Ok(());
            }
            self.report();
            if rows >= BUSY {
                tokio::time::sleep(GATHER).await;
                continue;
            }
            let pause = self.pause();
            tokio::select! {
                () = &mut ring => {}
                Some(outcome) = self.outcomes.1.recv() => self.settle(outcome),
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        self.finish().await
    }

    async fn keep_lease(&mut self) -> Result<bool, Error> {
        if self.renewed_at.elapsed() < self.reader.database.settings().lease / 3 {
            return Ok(true);
        }
        if !self.reader.renew(self.lease).await? {
            tracing::warn!(reader = self.reader.name, "the lease has passed to another process");
            self.reader.set_state(State::Standby);
            return Ok(false);
        }
        self.renewed_at = Instant::now();
        let row = self.reader.store.load(&self.reader.name).await?;
        if let Some(cause) = self.reader.foreign_journal(&row.incarnation, self.high).await? {
            self.reader.halt(self.lease, cause, self.open().count()).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Looks at the journal once and hands on what is new; answers how many rows there were.
    async fn look(&mut self) -> Result<usize, Error> {
        while let Ok(outcome) = self.outcomes.1.try_recv() {
            self.settle(outcome);
        }
        // After a refusal nothing is handed on until all that was in flight is back, or order would break.
        if self.in_flight.len() >= MOST_IN_FLIGHT || (self.refused && !self.in_flight.is_empty()) {
            self.caught_up = false;
            return Ok(0);
        }
        if std::mem::take(&mut self.refused) {
            tokio::time::sleep(self.refusal_wait).await;
            let most = self.reader.database.settings().poll_interval * MOST_REFUSAL_INTERVALS;
            self.refusal_wait = (self.refusal_wait * 2).min(most);
        } else {
            self.refusal_wait = FIRST_REFUSAL_WAIT;
        }
        let page = self.reader.store.poll(&self.missing, self.high, PAGE).await?;
        let whole = self.shows_all_late(&page);
        self.caught_up = (page.rows.len() as i64) < PAGE;
        let events = self.absorb(page, whole);
        let count = events.len();
        // What a full page has left out is not dead: a later look, after the same proof, settles it.
        let dead = if whole { self.proof.settle(&self.missing) } else { Ranges::default() };
        if !dead.is_empty() {
            self.bury(&dead).await?;
        }
        for (id, event) in events {
            self.in_flight.insert(id);
            self.reader.sink.deliver(event, Ack::new(id, self.outcomes.0.clone()));
        }
        Ok(count)
    }

    /// Whether the page holds every row that was visible in the gaps: a full one may hide more of them.
    fn shows_all_late(&self, page: &Page) -> bool {
        (page.rows.partition_point(|(id, _)| *id <= self.high) as i64) < PAGE
    }

    /// Moves the position over the rows of a page and notices the ids between them that are not there.
    fn absorb(&mut self, mut page: Page, whole: bool) -> Vec<(i64, RecordedEvent)> {
        // What lies above could belong behind late rows that the page does not show.
        if !whole || self.missing.len() >= MOST_GAPS {
            page.rows.retain(|(id, _)| *id <= self.high);
        }
        for (id, _) in &page.rows {
            if *id > self.high {
                if *id > self.high + 1 && !sabotage::on("no_gaps") {
                    self.missing.add(self.high + 1, *id);
                    self.gap_wait = FIRST_GAP_WAIT;
                }
                self.high = *id;
            } else {
                self.missing.remove(*id);
            }
        }
        page.rows
    }

    async fn prove(&mut self) -> Result<(), Error> {
        if self.missing.is_empty() || self.proof.is_final() || self.proved_at.elapsed() < PROVE_EVERY {
            return Ok(());
        }
        self.proved_at = Instant::now();
        let holders = self.reader.store.writers().await?;
        self.proof = std::mem::take(&mut self.proof).step(&self.missing, holders);
        if self.proof.is_final() {
            self.gap_wait = FIRST_GAP_WAIT;
        }
        Ok(())
    }

    async fn bury(&mut self, dead: &Ranges) -> Result<(), Error> {
        let now = self.reader.database.clock().now();
        self.reader.store.bury(&self.reader.name, dead, now).await?;
        dead.as_slice().iter().for_each(|(lo, hi)| self.missing.subtract(*lo, *hi));
        self.reader.status.lock().dead_ids += dead.count();
        metrics::counter!("journal_dead_ids_total", "reader" => self.reader.name.clone())
            .increment(u64::try_from(dead.count()).unwrap_or(0));
        Ok(())
    }

    fn settle(&mut self, (id, done): Outcome) {
        self.in_flight.remove(&id);
        if !done {
            self.missing.add(id, id + 1);
            self.refused = true;
        }
    }

    fn position(&self) -> Position {
        Position { high: self.high, open: self.open() }
    }

    /// What is not delivered for good below the position.
    fn open(&self) -> Ranges {
        let mut open = self.missing.clone();
        self.in_flight.iter().for_each(|id| open.add(*id, *id + 1));
        open
    }

    fn save_is_due(&self, rows: usize) -> bool {
        self.saved_at.elapsed() >= SAVE_EVERY || (rows == 0 && self.in_flight.is_empty())
    }

    /// Stores the position if it has moved; false when another owner holds the lease.
    async fn save(&mut self) -> Result<bool, Error> {
        let position = self.position();
        if position == self.saved {
            return Ok(true);
        }
        match self.reader.store.save(&self.reader.name, self.lease, &position).await {
            Ok(()) => {
                self.saved = position;
                self.saved_at = Instant::now();
                Ok(true)
            }
            Err(Error::Stale { .. }) => {
                tracing::warn!(reader = self.reader.name, "refused: another process owns the lease");
                self.reader.set_state(State::Standby);
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// How long to wait for a ring before the next look.
    fn pause(&mut self) -> Duration {
        let interval = self.reader.database.settings().poll_interval;
        let unsaved = if self.in_flight.is_empty() { interval * 25 } else { SAVE_EVERY };
        if !self.missing.is_empty() {
            self.gap_wait = (self.gap_wait * 2).min(interval);
            return self.gap_wait;
        }
        if self.reader.wakeup().is_notified() { unsaved.min(interval * 25) } else { interval }
    }

    fn report(&self) {
        let mut status = self.reader.status.lock();
        status.gaps = self.missing.len();
        status.in_flight = self.in_flight.len();
        if self.caught_up {
            status.above = 0;
        }
        let open = self.missing.count() + i64::try_from(self.in_flight.len()).unwrap_or(i64::MAX);
        status.count(open);
    }

    /// Waits a little for what is in flight, so that a restart repeats as little as possible.
    async fn finish(mut self) -> Result<(), Error> {
        let until = tokio::time::Instant::now() + LAST_ACKS;
        while !self.in_flight.is_empty() {
            match tokio::time::timeout_at(until, self.outcomes.1.recv()).await {
                Ok(Some(outcome)) => self.settle(outcome),
                _ => break,
            }
        }
        self.save().await.map(|_| ())
    }
}
