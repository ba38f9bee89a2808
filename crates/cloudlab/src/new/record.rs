//! `cloudlab.toml`: what a service was made from, so that later commands can tell the user's edits from ours.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::files::File;
use crate::new::names::Names;
use crate::new::questions::answers::{Answers, Told};
use crate::new::questions::choices::Choice;
use crate::new::request::Wanted;
use crate::new::template::manifest::Place;

pub const PATH: &str = "cloudlab.toml";

/// The record of a service whose files are final. The vendored chassis has no digests: it is not edited but replaced.
pub fn write(wanted: &Wanted, files: &[File]) -> File {
    let mut document = DocumentMut::new();
    document.insert("service", Item::Table(service(&wanted.names, &wanted.answers)));
    document.insert("answers", Item::Table(answered(wanted)));
    document.insert("names", Item::Table(named(&wanted.names)));
    document.insert("files", Item::Table(digests(files)));
    let comment = "# How this service was made. The cloudlab command reads it; the digests are SHA-256.\n\n";
    File::text(PATH, format!("{comment}{document}"))
}

fn service(names: &Names, answers: &Answers) -> Table {
    let mut table = Table::new();
    table.insert("name", value(names.service.as_str()));
    table.insert("blueprint", value(answers.blueprint.value()));
    table.insert("cloudlab", value(env!("CARGO_PKG_VERSION")));
    table
}

fn answered(wanted: &Wanted) -> Table {
    let mut table = Table::new();
    for (question, answer) in wanted.answers.told() {
        let answer = match answer {
            Told::One(word) => value(word),
            Told::Many(words) => value(Array::from_iter(words)),
        };
        table.insert(question, answer);
    }
    // A path that was given from where the command ran is kept as the service sees it.
    if let Place::Checkout(root) = &wanted.place {
        table.insert("chassis", value(format!("path={root}")));
    }
    table
}

fn named(names: &Names) -> Table {
    let mut table = Table::new();
    // Words, since a type name does not tell `level-2` from `level2`.
    table.insert("aggregate", value(names.singular.kebab()));
    table.insert("plural", value(names.plural.kebab()));
    table
}

fn digests(files: &[File]) -> Table {
    let mut table = Table::new();
    for file in files {
        table.insert(&file.path, value(digest(&file.bytes)));
    }
    table
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
