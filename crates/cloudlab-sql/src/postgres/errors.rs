//! What PostgreSQL's errors mean to a caller.

use crate::engine::Failure;
use crate::postgres::socket::ConnectError;
use cloudlab_core::store::Error;
use deadpool::managed::PoolError;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// What `cloudlab_require` raises.
const REQUIREMENT: &str = "CL001";

/// The meaning of an error of a statement inside a commit.
pub(super) fn failure(error: &tokio_postgres::Error) -> Failure {
    let Some(db) = error.as_db_error() else {
        // The batch was sent whole; without an answer nobody knows whether its COMMIT was executed.
        let text = with_source(error);
        return Failure::Error(if is_lost(error) { Error::Unknown(text) } else { Error::Defect(text) });
    };
    let text = db.message().to_owned();
    let code = db.code();
    if code.code() == REQUIREMENT {
        return Error::Stale { table: text }.into();
    }
    match *code {
        SqlState::UNIQUE_VIOLATION => duplicate(db),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Failure::Again(text),
        SqlState::LOCK_NOT_AVAILABLE => Error::Unavailable(text).into(),
        SqlState::QUERY_CANCELED => Error::Slow(text).into(),
        SqlState::DISK_FULL => Error::Full(text).into(),
        // A schema change under a prepared statement; the next connection prepares anew.
        _ if is_stale_plan(db) => Failure::Again(text),
        _ if is_outage(code) => Error::Unavailable(text).into(),
        _ => Error::Defect(format!("{} ({})", text, code.code())).into(),
    }
}

/// Whether an error is about a statement and leaves its connection in order. A plan that a schema change has made
/// wrong stays wrong on its connection, which therefore counts as broken.
pub(super) fn is_of_statement(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| {
        db.parsed_severity() == Some(Severity::Error) && !is_outage(db.code()) && !is_stale_plan(db)
    })
}

/// Whether a batch that was sent whole may have been committed in spite of this answer to one of its statements. What
/// ended the session while the last one was answered may have done so after the commit, whatever its code says: a log
/// that cannot be synced is a PANIC with the code of the file system's error.
pub(super) fn hides_outcome(error: &tokio_postgres::Error, is_last: bool) -> bool {
    error.as_db_error().is_none_or(|db| is_last && db.parsed_severity() != Some(Severity::Error))
}

fn is_stale_plan(db: &DbError) -> bool {
    *db.code() == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan")
}

/// The meaning of an error of a read.
pub(super) fn read(error: tokio_postgres::Error) -> Error {
    plain(failure(&error))
}

/// A failure outside a commit.
pub(super) fn plain(failure: Failure) -> Error {
    match failure {
        Failure::Error(Error::Unknown(cause)) | Failure::Again(cause) => Error::Unavailable(cause),
        Failure::Error(error) => error,
        Failure::KeyExists => Error::Defect("an idempotency key outside a commit".into()),
    }
}

/// The meaning of not getting a connection.
pub(super) fn pool(error: PoolError<ConnectError>) -> Error {
    match error {
        PoolError::Backend(ConnectError::Driver(error)) => match error.as_db_error() {
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
        // Its ids come from a counter: only one that was set back gives an id twice.
        "journal" if db.constraint() == Some("journal_pkey") => {
            Error::Unavailable("the counter of the journal's ids was set back".into()).into()
        }
        _ => {
            // Constraints are named TABLE_COLUMN_unique. Of a primary key or an index with another name the detail
            // lists the columns, as far as the role may see them, and the last one tells rows of a tenant apart.
            let constraint = db.constraint().unwrap_or_default();
            let named = constraint.strip_prefix(table).and_then(|rest| rest.strip_suffix("_unique"));
            let column = named.map(|rest| rest.trim_start_matches('_')).or_else(|| last_column(db.detail()?));
            Error::Duplicate { table: table.to_owned(), column: column.unwrap_or(constraint).to_owned() }
                .into()
        }
    }
}

/// The last column in `Key (tenant_id, name_key)=(.., ..) already exists.`, in whatever language.
fn last_column(detail: &str) -> Option<&str> {
    let columns = detail.split_once('(')?.1.split_once(")=(")?.0;
    columns.rsplit(", ").next()
}

/// An error of the driver's own about what it was given; it was not sent.
pub(super) fn is_unsent(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_none() && !is_lost(error)
}

/// Whether the connection is gone.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

fn with_source(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
