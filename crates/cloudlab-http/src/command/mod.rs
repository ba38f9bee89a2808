//! Commands: requests that change something, executed once under their idempotency key.

mod extract;
mod flights;
mod run;

pub use extract::{Action, Command, CommandContext, Nothing};
pub(crate) use flights::Flights;
pub use run::{CommandError, command};
