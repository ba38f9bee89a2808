//! The words that every layer of a service shares, and the ports through which effects come in.
//!
//! **Invariant:** this crate does no I/O. It never reads a clock, draws a random number, opens a socket or
//! a file: time arrives as [`Clock`], identity as [`Ids`], storage as [`Store`]. So the domain may depend on
//! it and is still tested without a server.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

// The macros name this crate by its own name, here too.
extern crate self as cloudlab_core;

mod clock;
mod commit;
mod context;
mod event;
mod expected;
mod id;
mod invalid;
mod refused;
mod reply;
pub mod secrets;
pub mod store;
mod tenant;
pub mod text;
mod timestamp;
mod value;
mod words;
mod write;

pub use async_trait::async_trait;
pub use bytes::Bytes;
pub use serde;
pub use serde_json;
pub use uuid::Uuid;

pub use clock::{Clock, Ids};
pub use commit::{Commit, InboxKey, NewEvent, Parts};
pub use context::{Deadline, Idempotency, Principal, RequestContext, TraceParent};
pub use event::{Event, RecordedEvent};
pub use expected::Expected;
pub use id::Id;
pub use invalid::Invalid;
pub use refused::Refused;
pub use reply::{Presenter, Reply};
pub use store::Store;
pub use tenant::TenantId;
pub use timestamp::Timestamp;
pub use value::{Kind, Value};
pub use words::Words;
pub use write::{Change, Expect, Key, Write};
