//! The real clock and real identities: the only place of a service where either is read.

use cloudlab_core::{Clock, Ids, Timestamp, Uuid};
use std::time::{SystemTime, UNIX_EPOCH};
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

/// UUIDs of version 7: ascending from one millisecond to the next, random in the rest.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the port's implementation")]
    fn next(&self) -> Uuid {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let random = Uuid::new_v4().into_bytes();
        let mut tail = [0; 10];
        // The octets of a version 4 without those that hold its version and variant.
        tail[..6].copy_from_slice(&random[..6]);
        tail[6..].copy_from_slice(&random[10..14]);
        Builder::from_unix_timestamp_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX), &tail)
            .into_uuid()
    }
}
