//! Links and their anchors lead somewhere.

use super::finding;
use crate::finding::Finding;
use crate::tidy::markdown;
use crate::tree::{Tree, resolved};

/// A form to be filled in, whose link is an example.
const FORM: &str = "docs/decisions/0000-template.md";

/// Text that is read elsewhere, so its links start there.
const READ_ELSEWHERE: [(&str, &str); 1] = [("bench/explanation.md", "docs/reference/benchmarks.md")];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let pages = tree.ending(".md").filter(|(path, _)| *path != FORM);
    pages
        .flat_map(|(path, text)| {
            let links = markdown::links(text).into_iter().filter(|link| !is_outside(link.text));
            links.filter_map(move |link| {
                let what = wrong(tree, path, link.text)?;
                let why = "a reader who follows it finds nothing, and trusts the rest less";
                Some(finding(
                    format!("{path}:{}", link.line),
                    what,
                    why,
                    "mend the target, or take the link out",
                ))
            })
        })
        .collect()
}

fn is_outside(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.starts_with('/')
}

fn wrong(tree: &Tree, path: &str, link: &str) -> Option<String> {
    let from = READ_ELSEWHERE.iter().find(|(file, _)| *file == path).map_or(path, |(_, page)| page);
    let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
    let place = if target.is_empty() { Some(path.to_owned()) } else { resolved(from, target) };
    let Some(place) = place.filter(|place| tree.holds(place)) else {
        return Some(format!("the link to `{link}` leads nowhere"));
    };
    let text = tree.text(&place).filter(|_| !anchor.is_empty() && place.ends_with(".md"))?;
    let is_there = markdown::anchors(text).iter().any(|heading| heading == anchor);
    (!is_there).then(|| format!("`{place}` has no heading `#{anchor}`"))
}
