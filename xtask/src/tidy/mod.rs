//! The rules of the house that a machine can see. What a rule asks stands at the head of its module.

pub mod dependencies;
pub mod docs;
pub mod generated;
pub mod head;
pub mod layers;
pub mod licences;
mod markdown;
pub mod members;
pub mod size;
pub mod words;

use crate::finding::Finding;
use crate::tree::Tree;
use std::path::Path;

/// All rules over all files, and those that ask cargo and the parser.
pub fn whole(root: &Path, tree: &Tree) -> Vec<Finding> {
    let mut findings = check(tree);
    findings.extend(layers::check(root));
    findings.extend(generated::lock(root));
    findings
}

/// What the rules say of these files, in the order of the rules.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let rules = [
        size::check,
        head::check,
        dependencies::check,
        words::check,
        docs::check,
        generated::check,
        licences::check,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}
