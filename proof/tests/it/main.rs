//! The guarantees, against processes of their own that are killed, halted and cut off.
//!
//! A scenario starts processes of `proof-service` over a database made for it, drives them while it breaks something,
//! waits until all is quiet, and then holds what its clients were told (the ledger) against what the database shows
//! by SQL. The laws are those of the project's bars: L1 to L5, L8 and L9.
//!
//! **Invariant:** scenarios run one after the other, since each measures; and only processes that this test started
//! are ended, by their own id.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod cluster;
mod cursor;
mod dice;
mod driver;
mod faults;
mod http;
mod laws;
mod laws_tests;
mod ledger;
mod listener_proxy;
mod place;
mod postgres_server;
mod process;
mod rows;
mod sabotage;
mod show;
mod strangers;
mod suite;
mod wait;
