//! The map of ARCHITECTURE.md names every package and every folder of the root, and nothing that is not there.

use super::finding;
use crate::finding::Finding;
use crate::tidy::members;
use crate::tree::Tree;
use std::collections::BTreeSet;

const PAGE: &str = "ARCHITECTURE.md";
const WHY: &str = "who is new finds the way by the map";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(PAGE) else { return Vec::new() };
    let from = text.find("## Map").unwrap_or(text.len());
    let map = text[from..].split("\n## ").next().unwrap_or_default();
    // The second block of the chapter draws the dependencies.
    let block = map.split("```").nth(1).unwrap_or_default();
    let drawn: Vec<&str> = block.lines().flat_map(places).collect();
    let members = members::all(tree);
    let folders = tree.top_folders().into_iter().filter(|folder| !folder.starts_with('.'));
    let wanted: BTreeSet<&str> = members.iter().map(|member| member.folder.as_str()).chain(folders).collect();
    let missing = wanted.into_iter().filter(|folder| !drawn.iter().any(|place| is_at(place, folder)));
    let missing = missing.map(|folder| {
        finding(
            PAGE.into(),
            format!("the map does not show {folder}"),
            WHY,
            "add a line that says what it is for",
        )
    });
    let gone = drawn.iter().filter(|place| !tree.holds(place)).map(|place| {
        finding(PAGE.into(), format!("the map shows {place}, which is not there"), WHY, "take the line out")
    });
    missing.chain(gone).collect()
}

/// The paths that a line of the map begins with: `scripts/, .ci/    what they are for`.
fn places(line: &str) -> Vec<&str> {
    let names = line.split("  ").next().unwrap_or_default();
    names.split(", ").map(|name| name.trim_end_matches('/')).filter(|name| !name.is_empty()).collect()
}

/// A folder is also shown by what lies in it.
fn is_at(place: &str, folder: &str) -> bool {
    place.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
