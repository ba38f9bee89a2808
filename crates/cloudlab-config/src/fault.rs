use std::fmt;

use serde::de::{Expected, Unexpected};

use crate::error::Error;
use crate::redaction;
use crate::suggestion::nearest;
use crate::tree::{Node, Origin, Value, join};
use crate::variables;
use cloudlab_core::secrets::{MASK, is_telling};

/// What serde found wrong, and, once a deserializer has said so, where. The innermost place is kept.
#[derive(Debug)]
pub(crate) struct Fault {
    cause: Cause,
    at: Option<Box<Finding>>,
}

#[derive(Debug)]
enum Cause {
    UnknownKey(Names),
    UnknownVariant(Names),
    MissingKey(&'static str),
    Expected(String),
    Custom { expected: Option<String>, detail: String },
}

type Names = &'static [&'static str];

#[derive(Debug, Default)]
struct Finding {
    key: String,
    origin: Origin,
    /// What was found there, fit to be printed.
    found: String,
    word: String,
}

impl Fault {
    pub(crate) fn unknown_key(allowed: Names) -> Self {
        Cause::UnknownKey(allowed).into()
    }

    pub(crate) fn expected(what: impl Into<String>) -> Self {
        Cause::Expected(what.into()).into()
    }

    /// Says what the type wanted, where the type itself only says that it did not get it.
    pub(crate) fn wanting(mut self, what: String) -> Self {
        if let Cause::Custom { expected: expected @ None, .. } = &mut self.cause {
            *expected = Some(what);
        }
        self
    }

    /// Says where it happened, unless that is known already, and takes a secret value out of the text.
    pub(crate) fn at(mut self, key: &str, node: &Node, secret: bool) -> Self {
        if self.at.is_some() {
            return self;
        }
        let (found, word) = match &node.value {
            _ if secret => ("a value that is not shown".to_owned(), String::new()),
            Value::Text(text) => (format!("{:?}", text.shown(key)), text.shown(key)),
            Value::Table(_) => ("a section".to_owned(), String::new()),
            Value::List(_) => ("a list".to_owned(), String::new()),
            _ => (node.shown(key), node.shown(key)),
        };
        if let Cause::Custom { detail, .. } = &mut self.cause {
            hide(detail, key, node, secret);
        }
        self.at = Some(Box::new(Finding { key: key.to_owned(), origin: node.origin.clone(), found, word }));
        self
    }

    pub(crate) fn into_error(self) -> Error {
        let at = *self.at.unwrap_or_default();
        let detail = match self.cause {
            Cause::UnknownKey(allowed) => return unknown_key(at, allowed),
            Cause::MissingKey(name) => return missing_key(&join(&at.key, name)),
            Cause::UnknownVariant(allowed) => unknown_variant(&at, allowed),
            Cause::Expected(expected) => format!("expected {expected}, found {}", at.found),
            Cause::Custom { expected: None, detail } => detail,
            Cause::Custom { expected: Some(expected), detail } => {
                format!("expected {expected}, found {} ({detail})", at.found)
            }
        };
        Error::WrongValue { place: at.origin.to_string(), key: at.key, detail }
    }
}

/// Masks in `detail`, which a type wrote freely, every secret that it can have taken from `node`.
pub(crate) fn hide(detail: &mut String, key: &str, node: &Node, secret: bool) {
    match &node.value {
        Value::Table(table) => table.iter().for_each(|(part, node)| {
            hide(detail, &join(key, part), node, secret || is_telling(part));
        }),
        Value::List(list) => list.iter().for_each(|node| hide(detail, key, node, secret)),
        Value::Text(text) => {
            let shown = if secret { MASK.to_owned() } else { text.shown(key) };
            *detail = redaction::scrub(detail, &text.raw, &shown);
        }
        _ => {}
    }
}

fn unknown_key(at: Finding, allowed: Names) -> Error {
    let (section, part) = at.key.rsplit_once('.').unwrap_or(("", &at.key));
    let suggestion = if at.origin.is_variable() {
        near_variable(section, part, allowed)
    } else {
        nearest(part, allowed.iter().copied()).map(str::to_owned)
    };
    let mut allowed: Vec<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
    allowed.sort_unstable();
    Error::UnknownKey { place: at.origin.to_string(), suggestion, allowed, key: at.key }
}

/// The variable that was probably meant; one that names a file may be it, too.
fn near_variable(section: &str, part: &str, allowed: Names) -> Option<String> {
    let with_ending = |name: &&str| format!("{name}{}", variables::ENDING);
    let files: Vec<_> = match part.strip_suffix(variables::ENDING) {
        Some(_) => allowed.iter().map(with_ending).collect(),
        None => Vec::new(),
    };
    let near = nearest(part, allowed.iter().copied().chain(files.iter().map(String::as_str)))?;
    Some(variables::name_of(&join(section, near)))
}

fn missing_key(key: &str) -> Error {
    Error::MissingKey { key: key.to_owned(), variable: variables::name_of(key) }
}

fn unknown_variant(at: &Finding, allowed: Names) -> String {
    let near = nearest(&at.word, allowed.iter().copied());
    let hint = near.map_or_else(String::new, |near| format!(" (did you mean \"{near}\"?)"));
    format!("expected one of {}, found {}{hint}", allowed.join(", "), at.found)
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self { cause, at: None }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.cause)
    }
}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Cause::Custom { expected: None, detail: detail.to_string() }.into()
    }

    /// What was found is left out here and below: the node knows it, and knows whether it may be printed.
    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::expected(expected.to_string())
    }

    fn unknown_variant(_: &str, allowed: Names) -> Self {
        Cause::UnknownVariant(allowed).into()
    }

    fn unknown_field(_: &str, allowed: Names) -> Self {
        Self::unknown_key(allowed)
    }

    fn missing_field(name: &'static str) -> Self {
        Cause::MissingKey(name).into()
    }
}
