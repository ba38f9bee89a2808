//! What SQLite's errors mean to a caller.

use crate::engine::Failure;
use cloudlab_core::store::Error;
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// The meaning of an error inside a commit.
pub(super) fn failure(error: rusqlite::Error) -> Failure {
    let rusqlite::Error::SqliteFailure(code, message) = &error else {
        return Error::Defect(error.to_string()).into();
    };
    let text = message.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::ConstraintViolation if is_unique(code.extended_code) => duplicate(&text),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Failure::Again(text),
        ErrorCode::DiskFull => Error::Full(text).into(),
        ErrorCode::OperationInterrupted => Error::Deadline.into(),
        ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::OutOfMemory => {
            Error::Unavailable(text).into()
        }
        _ => Error::Defect(text).into(),
    }
}

/// The meaning of an error of a read.
pub(super) fn read(error: rusqlite::Error) -> Error {
    plain(failure(error))
}

/// A failure outside a commit, where nothing is retried for its own sake.
pub(super) fn plain(failure: Failure) -> Error {
    match failure {
        Failure::Error(error) => error,
        Failure::Again(cause) => Error::Unavailable(cause),
        Failure::KeyExists => Error::Defect("an idempotency key outside a commit".into()),
    }
}

const fn is_unique(code: i32) -> bool {
    matches!(
        code,
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID
    )
}

/// The message lists the columns of the index: `UNIQUE constraint failed: parcels.tenant_id, parcels.name_key`.
fn duplicate(message: &str) -> Failure {
    let columns = message.rsplit(": ").next().unwrap_or_default();
    let last = columns.rsplit(", ").next().unwrap_or_default();
    let (table, column) = last.split_once('.').unwrap_or(("", last));
    match table {
        "idempotency" => Failure::KeyExists,
        "inbox" => Error::AlreadyHandled.into(),
        _ => Error::Duplicate { table: table.to_owned(), column: column.to_owned() }.into(),
    }
}
