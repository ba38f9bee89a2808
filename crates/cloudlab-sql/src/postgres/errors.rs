//! What PostgreSQL's errors mean to a caller.

use crate::engine::Failure;
use cloudlab_core::store::Error;
use deadpool_postgres::PoolError;
use tokio_postgres::error::{DbError, SqlState};

/// What `cloudlab_require` raises.
const REQUIREMENT: &str = "CL001";

/// The meaning of an error of a statement inside a commit.
pub(super) fn failure(error: &tokio_postgres::Error) -> Failure {
    let Some(db) = error.as_db_error() else {
        // The batch was sent whole; without an answer nobody knows whether its COMMIT was executed.
        let lost = error.is_closed() || source_is_io(error);
        let text = with_source(error);
        return Failure::Error(if lost { Error::Unknown(text) } else { Error::Defect(text) });
    };
    let text = db.message().to_owned();
    let code = db.code();
    if code.code() == REQUIREMENT {
        return Error::Stale { table: text }.into();
    }
    match *code {
        SqlState::UNIQUE_VIOLATION => duplicate(db),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Failure::Again(text),
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => Error::Unavailable(text).into(),
        SqlState::DISK_FULL => Error::Full(text).into(),
        // A schema change under a prepared statement; the next connection prepares anew.
        SqlState::FEATURE_NOT_SUPPORTED if text.contains("cached plan") => Failure::Again(text),
        _ if is_outage(code) => Error::Unavailable(text).into(),
        _ => Error::Defect(format!("{} ({})", text, code.code())).into(),
    }
}

/// The meaning of an error of a read.
pub(super) fn read(error: tokio_postgres::Error) -> Error {
    match failure(&error) {
        Failure::Error(Error::Unknown(cause)) | Failure::Again(cause) => Error::Unavailable(cause),
        Failure::Error(error) => error,
        Failure::KeyExists => Error::Defect("a unique key was violated by a read".into()),
    }
}

/// The meaning of not getting a connection.
pub(super) fn pool(error: PoolError) -> Error {
    match error {
        PoolError::Backend(error) => match error.as_db_error() {
            Some(db) if !is_outage(db.code()) => {
                Error::Unavailable(format!("the server refuses the connection: {}", db.message()))
            }
            _ => Error::Unavailable(with_source(&error)),
        },
        error => Error::Unavailable(error.to_string()),
    }
}

fn is_outage(code: &SqlState) -> bool {
    // 08: connection; 53: out of resources; 57P01 to 57P04: shut down, crashed, starting, dropped; 25P03: the
    // server ended a session of ours that sat idle in a transaction; 25006: a standby that does not write.
    let code = code.code();
    code.starts_with("08")
        || code.starts_with("53")
        || code.starts_with("57P")
        || matches!(code, "25P03" | "25006")
}

fn duplicate(db: &DbError) -> Failure {
    let table = db.table().unwrap_or_default();
    match table {
        "idempotency" => Failure::KeyExists,
        "inbox" => Error::AlreadyHandled.into(),
        _ => {
            // Constraints are named TABLE_COLUMN_unique; a primary key has no column of its own to name.
            let constraint = db.constraint().unwrap_or_default();
            let rest = constraint.strip_prefix(table).unwrap_or(constraint).trim_start_matches('_');
            let column = rest.strip_suffix("_unique").unwrap_or(if rest == "pkey" { "id" } else { rest });
            Error::Duplicate { table: table.to_owned(), column: column.to_owned() }.into()
        }
    }
}

fn source_is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

fn with_source(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
