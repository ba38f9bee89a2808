//! Waiting for conditions, never for time.

use std::time::{Duration, Instant};

/// Between two looks at a condition.
const LOOK_EVERY: Duration = Duration::from_millis(3);

/// Waits until the condition holds; answers how long that took, and fails when it does not within the bound.
pub async fn eventually(bound: Duration, what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < bound, "not within {bound:?}: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    started.elapsed()
}

/// Gives something time to happen that should not; ends at once when it has.
pub async fn watch(bound: Duration, mut happened: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while started.elapsed() < bound && !happened().await {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
