//! A clock that is off by as much as a test wants.

use cloudlab_chassis::SystemClock;
use cloudlab_core::{Clock, Timestamp};

/// The machine's clock and how far this process is off.
pub struct WrongClock {
    offset_ms: i64,
}

impl WrongClock {
    /// Off by `PROOF_CLOCK_OFFSET_SECONDS`; right when that is unset.
    #[expect(clippy::disallowed_methods, reason = "a fault of this process, not configuration of a service")]
    pub fn from_environment() -> Self {
        let seconds =
            std::env::var("PROOF_CLOCK_OFFSET_SECONDS").ok().and_then(|text| text.parse::<i64>().ok());
        Self { offset_ms: seconds.unwrap_or(0).saturating_mul(1_000) }
    }
}

impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.offset_ms)
    }
}
