//! SIGTERM and SIGINT, from the moment at which they are listened for.

use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// A signal that comes this soon after another is the same wish: `timeout` and some shells send it to the process and
/// to its group.
const ECHO: Duration = Duration::from_millis(200);

/// One that asks the process to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signal {
    pub name: &'static str,
    pub number: u8,
}

pub(crate) struct Signals {
    terminate: Stream,
    interrupt: Stream,
}

impl Signals {
    pub fn listen() -> Result<Self, String> {
        let of = |kind| signal(kind).map_err(|error| format!("signals cannot be received: {error}"));
        Ok(Self { terminate: of(SignalKind::terminate())?, interrupt: of(SignalKind::interrupt())? })
    }

    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal { name: "SIGTERM", number: 15 },
            _ = self.interrupt.recv() => Signal { name: "SIGINT", number: 2 },
        }
    }

    /// The next that is no echo of the one before.
    pub async fn again(&mut self) -> Signal {
        let first = Instant::now();
        loop {
            let signal = self.next().await;
            if first.elapsed() >= ECHO {
                return signal;
            }
        }
    }
}
