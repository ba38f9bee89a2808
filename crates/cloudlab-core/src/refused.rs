//! Why a command on an aggregate changed nothing.

use crate::store::Error;

/// The reasons that every command shares, beside the rules of its own aggregate.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused<R> {
    /// There is nothing with this identity; the caller learns no more, since it may be another tenant's.
    #[error("there is nothing with this identity")]
    NotFound,
    /// It has another version than the caller expects: read again.
    #[error("it has another version than expected")]
    StaleVersion,
    /// A rule of the domain forbids it.
    #[error("{0}")]
    Rule(R),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] Error),
}
