//! A service for faults: it counts steps of probes, and keeps a log of the events that reached its consumer.
//!
//! A step raises a probe by one for each event that it publishes, so the value of a probe, the number of its events
//! and the last event's value are one number: whatever is lost, doubled or reordered shows.
//!
//! **Invariant:** it is built like every service, on the chassis alone; nothing in it knows that it is under test but
//! the clock, which may be wrong on purpose, and the request, which may ask to be slow or to be refused.
#![forbid(unsafe_code)]

mod clock;
mod log;
mod probe;
mod rest;
mod step;
mod store;

use cloudlab_chassis::{Service, migrations};
use std::sync::Arc;

/// The service's name, which its topic and its migrations carry.
pub const NAME: &str = "proof-service";

/// The service, wired.
pub fn service() -> Service {
    Service::new(NAME, env!("CARGO_PKG_VERSION"))
        .clock(Arc::new(clock::WrongClock::from_environment()))
        .migrations(migrations!["0001_probes"])
        .routes(rest::routes)
        .consumer(|resources| log::consumer(resources.topic("probe"), resources.ids.clone()))
}
