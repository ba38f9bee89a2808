//! Time and identity as ports, so that a test decides both.

use crate::Timestamp;
use uuid::Uuid;

/// Where the time of day comes from.
pub trait Clock: Send + Sync {
    /// The present instant, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// Where new identities come from.
pub trait Ids: Send + Sync {
    /// A new identity; ascending in time, so that indexes grow at one end.
    fn next(&self) -> Uuid;
}
