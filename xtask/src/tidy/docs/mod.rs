//! What the documents say of the repository is so: links lead somewhere, paths exist, indexes are complete, every
//! problem code has its page, and commands are commands.

mod codes;
mod commands;
mod decisions;
mod indexes;
mod links;
mod map;
mod places;

use crate::finding::Finding;
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let rules = [
        links::check,
        places::check,
        indexes::check,
        decisions::check,
        codes::check,
        map::check,
        commands::check,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}

/// The documents about this repository, as opposed to those that a generated service carries.
fn about_here(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.ending(".md").filter(|(path, _)| !path.contains('/') || path.starts_with("docs/"))
}

fn finding(place: String, what: String, why: &'static str, help: impl Into<String>) -> Finding {
    Finding { rule: "docs", place, what, why, help: help.into() }
}
