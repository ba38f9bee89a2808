//! The names that are taken before the user names anything: by the template's code and by the chassis.
//!
//! They are read from the sources at the time of rendering, so a new identifier in the template can never make an old
//! list wrong.

use std::collections::BTreeSet;

use crate::files::File;
use crate::new::names::lexer::{Token, tokens, words};
use crate::new::names::sql_names;
use crate::new::template::rename::Renamer;
use crate::new::template::vendor::Crate;

/// What is taken.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Identifiers of the template that do not contain the placeholder.
    pub identifiers: BTreeSet<String>,
    /// Identifiers of the template that do: they are renamed.
    pub renamed: BTreeSet<String>,
    /// Types that the crates a service names offer to it.
    pub chassis_types: BTreeSet<String>,
    /// What the chassis makes in the service's database: tables, indexes and sequences, which share one namespace.
    pub relations: BTreeSet<String>,
    /// Names in the template's migrations that contain the placeholder: they are renamed. The engines share them, and
    /// every engine's migrations are part of a service.
    pub sql_names: BTreeSet<String>,
    /// Crates that the service can name.
    pub crates: BTreeSet<String>,
}

/// The crates of the chassis whose types stand in a service's own code.
const NAMED_CRATES: [&str; 2] = ["cloudlab-chassis", "cloudlab-core"];

impl Catalogue {
    pub fn of(template: &[File], crates: &[Crate], dependencies: &[String]) -> Self {
        let mut catalogue = Self::default();
        for (file, text) in template.iter().filter_map(|file| Some((file, file.as_text()?))) {
            if file.is_rust() {
                catalogue.add_identifiers(text);
            }
            if file.path.starts_with("migrations/") {
                catalogue.sql_names.extend(sql_names::of_the_template(text));
            }
            catalogue.add_relations(text);
        }
        for vendored in crates {
            for text in vendored.files.iter().filter_map(File::as_text) {
                catalogue.add_relations(text);
                if NAMED_CRATES.contains(&vendored.name.as_str()) {
                    catalogue.chassis_types.extend(public_types(text));
                }
            }
        }
        let crates = crates.iter().map(|vendored| &vendored.name).chain(dependencies);
        catalogue.crates.extend(crates.map(|name| name.replace('-', "_")));
        catalogue
    }

    fn add_identifiers(&mut self, source: &str) {
        for word in words(source) {
            let set = if Renamer::is_placeholder(word) { &mut self.renamed } else { &mut self.identifiers };
            if !set.contains(word) {
                set.insert(word.to_string());
            }
        }
    }

    fn add_relations(&mut self, text: &str) {
        let created = created_relations(text).into_iter().filter(|name| !Renamer::is_placeholder(name));
        self.relations.extend(created);
    }
}

/// Types declared or handed on as `pub`. `pub(crate)` is not.
fn public_types(source: &str) -> BTreeSet<String> {
    let tokens = tokens(source);
    let mut types = BTreeSet::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        match pair {
            [Token::Word("pub"), Token::Word("struct" | "enum" | "trait" | "type" | "union")] => {
                types.extend(tokens.get(at + 2).and_then(type_name));
            }
            [Token::Word("pub"), Token::Word("use")] => {
                let path = tokens[at + 2..].iter().take_while(|token| **token != Token::Sign(';'));
                types.extend(path.filter_map(type_name));
            }
            _ => {}
        }
    }
    types
}

fn type_name(token: &Token<'_>) -> Option<String> {
    match token {
        Token::Word(word) if word.starts_with(|first: char| first.is_ascii_uppercase()) => {
            Some((*word).to_string())
        }
        _ => None,
    }
}

/// The names behind every `CREATE TABLE`, `INDEX` and `SEQUENCE` of a text, in lower case.
fn created_relations(text: &str) -> BTreeSet<String> {
    let text = text.to_ascii_lowercase();
    let mut relations = BTreeSet::new();
    for phrase in ["create table", "create index", "create unique index", "create sequence"] {
        for (at, _) in text.match_indices(phrase) {
            let rest = text[at + phrase.len()..].trim_start();
            let rest = rest.strip_prefix("if not exists").unwrap_or(rest);
            let rest = rest.trim_start_matches([' ', '\n', '\t', '"', '`', '\\']);
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                relations.insert(name);
            }
        }
    }
    relations
}
