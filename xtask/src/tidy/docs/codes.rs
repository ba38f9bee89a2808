//! Every problem code has a page of its name, and every page a code.

use super::finding;
use crate::finding::Finding;
use crate::tree::Tree;
use std::collections::BTreeSet;

const CODES: &str = "crates/cloudlab-http/src/problem/codes.rs";
const PAGES: &str = "crates/cloudlab-http/pages/";
const WHY: &str = "`type` of a problem leads to the page of its code, where the caller learns what to do";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(CODES) else { return Vec::new() };
    let codes: BTreeSet<&str> = codes(text);
    let pages: BTreeSet<&str> = tree
        .ending(".md")
        .filter_map(|(path, _)| path.strip_prefix(PAGES)?.strip_suffix(".md"))
        .filter(|page| *page != "README")
        .collect();
    let missing = codes.difference(&pages).map(|code| {
        finding(
            CODES.into(),
            format!("the code `{code}` has no page"),
            WHY,
            format!("write {PAGES}{code}.md"),
        )
    });
    let stray = pages.difference(&codes).map(|page| {
        let what = format!("no code is named `{page}`");
        finding(
            format!("{PAGES}{page}.md"),
            what,
            WHY,
            format!("add the code to {CODES}, or remove the page"),
        )
    });
    let mistitled = pages.iter().filter_map(|page| {
        let path = format!("{PAGES}{page}.md");
        let is_right = tree.text(&path)?.lines().next() == Some(format!("# {page}").as_str());
        (!is_right).then(|| {
            finding(path, "the heading is not the code".into(), WHY, format!("begin with `# {page}`"))
        })
    });
    missing.chain(stray).chain(mistitled).collect()
}

/// The first argument of each `code(...)`.
fn codes(text: &str) -> BTreeSet<&str> {
    let calls = text.split("= code(").skip(1).chain(text.split("=\n    code(").skip(1));
    calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next()).collect()
}
