//! The storage port: a commit goes in whole, and an error says what the caller can do.

use crate::{Commit, Reply};
use async_trait::async_trait;

/// Why a read or a commit did not give its result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A row was not as the decision had read it: read again and decide again.
    #[error("a row of {table} has changed since it was read")]
    Stale {
        /// The table.
        table: String,
    },
    /// A unique column holds this value already: tell the caller which.
    #[error("{table}.{column} holds this value already")]
    Duplicate {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The command was executed before under the same key: give this reply again.
    #[error("the command was executed before under this key")]
    Replayed(Reply),
    /// The key was used before for another request: refuse.
    #[error("the key was used for another request")]
    KeyReused,
    /// The same key is being executed just now: ask again a little later.
    #[error("a request with this key is still running")]
    InProgress,
    /// The message had its effect before: acknowledge it.
    #[error("the message had its effect before")]
    AlreadyHandled,
    /// The store cannot be reached, or gave up for load: nothing was written; ask again later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The statements took longer than the store allows: nothing was written, and the same may take as long again.
    #[error("the store took too long: {0}")]
    Slow(String),
    /// The store has no room left: nothing was written; an operator must act.
    #[error("the store is full: {0}")]
    Full(String),
    /// The caller's time was up. A commit may still take effect.
    #[error("the deadline passed")]
    Deadline,
    /// The connection was lost in the middle: a commit may or may not have taken effect.
    #[error("the outcome is unknown: {0}")]
    Unknown(String),
    /// The store refused what no retry makes right: a defect of the service or its schema.
    #[error("the store refused the statement: {0}")]
    Defect(String),
}

impl Error {
    /// Whether reading again and deciding again can help.
    #[must_use]
    pub const fn is_race(&self) -> bool {
        matches!(self, Self::Stale { .. })
    }

    /// Whether the store may serve the same request later.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_) | Self::Deadline | Self::Unknown(_))
    }
}

/// Where commits go.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes all of the commit, or nothing.
    ///
    /// # Errors
    /// As [`Error`] says; after any but [`Error::Deadline`] and [`Error::Unknown`] nothing was written.
    async fn commit(&self, commit: Commit) -> Result<(), Error>;
}
