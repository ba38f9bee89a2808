//! From a tree to a type: an object becomes a struct and nothing else does, a field that the type does not have is wrong
//! whether the type denies it or not, and what is wrong knows its place.

use super::tree::Node;
use super::wrong::{Place, Wrong};
use crate::problem::FieldError;
use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::cell::Cell;
use std::iter::Enumerate;
use std::slice;

/// Reads a type, or tells the first thing that is wrong; adds to the number of nodes that were read.
pub(super) fn typed<T: DeserializeOwned>(tree: &Node<'_>, nodes: &Cell<usize>) -> Result<T, FieldError> {
    T::deserialize(Placed { node: tree, place: Place::Root, nodes }).map_err(Wrong::into_field_error)
}

/// A node at its place.
#[derive(Clone, Copy)]
struct Placed<'de, 'p> {
    node: &'de Node<'de>,
    place: Place<'p>,
    nodes: &'p Cell<usize>,
}

impl<'de> Placed<'de, '_> {
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Self { node, place, nodes } = self;
        nodes.set(nodes.get() + 1);
        let visited = match node {
            Node::Null | Node::Gone | Node::StandIn => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Signed(value) => visitor.visit_i64(*value),
            Node::Unsigned(value) => visitor.visit_u64(*value),
            Node::Float(value) => visitor.visit_f64(*value),
            Node::Text(text) => visitor.visit_borrowed_str(text),
            Node::List(list) => {
                let mut items = Items { items: list.iter().enumerate(), place: &place, nodes };
                visitor.visit_seq(&mut items).and_then(|value| items.end(value))
            }
            Node::Object(object) => {
                let fields = object.iter().map(|(key, node)| (key.as_ref(), node));
                visitor.visit_map(Fields { fields, next: None, place: &place, nodes })
            }
        };
        visited.map_err(|wrong| wrong.at(&place))
    }

    /// The same, or the simplest value of a type where something was wrong.
    fn or(self, simplest: &'static Node<'static>) -> Self {
        if self.is_standing_in() { Self { node: simplest, ..self } } else { self }
    }

    fn is_standing_in(&self) -> bool {
        matches!(self.node, Node::StandIn | Node::Gone)
    }

    fn refuse<T>(&self, expected: &str) -> Result<T, Wrong> {
        let found = match self.node {
            Node::Null | Node::Gone | Node::StandIn => Unexpected::Unit,
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

static NULL: Node<'static> = Node::Null;
static STAND_IN: Node<'static> = Node::StandIn;
static FALSE: Node<'static> = Node::Bool(false);
static ZERO: Node<'static> = Node::Unsigned(0);
static TEXT: Node<'static> = Node::Text(Cow::Borrowed(""));
static LIST: Node<'static> = Node::List(Vec::new());
static OBJECT: Node<'static> = Node::Object(Vec::new());

macro_rules! simplest {
    ($($function:ident $simplest:ident;)*) => {$(
        fn $function<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            self.or(&$simplest).visit(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Placed<'de, '_> {
    type Error = Wrong;

    simplest! {
        deserialize_bool FALSE; deserialize_str TEXT; deserialize_string TEXT; deserialize_seq LIST; deserialize_map OBJECT;
        deserialize_i8 ZERO; deserialize_i16 ZERO; deserialize_i32 ZERO; deserialize_i64 ZERO; deserialize_i128 ZERO;
        deserialize_u8 ZERO; deserialize_u16 ZERO; deserialize_u32 ZERO; deserialize_u64 ZERO; deserialize_u128 ZERO;
        deserialize_f32 ZERO; deserialize_f64 ZERO;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.node {
            Node::Null | Node::StandIn => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self).map_err(|wrong| wrong.at(&self.place))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let Self { node, place, nodes } = self;
        match node {
            Node::Object(object) => {
                let mut fields = object.iter().filter(|(_, node)| !matches!(node, Node::Gone));
                match fields.find(|(key, _)| !known.contains(&key.as_ref())) {
                    Some((key, _)) => Err(Wrong::unknown().at(&Place::Key(&place, key))),
                    None => self.visit(visitor),
                }
            }
            Node::StandIn | Node::Gone => {
                let fields = known.iter().map(|key| (*key, &STAND_IN));
                visitor.visit_map(Fields { fields, next: None, place: &place, nodes })
            }
            // A derived type would take a list as its fields in order, which no document says.
            _ => self.refuse("an object"),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let (name, value) = match self.node {
            Node::Text(text) => (text.as_ref(), None),
            Node::Object(object) if object.len() == 1 => (object[0].0.as_ref(), Some(&object[0].1)),
            Node::StandIn | Node::Gone => (known.first().copied().unwrap_or_default(), Some(&STAND_IN)),
            _ => return self.refuse("a text, or an object with one key"),
        };
        let variant = Variant { name, value, around: self };
        visitor.visit_enum(variant).map_err(|wrong| wrong.at(&self.place))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        // A type that forgot `deny_unknown_fields` would swallow a misspelt optional field in silence.
        if self.is_standing_in() { visitor.visit_unit() } else { Err(Wrong::unknown().at(&self.place)) }
    }

    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct tuple tuple_struct identifier }
}

struct Items<'de, 'p> {
    items: Enumerate<slice::Iter<'de, Node<'de>>>,
    place: &'p Place<'p>,
    nodes: &'p Cell<usize>,
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
        let Some((index, node)) = self.items.find(|(_, node)| !matches!(node, Node::Gone)) else {
            return Ok(None);
        };
        let place = Place::Index(self.place, index);
        let placed = Placed { node, place, nodes: self.nodes };
        seed.deserialize(placed).map(Some).map_err(|wrong| wrong.at(&place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'de, 'p, I> {
    fields: I,
    next: Option<(&'de str, &'de Node<'de>)>,
    place: &'p Place<'p>,
    nodes: &'p Cell<usize>,
}

impl<'de, I: Iterator<Item = (&'de str, &'de Node<'de>)>> MapAccess<'de> for Fields<'de, '_, I> {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        self.next = self.fields.find(|(_, node)| !matches!(node, Node::Gone));
        self.next.map(|(key, _)| seed.deserialize(BorrowedStrDeserializer::new(key))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let Some((key, node)) = self.next.take() else {
            return Err(Wrong::custom("a value was asked for before its key"));
        };
        let place = Place::Key(self.place, key);
        let placed = Placed { node, place, nodes: self.nodes };
        seed.deserialize(placed).map_err(|wrong| wrong.at(&place))
    }

    fn size_hint(&self) -> Option<usize> {
        self.fields.size_hint().1
    }
}

struct Variant<'de, 'p> {
    name: &'de str,
    value: Option<&'de Node<'de>>,
    around: Placed<'de, 'p>,
}

impl<'de> Variant<'de, '_> {
    fn content<T>(&self, read: impl FnOnce(Placed<'de, '_>) -> Result<T, Wrong>) -> Result<T, Wrong> {
        let place = Place::Key(&self.around.place, self.name);
        let node = self.value.unwrap_or(&NULL);
        read(Placed { node, place, nodes: self.around.nodes }).map_err(|wrong| wrong.at(&place))
    }
}

impl<'de> EnumAccess<'de> for Variant<'de, '_> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Wrong> {
        let name: StrDeserializer<'_, Wrong> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de, '_> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        match self.value {
            None | Some(Node::Null | Node::StandIn | Node::Gone) => Ok(()),
            Some(_) => Err(Wrong::custom("this variant has no content")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        self.content(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.content(|content| content.visit(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.content(|content| content.deserialize_struct("", known, visitor))
    }
}
