//! A body as a tree, before it is read into a type.
//!
//! serde keeps the last of two equal keys in a map, and may report a wrong field before a missing brace; a step of its
//! own makes "not JSON" and "not what was asked for" two answers, whatever the type is.

use crate::problem::shortened;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Up to this many keys are compared one by one; a larger object gets a set, or it would cost quadratic time.
const FEW: usize = 16;

/// A JSON value in which no object names a key twice; texts are borrowed from the body where they have no escapes.
#[derive(Debug)]
pub(super) enum Node<'b> {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(Cow<'b, str>),
    List(Vec<Self>),
    Object(Vec<(Cow<'b, str>, Self)>),
    /// Was wrong, and is passed over when the body is read again.
    Gone,
    /// Was wrong or missing, and is read as the simplest value of the type that is asked for.
    StandIn,
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Node::Signed(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Node::Unsigned(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Node::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut object: Vec<(Cow<'de, str>, Node<'de>)> = Vec::new();
        let mut many = HashSet::new();
        while let Some(Key(key)) = entries.next_key::<Key<'de>>()? {
            let twice = object.iter().take(FEW).any(|(known, _)| *known == key)
                || (object.len() >= FEW && !many.insert(key.clone()));
            if twice {
                let key = shortened(key.into_owned());
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice in one object")));
            }
            object.push((key, entries.next_value()?));
        }
        Ok(Node::Object(object))
    }
}

struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(NodeVisitor)? {
            Node::Text(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("a key is a text")),
        }
    }
}
