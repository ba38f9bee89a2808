//! What the parts of one connection tell each other: hyper sees requests, the socket sees bytes, and only both
//! together tell a slow handler from a slow caller.

use futures_util::task::AtomicWaker;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::task::{Context, Poll};

/// What a connection is told to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// End, unless something has begun meanwhile.
    EndIfIdle = 1,
    /// Finish the request that is running and take no other.
    Stop = 2,
    /// End now.
    End = 4,
}

/// The state of one connection.
#[derive(Debug, Default)]
pub(super) struct State {
    running: AtomicUsize,
    progress: AtomicBool,
    unread: AtomicBool,
    /// Every [`Order`] that was not taken yet, a bit for each.
    orders: AtomicU8,
    waker: AtomicWaker,
}

impl State {
    /// Tells the connection what to do.
    pub(super) fn order(&self, order: Order) {
        self.orders.fetch_or(order as u8, SeqCst);
        self.waker.wake();
    }

    /// The order that says most, once.
    pub(super) fn poll_order(&self, cx: &Context<'_>) -> Poll<Order> {
        // First the waker, or an order in between would wake nobody.
        self.waker.register(cx.waker());
        // Nearly always there is none, and to read costs less than to write.
        if self.orders.load(SeqCst) == 0 {
            return Poll::Pending;
        }
        let orders = self.orders.swap(0, SeqCst);
        let said = |order: &Order| orders & *order as u8 != 0;
        let most = [Order::End, Order::Stop, Order::EndIfIdle].into_iter().find(said);
        most.map_or(Poll::Pending, Poll::Ready)
    }

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
    pub(super) fn was_idle(&self) -> bool {
        let progress = self.progress.swap(false, Relaxed);
        !progress && self.running.load(Relaxed) == 0
    }

    /// Whether that is still so.
    pub(super) fn is_idle(&self) -> bool {
        !self.progress.load(Relaxed) && self.running.load(Relaxed) == 0
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
