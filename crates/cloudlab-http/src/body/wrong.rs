//! What serde finds wrong with a field, and where.

use crate::problem::FieldError;
use serde::de::{Error, Expected, Unexpected};
use std::borrow::Cow;
use std::fmt::{self, Display};

/// A place in a body, as a list of steps on the stack: it costs nothing until something is wrong.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
    Root,
    Key(&'p Place<'p>, &'p str),
    Index(&'p Place<'p>, usize),
}

impl Place<'_> {
    /// The place as a JSON pointer (RFC 6901).
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.push_to(&mut pointer);
        pointer
    }

    fn push_to(&self, pointer: &mut String) {
        match self {
            Self::Root => {}
            Self::Key(parent, key) => {
                parent.push_to(pointer);
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Self::Index(parent, index) => {
                parent.push_to(pointer);
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
        }
    }
}

/// Something wrong, whose place is known as soon as it comes to a field.
#[derive(Debug)]
pub(super) struct Wrong {
    code: &'static str,
    detail: String,
    /// The field of the object that is missing or unknown, where the object itself is at the place.
    field: Option<String>,
    pointer: Option<String>,
}

impl Wrong {
    fn new(code: &'static str, detail: String) -> Self {
        Self { code, detail, field: None, pointer: None }
    }

    /// A field that the type does not have.
    pub(super) fn unknown() -> Self {
        Self::new("unknown_field", UNKNOWN.to_owned())
    }

    /// Notes the place, unless one further inside is known.
    pub(super) fn at(mut self, place: &Place<'_>) -> Self {
        if self.pointer.is_none() {
            self.pointer = Some(match self.field.take() {
                Some(field) => Place::Key(place, &field).pointer(),
                None => place.pointer(),
            });
        }
        self
    }

    pub(super) fn into_field_error(self) -> FieldError {
        let pointer = self.pointer.unwrap_or_default();
        FieldError { pointer, code: Cow::Borrowed(self.code), detail: self.detail }
    }
}

const UNKNOWN: &str = "There is no such field. Remove it, or correct its name.";

impl Error for Wrong {
    fn custom<T: Display>(message: T) -> Self {
        Self::new("invalid_value", sentence(&message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new("wrong_type", format!("Here stands {}, expected is {expected}.", kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new("invalid_value", format!("Here stands {found}, expected is {expected}."))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new("wrong_type", format!("Here stand {length} items, expected is {expected}."))
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        Self::new("invalid_value", format!("{found:?} is not one of {}.", known.join(", ")))
    }

    fn unknown_field(field: &str, _known: &'static [&'static str]) -> Self {
        Self { field: Some(field.to_owned()), ..Self::unknown() }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new("required", "This field is required.".to_owned()) }
    }

    fn duplicate_field(field: &'static str) -> Self {
        let detail = "This field stands twice, under two of its names. Give it once.".to_owned();
        Self { field: Some(field.to_owned()), ..Self::new("duplicate_field", detail) }
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Wrong {}

/// In the words of JSON, since callers do not know Rust's.
fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) => "a text",
        Unexpected::Seq => "a list",
        Unexpected::Map => "an object",
        Unexpected::Unit | Unexpected::Option => "null",
        _ => "something else",
    }
}

fn sentence(message: &str) -> String {
    let mut letters = message.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
