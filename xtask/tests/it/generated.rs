//! Files that commands write.

use crate::said;
use std::fs;
use xtask::tidy::generated::{check, lock};
use xtask::tree::Tree;

const PAGE: &str = "docs/reference/benchmarks.md";
const SOURCE: (&str, &str) = ("bench/explanation.md", "How to read it.\n");
const FRESH: &str = "<!-- Written by `cargo bench-all`. -->\n# Benchmarks\n\nHow to read it.\n";

fn found(page: &str, text: &str) -> Vec<String> {
    said(&check(&Tree::planted([(page, text), SOURCE])))
}

#[test]
fn a_page_that_was_mended_by_hand_is_noticed() {
    assert_eq!(found(PAGE, FRESH), [""; 0]);
    let what = format!("{PAGE}: the page does not end with the text of bench/explanation.md");
    assert_eq!(found(PAGE, &FRESH.replace("How", "Why")), [what]);
}

#[test]
fn a_page_names_the_command_that_writes_it() {
    let what = format!("{PAGE}:1: the first line does not name the command that writes the page");
    assert_eq!(found(PAGE, &FRESH.replace("bench-all", "bench")), [what]);
}

#[test]
fn a_page_that_claims_to_be_written_is_held_fresh() {
    assert_eq!(found("docs/new.md", FRESH), ["docs/new.md: nothing holds this page fresh"]);
}

#[test]
fn the_test_that_holds_a_file_fresh_is_there() {
    let (file, test) =
        ("templates/gizmo-service/openapi.json", "templates/gizmo-service/tests/it/openapi.rs");
    assert_eq!(check(&Tree::planted([(file, "{}\n"), (test, "#[test]\nfn a() {}\n")])), []);
    let found = check(&Tree::planted([(file, "{}\n"), (test, "\n")]));
    assert_eq!(said(&found), [format!("{file}: {test} holds no test of it")]);
}

#[test]
fn a_lock_that_does_not_fit_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    let package = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n";
    write("Cargo.toml", package);
    fs::create_dir(folder.path().join("src")).unwrap();
    write("src/lib.rs", "");
    write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n");
    assert_eq!(lock(folder.path()), None);
    write("Cargo.toml", &package.replace("0.1.0", "0.2.0"));
    assert_eq!(lock(folder.path()).unwrap().place, "Cargo.lock");
}
