//! The limit of running requests, and the place that a request has below it.

use crate::problem::{Problem, codes};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// How many requests are running, and how many may.
pub(super) struct Places {
    taken: AtomicUsize,
    most: usize,
}

/// Whether one request has a place.
#[derive(Default)]
pub(crate) struct Place(AtomicBool);

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self { taken: AtomicUsize::new(0), most }
    }

    pub(super) fn taken(&self) -> usize {
        self.taken.load(Relaxed)
    }

    /// Takes a place below the limit, or refuses.
    pub(super) fn take(&self, place: &Place) -> Result<(), Problem> {
        if place.0.swap(true, Relaxed) {
            return Ok(());
        }
        if self.taken.fetch_add(1, Relaxed) < self.most {
            return Ok(());
        }
        self.give_back(place);
        Err(Problem::new(&codes::OVERLOADED)
            .detail("The service is at its limit; this request was not begun. Try again a little later.")
            .retry_after(1))
    }

    pub(super) fn give_back(&self, place: &Place) {
        if place.0.swap(false, Relaxed) {
            self.taken.fetch_sub(1, Relaxed);
        }
    }
}
