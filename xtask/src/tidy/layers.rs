//! The template, and every service of this repository, keeps to its architecture, as `cloudlab check` holds users to it.

use crate::finding::Finding;
use std::path::Path;

const WHY: &str = "what users are told about their services holds for ours first";

pub fn check(root: &Path) -> Vec<Finding> {
    let found = match cloudlab::check::findings(root) {
        Ok(found) => found,
        // A repository without a service has no architecture to keep to.
        Err(_) => return Vec::new(),
    };
    let told = found.into_iter().map(|one| Finding {
        rule: "layers",
        place: format!("{}:{}", shortened(root, &one.file), one.line),
        what: one.message,
        why: WHY,
        help: one.help,
    });
    told.collect()
}

fn shortened(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}
