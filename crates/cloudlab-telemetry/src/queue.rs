use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long the writer gathers lines after a batch. It is what a line waits at most before it is written, and what
/// saves a busy process from waking the writer for each one.
const GATHER: Duration = Duration::from_millis(5);

/// A buffer that a burst has grown beyond this is given back.
const KEPT_BYTES: usize = 1 << 20;

/// Lines between the threads that log and the one that writes: one buffer of bytes that the writer exchanges for an
/// empty one. To push is to copy a line under a lock that is never held for longer than such a copy.
pub(crate) struct Queue {
    limit_bytes: usize,
    state: Mutex<State>,
    filled: Condvar,
    written: Condvar,
    dropped: AtomicU64,
}

#[derive(Default)]
struct State {
    pending: Vec<u8>,
    /// The writer sleeps until it is notified.
    sleeping: bool,
    /// The writer must not gather any longer.
    urgent: bool,
    pushed_bytes: u64,
    done_bytes: u64,
}

impl Queue {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            state: Mutex::default(),
            filled: Condvar::new(),
            written: Condvar::new(),
            dropped: AtomicU64::new(0),
        }
    }

    /// Appends a line, or drops and counts it if the queue is full.
    pub(crate) fn push(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.pending.len() + line.len() > self.limit_bytes {
            drop(state);
            return self.count_dropped(1);
        }
        state.pending.extend_from_slice(line);
        state.pushed_bytes += line.len() as u64;
        let crowded = !state.urgent && state.pending.len() > self.limit_bytes / 2;
        state.urgent |= crowded;
        if std::mem::take(&mut state.sleeping) || crowded {
            drop(state);
            self.filled.notify_one();
        }
    }

    /// Waits until all that was pushed so far is written; `false` if that takes longer than `limit`.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        let deadline = Instant::now().checked_add(limit);
        let mut state = self.lock();
        let goal = state.pushed_bytes;
        while state.done_bytes < goal {
            state.urgent = true;
            self.filled.notify_one();
            let left = deadline.map_or(limit, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            let waited = self.written.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Lines that no output ever saw.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(crate) fn count_dropped(&self, lines: u64) {
        self.dropped.fetch_add(lines, Ordering::Relaxed);
    }

    /// For the writer: exchanges the empty `batch` for the waiting lines, sleeping until there are some.
    pub(crate) fn take(&self, batch: &mut Vec<u8>) {
        let mut state = self.lock();
        while state.pending.is_empty() {
            state.sleeping = true;
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.sleeping = false;
        state.urgent = false;
        std::mem::swap(&mut state.pending, batch);
    }

    /// For the writer: reports a batch as done, then gathers for a while.
    pub(crate) fn finish(&self, batch: &mut Vec<u8>) {
        let mut state = self.lock();
        state.done_bytes += batch.len() as u64;
        self.written.notify_all();
        batch.clear();
        batch.shrink_to(KEPT_BYTES);
        drop(self.filled.wait_timeout_while(state, GATHER, |state| !state.urgent));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
