//! A value of one column, in words that every engine has.

use crate::{Id, TenantId, Timestamp};
use uuid::Uuid;

/// What kind of value a column holds; a null needs it, since engines infer nothing from an untyped null in bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A truth value.
    Bool,
    /// A signed 64-bit integer.
    Int,
    /// UTF-8 text.
    Text,
    /// A UUID.
    Uuid,
    /// Octets.
    Bytes,
    /// An instant to the microsecond.
    Timestamp,
    /// A JSON document as text.
    Json,
}

/// A value of one column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// No value, of a kind.
    Null(Kind),
    /// A truth value.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// UTF-8 text.
    Text(String),
    /// A UUID.
    Uuid(Uuid),
    /// Octets.
    Bytes(Vec<u8>),
    /// An instant to the microsecond.
    Timestamp(Timestamp),
    /// A JSON document as text, kept byte for byte.
    Json(String),
}

impl Value {
    /// The kind of this value.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Uuid(_) => Kind::Uuid,
            Self::Bytes(_) => Kind::Bytes,
            Self::Timestamp(_) => Kind::Timestamp,
            Self::Json(_) => Kind::Json,
        }
    }
}

/// A Rust type whose values are of one [`Kind`].
pub trait OfKind {
    /// The kind.
    const KIND: Kind;
}

macro_rules! value_from {
    ($($type:ty => $kind:ident, $convert:expr;)*) => {$(
        impl OfKind for $type {
            const KIND: Kind = Kind::$kind;
        }
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let convert: fn($type) -> _ = $convert;
                Self::$kind(convert(value))
            }
        }
    )*};
}

value_from! {
    bool => Bool, |value| value;
    i64 => Int, |value| value;
    i32 => Int, i64::from;
    u32 => Int, i64::from;
    u16 => Int, i64::from;
    &str => Text, str::to_owned;
    String => Text, |value| value;
    Uuid => Uuid, |value| value;
    TenantId => Uuid, TenantId::uuid;
    Vec<u8> => Bytes, |value| value;
    Timestamp => Timestamp, |value| value;
    serde_json::Value => Json, |value| value.to_string();
}

impl<T> OfKind for Id<T> {
    const KIND: Kind = Kind::Uuid;
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Uuid(id.uuid())
    }
}

impl<T: OfKind + Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null(T::KIND), Into::into)
    }
}
