//! Ctrl-C, a polite kill and a terminal that closes, noticed between two steps so that what was begun can be taken back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use crate::refusal::Refusal;

/// Whether the user has called the work off. The default is a user who never does.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    raised: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens for the signals that ask a process to end from now on.
    pub fn on_signals() -> Self {
        let interrupt = Self::default();
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            // The second one ends the process, should the first one find it waiting for something that never comes. When a
            // signal cannot be caught, it still ends the process; only the clean-up is lost.
            let _ = signal_hook::flag::register_conditional_default(signal, Arc::clone(&interrupt.raised));
            let _ = signal_hook::flag::register(signal, Arc::clone(&interrupt.raised));
        }
        interrupt
    }

    /// Calls the work off from inside the process.
    pub fn raise(&self) {
        self.raised.store(true, Ordering::Relaxed);
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.raised.load(Ordering::Relaxed) { Err(Refusal::interrupted()) } else { Ok(()) }
    }
}
