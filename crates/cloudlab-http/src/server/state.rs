//! What the parts of one connection tell each other: hyper sees requests, the socket sees bytes, and only both
//! together tell a slow handler from a slow caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// The state of one connection.
#[derive(Debug, Default)]
pub(super) struct State {
    running: AtomicUsize,
    progress: AtomicBool,
    unread: AtomicBool,
}

impl State {
    /// A byte of a reply was taken.
    pub(super) fn wrote(&self) {
        self.progress.store(true, Relaxed);
    }

    /// The handler did not want the rest of the body, which the caller may still be sending.
    pub(super) fn left_body(&self) {
        self.unread.store(true, Relaxed);
    }

    pub(super) fn has_unread_body(&self) -> bool {
        self.unread.load(Relaxed)
    }

    /// Whether the caller has done nothing since this was last asked, and nobody works for it.
    pub(super) fn is_idle(&self) -> bool {
        let progress = self.progress.swap(false, Relaxed);
        !progress && self.running.load(Relaxed) == 0
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Running(Arc<State>);

impl Running {
    pub(super) fn begin(state: &Arc<State>) -> Self {
        state.running.fetch_add(1, Relaxed);
        state.progress.store(true, Relaxed);
        Self(Arc::clone(state))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Relaxed);
    }
}
