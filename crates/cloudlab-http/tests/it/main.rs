//! The edge as callers and handlers see it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it means in its name, and fails at the place that is wrong"
)]

mod bodies;
mod commands;
mod documents;
mod edge;
mod gizmos;
mod idempotency;
mod lists;
mod logs;
mod metrics;
mod preconditions;
mod problems;
mod server;
mod shapes;
mod slow_bodies;
mod support;
