//! Statements built by sea-query, where a filter or an order is chosen while the service runs.

use crate::{Dialect, Statement};
use chrono::{DateTime, Utc};
use cloudlab_core::store::Error;
use cloudlab_core::{Kind, Timestamp, Value};
use sea_query::{PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder, Value as Built};

/// Stands for an instant that sea-query cannot hold, until [`Statement::build`] can say so. No value of ours becomes
/// one of these: they have no time zone.
const OUT_OF_RANGE: Built = Built::ChronoDateTime(None);

/// A value of ours inside a statement that sea-query builds.
#[must_use]
pub fn bind(value: impl Into<Value>) -> sea_query::Expr {
    sea_query::Expr::val(match value.into() {
        Value::Null(Kind::Bool) => Built::Bool(None),
        Value::Null(Kind::Int) => Built::BigInt(None),
        Value::Null(Kind::Text | Kind::Json) => Built::String(None),
        Value::Null(Kind::Uuid) => Built::Uuid(None),
        Value::Null(Kind::Bytes) => Built::Bytes(None),
        Value::Null(Kind::Timestamp) => Built::ChronoDateTimeUtc(None),
        Value::Bool(value) => Built::Bool(Some(value)),
        Value::Int(value) => Built::BigInt(Some(value)),
        Value::Text(value) | Value::Json(value) => Built::String(Some(value)),
        Value::Uuid(value) => Built::Uuid(Some(value)),
        Value::Bytes(value) => Built::Bytes(Some(value)),
        Value::Timestamp(value) => match DateTime::from_timestamp_micros(value.as_micros()) {
            Some(value) => Built::ChronoDateTimeUtc(Some(value)),
            None => OUT_OF_RANGE,
        },
    })
}

impl Statement {
    /// The statement in the words of this dialect.
    ///
    /// # Errors
    /// [`Error::Defect`] when a value is of a type that no column of ours has (bind it with [`bind`]), or out of the range
    /// of those that have it.
    pub fn build(dialect: Dialect, query: &impl QueryStatementWriter) -> Result<Self, Error> {
        let (sql, values) = match dialect {
            Dialect::Postgres => query.build_any(&PostgresQueryBuilder),
            Dialect::Sqlite => query.build_any(&SqliteQueryBuilder),
        };
        let values = values.0.into_iter().map(unbind).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::new(sql, values))
    }
}

fn unbind(value: Built) -> Result<Value, Error> {
    fn known<T: Into<Value>>(value: Option<T>, kind: Kind) -> Value {
        value.map_or(Value::Null(kind), Into::into)
    }
    let micros = |value: DateTime<Utc>| Timestamp::from_micros(value.timestamp_micros());
    Ok(match value {
        Built::Bool(value) => known(value, Kind::Bool),
        Built::Int(value) => known(value, Kind::Int),
        Built::BigInt(value) => known(value, Kind::Int),
        Built::Unsigned(value) => known(value, Kind::Int),
        Built::BigUnsigned(None) => Value::Null(Kind::Int),
        Built::BigUnsigned(Some(value)) => match i64::try_from(value) {
            Ok(value) => value.into(),
            Err(_) => return Err(Error::Defect(format!("{value} is more than an integer column holds"))),
        },
        Built::String(value) => known(value, Kind::Text),
        Built::Uuid(value) => known(value, Kind::Uuid),
        Built::Bytes(value) => known(value, Kind::Bytes),
        Built::ChronoDateTimeUtc(value) => known(value.map(micros), Kind::Timestamp),
        OUT_OF_RANGE => return Err(Error::Defect("an instant is out of the range of statements".into())),
        other => return Err(Error::Defect(format!("sea-query value {other:?} has no column type here"))),
    })
}

#[cfg(test)]
#[path = "select_tests.rs"]
mod tests;
