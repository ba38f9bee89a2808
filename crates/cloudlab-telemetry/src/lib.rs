//! Structured logs and Prometheus metrics of a process.
//!
//! A log line is one JSON object: `timestamp`, `level`, `target`, `message`, the fields of the event and those of the
//! spans around it, all at the top level, so that one grep for a request id finds everything about the request. An
//! inner field hides an outer one of the same name; a field named as one of the first three, or a span's field named
//! `message`, is written as `field.<name>`. In development the same is a line of text.
//!
//! Lines are formatted on the thread that logs, into a buffer that it keeps, and then copied into one bounded queue.
//! One thread writes the queue to the output in batches. When the output stalls and the queue is full, lines are
//! dropped and counted in `cloudlab_log_lines_dropped_total`.
//!
//! **Invariant:** logging never waits for the output, never fails and never panics. A field whose name contains
//! `password`, `secret`, `token` or `authorization` is never written out. This crate opens no socket: the metrics are
//! text that the admin address serves.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod directives;
mod encoding;
mod error;
mod fields;
mod lines;
mod options;
mod queue;
mod recorder;
mod telemetry;
mod timestamp;
mod writer;

pub use error::Error;
pub use options::{Format, Options, Output};
pub use telemetry::{FlushGuard, Telemetry};
