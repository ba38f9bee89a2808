//! A generic type is described with its parameter written out; here it refers to it, as everything else does.

use std::collections::BTreeMap;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems};
use utoipa::openapi::{Ref, RefOr, Schema};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Replaces each object inside of a schema that is a schema of its own by a reference to it.
pub(super) fn refer(schemas: &mut Schemas) {
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        refer_inside(schema, &known);
    }
}

fn refer_inside(schema: &mut RefOr<Schema>, known: &Schemas) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            object.properties.values_mut().for_each(|part| refer_to(part, known));
            if let Some(AdditionalProperties::RefOr(part)) = object.additional_properties.as_deref_mut() {
                refer_to(part, known);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(part) = &mut array.items {
                refer_to(part, known);
            }
        }
        Schema::OneOf(some) => some.items.iter_mut().for_each(|part| refer_to(part, known)),
        Schema::AllOf(some) => some.items.iter_mut().for_each(|part| refer_to(part, known)),
        Schema::AnyOf(some) => some.items.iter_mut().for_each(|part| refer_to(part, known)),
        _ => {}
    }
}

fn refer_to(part: &mut RefOr<Schema>, known: &Schemas) {
    // Objects only: two texts that look alike need not mean the same.
    let is_object = matches!(part, RefOr::T(Schema::Object(object)) if !object.properties.is_empty());
    match known.iter().find(|(_, schema)| is_object && *schema == part) {
        Some((name, _)) => *part = RefOr::Ref(Ref::from_schema_name(name)),
        None => refer_inside(part, known),
    }
}
