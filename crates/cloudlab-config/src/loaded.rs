use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::error::Error;
use crate::fault::hide;
use crate::files::Fingerprint;
use crate::layers::Layers;
use crate::profile::Profile;
use crate::redaction;
use crate::tree::{Value, join};
use crate::variables;
use cloudlab_core::secrets::{MASK, is_telling};

/// Stands in a report where nothing was set and the type has no default either.
const UNSET: &str = "(unset)";

/// Settings that passed all checks of form, with the memory of where each came from.
pub struct Loaded<T> {
    /// The settings.
    pub value: T,
    /// The profile they were loaded for.
    pub profile: Profile,
    fingerprint: Fingerprint,
    layers: Layers,
    settings: BTreeMap<String, Setting>,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The dotted key: `http.address`.
    pub key: String,
    /// The value as text, `***` in place of secrets, `(unset)` for an option without a value.
    pub value: String,
    /// `service.toml:12`, `.env:3`, the name of an environment variable, or `default`; a secret file is added in brackets.
    pub source: String,
}

/// A leaf of the serialized settings.
struct Setting {
    /// One text, or those of a list.
    texts: Vec<String>,
    /// Numbers under a telling name (`token_lifetime_seconds`) are no secrets; text is.
    is_text: bool,
}

impl<T> Loaded<T> {
    /// Every setting in the order of keys: what was written and what is a default. Text of a
    /// [`Section`](crate::Section) that no type has claimed is masked, because its type would say whether it is secret.
    pub fn report(&self) -> Vec<Entry> {
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        self.layers.tree.each_leaf("", &mut |key, node| {
            let value = if node.is_text() { MASK.to_owned() } else { node.shown(key) };
            values.insert(key.to_owned(), value);
        });
        for key in self.settings.keys() {
            values.retain(|written, _| !key.starts_with(&format!("{written}.")));
        }
        for (key, setting) in &self.settings {
            values.insert(key.clone(), self.shown(key, setting));
        }
        let entry = |(key, value): (String, _)| Entry { source: self.source(&key), key, value };
        values.into_iter().map(entry).collect()
    }

    /// Where the value of a dotted key was written; `None` if it is a default.
    pub fn locate(&self, key: &str) -> Option<String> {
        self.layers.tree.find(key).map(|node| node.origin.to_string())
    }

    /// The error for a value that is well formed and still not acceptable. `allowed` says what would be, as a sentence
    /// without its full stop; where the value came from and what it is (unless secret) is added. What `allowed` quotes of
    /// a value that may not be shown is taken out.
    pub fn reject(&self, key: &str, allowed: &str) -> Error {
        let mut detail = allowed.trim_end_matches('.').to_owned();
        if let Some(setting) = self.settings.get(key) {
            let shown = self.shown(key, setting);
            if let Some(node) = self.layers.tree.find(key) {
                hide(&mut detail, key, node, shown == MASK);
            }
            detail.push_str(&format!(", found {shown:?}"));
        }
        if self.locate(key).is_none() {
            detail.push_str(&format!("; set it in a configuration file or as {}", variables::name_of(key)));
        }
        Error::WrongValue { place: self.source(key), key: key.to_owned(), detail }
    }

    /// Reads the section under `key` as a type of its own and adds its settings to the report. For what a
    /// [`Section`](crate::Section) left open. An absent section reads as an empty one.
    ///
    /// # Errors
    /// The first wrong key or value of the section, with its place.
    pub fn section<S: DeserializeOwned + Serialize>(&mut self, key: &str) -> Result<S, Error> {
        let (section, settings) = read(&mut self.layers, key)?;
        self.settings.extend(settings);
        Ok(section)
    }

    /// The state of the files that these settings were read from.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether the value came from a secret file, whatever its type. What is read under one name and listed under another
    /// is known by its text.
    fn is_of_a_file(&self, key: &str, setting: &Setting) -> bool {
        if let Some(node) = self.layers.tree.find(key) {
            return node.origin.is_secret_file();
        }
        let mut is_same = false;
        self.layers.tree.each_leaf("", &mut |_, node| {
            if let Value::Text(text) = &node.value {
                is_same |= node.origin.is_secret_file() && setting.texts.contains(&text.raw);
            }
        });
        is_same
    }

    fn source(&self, key: &str) -> String {
        self.locate(key).unwrap_or_else(|| "default".to_owned())
    }

    /// A [`Secret`](crate::Secret) arrives here as stars already, and must not be shown by way of its node instead.
    fn shown(&self, key: &str, setting: &Setting) -> String {
        if self.is_of_a_file(key, setting) {
            return MASK.to_owned();
        }
        if !setting.is_text || setting.is(UNSET) {
            return setting.texts.join(", ");
        }
        if setting.is(MASK) || is_telling(key) {
            return MASK.to_owned();
        }
        match self.layers.tree.find(key).filter(|node| node.is_masked()) {
            Some(node) => node.shown(key),
            None => {
                let texts = setting.texts.iter().map(|text| redaction::shown(key, text));
                texts.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

impl Setting {
    fn is(&self, text: &str) -> bool {
        matches!(&self.texts[..], [only] if only == text)
    }
}

impl<T: DeserializeOwned + Serialize> Loaded<T> {
    pub(crate) fn new(mut layers: Layers, profile: Profile, fingerprint: Fingerprint) -> Result<Self, Error> {
        let (value, settings) = read(&mut layers, "")?;
        Ok(Self { value, profile, fingerprint, layers, settings })
    }
}

/// Shows the settings as their own type does, and not the tree, which holds secrets in the clear.
impl<T: fmt::Debug> fmt::Debug for Loaded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Loaded");
        shown.field("value", &self.value).field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// Reads the section under `key`, and lists its settings.
fn read<S: DeserializeOwned + Serialize>(
    layers: &mut Layers,
    key: &str,
) -> Result<(S, BTreeMap<String, Setting>), Error> {
    let section: S = layers.read(key)?;
    let mut settings = BTreeMap::new();
    collect(key, &listed(&section)?, &mut settings);
    layers.check_held(settings.keys())?;
    Ok((section, settings))
}

fn listed<T: Serialize>(value: &T) -> Result<Json, Error> {
    serde_json::to_value(value).map_err(|error| Error::Unlistable { detail: error.to_string() })
}

fn collect(key: &str, value: &Json, settings: &mut BTreeMap<String, Setting>) {
    match value {
        Json::Object(fields) => {
            fields.iter().for_each(|(part, value)| collect(&join(key, part), value, settings))
        }
        Json::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(at, item)| collect(&join(key, &at.to_string()), item, settings));
        }
        leaf => drop(settings.insert(
            key.to_owned(),
            Setting { texts: texts_of(leaf), is_text: !(leaf.is_number() || leaf.is_boolean()) },
        )),
    }
}

fn texts_of(leaf: &Json) -> Vec<String> {
    match leaf {
        Json::Null => vec![UNSET.to_owned()],
        Json::String(text) => vec![text.clone()],
        Json::Array(items) => items.iter().flat_map(texts_of).collect(),
        other => vec![other.to_string()],
    }
}
