//! When to stop waiting, so that the reply can still say why.

use std::time::{Duration, Instant};
use tokio::time;

/// This long before the deadline nobody waits any longer: what comes after it is a reply that tells nothing.
const MARGIN: Duration = Duration::from_millis(20);

/// The instant at which to give up what must be over by the deadline.
pub(crate) fn give_up_at(deadline: Instant) -> Option<time::Instant> {
    time::Instant::from_std(deadline).checked_sub(MARGIN)
}
