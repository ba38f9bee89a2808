//! Identities that are the same in every run.

use cloudlab_core::{Ids, Uuid};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// The millisecond of the first identity: 2026-01-01T00:00:00Z.
const START_MS: u64 = 1_767_225_600_000;

/// UUIDs of version 7 with bits from a seeded generator: they collide with no other seed's.
#[derive(Debug)]
pub struct RandomIds {
    seed: u64,
    drawn: AtomicU64,
}

impl RandomIds {
    /// Identities of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Ids for RandomIds {
    fn next(&self) -> Uuid {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let high = mixed(self.seed ^ mixed(number));
        let low = mixed(high ^ number);
        // The time part counts too, so that identities ascend as real ones do.
        version_7(START_MS + number, u128::from(high) << 64 | u128::from(low))
    }
}

fn version_7(ms: u64, random: u128) -> Uuid {
    let octets = random.to_be_bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&octets[6..]);
    uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid()
}

/// The finishing steps of SplitMix64: every bit of the number moves every bit of the result.
const fn mixed(number: u64) -> u64 {
    let x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Identities that no other handle has, in this process or another.
pub(crate) fn fresh_ids() -> RandomIds {
    static HANDLES: AtomicU64 = AtomicU64::new(0);
    let handle = HANDLES.fetch_add(1, Ordering::Relaxed);
    let process = u64::from(std::process::id()) << 32;
    RandomIds::new(RandomState::new().hash_one(process) ^ process ^ handle)
}

/// An identity for a test that names rows.
pub(crate) fn fresh_uuid() -> Uuid {
    fresh_ids().next()
}
