use std::error::Error;
use std::fmt::Debug;
use std::ops::Range;

use tracing::field::{Field, Visit};

use crate::encoding::Value;
use crate::options::Format;
use cloudlab_core::secrets::is_telling;

/// Takes fields, one by one.
pub(crate) trait Sink {
    fn take(&mut self, name: &'static str, value: &Value<'_>);
}

/// Hands every recorded field to its sink, secrets masked.
pub(crate) struct Visitor<'a, S>(pub(crate) &'a mut S);

impl<S: Sink> Visitor<'_, S> {
    fn pass(&mut self, field: &Field, value: &Value<'_>) {
        let name = field.name();
        self.0.take(name, if is_telling(name) { &Value::Secret } else { value });
    }
}

impl<S: Sink> Visit for Visitor<'_, S> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.pass(field, &Value::Debug(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.pass(field, &Value::Text(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.pass(field, &Value::Error(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.pass(field, &Value::Integer(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.pass(field, &Value::Unsigned(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.pass(field, &Value::Float(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.pass(field, &Value::Boolean(value));
    }
}

/// The fields of a span, encoded once however many lines will carry them.
pub(crate) struct SpanFields {
    format: Format,
    bytes: Vec<u8>,
    places: Vec<(&'static str, Range<usize>)>,
}

impl SpanFields {
    pub(crate) fn new(format: Format) -> Self {
        Self { format, bytes: Vec::new(), places: Vec::new() }
    }

    /// Lays fields that were recorded later over these. A field that is there already gets a new place; its old bytes
    /// stay behind until the span ends.
    pub(crate) fn merge(&mut self, later: &Self) {
        for (name, value) in later.iter() {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(value);
            self.put(name, start);
        }
    }

    fn put(&mut self, name: &'static str, start: usize) {
        let place = start..self.bytes.len();
        match self.places.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = place,
            None => self.places.push((name, place)),
        }
    }

    /// Names and encoded values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.places.iter().map(|(name, place)| (*name, &self.bytes[place.clone()]))
    }
}

impl Sink for SpanFields {
    fn take(&mut self, name: &'static str, value: &Value<'_>) {
        let start = self.bytes.len();
        value.write(self.format, &mut self.bytes);
        self.put(name, start);
    }
}
