use std::collections::btree_map;
use std::fmt::Display;
use std::slice;
use std::str::FromStr;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

use crate::enumeration::Variant;
use crate::error::Error;
use crate::fault::Fault;
use crate::secret;
use crate::tree::{Node, Text, Value, join};
use cloudlab_core::secrets::is_telling;

/// Reads a `T` from the tree under `key`.
pub(crate) fn read<T: DeserializeOwned>(node: &Node, key: &str) -> Result<T, Error> {
    let at = Located::new(node, key.to_owned(), &[]);
    at.locate(T::deserialize(Located::new(node, key.to_owned(), &[]))).map_err(Fault::into_error)
}

/// A node under its dotted key. Every fault that passes through gets the place of the innermost node.
pub(crate) struct Located<'t> {
    node: &'t Node,
    key: String,
    /// The keys of the section that this node lies in, for the message when nobody asks for this one.
    siblings: &'static [&'static str],
    secret: bool,
}

impl<'t> Located<'t> {
    fn new(node: &'t Node, key: String, siblings: &'static [&'static str]) -> Self {
        let secret = is_telling(&key);
        Self { node, key, siblings, secret }
    }

    pub(crate) fn child(&self, node: &'t Node, part: &str, siblings: &'static [&'static str]) -> Self {
        Self::new(node, join(&self.key, part), siblings)
    }

    /// Locates once more what comes out, because a type with `try_from` complains after its deserializer is gone.
    pub(crate) fn read_child<'de, S: DeserializeSeed<'de>>(
        &self,
        seed: S,
        node: &'t Node,
        part: &str,
        siblings: &'static [&'static str],
    ) -> Result<S::Value, Fault> {
        let read = seed.deserialize(self.child(node, part, siblings));
        self.child(node, part, siblings).locate(read)
    }

    pub(crate) fn locate<T>(&self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| fault.at(&self.key, self.node, self.secret))
    }

    fn refuse<T>(&self, expected: impl Into<String>) -> Result<T, Fault> {
        self.locate(Err(Fault::expected(expected)))
    }

    fn text_of_variable(&self) -> Option<&'t Text> {
        match &self.node.value {
            Value::Text(text) if text.from_variable => Some(text),
            _ => None,
        }
    }

    fn parsed<T: FromStr>(&self) -> Option<T> {
        self.text_of_variable().and_then(|text| text.raw.trim().parse().ok())
    }

    fn integer<T: TryFrom<i128>>(&self, min: impl Display, max: impl Display) -> Result<T, Fault> {
        let number = match self.node.value {
            Value::Integer(number) => Some(number),
            _ => self.parsed(),
        };
        match number.and_then(|number| T::try_from(number).ok()) {
            Some(number) => Ok(number),
            None => self.refuse(format!("a whole number from {min} to {max}")),
        }
    }

    fn float(&self) -> Result<f64, Fault> {
        let number = match self.node.value {
            Value::Float(number) => Some(number),
            Value::Integer(number) => Some(number as f64),
            _ => self.parsed(),
        };
        number.map_or_else(|| self.refuse("a number"), Ok)
    }

    fn table<'de, V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Table(table) => {
                let visited = visitor.visit_map(Fields { at: &self, fields, rest: table.iter(), next: None });
                self.locate(visited)
            }
            _ => self.refuse("a section of keys"),
        }
    }

    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Some(text) = self.text_of_variable() {
            return self.split(text, visitor);
        }
        match &self.node.value {
            Value::List(list) => {
                self.locate(visitor.visit_seq(Elements { at: &self, rest: list.iter(), index: 0 }))
            }
            _ => self.refuse("a list"),
        }
    }

    fn split<'de, V: Visitor<'de>>(&self, text: &Text, visitor: V) -> Result<V::Value, Fault> {
        let node = |text| Node { origin: self.node.origin.clone(), value: Value::Text(text) };
        let list: Vec<_> = text.elements().map(node).collect();
        self.locate(visitor.visit_seq(Elements { at: self, rest: list.iter(), index: 0 }))
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let expected = (&visitor as &dyn Expected).to_string();
        match &self.node.value {
            Value::Text(text) => {
                let visited = visitor.visit_str(&text.raw);
                self.locate(visited.map_err(|fault: Fault| fault.wanting(expected)))
            }
            _ => self.refuse(expected),
        }
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $number:ty),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let number: $number = self.integer(<$number>::MIN, <$number>::MAX)?;
            self.locate(visitor.$visit(number))
        })*
    };
}

macro_rules! texts {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.text(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Located<'_> {
    type Error = Fault;

    integers!(
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    );
    texts!(deserialize_str deserialize_string deserialize_char deserialize_identifier deserialize_bytes deserialize_byte_buf);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Table(_) => self.table(&[], visitor),
            Value::List(_) => self.list(visitor),
            Value::Text(_) => self.text(visitor),
            Value::Boolean(truth) => self.locate(visitor.visit_bool(*truth)),
            Value::Null => self.locate(visitor.visit_unit()),
            Value::Float(number) => self.locate(visitor.visit_f64(*number)),
            Value::Integer(number) => match i64::try_from(*number) {
                Ok(number) => self.locate(visitor.visit_i64(number)),
                Err(_) => self.deserialize_u64(visitor),
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let truth = match self.node.value {
            Value::Boolean(truth) => Some(truth),
            _ => self.parsed(),
        };
        match truth {
            Some(truth) => self.locate(visitor.visit_bool(truth)),
            None => self.refuse("true or false"),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let number = self.float()?;
        self.locate(visitor.visit_f64(number))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let taken_back = self.text_of_variable().is_some_and(|text| text.raw.is_empty());
        if taken_back || self.node.is_null() {
            return self.locate(visitor.visit_none());
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == secret::SERDE_NAME {
            self.secret = true;
        }
        let (node, key, secret) = (self.node, self.key.clone(), self.secret);
        visitor.visit_newtype_struct(self).map_err(|fault| fault.at(&key, node, secret))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.table(&[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.table(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Text(text) => {
                let name: StrDeserializer<'_, Fault> = text.raw.trim().into_deserializer();
                self.locate(visitor.visit_enum(name))
            }
            Value::Table(table) => match table.first_key_value() {
                Some((name, node)) if table.len() == 1 => {
                    self.locate(visitor.visit_enum(Variant { at: &self, name, node }))
                }
                _ => self.refuse(format!("a section with one of the keys {}", variants.join(", "))),
            },
            _ => self.refuse(format!("one of {}", variants.join(", "))),
        }
    }

    /// serde calls this for a key that the type does not have, if the type does not refuse such keys itself.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.locate(Err(Fault::unknown_key(self.siblings)))
    }
}

struct Fields<'a, 't> {
    at: &'a Located<'t>,
    fields: &'static [&'static str],
    rest: btree_map::Iter<'t, String, Node>,
    next: Option<(&'t String, &'t Node)>,
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        // A null counts as absent, unless the type is still to say that it does not know the key.
        let is_known = |part: &str| self.fields.is_empty() || self.fields.contains(&part);
        self.next = self.rest.find(|(part, node)| !(node.is_null() && is_known(part)));
        let Some((part, node)) = self.next else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, Fault> = part.as_str().into_deserializer();
        self.at.child(node, part, self.fields).locate(seed.deserialize(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        match self.next.take() {
            Some((part, node)) => self.at.read_child(seed, node, part, self.fields),
            None => Err(serde::de::Error::custom("a value was asked for before its key")),
        }
    }
}

struct Elements<'a, 't> {
    at: &'a Located<'t>,
    rest: slice::Iter<'t, Node>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(node) = self.rest.next() else {
            return Ok(None);
        };
        let part = self.index.to_string();
        self.index += 1;
        self.at.read_child(seed, node, &part, &[]).map(Some)
    }
}
