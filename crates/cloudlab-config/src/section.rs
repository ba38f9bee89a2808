use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A section that accepts any keys, for a struct that leaves them to someone else: the chassis has
/// `service: Section`, and the service reads its own type from it by [`Loaded::section`](crate::Loaded::section).
///
/// It keeps nothing, because the values (with their lines) stay in [`Loaded`](crate::Loaded).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Section;

impl Serialize for Section {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl<'de> Deserialize<'de> for Section {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnySection)
    }
}

struct AnySection;

impl<'de> Visitor<'de> for AnySection {
    type Value = Section;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a section")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Section, A::Error> {
        while map.next_entry::<String, Anything>()?.is_some() {}
        Ok(Section)
    }
}

/// serde's own `IgnoredAny` will not do: this crate's deserializer takes it for a key that nobody asked for.
struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(|_| Self)
    }
}
