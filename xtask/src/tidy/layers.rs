//! The template, and every service of this repository, keeps to its architecture, as `cloudlab check` holds users to it.

use crate::finding::Finding;
use cloudlab::Refusal;
use std::path::Path;

/// Where services lie.
const PLACES: [&str; 2] = ["services", "templates"];
const WHY: &str = "what users are told about their services holds for ours first";

pub fn check(root: &Path) -> Vec<Finding> {
    // A repository without a service has no architecture to keep to.
    if !PLACES.iter().any(|place| root.join(place).is_dir()) {
        return Vec::new();
    }
    let found = match cloudlab::check::findings(root) {
        Ok(found) => found,
        Err(refusal) => return vec![unseen(refusal)],
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

/// What cannot be looked at is not clean.
fn unseen(refusal: Refusal) -> Finding {
    Finding {
        rule: "layers",
        place: ".".into(),
        what: refusal.sentence,
        why: WHY,
        help: refusal.help.join("; "),
    }
}

fn shortened(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}
