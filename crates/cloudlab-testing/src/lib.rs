//! What tests share: time and identity that a test decides, databases made for one test, a proxy that breaks
//! connections, and the contract suites that every engine must pass.
//!
//! **Invariant:** no test waits for an amount of time to pass. It waits for a condition, with a bound
//! ([`eventually`]); only the absence of something is watched for a while ([`never`]).
//!
//! The functions here are assertions: they panic, with a sentence, where the thing under test is wrong.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod clock;
mod database;
mod ids;
pub mod journal_contract;
mod output;
mod proxy;
#[cfg(feature = "postgres")]
mod server;
pub mod service;
pub mod store_contract;
mod suite;
mod wait;

pub use clock::ManualClock;
pub use database::{TestDatabase, must};
pub use ids::RandomIds;
pub(crate) use ids::{fresh_ids, fresh_uuid};
pub use proxy::{FaultProxy, Mode};
#[cfg(feature = "postgres")]
pub use server::ServerDatabase;
#[doc(hidden)]
pub use suite::{on_postgres, on_sqlite};
pub use wait::{eventually, hang_up_after, never};
