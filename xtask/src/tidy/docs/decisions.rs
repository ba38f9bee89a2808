//! Decisions are numbered without gaps, a page's number is that of its heading, and the index says each in a sentence.
//!
//! The index does not repeat the titles: a title names the decision, the sentence beside it says what was decided.

use super::finding;
use crate::finding::Finding;
use crate::tree::Tree;

const FOLDER: &str = "docs/decisions/";
const WHY: &str = "a decision is cited by its number for as long as the code lives";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let pages =
        tree.ending(".md").filter(|(path, _)| path.starts_with(FOLDER) && !path.ends_with("/README.md"));
    let index = tree.text("docs/decisions/README.md").unwrap_or_default();
    let mut findings = Vec::new();
    for (number, (path, text)) in pages.enumerate() {
        let number = format!("{number:04}");
        let name = path.trim_start_matches(FOLDER);
        if !name.starts_with(&format!("{number}-")) {
            let what = format!("{number} would be next");
            findings.push(finding(path.to_owned(), what, WHY, "give each number once, without gaps"));
        }
        findings.extend(wrong(path, text, name, index));
    }
    findings
}

fn wrong(path: &str, text: &str, name: &str, index: &str) -> Vec<Finding> {
    let number = name.split('-').next().unwrap_or_default();
    let title = text.lines().next().and_then(|line| line.strip_prefix(&format!("# {number}: ")));
    let mut findings = Vec::new();
    if title.is_none_or(|title| title.trim().is_empty()) {
        let what = format!("the page does not begin with `# {number}: Title`");
        findings.push(finding(
            path.to_owned(),
            what,
            WHY,
            "the heading has the number of the file and a title",
        ));
    }
    let row = format!("| [{number}]({name}) | ");
    let sentence =
        index.lines().find_map(|line| line.strip_prefix(&row)).map(|rest| rest.trim_end_matches([' ', '|']));
    // The form is named in the text above the table.
    if number != "0000" && sentence.is_none_or(str::is_empty) {
        let what = "the index says nothing of it".to_owned();
        findings.push(finding(
            path.to_owned(),
            what,
            WHY,
            format!("add `{row}what was decided. |` to the index"),
        ));
    }
    findings
}
