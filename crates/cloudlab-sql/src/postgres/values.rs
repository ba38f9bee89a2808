//! Values in and out of PostgreSQL in its binary format, whatever integer or text type the column has: enums, json and
//! jsonb are texts here, and a domain is what it is made of.

use crate::Row;
use crate::engine::Failure;
use crate::postgres::connections;
use cloudlab_core::store::Error;
use cloudlab_core::{Kind, Timestamp, Uuid, Value};
use postgres_protocol::types as wire;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, Kind as TypeKind, ToSql, Type, to_sql_checked};

/// Microseconds from 1970 to 2000, where PostgreSQL counts from.
const EPOCH_2000: i64 = 946_684_800_000_000;

type Boxed = Box<dyn std::error::Error + Sync + Send>;

/// One value on its way in.
#[derive(Debug)]
pub(super) struct One<'a>(pub &'a Value);

/// A parameter of a commit's statement: a value, or a column of many rows.
#[derive(Debug)]
pub(super) enum Param {
    One(Value),
    Many(Vec<Value>),
}

impl ToSql for One<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match (self.0, base(ty)) {
            (Value::Null(_), _) => return Ok(IsNull::Yes),
            (Value::Bool(value), &Type::BOOL) => wire::bool_to_sql(*value, out),
            (Value::Int(value), &Type::INT8) => wire::int8_to_sql(*value, out),
            (Value::Int(value), &Type::INT4) => wire::int4_to_sql(i32::try_from(*value)?, out),
            (Value::Int(value), &Type::INT2) => wire::int2_to_sql(i16::try_from(*value)?, out),
            (Value::Int(value), &Type::OID) => wire::oid_to_sql(u32::try_from(*value)?, out),
            (Value::Text(value) | Value::Json(value), &Type::JSONB) => {
                out.extend_from_slice(&[1]);
                wire::text_to_sql(value, out);
            }
            (Value::Text(value) | Value::Json(value), ty) if is_text(ty) => wire::text_to_sql(value, out),
            (Value::Uuid(value), &Type::UUID) => wire::uuid_to_sql(*value.as_bytes(), out),
            (Value::Bytes(value), &Type::BYTEA) => wire::bytea_to_sql(value, out),
            (Value::Timestamp(value), &Type::TIMESTAMPTZ) => {
                let micros =
                    value.as_micros().checked_sub(EPOCH_2000).ok_or("the instant is out of range")?;
                wire::timestamp_to_sql(micros, out);
            }
            (value, _) => {
                return Err(format!("a {:?} does not go into a column of type {ty}", value.kind()).into());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self {
            Self::One(value) => One(value).to_sql(ty, out),
            Self::Many(_) if !matches!(ty.kind(), TypeKind::Array(_)) => {
                Err(format!("many values do not go into a {ty}").into())
            }
            Self::Many(values) => values.iter().map(One).collect::<Vec<_>>().to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What a domain is made of; its values look the same.
fn base(mut ty: &Type) -> &Type {
    while let TypeKind::Domain(of) = ty.kind() {
        ty = of;
    }
    ty
}

/// Whether the binary format of the type is its text. Octets of a text sent as any other type would be taken for
/// that type's own format: eight letters are a valid number.
fn is_text(ty: &Type) -> bool {
    matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::UNKNOWN)
        || matches!(ty.kind(), TypeKind::Enum(_))
        || ty.name() == "citext"
}

/// The type under which many values of a kind travel to a statement that says nothing about theirs.
pub(super) const fn array_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "bool[]",
        Kind::Int => "int8[]",
        Kind::Text => "text[]",
        Kind::Uuid => "uuid[]",
        Kind::Bytes => "bytea[]",
        Kind::Timestamp => "timestamptz[]",
        Kind::Json => "json[]",
    }
}

/// The rows of a result.
pub(super) fn rows(
    statement: &tokio_postgres::Statement,
    rows: &[tokio_postgres::Row],
) -> Result<Vec<Row>, Failure> {
    let columns = connections::columns(statement);
    let read = |row: &tokio_postgres::Row| {
        let value = |at| row.try_get::<_, Read>(at).map(|Read(value)| value);
        let values = (0..columns.len()).map(value).collect::<Result<_, _>>();
        Ok(Row { columns: columns.clone(), values: values.map_err(|error| unreadable(&error))? })
    };
    rows.iter().map(read).collect()
}

fn unreadable(error: &tokio_postgres::Error) -> Error {
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    Error::Defect(format!("{error}: {cause}"))
}

/// A value on its way out.
struct Read(Value);

impl<'a> FromSql<'a> for Read {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        let text = |raw: &[u8]| String::from_utf8(raw.to_vec());
        Ok(Self(match *ty {
            Type::BOOL => Value::Bool(wire::bool_from_sql(raw)?),
            Type::INT2 => Value::Int(wire::int2_from_sql(raw)?.into()),
            Type::INT4 => Value::Int(wire::int4_from_sql(raw)?.into()),
            Type::INT8 => Value::Int(wire::int8_from_sql(raw)?),
            Type::OID => Value::Int(wire::oid_from_sql(raw)?.into()),
            Type::UUID => Value::Uuid(Uuid::from_bytes(wire::uuid_from_sql(raw)?)),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            Type::TIMESTAMPTZ => Value::Timestamp(Timestamp::from_micros(
                wire::timestamp_from_sql(raw)?.saturating_add(EPOCH_2000),
            )),
            Type::JSON => Value::Json(text(raw)?),
            Type::JSONB => Value::Json(text(raw.get(1..).unwrap_or_default())?),
            _ if is_text(ty) => Value::Text(text(raw)?),
            _ => {
                return Err(
                    format!("a column of type {ty} has no value here: cast it in the statement").into()
                );
            }
        }))
    }

    fn from_sql_null(ty: &Type) -> Result<Self, Boxed> {
        Ok(Self(Value::Null(match *ty {
            Type::BOOL => Kind::Bool,
            Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => Kind::Int,
            Type::UUID => Kind::Uuid,
            Type::BYTEA => Kind::Bytes,
            Type::TIMESTAMPTZ => Kind::Timestamp,
            Type::JSON | Type::JSONB => Kind::Json,
            _ => Kind::Text,
        })))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
