use std::collections::BTreeMap;
use std::fmt;

use crate::dotenv;
use crate::redaction;
use cloudlab_core::secrets::MASK;

/// Where a key or value stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The configuration as a whole; only the root of a tree has it.
    #[default]
    Whole,
    Line {
        file: String,
        line: usize,
    },
    Variable(String),
    /// A file whose whole text is the value, and secret.
    SecretFile {
        /// The variable that names the file.
        named: Box<Origin>,
        path: String,
    },
}

impl Origin {
    /// Whether keys are spelt here as variables.
    pub(crate) fn is_variable(&self) -> bool {
        match self {
            Self::Variable(_) => true,
            Self::Line { file, .. } => file == dotenv::FILE,
            Self::SecretFile { named, .. } => named.is_variable(),
            Self::Whole => false,
        }
    }

    pub(crate) fn is_secret_file(&self) -> bool {
        matches!(self, Self::SecretFile { .. })
    }

    /// Which of two places wins: the files, over them `.env`, over that the process environment.
    pub(crate) fn layer(&self) -> u8 {
        match self {
            Self::Variable(_) => 2,
            Self::SecretFile { named, .. } => named.layer(),
            _ => u8::from(self.is_variable()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("configuration"),
            Self::Line { file, line } => write!(f, "{file}:{line}"),
            Self::Variable(name) => f.write_str(name),
            Self::SecretFile { named, path } => write!(f, "{named} ({path})"),
        }
    }
}

/// A value that knows where it was written. `origin` is the place of its key, which for an element of a list is its own.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) origin: Origin,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Table(BTreeMap<String, Node>),
    List(Vec<Node>),
    Text(Text),
    Integer(i128),
    Float(f64),
    Boolean(bool),
    /// A key of a YAML file without a value. It is as if the key were absent, only that it must be known.
    #[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "TOML has no such value"))]
    Null,
}

#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) raw: String,
    /// The text with the values of telling variables masked, where it differs from `raw`.
    pub(crate) masked: Option<String>,
    /// Text of a file is a string and nothing else; text of a variable becomes what the setting's type asks for.
    pub(crate) from_variable: bool,
}

impl Text {
    /// The text as it may be printed as the value of `key`.
    pub(crate) fn shown(&self, key: &str) -> String {
        redaction::shown(key, self.masked.as_deref().unwrap_or(&self.raw))
    }

    /// The elements of a list that was written into a variable. An element of a masked text is masked as a whole,
    /// because it is not known which of them the secret went to.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Self> {
        let elements = self.raw.split(',').map(str::trim);
        let none = self.raw.trim().is_empty();
        elements.filter(move |_| !none).map(|raw| Self {
            raw: raw.to_owned(),
            masked: self.masked.as_ref().map(|_| MASK.to_owned()),
            from_variable: true,
        })
    }
}

impl Node {
    pub(crate) fn root() -> Self {
        Self { origin: Origin::Whole, value: Value::Table(BTreeMap::new()) }
    }

    /// Lays a later layer over this one: tables merge key by key, everything else is replaced.
    pub(crate) fn merge(&mut self, later: Self) {
        match (&mut self.value, later.value) {
            (Value::Table(mine), Value::Table(theirs)) => {
                for (key, node) in theirs {
                    match mine.get_mut(&key) {
                        Some(known) => known.merge(node),
                        None => drop(mine.insert(key, node)),
                    }
                }
            }
            (_, Value::Null) => {}
            (_, value) => *self = Self { origin: later.origin, value },
        }
    }

    /// The node at a dotted key such as `http.address`; for a key inside a list or a text that became one, the list.
    pub(crate) fn find(&self, key: &str) -> Option<&Self> {
        let mut node = self;
        for part in key.split('.') {
            node = match &node.value {
                Value::Table(table) => table.get(part)?,
                Value::List(list) => match part.parse::<usize>().ok().and_then(|index| list.get(index)) {
                    Some(element) => element,
                    None => return Some(node),
                },
                Value::Null => return None,
                _ => return Some(node),
            };
        }
        Some(node).filter(|node| !node.is_null())
    }

    /// The section that the dotted `key` lies in, and the last part of the key.
    pub(crate) fn section_of<'k>(&mut self, key: &'k str) -> Option<(&mut BTreeMap<String, Self>, &'k str)> {
        match (&mut self.value, key.split_once('.')) {
            (Value::Table(table), None) => Some((table, key)),
            (Value::Table(table), Some((part, rest))) => table.get_mut(part)?.section_of(rest),
            _ => None,
        }
    }

    /// Calls `visit` with each leaf and its dotted key. A list is one leaf.
    pub(crate) fn each_leaf(&self, key: &str, visit: &mut impl FnMut(&str, &Self)) {
        match &self.value {
            Value::Table(table) => {
                for (part, node) in table {
                    node.each_leaf(&join(key, part), visit);
                }
            }
            Value::Null => {}
            _ => visit(key, self),
        }
    }

    /// Calls `change` with every text of the tree, its dotted key and its origin.
    pub(crate) fn each_text<E>(
        &mut self,
        key: &str,
        change: &mut impl FnMut(&str, &Origin, &mut Text) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.value {
            Value::Table(table) => {
                table.iter_mut().try_for_each(|(part, node)| node.each_text(&join(key, part), change))
            }
            Value::List(list) => list
                .iter_mut()
                .enumerate()
                .try_for_each(|(at, node)| node.each_text(&join(key, &at.to_string()), change)),
            Value::Text(text) => change(key, &self.origin, text),
            _ => Ok(()),
        }
    }

    /// Whether any text below holds the value of a telling variable.
    pub(crate) fn is_masked(&self) -> bool {
        match &self.value {
            Value::Table(table) => table.values().any(Self::is_masked),
            Value::List(list) => list.iter().any(Self::is_masked),
            Value::Text(text) => text.masked.is_some(),
            _ => false,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether the value is made of text, which may be a secret as numbers may not.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.value, Value::Text(_) | Value::List(_))
    }

    /// The value as it may be printed as that of `key`.
    pub(crate) fn shown(&self, key: &str) -> String {
        match &self.value {
            Value::Table(_) => "{...}".to_owned(),
            Value::List(list) => list.iter().map(|node| node.shown(key)).collect::<Vec<_>>().join(", "),
            Value::Text(text) => text.shown(key),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Boolean(truth) => truth.to_string(),
            Value::Null => "nothing".to_owned(),
        }
    }
}

/// The dotted key of `part` in the section `key`.
pub(crate) fn join(key: &str, part: &str) -> String {
    if key.is_empty() { part.to_owned() } else { format!("{key}.{part}") }
}

/// Whether `other` is `key` or lies below it.
pub(crate) fn contains(key: &str, other: &str) -> bool {
    other.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
