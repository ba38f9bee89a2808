//! From a tree to a type: an object becomes a struct and nothing else does, fields that the type does not have are
//! collected, and what is wrong knows its place.

use super::tree::Node;
use super::wrong::{Place, Wrong, unknown};
use crate::problem::FieldError;
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::cell::RefCell;

/// Reads a type, or tells all unknown fields and the first thing that is wrong otherwise.
pub(super) fn typed<T: DeserializeOwned>(tree: Node<'_>) -> Result<T, Vec<FieldError>> {
    let unknown = RefCell::new(Vec::new());
    let parsed = T::deserialize(Placed { node: tree, place: Place::Root, unknown: &unknown });
    let mut errors = unknown.into_inner();
    match parsed {
        Ok(value) if errors.is_empty() => return Ok(value),
        Ok(_) => {}
        Err(wrong) => {
            let error = wrong.into_field_error();
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
    }
    Err(errors)
}

/// A node at its place.
struct Placed<'de, 'p> {
    node: Node<'de>,
    place: Place<'p>,
    unknown: &'p RefCell<Vec<FieldError>>,
}

impl<'de> Placed<'de, '_> {
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Self { node, place, unknown } = self;
        let visited = match node {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(value),
            Node::Signed(value) => visitor.visit_i64(value),
            Node::Unsigned(value) => visitor.visit_u64(value),
            Node::Float(value) => visitor.visit_f64(value),
            Node::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Node::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Node::List(list) => {
                let mut items = Items { items: list.into_iter().enumerate(), place: &place, unknown };
                visitor.visit_seq(&mut items).and_then(|value| items.end(value))
            }
            Node::Object(object) => {
                visitor.visit_map(Fields { fields: object.into_iter(), next: None, place: &place, unknown })
            }
        };
        visited.map_err(|wrong| wrong.at(&place))
    }

    fn refuse<T>(&self, expected: &str) -> Result<T, Wrong> {
        let found = match &self.node {
            Node::Null => Unexpected::Unit,
            Node::Bool(value) => Unexpected::Bool(*value),
            Node::Signed(value) => Unexpected::Signed(*value),
            Node::Unsigned(value) => Unexpected::Unsigned(*value),
            Node::Float(value) => Unexpected::Float(*value),
            Node::Text(text) => Unexpected::Str(text),
            Node::List(_) => Unexpected::Seq,
            Node::Object(_) => Unexpected::Map,
        };
        Err(Wrong::invalid_type(found, &expected).at(&self.place))
    }
}

impl<'de> Deserializer<'de> for Placed<'de, '_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if matches!(self.node, Node::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let place = self.place;
        visitor.visit_newtype_struct(self).map_err(|wrong| wrong.at(&place))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        // A derived type would take a list as its fields in order, which no document says.
        if matches!(self.node, Node::Object(_)) { self.visit(visitor) } else { self.refuse("an object") }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let place = self.place;
        let (name, value) = match self.node {
            Node::Text(text) => (text, None),
            Node::Object(mut object) if object.len() == 1 => match object.pop() {
                Some((name, value)) => (name, Some(value)),
                None => return Err(Wrong::custom("an empty object names no variant").at(&place)),
            },
            _ => return self.refuse("a text, or an object with one key"),
        };
        let variant = Variant { name, value, place: &place, unknown: self.unknown };
        visitor.visit_enum(variant).map_err(|wrong| wrong.at(&place))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        // A type that forgot `deny_unknown_fields` would swallow a misspelt optional field in silence.
        self.unknown.borrow_mut().push(unknown(self.place.pointer()));
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map identifier
    }
}

struct Items<'de, 'p> {
    items: std::iter::Enumerate<std::vec::IntoIter<Node<'de>>>,
    place: &'p Place<'p>,
    unknown: &'p RefCell<Vec<FieldError>>,
}

impl Items<'_, '_> {
    /// A tuple takes as many items as it has; what is left would be lost.
    fn end<T>(&self, value: T) -> Result<T, Wrong> {
        match self.items.len() {
            0 => Ok(value),
            more => Err(Wrong::invalid_length(more, &"no item after the last one")),
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let place = Place::Index(self.place, index);
        let placed = Placed { node, place, unknown: self.unknown };
        seed.deserialize(placed).map(Some).map_err(|wrong| wrong.at(&place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'de, 'p> {
    fields: std::vec::IntoIter<(Cow<'de, str>, Node<'de>)>,
    next: Option<(Cow<'de, str>, Node<'de>)>,
    place: &'p Place<'p>,
    unknown: &'p RefCell<Vec<FieldError>>,
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        self.next = self.fields.next();
        match &self.next {
            None => Ok(None),
            Some((Cow::Borrowed(key), _)) => seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some),
            Some((Cow::Owned(key), _)) => seed.deserialize(StrDeserializer::new(key)).map(Some),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let Some((key, node)) = self.next.take() else {
            return Err(Wrong::custom("a value was asked for before its key"));
        };
        let place = Place::Key(self.place, &key);
        let placed = Placed { node, place, unknown: self.unknown };
        seed.deserialize(placed).map_err(|wrong| wrong.at(&place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

struct Variant<'de, 'p> {
    name: Cow<'de, str>,
    value: Option<Node<'de>>,
    place: &'p Place<'p>,
    unknown: &'p RefCell<Vec<FieldError>>,
}

impl<'de, 'p> Variant<'de, 'p> {
    fn content(self) -> Placed<'de, 'p> {
        Placed { node: self.value.unwrap_or(Node::Null), place: *self.place, unknown: self.unknown }
    }
}

impl<'de> EnumAccess<'de> for Variant<'de, '_> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Wrong> {
        let name: StrDeserializer<'_, Wrong> = self.name.as_ref().into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de, '_> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        match self.value {
            None | Some(Node::Null) => Ok(()),
            Some(_) => Err(Wrong::custom("this variant has no content")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(self.content())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.content().visit(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.content().deserialize_struct("", &[], visitor)
    }
}
