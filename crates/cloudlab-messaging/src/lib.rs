//! Events between services: the broker port, the in-process broker, consumers and dead letters.
//!
//! Delivery is at least once on the wire and once in effect: a consumer's handler answers with a
//! [`cloudlab_core::Commit`], and its inbox row is part of that commit. Order holds per aggregate; an event that
//! fails holds up its own aggregate only, and is parked with its cause when it keeps failing.
//!
//! **Invariant:** a message is acknowledged only after its effect is committed or it is parked; no handler can
//! forget the inbox, because the runtime adds it.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod broker;
mod consumer;
mod dead_letter;
mod event;
mod in_process;
mod runtime;

pub use broker::{Broker, Deliveries, Delivery, Message, Subscription};
pub use consumer::{Consumer, HandleError, Handler, Limits};
pub use dead_letter::DeadLetter;
pub use event::CloudEvent;
pub use in_process::InProcess;
pub use runtime::{Consumers, Replay};
