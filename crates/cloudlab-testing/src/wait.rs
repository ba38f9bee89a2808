//! Waiting for conditions, never for time; and futures that are dropped half-way.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

/// Between two looks at a condition.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Waits until the condition holds.
///
/// # Panics
/// When it does not hold within the bound; `what` says what was waited for.
pub async fn eventually<F, C>(bound: Duration, what: &str, mut condition: F)
where
    F: FnMut() -> C,
    C: Future<Output = bool>,
{
    let until = Instant::now() + bound;
    while !condition().await {
        assert!(Instant::now() < until, "not within {bound:?}: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Watches for a while that something does not happen.
///
/// # Panics
/// When the condition holds at any look within the time; `what` says what must not happen.
pub async fn never<F, C>(watched: Duration, what: &str, mut condition: F)
where
    F: FnMut() -> C,
    C: Future<Output = bool>,
{
    let until = Instant::now() + watched;
    while Instant::now() < until {
        assert!(!condition().await, "it must not happen: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Polls a future this many times and then drops it, as a server does whose caller has hung up; answers its output
/// when it ended before.
pub async fn hang_up_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // Without a further poll nobody would notice that it is over.
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
