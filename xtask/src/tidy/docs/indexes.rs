//! Each page of a folder is listed in the folder's index. Decisions have a rule of their own, which asks for more.

use super::finding;
use crate::finding::Finding;
use crate::tidy::markdown;
use crate::tree::Tree;

const INDEXED: &[&str] = &["crates/cloudlab-http/pages", "templates/gizmo-service/docs/runbooks"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    INDEXED.iter().flat_map(|folder| unlisted(tree, folder)).collect()
}

fn unlisted(tree: &Tree, folder: &str) -> Vec<Finding> {
    let index = format!("{folder}/README.md");
    let listed = markdown::links(tree.text(&index).unwrap_or_default());
    let pages = tree.ending(".md").filter_map(|(path, _)| path.strip_prefix(folder)?.strip_prefix('/'));
    pages
        .filter(|page| *page != "README.md" && !listed.iter().any(|link| link.text == *page))
        .map(|page| {
            let what = format!("{page} is not listed in {index}");
            let why = "a page that no index names is found by nobody who needs it";
            finding(format!("{folder}/{page}"), what, why, format!("add its line to {index}"))
        })
        .collect()
}
