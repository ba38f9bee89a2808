//! The real clock and real identities: the only place of a service where either is read.

use cloudlab_core::{Clock, Ids, Timestamp, Uuid};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Builder;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// UUIDs of version 7, each above the one before it in this process: what is created together keeps its order.
///
/// RFC 9562, section 6.2, method 3: the bits behind the milliseconds count fractions of one, and a fraction that was
/// given out already is left for the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

const FRACTION_BITS: u32 = 12;

/// Milliseconds and fraction of the latest identity.
static LATEST: AtomicU64 = AtomicU64::new(0);

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    fn next(&self) -> Uuid {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let latest = following(fractions(since));
        let random = Uuid::new_v4().into_bytes();
        let mut tail = [0; 10];
        tail[..2].copy_from_slice(&(latest as u16).to_be_bytes());
        // Octets of a version 4 that hold neither its version nor its variant.
        tail[2..8].copy_from_slice(&random[..6]);
        tail[8..].copy_from_slice(&random[10..12]);
        Builder::from_unix_timestamp_millis(latest >> FRACTION_BITS, &tail).into_uuid()
    }
}

fn fractions(since: Duration) -> u64 {
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX >> FRACTION_BITS);
    let below = u64::from(since.subsec_nanos() % 1_000_000);
    (millis << FRACTION_BITS) | ((below << FRACTION_BITS) / 1_000_000)
}

fn following(now: u64) -> u64 {
    let next = |latest: u64| now.max(latest + 1);
    // The closure always gives a value, so the update cannot be refused.
    LATEST.fetch_update(Relaxed, Relaxed, |latest| Some(next(latest))).map_or(now, next)
}

#[cfg(test)]
mod tests {
    use super::{Ids, SystemIds, following};
    use std::collections::BTreeSet;

    #[test]
    fn a_clock_that_stands_still_or_goes_back_does_not_stop_the_order() {
        let first = following(7);
        let second = following(7);
        let third = following(6);
        assert!(first < second && second < third, "{first} {second} {third}");
    }

    #[test]
    fn identities_of_a_process_ascend_and_those_of_several_threads_differ() {
        let ascending = || -> Vec<_> {
            let ids: Vec<_> = (0..20_000).map(|_| SystemIds.next()).collect();
            assert!(ids.is_sorted(), "an identity is below the one before it");
            assert!(ids.iter().all(|id| id.get_version_num() == 7));
            ids
        };
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ascending)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
