use std::fmt::{self, Write as _};
use std::io::Write as _;

use crate::options::Format;
use cloudlab_core::secrets::MASK;

/// Longer values are cut: a log is no place for documents, and the queue is bounded.
const VALUE_LIMIT_BYTES: usize = 16 << 10;

/// The value of a field, as tracing hands it over.
pub(crate) enum Value<'a> {
    Secret,
    Text(&'a str),
    Debug(&'a dyn fmt::Debug),
    Error(&'a (dyn std::error::Error + 'static)),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Boolean(bool),
}

impl Value<'_> {
    /// Appends the value as JSON, or as it stands behind `name=` in a text line.
    pub(crate) fn write(&self, format: Format, bytes: &mut Vec<u8>) {
        match self {
            Self::Integer(number) => drop(write!(bytes, "{number}")),
            Self::Unsigned(number) => drop(write!(bytes, "{number}")),
            Self::Float(number) if number.is_finite() => drop(write!(bytes, "{number}")),
            Self::Boolean(truth) => drop(write!(bytes, "{truth}")),
            _ if format == Format::Json => self.write_quoted(bytes),
            Self::Text(text) if text.is_empty() || text.contains([' ', '"', '=']) => self.write_quoted(bytes),
            _ => self.write_bare(&mut Escaping::text(bytes)),
        }
    }

    /// Appends the value as the message of a text line.
    pub(crate) fn write_message(&self, bytes: &mut Vec<u8>) {
        self.write_bare(&mut Escaping::message(bytes));
    }

    fn write_quoted(&self, bytes: &mut Vec<u8>) {
        bytes.push(b'"');
        self.write_bare(&mut Escaping::json(bytes));
        bytes.push(b'"');
    }

    /// The only error of writing is that the limit is reached, and then the rest is meant to be lost.
    fn write_bare(&self, out: &mut Escaping<'_>) {
        let _ = match self {
            Self::Secret => out.write_str(MASK),
            Self::Text(text) => out.write_str(text),
            Self::Debug(value) => write!(out, "{value:?}"),
            Self::Error(error) => write_chain(*error, out),
            Self::Integer(number) => write!(out, "{number}"),
            Self::Unsigned(number) => write!(out, "{number}"),
            Self::Float(number) => write!(out, "{number}"),
            Self::Boolean(truth) => write!(out, "{truth}"),
        };
    }
}

/// Appends a quoted JSON string.
pub(crate) fn write_json_text(text: &str, bytes: &mut Vec<u8>) {
    Value::Text(text).write_quoted(bytes);
}

/// The operator needs the cause and not only what failed, so all sources follow, parted by colons.
fn write_chain(error: &(dyn std::error::Error + 'static), out: &mut Escaping<'_>) -> fmt::Result {
    write!(out, "{error}")?;
    let mut source = error.source();
    while let Some(error) = source {
        write!(out, ": {error}")?;
        source = error.source();
    }
    Ok(())
}

/// Escapes what is written through it. In every format ASCII control characters are escaped, because a value that came from
/// outside must neither forge a line nor steer a terminal.
struct Escaping<'a> {
    bytes: &'a mut Vec<u8>,
    left: usize,
    /// The ASCII characters that stand for themselves although they are special elsewhere.
    harmless: &'static [u8],
}

impl<'a> Escaping<'a> {
    fn json(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, left: VALUE_LIMIT_BYTES, harmless: b"" }
    }

    fn text(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, left: VALUE_LIMIT_BYTES, harmless: b"\"\\" }
    }

    fn message(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, left: VALUE_LIMIT_BYTES, harmless: b"\"\\\n\t" }
    }

    fn is_special(&self, byte: u8) -> bool {
        let special = byte < 0x20 || byte == 0x7f || byte == b'"' || byte == b'\\';
        special && !self.harmless.contains(&byte)
    }

    fn write_escaped(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| self.is_special(*byte)) {
            self.bytes.extend_from_slice(&rest[..at]);
            self.write_special(rest[at]);
            rest = &rest[at + 1..];
        }
        self.bytes.extend_from_slice(rest);
    }

    fn write_special(&mut self, byte: u8) {
        match byte {
            b'"' => self.bytes.extend_from_slice(b"\\\""),
            b'\\' => self.bytes.extend_from_slice(b"\\\\"),
            b'\n' => self.bytes.extend_from_slice(b"\\n"),
            b'\r' => self.bytes.extend_from_slice(b"\\r"),
            b'\t' => self.bytes.extend_from_slice(b"\\t"),
            _ => drop(write!(self.bytes, "\\u{byte:04x}")),
        }
    }
}

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let taken = text.floor_char_boundary(self.left);
        self.write_escaped(&text[..taken]);
        if taken == text.len() {
            self.left -= taken;
            return Ok(());
        }
        self.left = 0;
        self.bytes.extend_from_slice("…".as_bytes());
        Err(fmt::Error)
    }
}
