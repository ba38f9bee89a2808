//! Values in and out of SQLite: identities as 16 octets, instants as microseconds, truth as 0 and 1.

use crate::sqlite::errors;
use crate::{Row, Statement};
use cloudlab_core::store::Error;
use cloudlab_core::{Kind, Value};
use rusqlite::types::{Null, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params_from_iter};
use std::borrow::Cow;
use std::sync::Arc;

/// A value on its way in.
pub(super) struct Param<'a>(pub &'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null(_) => ToSqlOutput::from(Null),
            Value::Bool(value) => ToSqlOutput::from(*value),
            Value::Int(value) => ToSqlOutput::from(*value),
            Value::Text(value) | Value::Json(value) => ToSqlOutput::from(value.as_str()),
            Value::Uuid(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value.as_bytes())),
            Value::Bytes(value) => ToSqlOutput::from(value.as_slice()),
            Value::Timestamp(value) => ToSqlOutput::from(value.as_micros()),
        })
    }
}

/// `$1` as SQLite numbers it: its own `$1` would be a name, counted in order of appearance.
pub(super) fn numbered(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut numbered = String::with_capacity(sql.len());
    let mut rest = sql.chars().peekable();
    let mut quoted = false;
    while let Some(c) = rest.next() {
        quoted ^= c == '\'';
        let placeholder = c == '$' && !quoted && rest.peek().is_some_and(char::is_ascii_digit);
        numbered.push(if placeholder { '?' } else { c });
    }
    Cow::Owned(numbered)
}

/// The rows of a statement.
pub(super) fn query(connection: &Connection, statement: &Statement) -> Result<Vec<Row>, Error> {
    let mut prepared = connection.prepare_cached(&numbered(&statement.sql)).map_err(errors::read)?;
    let columns: Arc<[String]> = prepared.column_names().map(str::to_owned).collect();
    let params = params_from_iter(statement.values.iter().map(Param));
    let mut found = prepared.query(params).map_err(errors::read)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(errors::read)? {
        let value = |at| row.get_ref(at).map(owned).map_err(errors::read);
        let values = (0..columns.len()).map(value).collect::<Result<_, _>>()?;
        rows.push(Row { columns: columns.clone(), values });
    }
    Ok(rows)
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null(Kind::Text),
        ValueRef::Integer(value) => Value::Int(value),
        // No table of ours holds floating point; a computed one is cut rather than lost.
        ValueRef::Real(value) => Value::Int(value as i64),
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
    }
}
