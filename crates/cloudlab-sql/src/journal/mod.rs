//! The journal: every event of a service in one append-only table, read by cursors that know their gaps.
//!
//! Ids are drawn inside transactions and become visible when these commit, so a reader that remembers only the
//! highest id skips whoever commits late. A [`Reader`] therefore remembers the ranges below its highest id that it
//! has not seen (see [`position`]) and looks at them again until a row shows up or the range is proven dead:
//! every transaction that could have drawn one of its ids has ended, and one more look still shows nothing.
//!
//! Order within an aggregate holds because an id is drawn under the row lock of its stream's head: whatever
//! snapshot shows event n of a stream shows event n-1 too, with a lower id.

pub mod position;
mod proof;
mod reader;
pub(crate) mod rows;
pub(crate) mod store;
mod tail;

pub use position::{Position, Ranges};
pub use reader::{Ack, Reader, ReaderStatus, Sink, State};
