//! Events that this service listens to.

mod statistics;

pub use statistics::statistics;
