//! All layers in one tree, and the variables in it that name files.
//!
//! A variable that ends in `_FILE` names a file, unless the settings have a key that ends so. Which keys they have only
//! their type knows, and it says so by refusing the others: a tree is read, and what was refused is followed, until
//! nothing is refused any more.

use serde::de::DeserializeOwned;

use crate::deserializer;
use crate::error::Error;
use crate::files::{self, Files};
use crate::profile::Profile;
use crate::secret_files::SecretFiles;
use crate::tree::{Node, Value, contains};
use crate::variables::{self, Variables};
use crate::{expansion, toml_file, yaml_file};

pub(crate) struct Layers {
    pub(crate) tree: Node,
    secret_files: SecretFiles,
    /// Keys and errors of texts that may be replaced by the text of a file.
    held: Vec<(String, Error)>,
}

impl Layers {
    pub(crate) fn merge(
        files: &Files,
        profile: Profile,
        variables: &Variables,
        secret_files: SecretFiles,
    ) -> Result<Self, Error> {
        let mut tree = Node::root();
        for (name, text) in files.layers(profile)? {
            let layer = parse(&name, text)?;
            refuse_profile(&layer)?;
            tree.merge(layer);
        }
        for layer in variables.layers()? {
            tree.merge(layer);
        }
        let held = expansion::expand(&mut tree, variables)?;
        Ok(Self { tree, secret_files, held })
    }

    /// Reads the section under `key`; an absent one reads as an empty one.
    pub(crate) fn read<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, Error> {
        loop {
            let absent = Node::root();
            let section = if key.is_empty() { Some(&self.tree) } else { self.tree.find(key) };
            match deserializer::read(section.unwrap_or(&absent), key) {
                Ok(value) => return Ok(value),
                Err(error) => self.follow(error)?,
            }
        }
    }

    /// # Errors
    /// The first text that was to be replaced, and was not, although one of `keys` is read from it.
    pub(crate) fn check_held<'k>(&self, mut keys: impl Iterator<Item = &'k String>) -> Result<(), Error> {
        let is_read = |held: &str, key: &str| contains(held, key) || contains(key, held);
        let read = keys.find_map(|key| self.held.iter().find(|(held, _)| is_read(held, key)));
        read.map_or(Ok(()), |(_, error)| Err(error.clone()))
    }

    /// Puts the text of a file where the type wants it, if `error` is about a variable that names one; gives the error
    /// back if not.
    fn follow(&mut self, error: Error) -> Result<(), Error> {
        let Error::UnknownKey { key, allowed, .. } = &error else {
            return Err(error);
        };
        let Some(base) = key.strip_suffix(variables::ENDING) else {
            return Err(error);
        };
        let Some((section, part)) = self.tree.section_of(key) else {
            return Err(error);
        };
        let name = part.strip_suffix(variables::ENDING).unwrap_or(part);
        let is_ours = |node: &&Node| node.origin.is_variable() && allowed.iter().any(|one| one == name);
        let Some(pointer) = section.get(part).filter(is_ours) else {
            return Err(error);
        };
        match section.get(name).map(|node| &node.origin) {
            Some(other) if other.layer() == pointer.origin.layer() => return Err(both(pointer, base)),
            Some(other) if other.layer() > pointer.origin.layer() => {}
            _ => {
                let value = self.secret_files.value(pointer, key)?;
                section.insert(name.to_owned(), value);
                self.held.retain(|(held, _)| !contains(base, held));
            }
        }
        section.remove(part);
        Ok(())
    }
}

fn parse(name: &str, text: &str) -> Result<Node, Error> {
    if files::is_yaml(name) { yaml_file::parse(name, text) } else { toml_file::parse(name, text) }
}

/// Neither wins over the other: nobody can know which of two was meant.
fn both(pointer: &Node, base: &str) -> Error {
    let variable = variables::name_of(base);
    let detail = format!("{variable}_FILE and {variable} both set `{base}`; remove one");
    Error::Syntax { place: pointer.origin.to_string(), detail }
}

fn refuse_profile(layer: &Node) -> Result<(), Error> {
    match &layer.value {
        Value::Table(table) => match table.get("profile") {
            Some(node) => Err(Error::MisplacedProfile { place: node.origin.to_string() }),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
