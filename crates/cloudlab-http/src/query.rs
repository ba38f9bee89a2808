//! Query parameters: each known, each once, each with a value that is allowed.

use crate::edge::Entered;
use crate::problem::{Problem, codes};
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

/// Extracts the query: `async fn list(Query(query): Query<ListParcels>)`. Optional parameters are `Option` or have
/// a `#[serde(default)]`; an unknown parameter is refused, also without `deny_unknown_fields`.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let uri = parts.extensions.get::<Arc<Entered>>().map_or(&parts.uri, |entered| &entered.uri);
        parse(uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    T::deserialize(Pairs(pairs)).map_err(|error| {
        Problem::new(&codes::MALFORMED_QUERY).detail(format!("The query is not as it must be: {error}."))
    })
}

type Pair<'q> = (Cow<'q, str>, Cow<'q, str>);

/// The query as a struct. serde tells the names of the fields, which is how unknown ones are found.
struct Pairs<'q>(Vec<Pair<'q>>);

impl Pairs<'_> {
    fn check(&self, fields: &[&str]) -> Result<(), Error> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if !fields.contains(&name.as_ref()) {
                return Err(Error::custom(format_args!(
                    "there is no parameter {name:?}; the parameters are {}",
                    fields.join(", ")
                )));
            }
            if self.0[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Error::custom(format_args!("the parameter {name} stands twice; give it once")));
            }
        }
        Ok(())
    }
}

impl<'de> Deserializer<'de> for Pairs<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { pairs: self.0.into_iter(), value: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.check(fields)?;
        self.deserialize_any(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.check(&[])?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Entries<'q> {
    pairs: std::vec::IntoIter<Pair<'q>>,
    value: Option<Pair<'q>>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.value = self.pairs.next();
        self.value.as_ref().map(|(name, _)| seed.deserialize(text(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((name, value)) = self.value.take() else {
            return Err(Error::custom("a value was asked for before its name"));
        };
        seed.deserialize(Text(&value))
            .map_err(|error| Error::custom(format_args!("the parameter {name}: {error}")))
    }
}

/// A value, which is text and may be meant as a number.
struct Text<'v>(&'v str);

fn text(value: &str) -> StrDeserializer<'_, Error> {
    value.into_deserializer()
}

impl Text<'_> {
    fn number<T: FromStr>(&self, what: &str) -> Result<T, Error> {
        self.0.parse().map_err(|_| Error::custom(format_args!("{:?} is not {what}", self.0)))
    }
}

macro_rules! numbers {
    ($($function:ident $visit:ident $what:literal;)*) => {$(
        fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.number($what)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.0)
    }

    numbers! {
        deserialize_bool visit_bool "true or false";
        deserialize_i8 visit_i8 "a whole number from -128 to 127";
        deserialize_i16 visit_i16 "a whole number from -32768 to 32767";
        deserialize_i32 visit_i32 "a whole number of 32 bits";
        deserialize_i64 visit_i64 "a whole number of 64 bits";
        deserialize_u8 visit_u8 "a whole number from 0 to 255";
        deserialize_u16 visit_u16 "a whole number from 0 to 65535";
        deserialize_u32 visit_u32 "a whole number of 32 bits, not negative";
        deserialize_u64 visit_u64 "a whole number of 64 bits, not negative";
        deserialize_f32 visit_f32 "a number";
        deserialize_f64 visit_f64 "a number";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(text(self.0))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}
