use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use crate::deserializer::Located;
use crate::fault::Fault;
use crate::tree::Node;

/// A variant that carries values, written as a section with one key: its name.
pub(crate) struct Variant<'a, 't> {
    pub(crate) at: &'a Located<'t>,
    pub(crate) name: &'t str,
    pub(crate) node: &'t Node,
}

impl<'t> Variant<'_, 't> {
    fn content(&self) -> Located<'t> {
        self.at.child(self.node, self.name, &[])
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name: StrDeserializer<'_, Fault> = self.name.into_deserializer();
        let value = self.content().locate(seed.deserialize(name))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        let fault = Fault::expected(format!("the text \"{}\" in place of the section", self.name));
        self.content().locate(Err(fault))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        self.at.read_child(seed, self.node, self.name, &[])
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content().deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content().deserialize_struct("", fields, visitor)
    }
}
