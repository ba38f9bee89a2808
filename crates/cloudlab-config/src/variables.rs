use std::collections::BTreeMap;

use crate::dotenv::{self, Assignment};
use crate::error::Error;
use crate::profile::Profile;
use crate::suggestion::nearest;
use crate::tree::{Node, Origin, Text, Value};

const PREFIX: &str = "CLOUDLAB__";
const PROFILE: &str = "profile";
/// The end of a key whose variable names a file with the value of the key before it.
pub(crate) const ENDING: &str = "_file";

/// The environment variable that sets a dotted key.
pub(crate) fn name_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

/// The variables of the process and, below them, those of `.env`.
pub(crate) struct Variables {
    process: BTreeMap<String, Variable>,
    dotenv: BTreeMap<String, Variable>,
}

struct Variable {
    value: String,
    origin: Origin,
}

impl Variables {
    pub(crate) fn new(process: &BTreeMap<String, String>, dotenv: Vec<Assignment>) -> Self {
        let in_process = |(name, value): (&String, &String)| {
            let origin = Origin::Variable(name.clone());
            (name.clone(), Variable { value: value.clone(), origin })
        };
        let in_file = |Assignment { line, name, value }| {
            let origin = Origin::Line { file: dotenv::FILE.to_owned(), line };
            (name, Variable { value, origin })
        };
        Self {
            process: process.iter().map(in_process).collect(),
            dotenv: dotenv.into_iter().map(in_file).collect(),
        }
    }

    /// The value of any variable, for `${VAR}`.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let variable = self.process.get(name).or_else(|| self.dotenv.get(name));
        variable.map(|variable| variable.value.as_str())
    }

    /// The profile that was chosen, or development.
    pub(crate) fn profile(&self) -> Result<Profile, Error> {
        let chosen = [&self.process, &self.dotenv].into_iter().find_map(|layer| {
            let mut variables = layer.iter();
            variables.find(|(name, _)| key_of(name).is_some_and(|key| key == PROFILE))
        });
        match chosen {
            None => Ok(Profile::default()),
            Some((_, variable)) => parse_profile(variable),
        }
    }

    /// The values of those that name a file, unless the settings know their keys with the `_file`.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let all = self.dotenv.iter().chain(&self.process);
        let naming = all.filter(|(name, _)| key_of(name).is_some_and(|key| key.ends_with(ENDING)));
        naming.map(|(_, variable)| variable.value.as_str())
    }

    /// The two layers of settings, the winning one last.
    pub(crate) fn layers(&self) -> Result<[Node; 2], Error> {
        Ok([layer(&self.dotenv)?, layer(&self.process)?])
    }
}

fn parse_profile(variable: &Variable) -> Result<Profile, Error> {
    variable.value.parse().map_err(|unknown: crate::UnknownProfile| {
        let near = nearest(&variable.value, Profile::ALL.map(Profile::name));
        let hint = near.map_or_else(String::new, |name| format!(" (did you mean {name}?)"));
        Error::WrongValue {
            place: variable.origin.to_string(),
            key: PROFILE.to_owned(),
            detail: format!("{unknown}{hint}"),
        }
    })
}

/// The part of a name that makes the key, in lower case, still with its double underscores.
fn key_of(name: &str) -> Option<String> {
    let (prefix, key) = name.split_at_checked(PREFIX.len())?;
    prefix.eq_ignore_ascii_case(PREFIX).then(|| key.to_lowercase())
}

fn layer(variables: &BTreeMap<String, Variable>) -> Result<Node, Error> {
    let mut root = Node::root();
    for (name, variable) in variables {
        if let Some(key) = key_of(name).filter(|key| key != PROFILE) {
            let path: Vec<_> = key.split("__").collect();
            insert(&mut root, &path, variable).map_err(|detail| Error::Syntax {
                place: variable.origin.to_string(),
                detail: format!("the name {name} {detail}"),
            })?;
        }
    }
    Ok(root)
}

fn insert(node: &mut Node, path: &[&str], variable: &Variable) -> Result<(), String> {
    let ([part, rest @ ..], Value::Table(table)) = (path, &mut node.value) else {
        return Err(format!("makes a section of what {} sets as a value; remove one", node.origin));
    };
    if part.is_empty() {
        return Err("has an empty part; nest by two underscores, as in CLOUDLAB__HTTP__ADDRESS".to_owned());
    }
    let known = table.get(*part).map(|known| known.origin.clone());
    match (rest, known) {
        ([], Some(other)) => Err(format!("sets again what {other} sets; remove one")),
        ([], None) => {
            table.insert((*part).to_owned(), leaf(variable));
            Ok(())
        }
        _ => {
            let empty = Node { origin: variable.origin.clone(), ..Node::root() };
            insert(table.entry((*part).to_owned()).or_insert(empty), rest, variable)
        }
    }
}

fn leaf(variable: &Variable) -> Node {
    let text = Text { raw: variable.value.clone(), masked: None, from_variable: true };
    Node { origin: variable.origin.clone(), value: Value::Text(text) }
}
