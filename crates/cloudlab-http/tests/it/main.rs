//! The edge as callers and handlers see it.
#![allow(missing_docs)]

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
mod support;
