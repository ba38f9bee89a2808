//! How a reader learns that there may be something new, and how far that can be trusted.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Wakes the readers of this process; a commit rings it, and so does a notification from another process.
///
/// A ring is a hint, never a message: readers poll underneath, and faster while notifications are not to be had.
#[derive(Debug, Default)]
pub struct Wakeup {
    readers: Notify,
    notifier: Notify,
    commits: AtomicU64,
    notified: AtomicBool,
}

impl Wakeup {
    /// Says that this process has committed events.
    pub(crate) fn committed(&self) {
        self.readers.notify_waiters();
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.notifier.notify_one();
    }

    /// Says that another process has committed events, perhaps.
    #[cfg(feature = "postgres")]
    pub(crate) fn rung(&self) {
        self.readers.notify_waiters();
    }

    /// The next ring; take it before looking at the journal, or a ring in between is missed.
    pub(crate) fn next(&self) -> Notified<'_> {
        self.readers.notified()
    }

    /// The next commit of this process, for whoever tells other processes.
    #[cfg(feature = "postgres")]
    pub(crate) fn next_commit(&self) -> Notified<'_> {
        self.notifier.notified()
    }

    /// How many commits of this process have had events.
    #[cfg(feature = "postgres")]
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Says whether notifications of other processes arrive.
    #[cfg(feature = "postgres")]
    pub(crate) fn set_notified(&self, notified: bool) {
        self.notified.store(notified, Ordering::Relaxed);
    }

    /// Whether notifications of other processes arrive.
    #[must_use]
    pub fn is_notified(&self) -> bool {
        self.notified.load(Ordering::Relaxed)
    }
}
