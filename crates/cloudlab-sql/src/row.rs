//! Statements with their values, and the rows that come back, in words that every engine has.

use cloudlab_core::store::Error;
use cloudlab_core::{Id, TenantId, Timestamp, Uuid, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// A SQL statement with its values. Placeholders are `$1`, `$2`, ... on every engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

impl Statement {
    /// A statement with the values of `$1`, `$2`, ...
    #[must_use]
    pub fn new(sql: impl Into<Cow<'static, str>>, values: impl Into<Vec<Value>>) -> Self {
        Self { sql: sql.into(), values: values.into() }
    }
}

/// One row of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The value of this column as a `T`.
    ///
    /// # Errors
    /// [`Error::Defect`] when the result has no such column, or it holds something else.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T, Error> {
        let value = self.columns.iter().position(|name| name == column).and_then(|at| self.values.get(at));
        let Some(value) = value else {
            return Err(Error::Defect(format!("the result has no column `{column}`")));
        };
        T::from_value(value).ok_or_else(|| {
            let wanted = std::any::type_name::<T>();
            Error::Defect(format!("column `{column}` holds {:?}, which is no {wanted}", value.kind()))
        })
    }
}

/// A Rust type that a column can be read as.
pub trait FromValue: Sized {
    /// The value, or nothing when it is of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($type:ty: $($pattern:pat => $result:expr),+;)*) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $($pattern => $result,)+
                    _ => None,
                }
            }
        }
    )*};
}

// SQLite has neither booleans, UUIDs nor timestamps, so each is also read from what stands for it there.
from_value! {
    bool: Value::Bool(value) => Some(*value), Value::Int(value) => Some(*value != 0);
    i64: Value::Int(value) => Some(*value);
    i32: Value::Int(value) => i32::try_from(*value).ok();
    u16: Value::Int(value) => u16::try_from(*value).ok();
    u32: Value::Int(value) => u32::try_from(*value).ok();
    String: Value::Text(value) | Value::Json(value) => Some(value.clone());
    Vec<u8>: Value::Bytes(value) => Some(value.clone()), Value::Uuid(value) => Some(value.as_bytes().to_vec());
    Uuid: Value::Uuid(value) => Some(*value), Value::Bytes(value) => Uuid::from_slice(value).ok();
    Timestamp: Value::Timestamp(value) => Some(*value), Value::Int(value) => Some(Timestamp::from_micros(*value));
}

impl FromValue for TenantId {
    fn from_value(value: &Value) -> Option<Self> {
        Uuid::from_value(value).map(Self::new)
    }
}

impl<T> FromValue for Id<T> {
    fn from_value(value: &Value) -> Option<Self> {
        Uuid::from_value(value).map(Self::new)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null(_) => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}
