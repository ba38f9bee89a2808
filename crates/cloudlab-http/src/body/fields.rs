//! Collects broken rules of several fields, so that a caller sees all of them at once.

use crate::problem::{FieldError, Problem, codes, internal};
use cloudlab_core::Invalid;
use serde::{Deserialize, Deserializer};
use std::ops::RangeInclusive;

/// Collects what is wrong with the fields of a body.
///
/// ```
/// # use cloudlab_http::{FieldErrors, Problem};
/// # use cloudlab_core::Invalid;
/// # fn parse(text: &str) -> Result<String, Invalid> { Ok(text.to_owned()) }
/// # fn command() -> Result<(String, Option<String>), Problem> {
/// let mut fields = FieldErrors::new();
/// let name = fields.take("/name", parse("Ada"));
/// let note = fields.take_optional("/note", Some("hello").map(parse));
/// let (name, note) = fields.finish((name, note))?;
/// # Ok((name, note)) }
/// # assert!(command().is_ok());
/// ```
#[derive(Clone, Debug, Default)]
pub struct FieldErrors {
    prefix: String,
    errors: Vec<FieldError>,
}

impl FieldErrors {
    /// No errors yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a field, or nothing and an error to report.
    pub fn take<T>(&mut self, pointer: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.refuse(pointer, invalid)).ok()
    }

    /// The value of a field that may be missing: nothing only when it is there and wrong.
    pub fn take_optional<T>(
        &mut self,
        pointer: &str,
        parsed: Option<Result<T, Invalid>>,
    ) -> Option<Option<T>> {
        match parsed {
            None => Some(None),
            Some(parsed) => self.take(pointer, parsed).map(Some),
        }
    }

    /// The values of a list: each item is taken with its place, such as `/items/3`, in front of its pointers. Of a list
    /// that is too long or too short no item is looked at, or a caller could have millions checked.
    pub fn each<I, T>(
        &mut self,
        pointer: &str,
        items: &[I],
        allowed: RangeInclusive<usize>,
        mut take: impl FnMut(&I, &mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        if !allowed.contains(&items.len()) {
            let (found, least, most) = (items.len(), allowed.start(), allowed.end());
            let detail = format!("The list has {found} items; from {least} to {most} are allowed.");
            self.refuse(pointer, Invalid::new("wrong_count", detail));
            return None;
        }
        let outside = self.prefix.len();
        let mut values = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            self.prefix.push_str(&format!("{pointer}/{place}"));
            values.push(take(item, self));
            self.prefix.truncate(outside);
        }
        values.into_iter().collect()
    }

    /// Reports a field.
    pub fn refuse(&mut self, pointer: &str, invalid: Invalid) {
        self.errors.push(FieldError::new(format!("{}{pointer}", self.prefix), invalid));
    }

    /// The taken values, when nothing was wrong.
    ///
    /// # Errors
    /// A 422 `invalid_fields` with all that was wrong.
    pub fn finish<T: Taken>(self, taken: T) -> Result<T::Values, Problem> {
        if !self.errors.is_empty() {
            return Err(invalid_fields(self.errors));
        }
        taken
            .values()
            .ok_or_else(|| internal().cause("a field was refused by other fields than those that finish"))
    }
}

pub(super) fn invalid_fields(errors: Vec<FieldError>) -> Problem {
    Problem::new(&codes::INVALID_FIELDS)
        .detail("Some fields of the body are wrong; nothing was changed. Correct what errors lists.")
        .errors(errors)
}

/// The same where not everything was looked at.
pub(super) fn invalid_fields_so_far(errors: Vec<FieldError>) -> Problem {
    invalid_fields(errors).detail(
        "Some fields of the body are wrong, and there may be more than errors lists; nothing was changed. Correct \
         these first.",
    )
}

/// What [`FieldErrors::take`] gave for several fields.
pub trait Taken {
    /// The same without the doubt.
    type Values;

    /// All values, or nothing when one is missing.
    fn values(self) -> Option<Self::Values>;
}

impl Taken for () {
    type Values = ();

    fn values(self) -> Option<()> {
        Some(())
    }
}

impl<T> Taken for Option<T> {
    type Values = T;

    fn values(self) -> Self {
        self
    }
}

macro_rules! taken {
    ($($type:ident $value:ident),+) => {
        impl<$($type),+> Taken for ($(Option<$type>,)+) {
            type Values = ($($type,)+);

            fn values(self) -> Option<Self::Values> {
                let ($($value,)+) = self;
                Some(($($value?,)+))
            }
        }
    };
}

taken!(A a, B b);
taken!(A a, B b, C c);
taken!(A a, B b, C c, D d);
taken!(A a, B b, C c, D d, E e);
taken!(A a, B b, C c, D d, E e, F f);
taken!(A a, B b, C c, D d, E e, F f, G g);
taken!(A a, B b, C c, D d, E e, F f, G g, H h);

/// Reads an optional field that may be missing and must not be null: serde alone takes null for missing, so a
/// merge patch that wants to remove what cannot be removed would change nothing and succeed.
///
/// `#[serde(default, deserialize_with = "cloudlab_http::not_null")]`
///
/// # Errors
/// When the value is null or of another type.
pub fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
