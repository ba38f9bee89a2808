//! The HTTP edge of a service: request context, problems, limits, preconditions, commands, pages and documents.
//!
//! **Invariant:** nothing of the business is known here, and nothing of the inside leaves here. A handler gets values
//! that were checked, each error reply is a problem with a documented code, each reply names its request, and a
//! command is executed once under its key. This crate stores nothing and reads no clock of the day; identities come
//! from [`cloudlab_core::Ids`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod body;
mod command;
mod docs;
mod edge;
mod page;
mod path;
mod patience;
mod precondition;
mod problem;
mod query;
mod refused;
mod server;

pub use answer::{Answer, response};
pub use body::{FieldErrors, Json, Taken, not_null};
pub use command::{Action, Command, CommandContext, CommandError, Nothing, command};
pub use docs::{CommandProblems, ReadProblems, Word, complete, docs};
pub use edge::{Context, Edge, Settings, Tenancy};
pub use page::{Cursor, DEFAULT_LIMIT, Limit, MAX_LIMIT, Page};
pub use path::{PathId, not_found};
pub use precondition::{IfMatch, IfNoneMatch, etag, stale_version};
pub use problem::{Code, FieldError, MEDIA_TYPE, Problem, codes};
pub use query::Query;
pub use refused::Described;
pub use server::{BindError, Limits, Server};
