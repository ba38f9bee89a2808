//! A new decision, in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use xtask::adr::write;
use xtask::tidy::docs;
use xtask::tree::Tree;

const DAY: &str = "2026-11-21";
const INDEX: &str = "# Decisions\n\n[0000](0000-template.md) is the form.\n\n| | decision |\n|---|---|\n\
    | [0001](0001-thin-services.md) | Services are thin. |\n\nThe end.\n";

fn place() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let decisions = folder.path().join("docs/decisions");
    fs::create_dir_all(&decisions).unwrap();
    let form = include_str!("../../../docs/decisions/0000-template.md");
    fs::write(decisions.join("0000-template.md"), form).unwrap();
    fs::write(decisions.join("0001-thin-services.md"), "# 0001: Thin services\n").unwrap();
    fs::write(decisions.join("README.md"), INDEX).unwrap();
    folder
}

fn everything(folder: &Path) -> BTreeMap<String, String> {
    let tree = Tree::of(folder).unwrap();
    tree.texts().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

#[test]
fn a_decision_gets_the_next_number_the_form_and_a_line() {
    let folder = place();
    let path = write(folder.path(), "  Events wait, \"at most\" 5 s ", DAY).unwrap();
    assert_eq!(path, "docs/decisions/0002-events-wait-at-most-5-s.md");
    let files = everything(folder.path());
    let page = &files[&path];
    assert!(page.starts_with(
        "# 0002: Events wait, \"at most\" 5 s\n\n**Status:** proposed on 2026-11-21\n\n## Context\n"
    ));
    assert!(page.contains("## Consequences") && page.contains("## Figures"));
    let line = "| [0002](0002-events-wait-at-most-5-s.md) | Events wait, \"at most\" 5 s. |\n";
    let index = INDEX.replace("thin. |\n", &format!("thin. |\n{line}"));
    assert_eq!(files["docs/decisions/README.md"], index);
    assert_eq!(files.len(), 4);
}

#[test]
fn what_was_begun_is_tidy() {
    let folder = place();
    write(folder.path(), "One more", DAY).unwrap();
    write(folder.path(), "And another", DAY).unwrap();
    assert_eq!(docs::check(&Tree::of(folder.path()).unwrap()), []);
}

#[test]
fn a_title_that_cannot_be_a_page_is_refused_and_nothing_is_written() {
    let folder = place();
    let before = everything(folder.path());
    let long = "x".repeat(101);
    let cases = [
        ("", DAY, "the title of a decision is not empty"),
        ("  ", DAY, "the title of a decision is not empty"),
        (long.as_str(), DAY, "the title has 101 characters, and 100 is the limit"),
        ("thin: services!", DAY, "docs/decisions/0001-thin-services.md has this title"),
        ("a | b", DAY, "a title is one line without `|`, since it stands in a table"),
        ("a\nb", DAY, "a title is one line without `|`, since it stands in a table"),
        ("???", DAY, "`???` has no letter or digit for the name of a file"),
        ("Fine", "2026-13-01", "`2026-13-01` is no date"),
        ("Fine", "2026-1-2", "`2026-1-2` is no date"),
    ];
    for (title, date, sentence) in cases {
        let refusal = write(folder.path(), title, date).unwrap_err();
        assert_eq!(refusal.sentence, sentence);
        assert!(!refusal.help.is_empty(), "{sentence}");
    }
    assert_eq!(everything(folder.path()), before);
}

#[test]
fn a_longest_title_is_taken() {
    let folder = place();
    assert!(write(folder.path(), &"x".repeat(100), DAY).is_ok());
}

#[test]
fn an_index_without_its_table_is_refused_and_nothing_is_written() {
    let folder = place();
    fs::write(folder.path().join("docs/decisions/README.md"), "# Decisions\n").unwrap();
    let before = everything(folder.path());
    let refusal = write(folder.path(), "Fine", DAY).unwrap_err();
    assert_eq!(refusal.sentence, "docs/decisions/README.md has no table");
    assert_eq!(everything(folder.path()), before);
}
