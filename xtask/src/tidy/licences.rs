//! The repository carries the terms that its manifest names.

use super::members;
use crate::finding::Finding;
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let root = members::workspace(tree);
    let expression =
        root.as_ref().and_then(|root| members::at(root, &["workspace", "package", "license"])?.as_str());
    let names = expression.unwrap_or_default().split(" OR ").filter(|name| !name.is_empty());
    // `Apache-2.0` lies in `LICENSE-APACHE`: the file has no version in its name.
    let files =
        names.map(|name| format!("LICENSE-{}", name.split('-').next().unwrap_or(name).to_uppercase()));
    files
        .filter(|file| tree.text(file).is_none_or(|text| text.trim().is_empty()))
        .map(|file| Finding {
            rule: "licences",
            place: "Cargo.toml".into(),
            what: format!("the terms are `{}`, and there is no {file}", expression.unwrap_or_default()),
            why: "whoever gets a copy must get its terms with it",
            help: format!("add {file} with the whole text of the licence"),
        })
        .collect()
}
